//go:build unix

package main

import (
	"fmt"
	"slices"

	"github.com/anishathalye/porcupine"
)

// deed is what a client asks for of one customer.
type deed struct {
	customer, kind string
	// order is the place of an order among those of the customer, the first is 0.
	order int
}

// told is what a client hears of a deed.
type told struct {
	done    bool
	refusal string
	// unknown is that nobody can say whether it has happened, or will.
	unknown bool
	// What a look shows; money is in minor units.
	active          bool
	total, reserved int64
}

// life is how far one customer has come; money is in minor units.
type life struct {
	registered, approved, active bool
	total, reserved              int64
	// executed has a bit for each order.
	executed uint64
}

// What each fund, and each order, moves.
const (
	fundedEach = 2500
	paidEach   = 1000
	heldEach   = paidEach + 150
)

// lifeModel is the life of each customer as one process would have it: what is possible
// when, and what a refusal tells. A deed of which nobody knows has happened, or has not.
var lifeModel = (&porcupine.NondeterministicModel{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		by := map[string][]porcupine.Operation{}
		for _, o := range history {
			by[o.Input.(deed).customer] = append(by[o.Input.(deed).customer], o)
		}
		var parts [][]porcupine.Operation
		for _, part := range by {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() []any { return []any{life{}} },
	Step: func(state, input, output any) []any {
		is, d, was := state.(life), input.(deed), output.(told)
		next, refusal := is.after(d)
		switch {
		case d.kind == "look":
			if was.active == is.active && was.total == is.total && was.reserved == is.reserved {
				return []any{is}
			}
			return nil
		case was.unknown && refusal == "":
			return []any{is, next}
		case was.unknown:
			return []any{is}
		case was.done == (refusal == "") && was.refusal == refusal:
			return []any{next}
		}
		return nil
	},
	Equal:         func(a, b any) bool { return a == b },
	DescribeState: func(state any) string { return fmt.Sprintf("%+v", state) },
	DescribeOperation: func(input, output any) string {
		return fmt.Sprintf("%+v: %+v", input, output)
	},
}).ToModel()

// after is what a deed makes of a life, or the code with which it is refused.
func (is life) after(d deed) (next life, refusal string) {
	next = is
	switch d.kind {
	case "register":
		if is.registered {
			return is, "DUPLICATE_EMAIL"
		}
		next.registered = true
	case "approve":
		if is.approved {
			return is, "VERIFICATION_DECIDED"
		}
		next.approved = true
	case "activate":
		if is.active {
			return is, "CUSTOMER_ALREADY_ACTIVE"
		}
		if !is.approved {
			return is, "VERIFICATION_NOT_APPROVED"
		}
		next.active = true
	case "fund":
		next.total += fundedEach
	case "prepare":
		if is.total-is.reserved < heldEach {
			return is, "INSUFFICIENT_BALANCE"
		}
		next.reserved += heldEach
	case "execute":
		if is.executed>>d.order&1 == 1 {
			return is, "ORDER_ALREADY_EXECUTED"
		}
		next.executed |= 1 << d.order
		next.total -= heldEach
		next.reserved -= heldEach
	}
	return next, ""
}

// entry is a line of a wallet's ledger, as the API lists it.
type entry struct {
	OrderID   string `json:"orderId"`
	Direction string `json:"direction"`
	Amount    money  `json:"amount"`
	Fees      money  `json:"fees"`
	After     int64  `json:"balanceAfter,string"`
}

// money is an amount in minor units.
type money struct {
	Value int64 `json:"value,string"`
}

// audit adds a ledger up, the newest line first, and tells what does not agree: with the
// balance that each line shows, and with the orders of which each is paid at most once.
func audit(ledger []entry) (balance int64, faults []string) {
	paid := map[string]bool{}
	for _, line := range slices.Backward(ledger) {
		if line.Direction == "CREDIT" {
			balance += line.Amount.Value
		} else {
			balance -= line.Amount.Value + line.Fees.Value
		}
		if balance != line.After {
			faults = append(faults, fmt.Sprintf("%+v comes to %d", line, balance))
		}
		if line.OrderID != "" && paid[line.OrderID] {
			faults = append(faults, "order "+line.OrderID+" is paid twice")
		}
		paid[line.OrderID] = true
	}
	return balance, faults
}
