package recording

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/rest"
)

// Turn waits for the turn of a request (rest.Config.Turn).
func (r *Recorder) Turn(ctx context.Context, x *rest.Exchange) (within context.Context, end func(), err error) {
	run := r.find(x.Tenant)
	if run == nil {
		return ctx, func() {}, nil
	}
	ok, err := run.take(ctx)
	if err != nil {
		x.Recorded = err // Its caller has left, and nothing comes of it.
	}
	if err != nil || !ok {
		return ctx, func() {}, err
	}
	b := &begun{run, run.number()}
	run.act(b.step)
	x.Recorded = b
	return context.WithValue(ctx, turnKey{}, b), run.give, nil
}

// number begins the step of the next request.
func (r *run) number() *Step {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.numbered++
	return &Step{Number: r.numbered}
}

// Came implements rest.Witness.
func (r *Recorder) Came(*rest.Exchange) {}

// Gone keeps a request with its reply (rest.Witness).
func (r *Recorder) Gone(x *rest.Exchange) {
	if b, ok := x.Recorded.(*begun); ok {
		b.run.keep(b.step, x)
		return
	}
	run := r.find(x.Tenant)
	if run == nil || x.Recorded != nil {
		return
	}
	// It was refused before it could act, or it acted before there was a recording.
	if x.Came.Before(run.began) {
		run.mu.Lock()
		defer run.mu.Unlock()
		run.note("a request that had come before the recording began was answered after that")
		return
	}
	step := run.number()
	run.aside(step)
	run.keep(step, x)
}

// dropped is where a request would be kept that was let out of the recording.
type dropped struct{}

// Drop lets a request out of the recording that changes nothing of its tenant.
func (r *Recorder) Drop(x *rest.Exchange) {
	if b, ok := x.Recorded.(*begun); ok {
		b.run.drop(b.step)
		x.Recorded = dropped{}
	}
}

// keep fills in the step of a request that is over.
func (r *run) keep(step *Step, x *rest.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.full {
		return
	}
	step.Request, step.Reply = r.request(step.Number, x), r.reply(step.Number, x)
	r.doubt(step, x)
	r.grow(step, step.exchanged())
}

// doubt notes what no second run repeats.
func (r *run) doubt(step *Step, x *rest.Exchange) {
	switch {
	case x.Refusal != nil && x.Refusal.Code == refusal.ClockInterrupted:
		r.note(fmt.Sprintf("request %d: the clock was stopped on its way", step.Number))
	case x.Torn:
		r.note(fmt.Sprintf("request %d: its body did not come whole", step.Number))
	case x.Status == 0 && x.Fault == nil:
		r.note(fmt.Sprintf("request %d: its caller left before it was answered", step.Number))
	}
}

// broughtIn disguises a state in the body of a request. What cannot be read as one may have
// secrets anywhere, and is not kept.
func (r *run) broughtIn(number int, body []byte) []byte {
	state := r.stateRewriter()
	text, err := state.rewrite(body)
	if err != nil {
		r.note(fmt.Sprintf("request %d: its body is no state, and it is not in the file", number))
		return nil
	}
	if state.unknown > 0 {
		r.note(fmt.Sprintf("request %d: it brings in a state with passwords that had not been sent before, which fit nothing when it is played", number))
	}
	return text
}

func (r *run) request(number int, x *rest.Exchange) *Request {
	q := &Request{ID: r.text(number, x.RequestID), Method: r.text(number, x.Method), Host: r.text(number, x.Host), Headers: r.headers(number, x.Header)}
	template, texts := "", false
	if x.Operation != nil {
		q.Operation, template, texts = x.Operation.ID, x.Operation.Path, len(x.Operation.Texts) > 0
	}
	q.Target = r.rewriter.Path(x.URL.EscapedPath(), template, q.Operation)
	if x.URL.RawQuery != "" || x.URL.ForceQuery {
		q.Target += "?" + r.rewriter.Query(x.URL.RawQuery, q.Operation)
	}
	q.Target = r.text(number, string(r.disguise.loose([]byte(q.Target))))
	body := x.ReceivedText
	switch {
	case texts:
	case x.Operation != nil && x.Operation.OwnBody:
		body = r.broughtIn(number, body)
	default:
		body = r.rewriter.Body(body, q.Operation)
	}
	if x.Refusal != nil && x.Refusal.Code == refusal.BodyTooLarge {
		body = append(body, strings.Repeat(" ", beyond)...) // It was cut at the bound.
	}
	q.Body = NewText(r.disguise.loose(body))
	return q
}

// beyond makes a body longer than its bound again, though a stand-in may be shorter than
// its secret.
const beyond = 64 << 10

func (r *run) reply(number int, x *rest.Exchange) *Reply {
	a := &Reply{Status: x.Status, Headers: r.headers(number, x.ReplyHeader)}
	operation := ""
	if x.Operation != nil {
		operation = x.Operation.ID
	}
	a.Unkept = len(x.SentText) == 0 && x.Sent > 0
	a.Body = NewText(r.disguise.loose(r.rewriter.JSON(x.SentText, operation, true)))
	return a
}

// headers are those that say something, in the order of their names. What follows from
// the body, or numbers the request, does not.
func (r *run) headers(number int, header http.Header) [][2]string {
	list := [][2]string{}
	for name, values := range header {
		if Follows(name) {
			continue
		}
		for _, value := range values {
			list = append(list, [2]string{r.text(number, name), r.text(number, string(r.disguise.loose([]byte(r.rewriter.Header(name, value)))))})
		}
	}
	slices.SortStableFunc(list, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return list
}

// text is what a file can have of a text: bytes that are none are replaced, and the
// file says so, since their request is refused for them.
func (r *run) text(number int, text string) string {
	if utf8.ValidString(text) {
		return text
	}
	r.note(fmt.Sprintf("request %d: bytes beside its body were no text, and others stand for them", number))
	return strings.ToValidUTF8(text, "\uFFFD")
}

// Follows reports whether a header follows from what else is known of a message.
func Follows(name string) bool {
	return name == "Content-Length" || name == "Date" || name == headers.RequestID
}
