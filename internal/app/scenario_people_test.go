package app_test

import (
	"fmt"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/scenario"
)

// factsOfPeople are what is known of a company and of its people, when the company
// and its director are verified: by the fact, and by the item of the list.
func factsOfPeople() map[string]string {
	company, director := `customer.type == "ORGANIZATION" && not customer.member && `, `customer.member && customer.name == "Rasa Kazlauskienė" && `
	rasa := func(condition string) string {
		return company + `any(customer.people, .position == "DIRECTOR" && ` + condition + `)`
	}
	return map[string]string{
		"customer.dateOfBirth": company + `customer.dateOfBirth == "2019-04-02"`, "customer.country": company + `customer.country == "LV"`,
		"customer.legalForm": company + `customer.legalForm == "LIMITED_LIABILITY_COMPANY"`, "customer.industry": company + `customer.industry == "TECHNOLOGY"`,
		"customer.age": company + `not (customer.age >= 0) && not (customer.age < 200) && not (customer.age + 1 < 18) && not (max(customer.age, 1) in [1])`, "customer.people": company + `len(customer.people) == 5`,
		"customer.member": director + `customer.type == "INDIVIDUAL"`, "customer.organization": director + `customer.organization == "Acme"`,
		"customer.position": director + `customer.position == "DIRECTOR"`, "customer.number": director + `customer.number == 1`,
		"customer.share": director + `customer.share == 60`, "customer.ubo": director + `customer.ubo`, "customer.pep": director + `customer.pep`,
		"customer.roles": director + `len(customer.roles) == 0`, "customer.nationality": director + `customer.nationality == "LT"`,
		"a member's people": director + `one(customer.people, .kind == "CORPORATE")`,

		"customer.people.position": company + `count(customer.people, .position == "SHAREHOLDER") == 2`,
		"customer.people.number":   company + `one(customer.people, .position == "SHAREHOLDER" && .number == 2)`,
		"customer.people.kind":     company + `one(customer.people, .kind == "CORPORATE" && .number == 2 && .share == 40 && .country == "LV")`,
		"customer.people.name":     rasa(`.name == "Rasa Kazlauskienė"`), "customer.people.email": rasa(`.email == "rasa@acmecorp.example"`),
		"customer.people.age": rasa(`.age == 46`), "customer.people.ageKnown": company + `not all(customer.people, .ageKnown)`,
		"customer.people.dateOfBirth": rasa(`.dateOfBirth == "1979-02-11"`), "customer.people.nationality": rasa(`.nationality == "LT"`),
		"customer.people.country": rasa(`.country == "LT"`), "customer.people.pep": rasa(`.pep`), "customer.people.share": rasa(`.share == 60`),
		"customer.people.ubo": rasa(`.ubo`), "customer.people.roles": company + `one(customer.people, .position == "EMPLOYEE" && "ADMIN_USER" in .roles)`,

		"verification.documents.type":     director + `one(verification.documents, .type == "PASSPORT")`,
		"verification.documents.fileName": director + `one(verification.documents, .fileName == "passport.pdf")`,
		"verification.documents.mimeType": director + `one(verification.documents, .mimeType == "application/pdf")`,
		"verification.documents.size":     director + `one(verification.documents, .size == 15)`,
		"verification.documents.state":    director + `one(verification.documents, .state == "UPLOADED")`,
		"verification.documents.category": company + `any(verification.documents, .category == "INCORPORATION")`,
		"verification.documents.number":   director + `one(verification.documents, .number == "")`,
		"verification.documents.country":  director + `one(verification.documents, .country == "")`,
		"verification.documents.expiry":   director + `all(verification.documents, .expiry == "")`,
		"verification.documents.expired":  director + `none(verification.documents, .expired)`,
	}
}

// TestThePeopleOfACompanyAreKnown does with a company what the test above does with
// a person, and tries every member of the items of lists.
func TestThePeopleOfACompanyAreKnown(t *testing.T) {
	known := factsOfPeople()
	_, items := scenario.Members()
	for list, members := range items {
		for _, member := range members {
			if known[list+"."+member] == "" {
				t.Errorf("%s.%s is not tried", list, member)
			}
		}
	}
	var b strings.Builder
	b.WriteString("name: facts\nrules:\n")
	for _, name := range sortedKeys(known) {
		fmt.Fprintf(&b, "  - {name: %s, on: verification.outcome, when: '%s', skip: 1000000000, decide: APPROVED}\n", name, strings.ReplaceAll(known[name], "'", "''"))
	}
	dump := liveUnder(t, openFlowServer(t, app.Config{}), b.String(), lifeOfAcme)
	for name, condition := range known {
		if !strings.Contains(dump, "facts#"+name+"=") {
			t.Errorf("%s did not hold: %s", name, condition)
		}
	}
}

// lifeOfAcme is a company with its people, until their papers are there.
const lifeOfAcme = `description: A company whose people are verified.
given: {pdf: JVBERi0xLjQKJSVFT0YK}
steps:
  - do: Register
    call: POST /customer/organization/registration
    body:
      email: admin@acmecorp.example
      password: SecurePass123!
      matchingPassword: SecurePass123!
      roleIds: [ACCOUNT_OWNER, ADMIN]
      customerCategory: {id: fs-cat-b2b-small-001}
      organizationCustomer:
        customerName: Acme
        organization:
          legalName: Acme Corp UAB
          registrationNumber: REG-20260331115443
          taxId: TAX-20260331115443
          incorporationDate: 2019-04-02
          legalForm: LIMITED_LIABILITY_COMPANY
          industry: TECHNOLOGY
          addresses: [{type: REGISTERED, street: Brivibas 1, city: Riga, postalCode: LV-1001, country: Latvia, isPrimary: true}]
    status: 200
    keep: {organization: data.organizationId}
  - do: An employee
    call: POST /customer/organization/${organization}/employee
    body: {person: {firstName: Tomas, lastName: Jankauskas, email: tomas@acmecorp.example, phoneNumber: "+37061200002", dateOfBirth: 1990-03-25, nationality: Lithuania}, position: COMPLIANCE_OFFICER, roles: [ADMIN_USER], department: Compliance}
    status: 200
  - do: The director
    call: POST /customer/organization/${organization}/director
    body:
      person: {firstName: Rasa, lastName: Kazlauskienė, email: rasa@acmecorp.example, phoneNumber: "+37061200001", dateOfBirth: 1979-02-11, nationality: Lithuania}
      role: MANAGING_DIRECTOR
      isPEP: true
    status: 200
    keep: {person: data.verification.verificationId}
  - do: The owners
    call: POST /customer/organization/${organization}/shareholders
    body:
      - {person: {firstName: Rasa, lastName: Kazlauskienė, email: rasa@acmecorp.example}, sharePercentage: 60, isPrimary: true}
      - {type: CORPORATE, companyName: Mezs Holding, country: Latvia, ownershipPercentage: "40", owners: [{type: INDIVIDUAL, firstName: Jonas, lastName: Kazlauskas, email: jonas@acmecorp.example, ownershipPercentage: 100}]}
    status: 200
  - {do: Her passport, call: "POST /verifications/${person}/documents", body: {documentType: PASSPORT, fileName: passport.pdf, mimeType: application/pdf, fileContent: "${pdf}"}, status: 200}
  - {do: Proof of her address, call: "POST /verifications/${person}/documents", body: {documentType: PROOF_OF_ADDRESS, fileName: address.pdf, fileContent: "${pdf}"}, status: 200}
  - do: The certificate
    call: &upload POST /customer/organization/${organization}/documents
    body: {category: INCORPORATION, documentType: CERTIFICATE_OF_INCORPORATION, fileName: certificate.pdf, fileContent: "${pdf}"}
    status: 200
  - {do: The articles, call: *upload, body: {documentType: ARTICLES_OF_ASSOCIATION, fileName: articles.pdf, fileContent: "${pdf}"}, status: 200}
  - {do: The register of shareholders, call: *upload, body: {documentType: SHAREHOLDER_REGISTER, fileName: register.pdf, fileContent: "${pdf}"}, status: 200}
  - {do: The director's passport, call: *upload, body: {documentType: DIRECTOR_IDS, fileName: passport.pdf, fileContent: "${pdf}"}, status: 200}
  - {do: The proof of address, call: *upload, body: {documentType: PROOF_OF_REGISTERED_ADDRESS, fileName: address.pdf, fileContent: "${pdf}"}, status: 200}
  - {do: The bank statement, call: *upload, body: {documentType: DT_BANK_STATEMENT, fileName: statement.pdf, fileContent: "${pdf}"}, status: 200}
  - {do: The declaration of ownership, call: *upload, body: {documentType: BENEFICIAL_OWNERS_DECLARATION, fileName: owners.pdf, fileContent: "${pdf}"}, status: 200}
  - do: The verification
    call: POST /customer/organization/${organization}/verify
    headers: {X-User-ID: staff, X-User-Roles: ADMIN_USER}
    body: {customerId: "${organization}", type: BUSINESS_VERIFICATION, requestedLevel: TENANT_VERIFIED}
    status: 200
`
