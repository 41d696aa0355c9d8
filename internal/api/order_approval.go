package api

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

// approveOrder gives an order one more approval
// (flows/organization-customer/payment-consent-setup).
func approveOrder(c *rest.Call, act *world.Act) (rest.Reply, error) {
	state, err := accounts.ApproveOrder(act, c.Path("consentId"), c.Body.Str("orderId"))
	if err != nil {
		return rest.Reply{}, err
	}
	o := state.Order
	view := approvedOrderView{orderView: viewOrder(c, state), ConsentID: o.ConsentID, Message: "Order approved"}
	if o.Waiting() {
		view.Message = "Approval recorded; the order waits for more"
	}
	for _, given := range o.Approval.Given {
		view.ApprovedAt = machine.Instant(given.At)
	}
	return rest.Reply{Data: &view}, nil
}

type approvedOrderView struct {
	orderView
	ConsentID  string `json:"consentId"`
	ApprovedAt string `json:"approvedAt"`
	Message    string `json:"message"`
}

// statusDetailsView has the members about approval only for an order that others
// have to approve, and those about waiting only while it waits.
type statusDetailsView struct {
	Reason            string         `json:"reason"`
	ChangedAt         string         `json:"changedAt"`
	WaitingFor        string         `json:"waitingFor,omitzero"`
	Approvals         []approvalView `json:"approvals,omitzero"`
	RequiredApprovals int            `json:"requiredApprovals,omitzero"`
	ApproverRoles     []string       `json:"approverRoles,omitzero"`
	ApprovalDeadline  string         `json:"approvalDeadline,omitzero"`
}

type approvalView struct {
	UserID string `json:"userId"`
	At     string `json:"at"`
}

func viewStatusDetails(o *payments.Order) statusDetailsView {
	view := statusDetailsView{Reason: o.FailureReason, ChangedAt: machine.Instant(o.Since)}
	if o.Approval == nil {
		return view
	}
	view.Approvals = []approvalView{}
	for _, given := range o.Approval.Given {
		view.Approvals = append(view.Approvals, approvalView{given.UserID, machine.Instant(given.At)})
	}
	view.RequiredApprovals, view.ApproverRoles = o.Approval.Required, o.Approval.Roles
	if o.Waiting() {
		view.WaitingFor, view.ApprovalDeadline = "APPROVAL", machine.Instant(o.Approval.Deadline)
	}
	return view
}

type paymentConsentApprovalView struct {
	RequiresApproval  bool       `json:"requiresApproval"`
	ApprovalThreshold *majorView `json:"approvalThreshold,omitzero"`
	ApproverRoles     []string   `json:"approverRoles"`
	MinimumApprovers  int        `json:"minimumApprovers"`
}

func viewPaymentConsentApproval(p *payments.PaymentConsent) *paymentConsentApprovalView {
	a := p.Approval
	if a == nil {
		return nil
	}
	view := &paymentConsentApprovalView{RequiresApproval: a.Required, ApproverRoles: a.Roles, MinimumApprovers: a.Approvers}
	if a.Threshold != nil {
		threshold := viewMajor(money.Amount{Minor: *a.Threshold, Currency: p.Currency})
		view.ApprovalThreshold = &threshold
	}
	return view
}

// approvalPlace is where members about approval may stand. Amounts among
// parameters are major units, as the limits there are; elsewhere they are minor
// units, as in the business flow.
type approvalPlace struct {
	at    string
	major bool
}

// approvalPlaces are all of them: the documentation names the members and not
// the object that holds them.
func approvalPlaces() []approvalPlace {
	var places []approvalPlace
	for _, around := range []approvalPlace{{"", false}, {"parameters.", true}, {"metadata.parameters.", true}} {
		for _, object := range []string{"", "approval.", "approvals."} {
			places = append(places, approvalPlace{around.at + object, around.major})
		}
	}
	return places
}

// readApproval reads what a payment consent says about approval, if it does.
func readApproval(b rest.Body, in *accounts.PaymentConsentRequest) {
	anywhere := func(member string) []string {
		var names []string
		for _, place := range approvalPlaces() {
			names = append(names, place.at+member)
		}
		return names
	}
	required, roles, approvers := anywhere("requiresApproval"), anywhere("approverRoles"), anywhere("minimumApprovers")
	for _, place := range approvalPlaces() {
		if name := place.at + "approvalThreshold"; b.Has(name) && in.ApprovalThreshold == nil {
			in.ApprovalThreshold = thresholdAmount(b, name, place.major)
		}
	}
	if in.ApprovalThreshold == nil && !b.Has(required...) && !b.Has(roles...) && !b.Has(approvers...) {
		return
	}
	in.Approval = &payments.PaymentConsentApproval{
		Required: b.Bool(required...), Roles: b.Strs(roles...), Approvers: int(b.Int(approvers...)),
	}
}

// thresholdAmount reads a number, or an object as limits are.
func thresholdAmount(b rest.Body, name string, major bool) *payments.AskedAmount {
	threshold := &payments.AskedAmount{Field: name, Value: b.Get(name), Major: major}
	if _, is := b.Get(name).(map[string]any); is {
		threshold = limitAmount(b, name, major)
	}
	threshold.OrNone = true
	return threshold
}
