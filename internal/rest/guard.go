package rest

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
)

// Guard keeps out of the open APIs whom their lack of identity would let in: web
// pages of other people, which a browser on this machine happens to show, and,
// on a machine with several users, everybody without the token.
type Guard struct {
	// Hosts are names under which the server is called, beside localhost, IP
	// addresses and names without a dot. A page whose own name is made to point
	// to this machine calls under that name (DNS rebinding), and is refused.
	Hosts []string
	// Token must be sent as bearer token, unless it is empty.
	Token string
}

// check refuses a request with HOST_UNKNOWN, ORIGIN_REFUSED or
// CONTROL_TOKEN_MISSING. Operations for the public, which show nothing of any
// tenant, need only the right host: links to them may stand anywhere.
func (g Guard) check(call *Call, r *http.Request) error {
	host := hostName(r.Host)
	if !g.knows(host) {
		return refusal.New(refusal.HostUnknown, "the Host header names %s", host)
	}
	if slices.Contains(call.Operation.Callers, string(access.Public)) {
		return nil
	}
	if page, foreign := g.foreign(host, r.Header); foreign {
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

// knows tells whether a host name is ours. Nobody but the owner of this machine
// decides what localhost, an address or a name without a dot points to. A
// request without a host comes from no browser.
func (g Guard) knows(host string) bool {
	return host == "" || local(host) || net.ParseIP(host) != nil || !strings.Contains(host, ".") || g.named(host)
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
