package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/recording"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/webhook"
)

// Replayed is what came of playing a bug file.
type Replayed struct {
	// Requests is how many were played, and Recorded how many there are.
	Requests int `json:"requests"`
	Recorded int `json:"recorded"`
	// Parts says where the run parts from the recorded one; nil if it does not.
	Parts *Parting `json:"parts"`
	// Incomplete is what the file says of itself, and Version what recorded it.
	Incomplete []string `json:"incomplete"`
	Version    string   `json:"version"`
}

// Parting is where a run parts from the recorded one.
type Parting struct {
	// Request is the number of the request, and Method and Path are its own.
	Request int    `json:"request"`
	Method  string `json:"method,omitempty"`
	Target  string `json:"target,omitempty"`
	// Why says what else parts than the reply.
	Why         string                 `json:"why,omitempty"`
	Differences []recording.Difference `json:"differences"`
}

// Replay plays a bug file in a sandbox of its own, and holds every reply to the recorded
// one, to the first that is another. The error is about a file that cannot be played.
func Replay(ctx context.Context, f *recording.File, version string) (Replayed, error) {
	p := &replay{file: f, now: f.Began, waiting: map[int]chan struct{}{}, paused: make(chan struct{}), over: make(chan struct{}), out: Replayed{Recorded: f.Requests(), Incomplete: f.Incomplete, Version: f.Version}}
	a, err := open(p.config(version), io.Discard, p)
	if err != nil {
		return p.out, err
	}
	p.app = a
	return p.out, errors.Join(p.run(ctx), a.Close())
}

// replay is a bug file that is being played. One request acts at a time: the others have
// been answered, or wait for their step to go on.
type replay struct {
	file  *recording.File
	app   *App
	match *recording.Matcher
	out   Replayed
	// waiting are the requests that wait, by their numbers, and paused tells that the one
	// that acted does not any more. over is closed when nothing more is played.
	waiting map[int]chan struct{}
	paused  chan struct{}
	over    chan struct{}
	playing sync.WaitGroup

	mu      sync.Mutex
	now     time.Time
	sending []webhook.Outcome
}

// requestKey is under what a context has the number of the request for which it is.
type requestKey struct{}

func (p *replay) config(version string) Config {
	s := p.file.Server
	c := Config{
		Version: version, Seed: p.file.Seed(), Journal: new(int), Quiet: true, NoFixedTokens: !s.FixedTokens, Hosts: s.Hosts, ControlToken: s.ControlToken,
		Settings: setting.Settings{Headers: s.Headers, DelayScale: s.DelayScale, TenantKey: s.TenantKey, TenantSecret: s.TenantSecret},
		Now:      p.wall, Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	if s.ControlApart {
		c.ControlAddr = "localhost:0"
	}
	if s.Scenario != "" {
		c.Scenarios = []string{s.Scenario}
	}
	return c
}

func (p *replay) sources() []scenario.Source {
	list := []scenario.Source{}
	for _, s := range p.file.Server.Scenarios {
		list = append(list, scenario.Source{File: s.File, Text: []byte(s.Text)})
	}
	return list
}

func (p *replay) wall() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *replay) at(step *recording.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now, p.sending = step.At, step.Attempts
}

func (p *replay) run(ctx context.Context) error {
	secrets, err := readSecrets()
	if err != nil {
		return err
	}
	p.match = recording.NewMatcher(p.file, secrets, p.app.world.Sign)
	if _, err := p.app.world.ImportState(ctx, p.file.Tenant, p.file.State); err != nil {
		return fmt.Errorf("its state is none that this version can be in (%s)", firstFaults(err))
	}
	for _, step := range p.file.Steps {
		if p.out.Parts == nil && ctx.Err() == nil {
			p.play(ctx, step)
		}
	}
	for _, number := range slices.Sorted(maps.Keys(p.waiting)) {
		p.part(number, "it waits for somebody, where it did not when it was recorded")
	}
	close(p.over)
	p.playing.Wait()
	return ctx.Err()
}

// play plays one step. A request does so until it is answered, or waits for somebody.
func (p *replay) play(ctx context.Context, step *recording.Step) {
	p.at(step)
	waiting := p.waiting[step.GoesOn]
	switch {
	case step.GoesOn != 0 && waiting == nil:
		p.part(step.GoesOn, "it waited for nobody, where it did when it was recorded")
	case step.GoesOn != 0:
		delete(p.waiting, step.GoesOn)
		close(waiting)
		<-p.paused
	case step.Request != nil:
		p.playing.Go(func() {
			p.answer(ctx, step)
			p.pause()
		})
		<-p.paused
	default:
		if err := p.app.sender.TakeOver(ctx, p.file.Tenant, step.Attempts); err != nil {
			p.part(p.out.Requests, "after it: what came of a webhook cannot be taken over: "+err.Error())
		}
	}
}

// pause lets the next step be played.
func (p *replay) pause() {
	select {
	case p.paused <- struct{}{}:
	case <-p.over:
	}
}

func (p *replay) part(number int, why string) {
	if p.out.Parts == nil {
		p.out.Parts = &Parting{Request: number, Why: why, Differences: []recording.Difference{}}
		for _, s := range p.file.Steps {
			if s.Number == number && s.Request != nil {
				p.out.Parts.Method, p.out.Parts.Target = s.Request.Method, s.Request.Target
			}
		}
	}
}

// answer plays a request, and holds the reply to the recorded one.
func (p *replay) answer(ctx context.Context, step *recording.Step) {
	q := step.Request
	r, err := http.NewRequestWithContext(context.WithValue(ctx, requestKey{}, step.Number), q.Method, "http://"+hostOf(q.Host)+p.match.Fill(q.Target), strings.NewReader(p.match.Fill(string(q.Body.Bytes()))))
	if err != nil {
		p.part(step.Number, "it cannot be sent: "+err.Error())
		return
	}
	r.Host = q.Host
	for _, h := range q.Headers {
		r.Header[h[0]] = append(r.Header[h[0]], p.match.Fill(h[1]))
	}
	r.Header[headers.RequestID] = []string{q.ID}
	w := &taken{header: http.Header{}}
	w.serve(p.app.handlerOf(r), r)
	select {
	case <-p.over:
		return // It waited to the end, and is held to nothing.
	default:
	}
	p.out.Requests++
	if step.Reply == nil || p.out.Parts != nil {
		return
	}
	if list := p.match.Differences(q.Operation, step.Reply, w.reply()); len(list) > 0 {
		p.part(step.Number, "")
		p.out.Parts.Differences = list
	}
}

// hostOf is something that an address can have where a host is none.
func hostOf(host string) string {
	if host == "" || strings.ContainsAny(host, " /?#%\\") {
		return "localhost"
	}
	return host
}

// Leave implements webhook.Turns: it waits for the step with which the request goes on.
func (p *replay) Leave(ctx context.Context) (back func([]webhook.Outcome)) {
	back = func([]webhook.Outcome) {}
	number, ok := ctx.Value(requestKey{}).(int)
	if !ok {
		return back
	}
	select {
	case <-p.over:
		return back
	default:
	}
	goOn := make(chan struct{})
	p.waiting[number] = goOn
	p.pause()
	select {
	case <-goOn:
	case <-p.over:
	}
	return back
}

// Enter implements webhook.Turns. Nobody sends anything.
func (p *replay) Enter(string, []webhook.Outcome) (end func(told bool)) { return func(bool) {} }

// send gives what came of an attempt when it was recorded.
func (p *replay) send(_ context.Context, due *webhooks.Sending) (delivery.Attempt, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.sending {
		if o.DeliveryID == due.DeliveryID && o.Attempt.Number == due.Number {
			return o.Attempt, true
		}
	}
	return delivery.Attempt{Error: "no such attempt was recorded"}, true
}

// taken is a reply as it is sent.
type taken struct {
	header http.Header
	status int
	body   []byte
}

// serve lets a request be answered; a connection that is closed is a reply that ends.
func (w *taken) serve(h http.Handler, r *http.Request) {
	defer func() {
		if gone := recover(); gone != nil && gone != http.ErrAbortHandler { //nolint:errorlint,err113 // what was thrown is that very error
			panic(gone)
		}
	}()
	h.ServeHTTP(w, r)
}

// Header implements http.ResponseWriter.
func (w *taken) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *taken) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// Write implements http.ResponseWriter.
func (w *taken) Write(piece []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.body = append(w.body, piece...)
	return len(piece), nil
}

// Flush implements http.Flusher.
func (w *taken) Flush() {}

func (w *taken) reply() *recording.Reply {
	reply := &recording.Reply{Status: w.status, Body: recording.NewText(w.body)}
	for name, values := range w.header {
		if !recording.Follows(name) {
			for _, value := range values {
				reply.Headers = append(reply.Headers, [2]string{name, value})
			}
		}
	}
	slices.SortStableFunc(reply.Headers, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return reply
}

// send answers a request that comes from within.
func (a *App) send(r *http.Request) http.Header {
	w := &taken{header: http.Header{}}
	w.serve(a.handlerOf(r), r)
	return w.header
}

// handlerOf is who answers a request.
func (a *App) handlerOf(r *http.Request) http.Handler {
	if strings.HasPrefix(r.URL.Path, "/_sandbox/") {
		return a.ControlHandler()
	}
	return a.Handler()
}
