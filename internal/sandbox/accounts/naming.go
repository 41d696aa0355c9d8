package accounts

import (
	"strings"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

// Naming is a name that a request gives to somebody, and where it stands.
type Naming struct {
	Field, Value string
	By           NameKind
}

// NameKind is what sort of name it is.
type NameKind int

// The sorts of names. An id is that of a beneficiary or its asset id; a wallet
// is one of the tenant's, or again a beneficiary, since lists of payees show
// both under that word.
const (
	ByID NameKind = iota
	ByIBAN
	ByWallet
	ByText
	// ByAddress is an IBAN or an id.
	ByAddress
)

func (n Naming) fault(message string) refusal.Fault {
	return refusal.Fault{Field: n.Field, Pointer: "/" + strings.ReplaceAll(n.Field, ".", "/"), Message: message}
}

// payeeNames finds whom each of the names means among the payees of an account.
func payeeNames(act *world.Act, walletID string, names []Naming) []payments.PayeeName {
	var list []payments.PayeeName
	for _, n := range names {
		list = append(list, payments.PayeeName{Field: n.Field, Value: n.Value, Beneficiary: payeeNamed(act, walletID, n)})
	}
	return list
}

func payeeNamed(act *world.Act, walletID string, n Naming) *payments.Beneficiary {
	switch n.By {
	case ByAddress:
		if b := findPayee(act, walletID, n.Value); b != nil {
			return b
		}
		return payeeByIBAN(act, walletID, n.Value)
	case ByIBAN:
		return payeeByIBAN(act, walletID, n.Value)
	case ByWallet:
		if w := act.Wallets.Get(act.Unit, n.Value); w != nil && w.IBAN != "" {
			return payeeByIBAN(act, walletID, w.IBAN)
		}
	}
	return findPayee(act, walletID, n.Value)
}

// oneText gives what several members call the same thing, and the members that
// call it otherwise than the first.
func oneText(names []Naming) (text string, faults []refusal.Fault) {
	for _, n := range names {
		switch {
		case text == "":
			text = n.Value
		case !strings.EqualFold(strings.TrimSpace(n.Value), strings.TrimSpace(text)):
			faults = append(faults, n.fault("is "+n.Value+", and "+names[0].Field+" is "+text+": both name the payee"))
		}
	}
	return text, faults
}
