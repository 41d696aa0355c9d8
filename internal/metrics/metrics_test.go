package metrics

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func textOf(t *testing.T, m *Metrics) string {
	t.Helper()
	var b strings.Builder
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestText: the form is that of Prometheus, whatever a label has in it.
func TestText(t *testing.T) {
	m := New(func() []Gauge {
		return []Gauge{{Name: "size", Help: "a \\ and\na line", Label: "version", Text: "1\n\"\\\xff", Value: 1.5e12}, {Name: "all_total", Help: "h", Counts: true}}
	})
	m.Request("b", 200, "")
	m.Request("b", 200, "")
	m.Request("a", 0, "CODE")
	m.Timer("order", "order.expiry")
	m.Attempt("customer.created", Refused)
	const want = `# HELP finhub_sandbox_requests_total Requests that are over, by operation, status and refusal; without an operation where none answers.
# TYPE finhub_sandbox_requests_total counter
finhub_sandbox_requests_total{operation="a",status="none",refusal="CODE"} 1
finhub_sandbox_requests_total{operation="b",status="200",refusal=""} 2
# HELP finhub_sandbox_timers_fired_total Pending decisions and deadlines that have come, by kind and choice point.
# TYPE finhub_sandbox_timers_fired_total counter
finhub_sandbox_timers_fired_total{kind="order",point="order.expiry"} 1
# HELP finhub_sandbox_webhook_attempts_total Attempts to deliver a webhook, by the type of the event and what came of it.
# TYPE finhub_sandbox_webhook_attempts_total counter
finhub_sandbox_webhook_attempts_total{event="customer.created",outcome="refused"} 1
# HELP size a \\ and\na line
# TYPE size gauge
size{version="1\n\"\\�"} 1.5e+12
# HELP all_total h
# TYPE all_total counter
all_total 0
`
	if got := textOf(t, m); got != want {
		t.Errorf("it writes\n%s\nwant\n%s", got, want)
	}
}

// TestSeriesAreBounded: what would be too many is counted together, and nothing is lost.
func TestSeriesAreBounded(t *testing.T) {
	m := New(nil)
	var counting sync.WaitGroup
	for worker := range 4 {
		counting.Go(func() {
			for n := range maxSeries {
				m.Request(fmt.Sprint("operation", n+worker*100), 200, "")
			}
		})
	}
	counting.Wait()
	all := 0.0
	list := m.families()[0].series
	for _, s := range list {
		all += s.value
	}
	if len(list) > maxSeries+1 || all != 4*maxSeries {
		t.Errorf("%d series count %v requests", len(list), all)
	}
}

// TestCounting allocates no memory.
func TestCounting(t *testing.T) {
	m := New(nil)
	m.Request("a", 200, "")
	if n := testing.AllocsPerRun(100, func() { m.Request("a", 200, "") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
