package sandbox

import (
	"cmp"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
)

// orderEffect moves the money of a step: all of it in the commit of the step.
func (s *Sandbox) orderEffect(u *engine.Unit, o *payments.Order, step machine.Step, cause machine.Cause) error {
	if step.Moved() {
		o.History = append(o.History, payments.Passage{Status: step.To, At: u.Now(), Event: step.Emit})
	}
	w := s.wallets.Get(u, o.WalletID)
	defer s.wallets.Save(u, w)
	switch step.On {
	case payments.PrepareOrder:
		s.count(u, o)
		return w.Reserve(o.Held(), u.Now())
	case payments.ExpireOrder:
		s.uncount(u, o)
		return w.Release(o.Held(), u.Now())
	case payments.ExecuteOrder:
		return s.begin(u, o, w, cause)
	case payments.ApproveOrder:
		o.Approval.Given = append(o.Approval.Given, payments.Approval{UserID: cause.By, At: u.Now()})
	case payments.LapseOrder:
		s.lapse(u, o, cause)
	case payments.CompleteOrder:
		return s.complete(u, o, w)
	case payments.ReturnOrder:
		return s.giveBack(u, o, w, cause)
	case payments.FailOrder:
		o.SettledAt, o.FailureReason = u.Now(), cmp.Or(s.settlementFailure(u, o, cause), cause.Reason, payments.DefaultFailure)
		s.uncount(u, o)
		if err := w.Abandon(o.Held(), u.Now()); err != nil {
			return err
		}
		return s.settle(u, o, w, payments.OrderFailed)
	}
	return nil
}

// settlementFailure is why an order that was to be completed fails instead; empty
// for one that fails by decision.
func (s *Sandbox) settlementFailure(u *engine.Unit, o *payments.Order, cause machine.Cause) string {
	if cause.Refused == nil {
		return ""
	}
	return s.orderFacts(u, o, cause).SettlementFailure()
}

// begin turns the reservation into a payment under way, writes its line in the
// ledger and uses the payment consent.
func (s *Sandbox) begin(u *engine.Unit, o *payments.Order, w *payments.Wallet, cause machine.Cause) error {
	if err := w.Commit(o.Held(), u.Now()); err != nil {
		return err
	}
	if facts, ok := cause.Input.(payments.OrderFacts); ok {
		facts.Order = o
		o.Documents, o.Confirmed, o.Approval = facts.Documents, facts.Details, facts.Approval()
	}
	o.ExecutedBy = cause.By
	o.ExecutedAt, o.ExecutionID = u.Now(), fake.ID(s.seed(u), "execution", o.Seq)
	line := o.Transaction()
	line.Status = payments.OrderProcessing
	o.TransactionID = s.enter(u, w, line).ID
	if b := s.beneficiaries.Get(u, o.BeneficiaryID); b != nil {
		b.LastUsed = u.Now()
		s.beneficiaries.Save(u, b)
	}
	if p := s.paymentConsents.Get(u, o.ConsentID); p != nil {
		s.paymentConsents.Then(u, p, payments.UsePaymentConsent, machine.Cause{By: cause.By})
	}
	return nil
}

// complete books the order, on both wallets if both are the tenant's.
func (s *Sandbox) complete(u *engine.Unit, o *payments.Order, w *payments.Wallet) error {
	o.SettledAt = u.Now()
	book := func() error { return w.Debit(o.Held(), u.Now()) }
	if !o.Operation.Outgoing() {
		book = func() error { return w.Credit(o.Amount.Minor, u.Now()) }
	}
	if err := book(); err != nil {
		return err
	}
	if err := s.settle(u, o, w, payments.OrderCompleted); err != nil {
		return err
	}
	if err := s.creditPayee(u, o, w); err != nil {
		return err
	}
	return s.book(u, func(b *payments.Books) { b.Settled(o) })
}

func (s *Sandbox) creditPayee(u *engine.Unit, o *payments.Order, payer *payments.Wallet) error {
	payee := s.wallets.Get(u, o.TargetWalletID)
	if payee == nil {
		return nil
	}
	if err := payee.Credit(o.Amount.Minor, u.Now()); err != nil {
		return err
	}
	s.enter(u, payee, payments.Transaction{
		WalletID: payee.ID, CustomerID: payee.CustomerID, OrderID: o.ID, Type: payments.TransferTransaction,
		Direction: payments.Credit, Status: payments.OrderCompleted, Amount: o.Amount, Fees: payee.Money(0),
		CounterpartyName: s.customers.Get(u, o.CustomerID).Name, CounterpartyIBAN: payer.IBAN,
		Reference: o.Reference, Description: o.Description,
	})
	return nil
}

// giveBack credits what the payee's bank has sent back. What was sent still
// counts against the limits.
func (s *Sandbox) giveBack(u *engine.Unit, o *payments.Order, w *payments.Wallet, cause machine.Cause) error {
	if err := w.Credit(o.Amount.Minor, u.Now()); err != nil {
		return err
	}
	o.Return = &payments.OrderReturn{
		TransactionID: s.enter(u, w, o.Returned()).ID, At: u.Now(), Reason: cmp.Or(cause.Reason, payments.DefaultReturn),
	}
	return s.book(u, func(b *payments.Books) { b.Returned += o.Amount.Minor })
}

func spendings() *engine.Collection[payments.Spending] {
	return &engine.Collection[payments.Spending]{Name: "spending"}
}

// spending is what counts against the limits of a customer's category.
func (s *Sandbox) spending(u *engine.Unit, customerID string) *payments.Spending {
	if sp := spendings().Get(u, customerID); sp != nil {
		return sp
	}
	return &payments.Spending{CustomerID: customerID}
}

func (s *Sandbox) spend(u *engine.Unit, customerID string, change func(*payments.Spending)) {
	sp := spendings().Get(u, customerID)
	if sp == nil {
		sp = &payments.Spending{CustomerID: customerID, Seq: u.Next()}
		spendings().Add(u, sp)
	}
	change(sp)
	spendings().Save(u, sp)
}

// count lets a new order count against the limits of the category and of its
// payment consent.
func (s *Sandbox) count(u *engine.Unit, o *payments.Order) {
	s.spend(u, o.CustomerID, func(sp *payments.Spending) { sp.By(o.Operation).Add(o.Amount.Minor, u.Now()) })
	p := s.paymentConsents.Get(u, o.ConsentID)
	if p == nil {
		return
	}
	p.Windows = s.windows(u, p)
	o.ConsentUse = p.Windows.Add(o.Amount.Minor, u.Now())
	consentUses().Add(u, &payments.Use{ID: useID(p.ID, o.ConsentUse), Seq: u.Next(), At: u.Now(), Minor: o.Amount.Minor})
	s.paymentConsents.Save(u, p)
}

// uncount takes an order that came to nothing out of the limits again.
func (s *Sandbox) uncount(u *engine.Unit, o *payments.Order) {
	s.spend(u, o.CustomerID, func(sp *payments.Spending) { sp.By(o.Operation).Remove(o.Amount.Minor, o.Created) })
	p := s.paymentConsents.Get(u, o.ConsentID)
	use := consentUses().Get(u, useID(o.ConsentID, o.ConsentUse))
	if p == nil || use == nil || use.Released {
		return
	}
	p.Windows.Release(o.ConsentUse, o.Amount.Minor)
	use.Released = true
	consentUses().Save(u, use)
	s.paymentConsents.Save(u, p)
}
