package app_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/golden"
)

// fuzzWorld is a sandbox with one tenant, in which one customer has gone through
// its life and another one waits for its verification. Its time stands still, so
// that everything can be had again.
type fuzzWorld struct {
	client  *client
	engine  *engine.Engine
	alive   life
	waiting life
	// state is everything that is stored of the tenant.
	state string
}

const fuzzTenant = "fuzz"

func newFuzzWorld(t testing.TB) *fuzzWorld {
	t.Helper()
	start := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	a := openAppWith(t, app.Config{Seed: "fuzz", Quiet: true, Settings: scaled(1), Now: func() time.Time { return start }})
	w := &fuzzWorld{
		client: &client{documents: loadDocuments(t), send: inProcess(a.Handler())},
		engine: a.World().Engine(),
	}
	w.begin(t)
	return w
}

// begin puts the tenant back to its beginning.
func (w *fuzzWorld) begin(t testing.TB) {
	t.Helper()
	if _, err := w.engine.Reset(t.Context(), fuzzTenant); err != nil {
		t.Fatal(err)
	}
	if _, err := w.engine.Freeze(t.Context(), fuzzTenant, nil); err != nil {
		t.Fatal(err)
	}
	w.alive = w.client.live(t, fuzzTenant, "anna@example.com")
	w.waiting = w.client.register(t, fuzzTenant, "jonas@example.com")
	w.waiting.verification = textAt(w.client.on(t, w.waiting, "createVerification", map[string]any{
		"customerId": w.waiting.customer, "type": "IDENTITY_VERIFICATION", "requestedLevel": "TENANT_VERIFIED",
	}).value, "data.verificationId")
	w.state = w.dump(t)
}

func (w *fuzzWorld) dump(t testing.TB) string {
	t.Helper()
	state, err := w.engine.Dump(t.Context(), fuzzTenant)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// try sends a call whatever it is: it must neither be an internal error, which a
// panic becomes too, nor break the document, and a refused one must not have
// changed anything.
func (w *fuzzWorld) try(t *testing.T, h httpCall) {
	t.Helper()
	reply, err := w.client.do(h)
	if err != nil {
		t.Fatal(err)
	}
	if reply.status >= http.StatusBadRequest {
		if counted(reply) {
			w.begin(t)
		} else if state := w.dump(t); state != w.state {
			t.Fatalf("%s\nis refused with %s\nand changed the state:\n%s", h, reply, golden.Diff(w.state, state))
		}
		return
	}
	// Whatever it did is undone, in whichever tenant.
	if other := h.header["X-Tenant-ID"]; other != "" {
		if _, err := w.engine.Reset(t.Context(), other); err != nil {
			t.Fatal(err)
		}
	}
	w.begin(t)
}

// counted reports whether a refusal is one of those that are counted.
func counted(r httpReply) bool {
	code := textAt(r.value, "data.refusal")
	return code == "CREDENTIALS_INVALID" || code == "ACCOUNT_LOCKED"
}

// FuzzRequest sends any operation any path, query, headers and body. Path
// parameters that are not given mean the customer who has a life; headers are
// lines, and replace those that every call sends.
func FuzzRequest(f *testing.F) {
	w := newFuzzWorld(f)
	examples := bodyExamples(f)
	operations := w.client.operations()
	for i, o := range operations {
		f.Add(uint16(i), "", "", []byte(nil))
		for _, example := range examples[o.ID] {
			for _, body := range []any{example, adapted(example, w.alive.replacements())} {
				text, err := json.Marshal(body, json.Deterministic(true))
				if err != nil {
					f.Fatal(err)
				}
				f.Add(uint16(i), "", "", text)
			}
		}
	}
	f.Add(uint16(0), "customerId=%00&walletId=..%2F..&limit=-1", "Authorization: Bearer "+w.alive.token, []byte("{\"a\": 1, \"a\": 2}"))
	f.Add(uint16(1), "", "X-Tenant-ID: a/b\nContent-Type: text/plain", []byte("\xff\xfe"))
	f.Add(uint16(2), "operationType=TRANSFER", "Authorization: Basic eDp5\nplatform:", []byte("[]"))
	f.Add(uint16(3), "", "\xff:\xff", []byte(nil))
	f.Fuzz(func(t *testing.T, operation uint16, parameters, headers string, body []byte) {
		h := httpCall{
			operation: operations[int(operation)%len(operations)], tenant: fuzzTenant, token: adminToken,
			path: w.alive.params(), query: url.Values{}, raw: body, header: map[string]string{},
		}
		values, _ := url.ParseQuery(parameters)
		for name := range values {
			if _, inPath := h.path[name]; inPath {
				h.path[name] = values.Get(name)
			} else {
				h.query.Set(name, values.Get(name))
			}
		}
		for line := range strings.Lines(headers) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				h.header[http.CanonicalHeaderKey(strings.TrimSpace(name))] = strings.TrimSpace(value)
			}
		}
		w.try(t, h)
	})
}

// operations are those of the product and of the control API, in their order.
// Those that show documents and pages are left out: they take nothing; so are those
// whose replies have no end.
func (c *client) operations() []*contract.Operation {
	var list []*contract.Operation
	for _, d := range c.documents {
		for _, o := range d.Operations {
			if !strings.HasSuffix(o.ID, "Json") && !strings.HasSuffix(o.ID, "Yaml") && o.ID != "getDocs" && o.ID != "listenForWebhooks" && o.ID != "streamJournal" {
				list = append(list, o)
			}
		}
	}
	return list
}

// FuzzDocument hands in any file under any type for a verification that waits
// for one, in both families of bodies.
func FuzzDocument(f *testing.F) {
	w := newFuzzWorld(f)
	for _, example := range bodyExamples(f)["uploadVerificationDocument"] {
		for _, at := range []string{"", "document."} {
			if content := textAt(example, at+"fileContent"); content != "" {
				f.Add(content, textAt(example, at+"mimeType"), textAt(example, at+"documentType"), at != "")
			}
		}
	}
	encode := base64.StdEncoding.EncodeToString
	f.Add(encode([]byte("\x89PNG\r\n\x1a\n")), "image/png", "GOVERNMENT_ID", false)
	f.Add(encode([]byte("\xff\xd8\xff\xe0")), "", "PASSPORT", true)
	f.Add("data:application/pdf;base64,"+somePDF, "", "PROOF_OF_ADDRESS", false)
	f.Add("data:,"+somePDF, "application/pdf", "SELFIE", false)
	f.Add("JVBERi0=\n", "application/pdf", "PASSPORT", false)
	f.Add("====", "text/html", "\x00", true)
	f.Fuzz(func(t *testing.T, content, mimeType, documentType string, nested bool) {
		document := map[string]any{
			"documentType": documentType, "fileContent": content, "fileName": "file", "mimeType": mimeType,
		}
		body := document
		if nested {
			body = map[string]any{"document": document, "description": "Photo page"}
		}
		raw, err := json.Marshal(body)
		if err != nil {
			// Not UTF-8: such a body cannot be written, and FuzzRequest sends them.
			t.Skip()
		}
		w.try(t, httpCall{
			operation: w.client.operation("uploadVerificationDocument"), tenant: fuzzTenant, token: adminToken,
			path: map[string]string{"verificationId": w.waiting.verification}, raw: raw,
		})
	})
}
