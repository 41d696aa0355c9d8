package rest

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
)

// Guard keeps out whom their lack of identity would let in: web pages of other
// people, which a browser on this machine happens to show, and, from the open
// APIs of a machine with several users, everybody without the token.
type Guard struct {
	// Hosts are names under which the server is called, beside localhost, IP
	// addresses, names without a dot and names under .internal. A page whose own
	// name is made to point to this machine calls under that name (DNS rebinding),
	// and is refused.
	Hosts []string
	// Token must be sent as bearer token to the open APIs, unless it is empty.
	Token string
}

// door says which of the guard's checks stand before something.
type door struct {
	// anyHost lets in under any host name (x-any-host).
	anyHost bool
	// page keeps strange pages out, and token whoever has not the guard's.
	page, token bool
}

// doorOf is the door of an operation. The product's callers have tokens of their
// own, and a page cannot guess them. Open operations for the public, which show
// nothing of any tenant, need only the right host: links to them may stand anywhere.
func doorOf(a *api, o *contract.Operation) door {
	closed := a.open && !o.AnyHost && !slices.Contains(o.Callers, string(access.Public))
	return door{anyHost: o.AnyHost, page: closed, token: closed}
}

// checkHost refuses a request by a host name that is not ours.
func (s *Server) checkHost(c *Call) error {
	if host := hostName(c.request.Host); !c.route.door.anyHost && !s.Guard.knows(host) {
		return refusal.New(refusal.HostUnknown, "the Host header names %s", host)
	}
	return nil
}

// checkPage refuses a request that a page of another host makes.
func (s *Server) checkPage(c *Call) error {
	if !c.route.door.page {
		return nil
	}
	if page, foreign := s.Guard.foreign(c.request); foreign {
		return refusal.New(refusal.OriginRefused, "the request comes from a page of %s", page)
	}
	return nil
}

// checkToken refuses a request without the guard's token.
func (s *Server) checkToken(c *Call) error {
	if !c.route.door.token || s.Guard.Token == "" {
		return nil
	}
	sent := headers.Bearer(c.Header)
	switch {
	case subtle.ConstantTimeCompare([]byte(sent), []byte(s.Guard.Token)) == 1:
		return nil
	case sent == "":
		return refusal.New(refusal.ControlTokenMissing, "the Authorization header has no bearer token")
	}
	return refusal.New(refusal.ControlTokenMissing, "the bearer token is another one")
}

// knows reports whether a host name is ours. Nobody but the owner of this machine
// decides what localhost, an address, a name without a dot or one under
// .internal points to: the last is reserved, has no public DNS, and is how
// containers call the machine that runs them. A request without a host comes
// from no browser.
func (g Guard) knows(host string) bool {
	return host == "" || !strings.Contains(host, ".") || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".internal") ||
		g.named(host) || net.ParseIP(host) != nil
}

func (g Guard) named(host string) bool {
	return slices.ContainsFunc(g.Hosts, func(name string) bool { return strings.EqualFold(hostName(name), host) })
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// foreign reports whether a page of another host made the request, and which. That
// none did, or one of the same origin, net/http tells; it has no words for a page
// of the same host on another port, which is ours: a front end that is being
// developed.
func (g Guard) foreign(r *http.Request) (page string, foreign bool) {
	// It lets everybody read. What is read here is open to whoever can read it.
	writing := http.Request{Method: http.MethodPost, Host: r.Host, Header: r.Header}
	if new(http.CrossOriginProtection).Check(&writing) == nil {
		return r.Header.Get(headers.Origin), false
	}
	if page = r.Header.Get(headers.Origin); page == "" {
		return "another site", strings.EqualFold(r.Header.Get(headers.FetchSite), "cross-site")
	}
	u, err := url.Parse(page)
	if err != nil || u.Host == "" {
		return page, true
	}
	name := hostName(u.Host)
	return page, name != hostName(r.Host) && !local(name) && !g.named(name)
}

// hostName is a host without its port, in lower case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}
