package payments

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
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

// admission is an approval that somebody wants to give.
type admission struct {
	quorum
	who Approver
}

// admissionNeeds are what the next approval needs of who gives it.
func admissionNeeds() []machine.Need[admission] {
	const others = "another user has to approve"
	return []machine.Need[admission]{
		{Name: "approver.entitled", Code: refusal.PermissionDenied, Unmet: admission.unentitled, Helpless: others},
		{Name: "approver.independent", Code: refusal.InitiatorCannotApprove, Unmet: admission.byInitiator, Helpless: others},
		{Name: "approver.new", Code: refusal.ApprovalDuplicate, Unmet: admission.repeated, Helpless: others},
	}
}

func (a admission) unentitled() *refusal.Error {
	if a.required == 0 || slices.ContainsFunc(a.roles, func(r string) bool { return slices.Contains(a.who.Roles, r) }) {
		return nil
	}
	held := strings.Join(a.who.Roles, ", ")
	if held == "" {
		held = "none"
	}
	return refusal.New(refusal.PermissionDenied, "the roles in which the user acts: %s", held).WithData("requiredRoles", a.roles)
}

func (a admission) byInitiator() *refusal.Error {
	if a.required == 0 || !slices.Contains(a.initiators, a.who.UserID) {
		return nil
	}
	return a.another(refusal.New(refusal.InitiatorCannotApprove, "user %s has %s the %s", a.who.UserID, a.began, a.what).
		WithMessage("Initiator cannot approve the " + a.what))
}

func (a admission) repeated() *refusal.Error {
	if !slices.ContainsFunc(a.given, func(given Approval) bool { return given.UserID == a.who.UserID }) {
		return nil
	}
	return a.another(refusal.New(refusal.ApprovalDuplicate, "user %s has approved the %s before", a.who.UserID, a.what))
}

// another adds to a refusal how far the approval is, and who may help.
func (q quorum) another(e *refusal.Error) *refusal.Error {
	return e.WithData("approvals", len(q.given)).WithData("requiredApprovals", q.required).WithData("requiredRoles", q.roles)
}

// complete reports whether one more approval is all that is needed.
func (q quorum) complete() bool { return len(q.given)+1 >= q.required }
