package sandbox

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// checkReviews holds every verification to the rule: the review runs, with a
// decision to come, exactly as long as nothing is missing; what is missing follows
// from the documents; and what stands still is noted.
func (g *stage) checkReviews(after string) {
	g.Helper()
	g.ok(g.do(g.staff, func(act *world.Act) error {
		standing := 0
		for _, v := range g.Verifications.All(act.Unit) {
			pending := customers.Awaited(act.Unit, v.Lives(), onboarding.OutcomePoint) != nil
			if v.Open() && pending != (len(v.Missing) == 0) {
				g.Errorf("%s: verification of %s is %s, misses %v, and a decision is pending: %t", after, v.Subject, v.State, v.Missing, pending)
			}
			if v.State == onboarding.VerificationPending && len(v.Missing) == 0 {
				g.Errorf("%s: verification of %s is PENDING without anything missing", after, v.Subject)
			}
			if now := onboarding.Missing(v.Required, customers.Counting(act, v)); v.Open() && fmt.Sprint(now) != fmt.Sprint(v.Missing) {
				g.Errorf("%s: verification of %s says that %v are missing, and its documents that %v are", after, v.Subject, v.Missing, now)
			}
			noted := act.Standing.Get(act.Unit, v.ID) != nil
			if noted != (v.Open() && len(v.Missing) > 0) {
				g.Errorf("%s: verification of %s is %s, misses %v, and is noted: %t", after, v.Subject, v.State, v.Missing, noted)
			}
			if noted {
				standing++
			}
		}
		if all := g.Standing.All(act.Unit); len(all) != standing {
			g.Errorf("%s: %d notes of %d that stand still", after, len(all), standing)
		}
		return nil
	}))
}

// TestAReviewRunsAsLongAsNothingIsMissing takes the ways in and out of papers in
// any order, by every call that there is.
func TestAReviewRunsAsLongAsNothingIsMissing(t *testing.T) {
	for seed := range uint64(150) {
		g := newStage(t, world.Config{})
		r := rand.New(rand.NewPCG(seed, 1))
		person := g.papersOfAPerson(r)
		company := g.papersOfACompany(r)
		for step := range 25 {
			name, err := person()
			if r.IntN(2) == 0 {
				name, err = company()
			}
			g.checkReviews(fmt.Sprintf("seed %d, step %d, %s (%v)", seed, step, name, err))
			if t.Failed() {
				return
			}
		}
	}
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// papersOfAPerson does one thing with the papers of a person at each call.
func (g *stage) papersOfAPerson(r *rand.Rand) func() (string, error) {
	category := pick(r, "INDIVIDUAL_STANDARD", "STANDARD_INDIVIDUAL", "HIGH_RISK_INDIVIDUAL")
	registered, err := g.Register(g.staff, customers.Registration{Email: "anna@example.com", Category: category})
	g.ok(err)
	id := registered.Customer.ID
	types := []string{"PASSPORT", "ID_CARD", "PROOF_OF_ADDRESS", "SOURCE_OF_FUNDS", "BENEFICIAL_OWNERSHIP", "PEP_DECLARATION", "BANK_STATEMENT"}
	return func() (string, error) {
		switch r.IntN(7) {
		case 0:
			_, err := g.OpenVerification(g.staff, id, customers.VerificationRequest{Level: pick(r, "", onboarding.PowerTenantVerified), Type: pick(r, "", "SANCTIONS_CHECK")})
			return "open", err
		case 1:
			_, err := g.InitiateVerification(g.staff, id)
			return "initiate", err
		case 2:
			in := customers.Submission{DocumentType: pick(r, types...), DocumentNumber: "1", Expiry: pick(r, "", "2020-01-01")}
			if r.IntN(2) == 0 {
				in.Images = []customers.Image{{Field: "verificationData.documentFrontImage", Data: passport}, {Field: "verificationData.documentBackImage", Data: passport}, {Field: "verificationData.selfieImage", Data: passport}}
			}
			_, err := g.SubmitVerification(g.staff, id, in)
			return "submit " + in.DocumentType, err
		case 3:
			return "reject", g.rejectSome(r, id)
		}
		kind := pick(r, types...)
		return "upload " + kind, g.uploadSome(r, id, kind)
	}
}

// papersOfACompany does the same for a company with a director and an owner.
func (g *stage) papersOfACompany(r *rand.Rand) func() (string, error) {
	registered, err := g.Register(g.staff, customers.Registration{Email: "o@m.example", Name: "M", Company: &onboarding.Company{LegalName: "M", RegistrationNumber: "1", LegalForm: "PARTNERSHIP"}})
	g.ok(err)
	id := registered.Customer.ID
	people := 0
	return func() (string, error) {
		kind := pick(r, "PARTNERSHIP_AGREEMENT", "PARTNER_ID", "BANK_STATEMENT", "BENEFICIAL_OWNERSHIP", "INVOICE")
		switch r.IntN(9) {
		case 8:
			return "approve", g.approve(id)
		case 0:
			_, err := g.VerifyOrganization(g.staff, id, customers.VerificationRequest{})
			return "verify", err
		case 1:
			people++
			in := customers.PersonnelRequest{Position: onboarding.Director, Person: onboarding.Person{FirstName: "Rasa", LastName: fmt.Sprint(people)}, Email: fmt.Sprintf("d%d@m.example", people)}
			if r.IntN(3) == 0 {
				in.Paper = &customers.Upload{Type: "PASSPORT", FileName: "1"}
			}
			_, err := g.AddPersonnel(g.staff, id, []customers.PersonnelRequest{in})
			return "director", err
		case 2:
			return "reject", g.rejectSome(r, id)
		case 3:
			list, _, err := g.ListOrganizationDocuments(g.staff, id, 0, 50)
			if err != nil || len(list) == 0 {
				return "delete", err
			}
			return "delete", g.DeleteOrganizationDocument(g.staff, id, pick(r, list...).Document.ID)
		case 4:
			g.advance(pick(r, "10h", "30h"))
			return "advance", nil
		case 5:
			return "upload to the verification " + kind, g.uploadSome(r, id, kind)
		}
		_, err := g.UploadOrganizationDocument(g.staff, id, customers.Upload{Type: kind, FileName: "a", Base64: passport})
		return "upload " + kind, err
	}
}

// uploadSome uploads a document to one of a customer's verifications.
func (g *stage) uploadSome(r *rand.Rand, customerID, kind string) error {
	var list []*onboarding.Verification
	g.ok(g.do(g.staff, func(act *world.Act) error {
		list = act.Verifications.By(act.Unit, "customer", customerID)
		return nil
	}))
	if len(list) == 0 {
		return nil
	}
	_, err := g.UploadDocument(g.staff, pick(r, list...).ID, customers.About{}, customers.Upload{Type: kind, FileName: "a", Base64: passport})
	return err
}

// approve lets staff approve the verification of a customer, whatever is missing.
func (g *stage) approve(customerID string) error {
	var v *onboarding.Verification
	g.ok(g.do(g.staff, func(act *world.Act) error {
		v = customers.LatestVerification(act, customerID)
		return nil
	}))
	if v == nil {
		return nil
	}
	_, err := g.DecideVerification(g.staff, v.ID, customers.Decision{})
	return err
}

// rejectSome rejects one of a customer's documents, as a scenario can.
func (g *stage) rejectSome(r *rand.Rand, customerID string) error {
	return g.do(g.staff, func(act *world.Act) error {
		list := act.Documents.By(act.Unit, "customer", customerID)
		if len(list) == 0 {
			return nil
		}
		return act.Documents.Fire(act.Unit, pick(r, list...), onboarding.RejectDocument, machine.Cause{})
	})
}
