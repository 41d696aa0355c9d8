package payments

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/refusal"
)

// quorum is an approval by several, of an order or of a payment consent: whoever
// has begun it does not count, and nobody counts twice.
type quorum struct {
	// what is approved, and began what its initiators have done to it.
	what, began string
	initiators  []string
	required    int
	roles       []string
	given       []Approval
}

// admit refuses a user who cannot give the next approval.
func (q quorum) admit(who Approver) error {
	if !slices.ContainsFunc(q.roles, func(r string) bool { return slices.Contains(who.Roles, r) }) {
		held := strings.Join(who.Roles, ", ")
		if held == "" {
			held = "none"
		}
		return refusal.New(refusal.PermissionDenied, "the roles in which the user acts: %s", held).With("requiredRoles", q.roles)
	}
	if slices.Contains(q.initiators, who.UserID) {
		return q.another(refusal.New(refusal.InitiatorCannotApprove, "user %s has %s the %s", who.UserID, q.began, q.what).
			Say("Initiator cannot approve the " + q.what))
	}
	if slices.ContainsFunc(q.given, func(a Approval) bool { return a.UserID == who.UserID }) {
		return q.another(refusal.New(refusal.ApprovalDuplicate, "user %s has approved the %s before", who.UserID, q.what))
	}
	return nil
}

// another adds to a refusal how far the approval is, and who may help.
func (q quorum) another(e *refusal.Error) error {
	return e.With("approvals", len(q.given)).With("requiredApprovals", q.required).With("requiredRoles", q.roles)
}

// complete tells whether one more approval is all that is needed.
func (q quorum) complete() bool { return len(q.given)+1 >= q.required }
