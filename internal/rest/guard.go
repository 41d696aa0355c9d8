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

// check refuses a request with HOST_UNKNOWN and, if the API is open, with
// ORIGIN_REFUSED or CONTROL_TOKEN_MISSING: the product's callers have tokens of
// their own, and a page cannot guess them. Open operations for the public, which
// show nothing of any tenant, need only the right host: links to them may stand
// anywhere. Those for any host (x-any-host) do not even need that.
func (g Guard) check(a *api, o *contract.Operation, r *http.Request) error {
	if o.AnyHost {
		return nil
	}
	if err := g.checkHost(r); err != nil || !a.open || slices.Contains(o.Callers, string(access.Public)) {
		return err
	}
	if page, foreign := g.foreign(hostName(r.Host), r.Header); foreign {
		return refusal.New(refusal.OriginRefused, "the request comes from a page of %s", page)
	}
	sent := bearer(r.Header)
	if g.Token != "" && subtle.ConstantTimeCompare([]byte(sent), []byte(g.Token)) != 1 {
		details := "the Authorization header has no bearer token"
		if sent != "" {
			details = "the bearer token is another one"
		}
		return refusal.New(refusal.ControlTokenMissing, "%s", details)
	}
	return nil
}

// checkHost refuses a request by a host name that is not ours.
func (g Guard) checkHost(r *http.Request) error {
	if host := hostName(r.Host); !g.knows(host) {
		return refusal.New(refusal.HostUnknown, "the Host header names %s", host)
	}
	return nil
}

// knows tells whether a host name is ours. Nobody but the owner of this machine
// decides what localhost, an address, a name without a dot or one under
// .internal points to: the last is reserved, has no public DNS, and is how
// containers call the machine that runs them. A request without a host comes
// from no browser.
func (g Guard) knows(host string) bool {
	return host == "" || local(host) || net.ParseIP(host) != nil || !strings.Contains(host, ".") ||
		strings.HasSuffix(host, ".internal") || g.named(host)
}

func (g Guard) named(host string) bool {
	return slices.ContainsFunc(g.Hosts, func(name string) bool { return strings.EqualFold(hostName(name), host) })
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// foreign tells whether a page of another host made the request, and which. A
// page of the same host on another port is ours: a front end that is being
// developed.
func (g Guard) foreign(host string, header http.Header) (page string, foreign bool) {
	origin := header.Get("Origin")
	if origin == "" {
		return "another site", strings.EqualFold(header.Get("Sec-Fetch-Site"), "cross-site")
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return origin, true
	}
	name := hostName(u.Host)
	return origin, name != host && !local(name) && !g.named(name)
}

// hostName is a host without its port, in lower case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// bearer is the bearer token of the Authorization header; empty without one.
func bearer(header http.Header) string {
	scheme, token, _ := strings.Cut(header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
