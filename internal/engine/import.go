package engine

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// ReadState reads what Export has written, and holds it to everything that can be
// checked. It refuses with BODY_MALFORMED what is no JSON, and with REQUEST_INVALID
// and all its faults what is no state that a tenant of this sandbox can be in.
func (e *Engine) ReadState(tenant string, text []byte) (*State, error) {
	r := &importer{
		engine: e, in: jsontext.NewDecoder(bytes.NewBuffer(text)),
		state: &State{records: map[string][]StateRecord{}, values: map[string]any{}}, timers: map[int64]Timer{}, timerAt: map[int64]string{}, armed: map[int64]bool{},
	}
	if e.State.Natural != nil {
		r.natural = e.State.Natural(tenant)
	}
	if err := r.document(); err != nil {
		return nil, err
	}
	r.check()
	if err := refusal.Invalid(r.told()); err != nil {
		return nil, err
	}
	r.finish()
	return r.state, r.err
}

// importer reads a state. What is wrong with it is gathered.
type importer struct {
	engine  *Engine
	in      *jsontext.Decoder
	state   *State
	natural map[string]any
	// newer is set where the text is in a format that this version does not know: it
	// cannot say then what else is wrong with it.
	newer  []refusal.Fault
	faults []refusal.Fault
	seen   map[string]bool
	// lastEvent is the number of the last one, and lastEventAt where it stands.
	lastEvent   int64
	lastEventAt string
	// timers are by their numbers, timerAt is where they stand, and armed are those of them that something waits for.
	timers  map[int64]Timer
	timerAt map[int64]string
	armed   map[int64]bool
	unit    Unit
	err     error
}

func (r *importer) told() []refusal.Fault {
	if len(r.newer) > 0 {
		return r.newer
	}
	return r.faults
}

// StateFault makes a fault of a state, at a JSON pointer.
func StateFault(pointer, message string, args ...any) refusal.Fault {
	return refusal.Fault{Field: cmp.Or(strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", "."), "body"), Pointer: pointer, Message: fmt.Sprintf(message, args...)}
}

func (r *importer) fault(pointer, message string, args ...any) {
	r.faults = append(r.faults, StateFault(pointer, message, args...))
}

func (r *importer) document() error {
	r.seen = map[string]bool{}
	parts := r.parts()
	known := strings.Join(slices.Sorted(maps.Keys(parts)), ", ")
	err := r.object("", func(name, pointer string) error {
		part := parts[name]
		if part == nil {
			r.fault(pointer, "is no part of a state; there are %s", known)
			return r.in.SkipValue()
		}
		r.seen[name] = true
		return part(pointer)
	})
	if err == nil {
		_, err = r.in.ReadToken()
		if err == nil {
			err = errors.New("something stands behind the state")
		}
	}
	if !errors.Is(err, io.EOF) {
		return refusal.New(refusal.BodyMalformed, "%s", strings.TrimPrefix(err.Error(), "jsontext: "))
	}
	for _, name := range []string{"format", "clock", "sequence", "values", "entities", "timers", "events"} {
		if !r.seen[name] {
			r.fault("/"+name, "is missing")
		}
	}
	return nil
}

// parts are how the members of a state are read.
func (r *importer) parts() map[string]func(pointer string) error {
	return map[string]func(string) error{
		"format": r.format, "clock": r.clock, "sequence": r.sequence, "counts": r.counts, "values": r.values,
		"entities": r.entities, "timers": r.readTimers, "events": r.events,
		"secrets": func(string) error { return r.in.SkipValue() },
	}
}

// object reads an object member by member; item must read the value.
func (r *importer) object(pointer string, item func(name, pointer string) error) error {
	if r.in.PeekKind() != '{' {
		return r.other(pointer, "an object")
	}
	_, err := r.in.ReadToken()
	for err == nil && r.in.PeekKind() != '}' {
		var name jsontext.Token
		if name, err = r.in.ReadToken(); err == nil {
			text := name.String()
			err = item(text, string(jsontext.Pointer(pointer).AppendToken(text)))
		}
	}
	if err == nil {
		_, err = r.in.ReadToken()
	}
	return err
}

// list reads a list item by item.
func (r *importer) list(pointer string, item func(pointer string) error) error {
	if r.in.PeekKind() != '[' {
		return r.other(pointer, "a list")
	}
	_, err := r.in.ReadToken()
	for i := 0; err == nil && r.in.PeekKind() != ']'; i++ {
		err = item(pointer + "/" + strconv.Itoa(i))
	}
	if err == nil {
		_, err = r.in.ReadToken()
	}
	return err
}

func (r *importer) other(pointer, want string) error {
	if err := r.in.SkipValue(); err != nil {
		return err
	}
	r.fault(pointer, "must be %s", want)
	return nil
}

// into decodes the next value strictly, and reports whether it fits.
func (r *importer) into(pointer string, to any) (fits bool, err error) {
	text, err := r.in.ReadValue()
	if err != nil {
		return false, err
	}
	err = json.Unmarshal(text, to, json.RejectUnknownMembers(true))
	if err == nil {
		return true, nil
	}
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		r.fault(pointer, "%s", err)
		return false, nil
	}
	message := "does not fit"
	switch {
	case errors.Is(err, json.ErrUnknownName):
		message = "is no member here"
	case semantic.Err != nil:
		message = semantic.Err.Error()
	case semantic.GoType != nil:
		message = fmt.Sprintf("must be %s, not %s", kindOf(semantic.GoType.Kind().String()), semantic.JSONKind)
	}
	r.fault(pointer+string(semantic.JSONPointer), "%s", message)
	return false, nil
}

// kindOf words a kind of Go's.
func kindOf(kind string) string {
	switch {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		return "a whole number"
	case kind == "slice":
		return "a list"
	case kind == "map", kind == "struct":
		return "an object"
	case kind == "bool":
		return "true or false"
	}
	return "a " + kind
}

func (r *importer) format(pointer string) error {
	var format int
	fits, err := r.into(pointer, &format)
	switch {
	case !fits:
	case format > StateFormat:
		r.newer = []refusal.Fault{StateFault(pointer, "is %d, and this sandbox reads formats up to %d: a newer version has written it", format, StateFormat)}
	case format < 1:
		r.fault(pointer, "is %d, and formats begin with 1", format)
	}
	return err
}

func (r *importer) clock(pointer string) error {
	var c stateClock
	fits, err := r.into(pointer, &c)
	if !fits {
		return err
	}
	switch c.Mode {
	case modeFrozen:
		r.state.clock = Clock{Frozen: true, At: c.At.UTC()}
		if wrong := checkInstant("at", c.At); wrong != nil || !c.At.Equal(c.At.Truncate(time.Millisecond)) {
			r.fault(pointer+"/at", "must be an instant from %s to %s in whole milliseconds", firstInstant().Format(time.RFC3339), lastInstant().Format(time.RFC3339))
		}
	case modeRunning:
		offset, wrong := time.ParseDuration(c.Offset)
		r.state.clock = Clock{Offset: offset}
		if wrong != nil || offset%time.Millisecond != 0 || checkInstant("offset", r.engine.Wall().Add(offset)) != nil {
			r.fault(pointer+"/offset", "must be a length of time in whole milliseconds, such as 36h0m0s, by which the clock is ahead and does not leave its bounds")
		}
	default:
		r.fault(pointer+"/mode", "is %q; a clock is frozen or running", c.Mode)
	}
	return err
}

func (r *importer) sequence(pointer string) error {
	var s stateSequence
	fits, err := r.into(pointer, &s)
	if fits {
		c := &r.state.counters // The timers have been counted, if they stand before.
		c.seq, c.event, c.apart = s.Numbers, s.Events, s.Apart
	}
	if s.Numbers < 0 || s.Events < 0 || s.Apart < 0 || s.Numbers >= apartFrom {
		r.fault(pointer, "has a number that no sequence reaches")
	}
	return err
}

func (r *importer) counts(pointer string) error {
	return r.object(pointer, func(name, at string) error {
		var n int64
		fits, err := r.into(at, &n)
		if fits && n < 1 {
			r.fault(at, "must be 1 or more")
		}
		r.state.add([]byte("count/"+store.Escape(name)), strconv.FormatInt(n, 10))
		return err
	})
}

func (r *importer) values(pointer string) error {
	return r.object(pointer, func(name, at string) error {
		var value any
		if r.engine.State.Value != nil {
			value = r.engine.State.Value(name)
		}
		if value == nil {
			r.fault(at, "is no value that a tenant has")
			return r.in.SkipValue()
		}
		fits, err := r.into(at, value)
		if !fits {
			return err
		}
		r.state.values[name] = value
		text, wrong := store.Encode(value)
		r.err = errors.Join(r.err, wrong)
		if natural, ok := r.natural[name]; ok {
			if same, wrong := store.Encode(natural); wrong == nil && same == text {
				return err // It is so without being written.
			}
		}
		r.state.add([]byte(valuePrefix+name), text)
		return err
	})
}

func (r *importer) entities(pointer string) error {
	return r.object(pointer, func(name, at string) error {
		c := r.engine.collections[name]
		if c == nil {
			r.fault(at, "is no kind of entity; there are %s", strings.Join(slices.Sorted(maps.Keys(r.engine.collections)), ", "))
			return r.in.SkipValue()
		}
		return r.object(at, func(id, at string) error {
			record := c.newRecord()
			fits, err := r.into(at, record)
			if fits {
				r.record(c, StateRecord{id, at, record})
			}
			return err
		})
	})
}

// record takes one record in.
func (r *importer) record(c Indexed, record StateRecord) {
	id, _ := record.Value.(Record).Key()
	if id != record.ID || id == "" || machine.CanonicalID(id) != id {
		r.fault(record.Pointer, "has the id %q; it must be that of its own name, in lower case", id)
	}
	name := c.collectionName()
	r.state.records[name] = append(r.state.records[name], record)
	r.err = errors.Join(r.err, r.state.addValue(r.unit.recordKey(recordID{name, id}), record.Value))
	c.entriesOf(&r.unit, record.Value, func(key []byte) { r.state.add(key, "") })
}

func (r *importer) readTimers(pointer string) error {
	return r.list(pointer, func(at string) error {
		var t Timer
		fits, err := r.into(at, &t)
		if !fits {
			return err
		}
		if _, twice := r.timers[t.Seq]; twice {
			r.fault(at+"/seq", "%d is the number of another timer", t.Seq)
		}
		r.timers[t.Seq], r.timerAt[t.Seq] = t, at
		r.state.counters.timers++
		r.err = errors.Join(r.err, r.state.addValue(r.unit.timerKey(t.Due, t.Seq), t))
		return err
	})
}

func (r *importer) events(pointer string) error {
	return r.list(pointer, func(at string) error {
		var e Event
		fits, err := r.into(at, &e)
		if !fits {
			return err
		}
		if e.Seq <= r.lastEvent {
			r.fault(at+"/seq", "is %d, and must be more than that of the event before, %d", e.Seq, r.lastEvent)
		}
		r.state.events++
		r.lastEvent, r.lastEventAt = e.Seq, at
		r.err = errors.Join(r.err, r.state.addValue(r.unit.eventKey(e.Seq), e))
		return err
	})
}

// finish writes what the text says by itself: nothing, for a tenant that is new.
func (r *importer) finish() {
	s := r.state
	if s.clock != (Clock{}) {
		s.add([]byte(clockKey), formatClock(s.clock))
	}
	if s.counters != (counters{}) {
		s.add([]byte(countersKey), formatCounters(s.counters))
	}
}
