package app_test

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/golden"
	"finhub-sandbox/internal/store"
)

// simulationSteps is how many requests a seed makes.
const simulationSteps = 400

// TestSimulation lets random clients loose on a sandbox, seed after seed for as
// long as SIMULATION_TIME says (two seconds), while an auditor keeps books of
// its own. A failure prints its seed; SIMULATION_SEED runs that one again.
func TestSimulation(t *testing.T) {
	data := simulationData{loadDocuments(t), bodyExamples(t)}
	if text := os.Getenv("SIMULATION_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("SIMULATION_SEED: %v", err)
		}
		simulate(t, seed, data)
		return
	}
	lasts := 2 * time.Second
	if text := os.Getenv("SIMULATION_TIME"); text != "" {
		var err error
		if lasts, err = time.ParseDuration(text); err != nil {
			t.Fatalf("SIMULATION_TIME: %v", err)
		}
	}
	start := time.Now()
	seeds, refused, requests := 0, 0, 0
	outcomes := map[string]int{}
	for seed := uint64(start.UnixNano()); !t.Failed() && (time.Since(start) < lasts || seeds < 20 && len(unreached(outcomes)) > 0); seed++ {
		s := simulate(t, seed, data)
		for outcome, n := range s.outcomes {
			outcomes[outcome] += n
		}
		seeds, refused, requests = seeds+1, refused+s.refused, requests+s.requests
	}
	t.Logf("%d seeds, %d requests, of which %d were refused", seeds, requests, refused)
	if testing.Verbose() && !t.Failed() {
		for _, outcome := range sortedKeys(outcomes) {
			t.Logf("%7d %s", outcomes[outcome], outcome)
		}
	}
	for _, missing := range unreached(outcomes) {
		t.Error(missing)
	}
}

// unreached says what the seeds did not get as far as. On a slow machine there
// may be one only, which is given some more.
func unreached(outcomes map[string]int) []string {
	var list []string
	for _, goal := range [][2]string{
		{"executeOperation ok", "nobody got as far as paying"},
		{"activateOrganization ok", "no organization was activated"},
		{"approved order COMPLETED", "no order was approved by everybody who had to"},
	} {
		if outcomes[goal[0]] == 0 {
			list = append(list, goal[1])
		}
	}
	return list
}

// TestSimulationCanBeHadAgain runs one seed twice: a seed that failed must fail
// again.
func TestSimulationCanBeHadAgain(t *testing.T) {
	if raceDetector {
		t.Skip("it does one thing after another; TestSimulation runs under the detector")
	}
	data := simulationData{loadDocuments(t), bodyExamples(t)}
	first, second := simulate(t, 1, data), simulate(t, 1, data)
	if !maps.Equal(first.outcomes, second.outcomes) || !slices.Equal(first.trail, second.trail) {
		t.Errorf("the same seed did something else:\n%s\n\nand\n%s", strings.Join(first.trail, "\n"), strings.Join(second.trail, "\n"))
	}
}

// simulationData is what all seeds share, since reading it takes long.
type simulationData struct {
	documents []*contract.Document
	examples  map[string][]any
}

// simulation is one seed's run.
type simulation struct {
	seed    uint64
	random  *rand.Rand
	config  app.Config
	app     *app.App
	wall    time.Time
	client  *client
	auditor *auditor
	tenants []string
	simulationData
	// emails counts the customers, whose e-mails must differ.
	emails            int
	requests, refused int
	// outcomes counts what came of requests: operation and ok, or the refusal.
	outcomes map[string]int
	// trail is what happened last.
	trail []string
}

// simulate runs one seed: the seed alone decides what happens.
func simulate(t *testing.T, seed uint64, d simulationData) *simulation {
	t.Helper()
	s := &simulation{
		simulationData: d, outcomes: map[string]int{},
		seed: seed, random: rand.New(rand.NewPCG(seed, 0)), wall: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
		tenants: []string{"acme", "initech", "umbrella"},
	}
	s.config = app.Config{
		Seed: "simulation", Quiet: true, CheckShared: true, Data: filepath.Join(t.TempDir(), "state.db"), Durability: store.Never,
		Settings: scaled(s.pick(1, 0, 1.0/86400)), Now: func() time.Time { return s.wall },
	}
	s.auditor = &auditor{wall: s.config.Now}
	s.client = &client{documents: d.documents}
	err := s.open()
	if err == nil {
		err = s.auditor.learn(s.client)
	}
	for step := 0; err == nil && step < simulationSteps; step++ {
		err = s.step()
	}
	for _, name := range s.tenants {
		if err == nil {
			err = s.auditor.audit(s.auditor.tenant(name))
		}
	}
	if err == nil {
		err = s.app.Close()
	}
	if err != nil {
		t.Errorf("SIMULATION_SEED=%d: %v\n\nBefore it:\n%s", seed, err, strings.Join(s.trail, "\n"))
	}
	return s
}

func (s *simulation) open() error {
	var err error
	s.app, err = app.Open(s.config, io.Discard)
	if err == nil {
		s.client.send = inProcess(s.app.Handler())
	}
	return err
}

// chance is true in so many of a hundred cases.
func (s *simulation) chance(percent int) bool { return s.random.IntN(100) < percent }

func (s *simulation) pick(of ...float64) float64 { return of[s.random.IntN(len(of))] }

func oneOf[T any](s *simulation, list []T) T {
	var none T
	if len(list) == 0 {
		return none
	}
	return list[s.random.IntN(len(list))]
}

// step does one thing: mostly a request, now and then something that happens to
// the whole sandbox.
func (s *simulation) step() error {
	t := s.auditor.tenant(oneOf(s, s.tenants))
	switch n := s.random.IntN(1000); {
	case n < 8:
		return s.restart(t)
	case n < 60:
		return s.time(t)
	case n < 90:
		return s.auditor.audit(t)
	case n < 110:
		others := slices.DeleteFunc(slices.Clone(s.tenants), func(name string) bool { return name == t.name })
		return s.auditor.apart(t, s.auditor.tenant(oneOf(s, others)))
	case n < 220:
		return s.guide(t)
	case n < 260:
		return s.trespass(t)
	case n < 350:
		s.wall = s.wall.Add(time.Duration(s.random.IntN(600)) * time.Second)
	}
	return s.request(t)
}

// restart closes the sandbox and opens it on its file: it shows the same again.
func (s *simulation) restart(t *auditedTenant) error {
	customer := t.customers[oneOf(s, sortedKeys(t.customers))]
	before, err := s.look(t, customer)
	if err != nil {
		return err
	}
	if err := s.app.Close(); err != nil {
		return err
	}
	s.note("restart")
	if err := s.open(); err != nil {
		return err
	}
	after, err := s.look(t, customer)
	if err == nil && before != after {
		err = fmt.Errorf("a restart changed what is shown:\n%s", golden.Diff(before, after))
	}
	return err
}

// look gives what is shown of a customer; of nobody nothing is.
func (s *simulation) look(t *auditedTenant, c *auditedCustomer) (string, error) {
	if c == nil {
		return "", nil
	}
	return s.auditor.shown(t, c)
}

// time moves the tenant's clock, or asks for it.
func (s *simulation) time(t *auditedTenant) error {
	minutes := oneOf(s, []int{1, 20, 90, 180, 24 * 60, 3 * 24 * 60, 30 * 24 * 60})
	h := oneOf(s, []httpCall{
		{operation: s.client.operation("getClock")},
		{operation: s.client.operation("freezeClock"), body: map[string]any{}},
		{operation: s.client.operation("runClock")},
		{operation: s.client.operation("advanceClock"), body: map[string]any{"by": fmt.Sprintf("%dm", minutes)}},
		{operation: s.client.operation("advanceClock"), body: map[string]any{"by": fmt.Sprintf("%dm", minutes)}},
		{operation: s.client.operation("advanceClock"), body: map[string]any{"until": "idle"}},
		{operation: s.client.operation("advanceClock"), body: map[string]any{"to": s.auditor.now(t).Add(-time.Hour).Format(time.RFC3339)}},
	})
	h.tenant = t.name
	reply, err := s.do(h)
	if err == nil && reply.status >= 400 && textAt(reply.value, "error.code") != "CLOCK_BACKWARDS" {
		err = fmt.Errorf("%s: %s", h, reply)
	}
	if err == nil && textAt(h.body, "until") == "idle" {
		// Idle leaves deadlines alone, even those of the instant at which it
		// stops. A second later they are over for everybody.
		h.body = map[string]any{"by": "1s"}
		_, err = s.do(h)
	}
	return err
}

// request makes a request of a random client. What it means to be about is shown
// before and after, and a refusal must not have changed it.
func (s *simulation) request(t *auditedTenant) error {
	customer := t.customers[oneOf(s, sortedKeys(t.customers))]
	_, err := s.attempt(t, customer, s.call(t, customer))
	return err
}

// attempt makes a request that is meant to be about a customer.
func (s *simulation) attempt(t *auditedTenant, customer *auditedCustomer, h httpCall) (httpReply, error) {
	before, err := s.look(t, customer)
	if err != nil {
		return httpReply{}, err
	}
	reply, err := s.do(h)
	if err != nil || reply.status < 400 {
		return reply, err
	}
	s.refused++
	after, err := s.look(t, customer)
	if err == nil && before != after {
		err = fmt.Errorf("%s\nwas refused with %s\nand changed what is shown:\n%s", h, reply, golden.Diff(before, after))
	}
	return reply, err
}

func (s *simulation) do(h httpCall) (httpReply, error) {
	s.requests++
	reply, err := s.client.do(h)
	s.note(fmt.Sprintf("%s -> %d %s", h, reply.status, textAt(reply.value, "data.refusal")))
	if err != nil {
		return reply, err
	}
	code := "ok"
	if reply.status >= 400 {
		code = textAt(reply.value, "data.refusal")
	}
	s.outcomes[h.operation.ID+" "+code]++
	if textAt(h.body, "orderId") != "" && code == "ok" {
		s.outcomes["approved order "+textAt(reply.value, "data.status")]++
	}
	if err := s.auditor.observe(h, reply); err != nil {
		return reply, fmt.Errorf("%s: %w\nThe reply was %s", h, err, reply)
	}
	return reply, nil
}

func (s *simulation) note(line string) {
	s.trail = append(s.trail, s.wall.Format(time.DateTime)+" "+line)
	if len(s.trail) > 12 {
		s.trail = s.trail[1:]
	}
}

// TestAuditorNotices does what the sandbox must never do, behind the auditor's
// back: a simulation is worth what its auditor sees.
func TestAuditorNotices(t *testing.T) {
	c := &client{documents: loadDocuments(t), send: inProcess(openApp(t).Handler())}
	a := &auditor{wall: time.Now}
	if err := a.learn(c); err != nil {
		t.Fatal(err)
	}
	l := c.live(t, "acme", "anna@example.com")
	books := a.tenant("acme")
	books.customers[l.customer] = &auditedCustomer{id: l.customer, product: l.wallet, active: true, category: "INDIVIDUAL_STANDARD"}
	books.wallets[l.wallet] = &auditedWallet{id: l.wallet, customer: l.customer, balance: 500_000, reserved: 10_150}
	books.in = 500_000
	if err := a.audit(books); err != nil {
		t.Errorf("with the right books: %v", err)
	}
	for name, spoil := range map[string]func(){
		"money that came from nowhere": func() { c.on(t, l, "fundWallet", map[string]any{"amount": "0.01"}) },
		"a total that is wrong":        func() { books.in, books.wallets[l.wallet].balance = 500_000, 500_001 },
	} {
		spoil()
		if a.audit(books) == nil {
			t.Errorf("the auditor overlooks %s", name)
		}
	}
	for _, c := range []struct{ machine, from, to string }{
		{"order", "COMPLETED", "READY"}, {"order", "EXPIRED", "COMPLETED"}, {"verification", "REJECTED", "APPROVED"},
		{"customer", "ACTIVE", "PENDING_ACTIVATION"}, {"payment_consent", "REVOKED", "ACTIVE"}, {"beneficiary", "INACTIVE", "ACTIVE"},
		{"wallet", "ACTIVE", "PENDING_ACTIVATION"}, {"order", "READY", "DONE"},
	} {
		books.states[c.machine+" x"] = c.from
		if a.see(books, c.machine, "x", c.to) == nil {
			t.Errorf("the auditor lets a %s go from %s to %s", c.machine, c.from, c.to)
		}
	}
	if a.apart(a.tenant("acme"), books) == nil {
		t.Error("the auditor overlooks that somebody else's things are shown")
	}
}
