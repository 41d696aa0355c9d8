package payments

import (
	"slices"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// Account is what the needs of this package ask about the account on which
// something is to happen: the wallet, and the customer to whom it belongs.
type Account struct {
	CustomerID    string
	CustomerState machine.State
	// CustomerActive reports whether that state lets the customer pay.
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

// usableNeeds are what must be so for anything to happen on an account: the
// customer is asked about first, since a wallet is of no use without it.
func usableNeeds() []machine.Need[Account] {
	return []machine.Need[Account]{
		{
			Name: "customer.active", Code: refusal.CustomerNotActive, Unmet: Account.customerInactive,
			State: func(a Account) string { return string(a.CustomerState) }, Helpless: "who has suspended or closed a customer is no client of the API",
		},
		{Name: "wallet.active", Code: refusal.WalletNotActive, Unmet: Account.walletInactive, State: Account.wallet},
	}
}

// free is an account on which everything may happen: that of a decision to which no
// account matters.
func free() Account { return Account{CustomerActive: true, WalletState: WalletActive} }

// Usable refuses an account on which nothing may happen.
func (a Account) Usable() error { return machine.Unmet(usableNeeds(), a) }

// activatedNeeds are what must be so for an account to answer at all, and readableNeeds
// for it to be looked at. Every call asks, so they are made once.
var (
	activatedNeeds = []machine.Need[Account]{
		{Name: "wallet.activated", Code: refusal.WalletNotActivated, Unmet: Account.inactivated, State: Account.wallet},
	}
	readableNeeds = []machine.Need[Account]{
		{Name: "wallet.readable", Code: refusal.WalletNotActive, Unmet: Account.unreadable, State: Account.wallet, Helpless: "a blocked wallet stays so"},
	}
)

func (a Account) wallet() string { return string(a.WalletState) }

// Activated refuses an account whose customer has not been activated: such an
// account answers no payment call, as if it were not there.
func (a Account) Activated() error { return machine.Unmet(activatedNeeds, a) }

// Standing tells how what every call on the account needs stands: that it answers,
// and that it can be looked at or that anything may happen on it.
func (a Account) Standing(reads bool) []machine.Standing {
	list := machine.Stand(activatedNeeds, a)
	if reads {
		return append(list, machine.Stand(readableNeeds, a)...)
	}
	return append(list, machine.Stand(usableNeeds(), a)...)
}

func (a Account) inactivated() *refusal.Error {
	if a.WalletState != WalletInactive && a.WalletState != WalletPendingActivation {
		return nil
	}
	e := refusal.New(refusal.WalletNotActivated, "the wallet is %s and its customer is %s", a.WalletState, a.CustomerState).
		WithData("walletStatus", string(a.WalletState)).
		WithData("customerStatus", string(a.CustomerState))
	e.Next = a.Nearer
	return e
}

// Readable refuses an account that cannot even be looked at.
func (a Account) Readable() error { return machine.Unmet(readableNeeds, a) }

func (a Account) unreadable() *refusal.Error {
	if a.WalletState == WalletBlocked {
		return a.walletInactive()
	}
	return nil
}

func (a Account) customerInactive() *refusal.Error {
	if a.CustomerActive {
		return nil
	}
	e := refusal.New(refusal.CustomerNotActive, "the customer is %s", a.CustomerState).
		WithData("customerStatus", string(a.CustomerState))
	e.Next = slices.Clone(a.Nearer)
	return e
}

func (a Account) walletInactive() *refusal.Error {
	if a.WalletState == WalletActive {
		return nil
	}
	return refusal.New(refusal.WalletNotActive, "the wallet is %s", a.WalletState).
		WithData("walletStatus", string(a.WalletState)).
		Suggest("getCustomerWallets", "lists the customer's wallets with their states", "customerId", a.CustomerID)
}

// WrongCurrency refuses a currency that is not the account's.
func WrongCurrency(field, account, asked string) *refusal.Error {
	e := refusal.New(refusal.CurrencyMismatch, "the account is in %s and the request in %s", account, asked)
	e.Field = field
	return e.WithData("currency", account)
}
