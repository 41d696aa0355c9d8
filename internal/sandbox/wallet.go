package sandbox

import (
	"errors"
	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/scenario"
)

func walletKind(s *World) *engine.Kind[payments.Wallet, payments.WalletFacts] {
	return see(s, &engine.Kind[payments.Wallet, payments.WalletFacts]{
		// It needs no index: the customer has the ids of both wallets.
		Collection: engine.Collection[payments.Wallet]{Name: "wallet"},
		Table:      payments.WalletTable(),
		Facts: func(*engine.Unit, *payments.Wallet, machine.Cause) payments.WalletFacts {
			return payments.WalletFacts{}
		},
		Effect: effect(s, walletEffect),
		Subject: func(w *payments.Wallet) engine.Subject {
			return engine.Subject{Customer: w.CustomerID, Data: map[string]string{
				"customerId": w.CustomerID, "walletId": w.ID, "accountId": w.ID, "iban": w.IBAN,
			}}
		},
	}, seenWallet())
}

func seenWallet() seen[payments.Wallet] {
	return seen[payments.Wallet]{
		owner: func(w *payments.Wallet) string { return w.CustomerID },
		tells: []telling[payments.Wallet]{
			{scenario.AboutWallet, func(_ *Act, w *payments.Wallet, f *scenario.Facts) { f.Wallet = walletFacts(w) }},
		},
	}
}

// accountNumber finds the wallet that an IBAN belongs to. It is a record of its
// own because a wallet gets its IBAN long after it has been indexed.
type accountNumber struct {
	IBAN     string `json:"iban"`
	Seq      int64  `json:"seq"`
	WalletID string `json:"walletId"`
}

// Key is what an account number is stored under.
func (n *accountNumber) Key() (id string, seq int64) { return n.IBAN, n.Seq }

func accountNumbers() *engine.Collection[accountNumber] {
	return &engine.Collection[accountNumber]{Name: "account_number"}
}

// walletEffect keeps why a wallet is not active, and gives the product wallet its
// IBAN when it is activated.
func walletEffect(act *Act, w *payments.Wallet, step machine.Step, cause machine.Cause) error {
	w.Reason = cause.Reason
	if step.On != payments.ActivateWallet {
		return nil
	}
	w.Moved = act.Now()
	if w.Purpose == payments.Product {
		w.IBAN = fake.IBAN(seed(act), w.Seq)
		accountNumbers().Add(act.Unit, &accountNumber{IBAN: w.IBAN, Seq: w.Seq, WalletID: w.ID})
	}
	return nil
}

// walletByIBAN finds the wallet of the tenant that an IBAN belongs to, or nil.
func walletByIBAN(act *Act, iban string) *payments.Wallet {
	if number := accountNumbers().Get(act.Unit, bank.NormalIBAN(iban)); number != nil {
		return act.wallets.Get(act.Unit, number.WalletID)
	}
	return nil
}

// openWallets makes the two wallets of a new customer, INACTIVE, tells it their
// ids, and gives the product wallet.
func openWallets(act *Act, customer *onboarding.Customer) (*payments.Wallet, error) {
	line := "B2C"
	if customer.Type == onboarding.Organization {
		line = "B2B"
	}
	var product *payments.Wallet
	for _, purpose := range []payments.Purpose{payments.Product, payments.Master} {
		w := &payments.Wallet{
			Life: newLife(act, "wallet"), CustomerID: customer.ID, Purpose: purpose, Line: line, Currency: payments.Currency,
		}
		w.AssetID, w.AssetSubUnitID = fake.ID(seed(act), "asset", w.Seq), fake.ID(seed(act), "asset_sub_unit", w.Seq)
		if err := act.wallets.Create(act.Unit, w, payments.OpenWallet, machine.Cause{By: customer.UserID}); err != nil {
			return nil, err
		}
		if purpose == payments.Product {
			product, customer.WalletID = w, w.ID
		} else {
			customer.MasterWalletID = w.ID
		}
	}
	return product, nil
}

// walletsOf gives a customer's wallets, the product wallet first.
func walletsOf(act *Act, customer *onboarding.Customer) []*payments.Wallet {
	var list []*payments.Wallet
	for _, id := range []string{customer.WalletID, customer.MasterWalletID} {
		if w := act.wallets.Get(act.Unit, id); w != nil {
			list = append(list, w)
		}
	}
	return list
}

// walletsReady lets the customer's wallets wait for their activation. Wallets
// that already do, or that are past it, stay as they are.
func walletsReady(act *Act, customer *onboarding.Customer) error {
	for _, w := range walletsOf(act, customer) {
		if !act.wallets.Table.Allows(w.State, payments.ReadyWallet) {
			continue
		}
		if err := act.wallets.Fire(act.Unit, w, payments.ReadyWallet, machine.Cause{}); err != nil {
			return err
		}
	}
	return nil
}

// activateWallets makes the customer's wallets ACTIVE, and puts the opening balance
// on the product wallet, if the tenant's policy has one.
func activateWallets(act *Act, customer *onboarding.Customer) error {
	if err := walletsReady(act, customer); err != nil {
		return err
	}
	for _, w := range walletsOf(act, customer) {
		if err := act.wallets.Fire(act.Unit, w, payments.ActivateWallet, machine.Cause{By: customer.ActivatedBy}); err != nil {
			return err
		}
	}
	return creditOpening(act, act.wallets.Get(act.Unit, customer.WalletID))
}

// account is a wallet on which a caller may act, with its customer.
type account struct {
	wallet   *payments.Wallet
	customer *onboarding.Customer
	// nearer are the calls that bring the customer nearer to its activation.
	nearer []refusal.Call
	frozen bool
}

// findAccount finds a wallet. It refuses with WALLET_NOT_FOUND what is not there for
// this caller, and with WALLET_NOT_ACTIVATED what is not there yet.
func findAccount(act *Act, walletID string) (account, error) {
	a, err := findAnyAccount(act, walletID)
	if err != nil || !act.Caller.MayActFor(a.wallet.CustomerID) {
		return account{}, noWallet(walletID)
	}
	return a, a.facts().Activated()
}

// findReadableAccount finds a wallet that can be looked at: besides account, it
// refuses with WALLET_NOT_ACTIVE one that is blocked.
func findReadableAccount(act *Act, walletID string) (account, error) {
	a, err := findAccount(act, walletID)
	if err != nil {
		return a, err
	}
	return a, a.facts().Readable()
}

func findAnyAccount(act *Act, walletID string) (account, error) {
	w := act.wallets.Get(act.Unit, walletID)
	if w == nil {
		return account{}, noWallet(walletID)
	}
	a := account{wallet: w, customer: act.customers.Get(act.Unit, w.CustomerID), frozen: act.Frozen()}
	if a.customer.State != onboarding.CustomerActive {
		a.nearer = nearerToActivation(act, a.customer)
	}
	return a, nil
}

// nearerToActivation are the calls that meet what an activation lacks, or the
// activation itself if it lacks nothing.
func nearerToActivation(act *Act, customer *onboarding.Customer) []refusal.Call {
	err := act.customers.Can(act.Unit, customer, onboarding.Activate, machine.Cause{})
	var unmet *refusal.Error
	if errors.As(err, &unmet) {
		return unmet.Next
	}
	return []refusal.Call{{
		Operation: activation(customer.Type), Why: "activates the customer and its wallets",
		Params: map[string]string{"customerId": customer.ID, "organizationId": customer.ID},
	}}
}

func noWallet(id string) error {
	return refusal.New(refusal.WalletNotFound, "the tenant has no wallet %s", id)
}

// facts are what guards ask about the account.
func (a account) facts() payments.Account {
	return payments.Account{
		CustomerID: a.customer.ID, CustomerState: a.customer.State, CustomerActive: a.customer.State == onboarding.CustomerActive,
		CustomerClosed: a.customer.State == onboarding.CustomerClosed,
		Nearer:         a.nearer, Frozen: a.frozen, WalletID: a.wallet.ID, WalletState: a.wallet.State,
	}
}

func activation(t onboarding.CustomerType) string {
	if t == onboarding.Organization {
		return "activateOrganization"
	}
	return "activateIndividual"
}

// ListWallets lists a customer's wallets in any of their states, those of a
// line of business (B2C or B2B) if one is named. It refuses with
// CUSTOMER_NOT_FOUND.
func ListWallets(act *Act, customerID, line string) (list []*payments.Wallet, err error) {
	customer, err := findCustomer(act, customerID)
	if err != nil {
		return list, err
	}
	if err := act.customers.Look(act.Unit, customer); err != nil {
		return list, err
	}
	list = nil
	for _, w := range walletsOf(act, customer) {
		if line == "" || line == w.Line {
			list = append(list, w)
		}
	}
	return list, nil
}

// Balance is a wallet with its latest transaction, and the closing balances of
// the last days.
type Balance struct {
	Wallet   *payments.Wallet
	Last     *payments.Transaction
	Closings []payments.DayBalance
}

// GetBalance shows what is on a wallet. It refuses with WALLET_NOT_FOUND,
// WALLET_NOT_ACTIVATED and, if the wallet is blocked, WALLET_NOT_ACTIVE.
func GetBalance(act *Act, walletID string) (b Balance, err error) {
	a, err := findReadableAccount(act, walletID)
	if err != nil {
		return b, err
	}
	b = Balance{Wallet: a.wallet, Last: transaction(act, a.wallet, a.wallet.Transactions), Closings: a.wallet.Closings(act.Now())}
	return b, nil
}

// Fund puts money on a wallet, for the control interface. It refuses with
// WALLET_NOT_FOUND, WALLET_NOT_ACTIVATED, WALLET_NOT_ACTIVE, CURRENCY_MISMATCH,
// and REQUEST_INVALID.
func Fund(act *Act, walletID string, asked payments.AskedAmount) (transaction payments.Transaction, wallet payments.Wallet, err error) {
	a, err := findAnyAccount(act, walletID)
	if err != nil {
		return transaction, wallet, err
	}
	if err := fundable(a); err != nil {
		return transaction, wallet, err
	}
	amount, err := asked.Read(a.wallet.Currency)
	if err != nil {
		return transaction, wallet, err
	}
	t, err := fund(act, a.wallet, amount)
	if err != nil {
		return transaction, wallet, err
	}
	transaction, wallet = *t, *a.wallet
	return transaction, wallet, nil
}

// fund credits money that comes from nowhere.
func fund(act *Act, w *payments.Wallet, amount money.Amount) (*payments.Transaction, error) {
	if err := w.Credit(amount.Minor, act.Now()); err != nil {
		return nil, err
	}
	t := enter(act, w, payments.Transaction{
		WalletID: w.ID, CustomerID: w.CustomerID, Type: payments.FundTransaction, Direction: payments.Credit,
		Status: payments.OrderCompleted, Amount: amount, Fees: w.Money(0),
	})
	return t, book(act, func(b *payments.Books) { b.Funded += amount.Minor })
}

// creditOpening puts the opening balance on a wallet that has just been
// activated, if the tenant's scenario has one.
func creditOpening(act *Act, w *payments.Wallet) error {
	set, err := policyOf(act)
	if err != nil || w == nil || set.OpeningBalance <= 0 {
		return err
	}
	_, err = fund(act, w, w.Money(set.OpeningBalance))
	return err
}

func fundable(a account) error {
	facts := a.facts()
	if err := facts.Activated(); err != nil {
		return err
	}
	// The customer's state is not asked: an operator may fund anybody.
	facts.CustomerActive = true
	return facts.Usable()
}
