package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/app"
)

// The measurements compare the sandbox with a bare handler of net/http that
// decodes a body and answers a few members: in one run, with one client, over
// loopback.

const registrationBody = `{"firstName":"Anna","lastName":"Petrauskaite","email":"customer%d@example.com","phone":"+37062767557",` +
	`"dateOfBirth":"1990-05-14","gender":"FEMALE","nationality":"LT","password":"SecurePass123!","matchingPassword":"SecurePass123!",` +
	`"customerCategory":{"id":"fs-cat-b2c-low-001","name":"Individual Standard"},"roleIds":["ACCOUNT_OWNER","USER"]}`

// bareHandler is what the sandbox is compared with.
func bareHandler(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	if r.Method == http.MethodPost {
		text, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(text, &body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	text, err := json.Marshal(map[string]any{
		"code": 200, "message": "Success", "data": map[string]any{"id": "26e4eacc-4d4b-47b1-836d-6819bdca1636", "email": body["email"]},
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text)
}

// target is a server under measurement.
type target struct {
	handler http.Handler
	base    string
	client  *http.Client
	// made counts the registrations, whose e-mails must differ.
	made atomic.Int64
}

func newTarget(t testing.TB, handler http.Handler) *target {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &target{handler: handler, base: server.URL, client: server.Client()}
}

// newSandboxTarget is a sandbox as it is by default, but for its log.
func newSandboxTarget(t testing.TB) *target {
	t.Helper()
	return newTarget(t, openAppWith(t, app.Config{Seed: "bench", Quiet: true, Settings: scaled(1)}).Handler())
}

func (x *target) request(method, path, body string) *http.Request {
	r, err := http.NewRequest(method, x.base+path, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	for name, value := range map[string]string{
		"X-Tenant-ID": "bench", "Authorization": "Bearer " + adminToken, "X-Forwarded-For": "127.0.0.1",
		"X-Forwarded-From": "bench", "platform": "web", "deviceId": "bench",
	} {
		r.Header.Set(name, value)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func (x *target) registration() *http.Request {
	return x.request(http.MethodPost, "/api/v2.1/customer/individual/registration", fmt.Sprintf(registrationBody, x.made.Add(1)))
}

// over sends a request over loopback and wants a success.
func (x *target) over(t testing.TB, r *http.Request) []byte {
	reply, err := x.client.Do(r)
	if err != nil {
		t.Error(err)
		return nil
	}
	text, err := io.ReadAll(reply.Body)
	reply.Body.Close()
	if err != nil || reply.StatusCode >= http.StatusBadRequest {
		t.Errorf("%s %s: %d %s %v", r.Method, r.URL.Path, reply.StatusCode, text, err)
	}
	return text
}

// straight gives a request to the handler, without a network between.
func (x *target) straight(t testing.TB, r *http.Request) []byte {
	recorder := httptest.NewRecorder()
	x.handler.ServeHTTP(recorder, r)
	if recorder.Code >= http.StatusBadRequest {
		t.Fatalf("%s %s: %d %s", r.Method, r.URL.Path, recorder.Code, recorder.Body)
	}
	return recorder.Body.Bytes()
}

// fill registers customers until there are so many, and gives the wallet of the
// last one, activated.
func (x *target) fill(t testing.TB, customers int64) (wallet string) {
	t.Helper()
	for x.made.Load() < customers-1 {
		x.straight(t, x.registration())
	}
	c := &client{documents: loadDocuments(t), send: inProcess(x.handler), unchecked: true}
	return c.live(t, "bench", fmt.Sprintf("alive%d@example.com", x.made.Add(1))).wallet
}

func balanceOf(wallet string) string { return "/api/v2.1/fintrans/" + wallet + "/balance" }

// measureParallel measures a request from as many clients as there are
// processors, over loopback.
func measureParallel(b *testing.B, x *target, next func() *http.Request) {
	b.Helper()
	b.ReportAllocs()
	b.RunParallel(func(loop *testing.PB) {
		for loop.Next() {
			x.over(b, next())
		}
	})
}

func BenchmarkRegistration(b *testing.B) {
	x := newSandboxTarget(b)
	measureParallel(b, x, x.registration)
}

func BenchmarkBareRegistration(b *testing.B) {
	x := newTarget(b, http.HandlerFunc(bareHandler))
	measureParallel(b, x, x.registration)
}

func BenchmarkBalance(b *testing.B) {
	x := newSandboxTarget(b)
	path := balanceOf(x.fill(b, 10))
	b.ResetTimer()
	measureParallel(b, x, func() *http.Request { return x.request(http.MethodGet, path, "") })
}

func BenchmarkBareBalance(b *testing.B) {
	x := newTarget(b, http.HandlerFunc(bareHandler))
	measureParallel(b, x, func() *http.Request { return x.request(http.MethodGet, balanceOf("x"), "") })
}

// BenchmarkBalanceUnderRules is BenchmarkBalance with a scenario of a thousand
// rules, of which a hundred are about this operation and fit nobody.
func BenchmarkBalanceUnderRules(b *testing.B) {
	x := newSandboxTarget(b)
	use := x.request(http.MethodPut, "/_sandbox/scenario", thousandRules())
	use.Header.Set("Content-Type", "application/yaml")
	x.straight(b, use)
	path := balanceOf(x.fill(b, 10))
	b.ResetTimer()
	measureParallel(b, x, func() *http.Request { return x.request(http.MethodGet, path, "") })
}

func thousandRules() string {
	operations := []string{
		"getWalletBalance", "registerIndividual", "acceptIndividualConsent", "activateIndividual", "createBeneficiary",
		"createPaymentConsent", "prepareOperation", "executeOperation", "getOrder", "listWalletTransactions",
	}
	var text strings.Builder
	text.WriteString("name: thousand\nextends: happy-path\nrules:\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "  - {on: %s, when: 'customer.name == \"Nobody %d\"', fault: lost}\n", operations[i%len(operations)], i)
	}
	return text.String()
}

// BenchmarkLife takes customers through all seven phases, to a completed
// transfer.
func BenchmarkLife(b *testing.B) {
	x := newSandboxTarget(b)
	c := &client{documents: loadDocuments(b), unchecked: true, send: overNetwork(x.client, x.base)}
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		c.execute(b, c.live(b, "bench", fmt.Sprintf("alive%d@example.com", x.made.Add(1))))
	}
}

// dueTimers are how many pending decisions are advanced past.
const dueTimers = 10_000

// advanceDue moves a clock past ten thousand pending decisions and says how long
// it took.
func advanceDue(t testing.TB) time.Duration {
	t.Helper()
	x := newSandboxTarget(t)
	x.straight(t, x.request(http.MethodPost, "/_sandbox/clock/freeze", ""))
	for range dueTimers {
		var registered any
		if err := json.Unmarshal(x.straight(t, x.registration()), &registered); err != nil {
			t.Fatal(err)
		}
		path := "/api/v2.1/customer/individual/" + textAt(registered, "data.id") + "/verification"
		x.straight(t, x.request(http.MethodPost, path, `{"verificationType":"STANDARD","verificationData":{"documentType":"ID_CARD","documentNumber":"15202020"}}`))
	}
	request := x.request(http.MethodPost, "/_sandbox/clock/advance", `{"by":"25h"}`)
	start := time.Now()
	text := x.straight(t, request)
	took := time.Since(start)
	var moved any
	if err := json.Unmarshal(text, &moved); err != nil {
		t.Fatal(err)
	}
	checkAdvanced(t, moved, dueTimers)
	return took
}

// BenchmarkAdvance counts the advance alone, not what was prepared for it.
func BenchmarkAdvance(b *testing.B) {
	var sum time.Duration
	for range b.N {
		sum += advanceDue(b)
	}
	b.ReportMetric(float64(sum.Nanoseconds())/float64(b.N), "ns/op")
}
