package payments

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// Account is what the guards of this package ask about the account on which
// something is to happen: the wallet, and the customer to whom it belongs.
type Account struct {
	CustomerID    string
	CustomerState machine.State
	// CustomerActive tells whether that state lets the customer pay.
	CustomerActive bool
	// CustomerClosed tells that it never will again.
	CustomerClosed bool
	// Nearer are the calls that bring the customer nearer to its activation: what is
	// unmet of it, or the activation itself.
	Nearer []refusal.Call
	// Frozen reports that the tenant's clock stands still.
	Frozen      bool
	WalletID    string
	WalletState machine.State
}

// Activated refuses an account whose customer has not been activated: such an
// account answers no payment call, as if it were not there.
func (a Account) Activated() error {
	if a.WalletState != WalletInactive && a.WalletState != WalletPendingActivation {
		return nil
	}
	e := refusal.New(refusal.WalletNotActivated, "the wallet is %s and its customer is %s", a.WalletState, a.CustomerState).
		With("walletStatus", string(a.WalletState)).
		With("customerStatus", string(a.CustomerState))
	e.Next = a.Nearer
	return e
}

// Readable refuses an account that cannot even be looked at.
func (a Account) Readable() error {
	if a.WalletState == WalletBlocked {
		return a.walletNotActive()
	}
	return nil
}

// Usable refuses an account on which nothing may happen: the customer is told
// first, since a wallet is of no use without it.
func (a Account) Usable() error {
	if !a.CustomerActive {
		e := refusal.New(refusal.CustomerNotActive, "the customer is %s", a.CustomerState).
			With("customerStatus", string(a.CustomerState))
		e.Next = a.Nearer
		return e
	}
	if a.WalletState != WalletActive {
		return a.walletNotActive()
	}
	return nil
}

func (a Account) walletNotActive() error {
	return refusal.New(refusal.WalletNotActive, "the wallet is %s", a.WalletState).
		With("walletStatus", string(a.WalletState)).
		Try("getCustomerWallets", "lists the customer's wallets with their states", "customerId", a.CustomerID)
}

// WrongCurrency refuses a currency that is not the account's.
func WrongCurrency(field, account, asked string) *refusal.Error {
	e := refusal.New(refusal.CurrencyMismatch, "the account is in %s and the request in %s", account, asked)
	e.Field = field
	return e.With("currency", account)
}
