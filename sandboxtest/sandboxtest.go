// Package sandboxtest gives Go tests a FinHub sandbox of their own: one server, in
// memory, for all tests of a program, and in it a tenant for each test, which sees
// nothing of the others.
//
//	func TestOnboarding(t *testing.T) {
//		finhub := sandboxtest.New(t, sandboxtest.WithScenario("kyc-rejected"))
//		customer, err := onboarding.Register(finhub.Client, finhub.BaseURL, "anna@example.com")
//		...
//		finhub.Advance(72 * time.Hour)
//		finhub.Verify(sandboxtest.Requests{Operation: "createVerification", Count: 1})
//	}
//
// A test that fails tells which requests came and what stood in the way of the last
// that was refused.
package sandboxtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/client"
)

// Sandbox is a tenant of the test's own.
type Sandbox struct {
	// BaseURL is that of the product's API, without a slash at its end.
	BaseURL string
	// ControlAddr is the host and port of the control API, as the command line's
	// --addr takes it.
	ControlAddr string
	// Tenant is what X-Tenant-ID must say.
	Tenant string
	// Client fills the documented headers in where a request has none of its own: the
	// tenant, the token of the tenant's staff, device and platform.
	Client *http.Client

	t       testing.TB
	control client.Client
	refused atomic.Pointer[string]
}

// Option is how a tenant begins.
type Option func(*Sandbox) error

// WithScenario lets a scenario of the sandbox govern the tenant's customers; without
// one everything goes well.
func WithScenario(name string) Option {
	return func(s *Sandbox) error { return s.use(map[string]string{"name": name}) }
}

// WithScenarioYAML is WithScenario for the text of a scenario.
func WithScenarioYAML(text string) Option {
	return func(s *Sandbox) error { return s.use(client.YAML(text)) }
}

// WithFrozenClock stops the tenant's clock at an instant, so that nothing comes by
// itself: Advance moves it.
func WithFrozenClock(at time.Time) Option {
	return func(s *Sandbox) error {
		_, err := client.FreezeClock.Call(s.t.Context(), s.control, map[string]string{"at": at.UTC().Format(time.RFC3339Nano)})
		return err
	}
}

// WithSettings changes settings of the tenant, by the names that the control API has
// for them: headers, delayScale, tenantKey and others.
func WithSettings(settings map[string]any) Option {
	return func(s *Sandbox) error {
		_, err := client.UpdateSettings.Call(s.t.Context(), s.control, settings)
		return err
	}
}

// New gives the test a tenant. It is emptied when the test ends; a test that has
// failed tells what came.
func New(t testing.TB, options ...Option) *Sandbox {
	t.Helper()
	server := shared()
	if server.err != nil {
		t.Fatalf("the sandbox does not start: %v", server.err)
	}
	s := &Sandbox{
		BaseURL: server.environment["FINHUB_BASE_URL"], ControlAddr: server.environment["SANDBOX_CONTROL_ADDR"],
		Tenant: server.tenant(t.Name()), t: t,
	}
	s.control = client.Client{Addr: s.ControlAddr, Tenant: s.Tenant}
	s.Client = &http.Client{Transport: &transport{sandbox: s, token: server.environment["FINHUB_TOKEN"]}}
	t.Cleanup(s.end)
	for _, option := range options {
		if err := option(s); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// Advance moves the tenant's clock; what is due on the way happens.
func (s *Sandbox) Advance(by time.Duration) {
	s.t.Helper()
	s.advance(map[string]string{"by": by.String()})
}

// AdvanceUntil moves the tenant's clock until an event of this type has come, or with
// idle until nothing is due any more.
func (s *Sandbox) AdvanceUntil(event string) {
	s.t.Helper()
	s.advance(map[string]string{"until": event})
}

func (s *Sandbox) advance(body map[string]string) {
	s.t.Helper()
	if _, err := client.AdvanceClock.Call(s.t.Context(), s.control, body); err != nil {
		s.t.Fatal(err)
	}
}

// UseScenario lets another scenario govern the customers that come.
func (s *Sandbox) UseScenario(name string) {
	s.t.Helper()
	if err := WithScenario(name)(s); err != nil {
		s.t.Fatal(err)
	}
}

// Fund puts money into a wallet: an amount such as 500.00.
func (s *Sandbox) Fund(walletID, amount string) {
	s.t.Helper()
	if _, err := client.FundWallet.Call(s.t.Context(), s.control, map[string]string{"amount": amount}, walletID); err != nil {
		s.t.Fatal(err)
	}
}

// Requests are those that should have come: the finished ones that fit all that is
// said of them. Without a number at least one has to.
type Requests struct {
	// Operation is an operationId of the product's document.
	Operation string `json:"operation,omitempty"`
	// Where are members of the journal's entry: status, refusal, customerId.
	Where map[string]any `json:"where,omitempty"`
	// Body is a part of what was sent; other members may be there.
	Body any `json:"body,omitempty"`
	// Count is how many must have come; 0 says nothing.
	Count int `json:"count,omitempty"`
	// AtLeast and AtMost are bounds of it; 0 says nothing.
	AtLeast int `json:"atLeast,omitempty"`
	AtMost  int `json:"atMost,omitempty"`
	// Never tells that none may have come.
	Never bool `json:"never,omitempty"`
	// Within is how long, in real time, what is missing may still come: 2s.
	Within string `json:"within,omitempty"`
}

// Verify fails the test if other requests came than those, and tells which come
// nearest. The test goes on.
func (s *Sandbox) Verify(wanted Requests) {
	s.t.Helper()
	reply, err := client.VerifyRequests.Call(s.t.Context(), s.control, wanted)
	if err != nil {
		s.t.Error(err)
		return
	}
	verdict, err := reply.Decode()
	if err != nil {
		s.t.Error(err)
		return
	}
	if verdict.Holds {
		return
	}
	lines := []string{fmt.Sprintf("%d requests fit %s, wanted %s", verdict.Count, text(wanted), verdict.Wanted)}
	for _, miss := range verdict.Nearest {
		lines = append(lines, "  "+text(miss))
	}
	s.t.Error(strings.Join(lines, "\n"))
}

// Explain tells what stands in the way of the last request that was refused; empty if
// none was.
func (s *Sandbox) Explain() string {
	path := s.refused.Load()
	if path == nil {
		return ""
	}
	reply, err := s.Client.Get("http://" + s.ControlAddr + *path) //nolint:noctx // it is asked for when the test's context has ended
	if err != nil {
		return err.Error()
	}
	explanation, err := io.ReadAll(reply.Body)
	if err = errors.Join(err, reply.Body.Close()); err != nil {
		return err.Error()
	}
	return string(explanation)
}

func (s *Sandbox) use(body any) error {
	_, err := client.UseScenario.Call(s.t.Context(), s.control, body)
	return err
}

// end tells what a test that failed has done, and empties its tenant.
func (s *Sandbox) end() {
	ctx := context.WithoutCancel(s.t.Context())
	if s.t.Failed() {
		s.t.Log(s.report(ctx))
	}
	if _, err := client.ResetTenant.Call(ctx, s.control, map[string]bool{"everything": true}); err != nil {
		s.t.Error(err)
	}
}

// report is the journal, a line for each request, and the explanation of the last
// refusal.
func (s *Sandbox) report(ctx context.Context) string {
	reply, err := client.ListJournal.Call(ctx, s.control, nil)
	if err != nil {
		return err.Error()
	}
	journal, err := reply.Decode()
	if err != nil {
		return err.Error()
	}
	lines := []string{fmt.Sprintf("requests of tenant %s:", s.Tenant)}
	if len(journal.Entries) == 0 {
		lines = append(lines, "  none came")
	}
	for i := range journal.Entries {
		e := &journal.Entries[i]
		lines = append(lines, strings.TrimRight(fmt.Sprintf("  %d %s %s %d %s %s", e.Number, e.Method, e.Path, e.Status, e.Refusal, e.Details), " "))
	}
	if explanation := s.Explain(); explanation != "" {
		lines = append(lines, "the last refusal, explained:", explanation)
	}
	return strings.Join(lines, "\n")
}

func text(value any) string {
	b, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// server is the one of the program, which ends with it.
type server struct {
	environment map[string]string
	err         error
	names       *names
}

var shared = sync.OnceValue(start)

func start() server {
	config := app.Config{Addr: "127.0.0.1:0", Quiet: true, Version: "sandboxtest"}
	sandbox, err := app.Open(config, io.Discard)
	if err != nil {
		return server{err: err}
	}
	listeners, err := app.Listen(config)
	if err != nil {
		return server{err: errors.Join(err, sandbox.Close())}
	}
	go func() { _ = sandbox.Serve(context.Background(), listeners) }()
	return server{environment: config.Environment(listeners, ""), names: &names{taken: map[string]int{}}}
}

// names are those of tenants that tests have had.
type names struct {
	lock sync.Mutex
	// taken has for each name the number behind it that was given last.
	taken map[string]int
}

// maxName leaves room for a number in the name of a tenant.
const maxName = 48

// tenant names the tenant of a test after it: what the sandbox makes up for a tenant
// follows from its name, so that a test meets the same ids whenever it is run.
func (s server) tenant(test string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, test)
	name = name[:min(len(name), maxName)]
	return s.names.free(name)
}

// free gives a name that no tenant has, which is the wanted one where that is possible.
func (n *names) free(wanted string) string {
	n.lock.Lock()
	defer n.lock.Unlock()
	name := wanted
	for n.taken[name] > 0 {
		n.taken[wanted]++
		name = fmt.Sprintf("%s-%d", wanted, n.taken[wanted])
	}
	n.taken[name] = 1
	return name
}
