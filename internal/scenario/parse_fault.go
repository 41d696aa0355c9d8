package scenario

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/fault"
)

// MaxFaultDelay is how long a fault may keep a reply back: it is real time.
const MaxFaultDelay = time.Minute

// maxRetryAfter is the longest time that a Retry-After header asks for.
const maxRetryAfter = 24 * time.Hour

// faultKinds lists the kinds; those of plainFaults need nothing else to be said
// and can stand alone.
func faultKinds() []string {
	return []string{
		string(fault.Delay), string(fault.Status), string(fault.Reset), string(fault.Cut), string(fault.Malformed), string(fault.Empty), string(fault.Drip), string(fault.Lost),
		string(fault.Timeout),
	}
}

func plainFaults() []string {
	return []string{string(fault.Reset), string(fault.Cut), string(fault.Malformed), string(fault.Empty), string(fault.Lost), string(fault.Timeout)}
}

// faultForms shows how faults are written that need more than a word.
const faultForms = "or a mapping such as {after: 2s}, {after: 1s, until: 5s}, {status: 503}, {status: 429, retryAfter: 30s}, {kind: drip, after: 5s}"

// faultOf reads a fault: a word, or a mapping.
func (p *parser) faultOf(n *yaml.Node) *Fault {
	if n.Kind != yaml.MappingNode {
		return p.faultWord(n)
	}
	before := p.found
	m := p.members(n, "a fault", "kind", "after", "until", "status", "body", "headers", "retryAfter")
	f := &Fault{Kind: fault.Kind(p.text("kind", m["kind"]))}
	if p.found > before {
		return f
	}
	if m["kind"] != nil && !slices.Contains(faultKinds(), string(f.Kind)) {
		p.mistake(m["kind"], "kind cannot be %q; it can be %s; a fault is %s", shortened(string(f.Kind)), p.right(n.Line, string(f.Kind), faultKinds()),
			strings.TrimPrefix(faultForms, "or "))
		return f
	}
	if m["kind"] == nil {
		switch {
		case m["status"] != nil:
			f.Kind = fault.Status
		case m["after"] != nil:
			f.Kind = fault.Delay
		default:
			p.mistake(n, "a fault needs kind, status or after, as in {after: 2s}, {status: 503} or {kind: drip, after: 5s}; the kinds are %s", strings.Join(faultKinds(), ", "))
			return f
		}
	}
	p.faultDelay(n, m, f)
	p.faultReply(n, m, f)
	if f.Kind == fault.Timeout && f.After == 0 {
		f.After = MaxFaultDelay
	}
	return f
}

// faultWord reads a fault that is one word. Whoever writes another one thing, such
// as a status, is told how it is written.
func (p *parser) faultWord(n *yaml.Node) *Fault {
	if n.Kind != yaml.ScalarNode {
		p.mistake(n, "fault must be one of %s, %s, not %s", strings.Join(plainFaults(), ", "), faultForms, kind(n))
		return &Fault{}
	}
	text := n.ShortTag() == "!!str"
	if text && slices.Contains(plainFaults(), n.Value) {
		f := &Fault{Kind: fault.Kind(n.Value)}
		if f.Kind == fault.Timeout {
			f.After = MaxFaultDelay
		}
		return f
	}
	meant := ""
	status, _ := strconv.Atoi(n.Value)
	_, notDelay := machine.ParseDelay(n.Value)
	switch {
	case n.Value == string(fault.Delay):
		meant = "write {after: 2s}"
	case n.Value == string(fault.Status):
		meant = "write {status: 503}"
	case n.Value == string(fault.Drip):
		meant = "write {kind: drip, after: 5s}"
	case status >= leastStatus && status <= mostStatus:
		meant = "write {status: " + n.Value + "}"
	case text && notDelay == nil:
		meant = "write {after: " + n.Value + "}"
	case text:
		if near := Nearest(n.Value, plainFaults()); near != "" {
			meant = "did you mean " + near + "?"
		}
	}
	if meant != "" {
		meant = " (" + meant + ")"
	}
	p.mistake(n, "fault cannot be %s%s; it can be %s, %s", shown(n), meant, strings.Join(plainFaults(), ", "), faultForms)
	return &Fault{}
}

// The statuses with which a fault can reply.
const leastStatus, mostStatus = 200, 599

// faultDelay reads the bounds of the delay.
func (p *parser) faultDelay(n *yaml.Node, m map[string]*yaml.Node, f *Fault) {
	read := func(member string) time.Duration {
		node := m[member]
		if node == nil {
			return 0
		}
		delay, ok := p.delay(member, node)
		if ok && delay > MaxFaultDelay {
			p.mistake(node, "%s is real time and at most 60s, not %s", member, shown(node))
		}
		return delay
	}
	f.After, f.Until = read("after"), read("until")
	switch {
	case m["until"] != nil && m["after"] == nil:
		p.mistake(m["until"], "until needs after: the delay lies between the two")
	case m["until"] != nil && f.Until <= f.After:
		p.mistake(m["until"], "until must be longer than after")
	case m["after"] == nil && (f.Kind == fault.Delay || f.Kind == fault.Drip):
		p.mistake(n, "a fault of the kind %s needs after: how long it takes, as in {kind: %s, after: 5s}", f.Kind, f.Kind)
	}
}

// headerPattern is what a header's name looks like.
const headerPattern = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"

var headerForm = regexp.MustCompile(headerPattern)

// What a fault replies with at most: beyond that clients read no headers.
const (
	maxHeaders = 50
	maxHeader  = 4 << 10
)

// framing are the headers that say how a body is sent: with a wrong one the
// client could not read what comes next.
func framing() []string {
	return []string{"connection", "content-length", "transfer-encoding", "upgrade", "trailer"}
}

// faultReply reads what a fault replies with, which those of one kind do.
func (p *parser) faultReply(n *yaml.Node, m map[string]*yaml.Node, f *Fault) {
	if f.Kind != fault.Status {
		for _, member := range []string{"status", "body", "headers", "retryAfter"} {
			if node := m[member]; node != nil && slices.Contains(faultKinds(), string(f.Kind)) {
				p.mistake(node, "%s has no place in a fault of the kind %s; only one of the kind status replies", member, f.Kind)
			}
		}
		return
	}
	if m["status"] == nil {
		p.mistake(n, "a fault of the kind status needs status, the one that it replies with, as in {status: 503}")
	}
	f.Status = p.whole("status", m["status"], leastStatus, mostStatus)
	f.Body = p.text("body", m["body"])
	if m["body"] != nil && (f.Status == 204 || f.Status == 304) {
		p.mistake(m["body"], "a reply with the status %d has no body", f.Status)
	}
	if node := m["retryAfter"]; node != nil {
		var ok bool
		if f.RetryAfter, ok = p.delay("retryAfter", node); ok && (f.RetryAfter < time.Second || f.RetryAfter > maxRetryAfter || f.RetryAfter%time.Second != 0) {
			p.mistake(node, "retryAfter must be whole seconds, from 1s to 24h, not %s", shown(node))
		}
	}
	if node := m["headers"]; node != nil {
		f.Headers = p.headers(node)
	}
}

func (p *parser) headers(n *yaml.Node) map[string]string {
	if n.Kind != yaml.MappingNode {
		p.mistake(n, "headers must be a mapping from names to texts, not %s", kind(n))
		return nil
	}
	if len(n.Content)/2 > maxHeaders {
		p.mistake(n, "a fault has at most %d headers, not %d", maxHeaders, len(n.Content)/2)
		return nil
	}
	headers := map[string]string{}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], aliased(n.Content[i+1])
		name := strings.ToLower(key.Value)
		switch {
		case !headerForm.MatchString(key.Value):
			p.mistake(key, "%q is no name of a header", shortened(key.Value))
		case seen[name]:
			p.mistake(key, "%q stands twice", shortened(key.Value))
		case slices.Contains(framing(), name):
			p.mistake(key, "%s is set by the server; to break the connection there are the kinds reset and cut", key.Value)
		}
		seen[name] = true
		text := p.shortText("a header", value, maxHeader)
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			p.mistake(value, "a header's value has no line breaks and no control characters")
		}
		headers[key.Value] = text
	}
	return headers
}
