package accounts

import (
	"cmp"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/world"
)

// orderEffect moves the money of a step: all of it in the commit of the step.
func orderEffect(act *world.Act, o *payments.Order, step machine.Step, cause machine.Cause) error {
	if step.Moved() {
		o.History = append(o.History, payments.Passage{Status: step.To, At: act.Now(), Event: step.Emit})
	}
	w := act.Wallets.Get(act.Unit, o.WalletID)
	defer act.Wallets.Save(act.Unit, w)
	switch step.On {
	case payments.PrepareOrder:
		countSpending(act, o)
		return w.Reserve(o.Held(), act.Now())
	case payments.ExpireOrder:
		uncountSpending(act, o)
		return w.Release(o.Held(), act.Now())
	case payments.ExecuteOrder:
		return begin(act, o, w, cause)
	case payments.ApproveOrder:
		o.Approval.Given = append(o.Approval.Given, payments.Approval{UserID: cause.By, At: act.Now()})
	case payments.LapseOrder:
		lapse(act, o, cause)
	case payments.CompleteOrder:
		return complete(act, o, w)
	case payments.ReturnOrder:
		return giveBack(act, o, w, cause)
	case payments.FailOrder:
		o.SettledAt, o.FailureReason = act.Now(), cmp.Or(settlementFailure(act, o, cause), cause.Reason, payments.DefaultFailure)
		uncountSpending(act, o)
		if err := w.Abandon(o.Held(), act.Now()); err != nil {
			return err
		}
		return settle(act, o, w, payments.OrderFailed)
	}
	return nil
}

// settlementFailure is why an order that was to be completed fails instead; empty
// for one that fails by decision.
func settlementFailure(act *world.Act, o *payments.Order, cause machine.Cause) string {
	if cause.Refused == nil {
		return ""
	}
	return gatherOrderFacts(act, o, cause).SettlementFailure()
}

// begin turns the reservation into a payment under way, writes its line in the
// ledger and uses the payment consent.
func begin(act *world.Act, o *payments.Order, w *payments.Wallet, cause machine.Cause) error {
	if err := w.Commit(o.Held(), act.Now()); err != nil {
		return err
	}
	if facts, ok := cause.Input.(payments.OrderFacts); ok {
		facts.Order = o
		o.Documents, o.Confirmed, o.Approval = facts.Documents, facts.Details, facts.Approval()
	}
	o.ExecutedBy = cause.By
	o.ExecutedAt, o.ExecutionID = act.Now(), fake.ID(world.Seed(act), "execution", o.Seq)
	line := o.Transaction()
	line.Status = payments.OrderProcessing
	o.TransactionID = enter(act, w, line).ID
	if b := act.Beneficiaries.Get(act.Unit, o.BeneficiaryID); b != nil {
		b.LastUsed = act.Now()
		act.Beneficiaries.Save(act.Unit, b)
	}
	if p := act.PaymentConsents.Get(act.Unit, o.ConsentID); p != nil {
		act.PaymentConsents.Then(act.Unit, p, payments.UsePaymentConsent, machine.Cause{By: cause.By})
	}
	return nil
}

// complete books the order, on both wallets if both are the tenant's.
func complete(act *world.Act, o *payments.Order, w *payments.Wallet) error {
	o.SettledAt = act.Now()
	move := func() error { return w.Debit(o.Held(), act.Now()) }
	if !o.Operation.Outgoing() {
		move = func() error { return w.Credit(o.Amount.Minor, act.Now()) }
	}
	if err := move(); err != nil {
		return err
	}
	if err := settle(act, o, w, payments.OrderCompleted); err != nil {
		return err
	}
	if err := creditPayee(act, o, w); err != nil {
		return err
	}
	return book(act, func(b *payments.Books) { b.Settled(o) })
}

func creditPayee(act *world.Act, o *payments.Order, payer *payments.Wallet) error {
	payee := act.Wallets.Get(act.Unit, o.TargetWalletID)
	if payee == nil {
		return nil
	}
	if err := payee.Credit(o.Amount.Minor, act.Now()); err != nil {
		return err
	}
	enter(act, payee, payments.Transaction{
		WalletID: payee.ID, CustomerID: payee.CustomerID, OrderID: o.ID, Type: payments.TransferTransaction,
		Direction: payments.Credit, Status: payments.OrderCompleted, Amount: o.Amount, Fees: payee.Money(0),
		CounterpartyName: act.Customers.Get(act.Unit, o.CustomerID).Name, CounterpartyIBAN: payer.IBAN,
		Reference: o.Reference, Description: o.Description,
	})
	return nil
}

// giveBack credits what the payee's bank has sent back. What was sent still
// counts against the limits.
func giveBack(act *world.Act, o *payments.Order, w *payments.Wallet, cause machine.Cause) error {
	if err := w.Credit(o.Amount.Minor, act.Now()); err != nil {
		return err
	}
	o.Return = &payments.OrderReturn{
		TransactionID: enter(act, w, o.Returned()).ID, At: act.Now(), Reason: cmp.Or(cause.Reason, payments.DefaultReturn),
	}
	return book(act, func(b *payments.Books) { b.Returned += o.Amount.Minor })
}

func spendings() *engine.Collection[payments.Spending] {
	return &engine.Collection[payments.Spending]{Name: "spending"}
}

// Spending is what counts against the limits of a customer's category.
func Spending(act *world.Act, customerID string) *payments.Spending {
	if sp := spendings().Get(act.Unit, customerID); sp != nil {
		return sp
	}
	return &payments.Spending{CustomerID: customerID}
}

func spend(act *world.Act, customerID string, change func(*payments.Spending)) {
	sp := spendings().Get(act.Unit, customerID)
	if sp == nil {
		sp = &payments.Spending{CustomerID: customerID, Seq: act.Next()}
		spendings().Add(act.Unit, sp)
	}
	change(sp)
	spendings().Save(act.Unit, sp)
}

// countSpending lets a new order count against the limits of the category and of its
// payment consent.
func countSpending(act *world.Act, o *payments.Order) {
	spend(act, o.CustomerID, func(sp *payments.Spending) { sp.By(o.Operation).Add(o.Amount.Minor, act.Now()) })
	p := act.PaymentConsents.Get(act.Unit, o.ConsentID)
	if p == nil {
		return
	}
	p.Windows = WindowsOf(act, p)
	o.ConsentUse = p.Windows.Add(o.Amount.Minor, act.Now())
	paymentConsentUses().Add(act.Unit, &payments.Use{ID: useID(p.ID, o.ConsentUse), Seq: act.Next(), At: act.Now(), Minor: o.Amount.Minor})
	act.PaymentConsents.Save(act.Unit, p)
}

// uncountSpending takes an order that came to nothing out of the limits again.
func uncountSpending(act *world.Act, o *payments.Order) {
	spend(act, o.CustomerID, func(sp *payments.Spending) { sp.By(o.Operation).Remove(o.Amount.Minor, o.Created) })
	p := act.PaymentConsents.Get(act.Unit, o.ConsentID)
	use := paymentConsentUses().Get(act.Unit, useID(o.ConsentID, o.ConsentUse))
	if p == nil || use == nil || use.Released {
		return
	}
	p.Windows.Release(o.ConsentUse, o.Amount.Minor)
	use.Released = true
	paymentConsentUses().Save(act.Unit, use)
	act.PaymentConsents.Save(act.Unit, p)
}
