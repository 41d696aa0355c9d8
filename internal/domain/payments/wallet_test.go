package payments_test

import (
	"math"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
)

func TestMoneyOnAWallet(t *testing.T) {
	w := &payments.Wallet{Currency: "EUR"}
	for i, step := range []struct {
		do                                    func(int64, time.Time) error
		minor                                 int64
		balance, reserved, pending, available int64
	}{
		{w.Credit, 1000, 1000, 0, 0, 1000},
		{w.Reserve, 400, 1000, 400, 0, 600},
		{w.Reserve, 600, 1000, 1000, 0, 0},
		{w.Release, 600, 1000, 400, 0, 600},
		{w.Commit, 400, 1000, 0, 400, 600},
		{w.Debit, 400, 600, 0, 0, 600},
		{w.Reserve, 600, 600, 600, 0, 0},
		{w.Commit, 600, 600, 0, 600, 0},
		{w.Abandon, 600, 600, 0, 0, 600},
	} {
		if err := step.do(step.minor, start); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if w.Balance != step.balance || w.Reserved != step.reserved || w.Pending != step.pending || w.Available() != step.available {
			t.Errorf("step %d: %+v", i, w)
		}
	}
	for name, do := range map[string]func(int64, time.Time) error{"reserve": w.Reserve, "release": w.Release, "commit": w.Commit, "abandon": w.Abandon, "debit": w.Debit} {
		kept := *w
		if do(601, start) == nil {
			t.Errorf("%s of more than there is", name)
		}
		*w = kept
	}
	if err := w.Credit(math.MaxInt64, start); code(err) != refusal.RequestInvalid {
		t.Errorf("a balance out of range: %v", err)
	}
}

func TestClosingBalances(t *testing.T) {
	w := &payments.Wallet{Currency: "EUR"}
	for day := range 40 {
		for range 2 {
			if err := w.Credit(1, start.AddDate(0, 0, day)); err != nil {
				t.Fatal(err)
			}
		}
	}
	now := start.AddDate(0, 0, 45)
	closings := w.Closings(now)
	if n := len(closings); n != 24 || closings[0].Day != "2026-04-17" || closings[n-1] != (payments.DayBalance{Day: "2026-05-10", Balance: 80}) {
		t.Errorf("%d closings: %v", n, closings)
	}
	if got := w.Closings(now.AddDate(1, 0, 0)); got == nil || len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestWalletNames(t *testing.T) {
	for _, test := range []struct {
		wallet     payments.Wallet
		name, kind string
	}{
		{payments.Wallet{Line: "B2C", Purpose: payments.Product}, "B2C Product General Purpose Wallet", "b2c_product_general_purpose_wallet"},
		{payments.Wallet{Line: "B2B", Purpose: payments.Master}, "B2B Master General Purpose Wallet", "b2b_master_general_purpose_wallet"},
	} {
		if test.wallet.Name() != test.name || test.wallet.Type() != test.kind {
			t.Errorf("%s, %s", test.wallet.Name(), test.wallet.Type())
		}
	}
}

func TestAccounts(t *testing.T) {
	for _, test := range []struct {
		state                       machine.State
		active                      bool
		activated, readable, usable refusal.Code
	}{
		{payments.WalletInactive, false, refusal.WalletNotActivated, "", refusal.CustomerNotActive},
		{payments.WalletPendingActivation, false, refusal.WalletNotActivated, "", refusal.CustomerNotActive},
		{payments.WalletActive, true, "", "", ""},
		{payments.WalletActive, false, "", "", refusal.CustomerNotActive},
		{payments.WalletSuspended, true, "", "", refusal.WalletNotActive},
		{payments.WalletBlocked, true, "", refusal.WalletNotActive, refusal.WalletNotActive},
	} {
		a := usable()
		a.WalletState, a.CustomerActive = test.state, test.active
		if code(a.Activated()) != test.activated || code(a.Readable()) != test.readable || code(a.Usable()) != test.usable {
			t.Errorf("%s: %v, %v, %v", test.state, a.Activated(), a.Readable(), a.Usable())
		}
	}
}

func TestBeneficiaryDescriptions(t *testing.T) {
	b := &payments.Beneficiary{PartyType: payments.IndividualParty, IBAN: landlordIBAN, Currency: "EUR"}
	b.Describe(map[string]string{"firstName": "Jonas", "lastName": "Petraitis", "bicSwiftCode": "habalt22", "email": "j@example.com"})
	if b.Name != "Jonas Petraitis" || b.BIC != "HABALT22" {
		t.Errorf("%+v", b)
	}
	b.Describe(map[string]string{"lastName": "Jonaitis", "email": "", "bic": ""})
	if b.Name != "Jonas Jonaitis" || b.Email != "" || b.BIC != "" {
		t.Errorf("%+v", b)
	}
	b.Describe(map[string]string{"name": "Landlord"})
	b.Describe(map[string]string{"firstName": "Tomas"})
	if b.Name != "Landlord" {
		t.Errorf("a name that was sent is %q", b.Name)
	}
	faults := b.Restricted(map[string]string{"iban": otherIBAN, "currency": "USD", "partyType": payments.BusinessParty, "firstName": " "})
	if len(faults) != 4 {
		t.Errorf("got %v", faults)
	}
	if faults := b.Restricted(map[string]string{"iban": "lt26 3500 0987 6543 2109", "currency": "EUR", "companyName": ""}); len(faults) != 0 {
		t.Errorf("got %v", faults)
	}
}

func TestRegistrationOfBeneficiaries(t *testing.T) {
	good := payments.BeneficiaryFacts{Account: usable(), Currency: "EUR", Asked: "EUR"}
	for _, test := range []struct {
		change func(*payments.BeneficiaryFacts)
		want   refusal.Code
	}{
		{func(*payments.BeneficiaryFacts) {}, ""},
		{func(f *payments.BeneficiaryFacts) { f.Duplicate = "b" }, refusal.DuplicateBeneficiary},
		{func(f *payments.BeneficiaryFacts) { f.Asked = "USD" }, refusal.CurrencyMismatch},
		{func(f *payments.BeneficiaryFacts) { f.Account.WalletState = payments.WalletSuspended }, refusal.WalletNotActive},
	} {
		f := good
		test.change(&f)
		if _, err := payments.BeneficiaryTable().Fire(machine.None, payments.RegisterBeneficiary, f); code(err) != test.want {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
}
