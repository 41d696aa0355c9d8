package sandbox

import (
	"fmt"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// played is a stage in which one scenario governs.
func played(t *testing.T, rules string) *stage {
	t.Helper()
	g := newStage(t, world.Config{}, "name: played\ndescription: Under test.\n"+rules)
	g.ok(g.SetTenantScenario("t", "played"))
	return g
}

func (g *stage) accept(customerID string, t onboarding.ConsentType) *onboarding.Consent {
	g.Helper()
	c, err := g.AcceptConsent(g.staff, onboarding.Individual, customerID, t, customers.Acceptance{Version: "1.0"})
	g.ok(err)
	return c
}

func (g *stage) open(customerID string) *onboarding.Verification {
	g.Helper()
	d, err := g.OpenVerification(g.staff, customerID, customers.VerificationRequest{})
	g.ok(err)
	return d.Verification
}

// passport is the smallest file that passes for one.
const passport = "JVBERi0xLjQK"

func (g *stage) upload(verificationID string) *onboarding.Document {
	g.Helper()
	d, err := g.UploadDocument(g.staff, verificationID, customers.About{}, customers.Upload{Type: "PASSPORT", FileName: "passport.pdf", MimeType: "application/pdf", Base64: passport})
	g.ok(err)
	return d.Document
}

func (g *stage) seen(verificationID string) customers.VerificationDetail {
	g.Helper()
	d, err := g.GetVerification(g.staff, verificationID)
	g.ok(err)
	return d
}

// ready makes a customer whom nothing keeps from being activated.
func (g *stage) ready() string {
	g.Helper()
	id := g.register("anna@example.com", "").Customer.ID
	_, err := g.DecideVerification(g.staff, g.open(id).ID, customers.Decision{})
	g.ok(err)
	for _, t := range onboarding.ConsentTypes() {
		g.accept(id, t)
	}
	return id
}

func TestADocumentIsDecidedWithItsVerification(t *testing.T) {
	g := newStage(t, world.Config{})
	id := g.register("anna@example.com", "").Customer.ID
	v := g.open(id)
	if d := g.upload(v.ID); d.State != onboarding.DocumentUploaded {
		t.Errorf("after the upload it is %s", d.State)
	}
	if got := fmt.Sprint(g.advance("24h")); got != "[verification.approved customer.updated]" {
		t.Errorf("got %s", got)
	}
	if d := g.seen(v.ID).Documents[0]; d.State != onboarding.DocumentVerified {
		t.Errorf("after the approval it is %s", d.State)
	}
}

func TestARejectedDocumentIsMissingAgain(t *testing.T) {
	g := played(t, `rules: [{on: document.review, when: 'document.type == "PASSPORT" && verification.attempt == 1', times: 1, decide: REJECTED, reason: DOCUMENT_BLURRED, after: 10m}]`)
	id := g.register("anna@example.com", "").Customer.ID
	v := g.open(id)
	g.upload(v.ID)
	if d := g.seen(v.ID); d.Verification.State != onboarding.VerificationInProgress || len(d.Verification.Missing) != 0 {
		t.Errorf("before the review: %+v", d.Verification)
	}
	g.advance("10m")
	d := g.seen(v.ID)
	if first := d.Documents[0]; first.State != onboarding.DocumentRejected || first.Reason != "DOCUMENT_BLURRED" {
		t.Errorf("got %+v", first)
	}
	if missing := d.Verification.Missing; len(missing) != 1 || d.Verification.State != onboarding.VerificationInProgress {
		t.Errorf("the verification is %s and misses %v", d.Verification.State, missing)
	}
	if got := g.advance("10d"); len(got) > 0 {
		t.Errorf("it was decided without a document: %v", got)
	}
	g.upload(v.ID)
	if got := fmt.Sprint(g.advance("23h")); got != "[]" {
		t.Errorf("the decision did not begin anew: %s", got)
	}
	if got := fmt.Sprint(g.advance("1h")); got != "[verification.approved customer.updated]" {
		t.Errorf("got %s", got)
	}
	d = g.seen(v.ID)
	if d.Documents[0].State != onboarding.DocumentRejected || d.Documents[1].State != onboarding.DocumentVerified {
		t.Errorf("got %s and %s", d.Documents[0].State, d.Documents[1].State)
	}
}

func TestADocumentThatIsRejectedAtOnce(t *testing.T) {
	g := played(t, `rules: [{on: document.review, times: 2, decide: REJECTED}]`)
	id := g.register("anna@example.com", "").Customer.ID
	v := g.open(id)
	if d := g.upload(v.ID); d.State != onboarding.DocumentRejected || d.Reason != onboarding.DefaultRejection {
		t.Errorf("got %+v", d)
	}
	paper := customers.Submission{DocumentType: "PASSPORT", DocumentNumber: "1"}
	for attempt, want := range []string{"[]", "[verification.approved customer.updated]"} {
		_, err := g.SubmitVerification(g.staff, id, paper)
		g.ok(err)
		if got := fmt.Sprint(g.advance("24h")); got != want {
			t.Errorf("submission %d: got %s, want %s", attempt, got, want)
		}
	}
}

func TestAConsentIsConfirmedByAMagicLink(t *testing.T) {
	g := played(t, `rules: [{on: consent.confirmation, when: 'consent.type == "PRIVACY_POLICY"', times: 1, decide: NEEDS_CONFIRMATION}]`)
	anna := g.register("anna@example.com", "").Customer.ID
	if c := g.accept(anna, onboarding.Terms); c.State != onboarding.ConsentAccepted {
		t.Errorf("the other consent is %s", c.State)
	}
	consent := g.accept(anna, onboarding.Privacy)
	again := g.accept(anna, onboarding.Privacy)
	if consent.State != onboarding.ConsentPending || !consent.AcceptedAt.IsZero() || again.State != onboarding.ConsentPending {
		t.Errorf("got %+v, then %+v", consent, again)
	}
	other := g.register("jonas@example.com", "")
	jonas := other.Customer.ID
	in := customers.LinkRequest{CustomerID: anna, ConsentID: consent.ID, RedirectURL: "https://app.example.com/c?x=1", Life: onboarding.LinkLife}
	link, err := g.SendConsentLink(g.staff, in)
	g.ok(err)
	if link.SentTo != "a***@example.com" || !link.ExpiresAt.Equal(payday.Add(time.Hour)) || link.URL(in.RedirectURL, "/p") != "https://app.example.com/c?token="+link.Token+"&x=1" || link.URL("", "/p") != "/p" {
		t.Errorf("got %+v", link)
	}
	wrong := in
	wrong.CustomerID = jonas
	g.refused(errOf(g.SendConsentLink(g.staff, wrong)), refusal.ConsentNotFound)
	g.refused(errOf(g.SendConsentLink(access.Caller{Sort: access.Customer, Tenant: "t", CustomerID: jonas}, in)), refusal.CustomerNotFound)
	nobody := access.Caller{Sort: access.Public, Tenant: "t"}
	g.refused(errOf(g.ConfirmConsent(nobody, "x"+link.Token)), refusal.MagicLinkInvalid)
	g.refused(errOf(g.ConfirmConsent(access.Caller{Sort: access.Public, Tenant: "other"}, link.Token)), refusal.MagicLinkInvalid)
	session := g.login(other)
	g.refused(errOf(g.ConfirmConsent(nobody, session.Token)), refusal.MagicLinkInvalid)

	g.advance("59m")
	confirmed, err := g.ConfirmConsent(nobody, link.Token)
	g.ok(err)
	before, _ := g.Engine().Dump(t.Context(), "t")
	second, err := g.ConfirmConsent(nobody, link.Token)
	g.ok(err)
	after, _ := g.Engine().Dump(t.Context(), "t")
	if confirmed.State != onboarding.ConsentAccepted || !confirmed.AcceptedAt.Equal(payday.Add(59*time.Minute)) || second.ID != confirmed.ID || before != after {
		t.Errorf("got %+v", confirmed)
	}
	g.refused(errOf(g.SendConsentLink(g.staff, in)), refusal.PhaseOrderBroken)
	g.advance("1m")
	g.refused(errOf(g.ConfirmConsent(nobody, link.Token)), refusal.MagicLinkExpired)
}

func TestAConsentLapses(t *testing.T) {
	g := played(t, `rules: [{on: consent.lapse, when: 'consent.type == "TERMS_AND_CONDITIONS"', times: 1, decide: EXPIRED, after: 30d}]`)
	anna := g.register("anna@example.com", "").Customer.ID
	g.accept(anna, onboarding.Privacy)
	terms := g.accept(anna, onboarding.Terms)
	if got := fmt.Sprint(g.advance("30d")); got != "[consent.expired]" {
		t.Errorf("got %s", got)
	}
	if c, err := g.GetConsent(g.staff, terms.ID); err != nil || c.State != onboarding.ConsentExpired {
		t.Errorf("got %+v, %v", c, err)
	}
	if c := g.accept(anna, onboarding.Terms); c.State != onboarding.ConsentAccepted || c.ID != terms.ID {
		t.Errorf("accepted anew it is %+v", c)
	}
	if got := fmt.Sprint(g.advance("364d")); got != "[consent.expired]" {
		t.Errorf("within the year: %s", got)
	}
}

func TestAnActivationTakesTimeAndFails(t *testing.T) {
	g := played(t, `
rules:
  - {on: activation.outcome, times: 1, decide: FAILED, reason: IBAN_NOT_ISSUED, after: 1h}
  - {on: activation.outcome, times: 1, decide: FAILED}
  - {on: activation.outcome, after: 2h}`)
	id := g.ready()
	activate := func() *onboarding.Customer {
		t.Helper()
		out, err := g.Activate(g.staff, id, customers.Activation{})
		g.ok(err)
		return out.Customer
	}
	if c := activate(); c.State != onboarding.CustomerActivating {
		t.Errorf("got %s", c.State)
	}
	g.refused(errOf(g.Activate(g.staff, id, customers.Activation{})), refusal.CustomerAlreadyActive)
	if got := fmt.Sprint(g.advance("1h")); got != "[customer.updated IBAN_NOT_ISSUED]" {
		t.Errorf("got %s", got)
	}
	r, err := g.CheckActivation(g.staff, id)
	g.ok(err)
	if r.Customer.State != onboarding.CustomerPendingActivation || r.Customer.ActivationFailure != "IBAN_NOT_ISSUED" || r.Refusal != nil {
		t.Errorf("got %+v, %v", r.Customer, r.Refusal)
	}
	if c := activate(); c.State != onboarding.CustomerPendingActivation || c.ActivationFailure != onboarding.DefaultActivationFailure {
		t.Errorf("at once: %+v", c)
	}
	if c := activate(); c.State != onboarding.CustomerActivating || c.ActivationFailure != "" {
		t.Errorf("third: %+v", c)
	}
	if got := fmt.Sprint(g.advance("2h")); got != "[customer.activated wallet.activated wallet.activated]" && got != "[wallet.activated wallet.activated customer.activated]" {
		t.Errorf("got %s", got)
	}
}

func TestACompletedTransferComesBack(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD", "INDIVIDUAL_STANDARD")
	g := &stage{T: t, opened: b.opened, staff: b.staff}
	g.load("name: returns\nrules: [{on: settlement.return, decide: RETURNED, reason: ACCOUNT_CLOSED, after: 2d}]\n")
	g.ok(g.SetTenantScenario("t", "returns"))
	w := b.wallets[0]
	b.fund(w, 100_000)
	b.payeeOf(w, outsideIBAN, "SEPA")
	consent := b.consentOf(w, nil)
	prepared, err := b.prepare(w, payments.Transfer, 10_000, outsideIBAN)
	b.ok(err)
	done, err := b.execute(prepared, consent.Consent.Answer)
	b.ok(err)
	b.holds(w, 100_000-10_150, 0, 0)
	if got := fmt.Sprint(g.advance("2d")); got != "[transaction.completed ACCOUNT_CLOSED]" {
		t.Errorf("got %s", got)
	}
	b.holds(w, 100_000-150, 0, 0)
	state, err := b.GetOrder(b.staff, w, done.Order.ID)
	b.ok(err)
	o := state.Order
	if o.State != payments.OrderCompleted || o.Return == nil || o.Return.Reason != "ACCOUNT_CLOSED" || o.Return.TransactionID == o.TransactionID {
		t.Errorf("got %+v", o)
	}
	page, err := b.ListTransactions(b.staff, accounts.Statement{WalletIDs: []string{w}, Limit: 10})
	b.ok(err)
	if back := page.Items[0]; back.ID != o.Return.TransactionID || back.Direction != payments.Credit || back.Moved() != 10_000 || back.OrderID != o.ID {
		t.Errorf("got %+v", back)
	}
	books, err := b.Books("t")
	b.ok(err)
	if books.Unaccounted() != 0 || books.Returned != 10_000 || books.SentOut != 10_000 {
		t.Errorf("the books: %+v", books)
	}
	// What stays within the tenant has arrived for good.
	other := b.wallet(b.wallets[1])
	b.payeeOf(w, other.IBAN, "SEPA")
	internal, err := b.prepare(w, payments.Transfer, 5_000, other.IBAN)
	b.ok(err)
	_, err = b.execute(internal, consent.Consent.Answer)
	b.ok(err)
	if got := g.advance("10d"); len(got) > 0 {
		t.Errorf("an internal transfer came back: %v", got)
	}
}

// TestClientsPoll looks at everything that clients poll, with decisions that come
// with the second look.
func TestClientsPoll(t *testing.T) {
	g := played(t, `
rules:
  - {on: verification.outcome, after: 2 reads}
  - {on: consent.confirmation, after: 2 reads}
  - {on: activation.outcome, after: 2 reads}
  - {on: beneficiary.screening, after: 2 reads}
  - {on: payment_consent.outcome, after: 2 reads}
  - {on: settlement.outcome, after: 2 reads}
  - {on: document.review, decide: VERIFIED, after: 2 reads}`)
	polled := func(what string, state func() machine.State, states ...machine.State) {
		t.Helper()
		for i, want := range states {
			if got := state(); got != want {
				t.Errorf("%s, look %d: %s, want %s", what, i+1, got, want)
			}
		}
	}
	id := g.register("anna@example.com", "").Customer.ID
	v := g.open(id)
	g.upload(v.ID)
	polled("verification", func() machine.State { return g.seen(v.ID).Verification.State }, "IN_PROGRESS", "APPROVED", "APPROVED")
	if d := g.seen(v.ID).Documents[0]; d.State != onboarding.DocumentVerified {
		t.Errorf("the document is %s", d.State)
	}
	for _, kind := range onboarding.ConsentTypes() {
		consent := g.accept(id, kind)
		polled("consent", func() machine.State {
			c, err := g.GetConsent(g.staff, consent.ID)
			g.ok(err)
			return c.State
		}, "PENDING", "ACCEPTED")
	}
	out, err := g.Activate(g.staff, id, customers.Activation{})
	g.ok(err)
	polled("wallets", func() machine.State {
		list, err := g.ListWallets(g.staff, id, "")
		g.ok(err)
		return list[0].State
	}, "PENDING_ACTIVATION", "ACTIVE")
	b := &bankTest{failer: t, opened: g.opened, staff: g.staff}
	w := out.Wallet.ID
	b.fund(w, 100_000)
	b.payeeOf(w, outsideIBAN, "SEPA")
	polled("beneficiary", func() machine.State {
		page, err := g.ListBeneficiaries(g.staff, w, accounts.PayeeFilter{Limit: 10})
		g.ok(err)
		if len(page.Items) != 1 || page.Total != 1 {
			t.Fatalf("got %+v", page)
		}
		return page.Items[0].State
	}, "PENDING", "ACTIVE")
	consent := b.consentOf(w, nil)
	polled("payment consent", func() machine.State {
		d, err := g.GetPaymentConsent(g.staff, w, consent.Consent.ID)
		g.ok(err)
		return d.Consent.State
	}, "PENDING", "ACTIVE")
	prepared, err := b.prepare(w, payments.Transfer, 1_000, outsideIBAN)
	b.ok(err)
	done, err := b.execute(prepared, consent.Consent.Answer)
	b.ok(err)
	polled("order", func() machine.State {
		s, err := g.GetOrder(g.staff, w, done.Order.ID)
		g.ok(err)
		return s.Order.State
	}, "PROCESSING", "COMPLETED")
}
