package app_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/golden"
	"finhub-sandbox/internal/store"
)

// writingStore counts the rows that transactions write or delete.
type writingStore struct {
	store.Store
	rows int
}

type writingTx struct {
	store.Tx
	rows *int
}

func (s *writingStore) Update(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	return s.Store.Update(ctx, tenant, func(tx store.Tx) error { return fn(writingTx{tx, &s.rows}) })
}

func (t writingTx) Set(key []byte, value string) {
	*t.rows++
	t.Tx.Set(key, value)
}

func (t writingTx) Delete(key []byte) {
	*t.rows++
	t.Tx.Delete(key)
}

// TestRowsWritten plays the whole lives of a person and of a company, and holds
// how many rows each operation writes.
func TestRowsWritten(t *testing.T) {
	var writing *writingStore
	server := openFlowServer(t, app.Config{Store: func(s store.Store) store.Store {
		writing = &writingStore{Store: s}
		return writing
	}})
	rows := map[string]int{}
	server.around = func(r *http.Request, answer func()) {
		writing.rows = 0
		answer()
		if o := operationOf(server.documents, r.Method, r.URL.Path); r.Method != http.MethodGet {
			rows[o.ID] = max(rows[o.ID], writing.rows)
		}
	}
	for _, name := range []string{"happy-newest", "happy-organization-newest"} {
		f, err := readFlow(flowDir, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := playFlow(server, flowDir, f); err != nil {
			t.Fatal(err)
		}
	}
	golden.AtMost(t, moduleRoot+"/testdata/costs/rows.txt", rows)
}

// costedRequest is a request that is measured by itself: a call, and for one that
// cannot be made twice what the next one sends.
type costedRequest struct {
	operation string
	call      httpCall
	next      func() any
}

// costedRequests are the requests that users make most, about a customer with a
// transfer.
func costedRequests(c *client, l life) []costedRequest {
	call := func(operation string, body any) costedRequest {
		o := c.operation(operation)
		return costedRequest{operation: operation, call: httpCall{operation: o, tenant: l.tenant, token: adminToken, path: inPath(o, l.params()), body: body}}
	}
	registration, made := call("registerIndividual", nil), 0
	registration.next = func() any {
		made++
		return map[string]any{
			"firstName": "Anna", "lastName": "Petrauskaite", "email": fmt.Sprintf("customer%07d@example.com", made), "phone": "+37062767557",
			"dateOfBirth": "1990-05-14", "gender": "FEMALE", "nationality": "LT", "password": password, "matchingPassword": password,
			"customerCategory": map[string]any{"id": "fs-cat-b2c-low-001", "name": "Individual Standard"}, "roleIds": []any{"ACCOUNT_OWNER", "USER"},
		}
	}
	return []costedRequest{
		registration,
		call("createIndividualSession", map[string]any{
			"username": l.email, "password": l.password, "tenantKey": "demo-tenant-key", "tenantSecret": "demo-tenant-secret",
		}),
		call("getCustomerWallets", nil),
		call("getWalletBalance", nil),
		call("getOrder", nil),
	}
}

// request makes the next such request.
func (q costedRequest) request(t testing.TB) *http.Request {
	t.Helper()
	if q.next != nil {
		q.call.body = q.next()
	}
	r, err := q.call.request()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sink is a reply that nobody reads and that costs nothing.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// answer lets a handler answer a request, and wants a success.
func (s *sink) answer(t testing.TB, handler http.Handler, r *http.Request) {
	clear(s.header)
	s.status = http.StatusOK
	handler.ServeHTTP(s, r)
	if s.status >= http.StatusBadRequest {
		t.Fatalf("%s %s: %d", r.Method, r.URL.Path, s.status)
	}
}

// aliveForCosts opens a sandbox in which a customer has paid.
func aliveForCosts(t testing.TB, config app.Config) (http.Handler, []costedRequest) {
	t.Helper()
	config.Seed, config.Quiet, config.Settings = "costs", true, scaled(1)
	handler := openAppWith(t, config).Handler()
	c := &client{documents: loadDocuments(t), send: inProcess(handler)}
	l := c.live(t, "costs", "anna@example.com")
	c.execute(t, l)
	return handler, costedRequests(c, l)
}

// TestAllocations holds how often the requests that users make most allocate
// memory. That, unlike their time, is the same on every machine.
func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector adds to them")
	}
	// What else the process does, such as the databases of other tests, only adds: the
	// least of some measurements is the requests' own.
	const rounds, runs = 20, 25
	handler, requests := aliveForCosts(t, app.Config{})
	allocations := map[string]int{}
	for _, q := range requests {
		made := make([]*http.Request, rounds*(runs+1)) // One of each is sent before it is counted.
		for n := range made {
			made[n] = q.request(t)
		}
		next, out := 0, &sink{header: http.Header{}}
		for range rounds {
			found := int(testing.AllocsPerRun(runs, func() {
				out.answer(t, handler, made[next])
				next++
			}))
			if least, known := allocations[q.operation]; !known || found < least {
				allocations[q.operation] = found
			}
		}
	}
	golden.AtMost(t, moduleRoot+"/testdata/costs/allocations.txt", allocations)
}

// BenchmarkRequest makes and answers the same requests without a network, for
// profiles.
func BenchmarkRequest(b *testing.B) {
	handler, requests := aliveForCosts(b, app.Config{})
	for _, q := range requests {
		b.Run(q.operation, func(b *testing.B) {
			b.ReportAllocs()
			out := &sink{header: http.Header{}}
			for b.Loop() {
				out.answer(b, handler, q.request(b))
			}
		})
	}
}
