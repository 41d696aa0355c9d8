// Package headers names the HTTP headers that the sandbox reads and writes beyond
// those that every server has, once for servers and clients. It must not know what
// they are for beyond how their values are read.
package headers

import (
	"net/http"
	"strings"
)

// The headers as net/http writes them, which is how its maps have them. Documents
// and messages spell some of them otherwise: see Spelled.
const (
	// Tenant names the tenant in which a request acts.
	Tenant = "X-Tenant-Id"
	// User and UserRoles tell whom a member of staff acts as.
	User      = "X-User-Id"
	UserRoles = "X-User-Roles"
	// ForwardedFor is the address of the end user's device.
	ForwardedFor = "X-Forwarded-For"
	// RequestID is the client's own name for a request, which replies repeat.
	RequestID = "X-Request-Id"
	// Traceparent is the trace to which a request belongs (W3C Trace Context).
	Traceparent = "Traceparent"
	// Scenario names, in a registration, the scenario that is to govern the customer,
	// and in replies the one that governs the customer whom the request concerned.
	Scenario = "X-Sandbox-Scenario"
	// Notice says in replies that something of the request has no effect that was
	// probably meant to have one.
	Notice = "X-Sandbox-Notice"
	// Explain is, in refusals, the path of the control API that explains them.
	Explain = "X-Sandbox-Explain"

	Accept          = "Accept"
	Authorization   = "Authorization"
	ContentType     = "Content-Type"
	ContentEncoding = "Content-Encoding"
	Origin          = "Origin"
	FetchMode       = "Sec-Fetch-Mode"
	FetchSite       = "Sec-Fetch-Site"
	UserAgent       = "User-Agent"
)

// The headers whose names in documents and messages are not those of net/http, or
// which have no other.
const (
	// SpelledTenant is Tenant as FinHub's documentation spells it.
	SpelledTenant = "X-Tenant-ID"
	// Platform and Device tell of the end user's device. Clients send them under
	// other names too, which the document lists.
	Platform = "platform"
	Device   = "deviceId"
)

// Bearer is the bearer token of the Authorization header; empty without one.
func Bearer(h http.Header) string {
	scheme, token, _ := strings.Cut(h.Get(Authorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
