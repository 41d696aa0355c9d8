package accounts

import (
	"errors"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

// Pay prepares an order and executes it in the same act. The request itself confirms the
// payment consent, for where this is asked no page has a code. It refuses as Prepare does,
// and an organization's order of high value without documents with
// SUPPORTING_DOCUMENTS_REQUIRED.
func Pay(act *world.Act, in Preparation) (out Executed, err error) {
	state, err := Prepare(act, in)
	if err != nil {
		return out, err
	}
	o := state.Order
	before := Money{o.AvailableBefore, state.Wallet.Balance}
	execution := Execution{AccountID: o.WalletID, OrderID: o.ID, Way: payments.Way{Operation: o.Operation}}
	if p := act.PaymentConsents.Get(act.Unit, o.ConsentID); p != nil {
		execution.Confirmation = p.Confirmed()
	}
	out, err = Execute(act, execution)
	out.Before = before
	var e *refusal.Error
	if errors.As(err, &e) {
		// The order goes with the act.
		delete(e.Data, "orderId")
		delete(e.Data, "orderStatus")
	}
	return out, err
}
