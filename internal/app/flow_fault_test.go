package app_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// What a step can say of a reply that nobody can read.
const (
	// brokenUndone is a request of which nothing has come.
	brokenUndone = "undone"
	// brokenDone is one whose work is done all the same.
	brokenDone = "done"
)

// maxRepeats is how often a request is sent again: more faults than this in a
// row are no accident.
const maxRepeats = 10

// edgeFault finds what is wrong with what a step says about faults.
func (s flowStep) edgeFault() string {
	spoken := s.Broken != "" || s.Faulted || s.Delayed != "" || len(s.Answered) > 0
	_, _, err := bounds(s.Delayed)
	switch {
	case s.Call == "" && spoken:
		return "only a call is broken, faulted, delayed and answered with headers"
	case s.Broken != "" && s.Broken != brokenUndone && s.Broken != brokenDone:
		return "broken is undone or done, not " + s.Broken
	case s.Broken != "" && (s.Status != 0 || s.Faulted || s.Reply != nil || s.Exactly != nil || len(s.Keep) > 0 || len(s.Answered) > 0):
		return "a broken reply has no status, no headers, no members and nothing to keep"
	case s.Broken == brokenDone && s.reads():
		return "a GET has no work to be done: it is broken: undone"
	case s.Delayed != "" && err != nil:
		return "delayed is a time such as 2s, or two such as 500ms..3s, not " + s.Delayed
	}
	return ""
}

// bounds reads the shortest and the longest delay.
func bounds(text string) (shortest, longest time.Duration, err error) {
	from, to, several := strings.Cut(text, "..")
	if !several {
		to = from
	}
	shortest, errFrom := time.ParseDuration(from)
	longest, errTo := time.ParseDuration(to)
	return shortest, longest, errors.Join(errFrom, errTo)
}

// reads reports whether a step's call only looks.
func (s flowStep) reads() bool { return strings.HasPrefix(s.Call, "GET ") }

// delayKey is the key under which a request carries where its delay is noted.
type delayKey struct{}

// recordDelay notes how long the server would have waited, in place of waiting.
func recordDelay(ctx context.Context, d time.Duration) error {
	if delay, ok := ctx.Value(delayKey{}).(*time.Duration); ok {
		*delay += d
	}
	return ctx.Err()
}

// closes answers a request and reports whether the server would have closed the
// connection before the reply was whole.
func closes(serve func()) (closed bool) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			closed = true
		default:
			panic(p)
		}
	}()
	serve()
	return false
}

// state is what is stored of a tenant but for the counts by which a scenario
// limits its rules: these count every request that a rule may concern, whatever
// comes of it.
func (p *flowPlay) state(tenant string) (string, error) {
	dump, err := p.server.dump(tenant)
	kept := slices.DeleteFunc(strings.SplitAfter(dump, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "count/")
	})
	return strings.Join(kept, ""), err
}

// mustRepeat reports whether a client would send a request again, in a flow that
// repeats: a gateway has answered, or nothing has come and a look at the state
// says that nothing was done. A step that expects the fault is not repeated.
func (p *flowPlay) mustRepeat(s flowStep, reply flowReply) bool {
	if !p.shared.repeats || s.Broken != "" || s.Faulted || s.Status == reply.status && !reply.broken || reply.changed {
		return false
	}
	switch reply.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable:
		return true
	}
	return reply.broken
}

// checkFault holds a reply to what its step says about faults, and to the
// document if it says nothing.
func (s *flowServer) checkFault(step flowStep, reply flowReply) error {
	switch {
	case step.Broken != "" && !reply.broken:
		return fmt.Errorf("expected no whole reply, came: %s", reply)
	case step.Broken == "" && reply.broken:
		return fmt.Errorf("expected a whole reply, came: %s (it changed something: %t)", reply, reply.changed)
	}
	if step.Delayed != "" {
		shortest, longest, err := bounds(step.Delayed)
		if late := reply.delay.Round(time.Millisecond); err != nil || late < shortest || late > longest {
			return fmt.Errorf("delayed: expected %s, came %s late", step.Delayed, late)
		}
	}
	if reply.broken {
		return nil
	}
	if step.Faulted {
		return s.checkFaultReply(reply)
	}
	return s.checkReply(reply)
}

// checkFaultReply holds a fault's reply to the document, which has what gateways answer,
// whatever the body, and no other fault.
func (s *flowServer) checkFaultReply(reply flowReply) error {
	o := operationOf(s.documents, reply.method, reply.path)
	if o == nil {
		return fmt.Errorf("%s %s is no operation of the documents; came: %s", reply.method, reply.path, reply)
	}
	gateway := slices.Contains([]int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, reply.status)
	err := o.CheckResponse(reply.status, reply.kind, reply.raw)
	switch {
	case gateway && err != nil:
		return fmt.Errorf("%w\n  came: %s", err, reply)
	case !gateway && s.checkReply(reply) == nil:
		return fmt.Errorf("expected a reply that does not fit the document, came: %s", reply)
	}
	return nil
}

// answered compares the headers of a reply with those that a step expects.
func (p *flowPlay) answered(s flowStep, reply flowReply) (found []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(s.Answered)) {
		want, err := fillText(s.Answered[name], p.kept)
		if err != nil {
			return nil, err
		}
		got, sent := reply.header.Get(name), len(reply.header.Values(name)) > 0
		switch {
		case want == noValue && sent:
			found = append(found, fmt.Sprintf("header %s: expected nothing, came %q", name, got))
		case want == noValue, want == anyValue && sent, want == got:
		default:
			found = append(found, fmt.Sprintf("header %s: expected %q, came %q", name, want, got))
		}
	}
	return found, nil
}
