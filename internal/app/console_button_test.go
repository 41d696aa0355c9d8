package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"

	"finhub-sandbox/internal/domain/access"
)

// TestConsoleButtons pushes every button: each is the control call that it shows, what it
// has done is said once, and a refusal is shown with what to do.
func TestConsoleButtons(t *testing.T) {
	s := openLocal(t, app.Config{})
	for _, c := range []struct {
		action string
		form   url.Values
		shows  []string
		// path of the control API, and what stands there afterwards.
		path, want string
	}{
		{"freeze-clock", nil, []string{"The clock stands still", "clock freeze --tenant demo", "/_sandbox/clock/freeze"}, "/clock", `"frozen"`},
		{"make-customers", url.Values{"state": {"IN_PROGRESS"}, "kind": {"individual"}, "count": {"1"}, "firstName": {"Anna"}, "lastName": {"O'Hara"}},
			[]string{"Anna O'Hara was made", "told once", "customer create IN_PROGRESS --kind individual --count 1 --first-name Anna --last-name 'O'\\''Hara'"}, "/customers", "Hara"},
		{"make-customers", url.Values{"state": {"ACTIVE"}, "kind": {"organization"}, "count": {"2"}}, []string{"2 customers were made"}, "/customers?kind=organization", "ACTIVE"},
		{"make-customers", url.Values{"state": {"nope"}, "count": {"x"}}, []string{"REQUEST_INVALID", "count"}, "/customers", ""},
		{"take-snapshot", url.Values{"name": {"before"}}, []string{"The state was kept", "state snapshot before"}, "/snapshots", `"before"`},
		{"take-snapshot", url.Values{"name": {"../x"}}, []string{"REQUEST_INVALID"}, "/snapshots", `"before"`},
		{"advance-clock", url.Values{"by": {"3d"}}, []string{"The clock was moved", "verification.approved", "clock advance --by 3d"}, "/customers?state=PENDING_ACTIVATION", "Anna"},
		{"advance-clock", url.Values{"by": {"never"}}, []string{"REQUEST_INVALID"}, "/clock", `"frozen"`},
		{"restore-snapshot", url.Values{"name": {"before"}}, []string{"The tenant is as it was"}, "/customers?state=IN_PROGRESS", "Anna"},
		{"fork-snapshot", url.Values{"name": {"before"}, "tenant": {"demo-fork"}}, []string{"Go to demo-fork", "state fork before demo-fork"}, "/snapshots", `"before"`},
		{"delete-snapshot", url.Values{"name": {"before"}}, []string{"forgotten"}, "/snapshots", `"snapshots":[]`},
		{"use-scenario", url.Values{"name": {"kyc-rejected"}}, []string{"scenario use kyc-rejected"}, "/scenarios", `"name":"kyc-rejected","source":"tenant"`},
		{"use-scenario", url.Values{"name": {""}}, []string{"The scenario was chosen"}, "/scenarios", `"source":"default"`},
		{"put-scenario", url.Values{"text": {"name: own\r\nextends: happy-path\r\ndescription: d\r\n"}}, []string{"governs"}, "/scenarios/own", `"yaml":"name: own\nextends`},
		{"put-scenario", url.Values{"text": {"name: own\nrulez: []\n"}}, []string{"SCENARIO_INVALID", "1 mistake", `<li value="2"><code><mark>rulez: []</mark></code>`, "name: own\nrulez: []"}, "/scenarios/own", "happy-path"},
		{"start-recording", nil, []string{"The tenant is recorded", "bug start"}, "/recording", `"steps"`},
		{"stop-recording", nil, []string{"forgotten"}, "", ""},
		{"resend-deliveries", url.Values{"status": {"FAILED"}}, []string{"sent again", "webhook resend --failed"}, "", ""},
		{"resend-delivery", url.Values{"deliveryId": {"nope"}}, []string{"DELIVERY_NOT_FOUND"}, "", ""},
		{"run-clock", nil, []string{"The clock runs"}, "/clock", `"running"`},
		{"reset-tenant", url.Values{"everything": {"true"}}, []string{"records were removed", "reset --everything=true"}, "/customers", `"customers":[]`},
	} {
		back := "scenarios"
		if !strings.Contains(c.action, "scenario") {
			back = "clock?a=b"
		}
		form := url.Values{"back": {uiPath + "/tenants/demo/" + back}}
		for name, values := range c.form {
			form[name] = values
		}
		page := s.push("demo", c.action, form)
		checkShown(t, c.action, page, http.StatusOK)
		for _, text := range c.shows {
			if !strings.Contains(html.UnescapeString(page.text), text) {
				t.Errorf("%s %v does not show %s:\n%s", c.action, c.form, text, section(page.text, "notice"))
			}
		}
		if c.path != "" {
			if a := s.must("demo", http.MethodGet, "/_sandbox"+c.path, ""); !strings.Contains(a.text, c.want) {
				t.Errorf("after %s %v %s is %s", c.action, c.form, c.path, a.text)
			}
		}
	}
	for _, action := range []string{"nope", ""} {
		if a := s.call("x", http.MethodPost, uiPath+"/tenants/demo/do/"+action, ""); a.status != http.StatusNotFound {
			t.Errorf("the button %q gives %d", action, a.status)
		}
	}
}

func section(page, class string) string {
	_, rest, _ := strings.Cut(page, `<section class="`+class)
	text, _, _ := strings.Cut(rest, "</section>")
	return text
}

// TestConsoleCustomerButtons: what is done to a customer and to its wallet.
func TestConsoleCustomerButtons(t *testing.T) {
	s := openLocal(t, app.Config{})
	made, _ := s.must("demo", http.MethodPost, "/_sandbox/customers", "{}").value.(map[string]any)
	customer := made["customers"].([]any)[0].(map[string]any)
	id, wallet := customer["customerId"].(string), customer["walletId"].(string)
	for _, c := range []struct {
		action string
		form   url.Values
		shows  string
	}{
		{"fund-wallet", url.Values{"walletId": {wallet}, "amount": {"12.50"}}, "12.50"},
		{"fund-wallet", url.Values{"walletId": {wallet}, "amount": {"-1"}}, "REQUEST_INVALID"},
		{"set-wallet-status", url.Values{"walletId": {wallet}, "status": {"SUSPENDED"}}, "Suspended"},
		{"set-customer-status", url.Values{"customerId": {id}, "status": {"SUSPENDED"}, "reason": {"a <b> reason"}}, "must be one of"},
		{"set-customer-status", url.Values{"customerId": {id}, "status": {"SUSPENDED"}, "reason": {"CUSTOMER_REQUEST"}}, "customer.suspended"},
		{"set-customer-status", url.Values{"customerId": {id}, "status": {"CLOSED"}}, "Closed"},
	} {
		c.form.Set("back", uiPath+"/tenants/demo/customers/"+id)
		page := s.push("demo", c.action, c.form)
		checkShown(t, c.action, page, http.StatusOK)
		if !strings.Contains(page.text, c.shows) || strings.Contains(page.text, "a <b> reason") {
			t.Errorf("%s %v shows %s", c.action, c.form, page.text)
		}
	}
}

// TestConsoleNoticesAreShownOnce: what a button has to say is for who pushed it, and a
// password in it is told once.
func TestConsoleNoticesAreShownOnce(t *testing.T) {
	s := openLocal(t, app.Config{})
	form := url.Values{"state": {"ACTIVE"}}
	a := s.call("x", http.MethodPost, uiPath+"/tenants/demo/do/make-customers", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	to := a.header.Get("Location")
	if elsewhere := s.visit(strings.Replace(to, "/demo/", "/other/", 1)); strings.Contains(elsewhere.text, "password") {
		t.Error("another tenant is told the password")
	}
	if first, again := s.visit(to).text, s.visit(to).text; !strings.Contains(first, "password") || strings.Contains(again, "password") {
		t.Errorf("it is told %v and then %v", strings.Contains(first, "password"), strings.Contains(again, "password"))
	}
	for _, back := range []string{"https://evil.example/", "//evil.example", `/_sandbox/ui/\\evil`, "/_sandbox/reset", "/_sandbox/ui/tenants/demo/clock#x"} {
		a := s.call("x", http.MethodPost, uiPath+"/tenants/demo/do/run-clock", url.Values{"back": {back}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
		if to := a.header.Get("Location"); !strings.HasPrefix(to, uiPath+"/tenants/demo/") {
			t.Errorf("%s leads to %s", back, to)
		}
	}
}

// TestConsoleFiles: a tenant can be taken out as a file, and put back in.
func TestConsoleFiles(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.must("demo", http.MethodPost, "/_sandbox/clock/freeze", "{}")
	s.must("demo", http.MethodPost, "/_sandbox/customers", `{"count": 3}`)
	s.must("demo", http.MethodPost, "/_sandbox/snapshots/before", "")
	s.must("demo", http.MethodPost, "/_sandbox/recording", "")
	for name, begins := range map[string]string{
		"state.json": "{", "snapshot-before.json": "{", "bug.json": "{", "requests.har": "{", "requests.sh": "# ", "coverage.html": "<!doctype html>", "coverage.json": "{",
	} {
		a := s.call("x", http.MethodGet, uiPath+"/tenants/demo/download/"+name, "")
		if a.status != http.StatusOK || !strings.HasPrefix(a.text, begins) || a.header.Get("Content-Disposition") != `attachment; filename="demo-`+name+`"` {
			t.Errorf("%s gives %d %v %.100s", name, a.status, a.header, a.text)
		}
	}
	if a := s.call("x", http.MethodGet, uiPath+"/tenants/demo/download/snapshot-nope.json", ""); a.status != http.StatusNotFound || a.header.Get("Content-Disposition") != "" {
		t.Errorf("a snapshot that there is not gives %d", a.status)
	}
	state := s.call("x", http.MethodGet, uiPath+"/tenants/demo/download/state.json", "").text
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "state.json")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = file.Write([]byte(state))
	form.Close()
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080"+uiPath+"/tenants/copy/do/import-state", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	recorder := httptest.NewRecorder()
	s.app.Handler().ServeHTTP(recorder, r)
	if recorder.Code != http.StatusSeeOther || len(s.idsIn("copy", "customers", "customerId")) != 3 {
		t.Errorf("the import gives %d, and the tenant has %s", recorder.Code, s.must("copy", http.MethodGet, "/_sandbox/customers", "").text)
	}
}

var shellText = regexp.MustCompile(`<pre data-copy tabindex="0"><code>(curl [^<]*)</code>`)

// TestConsoleShowsItsCalls: the curl that a button shows is the call that it makes.
func TestConsoleShowsItsCalls(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.must("demo", http.MethodPost, "/_sandbox/clock/freeze", "{}")
	s.must("demo", http.MethodPost, "/_sandbox/customers", `{"state": "IN_PROGRESS"}`)
	page := s.page("demo", "clock")
	step := ""
	for _, found := range shellText.FindAllStringSubmatch(page, -1) {
		if text := html.UnescapeString(found[1]); strings.Contains(text, `-d '{"to":`) && step == "" {
			step = text
		}
	}
	_, body, _ := strings.Cut(strings.TrimSuffix(step, "'"), "-d '")
	if !json.Valid([]byte(body)) || !strings.HasPrefix(step, "curl -X POST http://localhost:8080/_sandbox/clock/advance -H 'X-Tenant-ID: demo'") {
		t.Fatalf("it shows %s", step)
	}
	if moved := s.must("demo", http.MethodPost, "/_sandbox/clock/advance", body); !strings.Contains(moved.text, "verification.approved") {
		t.Errorf("%s gives %s", body, moved.text)
	}
}

// TestCustomersAreCountedByState: the counts are those that reading each customer gives,
// without the people of organizations.
func TestCustomersAreCountedByState(t *testing.T) {
	s := openLocal(t, app.Config{})
	want := map[machine.State]int{}
	for i, state := range []machine.State{"ACTIVE", "PENDING_VERIFICATION", "PENDING_ACTIVATION", "SUSPENDED", "CLOSED"} {
		s.must("demo", http.MethodPost, "/_sandbox/customers", fmt.Sprintf(`{"state": %q, "count": %d}`, state, i+1))
		want[state] += i + 1
	}
	s.must("demo", http.MethodPost, "/_sandbox/customers", `{"kind": "organization", "count": 2, "legalName": "\"state\":\"CLOSED\" \"memberOf\":\"x\""}`)
	want["ACTIVE"] += 2
	got, err := world.Show(t.Context(), s.app.World(), access.Caller{Tenant: "demo"}, func(act *world.Act) (map[machine.State]int, error) {
		return customers.CountStates(act), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for state, n := range got {
		if n != want[state] {
			t.Errorf("%d are %s, not %d", n, state, want[state])
		}
		delete(want, state)
	}
	if len(want) > 0 {
		t.Errorf("nobody is %v", want)
	}
}
