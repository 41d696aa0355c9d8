// Package payments owns what a customer does with money: wallets, the payees
// registered on them, the payment consents under which they pay, orders with
// their limits and fees, and the ledger. It does not know how somebody becomes
// a customer, nor how anything is stored.
package payments

import (
	"slices"
	"strings"
)

// Operation is a way in which money moves, or that a payment consent is for.
type Operation string

// The operations. Orders are made of the first three; the others only name
// what a payment consent is for.
const (
	Transfer         Operation = "TRANSFER"
	Topup            Operation = "TOPUP"
	Withdrawal       Operation = "WITHDRAWAL"
	InternalTransfer Operation = "INTERNAL"
	ExternalTransfer Operation = "EXTERNAL"
	Exchange         Operation = "EXCHANGE"
	Payment          Operation = "PAYMENT"
)

// OrderOperations are those of which orders are made.
func OrderOperations() []Operation { return []Operation{Transfer, Topup, Withdrawal} }

// PaymentConsentOperations are those that a payment consent can be for. Exchange is
// documented with them, and refused: no wallet holds a second currency.
func PaymentConsentOperations() []Operation {
	return []Operation{Transfer, Topup, Withdrawal, InternalTransfer, ExternalTransfer, Payment}
}

// ParsePaymentConsentOperation reads a word for a payment consent's operation, in any
// case, and knows Exchange too.
func ParsePaymentConsentOperation(segment string) (Operation, bool) {
	o := Operation(strings.ToUpper(segment))
	if o == withdraw {
		o = Withdrawal
	}
	return o, o == Exchange || slices.Contains(PaymentConsentOperations(), o)
}

// withdraw is the other name of a withdrawal.
const withdraw = "WITHDRAW"

// Segment is how the operation stands in paths.
func (o Operation) Segment() string { return strings.ToLower(string(o)) }

// Outgoing reports whether the operation takes money from the account.
func (o Operation) Outgoing() bool { return o != Topup }

// NeedsPaymentConsent reports whether the operation is possible only under a payment
// consent.
func (o Operation) NeedsPaymentConsent() bool { return o == Transfer }

// Covers reports whether a payment consent that is for o can be used by an order.
func (o Operation) Covers(order Operation, n Network) bool {
	switch o {
	case Payment:
		return order == Transfer
	case InternalTransfer:
		return order == Transfer && n == Internal
	case ExternalTransfer:
		return order == Transfer && n != Internal
	}
	return o == order
}

// PaymentConsentKind is what sort of payments a payment consent is for, besides the
// operation.
type PaymentConsentKind string

// The kinds. A consent for recurring payments or for many at once can be used
// as any other; one for international payments goes over SWIFT only.
const (
	PlainPaymentConsent         PaymentConsentKind = "TRANSFER"
	RecurringPaymentConsent     PaymentConsentKind = "RECURRING"
	BulkPaymentConsent          PaymentConsentKind = "BULK"
	InternationalPaymentConsent PaymentConsentKind = "INTERNATIONAL"
)

// PaymentConsentKinds lists them in their order.
func PaymentConsentKinds() []PaymentConsentKind {
	return []PaymentConsentKind{PlainPaymentConsent, RecurringPaymentConsent, BulkPaymentConsent, InternationalPaymentConsent}
}

// ParsePaymentConsentKind reads a request's word for the kind, in any case.
func ParsePaymentConsentKind(word string) (PaymentConsentKind, bool) {
	kind := PaymentConsentKind(strings.ToUpper(word))
	return kind, slices.Contains(PaymentConsentKinds(), kind)
}

// Covers reports whether a payment consent of kind k can be used by an order.
func (k PaymentConsentKind) Covers(order Operation, n Network) bool {
	switch k {
	case RecurringPaymentConsent, BulkPaymentConsent:
		return order == Transfer
	case InternationalPaymentConsent:
		return order == Transfer && n == SWIFT
	}
	return true
}

// ForTransfers reports whether a payment consent that is for o lets a registered
// payee be paid.
func (o Operation) ForTransfers() bool {
	return o == Transfer || o == InternalTransfer || o == ExternalTransfer || o == Payment
}

// Order is the operation of the orders that a payment consent for o covers.
func (o Operation) Order() Operation {
	if o.ForTransfers() {
		return Transfer
	}
	return o
}

// Network is the way that money takes.
type Network string

// The networks. Internal is a payment between two wallets of one tenant.
const (
	Internal    Network = "INTERNAL"
	SEPA        Network = "SEPA"
	SEPAInstant Network = "SEPA_INSTANT"
	SWIFT       Network = "SWIFT"
)

// Networks lists them in their order.
func Networks() []Network { return []Network{Internal, SEPA, SEPAInstant, SWIFT} }

// Fee is what the sandbox takes for sending over a network, in cents.
func (n Network) Fee() int64 {
	switch n {
	case SEPA:
		return 150
	case SEPAInstant:
		return 250
	case SWIFT:
		return 2500
	}
	return 0
}

// Fees are those of a tenant by the names of the networks, in cents. Networks
// that are not named cost what the sandbox takes.
type Fees map[string]int64

// Of is what sending over a network costs.
func (f Fees) Of(n Network) int64 {
	if fee, ok := f[string(n)]; ok {
		return fee
	}
	return n.Fee()
}

// Fee is what an order costs. Money that comes in costs nothing.
func (f Fees) Fee(o Operation, n Network) int64 {
	if !o.Outgoing() {
		return 0
	}
	return f.Of(n)
}
