package app_test

// speedStep is one request of a life, in which ${name} is what an earlier step
// kept, or the life's own name.
type speedStep struct {
	call, body string
	// keep is what later steps need, by the member of the reply that has it first.
	keep map[string]string
}

// speedLives are what clients do again and again, each time as somebody else.
var speedLives = map[string][]speedStep{
	"registration": {{"POST " + registrationPath, registrationBeginning + "${name}" + registrationEnd, nil}},
	"waiting": {
		{"POST " + registrationPath, registrationBeginning + "${name}" + registrationEnd, map[string]string{"customer": "customerId"}},
		{"POST /api/v2.1/customer/individual/${customer}/verification", passport, nil},
	},
	"individual":   individualLife,
	"organization": organizationLife,
}

// individualLife is a person's, from the categories to a transfer that is paid.
var individualLife = []speedStep{
	{"GET /api/v2.1/customer/individual/categorization/hierarchy/${tenant}", "", nil},
	{"POST " + registrationPath, registrationBeginning + "${name}" + registrationEnd,
		map[string]string{"customer": "customerId", "user": "userId", "wallet": "walletId"}},
	{"POST /api/v2.1/customer/individual/${customer}/users/${user}/sessions",
		`{"username":"customer${name}@example.com","password":"SecurePass123!","tenantKey":"key","tenantSecret":"secret"}`, nil},
	{"POST /api/v2.1/verifications", `{"customerId":"${customer}","type":"IDENTITY_VERIFICATION","requestedLevel":"TENANT_VERIFIED"}`,
		map[string]string{"verification": "verificationId"}},
	documentStep("PASSPORT"),
	{"POST /api/v2.1/verifications/${verification}/approve", `{"verificationId":"${verification}","status":"APPROVED"}`, nil},
	{"POST /api/v2.1/customer/individual/${customer}/consents/terms", `{"accepted":true,"version":"1.0"}`, nil},
	{"POST /api/v2.1/customer/individual/${customer}/consents/privacy", `{"accepted":true,"version":"1.0"}`, nil},
	{"POST /api/v2.1/customer/individual/${customer}/consents/data-processing", `{"accepted":true,"version":"1.0"}`, nil},
	{"POST /api/v2.1/customer/individual/${customer}/activation", `{"code":"123456","userId":"customer${name}@example.com"}`, nil},
	{"POST /_sandbox/wallets/${wallet}/fund", `{"amount":"500.00"}`, nil},
	{"POST /api/v2.1/fintrans/${wallet}/beneficiaries",
		`{"partyType":"INDIVIDUAL_CUSTOMER","firstName":"Jonas","lastName":"Petraitis","iban":"LT263500098765432109","currency":"EUR","country":"LT","networkName":"SEPA"}`,
		map[string]string{"payee": "assetId"}},
	consentStep, prepareStep, executeStep,
}

// organizationLife is a company's, with its people and their shares, its papers,
// and a transfer that is paid.
var organizationLife = []speedStep{
	{"GET /api/v2.1/customer/individual/categorization/hierarchy/${tenant}", "", nil},
	{"POST /api/v2.1/customer/organization/registration",
		`{"email":"admin${name}@example.com","password":"SecurePass123!","matchingPassword":"SecurePass123!","roleIds":["ACCOUNT_OWNER","ADMIN"],` +
			`"customerCategory":{"id":"fs-cat-b2b-small-001","name":"Small Business"},"organizationCustomer":{"customerName":"Acme","organization":` +
			`{"legalName":"Acme ${name} UAB","registrationNumber":"REG-${name}","taxId":"TAX-${name}","incorporationDate":"2019-04-02",` +
			`"legalForm":"LIMITED_LIABILITY_COMPANY","industry":"TECHNOLOGY","email":"office${name}@example.com","phone":"+37052123456",` +
			`"addresses":[{"type":"REGISTERED","street":"Gedimino pr. 9","city":"Vilnius","postalCode":"LT-01103","country":"Lithuania","isPrimary":true}]}}}`,
		map[string]string{"customer": "organizationId", "wallet": "walletId"}},
	{"POST /api/v2.1/customer/organization/${customer}/employee",
		`{"person":{"firstName":"Tomas","lastName":"Jankauskas","email":"tomas${name}@example.com","phoneNumber":"+37061200002","dateOfBirth":"1990-03-25"},` +
			`"position":"COMPLIANCE_OFFICER","roles":["COMPLIANCE_OFFICER","TRANSACTION_APPROVER","EMPLOYEE","ADMIN_USER"]}`,
		map[string]string{"user": "userId", "password": "temporaryPassword"}},
	{"POST /api/v2.1/customer/organization/${customer}/director",
		`{"person":{"firstName":"Rasa","lastName":"Kazlauskiene","email":"rasa${name}@example.com","phoneNumber":"+37061200001","dateOfBirth":"1979-02-11"},` +
			`"role":"MANAGING_DIRECTOR","sharePercentage":60,"isPrimary":true}`, nil},
	{"POST /api/v2.1/customer/organization/${customer}/shareholders",
		`[{"person":{"firstName":"Rasa","lastName":"Kazlauskiene","email":"rasa${name}@example.com"},"sharePercentage":60,"isPrimary":true},` +
			`{"type":"CORPORATE","companyName":"UAB Girios Holding","ownershipPercentage":"40","owners":[{"type":"INDIVIDUAL","firstName":"Jonas","lastName":"Kazlauskas","ownershipPercentage":100}]}]`, nil},
	{"POST /api/v2.1/customer/organization/${customer}/users/${user}/sessions",
		`{"username":"tomas${name}@example.com","password":"${password}","tenantKey":"key","tenantSecret":"secret"}`, nil},
	{"POST /api/v2.1/customer/organization/${customer}/verify", `{"customerId":"${customer}","type":"BUSINESS_VERIFICATION","requestedLevel":"TENANT_VERIFIED"}`,
		map[string]string{"verification": "verificationId"}},
	documentStep("CERTIFICATE_OF_INCORPORATION"), documentStep("ARTICLES_OF_ASSOCIATION"), documentStep("SHAREHOLDER_REGISTER"),
	documentStep("DIRECTOR_ID"), documentStep("PROOF_OF_ADDRESS"), documentStep("BANK_STATEMENT"), documentStep("BENEFICIAL_OWNERSHIP"),
	{"POST /api/v2.1/verifications/${verification}/approve", `{"verificationId":"${verification}","status":"APPROVED"}`, nil},
	{"POST /api/v2.1/customer/organization/${customer}/consents/terms", `{"accepted":true,"version":"1.0"}`, nil},
	{"POST /api/v2.1/customer/organization/${customer}/consents/privacy", `{"accepted":true,"version":"1.0"}`, nil},
	{"POST /api/v2.1/customer/organization/${customer}/consents/data-processing", `{"accepted":true,"version":"1.0"}`, nil},
	{"POST /api/v2.1/customer/organization/${customer}/activation", `{"activationReason":"Everything is there"}`, nil},
	{"POST /_sandbox/wallets/${wallet}/fund", `{"amount":"20000.00"}`, nil},
	{"POST /api/v2.1/fintrans/${wallet}/beneficiaries",
		`{"partyType":"BUSINESS_CUSTOMER","companyName":"Nordwind Handels GmbH","iban":"LT263500098765432109","currency":"EUR","country":"LT","networkName":"SEPA"}`,
		map[string]string{"payee": "assetId"}},
	consentStep, prepareStep, executeStep,
}

// What both have in common.
var (
	consentStep = speedStep{"POST /api/v2.1/fintrans/${wallet}/payment-consents/types/transfer",
		`{"paymentType":"TRANSFER","title":"Rent","parameters":{"validity":{"startDate":"2026-01-01","endDate":"2035-12-31"},"limits":{}}}`,
		map[string]string{"consent": "consentId", "magicLink": "magicLinkToken"}}
	prepareStep = speedStep{"POST /api/v2.1/fintrans/${wallet}/types/transfer/prepare",
		`{"sourceAccount":{"walletId":"${wallet}"},"target":{"iban":"LT263500098765432109","name":"Jonas Petraitis"},` +
			`"amount":{"value":"10000","scale":2,"currency":"EUR"},"beneficiaryId":"${payee}","consent":{"consentReference":"${consent}"}}`,
		map[string]string{"order": "preparedOrderId"}}
	executeStep = speedStep{"POST /api/v2.1/fintrans/${wallet}/types/transfer/execute",
		`{"preparedOrderId":"${order}","authenticationCode":"${code}","consentConfirmation":{"consentId":"${consent}","confirmed":true}}`,
		map[string]string{"outcome": "status"}}
)

func documentStep(kind string) speedStep {
	return speedStep{"POST /api/v2.1/verifications/${verification}/documents",
		`{"documentType":"` + kind + `","fileName":"paper.pdf","mimeType":"application/pdf","fileContent":"` + somePDF + `"}`, nil}
}
