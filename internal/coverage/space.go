package coverage

import (
	"slices"
	"strconv"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// What is all that can be met.
type What struct {
	Product *contract.Document
	Tables  []machine.Description
	// Passages are the engine's, whose numbers Passed is told.
	Passages []engine.Passage
	// Faults are the statuses with which scenarios answer in an operation's place.
	Faults []int
}

// The dimensions, in the order of reports.
const (
	operations  = "operations"
	replies     = "replies"
	refusals    = "refusals"
	states      = "states"
	transitions = "transitions"
	choices     = "choices"
	events      = "events"
	deliveries  = "deliveries"
)

// dimensions are what is told apart, each with what it is to people.
var dimensions = []struct{ name, about string }{
	{operations, "operations that did what they are for"},
	{replies, "documented replies, by operation and status"},
	{refusals, "refusals, by operation and code"},
	{states, "states into which something came"},
	{transitions, "transitions of the tables"},
	{choices, "outcomes of what the world decides"},
	{events, "events that happened"},
	{deliveries, "states of webhook deliveries"},
}

// outOfReach are codes that no client of a sound sandbox meets, with the reason: they
// do not count as something that an application leaves out.
var outOfReach = map[refusal.Code]string{
	refusal.Internal:       "it would be a fault of the sandbox",
	refusal.DataUnwritable: "the disk of the sandbox would have to be full",
	refusal.HostUnknown:    "it is for pages of other sites that call the sandbox under a name of their own",
}

// space is everything that can be met, and where requests find it.
type space struct {
	items      []item
	operations map[*contract.Operation]*operation
	// passed has what a passage meets, by its number.
	passed  []passage
	outside []Unreachable
}

// item is something that can be met.
type item struct{ dimension, name string }

// operation has the items of an operation: of its replies and refusals in the order of
// the statuses and of the sorted codes.
type operation struct {
	item     int
	statuses []int
	replies  []int
	codes    []refusal.Code
	refusals []int
	// only has the code of a status with which nothing else is refused.
	only map[int]refusal.Code
	// refusesAlways tells that the document has no other replies.
	refusesAlways bool
	// reads tells that it changes nothing, and prepares that it makes an order.
	reads, prepares bool
}

// passage has the items that a passage meets.
type passage struct {
	item, state int
	// tells marks that a webhook has arrived.
	tells bool
}

func newSpace(w What) *space {
	s := &space{operations: map[*contract.Operation]*operation{}}
	for _, o := range w.Product.Operations {
		s.operations[o] = &operation{item: s.add(operations, o.ID), only: map[int]refusal.Code{}}
	}
	prepares := refusal.RemedyOf(refusal.OrderNotFound).Calls
	for _, o := range w.Product.Operations {
		known := s.operations[o]
		known.reads = o.Method == "GET" || o.Looks
		known.prepares = slices.Contains(prepares, o.ID)
		s.addReplies(o, known, w.Faults)
	}
	for _, o := range w.Product.Operations {
		s.addRefusals(o, s.operations[o])
	}
	s.addPassages(w)
	return s
}

func (s *space) add(dimension, name string) int {
	s.items = append(s.items, item{dimension, name})
	return len(s.items) - 1
}

func (s *space) addReplies(o *contract.Operation, known *operation, faults []int) {
	known.refusesAlways = true
	for _, a := range o.Answers {
		known.refusesAlways = known.refusesAlways && a.Status >= 400
		name := o.ID + " " + strconv.Itoa(a.Status)
		if len(a.Refusals) == 1 {
			known.only[a.Status] = refusal.Code(a.Refusals[0])
		}
		if reason := unreachable(a); reason != "" && !slices.Contains(faults, a.Status) {
			s.outside = append(s.outside, Unreachable{replies, name, reason})
			continue
		}
		known.statuses = append(known.statuses, a.Status)
		known.replies = append(known.replies, s.add(replies, name))
	}
}

// unreachable says why a reply is never met; nothing if it can be.
func unreachable(a contract.Answer) (reason string) {
	for _, code := range a.Refusals {
		if reason = outOfReach[refusal.Code(code)]; reason == "" {
			return ""
		}
	}
	return reason
}

func (s *space) addRefusals(o *contract.Operation, known *operation) {
	for _, text := range o.Refusals { // They are sorted.
		code, name := refusal.Code(text), o.ID+" "+text
		if reason := outOfReach[code]; reason != "" {
			s.outside = append(s.outside, Unreachable{refusals, name, reason})
			continue
		}
		known.codes = append(known.codes, code)
		known.refusals = append(known.refusals, s.add(refusals, name))
	}
}

func (s *space) addPassages(w What) {
	table := delivery.Table().Name
	entered := map[item]int{}
	for _, d := range w.Tables {
		if d.Name != table {
			for _, state := range d.States {
				one := item{states, d.Name + " " + string(state)}
				entered[one] = s.add(one.dimension, one.name)
			}
		}
	}
	for _, d := range w.Tables {
		if d.Name == table {
			for _, state := range d.States {
				entered[item{states, d.Name + " " + string(state)}] = s.add(deliveries, string(state))
			}
		}
	}
	for _, p := range w.Passages {
		one := passage{state: nothing}
		switch {
		case p.Event != "":
			one.item = s.add(events, p.Name())
		case p.Point != "":
			one.item = s.add(choices, p.Name())
		default:
			one.item, one.state = s.add(transitions, p.Name()), entered[item{states, p.Kind + " " + string(p.To)}]
			one.tells = p.Kind == table && p.On == delivery.Succeed
		}
		s.passed = append(s.passed, one)
	}
}
