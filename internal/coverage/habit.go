package coverage

import (
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"finhub-sandbox/internal/fault"
	"finhub-sandbox/internal/rest"
)

// The habits that lose money.
const (
	// preparedTwice is an order that was prepared, whose reply was lost, and which was
	// prepared again.
	preparedTwice = "ORDER_PREPARED_TWICE"
	// retriedBlindly is a change that was sent again after its reply was lost, without
	// a look whether it was done.
	retriedBlindly = "RETRY_WITHOUT_LOOK"
)

// habitTexts say what is wrong with a habit, and what to do instead.
var habitTexts = map[string][2]string{
	preparedTwice: {
		"An order was prepared, the reply was lost, and the same was prepared again: two orders stand for one payment, and both can be executed.",
		"Look at the wallet's balance and transactions first; the scenario lost-replies plays it.",
	},
	retriedBlindly: {
		"A change whose reply was lost was sent again without a look whether it had been done.",
		"Read what it would have changed, and send it again only if it is not there; the scenario lost-replies plays it.",
	},
}

// maxLost bounds the lost replies of a tenant that are remembered.
const maxLost = 32

// habits are the requests whose replies were lost, and what clients did then.
type habits struct {
	// waiting is how many are remembered: most tenants have none, and pay nothing.
	waiting atomic.Int32

	mu   sync.Mutex
	lost []lost
	// seen counts habits, by their name and operation.
	seen map[habit]int
}

type habit struct{ name, operation string }

// lost is a request whose reply did not arrive.
type lost struct {
	digest uint64
	values []string
	// customer is that of the caller, and names that of the path.
	customer, names string
	done            bool
	looked          bool
}

// note looks at a request that is over.
func (h *habits) note(x *rest.Exchange, o *operation) {
	arrives := arrived(x)
	if o.reads {
		if arrives && x.Status < 400 && h.waiting.Load() > 0 {
			h.look(x)
		}
		return
	}
	if h.waiting.Load() == 0 && arrives {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	digest := digestOf(x)
	if i := slices.IndexFunc(h.lost, func(l lost) bool { return l.digest == digest }); i >= 0 {
		h.judge(h.lost[i], x, o)
		h.lost = slices.Delete(h.lost, i, i+1)
	}
	if !arrives {
		if len(h.lost) == maxLost {
			h.lost = slices.Delete(h.lost, 0, 1)
		}
		h.lost = append(h.lost, lost{
			digest: digest, values: pathValues(x), customer: strings.Clone(x.Caller.CustomerID), names: strings.Clone(x.Named), done: didWork(x),
		})
	}
	h.waiting.Store(int32(len(h.lost)))
}

// judge looks at what was sent again.
func (h *habits) judge(l lost, x *rest.Exchange, o *operation) {
	if l.looked {
		return
	}
	if h.seen == nil {
		h.seen = map[habit]int{}
	}
	h.seen[habit{retriedBlindly, x.Operation.ID}]++
	if o.prepares && l.done && didWork(x) {
		h.seen[habit{preparedTwice, x.Operation.ID}]++
	}
}

// arrived reports whether the client had a reply that it could read.
func arrived(x *rest.Exchange) bool {
	if x.Fault != nil {
		switch x.Fault.Kind {
		case fault.Reset, fault.Malformed, fault.Empty, fault.Cut, fault.Lost, fault.Timeout:
			return false
		}
	}
	return x.Status != 0
}

// didWork reports whether the request was not refused and its work was done.
func didWork(x *rest.Exchange) bool {
	return x.Refusal == nil && (x.Fault == nil || !x.Fault.Kind.Answers())
}

// look notes that a client looked at something. Whoever reads the same thing, or as the
// same customer, or what a customer has whom the lost request did not name, may have
// seen what it did: a client is not accused for having looked elsewhere.
func (h *habits) look(x *rest.Exchange) {
	values := pathValues(x)
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.lost {
		l := &h.lost[i]
		l.looked = l.looked || l.customer != "" && l.customer == x.Caller.CustomerID || x.Named != "" && l.names == "" ||
			slices.ContainsFunc(values, func(v string) bool { return slices.Contains(l.values, v) })
	}
}

// lookAtAll notes that a client was told of what happened.
func (h *habits) lookAtAll() {
	if h.waiting.Load() == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.lost {
		h.lost[i].looked = true
	}
}

// digestOf is the same for requests that ask for the same.
func digestOf(x *rest.Exchange) uint64 {
	sum := fnv.New64a()
	for _, text := range []string{x.Method, x.Path, x.Query, x.Caller.UserID} {
		_, _ = sum.Write([]byte(text)) // It cannot fail.
		_, _ = sum.Write([]byte{0})
	}
	_, _ = sum.Write(x.ReceivedText)
	return sum.Sum64()
}

// pathValues are the values of the parameters in a path, except for those that every
// request of an operation may have, such as a type: ids are longer.
func pathValues(x *rest.Exchange) (list []string) {
	const shortest = 8
	known, sent := strings.Split(x.Operation.Path, "/"), strings.Split(x.Path, "/")
	for i := range min(len(known), len(sent)) {
		if strings.HasPrefix(known[i], "{") && len(sent[i]) >= shortest {
			list = append(list, strings.Clone(sent[i]))
		}
	}
	return list
}

// list gives the habits that were seen, in the order of their names.
func (h *habits) list() (list []Habit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for one, count := range h.seen {
		text := habitTexts[one.name]
		list = append(list, Habit{Name: one.name, Operation: one.operation, Count: count, Why: text[0], Instead: text[1]})
	}
	sortHabits(list)
	return list
}
