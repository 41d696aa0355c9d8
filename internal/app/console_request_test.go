package app_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
)

// sendAgain pushes the button of a request that sends it again.
func (p *localSandbox) sendAgain(tenant string, number int, token string) string {
	p.t.Helper()
	form := url.Values{"number": {fmt.Sprint(number)}, "token": {token}, "back": {fmt.Sprintf("%s/tenants/%s/requests/2", uiPath, tenant)}}
	page := p.push(tenant, "replay-request", form)
	checkShown(p.t, "a request that was sent again", page, http.StatusOK)
	return html.UnescapeString(page.text)
}

// TestConsoleSendsAgain: a request of the journal is sent once more by one control call,
// whatever token that takes is not shown, and what cannot be sent says why.
func TestConsoleSendsAgain(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.must("demo", http.MethodPost, "/_sandbox/clock/freeze", "{}")
	s.call("demo", http.MethodGet, "/api/v2.1/nope", "")
	s.must("demo", http.MethodPost, registrationPath, registrationOf("anna@example.com"))
	s.call("demo", http.MethodGet, "/api/v2.1/verifications/nope", "", "Authorization", "Bearer of-somebody")
	button := func(number int) string {
		_, rest, _ := strings.Cut(s.page("demo", fmt.Sprintf("requests/%d", number)), `id="again">`)
		text, _, _ := strings.Cut(rest, "<h3>")
		return text
	}
	for number, want := range map[int]string{
		1: "journal replay 1 --tenant demo", 2: "/_sandbox/journal/2/replay",
		3: `disabled>Send it again</button><p class="aside">The journal does not have its body without a mask`,
		4: `name="token" type="password"`,
	} {
		if text := button(number); !strings.Contains(text, want) || strings.Contains(text, "disabled") != (number == 3) || strings.Contains(text, `name="token"`) != (number == 4) {
			t.Errorf("request %d has the button %s", number, text)
		}
	}
	for _, c := range []struct {
		number int
		token  string
		shows  []string
	}{
		{2, "", []string{"the same came", "Then, request 2: 404 ROUTE_UNKNOWN", "Now, request 5: 404 ROUTE_UNKNOWN", "journal replay 2 --tenant demo"}},
		{1, "", []string{"the same came", "Now, request 6: 200"}},
		{3, "", []string{"ENTRY_UNREPEATABLE", "the journal does not have its body without a mask"}},
		{4, "", []string{"ENTRY_UNREPEATABLE", "give one as token"}},
		{4, "sandbox-compliance", []string{"something else came", "--token TOKEN", `"token":"TOKEN"`}},
		{9, "", []string{"ENTRY_NOT_FOUND"}},
	} {
		page := s.sendAgain("demo", c.number, c.token)
		for _, text := range c.shows {
			if !strings.Contains(page, text) {
				t.Errorf("request %d does not show %s but %s", c.number, text, section(page, "notice"))
			}
		}
		if strings.Contains(page, "sandbox-compliance") {
			t.Errorf("request %d: the token is shown", c.number)
		}
	}
}

var markedLine = regexp.MustCompile(`<mark>([^<]*)</mark>((?: <em>[^<]*</em>)+)`)

// TestConsoleMarksViolations: what is wrong with a body stands at the value that is
// wrong, or at what lacks it.
func TestConsoleMarksViolations(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.call("demo", http.MethodPost, registrationPath, `{"individualCustomer": {"a{": "b{", "firstName": "<b>", "email": "x", "address": {"country": "XX"}}, "list": [1, {"email": 2}, []], "password": 5}`)
	s.call("demo", http.MethodPost, registrationPath, `[]`)
	s.call("demo", http.MethodPost, registrationPath, `{`)
	got := map[string]string{}
	for _, found := range markedLine.FindAllStringSubmatch(s.page("demo", "requests/1"), -1) {
		got[strings.TrimSpace(html.UnescapeString(found[1]))] = html.UnescapeString(found[2])
	}
	for line, said := range map[string]string{
		`"individualCustomer": {`: "← lastName is required", `"email": "x",`: "← must be a valid e-mail address", `"country": "XX"`: "← must be a country's name",
		`"password": "[masked]"`: "← must be a text", "{": "← matchingPassword is required",
	} {
		if !strings.Contains(got[line], said) {
			t.Errorf("at %s stands %q", line, got[line])
		}
	}
	s.says("demo", "requests/1", "individualCustomer.email must be a valid e-mail address", "matchingPassword is required")
	if len(got) != 5 {
		t.Errorf("marked is %v", got)
	}
	for _, path := range []string{"requests/2", "requests/3"} {
		if page := s.page("demo", path); !strings.Contains(page, "Why it was refused") {
			t.Errorf("%s shows %s", path, page)
		}
	}
}
