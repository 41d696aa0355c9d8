package app_test

import (
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
)

func customerNeeds() needCases[onboarding.CustomerFacts] {
	type facts = onboarding.CustomerFacts
	return needCases[facts]{onboarding.CustomerTable(), map[machine.Trigger]func() facts{
		onboarding.Activate: func() facts {
			whole, _ := onboarding.ParseShare("100")
			return facts{
				CustomerID: "c", Type: onboarding.Organization, State: onboarding.CustomerPendingActivation,
				Verification: onboarding.Outlook{ID: "v", State: onboarding.VerificationApproved},
				Organization: &onboarding.OrganizationFacts{
					Directors: 1, Employees: 1, Admins: 1, Owned: whole, PersonnelRequired: true, People: 1, Verified: 1, Required: 1, Uploaded: 1, Proven: 1,
					Caller: &onboarding.Caller{Roles: []string{"A"}, Managers: []string{"A", "B"}, Link: "tenant"},
				},
			}
		},
	}, map[string]func(*facts){
		"verification.decided":     func(f *facts) { f.Verification = onboarding.Outlook{} },
		"verification.approved":    func(f *facts) { f.Verification.State = onboarding.VerificationRejected },
		"consents.accepted":        func(f *facts) { f.MissingConsents = onboarding.ConsentTypes() },
		"terms.accepted":           func(f *facts) { f.MissingConsents = []onboarding.ConsentType{onboarding.Terms} },
		"privacy.accepted":         func(f *facts) { f.MissingConsents = []onboarding.ConsentType{onboarding.Privacy} },
		"data_processing.accepted": func(f *facts) { f.MissingConsents = []onboarding.ConsentType{onboarding.DataProcessing} },
		"personnel.complete":       func(f *facts) { f.Organization.Directors, f.Organization.Admins = 0, 0 },
		"director.present":         func(f *facts) { f.Organization.Directors = 0 },
		"admin_user.present":       func(f *facts) { f.Organization.Admins = 0 },
		"ownership.complete":       func(f *facts) { f.Organization.Owned = onboarding.Share{} },
		"personnel.verified":       func(f *facts) { f.Organization.Verified = 0 },
		"documents.uploaded":       func(f *facts) { f.Organization.Uploaded = 0 },
		"documents.verified":       func(f *facts) { f.Organization.Proven = 0 },
		"organization.pending":     func(f *facts) { f.State = onboarding.CustomerPendingVerification },
		"caller.role":              func(f *facts) { f.Organization.Caller.Roles = []string{"C"} },
		"caller.linked":            func(f *facts) { f.Organization.Caller.Link = "" },
	}}
}

func sessionNeeds() needCases[access.SessionFacts] {
	type facts = access.SessionFacts
	return needCases[facts]{access.SessionTable(), map[machine.Trigger]func() facts{
		access.RefreshSession: func() facts { return facts{} },
	}, map[string]func(*facts){"session.running": func(f *facts) { f.Over = true }}}
}

func verificationNeeds() needCases[onboarding.VerificationFacts] {
	type facts = onboarding.VerificationFacts
	good := func() facts { return facts{ID: "v"} }
	return needCases[facts]{onboarding.VerificationTable(), map[machine.Trigger]func() facts{
		onboarding.SubmitForReview: good, onboarding.Approve: good, onboarding.Reject: good,
	}, map[string]func(*facts){
		"documents.complete": func(f *facts) { f.Missing = []string{"PASSPORT"} },
		"decider.entitled":   func(f *facts) { f.HighRisk = true },
	}}
}

func personnelNeeds() needCases[onboarding.PersonnelFacts] {
	type facts = onboarding.PersonnelFacts
	good := func() facts {
		half, _ := onboarding.ParseShare("50")
		return facts{OrganizationID: "c", Organization: onboarding.CustomerActive, Position: onboarding.Shareholder, Share: half, Others: half}
	}
	employee := func(f *facts, roles ...string) { f.Position, f.Roles = onboarding.Employee, roles }
	return needCases[facts]{onboarding.PersonnelTable(), map[machine.Trigger]func() facts{
		onboarding.AddShareholder: good, onboarding.AddPersonnel: good, onboarding.ChangePersonnel: good, onboarding.RemovePersonnel: good,
	}, map[string]func(*facts){
		"organization.open":      func(f *facts) { f.Organization = onboarding.CustomerSuspended },
		"admin_user.present":     func(f *facts) { employee(f) },
		"admin_user.left":        func(f *facts) { employee(f) },
		"remove admin_user.left": func(f *facts) { employee(f, access.RoleAdminUser) },
		"share.available":        func(f *facts) { f.Share = f.Share.Add(f.Share) },
		"owned_companies.whole": func(f *facts) {
			f.Owner = &onboarding.Owner{Kind: onboarding.CompanyOwner, Owners: []onboarding.Owner{{Share: f.Share}, {Share: f.Share}, {Share: f.Share}}}
		},
	}}
}

// invalid refuses what a request says.
func invalid() error { return refusal.Invalid([]refusal.Fault{{Field: "f", Message: "is wrong"}}) }

// goodAccount is an account on which everything may happen.
func goodAccount() payments.Account {
	return payments.Account{CustomerID: "c", CustomerState: "ACTIVE", CustomerActive: true, WalletID: "w", WalletState: payments.WalletActive}
}

func beneficiaryNeeds() needCases[payments.BeneficiaryFacts] {
	type facts = payments.BeneficiaryFacts
	good := func() facts { return facts{Account: goodAccount(), Currency: "EUR", Asked: "EUR"} }
	return needCases[facts]{payments.BeneficiaryTable(), map[machine.Trigger]func() facts{
		payments.RegisterBeneficiary: good, payments.AmendBeneficiary: good, payments.RemoveBeneficiary: good,
	}, map[string]func(*facts){
		"customer.active":   func(f *facts) { f.Account.CustomerActive = false },
		"wallet.active":     func(f *facts) { f.Account.WalletState = payments.WalletSuspended },
		"currency.matching": func(f *facts) { f.Asked = "USD" },
		"request.valid":     func(f *facts) { f.Faults = []refusal.Fault{{Field: "f", Message: "is wrong"}} },
		"iban.unregistered": func(f *facts) { f.Duplicate = "b" },
	}}
}

func paymentConsentNeeds() needCases[payments.PaymentConsentFacts] {
	type facts = payments.PaymentConsentFacts
	good := func() facts {
		return facts{Account: goodAccount(), Asked: true, Approver: payments.Approver{UserID: "approver", Roles: []string{"R"}}, Consent: &payments.PaymentConsent{
			CreatedBy: "creator", Approval: &payments.PaymentConsentApproval{Required: true, Roles: []string{"R"}, Approvers: 2},
		}}
	}
	return needCases[facts]{payments.PaymentConsentTable(), map[machine.Trigger]func() facts{
		payments.CreatePaymentConsent: good, payments.ApprovePaymentConsent: good, payments.RevokePaymentConsent: good,
	}, map[string]func(*facts){
		"customer.active":      func(f *facts) { f.Account.CustomerActive = false },
		"wallet.active":        func(f *facts) { f.Account.WalletState = payments.WalletSuspended },
		"currency.matching":    func(f *facts) { f.Fault = payments.WrongCurrency("currency", "EUR", "USD") },
		"request.valid":        func(f *facts) { f.Fault = invalid() },
		"approval.outstanding": func(f *facts) { f.Consent.ApprovedAt = noon() },
		"approver.entitled":    func(f *facts) { f.Approver.Roles = nil },
		"approver.independent": func(f *facts) { f.Approver.UserID = "creator" },
		"approver.new":         func(f *facts) { f.Consent.Given = []payments.Approval{{UserID: "approver"}} },
	}}
}

func noon() time.Time { return time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC) }

func orderFacts() payments.OrderFacts {
	euro := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: payments.Currency} }
	target := goodAccount()
	return payments.OrderFacts{
		Account: goodAccount(), Target: &target, Now: noon(), Spending: &payments.Spending{}, Limits: payments.LimitsOf(""), Available: 10_000_00,
		Order: &payments.Order{
			Life: machine.Life{ID: "o"}, WalletID: "w", Operation: payments.Transfer, Network: payments.SEPA, Amount: euro(100_00), Fee: euro(0), ExecutedAt: noon(),
		},
		Beneficiary: &payments.Beneficiary{Life: machine.Life{ID: "b", State: payments.BeneficiaryActive}, WalletID: "w"},
		Consent: &payments.PaymentConsent{
			Life: machine.Life{ID: "p", State: payments.PaymentConsentActive}, WalletID: "w", Operation: payments.Transfer, Answer: "1", ValidUntil: noon(),
		},
		Confirmation: payments.Confirmation{Codes: []string{"1"}, ConsentIDs: []string{"p"}},
	}
}

// waitingFacts are those of an order that waits for two approvals.
func waitingFacts() payments.OrderFacts {
	f := orderFacts()
	f.Order.State, f.Order.PreparedBy = payments.OrderProcessing, "initiator"
	f.Order.Approval = &payments.OrderApproval{Required: 2, Roles: []string{"R"}}
	f.Approver = payments.Approver{UserID: "approver", Roles: []string{"R"}}
	return f
}

func orderNeeds() needCases[payments.OrderFacts] {
	type facts = payments.OrderFacts
	payee := func(f *facts, b *payments.Beneficiary) {
		_, f.PayeeRefused = payments.PayeeOf(f.Account, []payments.PayeeName{{Field: "beneficiaryId", Value: "b", Beneficiary: b}})
	}
	unproven := func(f *facts) { f.Business, f.Order.Amount.Minor = true, payments.HighValue+1 }
	one := int64(1)
	return needCases[facts]{payments.OrderTable(), map[machine.Trigger]func() facts{
		payments.PrepareOrder: orderFacts, payments.ExecuteOrder: orderFacts, payments.CompleteOrder: orderFacts, payments.ApproveOrder: waitingFacts,
	}, map[string]func(*facts){
		"customer.active":      func(f *facts) { f.Account.CustomerActive = false },
		"wallet.active":        func(f *facts) { f.Account.WalletState = payments.WalletBlocked },
		"currency.matching":    func(f *facts) { f.Request = payments.WrongCurrency("currency", "EUR", "USD") },
		"request.valid":        func(f *facts) { f.Request = invalid() },
		"payee.named":          func(f *facts) { f.PayeeRefused = invalid() },
		"payee.registered":     func(f *facts) { payee(f, nil) },
		"payee.active":         func(f *facts) { f.Beneficiary.State = payments.BeneficiaryInactive },
		"prepare payee.active": func(f *facts) { f.Beneficiary.State = payments.BeneficiaryPending; payee(f, f.Beneficiary) },
		"consent.known":        func(f *facts) { f.Consent, f.ConsentAsked = nil, "q" },
		"consent.given":        func(f *facts) { f.Consent = nil },
		"consent.fitting":      func(f *facts) { f.Consent.Operation = payments.Topup },
		"consent.unexpired":    func(f *facts) { f.Consent.State = payments.PaymentConsentExpired },
		"consent.approved":     func(f *facts) { f.Consent.State = payments.PaymentConsentPending },
		"consent.active":       func(f *facts) { f.Consent.State = payments.PaymentConsentExhausted },
		"consent.begun":        func(f *facts) { f.Consent.ValidFrom = noon().Add(time.Hour) },
		"payee.allowed":        func(f *facts) { f.Consent.Payees.Accounts = []string{"another"} },
		"consent_limits.kept":  func(f *facts) { f.Consent.Limits.PerTransaction = &one },
		"documents.known":      func(f *facts) { unproven(f); f.UnknownDocuments = []string{"d"} },
		"amount.sufficient":    func(f *facts) { f.Order.Amount.Minor = 0 },
		"category_limits.kept": func(f *facts) { f.Limits.Daily.Minor = 1 },
		"funds.available":      func(f *facts) { f.Available = 0 },
		"code.right":           func(f *facts) { f.Confirmation.Codes = []string{"2"} },
		"execution.confirmed":  func(f *facts) { f.Confirmation.Sent = true },
		"consent.confirmed":    func(f *facts) { f.Confirmation.ConsentIDs = nil },
		"documents.given":      unproven,
		"order.executed":       func(f *facts) { f.Order.ExecutedAt = time.Time{} },
		"approval.outstanding": func(f *facts) { f.Order.Approval.Required = 0 },
		"approver.entitled":    func(f *facts) { f.Approver.Roles = []string{"S"} },
		"approver.independent": func(f *facts) { f.Approver.UserID = "initiator" },
		"approver.new":         func(f *facts) { f.Order.Approval.Given = []payments.Approval{{UserID: "approver"}} },
		"consent.standing":     func(f *facts) { f.Consent.State = payments.PaymentConsentRevoked },
		"approvals.complete": func(f *facts) {
			f.Order.State, f.Order.Approval = payments.OrderProcessing, &payments.OrderApproval{Required: 1}
		},
		"payee_customer.active": func(f *facts) { f.Target.CustomerActive = false },
		"payee_wallet.active":   func(f *facts) { f.Target.WalletState = payments.WalletBlocked },
	}}
}

func deliveryNeeds() needCases[delivery.Facts] {
	good := func() delivery.Facts {
		return delivery.Facts{SubscriptionID: "s", Subscribed: delivery.SubscriptionActive}
	}
	return needCases[delivery.Facts]{delivery.Table(), map[machine.Trigger]func() delivery.Facts{
		delivery.Resend: good,
	}, map[string]func(*delivery.Facts){"subscription.active": func(f *delivery.Facts) { f.Subscribed = delivery.SubscriptionInactive }}}
}
