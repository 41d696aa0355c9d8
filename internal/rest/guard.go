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
	// Pages are those that may call the product from a browser.
	Pages Pages
}

// Pages are web pages that may call the product from a browser (CORS): a page of the
// same origin always, and unless something else is said those of this machine and of
// the guard's hosts, on every port. The open APIs are closed to all but the first.
type Pages struct {
	// Off lets no other page in.
	Off bool
	// Origins are the only ones that are let in, as https://app.example; empty says
	// nothing.
	Origins []string
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

// shares reports whether the page that made a request may read the product's answer.
func (g Guard) shares(r *http.Request) (page string, shares bool) {
	page, foreign := g.foreign(r)
	if !foreign {
		return page, true
	}
	if len(g.Pages.Origins) > 0 || g.Pages.Off {
		return page, slices.ContainsFunc(g.Pages.Origins, func(own string) bool { return strings.EqualFold(own, page) })
	}
	u, err := url.Parse(page)
	if err != nil || u.Host == "" {
		return page, false
	}
	name := hostName(u.Host)
	return page, name == hostName(r.Host) || local(name) || g.named(name)
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// foreign reports whether a page of another origin made the request, and which. A
// front end that is being developed is one too: it may call what its users' browsers
// will call, and not what resets the clock. Its link to what can be read here is no call.
func (g Guard) foreign(r *http.Request) (page string, foreign bool) {
	// It lets everybody read. What is read here is open to whoever can read it.
	writing := http.Request{Method: http.MethodPost, Host: r.Host, Header: r.Header}
	page = r.Header.Get(headers.Origin)
	if new(http.CrossOriginProtection).Check(&writing) == nil {
		return page, false
	}
	if page == "" {
		linked := strings.EqualFold(r.Header.Get(headers.FetchSite), "same-site") && strings.EqualFold(r.Header.Get(headers.FetchMode), "navigate")
		return "another site", !linked
	}
	return page, true
}

// hostName is a host without its port, in lower case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}
