package sandbox

import (
	"errors"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
)

func (s *Sandbox) walletKind() *engine.Kind[payments.Wallet, payments.WalletFacts] {
	return &engine.Kind[payments.Wallet, payments.WalletFacts]{
		// It needs no index: the customer has the ids of both wallets.
		Collection: engine.Collection[payments.Wallet]{Name: "wallet"},
		Table:      payments.WalletTable(),
		Facts: func(*engine.Unit, *payments.Wallet, machine.Cause) payments.WalletFacts {
			return payments.WalletFacts{}
		},
		Effect: s.walletEffect,
		Subject: func(w *payments.Wallet) engine.Subject {
			return engine.Subject{Customer: w.CustomerID, Data: map[string]string{
				"customerId": w.CustomerID, "walletId": w.ID, "accountId": w.ID, "iban": w.IBAN,
			}}
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
func (s *Sandbox) walletEffect(u *engine.Unit, w *payments.Wallet, step machine.Step, cause machine.Cause) error {
	w.Reason = cause.Reason
	if step.On != payments.ActivateWallet {
		return nil
	}
	w.Moved = u.Now()
	if w.Purpose == payments.Product {
		w.IBAN = fake.IBAN(s.seed(u), w.Seq)
		accountNumbers().Add(u, &accountNumber{IBAN: w.IBAN, Seq: w.Seq, WalletID: w.ID})
	}
	return nil
}

// walletByIBAN finds the wallet of the tenant that an IBAN belongs to, or nil.
func (s *Sandbox) walletByIBAN(u *engine.Unit, iban string) *payments.Wallet {
	if number := accountNumbers().Get(u, bank.NormalIBAN(iban)); number != nil {
		return s.wallets.Get(u, number.WalletID)
	}
	return nil
}

// openWallets makes the two wallets of a new customer, INACTIVE, tells it their
// ids, and gives the product wallet.
func (s *Sandbox) openWallets(u *engine.Unit, customer *onboarding.Customer) (*payments.Wallet, error) {
	line := "B2C"
	if customer.Type == onboarding.Organization {
		line = "B2B"
	}
	var product *payments.Wallet
	for _, purpose := range []payments.Purpose{payments.Product, payments.Master} {
		w := &payments.Wallet{
			Life: s.newLife(u, "wallet"), CustomerID: customer.ID, Purpose: purpose, Line: line, Currency: payments.Currency,
		}
		w.AssetID, w.AssetSubUnitID = fake.ID(s.seed(u), "asset", w.Seq), fake.ID(s.seed(u), "asset_sub_unit", w.Seq)
		if err := s.wallets.Create(u, w, payments.OpenWallet, machine.Cause{By: customer.UserID}); err != nil {
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
func (s *Sandbox) walletsOf(u *engine.Unit, customer *onboarding.Customer) []*payments.Wallet {
	var list []*payments.Wallet
	for _, id := range []string{customer.WalletID, customer.MasterWalletID} {
		if w := s.wallets.Get(u, id); w != nil {
			list = append(list, w)
		}
	}
	return list
}

// walletsReady lets the customer's wallets wait for their activation. Wallets
// that already do, or that are past it, stay as they are.
func (s *Sandbox) walletsReady(u *engine.Unit, customer *onboarding.Customer) error {
	for _, w := range s.walletsOf(u, customer) {
		if !s.wallets.Table.Allows(w.State, payments.ReadyWallet) {
			continue
		}
		if err := s.wallets.Fire(u, w, payments.ReadyWallet, machine.Cause{}); err != nil {
			return err
		}
	}
	return nil
}

// activateWallets makes the customer's wallets ACTIVE.
func (s *Sandbox) activateWallets(u *engine.Unit, customer *onboarding.Customer) error {
	if err := s.walletsReady(u, customer); err != nil {
		return err
	}
	for _, w := range s.walletsOf(u, customer) {
		if err := s.wallets.Fire(u, w, payments.ActivateWallet, machine.Cause{By: customer.ActivatedBy}); err != nil {
			return err
		}
	}
	return nil
}

// account is a wallet on which a caller may act, with its customer.
type account struct {
	wallet   *payments.Wallet
	customer *onboarding.Customer
	// nearer are the calls that bring the customer nearer to its activation.
	nearer []refusal.Call
	frozen bool
}

// account finds a wallet. It refuses with WALLET_NOT_FOUND what is not there for
// this caller, and with WALLET_NOT_ACTIVATED what is not there yet.
func (s *Sandbox) account(u *engine.Unit, c access.Caller, walletID string) (account, error) {
	a, err := s.anyAccount(u, walletID)
	if err != nil || !c.MayActFor(a.wallet.CustomerID) {
		return account{}, noWallet(walletID)
	}
	return a, a.facts().Activated()
}

// readableAccount finds a wallet that can be looked at: besides account, it
// refuses with WALLET_NOT_ACTIVE one that is blocked.
func (s *Sandbox) readableAccount(u *engine.Unit, c access.Caller, walletID string) (account, error) {
	a, err := s.account(u, c, walletID)
	if err != nil {
		return a, err
	}
	return a, a.facts().Readable()
}

func (s *Sandbox) anyAccount(u *engine.Unit, walletID string) (account, error) {
	w := s.wallets.Get(u, walletID)
	if w == nil {
		return account{}, noWallet(walletID)
	}
	a := account{wallet: w, customer: s.customers.Get(u, w.CustomerID), frozen: u.Frozen()}
	if a.customer.State != onboarding.CustomerActive {
		a.nearer = s.nearerToActivation(u, a.customer)
	}
	return a, nil
}

// nearerToActivation are the calls that meet what an activation lacks, or the
// activation itself if it lacks nothing.
func (s *Sandbox) nearerToActivation(u *engine.Unit, customer *onboarding.Customer) []refusal.Call {
	err := s.customers.Can(u, customer, onboarding.Activate, machine.Cause{})
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

// CustomerWallets lists a customer's wallets in any of their states, those of a
// line of business (B2C or B2B) if one is named. It refuses with
// CUSTOMER_NOT_FOUND.
func (s *Sandbox) CustomerWallets(c access.Caller, customerID, line string) ([]*payments.Wallet, error) {
	var list []*payments.Wallet
	err := s.show(c, func(u *engine.Unit) error {
		customer, err := s.customer(u, c, customerID)
		if err != nil {
			return err
		}
		if err := s.customers.Look(u, customer); err != nil {
			return err
		}
		list = nil
		for _, w := range s.walletsOf(u, customer) {
			if line == "" || line == w.Line {
				list = append(list, w)
			}
		}
		return nil
	})
	return list, err
}

// Balance is a wallet with its latest transaction, and the closing balances of
// the last days.
type Balance struct {
	Wallet   *payments.Wallet
	Last     *payments.Transaction
	Closings []payments.DayBalance
}

// WalletBalance shows what is on a wallet. It refuses with WALLET_NOT_FOUND,
// WALLET_NOT_ACTIVATED and, if the wallet is blocked, WALLET_NOT_ACTIVE.
func (s *Sandbox) WalletBalance(c access.Caller, walletID string) (Balance, error) {
	var b Balance
	err := s.read(c, func(u *engine.Unit) error {
		a, err := s.readableAccount(u, c, walletID)
		if err != nil {
			return err
		}
		b = Balance{Wallet: a.wallet, Last: s.transaction(u, a.wallet, a.wallet.Transactions), Closings: a.wallet.Closings(u.Now())}
		return nil
	})
	return b, err
}

// Fund puts money on a wallet, for the control interface. It refuses with
// WALLET_NOT_FOUND, WALLET_NOT_ACTIVATED, WALLET_NOT_ACTIVE, CURRENCY_MISMATCH,
// and REQUEST_INVALID.
func (s *Sandbox) Fund(c access.Caller, walletID string, asked payments.AskedAmount) (payments.Transaction, payments.Wallet, error) {
	var transaction payments.Transaction
	var wallet payments.Wallet
	err := s.do(c, func(u *engine.Unit) error {
		a, err := s.anyAccount(u, walletID)
		if err != nil {
			return err
		}
		if err := fundable(a); err != nil {
			return err
		}
		amount, err := asked.Read(a.wallet.Currency)
		if err != nil {
			return err
		}
		t, err := s.fund(u, a.wallet, amount)
		if err != nil {
			return err
		}
		transaction, wallet = *t, *a.wallet
		return nil
	})
	return transaction, wallet, err
}

// fund credits money that comes from nowhere.
func (s *Sandbox) fund(u *engine.Unit, w *payments.Wallet, amount money.Amount) (*payments.Transaction, error) {
	if err := w.Credit(amount.Minor, u.Now()); err != nil {
		return nil, err
	}
	t := s.enter(u, w, payments.Transaction{
		WalletID: w.ID, CustomerID: w.CustomerID, Type: payments.FundTransaction, Direction: payments.Credit,
		Status: payments.OrderCompleted, Amount: amount, Fees: w.Money(0),
	})
	return t, s.book(u, func(b *payments.Books) { b.Funded += amount.Minor })
}

// creditOpening puts the opening balance on a wallet that has just been
// activated, if the tenant's scenario has one.
func (s *Sandbox) creditOpening(u *engine.Unit, w *payments.Wallet) error {
	set, err := s.policy(u)
	if err != nil || w == nil || set.OpeningBalance <= 0 {
		return err
	}
	_, err = s.fund(u, w, w.Money(set.OpeningBalance))
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
