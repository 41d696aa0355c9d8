package app_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
)

// listening is a sandbox that listens on both loopback addresses, for tests of
// what only real bytes show.
type listening struct {
	app   *app.App
	addrs []string
}

// serveFor serves a sandbox until the test ends.
func serveFor(t *testing.T, config app.Config) listening {
	t.Helper()
	config.Addr, config.Quiet, config.Version = "localhost:0", true, "test"
	config.Settings.Headers = setting.Relaxed
	a := openAppWith(t, config)
	listeners, err := app.Listen(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx, listeners) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	l := listening{app: a}
	for _, one := range listeners.Product {
		l.addrs = append(l.addrs, one.Addr().String())
	}
	return l
}

// rawReply is a reply as it came over the wire.
type rawReply struct {
	*http.Response
	body string
}

func (r rawReply) code() string {
	var value any
	if json.Unmarshal([]byte(r.body), &value) != nil {
		return ""
	}
	for _, path := range []string{"data.refusal", "error.code"} {
		if code, err := find(value, path); err == nil {
			return fmt.Sprint(code)
		}
	}
	return ""
}

// send writes the bytes of a request to a new connection and reads the reply.
// Lines end with \r\n where the text has a line break.
func (l listening) send(t *testing.T, request string) rawReply {
	t.Helper()
	conn, err := net.Dial("tcp", l.addrs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// A sandbox that does not answer fails the test before its own timeout.
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, strings.ReplaceAll(request, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	reply, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	body, err := io.ReadAll(reply.Body)
	reply.Body.Close()
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	return rawReply{reply, string(body)}
}

// ask sends a request without a body, with headers as lines.
func (l listening) ask(t *testing.T, line string, headers ...string) rawReply {
	t.Helper()
	return l.send(t, line+" HTTP/1.1\nHost: localhost\n"+strings.Join(append(headers, "", ""), "\n"))
}

const (
	hierarchy = "/api/v2.1/customer/individual/categorization/hierarchy/demo"
	asAdmin   = "Authorization: Bearer sandbox-admin"
	inDemo    = "X-Tenant-ID: demo"
)

// everyPath lists the paths of both documents with something in the place of
// their parameters, and one of the files beside them, with the methods of each:
// also those of a template into which the path fits as well.
func everyPath(t *testing.T) map[string][]string {
	t.Helper()
	paths := map[string][]string{"/_sandbox/docs/swagger-ui.css": {http.MethodGet}}
	documents := loadDocuments(t)
	for _, d := range documents {
		for _, o := range d.Operations {
			segments := strings.Split(o.Path, "/")
			for i, segment := range segments {
				if strings.HasPrefix(segment, "{") {
					segments[i] = "x"
				}
			}
			for _, other := range d.Operations {
				if fixedSegments(strings.Split(other.Path, "/"), segments) >= 0 {
					path := strings.Join(segments, "/")
					paths[path] = append(paths[path], other.Method)
				}
			}
		}
	}
	return paths
}

// TestEveryPathTellsItsMethods: OPTIONS answers everywhere, and a method that is
// not possible is refused with those that are.
func TestEveryPathTellsItsMethods(t *testing.T) {
	l := serveFor(t, app.Config{})
	for path, methods := range everyPath(t) {
		if slices.Contains(methods, http.MethodGet) {
			methods = append(methods, http.MethodHead)
		}
		methods = slices.Compact(slices.Sorted(slices.Values(append(methods, http.MethodOptions))))
		want := strings.Join(methods, ", ")
		for _, method := range []string{http.MethodOptions, http.MethodTrace, "BREW"} {
			reply := l.ask(t, method+" "+path)
			status := http.StatusMethodNotAllowed
			if method == http.MethodOptions {
				status = http.StatusNoContent
			}
			if reply.StatusCode != status || reply.Header.Get("Allow") != want || reply.Header.Get("X-Request-Id") == "" {
				t.Errorf("%s %s gives %d, Allow %q, request %q; want %d and %q",
					method, path, reply.StatusCode, reply.Header.Get("Allow"), reply.Header.Get("X-Request-Id"), status, want)
			}
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost} {
		for _, path := range []string{"/api/v2.1/nope", "/_sandbox/nope", "/nope"} {
			if reply := l.ask(t, method+" "+path); reply.StatusCode != http.StatusNotFound || reply.Header.Get("X-Request-Id") == "" {
				t.Errorf("%s %s gives %d, request %q", method, path, reply.StatusCode, reply.Header.Get("X-Request-Id"))
			}
		}
	}
}

// TestHeadAnswersAsGetWithoutTheBody: the same status and the same headers, for
// every operation that can be read.
func TestHeadAnswersAsGetWithoutTheBody(t *testing.T) {
	l := serveFor(t, app.Config{Now: func() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }})
	paths := everyPath(t)
	// The counts are few at first: a short stream is as a long one.
	for _, path := range append([]string{"/_sandbox/metrics"}, sortedKeys(paths)...) {
		if !slices.Contains(paths[path], http.MethodGet) || path == "/_sandbox/journal/stream" {
			continue // A stream has no end: TestHeadMakesNoStream.
		}
		for _, headers := range [][]string{{inDemo, asAdmin}, {inDemo}, {inDemo, asAdmin, "Accept-Encoding: gzip"}} {
			got, head := l.ask(t, "GET "+path, headers...), l.ask(t, "HEAD "+path, headers...)
			for _, reply := range []rawReply{got, head} {
				reply.Header.Del("X-Request-Id")
				reply.Header.Del("Date")
			}
			if head.StatusCode != got.StatusCode || fmt.Sprint(head.Header) != fmt.Sprint(got.Header) || head.body != "" {
				t.Errorf("GET %s gives %d %v\nHEAD gives %d %v with %d bytes", path, got.StatusCode, got.Header, head.StatusCode, head.Header, len(head.body))
			}
			if path == "/_sandbox/state" || path == "/_sandbox/metrics" {
				continue // It is made while it is sent, so that nobody knows its length before.
			}
			if length := got.Header.Get("Content-Length"); length != fmt.Sprint(len(got.body)) {
				t.Errorf("GET %s says %s bytes and sends %d", path, length, len(got.body))
			}
		}
	}
}

// TestEveryAnswerGuardsThePage: no answer can be framed or taken for another
// type, whatever is asked. Pages say more of what they may load.
func TestEveryAnswerGuardsThePage(t *testing.T) {
	l := serveFor(t, app.Config{})
	for _, reply := range []rawReply{
		l.ask(t, "GET "+hierarchy, inDemo, asAdmin), l.ask(t, "GET "+hierarchy, inDemo), l.ask(t, "GET /_sandbox/docs"),
		l.ask(t, "GET /_sandbox/docs/swagger-ui.css"), l.ask(t, "GET /_sandbox/openapi.json"), l.ask(t, "GET /nope"),
		l.ask(t, "OPTIONS "+hierarchy), l.ask(t, "BREW "+hierarchy), l.send(t, "GET /_sandbox/clock HTTP/1.1\nHost: rebound.example.com\n\n"),
	} {
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Content-Security-Policy": "frame-ancestors 'none'",
		} {
			if got := reply.Header.Get(name); !strings.Contains(got, want) {
				t.Errorf("a reply with %d has %s: %q", reply.StatusCode, name, got)
			}
		}
	}
}

// TestHeadersThatCannotBeMeant: a header that acts comes once, and is not empty.
func TestHeadersThatCannotBeMeant(t *testing.T) {
	l := serveFor(t, app.Config{})
	const clock, sessions = "/_sandbox/clock", "/api/v2.1/customer/individual/c/users/u/sessions"
	for _, c := range []struct {
		line    string
		headers []string
		status  int
		code    string
	}{
		{"GET " + hierarchy, []string{inDemo, asAdmin}, http.StatusOK, ""},
		{"GET " + hierarchy, []string{inDemo, asAdmin, "X-Forwarded-For: 10.0.0.1", "X-Forwarded-For: 10.0.0.2"}, http.StatusOK, ""},
		{"GET " + hierarchy, []string{inDemo, asAdmin, "Accept: a/b", "Accept: c/d"}, http.StatusOK, ""},
		{"GET " + hierarchy, []string{inDemo, asAdmin, asAdmin}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"GET " + hierarchy, []string{inDemo, asAdmin, "authorization: Bearer other"}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"GET " + hierarchy, []string{inDemo, inDemo, asAdmin}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"GET " + hierarchy, []string{inDemo, "x-tenant-id: other", asAdmin}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"GET " + hierarchy, []string{inDemo, asAdmin, "deviceId: a", "deviceid: b"}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"GET " + hierarchy, []string{inDemo, asAdmin, "X-Device-Id: a", "X-Device-Id: b"}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"GET " + hierarchy, []string{"X-Tenant-ID:", asAdmin}, http.StatusBadRequest, "HEADERS_MISSING"},
		{"GET " + hierarchy, []string{"X-Tenant-ID: \t ", asAdmin}, http.StatusBadRequest, "HEADERS_MISSING"},
		{"GET " + hierarchy, []string{"X-Tenant-ID:", inDemo, asAdmin}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"POST " + sessions, []string{inDemo, inDemo, "Content-Length: 0"}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"GET " + clock, nil, http.StatusOK, ""},
		{"GET " + clock, []string{"X-Tenant-ID:"}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"GET " + clock, []string{inDemo, inDemo}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"GET " + clock, []string{inDemo, "X-Tenant-ID:"}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"GET " + clock, []string{"Origin: http://localhost", "Origin: http://example.com"}, http.StatusBadRequest, "REQUEST_INVALID"},
		{"POST /_sandbox/reset", []string{"X-Tenant-ID:", "Content-Length: 0"}, http.StatusBadRequest, "REQUEST_INVALID"},
	} {
		if reply := l.ask(t, c.line, c.headers...); reply.StatusCode != c.status || reply.code() != c.code {
			t.Errorf("%s with %q gives %d %s, want %d %s", c.line, c.headers, reply.StatusCode, reply.body, c.status, c.code)
		}
	}
}

// TestWhoIsNotKnownIsChallenged: a 401 says which scheme there is.
func TestWhoIsNotKnownIsChallenged(t *testing.T) {
	l := serveFor(t, app.Config{ControlToken: "s3cret"})
	for _, c := range []struct{ line, header, want string }{
		{"GET " + hierarchy, "A: b", `Bearer realm="finhub-sandbox"`},
		{"GET " + hierarchy, "Authorization: Bearer nonsense", `Bearer realm="finhub-sandbox", error="invalid_token"`},
		{"GET " + hierarchy, "Authorization: Basic YTpi", `Bearer realm="finhub-sandbox"`},
		{"GET /_sandbox/clock", "A: b", `Bearer realm="finhub-sandbox"`},
	} {
		if reply := l.ask(t, c.line, inDemo, c.header); reply.StatusCode != http.StatusUnauthorized || reply.Header.Get("WWW-Authenticate") != c.want {
			t.Errorf("%s with %s gives %d and the challenge %q", c.line, c.header, reply.StatusCode, reply.Header.Get("WWW-Authenticate"))
		}
	}
}

// TestLettersOfAPathMayBeEncoded sends every path with its letters percent-encoded:
// it is answered as the plain one is, and an encoded slash is none.
func TestLettersOfAPathMayBeEncoded(t *testing.T) {
	l := serveFor(t, app.Config{})
	for path := range everyPath(t) {
		plain := l.ask(t, "HEAD "+path, inDemo, asAdmin)
		encoded := l.ask(t, "HEAD "+strings.ReplaceAll(percentEncoded(path), "%2F", "/"), inDemo, asAdmin)
		if encoded.StatusCode != plain.StatusCode || encoded.Header.Get("Allow") != plain.Header.Get("Allow") {
			t.Errorf("%s is answered with %d, and with %d when it is encoded", path, plain.StatusCode, encoded.StatusCode)
		}
	}
	if reply := l.ask(t, "GET /_sandbox%2Fhealth"); reply.StatusCode != http.StatusNotFound {
		t.Errorf("an encoded slash parts segments: %d", reply.StatusCode)
	}
	if reply := l.ask(t, "GET /api/v2.1/wallets/customer/%2541", inDemo, asAdmin); reply.code() != "REQUEST_INVALID" {
		t.Errorf("a parameter is decoded twice, to A: %s", reply.body)
	}
}

// TestAShortBodyEndsByADeadline: a client that promises more than it sends is
// answered, whether the body is read or the request refused before, and the
// deadline does not outlive a body that is there.
func TestAShortBodyEndsByADeadline(t *testing.T) {
	const within = 50 * time.Millisecond
	l := serveFor(t, app.Config{BodyTime: within})
	const registration = "POST /api/v2.1/customer/individual/registration HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
	for request, want := range map[string]string{
		registration + inDemo + "\n" + asAdmin + "\nContent-Length: 100\n\n{":                     "BODY_MALFORMED",
		registration + inDemo + "\nContent-Length: 100\n\n{":                                      "TOKEN_MISSING",
		registration + inDemo + "\n" + asAdmin + "\nTransfer-Encoding: chunked\n\n5\n{":           "BODY_MALFORMED",
		"GET " + hierarchy + " HTTP/1.1\nHost: localhost\nContent-Length: 9\n" + inDemo + "\n\n1": "TOKEN_MISSING",
		"POST /nope HTTP/1.1\nHost: localhost\nContent-Length: 9\n\n1":                            "ROUTE_UNKNOWN",
	} {
		if reply := l.send(t, request); reply.code() != want {
			t.Errorf("%q gives %d %s, want %s", request, reply.StatusCode, reply.body, want)
		}
	}
	// A reply that takes longer than the body may.
	scenario := "name: slow\nextends: happy-path\nrules:\n  - name: slow\n    on: \"*\"\n    fault: {after: 200ms}\n"
	if reply := l.send(t, "PUT /_sandbox/scenario HTTP/1.1\nHost: localhost\n"+inDemo+"\nContent-Type: application/yaml\nContent-Length: "+
		fmt.Sprint(len(scenario)+strings.Count(scenario, "\n"))+"\n\n"+scenario); reply.StatusCode != http.StatusOK {
		t.Fatalf("the scenario is refused: %s", reply.body)
	}
	const body = `{"firstName": "Anna", "lastName": "Petrauskaite", "email": "anna@example.com", "phone": "+37062767557", "password": "SecurePass123!", "matchingPassword": "SecurePass123!"}`
	reply := l.send(t, registration+inDemo+"\n"+asAdmin+"\nContent-Length: "+fmt.Sprint(len(body))+"\n\n"+body)
	if reply.StatusCode != http.StatusOK {
		t.Errorf("a whole body that is answered late gives %d %s", reply.StatusCode, reply.body)
	}
}

// TestPagesOfThisMachineMayCall the product: a front end on localhost is let through
// by its browser, a foreign page is not, and none is under /_sandbox.
func TestPagesOfThisMachineMayCall(t *testing.T) {
	const anywhere, listed, never = "", "listed", "never"
	usual := serveFor(t, app.Config{Hosts: []string{"bank.example"}})
	some := serveFor(t, app.Config{Hosts: []string{"bank.example"}, Pages: app.Pages{Origins: []string{"https://app.example", "http://localhost:4000"}}})
	off := serveFor(t, app.Config{Hosts: []string{"bank.example"}, Pages: app.Pages{Off: true}})
	for origin, when := range map[string]string{
		"http://localhost:3000": anywhere, "https://localhost:8443": anywhere, "http://127.0.0.1:5173": anywhere, "http://[::1]:5173": anywhere,
		"http://app.localhost:3000": anywhere, "https://bank.example": anywhere, "https://app.example": listed,
		"https://example.com": never, "http://localhost.example.com": never, "http://10.1.2.3": never, "null": never,
		"https://app.example:8443": never, "http://app.example": never, "https://app.example.com": never,
	} {
		checkPage(t, usual, origin, when == anywhere)
		checkPage(t, some, origin, when == listed)
		checkPage(t, off, origin, false)
	}
	checkPage(t, some, "http://localhost:4000", true)
	for _, l := range []listening{usual, some, off} {
		if reply := l.ask(t, "GET "+hierarchy, inDemo, asAdmin); reply.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Error("a program is told about pages")
		}
	}
}

// checkPage calls the product and the control API from a page.
func checkPage(t *testing.T, l listening, origin string, ours bool) {
	t.Helper()
	for _, path := range []string{hierarchy, "/api/v2.1/nowhere", "/api/v2.1/fintrans/x/types/transfer/consents/pending", "/_sandbox/clock", "/_sandbox/health", "/_sandbox/nowhere"} {
		preflight := l.ask(t, "OPTIONS "+path, "Origin: "+origin, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization,x-tenant-id,deviceid")
		reply := l.ask(t, "GET "+path, inDemo, asAdmin, "Origin: "+origin)
		shares, want := ours && strings.HasPrefix(path, "/api/"), ""
		if shares {
			want = origin
		}
		for _, r := range []rawReply{preflight, reply} {
			if got := r.Header.Get("Access-Control-Allow-Origin"); got != want || !slices.Contains(r.Header.Values("Vary"), "Origin") {
				t.Errorf("%s from %s gives %d and allows %q, Vary %q", path, origin, r.StatusCode, got, r.Header.Values("Vary"))
			}
			if got := r.Header.Get("Access-Control-Allow-Credentials"); (got == "true") != shares {
				t.Errorf("%s from %s allows credentials: %q", path, origin, got)
			}
		}
		if path != hierarchy {
			continue
		}
		allowed := strings.ToLower(preflight.Header.Get("Access-Control-Allow-Headers"))
		for _, name := range []string{"authorization", "x-tenant-id", "deviceid", "x-device-id", "platform", "content-type", "x-sandbox-scenario", "x-user-roles"} {
			if slices.Contains(strings.Split(allowed, ", "), name) != ours {
				t.Errorf("a page of %s may send %q", origin, allowed)
			}
		}
	}
}

// TestTheProductKnowsItsHost: what is refused under /_sandbox is refused here.
func TestTheProductKnowsItsHost(t *testing.T) {
	l := serveFor(t, app.Config{Hosts: []string{"bank.example"}})
	for host, want := range map[string]string{
		"localhost": "", "127.0.0.1:8080": "", "[::1]": "", "sandbox": "", "host.docker.internal": "", "bank.example": "",
		"rebound.example.com": "HOST_UNKNOWN", "sandbox.svc.cluster.local": "HOST_UNKNOWN",
	} {
		for _, method := range []string{http.MethodGet, http.MethodOptions, "BREW"} {
			reply := l.send(t, method+" "+hierarchy+" HTTP/1.1\nHost: "+host+"\n"+inDemo+"\n"+asAdmin+"\n\n")
			if got := reply.code(); (got == "HOST_UNKNOWN") != (want != "") {
				t.Errorf("%s as %s gives %d %s", method, host, reply.StatusCode, reply.body)
			}
		}
	}
}

// TestLargeDocumentsAreSentOnce: compressed to those who take that, and not at
// all to those who have them.
func TestLargeDocumentsAreSentOnce(t *testing.T) {
	l := serveFor(t, app.Config{})
	for _, path := range []string{"/_sandbox/openapi.json", "/_sandbox/openapi.yaml", "/_sandbox/control.json", "/_sandbox/control.yaml", "/_sandbox/docs", "/_sandbox/docs/swagger-ui.css"} {
		plain := l.ask(t, "GET "+path)
		tag := plain.Header.Get("ETag")
		if plain.Header.Get("Content-Encoding") != "" || tag == "" || plain.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s has the headers %v", path, plain.Header)
		}
		for accept, packs := range map[string]bool{
			"gzip": true, "br, gzip;q=0.1": true, "*": true, "GZIP": true, "gzip; q=0.5, identity": true,
			"identity": false, "gzip;q=0": false, "gzip;q=0.000": false, "*;q=0": false, "br": false, "*, gzip;q=0": false, "gzip;q=x": false,
		} {
			reply := l.ask(t, "GET "+path, "Accept-Encoding: "+accept)
			if got := reply.Header.Get("Content-Encoding") == "gzip"; got != packs {
				t.Errorf("%s with %q has Content-Encoding %q", path, accept, reply.Header.Get("Content-Encoding"))
			}
			if packs && (unpack(t, reply.body) != plain.body || len(reply.body) > len(plain.body)) {
				t.Errorf("%s with %q is another text, in %d bytes for %d", path, accept, len(reply.body), len(plain.body))
			}
			if reply.Header.Get("ETag") == tag && packs {
				t.Errorf("%s has one tag for two representations", path)
			}
		}
		packedTag := l.ask(t, "GET "+path, "Accept-Encoding: gzip").Header.Get("ETag")
		for match, known := range map[string]bool{
			tag: true, packedTag: true, "W/" + tag: true, `"other", ` + tag: true, "*": true,
			`"other"`: false, strings.Trim(tag, `"`): false,
		} {
			reply := l.ask(t, "GET "+path, "If-None-Match: "+match)
			if got := reply.StatusCode == http.StatusNotModified; got != known || known && (reply.body != "" || reply.Header.Get("ETag") == "") {
				t.Errorf("%s with If-None-Match %s gives %d", path, match, reply.StatusCode)
			}
		}
	}
}

func unpack(t *testing.T, text string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLocalhostIsBothAddresses: one client takes the name for 127.0.0.1, the
// next for ::1.
func TestLocalhostIsBothAddresses(t *testing.T) {
	l := serveFor(t, app.Config{})
	if _, err := net.Listen("tcp6", "[::1]:0"); err != nil {
		t.Skipf("this machine has no IPv6: %v", err)
	}
	if len(l.addrs) != 2 {
		t.Fatalf("it listens on %v", l.addrs)
	}
	for _, addr := range l.addrs {
		reply, err := http.Get("http://" + addr + "/_sandbox/health")
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
	}
	_, port, _ := net.SplitHostPort(l.addrs[0])
	if _, err := app.Listen(app.Config{Addr: "localhost:" + port}); err == nil || !strings.Contains(err.Error(), "is taken") {
		t.Errorf("an address that is taken gives %v", err)
	}
	other, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	_, port, _ = net.SplitHostPort(other.Addr().String())
	if _, err := app.Listen(app.Config{Addr: "localhost:" + port}); err == nil || !strings.Contains(err.Error(), "is taken") {
		t.Errorf("an address that is half taken gives %v", err)
	}
}

// TestALongHeaderIsRefused before it fills the memory.
func TestALongHeaderIsRefused(t *testing.T) {
	l := serveFor(t, app.Config{})
	if reply := l.ask(t, "GET /_sandbox/health", "A: "+strings.Repeat("a", 200<<10)); reply.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 200 KiB gives %d", reply.StatusCode)
	}
}
