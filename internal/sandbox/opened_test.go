package sandbox

import (
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/setting"
)

// opened has verbs that open an act each, as requests do.
type opened struct{ *World }

// of is whoever in a tenant.
func of(tenant string) access.Caller { return access.Caller{Tenant: tenant} }

func (o opened) TenantScenario(tenant string) (name, source string) {
	name, _ = Show(o.World, of(tenant), func(act *Act) (name string, _ error) {
		name, source = TenantScenario(act)
		return name, nil
	})
	return name, source
}

func (o opened) Relaxed(tenant string) bool {
	is, err := Show(o.World, of(tenant), func(act *Act) (bool, error) { return Relaxed(act), nil })
	return is && err == nil
}

func (o opened) policyOf(tenant string) (*policy, error) {
	return Show(o.World, of(tenant), policyOf)
}

func (o opened) Fund(c access.Caller, walletID string, asked payments.AskedAmount) (t payments.Transaction, w payments.Wallet, err error) {
	w, err = Do(o.World, c, func(act *Act) (w payments.Wallet, err error) {
		t, w, err = Fund(act, walletID, asked)
		return w, err
	})
	return t, w, err
}

func (o opened) do(c access.Caller, fn func(*Act) error) error {
	_, err := Do(o.World, c, func(act *Act) (struct{}, error) { return struct{}{}, fn(act) })
	return err
}

func (o opened) AcceptConsent(c access.Caller, kind onboarding.CustomerType, customerID string, t onboarding.ConsentType, in Acceptance) (*onboarding.Consent, error) {
	return Show(o.World, c, func(act *Act) (*onboarding.Consent, error) { return AcceptConsent(act, kind, customerID, t, in) })
}

func (o opened) Activate(c access.Caller, customerID string, in Activation) (Activated, error) {
	return Show(o.World, c, func(act *Act) (Activated, error) { return Activate(act, customerID, in) })
}

func (o opened) AddPersonnel(c access.Caller, organizationID string, list []Appointment) ([]Appointed, error) {
	return Show(o.World, c, func(act *Act) ([]Appointed, error) { return AddPersonnel(act, organizationID, list) })
}

func (o opened) ApproveOrder(c access.Caller, consentID, orderID string) (OrderState, error) {
	return Show(o.World, c, func(act *Act) (OrderState, error) { return ApproveOrder(act, consentID, orderID) })
}

func (o opened) ApprovePaymentConsent(c access.Caller, id string) (ConsentDetail, error) {
	return Show(o.World, c, func(act *Act) (ConsentDetail, error) { return ApprovePaymentConsent(act, id) })
}

func (o opened) Books(tenant string) (payments.Books, error) {
	return Show(o.World, of(tenant), func(act *Act) (payments.Books, error) { return Books(act) })
}

func (o opened) CategoryLimits(tenant string, category string) (payments.Limits, error) {
	return Show(o.World, of(tenant), func(act *Act) (payments.Limits, error) { return CategoryLimits(act, category) })
}

func (o opened) ChangeSettings(tenant string, change func(*setting.Settings)) (setting.Settings, error) {
	return Show(o.World, of(tenant), func(act *Act) (setting.Settings, error) { return ChangeSettings(act, change) })
}

func (o opened) CheckActivation(c access.Caller, customerID string) (Readiness, error) {
	return Show(o.World, c, func(act *Act) (Readiness, error) { return CheckActivation(act, customerID) })
}

func (o opened) CheckPayment(c access.Caller, in ConsentCheck) (Verdict, error) {
	return Show(o.World, c, func(act *Act) (Verdict, error) { return CheckPayment(act, in) })
}

func (o opened) ConfirmConsent(c access.Caller, token string) (*onboarding.Consent, error) {
	return Show(o.World, c, func(act *Act) (*onboarding.Consent, error) { return ConfirmConsent(act, token) })
}

func (o opened) CreatePaymentConsent(c access.Caller, accountID string, in ConsentRequest) (ConsentDetail, error) {
	return Show(o.World, c, func(act *Act) (ConsentDetail, error) { return CreatePaymentConsent(act, accountID, in) })
}

func (o opened) DecideVerification(c access.Caller, id string, in Decision) (VerificationDetail, error) {
	return Show(o.World, c, func(act *Act) (VerificationDetail, error) { return DecideVerification(act, id, in) })
}

func (o opened) DeleteOrganizationDocument(c access.Caller, organizationID, id string) error {
	_, err := Do(o.World, c, func(act *Act) (struct{}, error) {
		return struct{}{}, DeleteOrganizationDocument(act, organizationID, id)
	})
	return err
}

func (o opened) Disturb(c access.Caller, in Asked) (Disturbance, error) {
	return Show(o.World, c, func(act *Act) (Disturbance, error) { return Disturb(act, in) })
}

func (o opened) EndSession(c access.Caller, customerID, userID, sessionID string) error {
	_, err := Do(o.World, c, func(act *Act) (struct{}, error) { return struct{}{}, EndSession(act, customerID, userID, sessionID) })
	return err
}

func (o opened) Execute(c access.Caller, in Execution) (Executed, error) {
	return Show(o.World, c, func(act *Act) (Executed, error) { return Execute(act, in) })
}

// TODO Fund ['payments.Transaction', 'payments.Wallet', 'error']

func (o opened) GetAllowedOperations(c access.Caller, accountID string, beneficiaries bool) (Allowance, error) {
	return Show(o.World, c, func(act *Act) (Allowance, error) { return GetAllowedOperations(act, accountID, beneficiaries) })
}

func (o opened) GetBalance(c access.Caller, walletID string) (Balance, error) {
	return Show(o.World, c, func(act *Act) (Balance, error) { return GetBalance(act, walletID) })
}

func (o opened) GetConsent(c access.Caller, id string) (*onboarding.Consent, error) {
	return Show(o.World, c, func(act *Act) (*onboarding.Consent, error) { return GetConsent(act, id) })
}

func (o opened) GetOrder(c access.Caller, accountID, id string) (OrderState, error) {
	return Show(o.World, c, func(act *Act) (OrderState, error) { return GetOrder(act, accountID, id) })
}

func (o opened) GetPaymentConsent(c access.Caller, accountID, id string) (ConsentDetail, error) {
	return Show(o.World, c, func(act *Act) (ConsentDetail, error) { return GetPaymentConsent(act, accountID, id) })
}

func (o opened) GetVerification(c access.Caller, id string) (VerificationDetail, error) {
	return Show(o.World, c, func(act *Act) (VerificationDetail, error) { return GetVerification(act, id) })
}

func (o opened) GoverningScenario(tenant string, customerID string) (string, error) {
	return Show(o.World, of(tenant), func(act *Act) (string, error) { return GoverningScenario(act, customerID) })
}

func (o opened) Identify(tenant string, token string, lapsed bool) (access.Caller, error) {
	return Show(o.World, of(tenant), func(act *Act) (access.Caller, error) { return Identify(act, token, lapsed) })
}

func (o opened) InitiateVerification(c access.Caller, customerID string) (VerificationDetail, error) {
	return Show(o.World, c, func(act *Act) (VerificationDetail, error) { return InitiateVerification(act, customerID) })
}

func (o opened) ListBeneficiaries(c access.Caller, accountID string, f PayeeFilter) (Page[*payments.Beneficiary], error) {
	return Show(o.World, c, func(act *Act) (Page[*payments.Beneficiary], error) { return ListBeneficiaries(act, accountID, f) })
}

// TODO ListOrganizationDocuments ['[]OrganizationDocument', 'int', 'error']

func (o opened) ListPaymentConsents(c access.Caller, accountID string) ([]ConsentDetail, error) {
	return Show(o.World, c, func(act *Act) ([]ConsentDetail, error) { return ListPaymentConsents(act, accountID) })
}

func (o opened) ListScenarios(tenant string) ([]*scenario.Scenario, error) {
	return Show(o.World, of(tenant), func(act *Act) ([]*scenario.Scenario, error) { return ListScenarios(act) })
}

func (o opened) ListTransactions(c access.Caller, in Statement) (Page[*payments.Transaction], error) {
	return Show(o.World, c, func(act *Act) (Page[*payments.Transaction], error) { return ListTransactions(act, in) })
}

func (o opened) ListWallets(c access.Caller, customerID, line string) ([]*payments.Wallet, error) {
	return Show(o.World, c, func(act *Act) ([]*payments.Wallet, error) { return ListWallets(act, customerID, line) })
}

func (o opened) LogIn(c access.Caller, t onboarding.CustomerType, customerID, userID string, in Credentials) (Login, error) {
	return Show(o.World, c, func(act *Act) (Login, error) { return LogIn(act, t, customerID, userID, in) })
}

func (o opened) LogInAdmin(c access.Caller, organizationID, userID string, in Credentials) (Login, error) {
	return Show(o.World, c, func(act *Act) (Login, error) { return LogInAdmin(act, organizationID, userID, in) })
}

func (o opened) OpenVerification(c access.Caller, customerID string, in VerificationRequest) (VerificationDetail, error) {
	return Show(o.World, c, func(act *Act) (VerificationDetail, error) { return OpenVerification(act, customerID, in) })
}

func (o opened) Prepare(c access.Caller, in Preparation) (OrderState, error) {
	return Show(o.World, c, func(act *Act) (OrderState, error) { return Prepare(act, in) })
}

func (o opened) RefreshSession(c access.Caller, customerID, userID, sessionID, refreshToken string) (Login, error) {
	return Show(o.World, c, func(act *Act) (Login, error) { return RefreshSession(act, customerID, userID, sessionID, refreshToken) })
}

func (o opened) Register(c access.Caller, in Registration) (Registered, error) {
	return Show(o.World, c, func(act *Act) (Registered, error) { return Register(act, in) })
}

func (o opened) RegisterBeneficiary(c access.Caller, accountID string, in Description) (*payments.Beneficiary, error) {
	return Show(o.World, c, func(act *Act) (*payments.Beneficiary, error) { return RegisterBeneficiary(act, accountID, in) })
}

func (o opened) RemoveBeneficiary(c access.Caller, accountID, id string) (*payments.Beneficiary, error) {
	return Show(o.World, c, func(act *Act) (*payments.Beneficiary, error) { return RemoveBeneficiary(act, accountID, id) })
}

func (o opened) RevokePaymentConsent(c access.Caller, accountID, id string) (ConsentDetail, error) {
	return Show(o.World, c, func(act *Act) (ConsentDetail, error) { return RevokePaymentConsent(act, accountID, id) })
}

func (o opened) SendConsentLink(c access.Caller, in LinkRequest) (Link, error) {
	return Show(o.World, c, func(act *Act) (Link, error) { return SendConsentLink(act, in) })
}

func (o opened) SetCustomerStatus(c access.Caller, id string, in StatusChange) (*onboarding.Customer, error) {
	return Show(o.World, c, func(act *Act) (*onboarding.Customer, error) { return SetCustomerStatus(act, id, in) })
}

func (o opened) SetTenantScenario(tenant string, name string) error {
	_, err := Do(o.World, of(tenant), func(act *Act) (struct{}, error) { return struct{}{}, SetTenantScenario(act, name) })
	return err
}

func (o opened) SetTenantScenarioText(tenant string, text string) (*scenario.Scenario, error) {
	return Show(o.World, of(tenant), func(act *Act) (*scenario.Scenario, error) { return SetTenantScenarioText(act, text) })
}

func (o opened) SubmitVerification(c access.Caller, customerID string, in Submission) (VerificationDetail, error) {
	return Show(o.World, c, func(act *Act) (VerificationDetail, error) { return SubmitVerification(act, customerID, in) })
}

func (o opened) UpdateBeneficiary(c access.Caller, id string, in Description) (*payments.Beneficiary, error) {
	return Show(o.World, c, func(act *Act) (*payments.Beneficiary, error) { return UpdateBeneficiary(act, id, in) })
}

func (o opened) UploadDocument(c access.Caller, verificationID string, about About, in Upload) (Uploaded, error) {
	return Show(o.World, c, func(act *Act) (Uploaded, error) { return UploadDocument(act, verificationID, about, in) })
}

func (o opened) UploadOrganizationDocument(c access.Caller, organizationID string, in Upload) (OrganizationDocument, error) {
	return Show(o.World, c, func(act *Act) (OrganizationDocument, error) {
		return UploadOrganizationDocument(act, organizationID, in)
	})
}

func (o opened) VerifyOrganization(c access.Caller, organizationID string, in VerificationRequest) (VerificationDetail, error) {
	return Show(o.World, c, func(act *Act) (VerificationDetail, error) { return VerifyOrganization(act, organizationID, in) })
}

func (o opened) ListOrganizationDocuments(c access.Caller, organizationID string, page, size int) (list []OrganizationDocument, total int, err error) {
	list, err = Show(o.World, c, func(act *Act) (list []OrganizationDocument, err error) {
		list, total, err = ListOrganizationDocuments(act, organizationID, page, size)
		return list, err
	})
	return list, total, err
}
