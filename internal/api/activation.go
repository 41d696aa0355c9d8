package api

import (
	"strconv"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

type readinessView struct {
	ActivationAllowed           bool                     `json:"activationAllowed"`
	CanActivate                 bool                     `json:"canActivate"`
	ConsentOk                   bool                     `json:"consentOk"`
	VerificationOk              bool                     `json:"verificationOk"`
	PowerTenantApprovalRequired bool                     `json:"powerTenantApprovalRequired"`
	PowerTenantApprovalOk       bool                     `json:"powerTenantApprovalOk"`
	IsHighRisk                  bool                     `json:"isHighRisk"`
	RiskLevel                   onboarding.Risk          `json:"riskLevel"`
	MissingConsents             []onboarding.ConsentType `json:"missingConsents"`
	VerificationStatus          machine.State            `json:"verificationStatus"`
	VerificationLevel           string                   `json:"verificationLevel"`
	CustomerID                  string                   `json:"customerId"`
	CustomerStatus              machine.State            `json:"customerStatus"`
	OwnerTenant                 string                   `json:"ownerTenant"`
	ActivationFailure           string                   `json:"activationFailure,omitzero"`
	Message                     string                   `json:"message"`
	// Suggestions are the calls that bring the activation nearer.
	Suggestions []string `json:"suggestions"`
	waitingView
}

// notStarted is the verification status of a customer without a verification.
const notStarted machine.State = "NOT_STARTED"

// checkIndividualActivation reports whether activation would succeed, with 200 in
// either case (customer-apis/individual/activation-readiness-check).
func checkIndividualActivation(c *rest.Call, act *world.Act) (rest.Reply, error) {
	if err := ownTenant(c, "ownerTenantId"); err != nil {
		return rest.Reply{}, err
	}
	r, err := customers.CheckActivation(act, c.Path("customerId"))
	if err != nil {
		return rest.Reply{}, err
	}
	view := viewReadiness(c, r)
	return rest.Reply{Message: view.Message, Data: &view}, nil
}

func viewReadiness(c *rest.Call, r customers.Readiness) readinessView {
	allowed := r.Refusal == nil
	view := readinessView{
		ActivationAllowed: allowed, CanActivate: allowed, ConsentOk: met(r, onboarding.ConsentsAreAccepted), VerificationOk: met(r, onboarding.VerificationIsApproved), RiskLevel: r.Category.Risk,
		MissingConsents: r.Missing, VerificationStatus: notStarted, VerificationLevel: onboarding.TenantVerified,
		CustomerID: r.Customer.ID, CustomerStatus: r.Customer.State, OwnerTenant: c.Tenant,
		ActivationFailure: r.Customer.ActivationFailure, Message: "Customer is not ready for activation",
		Suggestions: c.Suggestions(r.Refusal),
	}
	if v := r.Verification; v != nil {
		view.VerificationStatus, view.VerificationLevel = v.State, v.Requested
		if v.Open() {
			view.waitingView = viewWaiting(c, v)
		}
	}
	view.highRisk(r.HighRisk)
	switch {
	case allowed:
		view.Message = "Customer is ready for activation"
	case r.Customer.State == onboarding.CustomerActivating:
		view.Message = "Customer activation is in progress"
	case r.Customer.State == onboarding.CustomerActive:
		view.Message = "Customer is already active"
	}
	return view
}

// met reports whether a need of activation is met.
func met(r customers.Readiness, need string) bool {
	n := machine.FindStanding(r.Needs, need)
	return n != nil && n.Met
}

// highRisk tells what a high risk means, or that there is none.
func (v *readinessView) highRisk(is bool) {
	v.IsHighRisk, v.PowerTenantApprovalRequired, v.PowerTenantApprovalOk = is, is, !is || v.VerificationOk
	if is {
		v.RiskLevel = onboarding.HighRisk
	}
}

type activationView struct {
	Wallet           activatedWallet `json:"wallet"`
	IBAN             string          `json:"iban,omitzero"`
	AccountNumber    string          `json:"accountNumber,omitzero"`
	ActivationStatus string          `json:"activationStatus"`
	Status           string          `json:"status"`
	CustomerStatus   machine.State   `json:"customerStatus"`
	CustomerID       string          `json:"customerId"`
	ActivatedAt      string          `json:"activatedAt,omitzero"`
	ActivatedBy      string          `json:"activatedBy"`
	Reason           string          `json:"activationReason,omitzero"`
	Failure          string          `json:"activationFailure,omitzero"`
}

type activatedWallet struct {
	WalletID        string        `json:"walletId"`
	ID              string        `json:"id"`
	IBAN            string        `json:"iban,omitzero"`
	Currency        string        `json:"currency"`
	Balance         string        `json:"balance"`
	ReservedBalance string        `json:"reservedBalance"`
	Status          machine.State `json:"status"`
	Asset           assetView     `json:"asset"`
}

type assetView struct {
	AssetType string `json:"assetType"`
	Currency  string `json:"currency"`
	Current   string `json:"current"`
	Available string `json:"available"`
	Blocked   string `json:"blocked"`
}

// The words for how far an activation is.
const (
	notActivated     = "NOT_ACTIVATED"
	activating       = "ACTIVATING"
	activated        = "ACTIVATED"
	activationFailed = "FAILED"
)

func activationStatus(c *onboarding.Customer) string {
	switch {
	case c.State == onboarding.CustomerActivating:
		return activating
	case !c.ActivatedAt.IsZero():
		return activated
	case c.ActivationFailure != "":
		return activationFailed
	}
	return notActivated
}

// activateIndividual makes a customer and its wallet active and gives it an
// IBAN. Where the scenario lets it take time the reply says ACTIVATING, and where
// it lets it fail FAILED. The code may be any: the sandbox sends none. It refuses with
// USER_NOT_FOUND, VERIFICATION_NOT_APPROVED, CONSENTS_MISSING and CUSTOMER_ALREADY_ACTIVE
// (customer-apis/individual/activation).
func activateIndividual(c *rest.Call, act *world.Act) (rest.Reply, error) {
	out, err := customers.Activate(act, c.Path("customerId"), customers.Activation{User: c.Body.Str("userId"), By: c.Body.Str("activatedBy")})
	if err != nil {
		return rest.Reply{}, err
	}
	w := out.Wallet
	balance, none := w.Money(w.Balance), w.Money(0)
	account := w.IBAN
	if len(account) > 9 {
		account = account[9:]
	}
	return rest.Reply{Data: &activationView{
		Wallet: activatedWallet{
			WalletID: w.ID, ID: w.ID, IBAN: w.IBAN, Currency: w.Currency, Balance: strconv.FormatInt(w.Balance, 10), ReservedBalance: "0", Status: w.State,
			Asset: assetView{"CURRENCY", w.Currency, balance.String(), balance.String(), none.String()},
		},
		IBAN: w.IBAN, AccountNumber: account, ActivationStatus: activationStatus(out.Customer), Status: activationStatus(out.Customer),
		CustomerStatus: out.Customer.State, CustomerID: out.Customer.ID, ActivatedAt: instantOrNone(out.Customer.ActivatedAt),
		Failure: out.Customer.ActivationFailure, ActivatedBy: out.Customer.ActivatedBy, Reason: c.Body.Str("activationReason"),
	}}, nil
}
