package rest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
)

// identify finds the tenant and the caller, and holds both to what the document
// asks for: the headers first, since without them nothing else can be said.
func (s *Server) identify(a *api, call *Call) error {
	call.Tenant = call.Header.Get("X-Tenant-Id")
	if err := checkHeaderValues(call); err != nil {
		return err
	}
	if !a.open {
		if err := s.checkHeaders(call); err != nil {
			return err
		}
	}
	if call.Tenant == "" && len(call.Header["X-Tenant-Id"]) > 0 {
		// Whoever sends an empty one means a tenant, and certainly not another.
		return refusal.Invalid([]refusal.Fault{{Field: "header.X-Tenant-ID", Message: "is empty: name a tenant, or leave the header out"}})
	}
	if a.open {
		call.Tenant = cmp.Or(call.Tenant, DefaultTenant)
		if len(call.Operation.Headers) == 0 {
			return nil // It is about no tenant.
		}
		return s.Admit(call.Tenant)
	}
	if err := s.identifyCaller(call); err != nil {
		return err
	}
	call.Caller.ForwardedFor = call.Header.Get("X-Forwarded-For")
	call.Caller.UserAgent = call.Header.Get("User-Agent")
	call.Caller.Platform = header(call, "platform")
	if call.Caller.Sort == access.Staff {
		actAs(call)
	}
	return s.authorize(call)
}

// actAs takes over whom a member of staff acts as. A user's own token needs no
// such headers, and they give it nothing.
func actAs(call *Call) {
	if user := call.Header.Get("X-User-Id"); user != "" {
		call.Caller.UserID = user
	}
	for role := range strings.SplitSeq(strings.Join(call.Header.Values("X-User-Roles"), ","), ",") {
		if role = strings.TrimSpace(role); role != "" {
			call.Caller.ActingRoles = append(call.Caller.ActingRoles, role)
		}
	}
}

func (s *Server) checkHeaders(call *Call) error {
	missing := missingHeaders(call, false)
	// The policy is looked up only if it matters: most requests send everything.
	if len(missing) > 0 && s.Relaxed(call.Tenant) {
		missing = missingHeaders(call, true)
	}
	if len(missing) == 0 {
		return nil
	}
	e := refusal.New(refusal.HeadersMissing, "").With("missingHeaders", missing)
	for _, h := range call.Operation.Headers {
		if h.Name == "deviceId" {
			e.With("deviceId_accepted", slices.Concat([]string{h.Name}, h.Aliases))
		}
	}
	return e
}

func missingHeaders(call *Call, relaxed bool) []string {
	var missing []string
	for _, h := range call.Operation.Headers {
		if h.Required && (!relaxed || !h.Relaxed) && !sent(call, h) {
			missing = append(missing, h.Name)
		}
	}
	return missing
}

// header gives the value of a header under its own name or an alias.
func header(call *Call, name string) string {
	for _, h := range call.Operation.Headers {
		if h.Name != name {
			continue
		}
		if present(call, h.Key) {
			return call.Header[h.Key][0]
		}
		for _, alias := range h.Aliases {
			if value := call.Header.Get(alias); value != "" {
				return strings.Trim(value, `"`)
			}
		}
	}
	return call.Header.Get(name)
}

// checkHeaderValues comes before the tenant is used for anything: its id becomes
// part of keys, so its alphabet must hold.
func checkHeaderValues(call *Call) error {
	var faults []refusal.Fault
	for _, v := range call.Operation.CheckHeaders(call.Header) {
		faults = append(faults, refusal.Fault{Field: "header." + v.Field, Message: v.Message})
	}
	return refusal.Invalid(append(faults, doubled(call)...))
}

// acting are the headers that have one value and decide something, beside those
// that the operation knows.
var acting = []string{"Authorization", "X-Tenant-Id", "Content-Type", "Content-Encoding", "Origin", "Sec-Fetch-Site", "X-Request-Id", "X-Sandbox-Scenario"}

// lists are headers whose values are one list, however many lines it takes.
var lists = []string{"X-Forwarded-For", "X-User-Roles"}

// doubled finds the headers that came more than once though they have one value:
// whichever the sandbox took, a proxy before it may have looked at the other.
func doubled(call *Call) []refusal.Fault {
	var faults []refusal.Fault
	for name, values := range call.Header {
		if len(values) < 2 || slices.Contains(lists, name) {
			continue
		}
		known := name
		same := func(own string) bool { return strings.EqualFold(own, name) }
		if i := slices.IndexFunc(call.Operation.Headers, func(h contract.Header) bool {
			return same(h.Name) || slices.ContainsFunc(h.Aliases, same)
		}); i >= 0 {
			known = call.Operation.Headers[i].Name
		} else if !slices.Contains(acting, name) {
			continue
		}
		faults = append(faults, refusal.Fault{Field: "header." + known, Message: fmt.Sprintf("is sent %d times, and can have one value", len(values))})
	}
	slices.SortFunc(faults, func(a, b refusal.Fault) int { return strings.Compare(a.Field, b.Field) })
	return faults
}

func sent(call *Call, h contract.Header) bool {
	return present(call, h.Key) ||
		slices.ContainsFunc(h.Aliases, func(alias string) bool { return call.Header.Get(alias) != "" })
}

// present reports whether a header has a value; its key is as net/http writes it.
func present(call *Call, key string) bool {
	values := call.Header[key]
	return len(values) > 0 && values[0] != ""
}

func (s *Server) identifyCaller(call *Call) error {
	token := ""
	if !slices.Contains(call.Operation.Callers, string(access.Public)) {
		scheme, rest, _ := strings.Cut(call.Header.Get("Authorization"), " ")
		token = strings.TrimSpace(rest)
		if token == "" || !strings.EqualFold(scheme, "Bearer") {
			return refusal.New(refusal.TokenMissing, "the Authorization header has no bearer token")
		}
	}
	caller, err := s.Identify(call.Tenant, token, call.Operation.LapsedToken)
	if err != nil {
		return err
	}
	call.Caller = caller
	return nil
}

func (s *Server) authorize(call *Call) error {
	o, caller := call.Operation, call.Caller
	if caller.Sort == access.Public {
		return nil
	}
	if !slices.Contains(o.Callers, string(caller.Sort)) {
		return refusal.New(refusal.PermissionDenied, "%s needs a token of %s; this one is of a %s",
			o.ID, strings.Join(o.Callers, " or "), caller.Sort).With("requiredRoles", requiredRoles(o))
	}
	if len(o.Roles) > 0 && !caller.HasAny(o.Roles) {
		return refusal.New(refusal.PermissionDenied, "the token's roles are %s", strings.Join(caller.Roles, ", ")).
			With("requiredRoles", o.Roles)
	}
	// This compares the path with the token and looks nothing up, so that the
	// answer does not tell whether another customer exists.
	customer := call.Path("customerId") + call.Path("organizationId")
	if customer != "" && !caller.MayActFor(customer) {
		return refusal.New(refusal.CustomerAccessDenied, "the token is customer %s's, the path names %s", caller.CustomerID, customer)
	}
	return nil
}

func requiredRoles(o *contract.Operation) []string {
	if len(o.Roles) > 0 {
		return o.Roles
	}
	return []string{access.RoleAdmin, access.RoleAdminUser}
}
