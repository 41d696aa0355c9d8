package payments

import (
	"strings"

	"finhub-sandbox/internal/domain/refusal"
)

// PayeeName is one name by which a request calls the payee: an id, an asset id,
// an IBAN or a wallet.
type PayeeName struct {
	// Field is where the name stands, and Value what it says.
	Field, Value string
	// Beneficiary is whom it names on the account; nil for nobody.
	Beneficiary *Beneficiary
}

// NeedsPayee reports whether an operation's money goes to a registered payee. It
// does wherever money leaves the account; what comes in may come from anywhere.
func (o Operation) NeedsPayee() bool { return o.Outgoing() }

// PayeeOf finds the payee of an account whom a request names. This is the one
// rule for everybody who pays or asks whether he could: there must be a name,
// each name must be registered, all must mean the same payee, and that payee must
// be ACTIVE. The payee is given even if it cannot be paid.
func PayeeOf(account Account, names []PayeeName) (*Beneficiary, error) {
	if len(names) == 0 {
		return nil, refusal.Invalid([]refusal.Fault{{
			Field: "target", Pointer: "/target",
			Message: "names no payee: send beneficiaryId, or target with iban, beneficiaryRef or walletId",
		}})
	}
	for _, n := range names {
		if n.Beneficiary == nil {
			return nil, unknownPayee(account.WalletID, n)
		}
	}
	first := names[0]
	for _, n := range names[1:] {
		if n.Beneficiary.ID != first.Beneficiary.ID {
			return first.Beneficiary, refusal.Invalid([]refusal.Fault{{
				Field: n.Field, Pointer: pointer(n.Field),
				Message: n.Value + " is beneficiary " + n.Beneficiary.ID + ", and " + first.Field + " " + first.Value +
					" is beneficiary " + first.Beneficiary.ID + ": one of them names the wrong payee",
			}})
		}
	}
	return first.Beneficiary, first.Beneficiary.Payable(account.Frozen)
}

func unknownPayee(account string, n PayeeName) error {
	e := refusal.New(refusal.BeneficiaryNotFound, "the account has no beneficiary %s", n.Value).
		Suggest("createBeneficiary", "registers the payee", "accountId", account).
		Suggest("listBeneficiaries", "shows the payees of the account, each with id, assetId and iban", "accountId", account)
	e.Field = n.Field
	return e
}

// pointer is the JSON pointer of a dotted field.
func pointer(field string) string { return "/" + strings.ReplaceAll(field, ".", "/") }
