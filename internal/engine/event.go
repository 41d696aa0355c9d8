package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/store"
)

// Event is something that has happened: it is written in the commit that made
// it happen, and never changed.
type Event struct {
	Seq  int64     `json:"seq"`
	At   time.Time `json:"at"`
	Type string    `json:"type"`
	// Entity is the kind of the aggregate, and ID its id.
	Entity   string            `json:"entity"`
	ID       string            `json:"id"`
	State    machine.State     `json:"state"`
	Customer string            `json:"customerId,omitempty"`
	By       string            `json:"by,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	Data     map[string]string `json:"data,omitempty"`
	// Rule is the rule of the scenario that decided so; none if nobody did.
	Rule machine.Rule `json:"rule,omitzero"`
}

// maxEvents is how many events a tenant keeps; the oldest go first.
const maxEvents = 100_000

func (u *Unit) emit(kind, entity string, life *machine.Life, s Subject, cause machine.Cause) {
	u.counters.event++
	if s.Noun != "" {
		_, verb, _ := strings.Cut(kind, ".")
		kind = s.Noun + "." + verb
	}
	u.events = append(u.events, Event{
		Seq: u.counters.event, At: u.now, Type: kind, Entity: entity, ID: life.ID, State: life.State,
		Customer: s.Customer, By: cause.By, Reason: cause.Reason, Data: s.Data, Rule: cause.Rule,
	})
	event := &u.events[len(u.events)-1]
	text, err := store.Encode(event)
	if err != nil {
		u.fail(err)
		return
	}
	u.tx.Set(u.eventKey(event.Seq), text)
	if event.Seq > maxEvents {
		u.tx.Delete(u.eventKey(event.Seq - maxEvents))
	}
	u.passEvent(kind)
	if u.engine.Told != nil {
		u.engine.Told(u, *event)
	}
}

// Events gives the tenant's events after a sequence number, at most limit.
func (u *Unit) Events(after int64, limit int) []Event {
	var list []Event
	u.eachEvent(after, func(event Event) bool {
		list = append(list, event)
		return len(list) < limit
	})
	return list
}

// EachEvent visits the tenant's events after a sequence number, in their order. visit
// must not use the unit.
func (u *Unit) EachEvent(after int64, visit func(Event)) {
	u.eachEvent(after, func(event Event) bool {
		visit(event)
		return true
	})
}

func (u *Unit) eachEvent(after int64, visit func(Event) bool) {
	u.tx.Range(u.eventKey(after+1), store.PrefixEnd([]byte(eventPrefix)), func(_ []byte, text string) bool {
		var event Event
		if err := store.Decode(text, &event); err != nil {
			u.fail(fmt.Errorf("event log: %w", err))
			return false
		}
		return visit(event)
	})
}

// Used reports whether the tenant has anything.
func (u *Unit) Used() (used bool) {
	u.tx.Range(nil, nil, func([]byte, string) bool {
		used = true
		return false
	})
	return used
}

// LastEvents gives the tenant's newest events, the newest first.
func (u *Unit) LastEvents(limit int) []Event {
	list := u.Events(max(0, u.readCounters().event-int64(limit)), limit)
	slices.Reverse(list)
	return list
}

// LastEvent is the number of the tenant's last event when the unit began; -1 in a unit
// that only reads, which counts nothing.
func (u *Unit) LastEvent() int64 {
	if !u.writable {
		return -1
	}
	return u.before.event
}

// EventsOf gives the events of a customer after a sequence number, the newest of them
// where they are more than the limit, and says how many there are beside.
func (u *Unit) EventsOf(customer string, after int64, limit int) (list []Event, omitted int) {
	u.tx.Range(u.eventKey(after+1), store.PrefixEnd([]byte(eventPrefix)), func(_ []byte, text string) bool {
		if !strings.Contains(text, customer) {
			return true // Decoding all would take long.
		}
		var event Event
		if err := store.Decode(text, &event); err != nil {
			u.fail(fmt.Errorf("event log: %w", err))
			return false
		}
		if event.Customer == customer {
			list = append(list, event)
		}
		return true
	})
	omitted = max(0, len(list)-limit)
	return list[omitted:], omitted
}

const eventPrefix = "event/"

func (u *Unit) eventKey(seq int64) []byte { return store.AppendInt(u.key(eventPrefix), seq) }
