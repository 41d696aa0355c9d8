package api

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
)

type organizationReadinessView struct {
	readinessView
	OrganizationID string          `json:"organizationId"`
	Conditions     []conditionView `json:"conditions"`
	Warnings       []string        `json:"warnings"`
}

type conditionView struct {
	Code        string       `json:"code"`
	Description string       `json:"description"`
	Met         bool         `json:"met"`
	Blocking    bool         `json:"blocking"`
	State       string       `json:"state"`
	Call        refusal.Call `json:"-"`
	Path        string       `json:"call,omitzero"`
}

// checkOrganizationActivation tells condition by condition whether an
// organization can be activated by this caller, with 200 in either case
// (customer-apis/organization/activation).
func (a *API) checkOrganizationActivation(c *rest.Call) (rest.Reply, error) {
	r, err := a.sandbox.CheckOrganization(c.Caller, c.Path("organizationId"))
	if err != nil {
		return rest.Reply{}, err
	}
	readiness := viewReadiness(c, r.Readiness)
	view := organizationReadinessView{
		readinessView: readiness, OrganizationID: r.Customer.ID, Warnings: sandbox.Warnings(r.Conditions),
	}
	for _, condition := range r.Conditions {
		v := conditionView{Code: condition.Code, Description: condition.Description, Met: condition.Met, Blocking: condition.Blocking, State: condition.State}
		if !condition.Met {
			v.Path = c.Reference(condition.Call)
		}
		view.Conditions = append(view.Conditions, v)
	}
	return rest.Reply{Message: view.Message, Data: view}, nil
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
func (a *API) activateOrganization(c *rest.Call) (rest.Reply, error) {
	out, err := a.sandbox.ActivateOrganization(c.Caller, c.Path("organizationId"), sandbox.Activation{
		User: c.Body.Str("additionalInfo.userId"), By: c.Body.Str("activatedBy", "additionalInfo.activatedBy"),
	})
	if err != nil {
		return rest.Reply{}, err
	}
	o, w := out.Customer, out.Wallet
	view := organizationActivationView{
		OrganizationID: o.ID, CustomerID: o.ID, CustomerStatus: o.State, AccountName: o.Company.LegalName,
		Activation: activationStateView{
			Message: "Organization activated. Wallet provisioning in progress.", Status: o.State, ActivatedAt: instant(o.Since), ActivatedBy: o.ActivatedBy,
			Reason: c.Body.Str("activationReason"), Notes: c.Body.Str("activationNotes"),
			Warnings: append(out.Warnings, "Wallet provisioning is async. Use GET /api/v2.1/customer/organization/{id}/wallet-status to poll."),
		},
	}
	switch o.State {
	case onboarding.CustomerActive:
	case onboarding.CustomerActivating:
		return rest.Reply{Data: view}, nil
	default:
		view.Activation.Message, view.Activation.Status, view.Activation.Failure = "Organization activation failed", activationFailed, o.ActivationFailure
		view.Activation.Warnings = out.Warnings
		return rest.Reply{Message: view.Activation.Message, Data: view}, nil
	}
	bic := walletBIC
	view.IBAN, view.BIC = &w.IBAN, &bic
	view.Wallet = &organizationWallet{w.ID, w.ID, w.IBAN, bic, w.Money(w.Balance).Decimal(), w.Currency, w.State}
	view.Activation.Message, view.Activation.Warnings = "Organization activated successfully", out.Warnings
	return rest.Reply{Message: view.Activation.Message, Data: view}, nil
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
func (a *API) getWalletStatus(c *rest.Call) (rest.Reply, error) {
	d, err := a.sandbox.Organization(c.Caller, c.Path("organizationId"))
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
	return rest.Reply{Data: v}, nil
}
