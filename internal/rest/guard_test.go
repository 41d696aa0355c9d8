package rest_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/rest"
)

const controlDocument = `{
  "openapi": "3.0.3", "info": {"title": "control", "version": "1"}, "servers": [{"url": "/own"}],
  "paths": {
    "/state": {"get": {"operationId": "getState", "responses": {"200": {"description": "ok", "content": {"application/json": {}}}}}},
    "/page": {"get": {"operationId": "getPage", "x-callers": ["public"], "responses": {"200": {"description": "ok", "content": {"application/json": {}}}}}}
  }
}`

// newControl is a server with a closed and a public operation, and with files of
// either kind. It gives the log, too.
func newControl(t *testing.T) (*rest.Server, *bytes.Buffer) {
	t.Helper()
	document, err := contract.Load([]byte(controlDocument), nil)
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	s := rest.New(rest.Config{
		Log: slog.New(slog.NewTextHandler(log, nil)), Now: func() time.Time { return time.Time{} },
		Admit: func(string) error { return nil }, Guard: rest.Guard{Token: "s3cret"},
	})
	file := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/own/files/absent" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte("text"))
	})
	s.Files("/own/files/", false, file)
	s.Files("/own/shown/", true, file)
	work := func(*rest.Call) (rest.Reply, error) { return rest.Reply{Data: "text"}, nil }
	if err := s.Mount(document, rest.Plain{}, map[string]rest.Handler{"getState": work, "getPage": work}); err != nil {
		t.Fatal(err)
	}
	return s, log
}

// ask makes a request with headers as names and values in turn.
func ask(s http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, "http://localhost"+path, http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, r)
	return recorder
}

// TestFilesStandBehindTheGuard, as operations do: what is closed, operation or
// file, refuses the same callers, also where there is no file.
func TestFilesStandBehindTheGuard(t *testing.T) {
	s, _ := newControl(t)
	const token, stranger = "Bearer s3cret", "https://example.com"
	for _, c := range []struct {
		headers                      []string
		closed, shownFile, shownPage string
	}{
		{[]string{"Authorization", token}, "", "", ""},
		{nil, "CONTROL_TOKEN_MISSING", "", ""},
		{[]string{"Authorization", "Bearer other"}, "CONTROL_TOKEN_MISSING", "", ""},
		{[]string{"Authorization", token, "Host", "rebound.example.com"}, "HOST_UNKNOWN", "HOST_UNKNOWN", "HOST_UNKNOWN"},
		{[]string{"Authorization", token, "Origin", stranger}, "ORIGIN_REFUSED", "ORIGIN_REFUSED", ""},
		{[]string{"Authorization", token, "Origin", stranger, "Sec-Fetch-Site", "cross-site"}, "ORIGIN_REFUSED", "ORIGIN_REFUSED", ""},
		{[]string{"Authorization", token, "Sec-Fetch-Site", "cross-site"}, "ORIGIN_REFUSED", "ORIGIN_REFUSED", ""},
		{[]string{"Authorization", token, "Sec-Fetch-Site", "same-site"}, "ORIGIN_REFUSED", "ORIGIN_REFUSED", ""},
		{[]string{"Authorization", token, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate"}, "", "", ""},
		{[]string{"Authorization", token, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, "ORIGIN_REFUSED", "ORIGIN_REFUSED", ""},
		{[]string{"Authorization", token, "Origin", "http://localhost:3000", "Sec-Fetch-Site", "same-site"}, "ORIGIN_REFUSED", "ORIGIN_REFUSED", ""},
		// A proxy may have changed the host, and only the browser knows.
		{[]string{"Authorization", token, "Origin", "https://proxy.example", "Sec-Fetch-Site", "same-origin"}, "", "", ""},
	} {
		for path, code := range map[string]string{
			"/own/state": c.closed, "/own/files/a.css": c.closed, "/own/shown/a.css": c.shownFile, "/own/page": c.shownPage,
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				reply := ask(s, method, path, c.headers...)
				refused := reply.Code >= http.StatusBadRequest
				if refused != (code != "") || method == http.MethodGet && !strings.Contains(reply.Body.String(), code) {
					t.Errorf("%s %s with %q gives %d %s, want %q", method, path, c.headers, reply.Code, reply.Body, code)
				}
			}
		}
	}
	if reply := ask(s, http.MethodGet, "/own/files/absent"); reply.Code != http.StatusUnauthorized {
		t.Errorf("a file that is not there gives %d without the token", reply.Code)
	}
	if reply := ask(s, http.MethodGet, "/own/files/absent", "Authorization", token); reply.Code != http.StatusNotFound {
		t.Errorf("a file that is not there gives %d", reply.Code)
	}
}

// TestEveryRequestIsAnExchange: the log has a line for each, whatever answered it.
func TestEveryRequestIsAnExchange(t *testing.T) {
	for _, c := range []struct {
		method, path, want string
	}{
		{http.MethodGet, "/own/state", "operation=getState tenant=sandbox status=200 took=0s\n"},
		{http.MethodGet, "/own/nothing?x=1", "method=GET path=/own/nothing tenant=\"\" status=404 took=0s refusal=ROUTE_UNKNOWN\n"},
		{http.MethodPut, "/own/state", "method=PUT path=/own/state tenant=\"\" status=405 took=0s refusal=METHOD_NOT_ALLOWED\n"},
		{http.MethodOptions, "/own/state", "method=OPTIONS path=/own/state tenant=\"\" status=204 took=0s\n"},
		{http.MethodGet, "/own/files/a.css", "method=GET path=/own/files/a.css tenant=\"\" status=200 took=0s\n"},
		{http.MethodGet, "/own/state?x=%ff", "operation=getState tenant=\"\" status=400 took=0s refusal=REQUEST_INVALID\n"},
	} {
		s, log := newControl(t)
		ask(s, c.method, c.path, "Authorization", "Bearer s3cret", "X-Request-Id", "mine")
		if want := "level=INFO msg=request request=mine " + c.want; !strings.HasSuffix(log.String(), want) || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%s %s is logged as %s, want %s", c.method, c.path, log, want)
		}
	}
}
