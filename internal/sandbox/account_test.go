package sandbox

import (
	"slices"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

func TestForeignCustomersSeeNothing(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD", "INDIVIDUAL_STANDARD")
	w := b.wallets[0]
	payee, consent := b.payeeOf(w, outsideIBAN, "SEPA"), b.consentOf(w, nil)
	for _, c := range []access.Caller{
		{Sort: access.Customer, Tenant: "t", CustomerID: b.wallet(b.wallets[1]).CustomerID},
		{Sort: access.Staff, Tenant: "another"},
	} {
		b.refused(errOf(b.GetBalance(c, w)), refusal.WalletNotFound)
		b.refused(errOf(b.ListBeneficiaries(c, w, accounts.PayeeFilter{})), refusal.WalletNotFound)
		b.refused(errOf(b.UpdateBeneficiary(c, payee.ID, accounts.Description{})), refusal.BeneficiaryNotFound)
		b.refused(errOf(b.GetPaymentConsent(c, w, consent.Consent.ID)), refusal.WalletNotFound)
		b.refused(errOf(b.ApprovePaymentConsent(c, consent.Consent.ID)), refusal.PaymentConsentNotFound)
		b.refused(errOf(b.CheckPayment(c, accounts.PaymentConsentCheck{ConsentID: consent.Consent.ID})), refusal.PaymentConsentNotFound)
		b.refused(errOf(b.GetOrder(c, w, "o")), refusal.WalletNotFound)
	}
	own := access.Caller{Sort: access.Customer, Tenant: "t", CustomerID: b.wallet(w).CustomerID}
	_, err := b.GetBalance(own, w)
	b.ok(err)
	other := b.wallets[1]
	b.refused(errOf(b.GetPaymentConsent(b.staff, other, consent.Consent.ID)), refusal.PaymentConsentNotFound)
	b.refused(errOf(b.RemoveBeneficiary(b.staff, other, payee.ID)), refusal.BeneficiaryNotFound)
	b.refused(errOf(b.GetOrder(b.staff, other, "o")), refusal.OrderNotFound)
}

func TestAWalletAnswersOnlyAfterActivation(t *testing.T) {
	b := newBank(t)
	var w *payments.Wallet
	b.ok(b.do(b.staff, func(act *world.Act) (err error) {
		c := &onboarding.Customer{Life: world.NewLife(act, "customer"), Type: onboarding.Individual}
		c.State = onboarding.CustomerPendingActivation
		act.Customers.Add(act.Unit, c)
		if w, err = accounts.OpenWallets(act, c); err != nil {
			return err
		}
		if err := accounts.WalletsReady(act, c); err != nil {
			return err
		}
		return accounts.WalletsReady(act, c)
	}))
	b.refused(errOf(b.GetBalance(b.staff, w.ID)), refusal.WalletNotActivated)
	b.refused(errOf(b.prepare(w.ID, payments.Topup, 1, "")), refusal.WalletNotActivated)
	list, err := b.ListWallets(b.staff, w.CustomerID, "")
	b.ok(err)
	if len(list) != 2 || list[0].ID != w.ID || list[0].State != payments.WalletPendingActivation || list[0].IBAN != "" {
		t.Errorf("got %+v", list)
	}
	if list, err = b.ListWallets(b.staff, w.CustomerID, "B2B"); err != nil || len(list) != 0 {
		t.Errorf("got %+v, %v", list, err)
	}
}

func TestAnIBANIsRegisteredOnceAtATime(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	w := b.wallets[0]
	first := b.payeeOf(w, outsideIBAN, "SEPA")
	texts := accounts.Description{Texts: map[string]string{"partyType": payments.BusinessParty, "companyName": "N", "iban": "de89 3704 0044 0532 0130 00", "currency": "EUR", "country": "DE", "networkName": "SEPA"}}
	if e := b.refused(errOf(b.RegisterBeneficiary(b.staff, w, texts)), refusal.DuplicateBeneficiary); e.Data["beneficiaryId"] != first.ID {
		t.Errorf("got %+v", e)
	}
	_, err := b.RemoveBeneficiary(b.staff, w, first.AssetID)
	b.ok(err)
	b.refused(errOf(b.RemoveBeneficiary(b.staff, w, first.ID)), refusal.BeneficiaryNotActive)
	b.refused(errOf(b.UpdateBeneficiary(b.staff, first.ID, accounts.Description{})), refusal.BeneficiaryNotActive)
	b.refused(errOf(b.prepare(w, payments.Transfer, 1, outsideIBAN)), refusal.BeneficiaryNotActive)
	_, err = b.RegisterBeneficiary(b.staff, w, texts)
	b.ok(err)
	page, err := b.ListBeneficiaries(b.staff, w, accounts.PayeeFilter{Limit: 1, Offset: 1})
	b.ok(err)
	if page.Total != 2 || len(page.Items) != 1 || page.Items[0].State != payments.BeneficiaryActive {
		t.Errorf("got %+v", page)
	}
}

func TestStatementsInPages(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	w := b.wallets[0]
	master := ""
	list, err := b.ListWallets(b.staff, b.wallet(w).CustomerID, "")
	b.ok(err)
	master = list[1].ID
	for i := range 6 {
		b.fund([]string{w, master}[i%2], int64(i+1))
		b.advance(time.Hour)
	}
	order, err := b.prepare(w, payments.Topup, 1_007, "")
	b.ok(err)
	_, err = b.execute(order, "")
	b.ok(err)
	customer := b.wallet(w).CustomerID
	for _, test := range []struct {
		name  string
		in    accounts.Statement
		total int
		want  []int64
	}{
		{"a wallet", accounts.Statement{WalletIDs: []string{w}, Limit: 10}, 4, []int64{1_007, 5, 3, 1}},
		{"a customer", accounts.Statement{CustomerID: customer, Limit: 10}, 7, []int64{1_007, 6, 5, 4, 3, 2, 1}},
		{"a page", accounts.Statement{CustomerID: customer, Limit: 2, Offset: 3}, 7, []int64{4, 3}},
		{"past the end", accounts.Statement{CustomerID: customer, Limit: 2, Offset: 7}, 7, nil},
		{"a type", accounts.Statement{CustomerID: customer, Type: "FUND", Limit: 2, Offset: 1}, 6, []int64{5, 4}},
		{"a type that is none", accounts.Statement{CustomerID: customer, Type: "GIFT", Limit: 2}, 0, nil},
		{"a period", accounts.Statement{CustomerID: customer, From: payday.Add(time.Hour), To: payday.Add(3 * time.Hour), Limit: 10}, 3, []int64{4, 3, 2}},
		{"a period that ends before it begins", accounts.Statement{CustomerID: customer, From: payday.Add(3 * time.Hour), To: payday.Add(time.Hour), Limit: 10}, 0, nil},
		{"a wallet of another customer", accounts.Statement{WalletIDs: []string{w}, CustomerID: "other", Limit: 10}, 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, err := b.ListTransactions(b.staff, test.in)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, line := range page.Items {
				got = append(got, line.Amount.Minor)
			}
			if page.Total != test.total || len(got) != len(test.want) {
				t.Fatalf("got %v of %d", got, page.Total)
			}
			for i := range got {
				if got[i] != test.want[i] {
					t.Errorf("got %v", got)
				}
			}
		})
	}
	b.refused(errOf(b.ListTransactions(b.staff, accounts.Statement{Limit: 1})), refusal.RequestInvalid)
}

func TestCheckingAPaymentTellsEveryObjection(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	w := b.wallets[0]
	b.payeeOf(w, outsideIBAN, "SEPA")
	consent := b.consentOf(w, func(in *accounts.PaymentConsentRequest) {
		in.PerTransaction = &payments.AskedAmount{Field: "limits.perTransaction", Value: 10.5, Major: true}
		in.Payees = payments.PaymentConsentPayees{Accounts: []string{swiftIBAN}}
	})
	check := accounts.PaymentConsentCheck{ConsentID: consent.Consent.ID, Payees: byIBAN(outsideIBAN), Amount: payments.AskedAmount{Field: "amount", Value: "10.51", Major: true}}
	v, err := b.CheckPayment(b.staff, check)
	b.ok(err)
	if len(v.Objections) != 2 || v.Objections[0].Code != refusal.PayeeNotAllowed || v.Objections[1].Code != refusal.ConsentLimitExceeded {
		t.Errorf("got %v", v.Objections)
	}
	check.Payees, check.Amount.Value = nil, "10.50"
	if v, err = b.CheckPayment(b.staff, check); err != nil || len(v.Objections) != 0 {
		t.Errorf("got %v, %v", v.Objections, err)
	}
	check.Amount.Currency, check.Payees = "USD", byIBAN(swiftIBAN)
	v, err = b.CheckPayment(b.staff, check)
	b.ok(err)
	if len(v.Objections) != 2 || v.Objections[0].Code != refusal.BeneficiaryNotFound || v.Objections[1].Code != refusal.CurrencyMismatch {
		t.Errorf("got %v", v.Objections)
	}
	check.Amount.Currency, check.Amount.Value = "", "ten"
	b.refused(errOf(b.CheckPayment(b.staff, check)), refusal.RequestInvalid)
}

func TestTermsThatAPaymentConsentCannotHave(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	for name, test := range map[string]struct {
		change func(*accounts.PaymentConsentRequest)
		want   refusal.Code
	}{
		"over":       {func(in *accounts.PaymentConsentRequest) { in.Until = payday }, refusal.RequestInvalid},
		"ends first": {func(in *accounts.PaymentConsentRequest) { in.From = in.Until }, refusal.RequestInvalid},
		"another currency": {func(in *accounts.PaymentConsentRequest) {
			in.PerDay = &payments.AskedAmount{Field: "x", Value: 1.0, Currency: "USD"}
		}, refusal.CurrencyMismatch},
		"half a cent": {func(in *accounts.PaymentConsentRequest) {
			in.PerDay = &payments.AskedAmount{Field: "x", Value: 0.005, Major: true}
		}, refusal.RequestInvalid},
		"half a minor unit": {func(in *accounts.PaymentConsentRequest) { in.PerDay = &payments.AskedAmount{Field: "x", Value: 0.5} }, refusal.RequestInvalid},
	} {
		in := accounts.PaymentConsentRequest{Operation: payments.Transfer, Until: payday.AddDate(1, 0, 0), UntilField: "validTo"}
		test.change(&in)
		t.Log(name)
		b.refused(errOf(b.CreatePaymentConsent(b.staff, b.wallets[0], in)), test.want)
	}
}

func TestARequestThatContradictsItself(t *testing.T) {
	b := newBank(t, "INDIVIDUAL_STANDARD")
	w := b.wallets[0]
	b.fund(w, 100_000)
	payee := b.payeeOf(w, outsideIBAN, "SEPA")
	b.payeeOf(w, swiftIBAN, "SWIFT")
	b.consentOf(w, nil)
	good := accounts.Preparation{
		AccountID: w, Way: payments.Way{Operation: payments.Transfer}, Payees: append(byIBAN(outsideIBAN), accounts.Naming{Field: "beneficiaryId", Value: payee.AssetID, By: accounts.ByID}),
		Amount: euros(100), Own: []accounts.Naming{{Field: "sourceAccount.walletId", Value: w, By: accounts.ByID}},
	}
	_, err := b.Prepare(b.staff, good)
	b.ok(err)
	for name, test := range map[string]struct {
		change func(*accounts.Preparation)
		want   refusal.Code
	}{
		"another payee's IBAN": {func(p *accounts.Preparation) { p.Payees[0].Value = swiftIBAN }, refusal.RequestInvalid},
		"an unknown IBAN":      {func(p *accounts.Preparation) { p.Payees[0].Value = "GB00XXXX" }, refusal.BeneficiaryNotFound},
		"no payee":             {func(p *accounts.Preparation) { p.Payees = nil }, refusal.RequestInvalid},
		"another source": {func(p *accounts.Preparation) {
			p.Own = []accounts.Naming{{Field: "sourceAccount.walletId", Value: "x", By: accounts.ByID}}
		}, refusal.RequestInvalid},
		"part of a cent":     {func(p *accounts.Preparation) { three := 3; p.Amount.Scale, p.Amount.Value = &three, "1" }, refusal.RequestInvalid},
		"too much":           {func(p *accounts.Preparation) { p.Amount.Value = "1000000000000000" }, refusal.RequestInvalid},
		"another currency":   {func(p *accounts.Preparation) { p.Currency = "USD" }, refusal.CurrencyMismatch},
		"an unknown payee":   {func(p *accounts.Preparation) { p.Payees[1].Value = "x" }, refusal.BeneficiaryNotFound},
		"an unknown consent": {func(p *accounts.Preparation) { p.ConsentID = "x" }, refusal.PaymentConsentNotFound},
	} {
		in := good
		in.Payees = slices.Clone(good.Payees)
		test.change(&in)
		t.Log(name)
		b.refused(errOf(b.Prepare(b.staff, in)), test.want)
	}
	b.holds(w, 100_000, 250, 0)
}
