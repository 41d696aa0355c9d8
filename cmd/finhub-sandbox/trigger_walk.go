package main

import "slices"

// A walk is the calls that lead to events, in their order. In a call and its body
// ${name} is what an earlier step kept, or a name that nobody else has.

// step is one call of a walk, or a move of the clock.
type step struct {
	call, body string
	// keep is what later steps need, by the member of the reply that has it first.
	keep map[string]string
	// until is the event up to which the clock is moved, where there is no call.
	until string
	// makes are the events that it makes happen, besides that.
	makes []string
}

// end is how a walk goes on to an event that is not on the usual way: in which scenario
// it begins, behind which event it leaves that way, and what follows then.
type end struct {
	scenario, behind string
	steps            []step
}

const (
	individual = "/api/v2.1/customer/individual"
	company    = "/api/v2.1/customer/organization"
	wallet     = "/api/v2.1/fintrans/${wallet}"
	// codeToken has the code for the execution in it.
	codeToken = "magicLinkToken"
	accepted  = `{"accepted":true,"version":"1.0"}`
)

// personWalk is a person's usual way, from the registration to a transfer that is paid.
func personWalk() []step {
	return []step{
		{
			call: "POST " + individual + "/registration",
			body: `{"firstName":"Anna","lastName":"Petrauskaite","email":"anna-${name}@example.com","phone":"+37062767557","password":"SecurePass123!","matchingPassword":"SecurePass123!"}`,
			keep: map[string]string{"customer": "customerId", "wallet": "walletId"}, makes: []string{"customer.created"},
		},
		{
			call: "POST " + individual + "/${customer}/verification", makes: []string{"verification.created"},
			body: `{"verificationType":"IDENTITY","verificationData":{"documentType":"PASSPORT","documentNumber":"24010101","issuingCountry":"LT"}}`,
		},
		{until: "verification.approved", makes: []string{"customer.updated"}},
		{call: "POST " + individual + "/${customer}/consents/terms", body: accepted, makes: []string{"consent.accepted"}},
		{call: "POST " + individual + "/${customer}/consents/privacy", body: accepted},
		{call: "POST " + individual + "/${customer}/consents/data-processing", body: accepted},
		{
			call: "POST " + individual + "/${customer}/activation", body: `{"code":"123456","userId":"anna-${name}@example.com"}`,
			makes: []string{"wallet.activated", "customer.activated"},
		},
		{call: "POST /_sandbox/wallets/${wallet}/fund", body: `{"amount":"500.00"}`},
		{
			call: "POST " + wallet + "/beneficiaries", keep: map[string]string{"payee": "assetId"}, makes: []string{"beneficiary.created"},
			body: `{"partyType":"INDIVIDUAL_CUSTOMER","firstName":"Jonas","lastName":"Petraitis","iban":"LT263500098765432109","currency":"EUR","country":"LT","networkName":"SEPA"}`,
		},
		paymentConsent(`"maxUsageCount":1`),
		{
			call: "POST " + wallet + "/types/transfer/prepare", keep: map[string]string{"order": "preparedOrderId"}, makes: []string{"transaction.prepared"},
			body: `{"sourceAccount":{"walletId":"${wallet}"},"target":{"iban":"LT263500098765432109","name":"Jonas Petraitis"},` +
				`"amount":{"value":"10000","scale":2,"currency":"EUR"},"beneficiaryId":"${payee}","consent":{"consentReference":"${consent}"}}`,
		},
		{
			call: "POST " + wallet + "/types/transfer/execute", makes: []string{"transaction.processing", "transaction.completed", "payment_consent.exhausted"},
			body: `{"preparedOrderId":"${order}","otp":"${code}","consentId":"${consent}"}`,
		},
	}
}

func paymentConsent(validity string) step {
	return step{
		call: "POST " + wallet + "/payment-consents/types/transfer",
		body: `{"paymentType":"TRANSFER","title":"Rent","parameters":{"validity":{"startDate":"${firstDay}","endDate":"${lastDay}",` + validity + `},"limits":{}}}`,
		keep: map[string]string{"consent": "consentId", "code": codeToken}, makes: []string{"payment_consent.created", "payment_consent.activated"},
	}
}

// companyWalk is a company's usual way to its activation.
func companyWalk() []step {
	walk := []step{
		{
			call: "POST " + company + "/registration", keep: map[string]string{"customer": "organizationId", "wallet": "walletId"}, makes: []string{"organization.created"},
			body: `{"email":"admin-${name}@example.com","password":"SecurePass123!","matchingPassword":"SecurePass123!","roleIds":["ACCOUNT_OWNER","ADMIN"],` +
				`"customerCategory":{"id":"fs-cat-b2b-small-001","name":"Small Business"},"organizationCustomer":{"customerName":"Acme","organization":` +
				`{"legalName":"Acme ${name} UAB","registrationNumber":"REG-${name}","taxId":"TAX-${name}","incorporationDate":"2019-04-02",` +
				`"legalForm":"LIMITED_LIABILITY_COMPANY","industry":"TECHNOLOGY","email":"office-${name}@example.com","phone":"+37052123456",` +
				`"addresses":[{"type":"REGISTERED","street":"Gedimino pr. 9","city":"Vilnius","postalCode":"LT-01103","country":"Lithuania","isPrimary":true}]}}}`,
		},
		{
			call: "POST " + company + "/${customer}/employee", keep: map[string]string{"employee": "employeeId"}, makes: []string{"personnel.added"},
			body: `{"person":{"firstName":"Tomas","lastName":"Jankauskas","email":"tomas-${name}@example.com","phoneNumber":"+37061200002","dateOfBirth":"1990-03-25"},` +
				`"position":"COMPLIANCE_OFFICER","roles":["COMPLIANCE_OFFICER","TRANSACTION_APPROVER","EMPLOYEE","ADMIN_USER"]}`,
		},
		{
			call: "POST " + company + "/${customer}/director",
			body: `{"person":{"firstName":"Rasa","lastName":"Kazlauskiene","email":"rasa-${name}@example.com","phoneNumber":"+37061200001","dateOfBirth":"1979-02-11"},` +
				`"role":"MANAGING_DIRECTOR","sharePercentage":60,"isPrimary":true}`,
		},
		{
			call: "POST " + company + "/${customer}/shareholders",
			body: `[{"person":{"firstName":"Rasa","lastName":"Kazlauskiene","email":"rasa-${name}@example.com"},"sharePercentage":60,"isPrimary":true},` +
				`{"type":"CORPORATE","companyName":"UAB Girios Holding","ownershipPercentage":"40","owners":[{"type":"INDIVIDUAL","firstName":"Jonas","lastName":"Kazlauskas","ownershipPercentage":100}]}]`,
		},
		{
			call: "POST " + company + "/${customer}/verify", keep: map[string]string{"verification": "verificationId"},
			body: `{"customerId":"${customer}","type":"BUSINESS_VERIFICATION","requestedLevel":"TENANT_VERIFIED"}`,
		},
	}
	for _, kind := range []string{
		"CERTIFICATE_OF_INCORPORATION", "ARTICLES_OF_ASSOCIATION", "SHAREHOLDER_REGISTER", "DIRECTOR_ID", "PROOF_OF_ADDRESS", "BANK_STATEMENT", "BENEFICIAL_OWNERSHIP",
	} {
		walk = append(walk, step{
			call: "POST /api/v2.1/verifications/${verification}/documents",
			body: `{"documentType":"` + kind + `","fileName":"paper.pdf","mimeType":"application/pdf","fileContent":"JVBERi0xLjQKJSVFT0YK"}`,
		})
	}
	return append(walk,
		step{call: "POST /api/v2.1/verifications/${verification}/approve", body: `{"verificationId":"${verification}","status":"APPROVED"}`, makes: []string{"organization.updated"}},
		step{call: "POST " + company + "/${customer}/consents/terms", body: accepted},
		step{call: "POST " + company + "/${customer}/consents/privacy", body: accepted},
		step{call: "POST " + company + "/${customer}/consents/data-processing", body: accepted},
		step{call: "POST " + company + "/${customer}/activation", body: `{"activationReason":"Everything is there"}`, makes: []string{"organization.activated"}},
	)
}

// ends are the ways to events that are not on a usual one.
func ends() map[string]end {
	suspend := []step{{call: "POST /_sandbox/customers/${customer}/status", body: `{"status":"SUSPENDED","reason":"SUSPECTED_FRAUD"}`, makes: []string{"customer.suspended", "organization.suspended"}}}
	return map[string]end{
		"customer.suspended":      {"happy-path", "customer.activated", suspend},
		"organization.suspended":  {"happy-path", "organization.activated", suspend},
		"personnel.removed":       {"happy-path", "personnel.added", []step{secondEmployee(), {call: "DELETE " + company + "/${customer}/employees/${second}", makes: []string{"personnel.removed"}}}},
		"verification.rejected":   {"kyc-rejected", "verification.created", []step{{until: "verification.rejected"}}},
		"verification.expired":    {"kyc-expired", "verification.created", []step{{until: "verification.expired"}}},
		"consent.expired":         {"consent-expires", "consent.accepted", []step{{until: "consent.expired"}}},
		"payment_consent.revoked": {"happy-path", "payment_consent.created", []step{{call: "DELETE " + wallet + "/payment-consents/${consent}", makes: []string{"payment_consent.revoked"}}}},
		"payment_consent.expired": {"happy-path", "payment_consent.created", []step{{until: "payment_consent.expired"}}},
		"transaction.failed":      {"settlement-fails", "transaction.processing", []step{{until: "transaction.failed"}}},
		"transaction.expired":     {"happy-path", "transaction.prepared", []step{{until: "transaction.expired"}}},
	}
}

// secondEmployee is one who can leave: somebody must stay an administrator.
func secondEmployee() step {
	return step{
		call: "POST " + company + "/${customer}/employee", keep: map[string]string{"second": "employeeId"},
		body: `{"person":{"firstName":"Petras","lastName":"Jonaitis","email":"petras-${name}@example.com","phoneNumber":"+37061200003","dateOfBirth":"1991-03-25"},"position":"CLERK","roles":["EMPLOYEE"]}`,
	}
}

// walkTo gives the scenario and the steps that lead to an event; none to one that is
// not known.
func walkTo(event string) (scenario string, steps []step) {
	scenario, behind := "happy-path", event
	side, isSide := ends()[event]
	if isSide {
		scenario, behind = side.scenario, side.behind
	}
	for _, walk := range [][]step{personWalk(), companyWalk()} {
		for i, s := range walk {
			if s.happens(behind) {
				return scenario, append(walk[:i+1:i+1], side.steps...)
			}
		}
	}
	return "", nil
}

// happens reports whether an event happens with a step.
func (s step) happens(event string) bool { return s.until == event || slices.Contains(s.makes, event) }
