package recording

import (
	"context"
	"time"

	"finhub-sandbox/internal/webhook"
)

// begun is where a request is kept that has had its turn.
type begun struct {
	run  *run
	step *Step
}

// turnKey is under what a context has the begun request for which it is.
type turnKey struct{}

// take waits for the turn, and reports false if the recording ended meanwhile.
func (r *run) take(ctx context.Context) (bool, error) {
	select {
	case <-r.over:
		return false, nil
	default:
	}
	select {
	case <-r.turn:
		return true, nil
	case <-r.over:
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// act keeps a step of who has the turn, and gives it: the tenant goes by its instant until
// the turn is given back.
func (r *run) act(step *Step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = latest(r.last, r.recorder.Now())
	r.now = r.last
	step.At = r.now.UTC()
	r.add(step)
}

// aside keeps a step that changes nothing, and so needs no turn.
func (r *run) aside(step *Step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	step.At = r.last.UTC()
	r.add(step)
}

func (r *run) give() {
	r.mu.Lock()
	r.now = time.Time{}
	r.mu.Unlock()
	r.turn <- struct{}{}
}

// Leave implements webhook.Turns.
func (r *Recorder) Leave(ctx context.Context) (back func([]webhook.Outcome)) {
	b, ok := ctx.Value(turnKey{}).(*begun)
	if !ok {
		return func([]webhook.Outcome) {}
	}
	b.run.give()
	return func(came []webhook.Outcome) {
		// It has to come back, whoever has left meanwhile, and whether or not the recording goes on.
		<-b.run.turn
		b.run.act(&Step{GoesOn: b.step.Number, Attempts: b.run.disguised(came)})
	}
}

// Enter implements webhook.Turns.
func (r *Recorder) Enter(tenant string, came []webhook.Outcome) (end func(told bool)) {
	run := r.find(tenant)
	if run == nil {
		return func(bool) {}
	}
	if ok, err := run.take(context.Background()); err != nil || !ok {
		return func(bool) {}
	}
	step := &Step{Attempts: run.disguised(came)}
	run.act(step)
	return func(told bool) {
		if !told {
			run.drop(step)
		}
		run.give()
	}
}

// disguised gives outcomes without their secrets.
func (r *run) disguised(came []webhook.Outcome) []webhook.Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.full {
		return nil
	}
	list := make([]webhook.Outcome, len(came))
	for i, o := range came {
		headers := map[string]string{}
		for name, value := range o.Attempt.Headers {
			headers[name] = string(r.disguise.loose([]byte(r.rewriter.Header(name, value))))
		}
		o.Attempt.Headers = headers
		o.Attempt.Body, o.Attempt.URL = string(r.disguise.loose([]byte(o.Attempt.Body))), string(r.disguise.loose([]byte(o.Attempt.URL)))
		list[i] = o
	}
	return list
}
