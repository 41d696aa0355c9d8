package rest

import (
	"cmp"
	"slices"
	"strings"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
)

// findTenant finds the tenant of an operation: the product's is named, and may be
// used if the caller may; that of an open API has a default.
func (s *Server) findTenant(c *Call) error {
	if c.Tenant == "" && len(c.Header[headers.Tenant]) > 0 {
		// Whoever sends an empty one means a tenant, and certainly not another.
		return refusal.Invalid([]refusal.Fault{{Field: "header." + headers.SpelledTenant, Message: "is empty: name a tenant, or leave the header out"}})
	}
	if !c.api.open {
		return nil
	}
	c.Tenant = cmp.Or(c.Tenant, DefaultTenant)
	if len(c.Operation.Headers) == 0 {
		return nil // It is about no tenant.
	}
	return s.Admit(c.Tenant)
}

// identifyCaller finds out who calls.
func (s *Server) identifyCaller(c *Call) error {
	token := ""
	if !slices.Contains(c.Operation.Callers, string(access.Public)) {
		if token = headers.Bearer(c.Header); token == "" {
			return refusal.New(refusal.TokenMissing, "the Authorization header has no bearer token")
		}
	}
	caller, err := c.Work.Identify(token, c.Operation.LapsedToken)
	if err != nil {
		return err
	}
	c.Caller = caller
	c.Customer = c.Named
	if caller.Sort == access.Customer {
		c.Customer = cmp.Or(c.Named, caller.CustomerID)
	}
	c.Caller.ForwardedFor = c.Header.Get(headers.ForwardedFor)
	c.Caller.UserAgent = c.Header.Get(headers.UserAgent)
	c.Caller.Platform = header(c, headers.Platform)
	if c.Caller.Sort == access.Staff {
		actAs(c)
	}
	return nil
}

// actAs takes over whom a member of staff acts as. A user's own token needs no
// such headers, and they give it nothing.
func actAs(c *Call) {
	if user := c.Header.Get(headers.User); user != "" {
		c.Caller.UserID = user
	}
	for role := range strings.SplitSeq(strings.Join(c.Header.Values(headers.UserRoles), ","), ",") {
		if role = strings.TrimSpace(role); role != "" {
			c.Caller.ActingRoles = append(c.Caller.ActingRoles, role)
		}
	}
}

// authorize refuses callers who may not call the operation, and customers who name
// another one.
func (s *Server) authorize(c *Call) error {
	o, caller := c.Operation, c.Caller
	if caller.Sort == access.Public {
		return nil
	}
	if !slices.Contains(o.Callers, string(caller.Sort)) {
		return refusal.New(refusal.PermissionDenied, "%s needs a token of %s; this one is of a %s",
			o.ID, strings.Join(o.Callers, " or "), caller.Sort).WithData("requiredRoles", requiredRoles(o))
	}
	if len(o.Roles) > 0 && !caller.HasAny(o.Roles) {
		return refusal.New(refusal.PermissionDenied, "the token's roles are %s", strings.Join(caller.Roles, ", ")).
			WithData("requiredRoles", o.Roles)
	}
	// This compares the path with the token and looks nothing up, so that the
	// answer does not report whether another customer exists.
	if c.Named != "" && !caller.MayActFor(c.Named) {
		return refusal.New(refusal.CustomerAccessDenied, "the token is customer %s's, the path names %s", caller.CustomerID, c.Named)
	}
	return nil
}

func requiredRoles(o *contract.Operation) []string {
	if len(o.Roles) > 0 {
		return o.Roles
	}
	return []string{access.RoleAdmin, access.RoleAdminUser}
}
