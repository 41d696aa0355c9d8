package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
)

const uiPath = "/_sandbox/ui"

// consolePages are the pages of a tenant of which nothing has to exist.
var consolePages = []string{
	"", "customers", "customers?state=ACTIVE&kind=individual&scenario=happy-path&text=a", "requests", "requests?status=4xx&refusal=ROUTE_UNKNOWN&text=nope",
	"clock", "scenarios", "scenarios/happy-path", "scenarios/chaos", "webhooks", "coverage", "coverage?of=replies", "state", "machines", "machines/order",
}

// visit reads a page as a browser does.
func (p *localSandbox) visit(path string, headers ...string) answer {
	p.t.Helper()
	return p.call("", http.MethodGet, path, "", append([]string{"Accept", "text/html", "Authorization", "", "X-Tenant-ID", "x"}, headers...)...)
}

// page reads a page of a tenant, which must be one.
func (p *localSandbox) page(tenant, path string) string {
	p.t.Helper()
	a := p.visit(uiPath + "/tenants/" + tenant + "/" + path)
	checkShown(p.t, path, a, http.StatusOK)
	return a.text
}

// push sends the form of a button, and gives the page to which that leads.
func (p *localSandbox) push(tenant, action string, form url.Values, headers ...string) answer {
	p.t.Helper()
	a := p.call("x", http.MethodPost, uiPath+"/tenants/"+tenant+"/do/"+action, form.Encode(),
		append([]string{"Content-Type", "application/x-www-form-urlencoded", "Authorization", ""}, headers...)...)
	if a.status != http.StatusSeeOther {
		p.t.Fatalf("%s gives %d %s", action, a.status, a.text)
	}
	return p.visit(a.header.Get("Location"))
}

// checkShown holds an answer to what every page is.
func checkShown(t testing.TB, about string, a answer, status int) {
	t.Helper()
	if a.status != status || a.header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.HasSuffix(strings.TrimSpace(a.text), "</html>") {
		t.Fatalf("%s gives %d %s %.500s", about, a.status, a.header.Get("Content-Type"), a.text)
	}
	policy := a.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "style-src 'self'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("%s has the policy %q", about, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("%s has the header %v", about, a.header)
	}
	if found := unfit.FindString(a.text); found != "" {
		t.Errorf("%s has %q", about, found)
	}
	if n := strings.Count(a.text, "<h1"); n != 1 {
		t.Errorf("%s has %d headings of the first level", about, n)
	}
}

// unfit is what no page has: what a template could not show, script and style beside
// those of the console's files, and links that run something.
var unfit = regexp.MustCompile(`ZgotmplZ|&lt;no value&gt;|%!|<style|<script>| style="| on[a-z]+="|(?i:(?:href|src|action)="\s*(?:javascript|data:text|//|https?:))`)

// TestConsolePages: every page of a tenant can be made, of one in which nothing is and of
// those that all flows have left behind, with every customer and request in them.
func TestConsolePages(t *testing.T) {
	if raceDetector {
		t.Skip("it asks for one page after another; TestConsoleIsLive runs under the detector")
	}
	server := openFlowServer(t, app.Config{})
	playInTurn(t, server)
	p := &localSandbox{server.app, t}
	tenants, err := server.app.World().Engine().Tenants(t.Context())
	if err != nil || len(tenants) < 50 {
		t.Fatal(len(tenants), err)
	}
	visited := 0
	for i, tenant := range append([]string{"empty"}, tenants...) {
		for j, page := range consolePages {
			// What of a page differs between tenants each has once at least.
			if i == 0 || (i+j)%7 == 0 {
				p.page(tenant, page)
				visited++
			}
		}
		for _, of := range []struct{ list, members string }{{"customers", "customerId"}, {"journal", "number"}} {
			numbers := p.idsIn(tenant, of.list, of.members)
			for _, id := range numbers[:min(len(numbers), 2)] {
				p.page(tenant, strings.Replace(of.list, "journal", "requests", 1)+"/"+id)
				visited++
			}
		}
	}
	if visited < 300 {
		t.Errorf("only %d pages were made", visited)
	}
}

// idsIn gives a member of everything in a list of the control API.
func (p *localSandbox) idsIn(tenant, list, member string) (ids []string) {
	p.t.Helper()
	value, _ := p.must(tenant, http.MethodGet, "/_sandbox/"+list, "").value.(map[string]any)
	things, _ := value[strings.Replace(list, "journal", "entries", 1)].([]any)
	for _, thing := range things {
		ids = append(ids, fmt.Sprint(thing.(map[string]any)[member]))
	}
	return ids
}

// TestConsoleShowsText: whatever is sent is shown as text, in every field that a customer
// can fill.
func TestConsoleShowsText(t *testing.T) {
	s := openLocal(t, app.Config{})
	hostile := []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `javascript:alert(1)`, `{{.}}</textarea><b>`}
	customers := map[string]string{}
	for i, text := range hostile {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		name := string(quoted)
		body := fmt.Sprintf(`{"firstName": %[1]s, "lastName": %[1]s, "email": "eve%d@example.com", "phone": "+3706276755%[2]d", "password": "SecurePass123!", "matchingPassword": "SecurePass123!"}`, name, i)
		s.call("evil", http.MethodPost, registrationPath, body, "X-Sandbox-Scenario", text, "X-Request-Id", text, "User-Agent", text)
		s.call("evil", http.MethodPost, "/_sandbox/customers", fmt.Sprintf(`{"firstName": %[1]s, "lastName": %[1]s, "state": "SUSPENDED", "reason": %[1]s}`, name))
		s.call("evil", http.MethodPost, "/_sandbox/customers", fmt.Sprintf(`{"kind": "organization", "legalName": %[1]s}`, name))
		s.call("evil", http.MethodGet, "/api/v2.1/"+url.PathEscape(text)+"?q="+url.QueryEscape(text), "")
		s.call("evil", http.MethodPost, "/api/v2.1/webhooks/subscriptions", fmt.Sprintf(`{"name": %s, "url": "https://shop.example/%s", "events": ["customer.created"]}`, name, url.PathEscape(text)))
		scenario := fmt.Sprintf("name: evil%d\nextends: happy-path\ndescription: %s\nrules:\n  - name: %s\n    on: verification.outcome\n    when: customer.name == %[3]s\n    decide: REJECTED\n    reason: SUSPECTED_FRAUD\n", i, name, name)
		s.must("evil", http.MethodPut, "/_sandbox/scenario", scenario, "Content-Type", "application/yaml")
		customers[text] = s.page("evil", fmt.Sprintf("scenarios/evil%d", i))
		page := s.push("evil", "put-scenario", url.Values{"text": {"name: " + text + "\n" + text}}).text
		checkShown(t, "a scenario that is refused", answer{status: 200, header: s.visit(uiPath + "/tenants/evil/scenarios").header, text: page}, http.StatusOK)
		customers[text] += page
	}
	all := map[string]string{}
	for _, path := range consolePages {
		all[path] = s.page("evil", path)
	}
	for _, id := range s.idsIn("evil", "customers", "customerId") {
		all[id] = s.page("evil", "customers/"+id)
	}
	for _, number := range s.idsIn("evil", "journal", "number") {
		all[number] = s.page("evil", "requests/"+number)
	}
	all["found"] = s.page("evil", "customers?text="+url.QueryEscape(hostile[1]))
	all["fits"] = s.page("evil", "requests?operation="+url.QueryEscape(hostile[0])+"&status="+url.QueryEscape(hostile[1]))
	for _, path := range []string{"customers?state="} {
		refused := s.visit(uiPath + "/tenants/evil/" + path + url.QueryEscape(hostile[0]))
		checkShown(t, path, refused, http.StatusBadRequest)
		all[path] = refused.text
	}
	for _, text := range hostile {
		shown := 0
		for name, page := range all {
			if text != hostile[2] && strings.Contains(page, text) {
				t.Errorf("%s has %s as it is", name, text)
			}
			if strings.Contains(html.UnescapeString(page), text) {
				shown++
			}
		}
		if text != hostile[3] && shown < 5 || !strings.Contains(html.UnescapeString(customers[text]), text) {
			t.Errorf("%s is shown on %d pages", text, shown)
		}
	}
}

// TestConsoleGuard: pages, streams, files and buttons alike are closed to pages of
// others, to names that are not ours, and to who has not the token.
func TestConsoleGuard(t *testing.T) {
	open, closed := openLocal(t, app.Config{}), openLocal(t, app.Config{ControlToken: "s3cret"})
	tenant := uiPath + "/tenants/demo/"
	closed.must("demo", http.MethodPost, "/_sandbox/clock/freeze", "{}", "Authorization", "Bearer s3cret")
	for _, c := range []struct{ method, path, accept string }{
		{http.MethodGet, tenant, "text/html"}, {http.MethodGet, tenant + "requests", "text/event-stream"}, {http.MethodGet, tenant + "download/state.json", "*/*"},
		{http.MethodPost, tenant + "do/run-clock", "text/html"}, {http.MethodGet, uiPath + "/", "text/html"}, {http.MethodPost, tenant + "do/reset-tenant", "text/html"},
	} {
		ask := func(s *localSandbox, headers ...string) answer {
			// A stream that is opened though it must not be is left, and fails by what it has sent.
			ctx, leave := context.WithTimeout(t.Context(), 5*time.Second)
			defer leave()
			return s.callUntil(ctx, "x", c.method, c.path, "", append([]string{"Authorization", "", "Accept", c.accept}, headers...)...)
		}
		for name, headers := range map[string][]string{
			"a page of another site":         {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"},
			"a page of another port":         {"Origin", "http://localhost:3000", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"},
			"a page of an old browser":       {"Origin", "https://evil.example"},
			"another site without an origin": {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"},
		} {
			if a := ask(open, headers...); a.status != http.StatusForbidden || a.get("error.code") != "ORIGIN_REFUSED" {
				t.Errorf("%s: %s %s gives %d %.200s", name, c.method, c.path, a.status, a.text)
			}
		}
		if a := ask(open, "Host", "rebound.example.com:8080"); a.get("error.code") != "HOST_UNKNOWN" {
			t.Errorf("a rebound host: %s %s gives %d %.200s", c.method, c.path, a.status, a.text)
		}
		for name, headers := range map[string][]string{
			"no token": nil, "another token": {"Authorization", "Bearer other"}, "another cookie": {"Cookie", "finhub_sandbox_console=s3cret"}, "an empty cookie": {"Cookie", "finhub_sandbox_console="},
		} {
			a := ask(closed, headers...)
			checkShown(t, name, a, http.StatusUnauthorized)
			if !strings.Contains(a.text, `type="password"`) || a.header.Get("WWW-Authenticate") == "" || strings.Contains(a.text, "s3cret") {
				t.Errorf("%s: %s %s gives %.300s", name, c.method, c.path, a.text)
			}
		}
	}
	if clock := closed.must("demo", http.MethodGet, "/_sandbox/clock", "", "Authorization", "Bearer s3cret"); clock.get("mode") != "frozen" {
		t.Error("somebody without the token ran the clock")
	}
	if clock := open.must("demo", http.MethodGet, "/_sandbox/journal", ""); strings.Contains(clock.text, "runClock") {
		t.Error("a page of another site ran the clock")
	}
}

// TestConsoleSignIn: the token gives a cookie that no script reads, no other site sends,
// and from which the token cannot be had.
func TestConsoleSignIn(t *testing.T) {
	s := openLocal(t, app.Config{ControlToken: "s3cret"})
	send := func(form url.Values) answer {
		return s.call("x", http.MethodPost, uiPath+"/sign-in", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Authorization", "")
	}
	if a := send(url.Values{"token": {"s3cre"}}); a.status != http.StatusUnauthorized || a.header.Get("Set-Cookie") != "" {
		t.Errorf("another token gives %d %s", a.status, a.header)
	}
	for to, want := range map[string]string{
		"/_sandbox/ui/tenants/demo/clock?a=b": "/_sandbox/ui/tenants/demo/clock?a=b", "https://evil.example/_sandbox/ui/": "/_sandbox/ui/", "//evil.example/_sandbox/ui/": "/_sandbox/ui/",
		`/_sandbox/ui/\evil`: "/_sandbox/ui/", "/_sandbox/reset": "/_sandbox/ui/", "": "/_sandbox/ui/", "/_sandbox/ui/%zz": "/_sandbox/ui/",
	} {
		if a := send(url.Values{"token": {"s3cret"}, "to": {to}}); a.status != http.StatusSeeOther || a.header.Get("Location") != want {
			t.Errorf("%s leads to %d %s", to, a.status, a.header.Get("Location"))
		}
	}
	set := send(url.Values{"token": {"s3cret"}}).header.Get("Set-Cookie")
	for _, part := range []string{"; Path=/_sandbox/ui", "; HttpOnly", "; SameSite=Strict"} {
		if !strings.Contains(set, part) {
			t.Errorf("the cookie is %s", set)
		}
	}
	cookie, _, _ := strings.Cut(set, ";")
	if strings.Contains(cookie, "s3cret") {
		t.Errorf("the cookie tells the token: %s", cookie)
	}
	checkShown(t, "a page with the cookie", s.visit(uiPath+"/tenants/demo/", "Cookie", cookie), http.StatusOK)
	checkShown(t, "a page with the token", s.visit(uiPath+"/tenants/demo/", "Authorization", "Bearer s3cret"), http.StatusOK)
	if a := s.call("demo", http.MethodGet, "/_sandbox/clock", "", "Authorization", "", "Cookie", cookie); a.status != http.StatusUnauthorized {
		t.Errorf("the cookie opens the control API: %d", a.status)
	}
	if page := s.visit(uiPath+"/tenants/demo/", "Cookie", cookie).text; !strings.Contains(page, "Bearer $SANDBOX_CONTROL_TOKEN") || strings.Contains(page, "s3cret") {
		t.Error("commands do not take the token from where it is")
	}
}

// TestConsoleEntrance: browsers are led to the console, and programs are told where
// everything is.
func TestConsoleEntrance(t *testing.T) {
	s := openLocal(t, app.Config{})
	for _, accept := range []string{"", "*/*", "application/json"} {
		a := s.call("x", http.MethodGet, "/", "", "Accept", accept)
		if a.status != http.StatusOK || a.get("api") != "/api/v2.1" {
			t.Errorf("%s gives %d %s", accept, a.status, a.text)
		}
		for _, name := range []string{"health", "documents.product", "documents.control", "documents.viewer"} {
			if found := s.call("x", http.MethodGet, a.get(name), ""); found.status != http.StatusOK {
				t.Errorf("%s is %s, which gives %d", name, a.get(name), found.status)
			}
		}
	}
	if a := s.visit("/"); a.status != http.StatusFound || a.header.Get("Location") != uiPath+"/" {
		t.Errorf("a browser gets %d %s", a.status, a.header)
	}
	if a := s.visit("/", "Host", "rebound.example.com"); a.status != http.StatusForbidden {
		t.Errorf("a rebound host gets %d %s", a.status, a.text)
	}
	s.must("only", http.MethodPost, "/_sandbox/clock/freeze", "{}")
	for path, want := range map[string]string{"/": "only", "/?tenant=a%2Bb": "a+b"} {
		if a := s.visit(uiPath + path); a.status != http.StatusSeeOther || a.header.Get("Location") != uiPath+"/tenants/"+want+"/" {
			t.Errorf("%s leads to %d %s", path, a.status, a.header.Get("Location"))
		}
	}
	for _, path := range []string{"/nope", "/tenants/only/nope", "/tenants/only/customers/nope", "/tenants/only/requests/9", "/tenants/only/machines/nope", "/tenants/only/scenarios/nope", "/tenants/only/download/nope"} {
		checkShown(t, path, s.visit(uiPath+path), http.StatusNotFound)
	}
	apart := openLocal(t, app.Config{Addr: "localhost:8080", ControlAddr: "localhost:9090"})
	if a := apart.visit("/"); a.header.Get("Location") != "http://localhost:9090"+uiPath+"/" {
		t.Errorf("with a listener of its own a browser gets %d %s", a.status, a.header)
	}
	everywhere := openLocal(t, app.Config{Addr: ":8080", ControlAddr: "0.0.0.0:9090"})
	for host, want := range map[string]string{"localhost:8080": "localhost:9090", "127.0.0.1:18080": "127.0.0.1:9090", "[::1]:8080": "[::1]:9090"} {
		if a := everywhere.visit("/", "Host", host); a.header.Get("Location") != "http://"+want+uiPath+"/" {
			t.Errorf("who calls %s is led to %s", host, a.header.Get("Location"))
		}
	}
	if a := apart.visit(uiPath + "/"); a.status != http.StatusNotFound {
		t.Errorf("the product's listener serves the console: %d", a.status)
	}
}

// TestQuickstartNamesTheProduct: the first calls go to the product's listener, by the name
// by which the control API was asked.
func TestQuickstartNamesTheProduct(t *testing.T) {
	everywhere := openLocal(t, app.Config{Addr: ":8080", ControlAddr: ":9090"})
	r := httptest.NewRequest(http.MethodGet, "http://localhost:9090/_sandbox/quickstart", nil)
	recorder := httptest.NewRecorder()
	everywhere.app.ControlHandler().ServeHTTP(recorder, r)
	if text := recorder.Body.String(); !strings.Contains(text, "API=http://localhost:8080/api/v2.1\n") {
		t.Errorf("%d %.400s", recorder.Code, text)
	}
}

// TestConsoleWithoutAJournal: every page is there, and those of requests say why they
// have none.
func TestConsoleWithoutAJournal(t *testing.T) {
	s := openLocal(t, app.Config{Journal: new(0)})
	s.must("demo", http.MethodPost, "/_sandbox/customers", "{}")
	for _, path := range append(consolePages, "requests/1", "customers/"+s.idsIn("demo", "customers", "customerId")[0]) {
		if !strings.HasPrefix(path, "requests") {
			s.page("demo", path)
			continue
		}
		if a := s.visit(uiPath + "/tenants/demo/" + path); !strings.Contains(a.text, "JOURNAL_OFF") || a.status < http.StatusBadRequest {
			t.Errorf("%s gives %d %s", path, a.status, a.text)
		}
	}
	if page := s.page("demo", ""); !strings.Contains(page, "--journal 0") {
		t.Error("the overview does not say that there is no journal")
	}
}

// TestConsoleFirstVisit: all that a first visit loads is small.
func TestConsoleFirstVisit(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.must("demo", http.MethodPost, "/_sandbox/customers", `{"count": 20}`)
	sum := 0
	for _, path := range []string{"/tenants/demo/", "/console.css", "/console.js"} {
		a := s.visit(uiPath + path)
		if a.status != http.StatusOK {
			t.Fatal(path, a.status)
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := io.WriteString(w, a.text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sum += packed.Len()
	}
	if sum > 60<<10 {
		t.Errorf("%d bytes are loaded", sum)
	}
	t.Logf("%d bytes, packed", sum)
}

// streamed reads the blocks that a page is sent, until enough of them have come.
type streamed struct {
	*httptest.ResponseRecorder
	blocks chan string
}

func (s *streamed) Write(text []byte) (int, error) {
	if data, is := strings.CutPrefix(string(text), "data: "); is {
		s.blocks <- strings.ReplaceAll(data, "\ndata: ", "\n")
	}
	return len(text), nil
}

// Flush is for who asks whether it can be (http.ResponseController).
func (s *streamed) Flush() {}

// TestConsoleIsLive: a page that is open is sent what has become another, to two who look
// at the same tenant the same, and not once for each request.
func TestConsoleIsLive(t *testing.T) {
	s := openLocal(t, app.Config{})
	ctx, leave := context.WithCancel(t.Context())
	open := func(path string) *streamed {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost:8080"+uiPath+"/tenants/demo/"+path, http.NoBody)
		r.Header.Set("Accept", "text/event-stream")
		to := &streamed{httptest.NewRecorder(), make(chan string, 1000)}
		go s.app.Handler().ServeHTTP(to, r)
		return to
	}
	defer leave()
	first, second, idle := open("requests"), open("requests"), open("requests?text=nothing-of-the-kind")
	for _, page := range []*streamed{first, second, idle} {
		if block := <-page.blocks; strings.Contains(block, "<html") || !strings.Contains(block, "No request") {
			t.Fatalf("it begins with %s", block)
		}
	}
	const requests = 400
	for range requests {
		s.call("demo", http.MethodGet, "/api/v2.1/nope", "")
	}
	until := func(page *streamed, wanted string) (last string, blocks int) {
		for last = range page.blocks {
			if blocks++; strings.Contains(last, wanted) {
				break
			}
		}
		return last, blocks
	}
	newest := fmt.Sprintf("/requests/%d\"", requests)
	one, blocks := until(first, newest)
	other, _ := until(second, newest)
	if one != other {
		t.Errorf("one sees\n%s\nand the other\n%s", one, other)
	}
	if blocks > requests/4 {
		t.Errorf("%d blocks were sent for %d requests", blocks, requests)
	}
	if len(idle.blocks) > 0 {
		t.Errorf("what has not changed was sent again: %s", <-idle.blocks)
	}
	clock := open("clock")
	<-clock.blocks
	s.must("demo", http.MethodPost, "/_sandbox/clock/freeze", "{}")
	until(clock, "stands still")
}

// TestConsoleMayBeLeft: who opens page after page and leaves them does not use up what
// there is.
func TestConsoleMayBeLeft(t *testing.T) {
	s := openLocal(t, app.Config{})
	for i := range 300 {
		ctx, leave := context.WithCancel(t.Context())
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost:8080"+uiPath+"/tenants/demo/clock", http.NoBody)
		r.Header.Set("Accept", "text/event-stream")
		to := &streamed{httptest.NewRecorder(), make(chan string, 10)}
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.app.Handler().ServeHTTP(to, r)
		}()
		select {
		case <-to.blocks:
		case <-done:
			t.Fatalf("page %d is not kept up to date: %d", i+1, to.Code)
		}
		leave()
		<-done
	}
}

// TestConsoleOfMany: a list is read in slices, and counting decodes nobody, so that the
// pages of a tenant of thousands cost what those of one of a few do.
func TestConsoleOfMany(t *testing.T) {
	s := openLocal(t, app.Config{})
	for range 3 {
		s.must("many", http.MethodPost, "/_sandbox/customers", `{"state": "PENDING_VERIFICATION", "count": 500}`)
	}
	if page := s.page("many", ""); !strings.Contains(page, "<strong>1500</strong>") {
		t.Error("the overview does not count them")
	}
	if page := s.page("many", "customers"); strings.Count(page, "<tr data-key=") != 50 || !strings.Contains(page, "Those that follow") {
		t.Errorf("the first page lists %d", strings.Count(page, "<tr data-key="))
	}
	seen, next := map[string]bool{}, uiPath+"/tenants/many/customers?state=PENDING_VERIFICATION"
	for next != "" {
		page := s.visit(next).text
		for _, row := range strings.Split(page, `<tr data-key="`)[1:] {
			seen[row[:36]] = true
		}
		_, rest, _ := strings.Cut(page, `rel="next"`)
		next = ""
		if rest != "" {
			before := page[:strings.Index(page, `" rel="next"`)]
			next = html.UnescapeString(before[strings.LastIndex(before, `"`)+1:])
		}
	}
	if len(seen) != 1500 {
		t.Errorf("the pages list %d", len(seen))
	}
}
