package accounts

import (
	"slices"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/world"
)

// ApproveOrder lets one more user approve an executed order; the last approval
// that it waits for settles it. It refuses with PAYMENT_CONSENT_NOT_FOUND and
// ORDER_NOT_FOUND; with PHASE_ORDER_BROKEN, ORDER_EXPIRED and
// ORDER_ALREADY_EXECUTED an order that waits for no approval; and with
// PERMISSION_DENIED, INITIATOR_CANNOT_APPROVE and APPROVAL_DUPLICATE a user who
// cannot give it. An account that is not usable any more is refused as elsewhere,
// and a payment consent that has been revoked with PAYMENT_CONSENT_NOT_ACTIVE.
func ApproveOrder(act *world.Act, consentID, orderID string) (state OrderState, err error) {
	p, err := findPaymentConsent(act, consentID)
	if err != nil {
		return state, err
	}
	a, err := FindAnyAccount(act, p.WalletID)
	if err != nil {
		return state, err
	}
	o := act.Orders.Get(act.Unit, orderID)
	if o == nil || o.ConsentID != p.ID {
		return state, noOrder(a, orderID, "no order with this id was prepared under payment consent "+p.ID)
	}
	facts := payments.OrderFacts{Account: a.facts(), Now: act.Now(), Consent: p, Approver: approver(act.Caller), Beneficiary: act.Beneficiaries.Get(act.Unit, o.BeneficiaryID)}
	if err := act.Orders.Fire(act.Unit, o, payments.ApproveOrder, machine.Cause{By: act.Caller.UserID, Input: facts}); err != nil {
		return state, o.Explain(err)
	}
	return orderState(act, o, a.Wallet), nil
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
func lapse(act *world.Act, o *payments.Order, cause machine.Cause) {
	if o.Waiting() {
		act.Orders.Then(act.Unit, o, payments.FailOrder, machine.Cause{By: cause.By, Reason: payments.ApprovalExpired, World: cause.World})
	}
}

// unknownDocuments are those ids under which a customer has uploaded nothing.
func unknownDocuments(act *world.Act, customerID string, ids []string) []string {
	var unknown []string
	for _, id := range ids {
		if d := act.Documents.Get(act.Unit, id); d == nil || d.CustomerID != customerID {
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

// paymentConsentApproval completes what a request says about approval.
func paymentConsentApproval(in PaymentConsentRequest, currency string) (*payments.PaymentConsentApproval, error) {
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
