// Package metrics counts what happens in a process, for those who watch it from
// outside. Its counts are of all tenants together, and their labels are words of the
// documents and tables: never what somebody has sent. It must not know what is counted.
package metrics

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// Metrics has the counts of a process. It is safe for concurrent use.
type Metrics struct {
	requests counters[request]
	timers   counters[timer]
	attempts counters[attempt]
	gauges   func() []Gauge
}

type request struct {
	operation string
	status    int
	refusal   string
}

type timer struct{ kind, point string }

type attempt struct {
	event   string
	outcome Outcome
}

// Outcome is what came of an attempt to deliver a webhook.
type Outcome string

// The outcomes: the receiver has taken it, has answered something else, or has not
// answered.
const (
	Delivered  Outcome = "delivered"
	Refused    Outcome = "refused"
	Unanswered Outcome = "unanswered"
)

// Gauge is a value that is read when somebody looks.
type Gauge struct {
	Name, Help string
	// Counts tells that the value only grows.
	Counts bool
	// Label and Text are the one label that it has; empty is none.
	Label, Text string
	Value       float64
}

// New makes metrics without a count. gauges gives what is read when somebody looks; nil
// is nothing.
func New(gauges func() []Gauge) *Metrics { return &Metrics{gauges: gauges} }

// Request counts a request that is over. Its operation is empty where none answers, its
// status 0 where no reply was sent, and its refusal empty where nothing was refused.
func (m *Metrics) Request(operation string, status int, refusal string) {
	m.requests.add(request{operation, status, refusal})
}

// Timer counts a timer that has been fired.
func (m *Metrics) Timer(kind, point string) { m.timers.add(timer{kind, point}) }

// Attempt counts an attempt to deliver a webhook.
func (m *Metrics) Attempt(event string, o Outcome) { m.attempts.add(attempt{event, o}) }

// maxSeries bounds the counts of a family. What would be one more is counted in one
// without labels: a scenario may answer with any status.
const maxSeries = 4_096

// counters are the counts of a family, by their labels.
type counters[K comparable] struct {
	mu sync.RWMutex
	of map[K]*atomic.Int64
}

func (c *counters[K]) add(labels K) {
	c.mu.RLock()
	n := c.of[labels]
	c.mu.RUnlock()
	if n == nil {
		n = c.begin(labels)
	}
	n.Add(1)
}

func (c *counters[K]) begin(labels K) *atomic.Int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = map[K]*atomic.Int64{}
	}
	if c.of[labels] == nil && len(c.of) >= maxSeries {
		var others K
		labels = others
	}
	if c.of[labels] == nil {
		c.of[labels] = new(atomic.Int64)
	}
	return c.of[labels]
}

// series are the counts of a family as they are now, in an order that is always the
// same.
func (c *counters[K]) series(name func(K) []label) []series {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := make([]series, 0, len(c.of))
	for labels, n := range c.of {
		list = append(list, series{name(labels), float64(n.Load())})
	}
	slices.SortFunc(list, func(a, b series) int {
		return slices.CompareFunc(a.labels, b.labels, func(a, b label) int { return cmp.Compare(a.value, b.value) })
	})
	return list
}

// families are everything that is counted.
func (m *Metrics) families() []family {
	list := []family{
		{
			"finhub_sandbox_requests_total", "Requests that are over, by operation, status and refusal; without an operation where none answers.", "counter",
			m.requests.series(func(r request) []label {
				status := "none"
				if r.status > 0 {
					status = strconv.Itoa(r.status)
				}
				return []label{{"operation", r.operation}, {"status", status}, {"refusal", r.refusal}}
			}),
		},
		{
			"finhub_sandbox_timers_fired_total", "Pending decisions and deadlines that have come, by kind and choice point.", "counter",
			m.timers.series(func(t timer) []label { return []label{{"kind", t.kind}, {"point", t.point}} }),
		},
		{
			"finhub_sandbox_webhook_attempts_total", "Attempts to deliver a webhook, by the type of the event and what came of it.", "counter",
			m.attempts.series(func(a attempt) []label { return []label{{"event", a.event}, {"outcome", string(a.outcome)}} }),
		},
	}
	if m.gauges == nil {
		return list
	}
	for _, g := range m.gauges() {
		f := family{g.Name, g.Help, "gauge", []series{{nil, g.Value}}}
		if g.Counts {
			f.kind = "counter"
		}
		if g.Label != "" {
			f.series[0].labels = []label{{g.Label, g.Text}}
		}
		list = append(list, f)
	}
	return list
}
