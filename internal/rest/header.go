package rest

import (
	"fmt"
	"slices"
	"strings"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
)

// checkHeaders holds the values of headers to the document. It comes before the
// tenant is used for anything: its id becomes part of keys, so its alphabet must
// hold.
func (s *Server) checkHeaders(c *Call) error {
	var faults []refusal.Fault
	for _, v := range c.Operation.CheckHeaders(c.Header) {
		faults = append(faults, refusal.Fault{Field: "header." + v.Field, Message: v.Message})
	}
	if c.Tenant == "" && len(c.Header[headers.Tenant]) == 0 && slices.ContainsFunc(c.Operation.Headers, optionalTenant) {
		c.Tenant = DefaultTenant
	}
	return refusal.Invalid(append(faults, doubled(c)...))
}

// optionalTenant reports whether a header names a tenant and can be left out: the
// default one is meant then.
func optionalTenant(h contract.Header) bool { return h.Key == headers.Tenant && !h.Required }

// requireHeaders refuses a request without what must be sent.
func (s *Server) requireHeaders(c *Call) error {
	missing := missingHeaders(c, false)
	// The policy is looked up only if it matters: most requests send everything.
	if len(missing) > 0 && c.Work.Relaxed() {
		missing = missingHeaders(c, true)
	}
	if len(missing) == 0 {
		return nil
	}
	e := refusal.New(refusal.HeadersMissing, "").WithData("missingHeaders", missing)
	for _, h := range c.Operation.Headers {
		if h.Name == headers.Device {
			e.WithData(headers.Device+"_accepted", slices.Concat([]string{h.Name}, h.Aliases))
		}
	}
	return e
}

func missingHeaders(c *Call, relaxed bool) []string {
	var missing []string
	for _, h := range c.Operation.Headers {
		if h.Required && (!relaxed || !h.Relaxed) && !sent(c, h) {
			missing = append(missing, h.Name)
		}
	}
	return missing
}

// header gives the value of a header under its own name or an alias.
func header(c *Call, name string) string {
	for _, h := range c.Operation.Headers {
		if h.Name != name {
			continue
		}
		if present(c, h.Key) {
			return c.Header[h.Key][0]
		}
		for _, alias := range h.Aliases {
			if value := c.Header.Get(alias); value != "" {
				return strings.Trim(value, `"`)
			}
		}
	}
	return c.Header.Get(name)
}

// acting are the headers that have one value and decide something, beside those
// that the operation knows.
var acting = []string{
	headers.Authorization, headers.Tenant, headers.ContentType, headers.ContentEncoding, headers.Origin, headers.FetchMode, headers.FetchSite, headers.RequestID, headers.Scenario,
}

// lists are headers whose values are one list, however many lines it takes.
var lists = []string{headers.ForwardedFor, headers.UserRoles}

// doubled finds the headers that came more than once though they have one value:
// whichever the sandbox took, a proxy before it may have looked at the other.
func doubled(c *Call) []refusal.Fault {
	var faults []refusal.Fault
	for name, values := range c.Header {
		if len(values) < 2 || slices.Contains(lists, name) {
			continue
		}
		known := name
		same := func(own string) bool { return strings.EqualFold(own, name) }
		if i := slices.IndexFunc(c.Operation.Headers, func(h contract.Header) bool {
			return same(h.Name) || slices.ContainsFunc(h.Aliases, same)
		}); i >= 0 {
			known = c.Operation.Headers[i].Name
		} else if !slices.Contains(acting, name) {
			continue
		}
		faults = append(faults, refusal.Fault{Field: "header." + known, Message: fmt.Sprintf("is sent %d times, and can have one value", len(values))})
	}
	slices.SortFunc(faults, func(a, b refusal.Fault) int { return strings.Compare(a.Field, b.Field) })
	return faults
}

func sent(c *Call, h contract.Header) bool {
	return present(c, h.Key) ||
		slices.ContainsFunc(h.Aliases, func(alias string) bool { return c.Header.Get(alias) != "" })
}

// present reports whether a header has a value; its key is as net/http writes it.
func present(c *Call, key string) bool {
	values := c.Header[key]
	return len(values) > 0 && values[0] != ""
}
