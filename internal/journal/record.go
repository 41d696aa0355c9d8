package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/rest"
)

// record is an entry as it is kept: as soon as it is finished all of its texts stand
// in one piece of memory, so that it holds no other and its size is known.
type record struct {
	ledger      *ledger
	number      int64
	at, instant time.Time
	took        time.Duration
	behind      int64
	operation   string
	status      int
	finished    bool
	// bytes is how much memory it held when that was counted.
	bytes int64
	// left tells that the ledger has let the record go.
	left bool
	// came has the texts of one that is not finished.
	came came
	// texts has those of one that is: each behind its length, in the order of pack.
	texts []byte
	// counts are those of its lists.
	rules, violations, omitted, requestHeaders, replyHeaders int
	request, reply                                           kept
}

// came are the texts of a request that is being answered.
type came struct{ method, path, query, requestID, traceparent, customer string }

// kept is what is known of a body.
type kept struct {
	bytes int64
	cut   bool
	// digest is that of the whole, where it was cut.
	digest [sha256.Size]byte
}

// The bounds of an entry.
const (
	maxBody       = 64 << 10
	maxViolations = 50
	maxText       = 2 << 10
	// maxHeaders bounds the headers of one direction together.
	maxHeaders = 16 << 10
)

// size is how much memory the record holds.
func (r *record) size() int64 {
	came := len(r.came.method) + len(r.came.path) + len(r.came.query) + len(r.came.requestID) + len(r.came.traceparent) + len(r.came.customer)
	return int64(unsafe.Sizeof(*r)) + int64(cap(r.texts)) + int64(came)
}

// begin takes in what is known of a request when it comes. Its texts are those of the
// request, which has them for as long as it is answered.
func (r *record) begin(x *rest.Exchange, m *masker) {
	own := m.ownOf(x)
	template := ""
	if x.Operation != nil {
		r.operation, template = x.Operation.ID, x.Operation.Path
	}
	r.at = x.Came
	r.came.method, r.came.path, r.came.query = cut(x.Method), m.path(cut(x.Path), template, own), m.query(cut(x.Query), own)
	r.came.requestID, r.came.traceparent, r.came.customer = cut(x.RequestID), cut(x.Traceparent), cut(x.Customer)
}

func (m *masker) ownOf(x *rest.Exchange) []string {
	if x.Operation == nil {
		return m.any
	}
	return m.own[x.Operation.ID]
}

// cut gives the beginning of a text, to a whole letter. What is no text in it, which
// somebody may send, is replaced: an entry is shown as JSON.
func cut(text string) string {
	if len(text) <= maxText {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}

// packer puts texts one behind another.
type packer struct{ to []byte }

// add puts a text behind the others. What is no text in it is replaced, whoever sent it:
// entries are shown as JSON.
func (p *packer) add(text string) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	p.to = binary.AppendUvarint(p.to, uint64(len(text)))
	p.to = append(p.to, text...)
}

// pack writes all texts of an exchange that is over, in the order in which unpack
// reads them, and sets the counts of the record.
func (r *record) pack(to []byte, x *rest.Exchange, m *masker, scratch *[]byte) []byte {
	p := packer{to}
	for _, text := range [...]string{
		r.came.method, r.came.path, r.came.query, r.came.requestID, r.came.traceparent, cut(x.Customer),
		cut(x.Host), x.Step, x.Scenario, cut(x.Notice), string(x.Caller.Sort),
	} {
		p.add(text)
	}
	own := m.ownOf(x)
	r.packRefusal(&p, x, m, own)
	r.packRules(&p, x)
	r.requestHeaders = p.headers(x.Header, m)
	r.replyHeaders = p.headers(x.ReplyHeader, m)
	if x.Operation != nil && x.Operation.OwnBody && len(x.ReceivedText) > 0 {
		p.state(&r.request, x.Received)
	} else {
		p.body(&r.request, x.ReceivedText, x.Received, x.Malformed || x.Operation == nil, m, own, false, scratch)
	}
	p.body(&r.reply, x.SentText, x.Sent, x.Fault != nil, m, own, true, scratch)
	return p.to
}

// packRefusal writes what was refused. Its words may repeat what was sent, so that
// secrets of the request are looked for in them.
func (r *record) packRefusal(p *packer, x *rest.Exchange, m *masker, own []string) {
	r.violations, r.omitted = 0, 0
	if x.Refusal == nil {
		p.add("")
		p.add("")
		return
	}
	hide := m.hider(x.ReceivedText, own)
	p.add(string(x.Refusal.Code))
	p.add(cut(hide(x.Refusal.Details)))
	r.violations = min(len(x.Refusal.Faults), maxViolations)
	r.omitted = len(x.Refusal.Faults) - r.violations
	for _, f := range x.Refusal.Faults[:r.violations] {
		p.add(cut(f.Field))
		p.add(cut(f.Pointer))
		p.add(cut(hide(f.Message)))
	}
}

// maxRules bounds the rules that are named.
const maxRules = 16

func (r *record) packRules(p *packer, x *rest.Exchange) {
	kind := ""
	r.rules = 0
	add := func(rule machine.Rule) {
		if rule == (machine.Rule{}) || r.rules == maxRules {
			return
		}
		r.rules++
		p.add(rule.Scenario)
		p.add(rule.Name)
		p.add(rule.File)
		p.to = binary.AppendUvarint(p.to, uint64(max(rule.Line, 0)))
	}
	for _, rule := range x.Rules {
		add(rule)
	}
	if x.Fault != nil {
		kind = string(x.Fault.Kind)
		add(x.Fault.Rule)
	}
	p.add(kind)
}

// headers writes headers, each with its first value, and says how many.
func (p *packer) headers(header http.Header, m *masker) (n int) {
	room := maxHeaders
	for name, values := range header {
		for _, value := range values {
			if room -= len(name) + len(value); room < 0 {
				return n
			}
			p.add(name)
			p.add(m.header(name, value))
			n++
		}
	}
	return n
}

// state writes that a body was a tenant's state: which of its members are secrets follows
// from their places, and nobody has read whether it is a text.
func (p *packer) state(k *kept, whole int64) {
	*k = kept{bytes: whole}
	p.add(fmt.Sprintf("[not shown: %d bytes of a state]", whole))
}

// body writes the beginning of a body without its secrets.
func (p *packer) body(k *kept, text []byte, whole int64, odd bool, m *masker, own []string, reply bool, scratch *[]byte) {
	*k = kept{bytes: whole}
	plain := (*scratch)[:0]
	switch {
	case len(text) == 0:
	case !odd && beginsJSON(text):
		plain = m.jsonText(plain, text, own, reply)
	default:
		plain = m.otherText(plain, text, own)
	}
	if !utf8.Valid(plain) { // An operation may answer, or take, what nobody has read as a text.
		plain = bytes.ToValidUTF8(plain, []byte("\uFFFD"))
	}
	*scratch = plain
	if k.cut = len(plain) > maxBody; k.cut {
		k.digest = sha256.Sum256(plain)
		plain = bytes.ToValidUTF8(plain[:maxBody], nil)
	}
	p.to = binary.AppendUvarint(p.to, uint64(len(plain)))
	p.to = append(p.to, plain...)
}

// unpacker reads what a packer has written.
type unpacker struct{ from []byte }

func (u *unpacker) number() int {
	n, length := binary.Uvarint(u.from)
	u.from = u.from[length:]
	return int(n)
}

func (u *unpacker) text() string {
	length := u.number()
	text := string(u.from[:length])
	u.from = u.from[length:]
	return text
}

// entry is the record as others see it. It shares no memory with it.
func (r *record) entry() Entry {
	e := Entry{Number: r.number, Finished: r.finished, At: r.at, Operation: r.operation, Behind: r.behind}
	if !r.finished {
		c := &r.came
		e.Method, e.Path, e.Query, e.RequestID = strings.Clone(c.method), strings.Clone(c.path), strings.Clone(c.query), strings.Clone(c.requestID)
		e.Traceparent, e.Customer = strings.Clone(c.traceparent), strings.Clone(c.customer)
		return e
	}
	e.Took, e.Status, e.Omitted = float64(r.took.Microseconds())/1000, r.status, r.omitted
	if !r.instant.IsZero() {
		e.Instant = &[]time.Time{r.instant}[0]
	}
	u := unpacker{r.texts}
	for _, text := range [...]*string{
		&e.Method, &e.Path, &e.Query, &e.RequestID, &e.Traceparent, &e.Customer, &e.Host, &e.Step, &e.Scenario, &e.Notice, &e.Caller, &e.Refusal, &e.Details,
	} {
		*text = u.text()
	}
	for range r.violations {
		e.Violations = append(e.Violations, Violation{u.text(), u.text(), u.text()})
	}
	for range r.rules {
		e.Rules = append(e.Rules, machine.Rule{Scenario: u.text(), Name: u.text(), File: u.text(), Line: u.number()})
	}
	e.Fault = u.text()
	e.Request.Headers, e.Reply.Headers = u.headers(r.requestHeaders), u.headers(r.replyHeaders)
	u.body(&e.Request, &r.request)
	u.body(&e.Reply, &r.reply)
	return e
}

func (u *unpacker) headers(n int) []Header {
	list := make([]Header, 0, n)
	for range n {
		list = append(list, Header{u.text(), u.text()})
	}
	slices.SortStableFunc(list, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (u *unpacker) body(m *Message, k *kept) {
	m.Body, m.Bytes, m.Cut = u.text(), k.bytes, k.cut
	m.SHA256 = digest(m.Body)
	if k.cut {
		m.SHA256 = hex.EncodeToString(k.digest[:])
	}
}
