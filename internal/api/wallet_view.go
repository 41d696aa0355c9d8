package api

import (
	"strconv"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/accounts"
)

// numberView is an amount as a JSON number of major units.
type numberView struct {
	Value    float64 `json:"value"`
	Currency string  `json:"currency"`
}

// majorView is the same under the name that payment consents use.
type majorView struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"`
}

// amountView is AmountDto with every member.
type amountView struct {
	Value    string `json:"value"`
	Scale    int    `json:"scale"`
	Currency string `json:"currency"`
}

// formattedView is AmountDto with its text.
type formattedView struct {
	amountView
	ValueFormatted string `json:"valueFormatted"`
}

// major gives the number that the amount's text reads as; up to fifteen digits
// it is written with the same digits again.
func major(a money.Amount) float64 {
	n, err := strconv.ParseFloat(a.Decimal(), 64)
	if err != nil {
		return 0
	}
	return n
}

func viewNumber(a money.Amount) numberView { return numberView{major(a), a.Currency} }
func viewMajor(a money.Amount) majorView   { return majorView{major(a), a.Currency} }

func viewAmount(a money.Amount) amountView {
	scale, err := money.Digits(a.Currency)
	if err != nil {
		scale = 0
	}
	return amountView{minor(a), scale, a.Currency}
}

func viewFormatted(a money.Amount) formattedView { return formattedView{viewAmount(a), a.Decimal()} }

// minor words an amount as a string of minor units.
func minor(a money.Amount) string { return strconv.FormatInt(a.Minor, 10) }

type walletView struct {
	ID               string        `json:"id"`
	WalletID         string        `json:"walletId"`
	CustomerID       string        `json:"customerId"`
	Name             string        `json:"name"`
	WalletType       string        `json:"walletType"`
	Status           machine.State `json:"status"`
	Currency         string        `json:"currency"`
	Balance          string        `json:"balance"`
	AvailableBalance string        `json:"availableBalance"`
	IBAN             string        `json:"iban"`
}

func viewWallet(w *payments.Wallet) walletView {
	return walletView{
		ID: w.ID, WalletID: w.ID, CustomerID: w.CustomerID, Name: w.Name(), WalletType: w.Type(), Status: w.State,
		Currency: w.Currency, Balance: w.Money(w.Balance).Decimal(), AvailableBalance: w.Money(w.Available()).Decimal(), IBAN: w.IBAN,
	}
}

type walletBalanceView struct {
	WalletID    string       `json:"walletId"`
	AccountID   string       `json:"accountId"`
	Balances    balancesView `json:"balances"`
	LastUpdated string       `json:"lastUpdated"`
}

type balancesView struct {
	Available numberView `json:"available"`
	Pending   numberView `json:"pending"`
	Reserved  numberView `json:"reserved"`
	Total     numberView `json:"total"`
}

func viewWalletBalance(w *payments.Wallet) walletBalanceView {
	number := func(minor int64) numberView { return viewNumber(w.Money(minor)) }
	return walletBalanceView{
		WalletID: w.ID, AccountID: w.ID, LastUpdated: machine.Instant(w.Moved),
		Balances: balancesView{number(w.Available()), number(w.Pending), number(w.Reserved), number(w.Balance)},
	}
}

type accountBalanceView struct {
	AccountID                 string           `json:"accountId"`
	WalletID                  string           `json:"walletId"`
	IBAN                      string           `json:"iban"`
	Currency                  string           `json:"currency"`
	Status                    machine.State    `json:"status"`
	CurrentBalance            string           `json:"currentBalance"`
	CurrentBalanceFormatted   string           `json:"currentBalanceFormatted"`
	AvailableBalance          string           `json:"availableBalance"`
	AvailableBalanceFormatted string           `json:"availableBalanceFormatted"`
	BlockedBalance            string           `json:"blockedBalance"`
	BlockedBalanceFormatted   string           `json:"blockedBalanceFormatted"`
	LastTransaction           *transactionView `json:"lastTransaction"`
	BalanceHistory            []closingView    `json:"balanceHistory"`
}

type closingView struct {
	Date    string `json:"date"`
	Balance string `json:"balance"`
}

func viewAccountBalance(b accounts.Balance) accountBalanceView {
	w := b.Wallet
	current, available, blocked := w.Money(w.Balance), w.Money(w.Available()), w.Money(w.Reserved+w.Pending)
	view := accountBalanceView{
		AccountID: w.ID, WalletID: w.ID, IBAN: w.IBAN, Currency: w.Currency, Status: w.State,
		CurrentBalance: minor(current), CurrentBalanceFormatted: current.String(),
		AvailableBalance: minor(available), AvailableBalanceFormatted: available.String(),
		BlockedBalance: minor(blocked), BlockedBalanceFormatted: blocked.String(),
		BalanceHistory: []closingView{},
	}
	if b.Last != nil {
		last := viewTransaction(b.Last)
		view.LastTransaction = &last
	}
	for _, d := range b.Closings {
		view.BalanceHistory = append(view.BalanceHistory, closingView{d.Day, minor(w.Money(d.Balance))})
	}
	return view
}

type transactionPageView struct {
	Transactions []transactionView `json:"transactions"`
	Pagination   paginationView    `json:"pagination"`
}

func viewTransactionPage(page accounts.Page[*payments.Transaction]) transactionPageView {
	view := transactionPageView{Transactions: []transactionView{}, Pagination: paginationView{page.Total, page.Limit, page.Offset}}
	for _, t := range page.Items {
		view.Transactions = append(view.Transactions, viewTransaction(t))
	}
	return view
}

type paginationView struct {
	Total  int `json:"total"`
	Limit  int `json:"limit"`
	Offset int `json:"offset"`
}

type transactionView struct {
	TransactionID string                   `json:"transactionId"`
	OrderID       *string                  `json:"orderId"`
	WalletID      string                   `json:"walletId"`
	Type          payments.TransactionType `json:"type"`
	Direction     payments.Direction       `json:"direction"`
	Status        machine.State            `json:"status"`
	Amount        amountView               `json:"amount"`
	Fees          amountView               `json:"fees"`
	BalanceAfter  string                   `json:"balanceAfter"`
	Counterparty  counterpartyView         `json:"counterparty"`
	Reference     string                   `json:"reference"`
	Description   string                   `json:"description"`
	CreatedAt     string                   `json:"createdAt"`
}

type counterpartyView struct {
	Name string `json:"name"`
	IBAN string `json:"iban"`
}

func viewTransaction(t *payments.Transaction) transactionView {
	return transactionView{
		TransactionID: t.ID, OrderID: orNull(t.OrderID), WalletID: t.WalletID, Type: t.Type, Direction: t.Direction, Status: t.Status,
		Amount: viewAmount(t.Amount), Fees: viewAmount(t.Fees), BalanceAfter: minor(t.BalanceAfter),
		Counterparty: counterpartyView{t.CounterpartyName, t.CounterpartyIBAN},
		Reference:    t.Reference, Description: t.Description, CreatedAt: machine.Instant(t.CreatedAt),
	}
}

// orNull words a text that may be absent as null.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// localTime words a time as the newest replies do: UTC, without saying so.
func localTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000") }
