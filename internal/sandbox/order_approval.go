package sandbox

import (
	"slices"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
)

// ApproveOrder lets one more user approve an executed order; the last approval
// that it waits for settles it. It refuses with PAYMENT_CONSENT_NOT_FOUND and
// ORDER_NOT_FOUND; with PHASE_ORDER_BROKEN, ORDER_EXPIRED and
// ORDER_ALREADY_EXECUTED an order that waits for no approval; and with
// PERMISSION_DENIED, INITIATOR_CANNOT_APPROVE and APPROVAL_DUPLICATE a user who
// cannot give it. An account that is not usable any more is refused as elsewhere,
// and a payment consent that has been revoked with PAYMENT_CONSENT_NOT_ACTIVE.
func (s *Sandbox) ApproveOrder(c access.Caller, consentID, orderID string) (OrderState, error) {
	var state OrderState
	err := s.do(c, func(u *engine.Unit) error {
		p, err := s.paymentConsent(u, c, consentID)
		if err != nil {
			return err
		}
		a, err := s.anyAccount(u, p.WalletID)
		if err != nil {
			return err
		}
		o := s.orders.Get(u, orderID)
		if o == nil || o.ConsentID != p.ID {
			return noOrder(a, orderID, "no order with this id was prepared under payment consent "+p.ID)
		}
		facts := payments.OrderFacts{Account: a.facts(), Now: u.Now(), Consent: p, Approver: approver(c), Beneficiary: s.beneficiaries.Get(u, o.BeneficiaryID)}
		if err := s.orders.Fire(u, o, payments.ApproveOrder, machine.Cause{By: c.UserID, Input: facts}); err != nil {
			return o.Explain(err)
		}
		state = s.orderState(u, o, a.wallet)
		return nil
	})
	return state, err
}

// approver is a caller in the roles in which it approves: a user's own, and for
// a member of staff those that the request names. Staff hold none by themselves,
// or else one of them could stand for all of an organization's users.
func approver(c access.Caller) payments.Approver {
	if c.Sort == access.Staff {
		return payments.Approver{UserID: c.UserID, Roles: c.ActingRoles}
	}
	return payments.Approver{UserID: c.UserID, Roles: c.Roles}
}

// lapse fails an order whose time for approvals is over and that has not got
// them all.
func (s *Sandbox) lapse(u *engine.Unit, o *payments.Order, cause machine.Cause) {
	if o.Waiting() {
		s.orders.Then(u, o, payments.FailOrder, machine.Cause{By: cause.By, Reason: payments.ApprovalExpired, World: cause.World})
	}
}

// unknownDocuments are those ids under which a customer has uploaded nothing.
func (s *Sandbox) unknownDocuments(u *engine.Unit, customerID string, ids []string) []string {
	var unknown []string
	for _, id := range ids {
		if d := s.documents.Get(u, id); d == nil || d.CustomerID != customerID {
			unknown = append(unknown, id)
		}
	}
	return unknown
}

// together are the supporting documents of prepare and of execute, each once.
func together(prepared, executed []string) []string {
	all := slices.Clone(prepared)
	for _, id := range executed {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// consentApproval completes what a request says about approval.
func consentApproval(in ConsentRequest, currency string) (*payments.ConsentApproval, error) {
	if in.Approval == nil {
		return nil, nil
	}
	approval := *in.Approval
	if len(approval.Roles) == 0 {
		approval.Roles = []string{access.RoleApprover, access.RoleAdminUser}
	}
	approval.Approvers = max(1, approval.Approvers)
	var err error
	approval.Threshold, err = minor(in.ApprovalThreshold, currency)
	return &approval, err
}
