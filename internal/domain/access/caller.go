// Package access owns who may do what: callers, users and their lock-out,
// sessions. It does not know how a token looks on the wire.
package access

import "slices"

// Sort tells what kind of caller makes a request, in the words of x-callers in
// the document.
type Sort string

// The sorts of callers: nobody in particular, a customer with its own token,
// and the staff of a tenant.
const (
	Public   Sort = "public"
	Customer Sort = "customer"
	Staff    Sort = "staff"
)

// Roles that the documents name.
const (
	RoleAdmin      = "ADMIN"
	RoleAdminUser  = "ADMIN_USER"
	RoleCompliance = "COMPLIANCE_OFFICER"
	RoleApprover   = "TRANSACTION_APPROVER"
	RoleOwner      = "ACCOUNT_OWNER"
	RoleUser       = "USER"
)

// Caller is who makes a request, as the token says.
type Caller struct {
	Sort   Sort
	Tenant string
	UserID string
	// CustomerID is the customer on whose behalf a customer's token acts.
	CustomerID string
	SessionID  string
	Roles      []string
	// ActingRoles are those of X-User-Roles: what a member of staff acts as.
	ActingRoles []string
	// PowerTenant callers may decide about high-risk customers.
	PowerTenant bool
	// ForwardedFor, UserAgent and Platform describe the end user's device; they
	// are kept with sessions and consents.
	ForwardedFor, UserAgent, Platform string
}

// HasAny reports whether the caller holds one of the roles.
func (c Caller) HasAny(roles []string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(c.Roles, r) })
}

// MayActFor reports whether the caller may touch what belongs to a customer.
func (c Caller) MayActFor(customer string) bool {
	return c.Sort == Staff || c.Sort == Customer && c.CustomerID == customer
}
