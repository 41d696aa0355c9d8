package sandbox

import (
	"context"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/setting"
)

// opened has verbs that open an act each, as requests do.
type opened struct{ *world.World }

// of is whoever in a tenant.
func of(tenant string) access.Caller { return access.Caller{Tenant: tenant} }

func (o opened) TenantScenario(tenant string) (name, source string) {
	name, _ = world.Show(context.Background(), o.World, of(tenant), func(act *world.Act) (name string, _ error) {
		name, source = world.TenantScenario(act)
		return name, nil
	})
	return name, source
}

func (o opened) Relaxed(tenant string) bool {
	is, err := world.Show(context.Background(), o.World, of(tenant), func(act *world.Act) (bool, error) { return world.Relaxed(act), nil })
	return is && err == nil
}

func (o opened) policyOf(tenant string) (*world.Policy, error) {
	return world.Show(context.Background(), o.World, of(tenant), world.PolicyOf)
}

func (o opened) Fund(c access.Caller, walletID string, asked payments.AskedAmount) (t payments.Transaction, w payments.Wallet, err error) {
	w, err = world.Do(context.Background(), o.World, c, func(act *world.Act) (w payments.Wallet, err error) {
		t, w, err = accounts.Fund(act, walletID, asked)
		return w, err
	})
	return t, w, err
}

func (o opened) do(c access.Caller, fn func(*world.Act) error) error {
	_, err := world.Do(context.Background(), o.World, c, func(act *world.Act) (struct{}, error) { return struct{}{}, fn(act) })
	return err
}

func (o opened) AcceptConsent(c access.Caller, kind onboarding.CustomerType, customerID string, t onboarding.ConsentType, in customers.Acceptance) (*onboarding.Consent, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (*onboarding.Consent, error) {
		return customers.AcceptConsent(act, kind, customerID, t, in)
	})
}

func (o opened) Activate(c access.Caller, customerID string, in customers.Activation) (customers.Activated, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.Activated, error) { return customers.Activate(act, customerID, in) })
}

func (o opened) AddPersonnel(c access.Caller, organizationID string, list []customers.PersonnelRequest) ([]customers.PersonnelDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) ([]customers.PersonnelDetail, error) {
		return customers.AddPersonnel(act, organizationID, list)
	})
}

func (o opened) ApproveOrder(c access.Caller, consentID, orderID string) (accounts.OrderState, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.OrderState, error) {
		return accounts.ApproveOrder(act, consentID, orderID)
	})
}

func (o opened) ApprovePaymentConsent(c access.Caller, id string) (accounts.PaymentConsentDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.PaymentConsentDetail, error) {
		return accounts.ApprovePaymentConsent(act, id)
	})
}

func (o opened) Books(tenant string) (payments.Books, error) {
	return world.Show(context.Background(), o.World, of(tenant), func(act *world.Act) (payments.Books, error) { return accounts.Books(act) })
}

func (o opened) CategoryLimits(tenant string, category string) (payments.Limits, error) {
	return world.Show(context.Background(), o.World, of(tenant), func(act *world.Act) (payments.Limits, error) { return world.CategoryLimits(act, category) })
}

func (o opened) ChangeSettings(tenant string, change func(*setting.Settings)) (setting.Settings, error) {
	return world.Show(context.Background(), o.World, of(tenant), func(act *world.Act) (setting.Settings, error) { return world.ChangeSettings(act, change) })
}

func (o opened) CheckActivation(c access.Caller, customerID string) (customers.Readiness, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.Readiness, error) { return customers.CheckActivation(act, customerID) })
}

func (o opened) CheckPayment(c access.Caller, in accounts.PaymentConsentCheck) (accounts.Verdict, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.Verdict, error) { return accounts.CheckPayment(act, in) })
}

func (o opened) ConfirmConsent(c access.Caller, token string) (*onboarding.Consent, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (*onboarding.Consent, error) { return customers.ConfirmConsent(act, token) })
}

func (o opened) CreatePaymentConsent(c access.Caller, accountID string, in accounts.PaymentConsentRequest) (accounts.PaymentConsentDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.PaymentConsentDetail, error) {
		return accounts.CreatePaymentConsent(act, accountID, in)
	})
}

func (o opened) DecideVerification(c access.Caller, id string, in customers.Decision) (customers.VerificationDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.VerificationDetail, error) {
		return customers.DecideVerification(act, id, in)
	})
}

func (o opened) DeleteOrganizationDocument(c access.Caller, organizationID, id string) error {
	_, err := world.Do(context.Background(), o.World, c, func(act *world.Act) (struct{}, error) {
		return struct{}{}, customers.DeleteOrganizationDocument(act, organizationID, id)
	})
	return err
}

func (o opened) Inject(c access.Caller, in government.Asked) (government.Injection, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (government.Injection, error) { return government.Inject(act, in) })
}

func (o opened) EndSession(c access.Caller, customerID, userID, sessionID string) error {
	_, err := world.Do(context.Background(), o.World, c, func(act *world.Act) (struct{}, error) {
		return struct{}{}, sessions.EndSession(act, customerID, userID, sessionID)
	})
	return err
}

func (o opened) Execute(c access.Caller, in accounts.Execution) (accounts.Executed, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.Executed, error) { return accounts.Execute(act, in) })
}

func (o opened) GetAllowedOperations(c access.Caller, accountID string, beneficiaries bool) (accounts.Allowance, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.Allowance, error) {
		return accounts.GetAllowedOperations(act, accountID, beneficiaries)
	})
}

func (o opened) GetBalance(c access.Caller, walletID string) (accounts.Balance, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.Balance, error) { return accounts.GetBalance(act, walletID) })
}

func (o opened) GetConsent(c access.Caller, id string) (*onboarding.Consent, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (*onboarding.Consent, error) { return customers.GetConsent(act, id) })
}

func (o opened) GetOrder(c access.Caller, accountID, id string) (accounts.OrderState, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.OrderState, error) { return accounts.GetOrder(act, accountID, id) })
}

func (o opened) GetPaymentConsent(c access.Caller, accountID, id string) (accounts.PaymentConsentDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.PaymentConsentDetail, error) {
		return accounts.GetPaymentConsent(act, accountID, id)
	})
}

func (o opened) GetVerification(c access.Caller, id string) (customers.VerificationDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.VerificationDetail, error) { return customers.GetVerification(act, id) })
}

func (o opened) GoverningScenario(tenant string, customerID string) (string, error) {
	return world.Show(context.Background(), o.World, of(tenant), func(act *world.Act) (string, error) { return government.GoverningScenario(act, customerID) })
}

func (o opened) Identify(tenant string, token string, lapsed bool) (access.Caller, error) {
	return world.Show(context.Background(), o.World, of(tenant), func(act *world.Act) (access.Caller, error) { return sessions.Identify(act, token, lapsed) })
}

func (o opened) InitiateVerification(c access.Caller, customerID string) (customers.VerificationDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.VerificationDetail, error) {
		return customers.InitiateVerification(act, customerID)
	})
}

func (o opened) ListBeneficiaries(c access.Caller, accountID string, f accounts.PayeeFilter) (accounts.Page[*payments.Beneficiary], error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.Page[*payments.Beneficiary], error) {
		return accounts.ListBeneficiaries(act, accountID, f)
	})
}

func (o opened) ListPaymentConsents(c access.Caller, accountID string) ([]accounts.PaymentConsentDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) ([]accounts.PaymentConsentDetail, error) {
		return accounts.ListPaymentConsents(act, accountID)
	})
}

func (o opened) ListScenarios(tenant string) ([]*scenario.Scenario, error) {
	return world.Show(context.Background(), o.World, of(tenant), func(act *world.Act) ([]*scenario.Scenario, error) { return world.ListScenarios(act) })
}

func (o opened) ListTransactions(c access.Caller, in accounts.Statement) (accounts.Page[*payments.Transaction], error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.Page[*payments.Transaction], error) {
		return accounts.ListTransactions(act, in)
	})
}

func (o opened) ListWallets(c access.Caller, customerID, line string) ([]*payments.Wallet, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) ([]*payments.Wallet, error) { return accounts.ListWallets(act, customerID, line) })
}

func (o opened) LogIn(c access.Caller, t onboarding.CustomerType, customerID, userID string, in sessions.Credentials) (sessions.Login, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (sessions.Login, error) { return sessions.LogIn(act, t, customerID, userID, in) })
}

func (o opened) LogInAdmin(c access.Caller, organizationID, userID string, in sessions.Credentials) (sessions.Login, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (sessions.Login, error) {
		return sessions.LogInAdmin(act, organizationID, userID, in)
	})
}

func (o opened) OpenVerification(c access.Caller, customerID string, in customers.VerificationRequest) (customers.VerificationDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.VerificationDetail, error) {
		return customers.OpenVerification(act, customerID, in)
	})
}

func (o opened) Prepare(c access.Caller, in accounts.Preparation) (accounts.OrderState, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.OrderState, error) { return accounts.Prepare(act, in) })
}

func (o opened) RefreshSession(c access.Caller, customerID, userID, sessionID, refreshToken string) (sessions.Login, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (sessions.Login, error) {
		return sessions.RefreshSession(act, customerID, userID, sessionID, refreshToken)
	})
}

func (o opened) Register(c access.Caller, in customers.Registration) (customers.Registered, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.Registered, error) { return customers.Register(act, in) })
}

func (o opened) RegisterBeneficiary(c access.Caller, accountID string, in accounts.Description) (*payments.Beneficiary, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (*payments.Beneficiary, error) {
		return accounts.RegisterBeneficiary(act, accountID, in)
	})
}

func (o opened) RemoveBeneficiary(c access.Caller, accountID, id string) (*payments.Beneficiary, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (*payments.Beneficiary, error) {
		return accounts.RemoveBeneficiary(act, accountID, id)
	})
}

func (o opened) RevokePaymentConsent(c access.Caller, accountID, id string) (accounts.PaymentConsentDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (accounts.PaymentConsentDetail, error) {
		return accounts.RevokePaymentConsent(act, accountID, id)
	})
}

func (o opened) SendConsentLink(c access.Caller, in customers.LinkRequest) (customers.Link, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.Link, error) { return customers.SendConsentLink(act, in) })
}

func (o opened) SetCustomerStatus(c access.Caller, id string, in world.StatusChange) (*onboarding.Customer, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (*onboarding.Customer, error) { return customers.SetCustomerStatus(act, id, in) })
}

func (o opened) SetTenantScenario(tenant string, name string) error {
	_, err := world.Do(context.Background(), o.World, of(tenant), func(act *world.Act) (struct{}, error) { return struct{}{}, world.SetTenantScenario(act, name) })
	return err
}

func (o opened) SetTenantScenarioText(tenant string, text string) (*scenario.Scenario, error) {
	return world.Show(context.Background(), o.World, of(tenant), func(act *world.Act) (*scenario.Scenario, error) { return world.SetTenantScenarioText(act, text) })
}

func (o opened) SubmitVerification(c access.Caller, customerID string, in customers.Submission) (customers.VerificationDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.VerificationDetail, error) {
		return customers.SubmitVerification(act, customerID, in)
	})
}

func (o opened) UpdateBeneficiary(c access.Caller, id string, in accounts.Description) (*payments.Beneficiary, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (*payments.Beneficiary, error) { return accounts.UpdateBeneficiary(act, id, in) })
}

func (o opened) UploadDocument(c access.Caller, verificationID string, about customers.About, in customers.Upload) (customers.Uploaded, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.Uploaded, error) {
		return customers.UploadDocument(act, verificationID, about, in)
	})
}

func (o opened) UploadOrganizationDocument(c access.Caller, organizationID string, in customers.Upload) (customers.OrganizationDocument, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.OrganizationDocument, error) {
		return customers.UploadOrganizationDocument(act, organizationID, in)
	})
}

func (o opened) VerifyOrganization(c access.Caller, organizationID string, in customers.VerificationRequest) (customers.VerificationDetail, error) {
	return world.Show(context.Background(), o.World, c, func(act *world.Act) (customers.VerificationDetail, error) {
		return customers.VerifyOrganization(act, organizationID, in)
	})
}

func (o opened) ListOrganizationDocuments(c access.Caller, organizationID string, page, size int) (list []customers.OrganizationDocument, total int, err error) {
	list, err = world.Show(context.Background(), o.World, c, func(act *world.Act) (list []customers.OrganizationDocument, err error) {
		list, total, err = customers.ListOrganizationDocuments(act, organizationID, page, size)
		return list, err
	})
	return list, total, err
}
