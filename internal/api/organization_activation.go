package api

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

type organizationReadinessView struct {
	readinessView
	OrganizationID string          `json:"organizationId"`
	Conditions     []conditionView `json:"conditions"`
	Warnings       []string        `json:"warnings"`
}

type conditionView struct {
	Code        string `json:"code"`
	Description string `json:"description"`
	Met         bool   `json:"met"`
	Blocking    bool   `json:"blocking"`
	State       string `json:"state"`
	Call        string `json:"call,omitzero"`
}

// conditions are the fourteen documented prerequisites of an organization's
// activation, in their order, by the need that each of them shows.
var conditions = []struct{ code, need, description string }{
	{"ORGANIZATION_STATUS", "organization.pending", "The organization waits for its activation."},
	{"DIRECTOR_PRESENT", "director.present", "There is a director."},
	{"ADMIN_USER_PRESENT", "admin_user.present", "An employee holds ADMIN_USER."},
	{"OWNERSHIP_COMPLETE", "ownership.complete", "Shareholders own exactly 100 percent."},
	{"KYB_COMPLETED", "verification.decided", "The business verification is decided."},
	{"VERIFICATION_APPROVED", onboarding.VerificationIsApproved, "The business verification is approved."},
	{"PERSONNEL_VERIFIED", "personnel.verified", "Directors and beneficial owners are verified."},
	{"TERMS_ACCEPTED", "terms.accepted", "Consent to the terms and conditions is given."},
	{"PRIVACY_ACCEPTED", "privacy.accepted", "Consent to the privacy policy is given."},
	{"DATA_PROCESSING_ACCEPTED", "data_processing.accepted", "Consent to the data processing is given."},
	{"DOCUMENTS_UPLOADED", "documents.uploaded", "The required documents are uploaded."},
	{"DOCUMENTS_VERIFIED", "documents.verified", "The required documents are verified."},
	{"CALLER_ROLE", "caller.role", "The caller holds a role that may activate."},
	{"CALLER_LINKED", "caller.linked", "The caller belongs to the organization or to its tenant."},
}

func viewConditions(c *rest.Call, needs []machine.Standing) []conditionView {
	var list []conditionView
	for _, condition := range conditions {
		n := machine.FindStanding(needs, condition.need)
		if n == nil {
			continue
		}
		v := conditionView{Code: condition.code, Description: condition.description, Met: n.Met, Blocking: n.Binding == machine.Blocks, State: n.State}
		if call, ok := n.Call(); ok {
			v.Call = c.Reference(call)
		}
		list = append(list, v)
	}
	return list
}

// checkOrganizationActivation tells condition by condition whether an
// organization can be activated by this caller, with 200 in either case
// (customer-apis/organization/activation).
func checkOrganizationActivation(c *rest.Call, act *world.Act) (rest.Reply, error) {
	r, err := customers.CheckOrganization(act, c.Path("organizationId"))
	if err != nil {
		return rest.Reply{}, err
	}
	view := organizationReadinessView{
		readinessView: viewReadiness(c, r), OrganizationID: r.Customer.ID, Conditions: viewConditions(c, r.Needs), Warnings: customers.Warnings(r.Needs),
	}
	return rest.Reply{Message: view.Message, Data: &view}, nil
}

type organizationActivationView struct {
	OrganizationID string              `json:"organizationId"`
	CustomerID     string              `json:"customerId"`
	CustomerStatus machine.State       `json:"customerStatus"`
	Wallet         *organizationWallet `json:"wallet"`
	IBAN           *string             `json:"iban"`
	BIC            *string             `json:"bic"`
	AccountName    string              `json:"accountName"`
	Activation     activationStateView `json:"activation"`
}

type organizationWallet struct {
	WalletID string        `json:"walletId"`
	ID       string        `json:"id"`
	IBAN     string        `json:"iban"`
	BIC      string        `json:"bic"`
	Balance  string        `json:"balance"`
	Currency string        `json:"currency"`
	Status   machine.State `json:"status"`
}

type activationStateView struct {
	Message     string        `json:"message"`
	Status      machine.State `json:"status"`
	Failure     string        `json:"activationFailure,omitzero"`
	ActivatedAt string        `json:"activatedAt"`
	ActivatedBy string        `json:"activatedBy"`
	Reason      string        `json:"activationReason"`
	Notes       string        `json:"activationNotes,omitzero"`
	Warnings    []string      `json:"warnings"`
}

// walletBIC is the bank of the accounts that the sandbox makes.
const walletBIC = "RETBLT21XXX"

// activateOrganization makes an organization and its wallet active. Where the
// scenario lets it take time the reply says ACTIVATING, and the wallet is polled;
// where it lets it fail, FAILED.
// It refuses with PERMISSION_DENIED, USER_NOT_FOUND, VERIFICATION_NOT_APPROVED, CONSENTS_MISSING,
// CUSTOMER_ALREADY_ACTIVE and, if the tenant's settings say so,
// PERSONNEL_INCOMPLETE (customer-apis/organization/activation).
func activateOrganization(c *rest.Call, act *world.Act) (rest.Reply, error) {
	out, err := customers.ActivateOrganization(act, c.Path("organizationId"), customers.Activation{
		User: c.Body.Str("additionalInfo.userId"), By: c.Body.Str("activatedBy", "additionalInfo.activatedBy"),
	})
	if err != nil {
		return rest.Reply{}, err
	}
	o, w := out.Customer, out.Wallet
	view := organizationActivationView{
		OrganizationID: o.ID, CustomerID: o.ID, CustomerStatus: o.State, AccountName: o.Company.LegalName,
		Activation: activationStateView{
			Message: "Organization activated. Wallet provisioning in progress.", Status: o.State, ActivatedAt: machine.Instant(o.Since), ActivatedBy: o.ActivatedBy,
			Reason: c.Body.Str("activationReason"), Notes: c.Body.Str("activationNotes"),
			Warnings: append(out.Warnings, "Wallet provisioning is async. Use GET /api/v2.1/customer/organization/{id}/wallet-status to poll."),
		},
	}
	switch o.State {
	case onboarding.CustomerActive:
	case onboarding.CustomerActivating:
		return rest.Reply{Data: &view}, nil
	default:
		view.Activation.Message, view.Activation.Status, view.Activation.Failure = "Organization activation failed", activationFailed, o.ActivationFailure
		view.Activation.Warnings = out.Warnings
		return rest.Reply{Message: view.Activation.Message, Data: &view}, nil
	}
	bic := walletBIC
	view.IBAN, view.BIC = &w.IBAN, &bic
	view.Wallet = &organizationWallet{w.ID, w.ID, w.IBAN, bic, w.Money(w.Balance).Decimal(), w.Currency, w.State}
	view.Activation.Message, view.Activation.Warnings = "Organization activated successfully", out.Warnings
	return rest.Reply{Message: view.Activation.Message, Data: &view}, nil
}

type walletStatusView struct {
	OrganizationID   string        `json:"organizationId"`
	WalletID         string        `json:"walletId"`
	Status           machine.State `json:"status"`
	IBAN             *string       `json:"iban"`
	ActivationStatus string        `json:"activationStatus"`
	CustomerStatus   machine.State `json:"customerStatus"`
	Ready            bool          `json:"ready"`
}

// getWalletStatus tells how far the wallet of an organization is; clients poll it
// while the activation takes time (b2b-customer--organization/activate-organization).
func getWalletStatus(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := customers.GetOrganization(act, c.Path("organizationId"))
	if err != nil {
		return rest.Reply{}, err
	}
	v := walletStatusView{
		OrganizationID: d.Customer.ID, WalletID: d.Wallet.ID, Status: d.Wallet.State, ActivationStatus: activationStatus(d.Customer), CustomerStatus: d.Customer.State,
		Ready: d.Wallet.State == payments.WalletActive && d.Wallet.IBAN != "",
	}
	if d.Wallet.IBAN != "" {
		v.IBAN = &d.Wallet.IBAN
	}
	return rest.Reply{Data: &v}, nil
}
