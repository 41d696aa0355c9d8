package recording

import (
	"fmt"
	"slices"
)

// overhead is about what a step, and what came of an attempt, has beside its texts.
const overhead = 1 << 10

// add keeps a step, if there is room.
func (r *run) add(step *Step) {
	if r.full {
		return
	}
	r.steps = append(r.steps, step)
	r.grow(step, overhead+step.attempted())
}

// grow counts so many bytes more of a step, and ends the recording where there is no room
// for them.
func (r *run) grow(step *Step, bytes int) {
	step.bytes += bytes
	if r.bytes += bytes; r.bytes > MaxBytes {
		r.stop(step)
	}
}

// stop ends a recording that has come to its bound with a step. What others have done
// since a request acted that is still being answered goes with it: without it, it would
// not play.
func (r *run) stop(step *Step) {
	at := slices.IndexFunc(r.steps, func(s *Step) bool { return s == step || s.Number > 0 && s.Request == nil })
	what := "what came of a webhook"
	if number := r.steps[at].Number; number > 0 {
		what = fmt.Sprintf("request %d", number)
	}
	r.note(fmt.Sprintf("the recording came to its bound of %d bytes: %s and what came after it is not in it", MaxBytes, what))
	for len(r.steps) > at {
		r.remove(len(r.steps) - 1)
	}
	r.full = true
	r.end()
}

// drop takes a step out, if it is still there.
func (r *run) drop(step *Step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at := slices.Index(r.steps, step); at >= 0 {
		r.remove(at)
	}
}

func (r *run) remove(at int) {
	r.bytes -= r.steps[at].bytes
	r.steps = slices.Delete(r.steps, at, at+1)
}

// attempted is how many bytes a step has of attempts, and exchanged of its request.
func (s *Step) attempted() (n int) {
	for i := range s.Attempts {
		a := &s.Attempts[i].Attempt
		n += overhead + len(a.URL) + len(a.Body) + len(a.Error)
		for name, value := range a.Headers {
			n += len(name) + len(value)
		}
	}
	return n
}

func (s *Step) exchanged() int {
	n := len(s.Request.Target) + s.Request.Body.size() + s.Reply.Body.size()
	for _, h := range slices.Concat(s.Request.Headers, s.Reply.Headers) {
		n += len(h[0]) + len(h[1])
	}
	return n
}
