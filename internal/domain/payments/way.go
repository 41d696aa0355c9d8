package payments

import (
	"slices"
	"strings"
)

// Way is what a request says about how its money is to go: the operation, and
// perhaps the network.
type Way struct {
	// Operation is empty where a word speaks of the network only.
	Operation Operation
	// Network is the one that is asked for; empty leaves it to the payee.
	Network Network
	// Outside reports whether the money is said to leave the tenant.
	Outside bool
	// Word is how the request says it.
	Word string
}

// orderTypes are the words for what an order is made of, as paths have them: the
// operations, and three transfers whose network is fixed.
func orderTypes() []Way {
	return []Way{
		{Word: string(Transfer), Operation: Transfer},
		{Word: string(Topup), Operation: Topup},
		{Word: string(Withdrawal), Operation: Withdrawal},
		{Word: withdraw, Operation: Withdrawal},
		{Word: "SEPA_TRANSFER_INTERNAL", Operation: Transfer, Network: Internal},
		{Word: "SEPA_TRANSFER_EXTERNAL", Operation: Transfer, Network: SEPA, Outside: true},
		{Word: "SEPA_INSTANT_PAYMENT", Operation: Transfer, Network: SEPAInstant, Outside: true},
	}
}

// orderKinds are the words for an order in a body: those of paths, and those that
// only say where the money goes.
func orderKinds() []Way {
	return append([]Way{
		{Word: "INTERNAL", Network: Internal},
		{Word: "EXTERNAL", Outside: true},
		{Word: "SEPA", Network: SEPA},
		{Word: "SEPA_INSTANT", Network: SEPAInstant},
		{Word: "SWIFT", Network: SWIFT},
	}, orderTypes()...)
}

// AllowedWays are the ways on which money can go, each once.
func AllowedWays() []Way {
	return slices.DeleteFunc(orderTypes(), func(w Way) bool { return w.Word == withdraw })
}

// Networks are those over which the money can go: transfers and withdrawals over
// any, what comes in over SEPA.
func (w Way) Networks() []Network {
	switch {
	case w.Network != "":
		return []Network{w.Network}
	case w.Operation.Outgoing():
		return Networks()
	}
	return []Network{SEPA}
}

// OrderTypes lists the words for an order's operation in paths.
func OrderTypes() []string { return words(orderTypes()) }

// OrderKinds lists the words for an order in a body.
func OrderKinds() []string { return words(orderKinds()) }

func words(ways []Way) []string {
	var list []string
	for _, w := range ways {
		list = append(list, w.Word)
	}
	return list
}

// ParseOrderType reads the path segment of an order's operation, in any case.
func ParseOrderType(segment string) (Way, bool) { return parseWay(segment, orderTypes()) }

// ParseOrderKind reads a body's word for an order, in any case.
func ParseOrderKind(word string) (Way, bool) { return parseWay(word, orderKinds()) }

func parseWay(word string, known []Way) (Way, bool) {
	i := slices.IndexFunc(known, func(w Way) bool { return strings.EqualFold(w.Word, word) })
	if i < 0 {
		return Way{}, false
	}
	return known[i], true
}

// And joins what a path says with what its body says, and reports whether both can
// be so at once.
func (w Way) And(other Way) (Way, bool) {
	switch {
	case w.Operation != "" && other.Operation != "" && w.Operation != other.Operation,
		w.Network != "" && other.Network != "" && w.Network != other.Network,
		w.Network == Internal && other.Outside, w.Outside && other.Network == Internal:
		return w, false
	case w.Operation == "":
		w.Operation = other.Operation
	}
	if w.Network == "" {
		w.Network, w.Outside, w.Word = other.Network, other.Outside, other.Word
	}
	return w, true
}

// Route finds the network of a payment, or says why it cannot go as it is asked
// to. Whether the target is a wallet of the tenant decides first: the same IBAN
// must not be credited under one word and left out under another.
func (w Way) Route(ours bool, payee Network) (n Network, misfit string) {
	switch {
	case ours && w.Outside && w.Network != "":
		return Internal, "pays an account elsewhere, and this payee's is a wallet of this tenant"
	case ours:
		return Internal, ""
	case w.Network == Internal:
		return Internal, "pays a wallet of this tenant, and this payee's account is elsewhere"
	case payee == SWIFT && (w.Network == SEPA || w.Network == SEPAInstant):
		return SWIFT, "goes over SEPA, and this payee is registered for SWIFT"
	case w.Network != "":
		return w.Network, ""
	case payee == SWIFT:
		return SWIFT, ""
	}
	return SEPA, ""
}

// Fits reports whether an order can be executed under the path's word.
func (w Way) Fits(o *Order) bool {
	return w.Operation == o.Operation && (w.Network == "" || w.Network == o.Network)
}
