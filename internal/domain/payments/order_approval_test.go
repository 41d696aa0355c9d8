package payments_test

import (
	"errors"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
)

func TestWhichOrdersNeedApproval(t *testing.T) {
	for _, test := range []struct {
		name     string
		approval *payments.PaymentConsentApproval
		minor    int64
		want     bool
	}{
		{"nothing is said", nil, 1_000_000, false},
		{"it is said that none is needed", &payments.PaymentConsentApproval{Threshold: ptr(int64(1))}, 1_000_000, false},
		{"every order", &payments.PaymentConsentApproval{Required: true}, 1, true},
		{"below the threshold", &payments.PaymentConsentApproval{Required: true, Threshold: ptr(int64(100))}, 99, false},
		{"at the threshold", &payments.PaymentConsentApproval{Required: true, Threshold: ptr(int64(100))}, 100, false},
		{"above the threshold", &payments.PaymentConsentApproval{Required: true, Threshold: ptr(int64(100))}, 101, true},
		{"a threshold of nothing", &payments.PaymentConsentApproval{Required: true, Threshold: ptr(int64(0))}, 1, true},
	} {
		p := newConsent(func(p *payments.PaymentConsent) { p.Approval = test.approval })
		if got := p.NeedsApproval(euro(test.minor)); got != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}

// TestExecutionArms shows what an executed order waits for: the settlement, or
// the approvals, never both.
func TestExecutionArms(t *testing.T) {
	for _, test := range []struct {
		minor int64
		point string
		until time.Time
	}{
		{100, "settlement.outcome", time.Time{}},
		{101, "order.approval", start.Add(payments.ApprovalLife)},
	} {
		f := executeFacts(test.minor)
		f.Consent.Approval = &payments.PaymentConsentApproval{Required: true, Threshold: ptr(int64(100)), Roles: []string{"R"}, Approvers: 2}
		step, err := payments.OrderTable().Fire(payments.OrderReady, payments.ExecuteOrder, f)
		if err != nil {
			t.Fatal(err)
		}
		if len(step.Arms) != 1 || step.Arms[0].Point != test.point || !step.Arms[0].Until.Equal(test.until) {
			t.Errorf("%d arms %+v", test.minor, step.Arms)
		}
	}
}

func executeFacts(minor int64) payments.OrderFacts {
	return payments.OrderFacts{
		Account: usable(), Now: start, Consent: newConsent(nil),
		Order:        &payments.Order{Life: machine.Life{ID: "o", State: payments.OrderReady}, Operation: payments.Transfer, Amount: euro(minor)},
		Confirmation: payments.Confirmation{Codes: []string{"123456"}, ConsentIDs: []string{"p"}},
	}
}

// approveFacts are those of the first of two approvals, which nothing stands
// against.
func approveFacts() payments.OrderFacts {
	f := executeFacts(101)
	f.Order.State, f.Order.PreparedBy, f.Order.ExecutedBy = payments.OrderProcessing, "preparer", "executor"
	f.Order.Approval = &payments.OrderApproval{Required: 2, Roles: []string{"TRANSACTION_APPROVER", "ADMIN_USER"}}
	f.Approver = payments.Approver{UserID: "third", Roles: []string{"EMPLOYEE", "ADMIN_USER"}}
	return f
}

func TestWhoMayApprove(t *testing.T) {
	for _, test := range []struct {
		name string
		harm func(*payments.OrderFacts)
		want refusal.Code
	}{
		{"a third user", func(*payments.OrderFacts) {}, ""},
		{"another role", func(f *payments.OrderFacts) { f.Approver.Roles = []string{"EMPLOYEE"} }, refusal.PermissionDenied},
		{"no role", func(f *payments.OrderFacts) { f.Approver.Roles = nil }, refusal.PermissionDenied},
		{"who prepared", func(f *payments.OrderFacts) { f.Approver.UserID = "preparer" }, refusal.InitiatorCannotApprove},
		{"who executed", func(f *payments.OrderFacts) { f.Approver.UserID = "executor" }, refusal.InitiatorCannotApprove},
		{"who approved before", func(f *payments.OrderFacts) {
			f.Order.Approval.Given = []payments.Approval{{UserID: "third"}}
		}, refusal.ApprovalDuplicate},
		{"after the last approval", func(f *payments.OrderFacts) {
			f.Order.Approval.Given = []payments.Approval{{UserID: "a"}, {UserID: "b"}}
		}, refusal.OrderAlreadyExecuted},
		{"an order that needs none", func(f *payments.OrderFacts) { f.Order.Approval = nil }, refusal.OrderAlreadyExecuted},
		{"a suspended wallet", func(f *payments.OrderFacts) { f.Account.WalletState = payments.WalletSuspended }, refusal.WalletNotActive},
		{"a customer that is not active", func(f *payments.OrderFacts) { f.Account.CustomerActive = false }, refusal.CustomerNotActive},
		{"a revoked payment consent", func(f *payments.OrderFacts) { f.Consent.State = payments.PaymentConsentRevoked }, refusal.PaymentConsentNotActive},
		{"a payment consent that is used up", func(f *payments.OrderFacts) { f.Consent.State = payments.PaymentConsentExhausted }, ""},
		{"a payment consent that has ended since", func(f *payments.OrderFacts) { f.Consent.State = payments.PaymentConsentExpired }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := approveFacts()
			test.harm(&f)
			if _, err := payments.OrderTable().Fire(payments.OrderProcessing, payments.ApproveOrder, f); code(err) != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestOnlyTheLastApprovalSettles(t *testing.T) {
	f := approveFacts()
	for n, given := range [][]payments.Approval{nil, {{UserID: "second"}}} {
		f.Order.Approval.Given = given
		step, err := payments.OrderTable().Fire(payments.OrderProcessing, payments.ApproveOrder, f)
		if err != nil {
			t.Fatal(err)
		}
		if len(step.Arms) != n {
			t.Errorf("with %d approvals before, it arms %+v", n, step.Arms)
		}
		if _, err := payments.OrderTable().Fire(payments.OrderProcessing, payments.CompleteOrder, f); code(err) != refusal.PhaseOrderBroken {
			t.Errorf("with %d approvals it completes: %v", n, err)
		}
	}
}

func TestApprovalOfAnOrderThatIsNotExecuted(t *testing.T) {
	for _, test := range []struct {
		state machine.State
		want  refusal.Code
		next  string
	}{
		{payments.OrderReady, refusal.PhaseOrderBroken, "executeOperation"},
		{payments.OrderExpired, refusal.OrderExpired, "prepareOperation"},
		{payments.OrderCompleted, refusal.OrderAlreadyExecuted, "getOrder"},
		{payments.OrderFailed, refusal.OrderAlreadyExecuted, "getOrder"},
	} {
		f := approveFacts()
		f.Order.State = test.state
		_, err := payments.OrderTable().Fire(test.state, payments.ApproveOrder, f)
		var e *refusal.Error
		if !errors.As(f.Order.Explain(err), &e) || e.Code != test.want || len(e.Next) != 1 || e.Next[0].Operation != test.next {
			t.Errorf("%s: got %v, which suggests %+v", test.state, err, e.Next)
		}
	}
}

func TestHighValueOrdersNeedDocuments(t *testing.T) {
	for _, test := range []struct {
		name string
		harm func(*payments.OrderFacts)
		want refusal.Code
	}{
		{"none named", func(*payments.OrderFacts) {}, refusal.SupportingDocumentsRequired},
		{"one named", func(f *payments.OrderFacts) { f.Documents = []string{"d"} }, ""},
		{"one that is not there", func(f *payments.OrderFacts) {
			f.Documents, f.UnknownDocuments = []string{"d", "e"}, []string{"e"}
		}, refusal.DocumentNotFound},
		{"at the threshold", func(f *payments.OrderFacts) { f.Order.Amount = euro(payments.HighValue) }, ""},
		{"a person", func(f *payments.OrderFacts) { f.Business, f.UnknownDocuments = false, []string{"e"} }, ""},
		{"money that comes in", func(f *payments.OrderFacts) { f.Order.Operation = payments.Topup }, ""},
		{"a withdrawal", func(f *payments.OrderFacts) { f.Order.Operation = payments.Withdrawal }, refusal.SupportingDocumentsRequired},
		{"a wrong code comes first", func(f *payments.OrderFacts) { f.Confirmation.Codes = nil }, refusal.AuthenticationCodeInvalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := executeFacts(payments.HighValue + 1)
			f.Business = true
			test.harm(&f)
			_, err := payments.OrderTable().Fire(payments.OrderReady, payments.ExecuteOrder, f)
			if code(err) != test.want {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			var e *refusal.Error
			if errors.As(err, &e) && e.Code == refusal.SupportingDocumentsRequired && (e.Data["threshold"] == nil || e.Next[0].Operation != "uploadOrganizationDocument") {
				t.Errorf("got %+v", e)
			}
		})
	}
}

func TestWhatKindsOfConsentCover(t *testing.T) {
	for _, test := range []struct {
		word    string
		order   payments.Operation
		network payments.Network
		want    bool
	}{
		{"", payments.Topup, payments.SEPA, true},
		{"transfer", payments.Transfer, payments.Internal, true},
		{"RECURRING", payments.Transfer, payments.SEPA, true},
		{"bulk", payments.Transfer, payments.SWIFT, true},
		{"BULK", payments.Withdrawal, payments.SEPA, false},
		{"International", payments.Transfer, payments.SWIFT, true},
		{"INTERNATIONAL", payments.Transfer, payments.SEPA, false},
		{"INTERNATIONAL", payments.Withdrawal, payments.SWIFT, false},
	} {
		kind, known := payments.ParsePaymentConsentKind(test.word)
		if known == (test.word == "") {
			t.Errorf("%q is known: %v", test.word, known)
		}
		p := payments.PaymentConsent{Operation: test.order, Kind: kind}
		if got := p.Covers(test.order, test.network); got != test.want {
			t.Errorf("%q covers %s over %s: got %v", test.word, test.order, test.network, got)
		}
	}
}
