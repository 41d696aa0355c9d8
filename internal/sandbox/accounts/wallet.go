// Package accounts has the verbs of wallets and payments: beneficiaries, payment
// consents, orders and the ledger.
package accounts

import (
	"cmp"
	"errors"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// WalletKind makes the kind of wallets.
func WalletKind(s *world.World) *engine.Kind[payments.Wallet, payments.WalletFacts] {
	return world.See(s, &engine.Kind[payments.Wallet, payments.WalletFacts]{
		// It needs no index: the customer has the ids of both wallets.
		Collection: engine.Collection[payments.Wallet]{Name: "wallet"},
		Table:      payments.WalletTable(),
		Facts: func(*engine.Unit, *payments.Wallet, machine.Cause) payments.WalletFacts {
			return payments.WalletFacts{}
		},
		Effect: world.Effect(s, walletEffect),
		Subject: func(w *payments.Wallet) engine.Subject {
			return engine.Subject{Customer: w.CustomerID, Data: map[string]string{
				"customerId": w.CustomerID, "walletId": w.ID, "accountId": w.ID, "iban": w.IBAN,
			}}
		},
	}, seenWallet())
}

func seenWallet() world.Seen[payments.Wallet] {
	return world.Seen[payments.Wallet]{
		Owner: func(w *payments.Wallet) string { return w.CustomerID },
		Tells: []world.Telling[payments.Wallet]{
			{About: scenario.AboutWallet, Tell: func(_ *world.Act, w *payments.Wallet, f *scenario.Facts) { f.Wallet = customers.WalletFacts(w) }},
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
func walletEffect(act *world.Act, w *payments.Wallet, step machine.Step, cause machine.Cause) error {
	w.Reason = cause.Reason
	if step.On != payments.ActivateWallet {
		return nil
	}
	w.Moved = act.Now()
	if w.Purpose == payments.Product {
		w.IBAN = fake.IBAN(world.Seed(act), w.Seq)
		accountNumbers().Add(act.Unit, &accountNumber{IBAN: w.IBAN, Seq: w.Seq, WalletID: w.ID})
	}
	return nil
}

// walletByIBAN finds the wallet of the tenant that an IBAN belongs to, or nil.
func walletByIBAN(act *world.Act, iban string) *payments.Wallet {
	if number := accountNumbers().Get(act.Unit, bank.NormalIBAN(iban)); number != nil {
		return act.Wallets.Get(act.Unit, number.WalletID)
	}
	return nil
}

// OpenWallets makes the two wallets of a new customer, INACTIVE, tells it their
// ids, and gives the product wallet.
func OpenWallets(act *world.Act, customer *onboarding.Customer) (*payments.Wallet, error) {
	line := "B2C"
	if customer.Type == onboarding.Organization {
		line = "B2B"
	}
	var product *payments.Wallet
	for _, purpose := range []payments.Purpose{payments.Product, payments.Master} {
		w := &payments.Wallet{
			Life: world.NewLife(act, "wallet"), CustomerID: customer.ID, Purpose: purpose, Line: line, Currency: payments.Currency,
		}
		w.AssetID, w.AssetSubUnitID = fake.ID(world.Seed(act), "asset", w.Seq), fake.ID(world.Seed(act), "asset_sub_unit", w.Seq)
		if err := act.Wallets.Create(act.Unit, w, payments.OpenWallet, machine.Cause{By: customer.UserID}); err != nil {
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
func walletsOf(act *world.Act, customer *onboarding.Customer) []*payments.Wallet {
	var list []*payments.Wallet
	for _, id := range []string{customer.WalletID, customer.MasterWalletID} {
		if w := act.Wallets.Get(act.Unit, id); w != nil {
			list = append(list, w)
		}
	}
	return list
}

// WalletsReady lets the customer's wallets wait for their activation. Wallets
// that already do, or that are past it, stay as they are.
func WalletsReady(act *world.Act, customer *onboarding.Customer) error {
	for _, w := range walletsOf(act, customer) {
		if !act.Wallets.Table.Allows(w.State, payments.ReadyWallet) {
			continue
		}
		if err := act.Wallets.Fire(act.Unit, w, payments.ReadyWallet, machine.Cause{}); err != nil {
			return err
		}
	}
	return nil
}

// ActivateWallets makes the customer's wallets ACTIVE, and puts the opening balance
// on the product wallet, if the tenant's policy has one.
func ActivateWallets(act *world.Act, customer *onboarding.Customer) error {
	if err := WalletsReady(act, customer); err != nil {
		return err
	}
	for _, w := range walletsOf(act, customer) {
		if err := act.Wallets.Fire(act.Unit, w, payments.ActivateWallet, machine.Cause{By: customer.ActivatedBy}); err != nil {
			return err
		}
	}
	return creditOpening(act, act.Wallets.Get(act.Unit, customer.WalletID))
}

// Account is a wallet on which a caller may act, with its customer.
type Account struct {
	Wallet   *payments.Wallet
	Customer *onboarding.Customer
	// nearer are the calls that bring the customer nearer to its activation.
	nearer []refusal.Call
	frozen bool
}

// findAccount finds a wallet. It refuses with WALLET_NOT_FOUND what is not there for
// this caller, and with WALLET_NOT_ACTIVATED what is not there yet.
func findAccount(act *world.Act, walletID string) (Account, error) {
	a, err := FindAnyAccount(act, walletID)
	if err != nil || !act.Caller.MayActFor(a.Wallet.CustomerID) {
		return Account{}, noWallet(walletID)
	}
	return a, a.facts().Activated()
}

// PayingAccount is the id of the account that a request names, or else of the product wallet
// of the customer whose token calls. It refuses with REQUEST_INVALID, at the field, a
// member of staff who names none.
func PayingAccount(act *world.Act, field, named string) (string, error) {
	if customer := act.Customers.Get(act.Unit, act.Caller.CustomerID); named == "" && customer != nil {
		return customer.WalletID, nil
	}
	if named == "" {
		return "", refusal.Invalid([]refusal.Fault{{
			Field: field, Pointer: "/" + field, Message: "is required, since the caller is no customer and has no account of its own",
		}})
	}
	return named, nil
}

// PayingCustomer is the product wallet's id of the customer whom a request names, or else of
// the one whose token calls. It refuses with CUSTOMER_NOT_FOUND, and with
// REQUEST_INVALID, at the field, a member of staff who names nobody.
func PayingCustomer(act *world.Act, field, named string) (string, error) {
	id := cmp.Or(named, act.Caller.CustomerID)
	if id == "" {
		return "", refusal.Invalid([]refusal.Fault{{Field: field, Message: "is required, since the caller is no customer"}})
	}
	customer, err := customers.FindCustomer(act, id)
	if err != nil {
		return "", err
	}
	return customer.WalletID, nil
}

// WalletAt finds a wallet of the tenant by its id or its IBAN, whosever it is, or nil.
func WalletAt(act *world.Act, address string) *payments.Wallet {
	if w := act.Wallets.Get(act.Unit, address); w != nil {
		return w
	}
	return walletByIBAN(act, address)
}

// CanPay reports whether a wallet and its customer are ACTIVE.
func CanPay(act *world.Act, w *payments.Wallet) bool {
	a, err := FindAnyAccount(act, w.ID)
	return err == nil && a.facts().Activated() == nil && a.facts().Usable() == nil
}

// findReadableAccount finds a wallet that can be looked at: besides account, it
// refuses with WALLET_NOT_ACTIVE one that is blocked.
func findReadableAccount(act *world.Act, walletID string) (Account, error) {
	a, err := findAccount(act, walletID)
	if err != nil {
		return a, err
	}
	return a, a.facts().Readable()
}

// FindAnyAccount finds a wallet with its customer, whosever it is and however it
// stands. It refuses with WALLET_NOT_FOUND.
func FindAnyAccount(act *world.Act, walletID string) (Account, error) {
	w := act.Wallets.Get(act.Unit, walletID)
	if w == nil {
		return Account{}, noWallet(walletID)
	}
	a := Account{Wallet: w, Customer: act.Customers.Get(act.Unit, w.CustomerID), frozen: act.Frozen()}
	if a.Customer.State != onboarding.CustomerActive {
		a.nearer = nearerToActivation(act, a.Customer)
	}
	return a, nil
}

// nearerToActivation are the calls that meet what an activation lacks, or the
// activation itself if it lacks nothing.
func nearerToActivation(act *world.Act, customer *onboarding.Customer) []refusal.Call {
	err := act.Customers.Can(act.Unit, customer, onboarding.Activate, machine.Cause{})
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

// facts are what needs ask about the account.
func (a Account) facts() payments.Account {
	return payments.Account{
		CustomerID: a.Customer.ID, CustomerState: a.Customer.State, CustomerActive: a.Customer.State == onboarding.CustomerActive,
		CustomerClosed: a.Customer.State == onboarding.CustomerClosed,
		Nearer:         a.nearer, Frozen: a.frozen, WalletID: a.Wallet.ID, WalletState: a.Wallet.State,
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
func ListWallets(act *world.Act, customerID, line string) (list []*payments.Wallet, err error) {
	customer, err := customers.FindCustomer(act, customerID)
	if err != nil {
		return list, err
	}
	if err := act.Customers.CountRead(act.Unit, customer); err != nil {
		return list, err
	}
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

// GetWallet shows a wallet. It refuses with WALLET_NOT_FOUND, WALLET_NOT_ACTIVATED
// and, if the wallet is blocked, WALLET_NOT_ACTIVE.
func GetWallet(act *world.Act, walletID string) (*payments.Wallet, error) {
	a, err := findReadableAccount(act, walletID)
	return a.Wallet, err
}

// GetBalance shows what is on a wallet, and how it came there. It refuses as GetWallet
// does.
func GetBalance(act *world.Act, walletID string) (b Balance, err error) {
	w, err := GetWallet(act, walletID)
	if err != nil {
		return b, err
	}
	return Balance{Wallet: w, Last: Transaction(act, w, w.Transactions), Closings: w.Closings(act.Now())}, nil
}

// Fund puts money on a wallet, for the control interface. It refuses with
// WALLET_NOT_FOUND, WALLET_NOT_ACTIVATED, WALLET_NOT_ACTIVE, CURRENCY_MISMATCH,
// and REQUEST_INVALID.
func Fund(act *world.Act, walletID string, asked payments.AskedAmount) (transaction payments.Transaction, wallet payments.Wallet, err error) {
	a, err := FindAnyAccount(act, walletID)
	if err != nil {
		return transaction, wallet, err
	}
	if err := fundable(a); err != nil {
		return transaction, wallet, err
	}
	amount, err := asked.Read(a.Wallet.Currency)
	if err != nil {
		return transaction, wallet, err
	}
	t, err := fund(act, a.Wallet, amount)
	if err != nil {
		return transaction, wallet, err
	}
	return *t, *a.Wallet, nil
}

// fund credits money that comes from nowhere.
func fund(act *world.Act, w *payments.Wallet, amount money.Amount) (*payments.Transaction, error) {
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
func creditOpening(act *world.Act, w *payments.Wallet) error {
	set, err := world.PolicyOf(act)
	if err != nil || w == nil || set.OpeningBalance <= 0 {
		return err
	}
	_, err = fund(act, w, w.Money(set.OpeningBalance))
	return err
}

func fundable(a Account) error {
	facts := a.facts()
	if err := facts.Activated(); err != nil {
		return err
	}
	// The customer's state is not asked: an operator may fund anybody.
	facts.CustomerActive = true
	return facts.Usable()
}
