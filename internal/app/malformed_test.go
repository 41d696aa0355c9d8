package app_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
)

// malformedClients is how many clients send malformed requests at the same time.
const malformedClients = 2

// TestMalformedRequests plays the flows, spoils the requests that they made, and
// sends those over real connections: none may be answered with an internal
// error, with nothing, late, or otherwise than the documents say, and what the
// sandbox keeps in memory stays bounded. It sends MALFORMED_COUNT requests
// (1,500), or as many as MALFORMED_TIME allows; a failure prints its seed, and
// MALFORMED_SEED begins with that one.
func TestMalformedRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the flows again")
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("MALFORMED_SEED"); text != "" {
		seed = uint64(mustNumber(t, text))
	}
	count := 1_500
	var until time.Time
	if text := os.Getenv("MALFORMED_COUNT"); text != "" {
		count = mustNumber(t, text)
	}
	if text := os.Getenv("MALFORMED_TIME"); text != "" {
		lasts, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		until, count = time.Now().Add(lasts), 1<<40
	}
	m := newMalformed(t)
	measured := forgetPeak()
	for ; m.sent < count && m.fewFaults() && (until.IsZero() || time.Now().Before(until)); seed++ {
		m.round(t, seed, min(malformedRound, count-m.sent), until)
	}
	m.report(t)
	if peak := peakMemory(); measured && peak > maxPeak {
		t.Errorf("the process had %d MB at its peak", peak>>20)
	}
}

// maxPeak is how much memory the sandbox and its clients may have at any time;
// each request may have 10 MB, and a few of them come at once.
const maxPeak = 2 << 30

// malformedRound is how many requests are sent before the flows are played anew.
const malformedRound = 20_000

// maxFaults is how many faults are told before it ends.
const maxFaults = 10

func (m *malformed) fault() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults++
}

func (m *malformed) fewFaults() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.faults < maxFaults
}

func mustNumber(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// malformed is a sandbox that listens, with what has been seen of it.
type malformed struct {
	server *flowServer
	addr   string

	mu       sync.Mutex
	sent     int
	faults   int
	statuses map[string]int
	slowest  time.Duration
	slow     string
	largest  int
	heaps    []uint64
}

func newMalformed(t *testing.T) *malformed {
	t.Helper()
	config := app.Config{Addr: "127.0.0.1:0", BodyTime: 200 * time.Millisecond, Seed: "malformed"}
	m := &malformed{statuses: map[string]int{}, server: openFlowServer(t, config)}
	listeners, err := app.Listen(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- m.server.app.Serve(ctx, listeners) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	m.addr = listeners.Product[0].Addr().String()
	return m
}

// round plays the flows, has each client spoil the requests of its part of them,
// and empties every tenant that was used.
func (m *malformed) round(t *testing.T, seed uint64, count int, until time.Time) {
	t.Helper()
	parts := make([][]wireRequest, malformedClients)
	for i, name := range goodFlows(t, len(m.heaps) > 0) {
		parts[i%malformedClients] = append(parts[i%malformedClients], m.record(t, name)...)
	}
	var clients sync.WaitGroup
	tenants := make([]map[string]bool, malformedClients)
	for i, part := range parts {
		c := newMalformedClient(m, seed, i, part)
		tenants[i] = c.tenants
		clients.Go(func() {
			for n := range count / malformedClients {
				if !m.fewFaults() || !until.IsZero() && time.Now().After(until) {
					return
				}
				if err := c.next(); err != nil {
					m.fault()
					t.Errorf("MALFORMED_SEED=%d, client %d, request %d: %v", seed, i, n, err)
				}
			}
		})
	}
	clients.Wait()
	for _, of := range tenants {
		for tenant := range of {
			if _, err := m.server.app.World().Reset(t.Context(), tenant, true); err != nil {
				t.Error(err)
			}
		}
	}
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	m.heaps = append(m.heaps, memory.HeapAlloc)
	if first := m.heaps[0]; memory.HeapAlloc > 2*first+64<<20 {
		t.Errorf("MALFORMED_SEED=%d: the heap has %d MB after a collection, and had %d MB after the first round", seed, memory.HeapAlloc>>20, first>>20)
	}
}

// outliving are calls about what a reset leaves: flows that make them find it when they
// are played again.
var outliving = regexp.MustCompile(`/_sandbox/(journal|recording|snapshots|verify|explain\?request)|/timeline`)

// goodFlows are the flows in which the world does nothing that a client could
// take for a fault of the sandbox.
func goodFlows(t *testing.T, again bool) []string {
	t.Helper()
	var names []string
	for _, name := range flowNames(t, flowDir) {
		f, err := readFlow(flowDir, name)
		if err != nil {
			t.Fatal(err)
		}
		faulty := slices.ContainsFunc(f.Steps, func(s flowStep) bool { return s.Text != nil && strings.Contains(fmt.Sprint(s.Text.value), "fault:") })
		// The sender that runs beside may be faster than who sends again at once.
		races := len(f.Receivers) > 0 && slices.ContainsFunc(f.Steps, func(s flowStep) bool { return strings.HasSuffix(s.Call, "/resend") })
		outlives := slices.ContainsFunc(f.Steps, func(s flowStep) bool { return outliving.MatchString(s.Call) })
		if !faulty && !races && (!outlives || !again) && !strings.HasPrefix(name, "scenarios/") && f.Scenario == "" && f.Server != "relaxed" && !f.Repeats {
			names = append(names, name)
		}
	}
	return names
}

// record plays a flow and gives its requests.
func (m *malformed) record(t *testing.T, name string) []wireRequest {
	t.Helper()
	f, err := readFlow(flowDir, name)
	if err != nil {
		t.Fatal(err)
	}
	var requests []wireRequest
	recording := *m.server
	recording.sent = func(r wireRequest) { requests = append(requests, r) }
	if err := playFlow(&recording, flowDir, f); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return requests
}

// report says how it was, for those who ask with -v.
func (m *malformed) report(t *testing.T) {
	t.Helper()
	t.Logf("%d requests, slowest %s, largest reply %d bytes, heap after each round %d MB, most memory %d MB",
		m.sent, m.slowest, m.largest, m.heaps[len(m.heaps)-1]>>20, peakMemory()>>20)
	if !testing.Verbose() {
		return
	}
	t.Logf("the slowest was %s", m.slow)
	for _, status := range slices.Sorted(maps.Keys(m.statuses)) {
		t.Logf("%9d %s", m.statuses[status], status)
	}
}

// forgetPeak begins to measure the most memory that the process has, and reports
// whether the system can.
func forgetPeak() bool {
	debug.FreeOSMemory()
	return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600) == nil && peakMemory() > 0
}

// peakMemory is the most memory that the process has had, in bytes, or 0 if the
// system does not tell.
func peakMemory() int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if peak, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(peak), " kB"))
			return kilobytes << 10
		}
	}
	return 0
}

// malformedClient sends requests over one connection as long as that lasts.
type malformedClient struct {
	*malformed
	random *rand.Rand
	// requests are those that are spoilt, by their operation; names are the
	// operations.
	requests map[string][]wireRequest
	names    []string
	wire     wire
	// tenants are all that requests were sent to.
	tenants map[string]bool
}

func newMalformedClient(m *malformed, seed uint64, number int, requests []wireRequest) *malformedClient {
	c := &malformedClient{
		malformed: m, random: rand.New(rand.NewPCG(seed, uint64(number))), requests: map[string][]wireRequest{},
		wire: wire{addr: m.addr}, tenants: map[string]bool{},
	}
	for _, r := range requests {
		o := operationOf(m.server.documents, r.method, r.target)
		if o == nil {
			continue
		}
		c.requests[o.ID] = append(c.requests[o.ID], r)
		c.tenants[r.header("X-Tenant-Id")] = true
	}
	c.names = slices.Sorted(maps.Keys(c.requests))
	return c
}

// next spoils one request, sends it, and judges the reply.
func (c *malformedClient) next() error {
	name := c.names[c.random.IntN(len(c.names))]
	of := c.requests[name]
	r := of[c.random.IntN(len(of))].clone()
	s := spoiler{c.random, of}
	for range 1 + c.random.IntN(3) {
		s.spoil(&r)
	}
	c.tenants[r.header("X-Tenant-Id")] = true
	start := time.Now()
	reply, err := c.wire.send(r)
	took := time.Since(start)
	c.note(r, reply, took)
	if err == nil {
		err = c.judge(r, reply, took)
	}
	if err != nil {
		return fmt.Errorf("%s, from %s:\n%s\nis answered with %w", took, name, r, err)
	}
	return nil
}

func (c *malformedClient) note(r wireRequest, reply wireReply, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent++
	c.statuses[reply.outcome()]++
	c.largest = max(c.largest, len(reply.body))
	if took > c.slowest {
		c.slowest, c.slow = took, r.String()
	}
}
