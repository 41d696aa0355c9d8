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

var (
	keyedRow = regexp.MustCompile(`<tr data-key="([^"]*)">`)
	anyTag   = regexp.MustCompile(`<[^>]*>|\s+`)
)

// rows are the keys of a page's rows, in their order.
func rows(page string) (keys []string) {
	for _, found := range keyedRow.FindAllStringSubmatch(page, -1) {
		keys = append(keys, found[1])
	}
	return keys
}

// plainText is what a page says, in one line.
func plainText(page string) string {
	return html.UnescapeString(strings.Join(strings.Fields(anyTag.ReplaceAllString(page, " ")), " "))
}

// says fails if a page lacks a text.
func (p *localSandbox) says(tenant, path string, texts ...string) {
	p.t.Helper()
	page := plainText(p.page(tenant, path))
	for _, text := range texts {
		if !strings.Contains(page, text) {
			p.t.Errorf("%s does not say %q but %s", path, text, page)
		}
	}
}

// TestConsoleFindsCustomers: the search and each filter leave those who fit, and the next
// pages have the same filters.
func TestConsoleFindsCustomers(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.must("demo", http.MethodPost, "/_sandbox/clock/freeze", "{}")
	for _, body := range []string{
		`{"firstName": "Anna", "lastName": "Ozola", "email": "anna@example.com"}`, `{"firstName": "Bruno", "lastName": "Ozola", "state": "IN_PROGRESS", "scenario": "kyc-rejected"}`,
		`{"kind": "organization", "legalName": "UAB Ozola"}`, `{"state": "PENDING_VERIFICATION", "count": 60, "scenario": "chaos"}`,
	} {
		s.must("demo", http.MethodPost, "/_sandbox/customers", body)
	}
	for query, want := range map[string][]string{
		"text=ozola": {"Anna Ozola", "Bruno Ozola", "UAB Ozola"}, "text=anna%40example.com": {"Anna Ozola"}, "kind=organization": {"UAB Ozola"},
		"scenario=kyc-rejected": {"Bruno Ozola"}, "text=ozola&state=ACTIVE": {"Anna Ozola", "UAB Ozola"}, "text=ozola&state=ACTIVE&kind=individual": {"Anna Ozola"}, "text=nobody": nil,
	} {
		page := s.page("demo", "customers?"+query)
		for _, name := range []string{"Anna Ozola", "Bruno Ozola", "UAB Ozola"} {
			if shown := strings.Contains(page, ">"+name+"</a>"); shown != strings.Contains(strings.Join(want, ", "), name) {
				t.Errorf("%s: %s is shown: %v", query, name, shown)
			}
		}
		if n := len(rows(page)); n != len(want) {
			t.Errorf("%s has %d rows", query, n)
		}
	}
	seen, path := map[string]bool{}, "customers?scenario=chaos"
	for path != "" {
		page := s.page("demo", path)
		for _, key := range rows(page) {
			if seen[key] {
				t.Fatalf("%s is listed twice", key)
			}
			seen[key] = true
		}
		before, _, more := strings.Cut(page, `" rel="next"`)
		path = ""
		if more {
			next := html.UnescapeString(before[strings.LastIndex(before, `"`)+1:])
			path = strings.TrimPrefix(next, uiPath+"/tenants/demo/")
		}
	}
	if len(seen) != 60 {
		t.Errorf("the pages of a scenario list %d", len(seen))
	}
	for state, count := range map[string]int{"ACTIVE": 2, "PENDING_VERIFICATION": 61} {
		if overview := s.page("demo", ""); !strings.Contains(overview, fmt.Sprintf(`href="/_sandbox/ui/tenants/demo/customers?state=%s"><strong>%d</strong>`, state, count)) {
			t.Errorf("the overview does not lead to the %d that are %s", count, state)
		}
	}
}

// TestConsoleFindsRequests: the newest stands first, and each filter leaves what fits, on
// the page as in its stream.
func TestConsoleFindsRequests(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.call("demo", http.MethodGet, "/api/v2.1/nope?q=lantern", "")
	s.must("demo", http.MethodPost, "/_sandbox/customers", "{}")
	id := s.idsIn("demo", "customers", "customerId")[0]
	s.call("demo", http.MethodGet, "/api/v2.1/wallets/customer/"+id, "")
	s.call("demo", http.MethodPost, registrationPath, `{"firstName": "Bo"}`)
	for query, want := range map[string]string{
		"": "4 3 2 1", "?text=lantern": "1", "?operation=getCustomerWallets": "3", "?status=4xx": "4 1", "?status=404": "1", "?refusal=REQUEST_INVALID": "4",
		"?customer=" + id: "3", "?text=lantern&status=200": "",
	} {
		if got := strings.Join(rows(s.page("demo", "requests"+query)), " "); got != want {
			t.Errorf("requests%s are %s, not %s", query, got, want)
		}
	}
	s.says("demo", "requests/4", "Why it was refused", "Mend every member", "No other call meets it: the request itself has to be sent otherwise.")
	s.says("demo", "requests/1", "ROUTE_UNKNOWN", "Look the path up")
}

// TestConsoleTellsTime: what is due stands together by its instant, and how far a clock is
// from real time is told in words.
func TestConsoleTellsTime(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.must("demo", http.MethodPost, "/_sandbox/clock/freeze", `{"at": "2020-03-02T09:00:00Z"}`)
	s.must("demo", http.MethodPost, "/_sandbox/customers", `{"count": 3}`)
	s.must("demo", http.MethodPost, "/_sandbox/customers", `{"state": "IN_PROGRESS", "scenario": "kyc-rejected"}`)
	s.says("demo", "clock", "It stands still,", "behind real time", "3 Mar 2020, 09:00:00 in 1d verification In progress → Rejected verification.outcome, rule “",
		"2 Mar 2021, 09:00:00 in 365d consent Accepted → Expired", "3 more consent Accepted → Expired")
	if n := strings.Count(s.page("demo", "clock"), "→ Expired"); n != 9 {
		t.Errorf("%d ends of consents are shown", n)
	}
	s.must("demo", http.MethodPost, "/_sandbox/clock/advance", `{"by": "1d"}`)
	id := ""
	for _, key := range rows(s.page("demo", "customers?scenario=kyc-rejected")) {
		id = key
	}
	s.says("demo", "customers/"+id, "1d without anything", "verification.rejected Rejected decided at verification.outcome")
	if n := strings.Count(s.page("demo", "customers/"+id), "without anything"); n != 1 {
		t.Errorf("%d idle times are told", n)
	}
	for text, times := range map[string]int{`class="way taken"`: 4, `end here"`: 1, "now REJECTED": 1} {
		if n := strings.Count(s.page("demo", "customers/"+id), text); n != times {
			t.Errorf("the drawings have %s %d times", text, n)
		}
	}
	s.says("demo", "scenarios/kyc-rejected", "1 time")
	s.must("demo", http.MethodPost, "/_sandbox/clock/freeze", `{"at": "2090-03-02T09:00:00Z"}`)
	s.says("demo", "clock", "ahead of real time")
}

// TestConsoleTellsWhole: owners of owners, every condition of a rule, and each need of a
// row with its refusal.
func TestConsoleTellsWhole(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.must("demo", http.MethodPost, "/_sandbox/customers", `{"kind": "organization", "state": "PENDING_VERIFICATION"}`)
	id := s.idsIn("demo", "customers", "customerId")[0]
	page := s.page("demo", "customers/"+id)
	s.call("demo", http.MethodPost, "/api/v2.1/customer/organization/"+id+"/shareholders", `{"type": "CORPORATE", "companyName": "SIA Mezs", "ownershipPercentage": 40,
		"owners": [{"type": "CORPORATE", "companyName": "UAB Girios", "ownershipPercentage": 100, "owners": [{"type": "INDIVIDUAL", "firstName": "Ilze", "lastName": "Ozola", "ownershipPercentage": 100}]}]}`)
	tree := s.page("demo", "customers/"+id)
	for _, text := range []string{"<li>SIA Mezs 40 %", "<ul><li>UAB Girios 100 %", "<ul><li>Ilze Ozola 100 %"} {
		if !strings.Contains(tree, text) || strings.Contains(page, text) {
			t.Errorf("the owners are not %s: %s", text, tree)
		}
	}
	if page := s.page("demo", "scenarios"); !strings.Contains(page, "<code>customer.member == false</code><br>and <code>customer.name contains Sanction</code>") {
		t.Error("the conditions of a rule do not stand one by one")
	}
	s.says("demo", "machines/order", "funds.available INSUFFICIENT_BALANCE", "order.expiry : EXPIRED")
	s.says("demo", "coverage", "Never met", "operations that did what they are for")
	s.says("demo", "customers/"+id, "Not met: verification.approved", "accept TERMS_AND_CONDITIONS", "Ultimate beneficial owners Ilze Ozola 40 %")
	form := url.Values{"text": {"name: own\nextends: happy-path\ndescription: d\nrules: 5\n"}, "back": {uiPath + "/tenants/demo/scenarios"}}
	if page := s.push("demo", "put-scenario", form).text; !strings.Contains(page, `<li value="4"><code><mark>rules: 5</mark></code><br>`) {
		t.Errorf("the mistake is not at its line: %s", section(page, "notice"))
	}
}

// TestConsoleTellsOfMoneyAndWebhooks: the ledger of a wallet, what rests on it, and each
// attempt of a delivery with what the receiver found of its signature.
func TestConsoleTellsOfMoneyAndWebhooks(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.must("demo", http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"name": "shop", "url": "https://shop.invalid/hook", "events": ["customer.activated"]}`)
	made, _ := s.must("demo", http.MethodPost, "/_sandbox/customers", "{}").value.(map[string]any)
	customer := made["customers"].([]any)[0].(map[string]any)
	id, wallet := customer["customerId"].(string), customer["walletId"].(string)
	s.must("demo", http.MethodPost, "/_sandbox/wallets/"+wallet+"/fund", `{"amount": "12.50"}`)
	s.must("demo", http.MethodPost, "/api/v2.1/fintrans/"+wallet+"/beneficiaries", `{"partyType": "BUSINESS_CUSTOMER", "companyName": "Nordwind Handels GmbH", "iban": "DE89370400440532013000", "currency": "EUR", "country": "DE", "networkName": "SEPA"}`)
	s.says("demo", "customers/"+id, "Ledger", "FUND", "12.50 EUR 0.00 EUR 12.50 EUR", "payee Nordwind Handels GmbH DE89370400440532013000")
	s.must("demo", http.MethodPost, "/_sandbox/clock/advance", `{"by": "1s"}`)
	s.call("demo", http.MethodPost, "/api/v2.1/test/webhook-receiver", `{"type": "customer.created"}`)
	s.says("demo", "webhooks", "shop", "customer.activated Retrying 1 attempt", "https://shop.invalid/hook no reply the host shop.invalid is not found", "Inbox of the test receivers", "no delivery of this tenant has the id")
}
