package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/spec"
)

// TestBytesThatAreNoText sends bytes that are no UTF-8, and control characters, in
// every header that the documents know and in those that are logged or echoed, in
// the path of every operation, in a path that nobody serves, and in the query:
// each is a 400 with a body.
func TestBytesThatAreNoText(t *testing.T) {
	p := openLocal(t, app.Config{})
	refused := func(name string, change func(*http.Request)) {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, "/api/v2.1/wallets/customer/x", http.NoBody)
		r.Host = "localhost"
		r.Header.Set("X-Tenant-ID", "demo")
		r.Header.Set("Authorization", "Bearer sandbox-admin")
		change(r)
		recorder := httptest.NewRecorder()
		p.app.Handler().ServeHTTP(recorder, r)
		if recorder.Code != http.StatusBadRequest || !strings.Contains(recorder.Body.String(), "REQUEST_INVALID") {
			t.Errorf("%s: %d %q", name, recorder.Code, recorder.Body)
		}
	}
	headers := map[string]bool{"User-Agent": true, "Origin": true, "X-User-ID": true, "X-Sandbox-Scenario": true, "X-Request-Id": true, "Accept": true}
	for _, d := range loadDocuments(t) {
		for _, o := range d.Operations {
			for _, h := range o.Headers {
				headers[h.Name] = true
			}
			refused(o.ID, func(r *http.Request) { r.URL.Path, r.URL.RawPath = o.Path+"/\xff", "" })
		}
	}
	for name := range headers {
		for _, bad := range []string{"a\xffb", "a\x00b", "\xc3("} {
			refused(fmt.Sprintf("%s %q", name, bad), func(r *http.Request) { r.Header.Set(name, bad) })
		}
	}
	refused("a path that nobody serves", func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/api/v2.1/nope/\xff", "/api/v2.1/nope/%ff" })
	for _, query := range []string{"limit=%ff", "%ff=1", "limit=%zz", "limit=1;offset=2", "limit=1&limit=2", "a=%00"} {
		refused(query, func(r *http.Request) { r.URL.RawQuery = query })
	}
}

// TestWholeNumbersAreReadOnce gives every whole number of a query in spellings that
// some reader takes for another number, and holds that each is refused: handlers
// have no default for what was sent.
func TestWholeNumbersAreReadOnce(t *testing.T) {
	tried, documents := 0, loadDocuments(t)
	for i, raw := range []rawDocument{readRawDocument(t, spec.Product()), readRawDocument(t, spec.Control())} {
		for _, o := range raw.memberOperations() {
			operation := documents[i].Operation(o.id)
			for _, p := range o.params {
				if p.in != "query" || p.schema["type"] != "integer" {
					continue
				}
				tried++
				for _, bad := range []string{"1e1", "10.0", "1_0", "0x1", "1e18", "99999999999999999999", "9007199254740993", "-1", "", " 1", "one", "NaN", "Inf"} {
					found := operation.CheckParams(func(in, name string) (string, bool) { return bad, in == "query" && name == p.name })
					if !strings.Contains(fmt.Sprint(found), p.name) {
						t.Errorf("%s takes %s=%q: %v", o.id, p.name, bad, found)
					}
				}
			}
		}
	}
	if tried == 0 {
		t.Error("no operation has a whole number in its query")
	}
}

// TestIDsInCapitalsAreTheSame reads everything of a customer under its ids in
// capitals, and holds that the replies are those under the ids as they are. The
// tenant's name is no id.
func TestIDsInCapitalsAreTheSame(t *testing.T) {
	p := openLocal(t, app.Config{Settings: scaled(1)})
	c := &client{documents: loadDocuments(t), send: inProcess(p.app.Handler())}
	l := c.live(t, "capitals", "anna@example.com")
	compared := 0
	for _, o := range loadDocuments(t)[0].Operations {
		if o.Method != http.MethodGet || !strings.Contains(o.Path, "{") {
			continue
		}
		path, upper := map[string]string{}, map[string]string{}
		for name, value := range l.params() {
			path[name], upper[name] = value, strings.ToUpper(value)
		}
		upper["tenantId"], upper["ownerTenantId"] = "capitals", "capitals"
		read := func(params map[string]string) httpReply {
			request, err := httpCall{operation: o, tenant: "capitals", token: adminToken, path: params}.request()
			if err != nil {
				t.Fatal(err)
			}
			reply, err := c.send(request)
			if err != nil {
				t.Fatal(err)
			}
			return reply
		}
		plain, capitals := read(path), read(upper)
		if plain.status != http.StatusOK {
			continue
		}
		compared++
		if capitals.status != plain.status || !bytes.Equal(plain.raw, capitals.raw) {
			t.Errorf("%s differs:\n%s\n%s", o.ID, plain, capitals)
		}
	}
	if compared < 5 {
		t.Errorf("only %d operations answered", compared)
	}
	verdict := func(consent, payee string) []byte {
		return c.on(t, l, "validatePaymentConsent", map[string]any{"consentId": consent, "beneficiaryId": payee, "amount": 10}).raw
	}
	if plain, capitals := verdict(l.paymentConsent, l.beneficiary), verdict(strings.ToUpper(l.paymentConsent), strings.ToUpper(l.beneficiary)); !bytes.Equal(plain, capitals) {
		t.Errorf("ids in bodies differ:\n%s\n%s", plain, capitals)
	}
}

// TestAnAdvanceEndsWithItsCaller lets a caller leave in the middle of an advance:
// the clock stands between two timers, and the reply that nobody reads any more,
// or that a sandbox gives which is being stopped, says where.
func TestAnAdvanceEndsWithItsCaller(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	looks := 0
	p := openLocal(t, app.Config{Settings: scaled(1), Seed: "leave", Now: func() time.Time {
		if looks--; looks == 0 {
			leave()
		}
		return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	}})
	p.must("t", http.MethodPost, "/_sandbox/clock/freeze", "{}")
	c := &client{documents: loadDocuments(t), send: inProcess(p.app.Handler())}
	for i := range 5 {
		c.live(t, "t", fmt.Sprintf("anna%d@example.com", i))
	}
	looks = 7 // The clock is looked at once for each timer, and a few times before.
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "http://localhost:8080/_sandbox/clock/advance", strings.NewReader(`{"by": "365d"}`))
	r.Header.Set("X-Tenant-ID", "t")
	r.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	p.app.Handler().ServeHTTP(recorder, r)
	clock := p.must("t", http.MethodGet, "/_sandbox/clock", "")
	if recorder.Code != http.StatusServiceUnavailable || !strings.Contains(recorder.Body.String(), "the clock stands at "+clock.get("now")) {
		t.Errorf("%d %s", recorder.Code, recorder.Body)
	}
	if now := clock.get("now"); now <= "2026-01-05T09" || now >= "2027" || clock.get("pending") == "0" {
		t.Errorf("the clock stands at %s with %s pending", now, clock.get("pending"))
	}
	if moved := p.must("t", http.MethodPost, "/_sandbox/clock/advance", `{"to": "2027-01-05T09:00:00Z"}`); moved.get("now") != "2027-01-05T09:00:00Z" {
		t.Errorf("went on to %s", moved.get("now"))
	}
}
