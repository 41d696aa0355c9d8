package sandbox

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

// business makes an active organization that can send a lot, with money and one
// payee, and gives its product wallet.
func (b *bankTest) business() (walletID string) {
	b.Helper()
	walletID = b.customer("LOW_RISK_BUSINESS")
	b.ok(b.do(b.staff, func(act *world.Act) error {
		c := act.Customers.Get(act.Unit, act.Wallets.Get(act.Unit, walletID).CustomerID)
		c.Type = onboarding.Organization
		act.Customers.Save(act.Unit, c)
		return nil
	}))
	b.fund(walletID, 20_000_000)
	b.payeeOf(walletID, outsideIBAN, "SEPA")
	return walletID
}

// user is a user of the organization to whom a wallet belongs.
func (b *bankTest) user(wallet, id string, roles ...string) access.Caller {
	return access.Caller{Sort: access.Customer, Tenant: "t", UserID: id, CustomerID: b.wallet(wallet).CustomerID, Roles: roles}
}

// transferBy prepares and executes a transfer.
func (b *bankTest) transferBy(c access.Caller, wallet string, minor int64, consent accounts.PaymentConsentDetail) accounts.OrderState {
	b.Helper()
	executed, err := b.executeBy(c, b.preparedBy(c, wallet, minor), consent.Consent.Answer)
	b.ok(err)
	return executed.OrderState
}

func (b *bankTest) preparedBy(c access.Caller, wallet string, minor int64) accounts.OrderState {
	b.Helper()
	staff := b.staff
	defer func() { b.staff = staff }()
	b.staff = c
	order, err := b.prepare(wallet, payments.Transfer, minor, outsideIBAN)
	b.ok(err)
	return order
}

func (b *bankTest) executeBy(c access.Caller, order accounts.OrderState, answer string) (accounts.Executed, error) {
	staff := b.staff
	defer func() { b.staff = staff }()
	b.staff = c
	return b.execute(order, answer)
}

func fourEyes(threshold int64, approvers int) func(*accounts.PaymentConsentRequest) {
	return func(in *accounts.PaymentConsentRequest) {
		in.Approval = &payments.PaymentConsentApproval{Required: true, Approvers: approvers}
		in.ApprovalThreshold = &payments.AskedAmount{Field: "approvalThreshold", Value: threshold, OrNone: true}
	}
}

func TestALargeTransferWaitsForItsApprovals(t *testing.T) {
	b := newBank(t)
	w := b.business()
	consent := b.consentOf(w, fourEyes(100_000, 2))
	if a := consent.Consent.Approval; !slices.Equal(a.Roles, []string{"TRANSACTION_APPROVER", "ADMIN_USER"}) || *a.Threshold != 100_000 {
		t.Errorf("got %+v", a)
	}
	initiator := b.user(w, "anna", access.RoleAdminUser)
	if small := b.transferBy(initiator, w, 100_000, consent); small.Order.State != payments.OrderCompleted || small.Order.Approval != nil {
		t.Errorf("at the threshold: %+v", small.Order)
	}
	large := b.transferBy(initiator, w, 100_001, consent)
	o := large.Order
	if o.State != payments.OrderProcessing || !o.Waiting() || !large.Settles.IsZero() || !o.Approval.Deadline.Equal(payday.Add(24*time.Hour)) {
		t.Errorf("got %+v, settles %v", o, large.Settles)
	}
	b.holds(w, 20_000_000-100_150, 0, 100_151)
	id := consent.Consent.ID
	b.refused(errOf(b.ApproveOrder(initiator, id, o.ID)), refusal.InitiatorCannotApprove)
	b.refused(errOf(b.ApproveOrder(b.user(w, "emil", access.RoleUser), id, o.ID)), refusal.PermissionDenied)
	b.refused(errOf(b.ApproveOrder(b.staff, id, o.ID)), refusal.PermissionDenied)
	b.refused(errOf(b.ApproveOrder(b.user(w, "bela", access.RoleApprover), id, "unknown")), refusal.OrderNotFound)
	other := b.consentOf(w, nil)
	b.refused(errOf(b.ApproveOrder(b.user(w, "bela", access.RoleApprover), other.Consent.ID, o.ID)), refusal.OrderNotFound)
	stranger := access.Caller{Sort: access.Customer, Tenant: "t", UserID: "x", CustomerID: "another", Roles: []string{access.RoleApprover}}
	b.refused(errOf(b.ApproveOrder(stranger, id, o.ID)), refusal.PaymentConsentNotFound)

	first, err := b.ApproveOrder(b.user(w, "bela", access.RoleApprover), id, o.ID)
	b.ok(err)
	if !first.Order.Waiting() || len(first.Order.History) != 2 {
		t.Errorf("after one of two: %+v", first.Order)
	}
	e := b.refused(errOf(b.ApproveOrder(b.user(w, "bela", access.RoleApprover), id, o.ID)), refusal.ApprovalDuplicate)
	if e.Data["approvals"] != 1 || e.Data["requiredApprovals"] != 2 || e.Data["orderId"] != o.ID {
		t.Errorf("got %+v", e.Data)
	}
	clara := b.staff
	clara.UserID, clara.ActingRoles = "clara", []string{access.RoleAdminUser}
	last, err := b.ApproveOrder(clara, id, o.ID)
	b.ok(err)
	if last.Order.State != payments.OrderCompleted || last.Line.Status != payments.OrderCompleted {
		t.Errorf("after the last: %+v", last.Order)
	}
	b.holds(w, 20_000_000-100_150-100_151, 0, 0)
	b.refused(errOf(b.ApproveOrder(b.user(w, "dora", access.RoleApprover), id, o.ID)), refusal.OrderAlreadyExecuted)
}

func TestAnApprovalComesAfterTheExecution(t *testing.T) {
	b := newBank(t)
	w := b.business()
	consent := b.consentOf(w, fourEyes(0, 1))
	order := b.preparedBy(b.user(w, "anna"), w, 1_000)
	bela := b.user(w, "bela", access.RoleApprover)
	b.refused(errOf(b.ApproveOrder(bela, consent.Consent.ID, order.Order.ID)), refusal.PhaseOrderBroken)
	b.advance(3 * time.Hour)
	b.refused(errOf(b.ApproveOrder(bela, consent.Consent.ID, order.Order.ID)), refusal.OrderExpired)
}

func TestWhoPreparedCannotApproveWhatAnotherExecuted(t *testing.T) {
	b := newBank(t)
	w := b.business()
	consent := b.consentOf(w, fourEyes(0, 1))
	anna, bela := b.user(w, "anna", access.RoleApprover), b.user(w, "bela", access.RoleApprover)
	order := b.preparedBy(anna, w, 1_000)
	_, err := b.executeBy(bela, order, consent.Consent.Answer)
	b.ok(err)
	for _, c := range []access.Caller{anna, bela} {
		b.refused(errOf(b.ApproveOrder(c, consent.Consent.ID, order.Order.ID)), refusal.InitiatorCannotApprove)
	}
}

func TestAnOrderThatNobodyApprovesFails(t *testing.T) {
	b := newBank(t)
	w := b.business()
	consent := b.consentOf(w, fourEyes(0, 2))
	order := b.transferBy(b.user(w, "anna"), w, 50_000, consent)
	if events := b.advance(24*time.Hour - time.Millisecond); len(events) != 0 {
		t.Errorf("too early: %v", events)
	}
	if events := b.advance(time.Millisecond); len(events) != 1 || events[0].Type != "transaction.failed" {
		t.Errorf("got %v", events)
	}
	state, err := b.GetOrder(b.staff, w, order.Order.ID)
	b.ok(err)
	if state.Order.State != payments.OrderFailed || state.Order.FailureReason != payments.ApprovalExpired || state.Line.Moved() != 0 {
		t.Errorf("got %+v", state.Order)
	}
	b.holds(w, 20_000_000, 0, 0)
	allowed, err := b.GetAllowedOperations(b.staff, w, false)
	b.ok(err)
	if allowed.Consents[0].Windows.Day.Minor != 0 {
		t.Errorf("it counts against the payment consent: %+v", allowed.Consents[0].Windows)
	}
}

func TestTheEndOfTheTimeForApprovalsLeavesAnApprovedOrderAlone(t *testing.T) {
	b := newBank(t)
	w := b.business()
	b.settle = func() machine.Decision { return machine.Decision{Option: "COMPLETED", After: 48 * time.Hour} }
	consent := b.consentOf(w, fourEyes(0, 1))
	order := b.transferBy(b.user(w, "anna"), w, 50_000, consent)
	approved, err := b.ApproveOrder(b.user(w, "bela", access.RoleApprover), consent.Consent.ID, order.Order.ID)
	b.ok(err)
	if approved.Order.State != payments.OrderProcessing || !approved.Settles.Equal(payday.Add(48*time.Hour)) {
		t.Errorf("%s, settles %v", approved.Order.State, approved.Settles)
	}
	b.refused(errOf(b.ApproveOrder(b.user(w, "dora", access.RoleApprover), consent.Consent.ID, order.Order.ID)), refusal.OrderAlreadyExecuted)
	if events := b.advance(47 * time.Hour); len(events) != 0 {
		t.Errorf("got %v", events)
	}
	if events := b.advance(time.Hour); len(events) != 1 || events[0].Type != "transaction.completed" {
		t.Errorf("got %v", events)
	}
}

func TestARevokedConsentHoldsAWaitingOrderBack(t *testing.T) {
	b := newBank(t)
	w := b.business()
	usedUp := b.consentOf(w, func(in *accounts.PaymentConsentRequest) {
		fourEyes(0, 1)(in)
		in.MaxUses = 1
	})
	bela := b.user(w, "bela", access.RoleApprover)
	order := b.transferBy(b.user(w, "anna"), w, 1_000, usedUp)
	approved, err := b.ApproveOrder(bela, usedUp.Consent.ID, order.Order.ID)
	b.ok(err)
	if approved.Order.State != payments.OrderCompleted {
		t.Errorf("the order that used the payment consent up is %s", approved.Order.State)
	}
	revoked := b.consentOf(w, fourEyes(0, 1))
	order = b.transferBy(b.user(w, "anna"), w, 1_000, revoked)
	_, err = b.RevokePaymentConsent(b.staff, w, revoked.Consent.ID)
	b.ok(err)
	b.refused(errOf(b.ApproveOrder(bela, revoked.Consent.ID, order.Order.ID)), refusal.PaymentConsentNotActive)
}

func TestAnOrganizationProvesWhatItPaysALotFor(t *testing.T) {
	b := newBank(t)
	w := b.business()
	consent := b.consentOf(w, nil)
	anna := b.user(w, "anna")
	var mine, another string
	b.ok(b.do(anna, func(act *world.Act) error {
		mine = customers.KeepDocument(act, anna.CustomerID, "", "", customers.File{Upload: customers.Upload{Type: "INVOICE", FileName: "invoice"}}).ID
		another = customers.KeepDocument(act, "another", "", "", customers.File{Upload: customers.Upload{Type: "INVOICE", FileName: "invoice"}}).ID
		return nil
	}))
	in := accounts.Preparation{
		AccountID: w, Way: payments.Way{Operation: payments.Transfer}, Payees: byIBAN(outsideIBAN),
		Amount: euros(payments.HighValue + 1), Documents: []string{another},
	}
	b.refused(errOf(b.Prepare(anna, in)), refusal.DocumentNotFound)
	in.Documents = nil
	order, err := b.Prepare(anna, in)
	b.ok(err)
	execution := accounts.Execution{
		AccountID: w, OrderID: order.Order.ID, Way: payments.Way{Operation: payments.Transfer},
		Confirmation: payments.Confirmation{Codes: []string{consent.Consent.Answer}, ConsentIDs: []string{consent.Consent.ID}},
	}
	e := b.refused(errOf(b.Execute(anna, execution)), refusal.SupportingDocumentsRequired)
	if e.Next[0].Operation != "uploadOrganizationDocument" || e.Next[0].Params["organizationId"] != anna.CustomerID || e.Data["threshold"] == nil {
		t.Errorf("got %+v", e)
	}
	execution.Documents = []string{mine, another}
	b.refused(errOf(b.Execute(anna, execution)), refusal.DocumentNotFound)
	execution.Documents = []string{mine}
	executed, err := b.Execute(anna, execution)
	b.ok(err)
	if executed.Order.State != payments.OrderCompleted || !slices.Equal(executed.Order.Documents, []string{mine}) {
		t.Errorf("got %+v", executed.Order)
	}
}

func TestAnInternationalConsentGoesOverSWIFT(t *testing.T) {
	b := newBank(t)
	w := b.business()
	b.payeeOf(w, swiftIBAN, "SWIFT")
	consent := b.consentOf(w, func(in *accounts.PaymentConsentRequest) { in.Kind = payments.InternationalPaymentConsent })
	b.refused(errOf(b.prepare(w, payments.Transfer, 1_000, outsideIBAN)), refusal.PaymentConsentRequired)
	order, err := b.prepare(w, payments.Transfer, 1_000, swiftIBAN)
	b.ok(err)
	if order.Order.ConsentID != consent.Consent.ID {
		t.Errorf("got %+v", order.Order)
	}
	for iban, objections := range map[string]int{outsideIBAN: 1, swiftIBAN: 0} {
		v, err := b.CheckPayment(b.staff, accounts.PaymentConsentCheck{ConsentID: consent.Consent.ID, Payees: byIBAN(iban), Amount: payments.AskedAmount{Value: "10", Major: true}})
		b.ok(err)
		if len(v.Objections) != objections {
			t.Errorf("%s: got %v", iban, v.Objections)
		}
	}
}

// paper is what a test writes down about an order besides the sandbox.
type paper struct {
	id, preparer, executor string
	minor                  int64
	executed               time.Time
	approvers              []string
}

const (
	paperThreshold = 10_000
	paperApprovers = 2
)

func (p *paper) waits(now time.Time) bool {
	return p.minor > paperThreshold && !p.executed.IsZero() && len(p.approvers) < paperApprovers && now.Before(p.executed.Add(24*time.Hour))
}

// TestNoOrderCompletesWithoutItsApprovals lets users prepare, execute and approve
// in any order, and holds the outcome to what was written down on paper.
func TestNoOrderCompletesWithoutItsApprovals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBank(t)
		w := b.business()
		b.settle = func() machine.Decision {
			return machine.Decision{Option: "COMPLETED", After: time.Duration(rapid.SampledFrom([]int{0, 0, 5, 30}).Draw(t, "delay")) * time.Hour}
		}
		consent := b.consentOf(w, func(in *accounts.PaymentConsentRequest) {
			fourEyes(paperThreshold, paperApprovers)(in)
			// The audit holds the payment consent to this limit.
			in.PerDay = &payments.AskedAmount{Field: "limit", Value: int64(150_000)}
		})
		var papers []*paper
		var orders []accounts.OrderState
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			who := b.anybody(t, w)
			step := rapid.SampledFrom([]string{"prepare", "execute", "approve", "approve", "approve", "wait"}).Draw(t, "step")
			switch {
			case step == "wait":
				b.advance(time.Duration(rapid.IntRange(1, 20).Draw(t, "hours")) * time.Hour)
			case step == "prepare" || len(papers) == 0:
				minor := rapid.SampledFrom([]int64{1, paperThreshold, paperThreshold + 1, 2 * paperThreshold}).Draw(t, "amount")
				order, err := b.Prepare(who, accounts.Preparation{
					AccountID: w, Way: payments.Way{Operation: payments.Transfer}, Payees: byIBAN(outsideIBAN), Amount: euros(minor),
				})
				if b.mayRefuse(err) {
					orders = append(orders, order)
					papers = append(papers, &paper{id: order.Order.ID, preparer: who.UserID, minor: minor})
				}
			default:
				i := rapid.IntRange(0, len(papers)-1).Draw(t, "order")
				b.write(papers[i], step, who, orders[i], consent)
			}
			for _, p := range papers {
				b.hold(p)
			}
			b.audit(orders)
		}
	})
}

// anybody is one of a few people, as a user or through a member of staff, in any
// role.
func (b *bankTest) anybody(t *rapid.T, wallet string) access.Caller {
	name := rapid.SampledFrom([]string{"anna", "bela", "clara", "dora"}).Draw(t, "who")
	roles := []string{rapid.SampledFrom([]string{access.RoleApprover, access.RoleApprover, access.RoleAdminUser, access.RoleUser}).Draw(t, "role")}
	c := b.user(wallet, name, roles...)
	if rapid.Bool().Draw(t, "staff") {
		// What staff hold themselves must not help.
		c.Sort, c.CustomerID, c.Roles, c.ActingRoles = access.Staff, "", []string{access.RoleAdminUser}, roles
	}
	return c
}

// write does one step and compares whether it was allowed with the paper.
func (b *bankTest) write(p *paper, step string, who access.Caller, order accounts.OrderState, consent accounts.PaymentConsentDetail) {
	b.Helper()
	now := b.now()
	if step == "execute" {
		if _, err := b.executeBy(who, order, consent.Consent.Answer); b.mayRefuse(err) {
			p.executor, p.executed = who.UserID, now
		}
		return
	}
	acting := who.Roles
	if who.Sort == access.Staff {
		acting = who.ActingRoles
	}
	want := p.waits(now) && !slices.Contains(acting, access.RoleUser) &&
		who.UserID != p.preparer && who.UserID != p.executor && !slices.Contains(p.approvers, who.UserID)
	_, err := b.ApproveOrder(who, consent.Consent.ID, p.id)
	if got := b.mayRefuse(err); got != want {
		b.Fatalf("%s approves %+v: %v", who.UserID, p, err)
	}
	if want {
		p.approvers = append(p.approvers, who.UserID)
	}
}

// hold compares an order with its paper.
func (b *bankTest) hold(p *paper) {
	b.Helper()
	b.ok(b.do(b.staff, func(act *world.Act) error {
		o := act.Orders.Get(act.Unit, p.id)
		enough := p.minor <= paperThreshold || len(p.approvers) >= paperApprovers
		lapsed := !p.executed.IsZero() && !enough && !p.waits(act.Now())
		switch {
		case o.State == payments.OrderCompleted && (p.executed.IsZero() || !enough):
			b.Fatalf("completed with %+v", p)
		case lapsed != (o.State == payments.OrderFailed) || lapsed && o.FailureReason != payments.ApprovalExpired:
			b.Fatalf("%s for %q with %+v", o.State, o.FailureReason, p)
		case o.Waiting() != p.waits(act.Now()):
			b.Fatalf("waiting is %v with %+v", o.Waiting(), p)
		}
		return nil
	}))
}

func (b *bankTest) now() (now time.Time) {
	b.Helper()
	b.ok(b.do(b.staff, func(act *world.Act) error {
		now = act.Now()
		return nil
	}))
	return now
}

func euros(minor int64) payments.AskedAmount {
	return payments.AskedAmount{Field: "amount", Member: "value", Value: minor, Currency: "EUR"}
}

// byIBAN names a payee; without an IBAN, nobody.
func byIBAN(iban string) []accounts.Naming {
	if iban == "" {
		return nil
	}
	return []accounts.Naming{{Field: "target.iban", Value: iban, By: accounts.ByIBAN}}
}
