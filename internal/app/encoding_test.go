package app_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
)

// TestABodyInAnotherEncodingIsNamed gives every operation that takes JSON what
// HTTP clients make of it without being asked: it is told by its name, not by the
// byte at which a decoder stops.
func TestABodyInAnotherEncodingIsNamed(t *testing.T) {
	p := openLocal(t, app.Config{})
	operations := bodiesOfStaff(t)
	if len(operations) < 20 {
		t.Fatalf("only %d operations take a body from staff", len(operations))
	}
	const body = `{"name": "x"}`
	for _, c := range []struct{ coding, body, code, names string }{
		{"gzip", zipped(t, body), "MEDIA_TYPE_UNSUPPORTED", `Content-Encoding is \"gzip\"`},
		{"br", body, "MEDIA_TYPE_UNSUPPORTED", `Content-Encoding is \"br\"`},
		{"", zipped(t, body), "BODY_MALFORMED", "gzip"},
		{"", "\ufeff" + body, "BODY_MALFORMED", "byte order mark"},
		{"", wide(binary.LittleEndian, "\ufeff"+body), "BODY_MALFORMED", "UTF-16"},
		{"", wide(binary.BigEndian, "\ufeff"+body), "BODY_MALFORMED", "UTF-16"},
		{"", wide(binary.LittleEndian, body), "BODY_MALFORMED", "UTF-16"},
		{"", wide(binary.BigEndian, body), "BODY_MALFORMED", "UTF-16"},
	} {
		for _, o := range operations {
			r := httptest.NewRequest(o.Method, strings.NewReplacer("{", "", "}", "").Replace(o.Path), strings.NewReader(c.body))
			r.Host = "localhost"
			r.Header = http.Header{
				"X-Tenant-Id": {"demo"}, "Authorization": {"Bearer " + adminToken},
				"Content-Type": {"application/json"}, "Content-Encoding": {c.coding},
			}
			recorder := httptest.NewRecorder()
			p.app.Handler().ServeHTTP(recorder, r)
			if reply := recorder.Body.String(); !strings.Contains(reply, c.code) || !strings.Contains(reply, c.names) {
				t.Errorf("%s with %q, encoded as %q: %d %s", o.ID, c.body, c.coding, recorder.Code, reply)
			}
		}
	}
}

// bodiesOfStaff are the operations with a body that the fixed token may call.
func bodiesOfStaff(t *testing.T) []*contract.Operation {
	var list []*contract.Operation
	for i, d := range loadDocuments(t) {
		for _, o := range d.Operations {
			control := i == 1
			if o.HasBody && (control || slices.Contains(o.Callers, string(access.Staff))) {
				list = append(list, o)
			}
		}
	}
	return list
}

func zipped(t *testing.T, text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func wide(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}
