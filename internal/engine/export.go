package engine

import (
	"bufio"
	"context"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"finhub-sandbox/internal/store"
)

// Export writes everything that a tenant is as one JSON text, of which two are equal
// when the tenants are: in a fixed order, for people to read and tools to compare.
// Indexes are left out, since they follow from the rest. It is the state of one
// instant, and others have their turn meanwhile, however slowly it is taken.
func (e *Engine) Export(ctx context.Context, tenant string, to io.Writer) error {
	// What is due by now has happened.
	if err := e.Read(ctx, tenant, func(*Unit) error { return nil }); err != nil {
		return err
	}
	rows, err := e.Store.Freeze(ctx, tenant)
	if err != nil {
		return refuseUnwritten(err)
	}
	defer rows.Close()
	return e.exportRows(ctx, rows, tenant, to)
}

// exportRows writes what rows say of a tenant.
func (e *Engine) exportRows(ctx context.Context, rows store.Frozen, tenant string, to io.Writer) error {
	x := &exporter{engine: e, ctx: ctx, rows: rows, to: bufio.NewWriterSize(to, 1<<16)}
	x.document(tenant)
	return x.end()
}

// exporter writes a state. The first fault ends it.
type exporter struct {
	engine *Engine
	ctx    context.Context //nolint:containedctx // it is that of the one export
	rows   store.Frozen
	to     *bufio.Writer
	err    error
	// depth is how deep brackets are open; fresh tells that nothing stands in the last
	// one yet, and named that a name waits for its value.
	depth        int
	fresh, named bool
	pretty       jsontext.Value
}

func (x *exporter) document(tenant string) {
	x.open("{")
	x.member("format", StateFormat)
	x.member("clock", x.clock())
	x.member("sequence", x.sequence())
	x.part("counts", "{", "}", func() { x.under("count/", x.item) })
	x.part("values", "{", "}", func() { x.values(tenant) })
	x.part("entities", "{", "}", x.entities)
	x.part("timers", "[", "]", func() { x.under(timerPrefix, func(_, text string) { x.normal(text, new(Timer)) }) })
	x.part("events", "[", "]", func() { x.under(eventPrefix, func(_, text string) { x.normal(text, new(Event)) }) })
	x.member("secrets", x.engine.State.Secrets)
	x.close("}")
	x.text("\n")
}

// values are those that are written, and those that the tenant has without.
func (x *exporter) values(tenant string) {
	texts := map[string]string{}
	if x.engine.State.Natural != nil {
		for name, value := range x.engine.State.Natural(tenant) {
			text, err := store.Encode(value)
			x.note(err)
			texts[name] = text
		}
	}
	x.under(valuePrefix, func(name, text string) { texts[name] = text })
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		x.name(name)
		x.value(texts[name])
	}
}

// entities are the records of each collection that has some.
func (x *exporter) entities() {
	for _, name := range slices.Sorted(maps.Keys(x.engine.collections)) {
		begun := false
		x.under(name+"/", func(id, text string) {
			if !begun {
				begun = true
				x.name(name)
				x.open("{")
			}
			x.name(store.Unescape(id))
			x.normal(text, x.engine.collections[name].newRecord())
		})
		if begun {
			x.close("}")
		}
	}
}

func (x *exporter) end() error {
	if x.err != nil {
		return x.err
	}
	return x.to.Flush()
}

func (x *exporter) note(err error) {
	if x.err == nil {
		x.err = err
	}
}

func (x *exporter) text(text string) {
	_, err := x.to.WriteString(text)
	x.note(err)
}

// under visits the rows whose keys begin with a prefix, without it.
func (x *exporter) under(prefix string, visit func(rest, text string)) {
	if x.err != nil {
		return
	}
	from := []byte(prefix)
	x.note(x.rows.Range(from, store.PrefixEnd(from), func(key, text string) bool {
		x.note(x.ctx.Err())
		if x.err == nil {
			visit(key[len(prefix):], text)
		}
		return x.err == nil
	}))
}

// row gives one row.
func (x *exporter) row(key string) (text string) {
	x.note(x.rows.Range([]byte(key), []byte(key+"\x00"), func(_, found string) bool {
		text = found
		return false
	}))
	return text
}

func (x *exporter) clock() stateClock {
	c := parseClock(x.row(clockKey))
	if c.Frozen {
		return stateClock{Mode: modeFrozen, At: c.At}
	}
	return stateClock{Mode: modeRunning, Offset: c.Offset.String()}
}

func (x *exporter) sequence() stateSequence {
	c := parseCounters(x.row(countersKey))
	return stateSequence{c.seq, c.event, c.apart}
}

// normal writes what this version makes of a text: what an earlier one has stored may
// lack members.
func (x *exporter) normal(text string, into any) {
	if x.note(store.Decode(text, into)); x.err != nil {
		return
	}
	text, err := store.Encode(into)
	x.note(err)
	x.separate()
	x.value(text)
}

func (x *exporter) item(name, text string) {
	x.name(store.Unescape(name))
	x.value(text)
}

func (x *exporter) member(name string, value any) {
	text, err := store.Encode(value)
	x.note(err)
	x.name(name)
	x.value(text)
}

func (x *exporter) part(name, begin, end string, items func()) {
	x.name(name)
	x.open(begin)
	items()
	x.close(end)
}

// name begins a member, and separate an item of a list, unless the name did.
func (x *exporter) name(name string) {
	x.separate()
	quoted, err := jsontext.AppendQuote(nil, name)
	x.note(err)
	x.text(string(quoted) + ": ")
	x.named = true
}

func (x *exporter) separate() {
	if x.named {
		return
	}
	if !x.fresh {
		x.text(",")
	}
	x.text(x.line())
}

func (x *exporter) line() string { return "\n" + strings.Repeat(indent, x.depth) }

const indent = "  "

func (x *exporter) open(bracket string) {
	x.text(bracket)
	x.depth++
	x.fresh, x.named = true, false
}

func (x *exporter) close(bracket string) {
	x.depth--
	if !x.fresh {
		x.text(x.line())
	}
	x.text(bracket)
	x.fresh = false
}

func (x *exporter) value(text string) {
	x.pretty = append(x.pretty[:0], text...)
	x.note(x.pretty.Format(jsontext.Multiline(true), jsontext.WithIndent(indent), jsontext.WithIndentPrefix(strings.Repeat(indent, x.depth)),
		jsontext.PreserveRawStrings(true), jsontext.EscapeForHTML(false)))
	x.text(string(x.pretty))
	x.fresh, x.named = false, false
}
