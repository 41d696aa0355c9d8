package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/sandbox/fixtures"
	"finhub-sandbox/spec"
)

// expiring is a scenario of a tenant's own: none that the sandbox brings along lets the
// verification of a company expire.
const expiring = `name: kyb-expires
rules:
  - {on: verification.outcome, when: 'customer.type == "ORGANIZATION"', decide: EXPIRED, after: 5d}
`

// TestFixturesAreWhatIsWalked makes a customer of each kind in every state in one call,
// and walks another with the same data through the API until it is there: the two tenants
// are the same then, but for ids, instants and sessions, and everything that is asked of
// them from then on is answered the same.
func TestFixturesAreWhatIsWalked(t *testing.T) {
	for _, kind := range []string{"individual", "organization"} {
		for _, state := range fixtures.States() {
			t.Run(kind+"/"+string(state), func(t *testing.T) {
				t.Parallel()
				compareWalks(t, kind, string(state), leadingScenario(kind, string(state)))
			})
		}
		// Where the scenario would decide otherwise, what staff decide is the same but for who
		// has decided.
		t.Run(kind+"/rejected by staff", func(t *testing.T) {
			t.Parallel()
			compareWalks(t, kind, "REJECTED", "happy-path")
		})
	}
}

// leadingScenario is one under which the world leads to a state by itself.
func leadingScenario(kind, state string) string {
	switch state {
	case "REJECTED":
		return map[string]string{"individual": "kyc-rejected", "organization": "kyb-rejected"}[kind]
	case "EXPIRED":
		return map[string]string{"individual": "kyc-expired", "organization": "kyb-expires"}[kind]
	case "ACTIVATING":
		return "activation-delayed"
	}
	return "happy-path"
}

func compareWalks(t *testing.T, kind, state, scenario string) {
	made, walked := openWalk(t), openWalk(t)
	reason := map[string]string{"SUSPENDED": "COMPLIANCE_REVIEW", "CLOSED": "INACTIVITY"}[state]
	if scenario == "happy-path" && state == "REJECTED" {
		reason = "SANCTIONS_HIT"
	}
	body := map[string]any{"kind": kind, "state": state, "scenario": scenario, "password": password}
	if reason != "" {
		body["reason"] = reason
	}
	reply := made.call(t, "createCustomers", "", body)
	h := &hand{
		client: walked.client, t: t, tenant: walked.tenant, scenario: scenario, organization: kind == "organization",
		made: made.record(t, "customer", textAt(reply.value, "customers.0.customerId")), people: made.records(t, "personnel"),
	}
	h.to(state, reason)
	one, other := made.normal(t), walked.normal(t)
	if one != other {
		t.Fatalf("what was made differs from what was walked: %s", firstDifference(other, one))
	}
	ids := made.ids(t)
	for name, id := range walked.ids(t) {
		if _, known := ids[name]; !known {
			t.Fatalf("only what was walked has %s %s", name, id)
		}
	}
	was, is := walked.later(t, kind), made.later(t, kind)
	if was != is {
		t.Errorf("what was made answers otherwise: %s", firstDifference(was, is))
	}
	if one, other := made.normal(t), walked.normal(t); one != other {
		t.Errorf("what was made goes on otherwise: %s", firstDifference(other, one))
	}
}

// walkedTenant is a sandbox of its own with one customer.
type walkedTenant struct {
	*app.App
	client *client
	tenant string
}

func openWalk(t *testing.T) *walkedTenant {
	t.Helper()
	opened := openAppWith(t, app.Config{Seed: "walks", CheckShared: true, Settings: scaled(1)})
	w := &walkedTenant{opened, &client{documents: loadDocuments(t), send: inProcess(opened.Handler())}, "demo"}
	w.call(t, "freezeClock", "", map[string]any{"at": "2100-01-04T09:00:00Z"})
	w.client.must(t, httpCall{operation: w.client.operation("useScenario"), tenant: w.tenant, raw: []byte(expiring), header: map[string]string{"Content-Type": "application/yaml"}})
	w.call(t, "useScenario", "", map[string]any{"name": "happy-path"})
	return w
}

func (w *walkedTenant) call(t *testing.T, operation, token string, body any, path ...string) httpReply {
	t.Helper()
	params := map[string]string{}
	for i := 0; i+1 < len(path); i += 2 {
		params[path[i]] = path[i+1]
	}
	return w.client.must(t, httpCall{operation: w.client.operation(operation), tenant: w.tenant, token: token, path: params, body: body})
}

// state is the tenant's exported state.
func (w *walkedTenant) state(t *testing.T) map[string]any {
	t.Helper()
	text, err := export(w.App, w.tenant)
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	return state
}

// now is the tenant's time.
func (w *walkedTenant) now(t *testing.T) time.Time {
	t.Helper()
	now, err := time.Parse(time.RFC3339Nano, textAt(w.state(t), "clock.at"))
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// records are those of a kind, in their order.
func (w *walkedTenant) records(t *testing.T, kind string) []map[string]any {
	t.Helper()
	return bySequence(valueAt(w.state(t), "entities."+kind))
}

func (w *walkedTenant) record(t *testing.T, kind, id string) map[string]any {
	t.Helper()
	record, _ := valueAt(w.state(t), "entities."+kind+"."+id).(map[string]any)
	return record
}

func bySequence(records any) (list []map[string]any) {
	all, _ := records.(map[string]any)
	for _, id := range sortedKeys(all) {
		list = append(list, all[id].(map[string]any))
	}
	slices.SortStableFunc(list, func(a, b map[string]any) int {
		one, _ := a["seq"].(float64)
		other, _ := b["seq"].(float64)
		return int(one - other)
	})
	return list
}

// ids are those of the tenant's records, by the kind and the number in it. Of the
// sessions there are none where nobody had to log in.
func (w *walkedTenant) ids(t *testing.T) map[string]string {
	t.Helper()
	ids, entities := map[string]string{}, w.state(t)["entities"].(map[string]any)
	for kind := range entities {
		if kind == "session" {
			continue
		}
		for i, record := range bySequence(entities[kind]) {
			// A note about something has its id, and no life of its own.
			if id, _ := record["id"].(string); record["state"] != nil {
				ids[fmt.Sprintf("%s %d", kind, i+1)] = id
			}
		}
	}
	return ids
}

// normal words the tenant's state without what may differ: ids have the names that ids
// gives them, and instants are left out but for when something is due, which is told
// from now on.
func (w *walkedTenant) normal(t *testing.T) string {
	t.Helper()
	state, names := w.state(t), map[string]string{}
	for name, id := range w.ids(t) {
		names[id] = name
	}
	n := normalizer{names, w.now(t)}
	entities := map[string]any{}
	for kind, records := range state["entities"].(map[string]any) {
		if kind != "session" {
			entities[kind] = bySequence(records)
		}
	}
	var timers []any
	for _, timer := range listAt(state, "timers") {
		if textAt(timer, "entity") != "session" {
			timers = append(timers, timer)
		}
	}
	text, err := json.Marshal(n.value("", map[string]any{"entities": entities, "events": state["events"], "timers": timers, "counts": state["counts"]}), json.Deterministic(true), jsontext.WithIndent(" "))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// normalizer takes out of a state or of a reply what may differ.
type normalizer struct {
	names map[string]string
	now   time.Time
}

var (
	someID   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	someTime = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z?`)
	someTxn  = regexp.MustCompile(`txn_[0-9a-f]{24}`)
	someIBAN = regexp.MustCompile(`LT[0-9]{18}`)
)

func (n normalizer) value(member string, v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, value := range x {
			switch name {
			case "seq", "secret", "requestId", "timestamp", "uploadDate", "accountNumber", "lastLogin", "offset", "day", "appointed", "hiredDate", "appointedDate", "appointmentDate", "temporaryPassword", "token", "accessToken", "refreshToken", "decidedBy", "by", "approvedBy", "verifiedBy":
			default:
				out[n.text(name, name)] = n.value(name, value)
			}
		}
		return out
	case []map[string]any:
		list := []any{}
		for _, item := range x {
			list = append(list, n.value("", item))
		}
		return list
	case []any:
		list := []any{}
		for _, item := range x {
			list = append(list, n.value(member, item))
		}
		return list
	case string:
		return n.text(member, x)
	}
	return v
}

func (n normalizer) text(member, text string) string {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil && member == "due" {
		return "in " + at.Sub(n.now).String()
	}
	for id, name := range n.names {
		text = strings.ReplaceAll(text, id, name)
	}
	for pattern, word := range map[*regexp.Regexp]string{someID: "an id", someTime: "an instant", someTxn: "a transaction", someIBAN: "an IBAN"} {
		text = pattern.ReplaceAllString(text, word)
	}
	return text
}

// later is what is answered from now on: every look at the customer, and every step that
// might come next, whether it is refused or not.
func (w *walkedTenant) later(t *testing.T, kind string) string {
	t.Helper()
	ids, names := w.ids(t), map[string]string{}
	for name, id := range ids {
		names[id] = name
	}
	customer := w.records(t, "customer")[0]
	params := map[string]string{
		"tenantId": w.tenant, "ownerTenantId": w.tenant, "customerId": ids["customer 1"], "organizationId": ids["customer 1"], "userId": ids["user 1"],
		"verificationId": ids["verification 1"], "consentId": ids["consent 1"], "walletId": textAt(customer, "walletId"), "accountId": textAt(customer, "walletId"),
		"documentId": ids["document 1"], "operationType": "transfer", "consentType": "terms",
	}
	var b strings.Builder
	n := normalizer{names, w.now(t)}
	ask := func(operation string, body any) {
		o := w.client.operation(operation)
		reply, err := w.client.do(httpCall{operation: o, tenant: w.tenant, token: powerToken, path: inPath(o, params), body: body, header: actingHeaders(o)})
		if err != nil {
			t.Errorf("%s: %v", operation, err)
		}
		text, err := json.Marshal(n.value("", reply.value), json.Deterministic(true), jsontext.WithIndent(" "))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %d\n%s\n", operation, reply.status, text)
	}
	for _, operation := range []string{"getCustomer", "listCustomers", "getCustomerWallets", "getVerification", "getConsentStatus", "getAccountBalance", "getAllowedOperations", "listBeneficiaries", "listPaymentConsents", "getWalletStatus"} {
		ask(operation, nil)
	}
	steps := []step{
		{"acceptIndividualConsent", map[string]any{"accepted": true, "version": "1.0"}}, {"initiateIndividualVerification", nil},
		{"activateIndividual", map[string]any{"code": "123456"}},
	}
	if kind == "organization" {
		for _, operation := range []string{"getOrganization", "listDirectors", "listShareholders", "listEmployees", "listOrganizationDocuments", "getPersonnelStatus", "getVerificationRequirements", "checkOrganizationActivation"} {
			ask(operation, nil)
		}
		steps = []step{
			{"acceptOrganizationConsent", map[string]any{"accepted": true, "version": "1.0"}},
			{"verifyOrganization", map[string]any{"customerId": ids["customer 1"], "type": "BUSINESS_VERIFICATION", "requestedLevel": "TENANT_VERIFIED"}},
			{"addEmployee", map[string]any{"person": map[string]any{"firstName": "Tomas", "lastName": "Jankauskas", "email": "tomas@example.com"}, "position": "CFO", "roles": []any{"ADMIN_USER"}}},
			{"activateOrganization", map[string]any{"activationReason": "All checks passed"}},
		}
	} else {
		ask("checkIndividualActivation", nil)
	}
	steps = append(steps,
		step{map[string]string{"individual": "createIndividualSession", "organization": "createOrganizationSession"}[kind], map[string]any{"username": customer["email"], "password": password, "tenantKey": "k", "tenantSecret": "s"}},
		step{"fundWallet", map[string]any{"amount": "100.00"}},
		step{"createBeneficiary", map[string]any{"partyType": "INDIVIDUAL_CUSTOMER", "firstName": "Jonas", "lastName": "Petraitis", "iban": payeeIBANs()[1], "currency": "EUR", "country": "DE", "networkName": "SEPA"}},
		step{"advanceClock", map[string]any{"by": "10d"}},
		step{"getCustomer", nil},
		step{"setCustomerStatus", map[string]any{"status": "SUSPENDED"}},
	)
	for _, s := range steps {
		ask(s.operation, s.body)
	}
	return b.String()
}

// step is a call that may come next.
type step struct {
	operation string
	body      any
}

// TestFixturesComeAgain makes the same customers of the same seed, also where the
// sandbox is started anew in between.
func TestFixturesComeAgain(t *testing.T) {
	of := func(restart bool) (texts []string) {
		file := t.TempDir() + "/data.db"
		for range 3 {
			opened, err := app.Open(app.Config{Seed: "again", Data: file, Now: frozenNow, Quiet: true, WebhookNames: noNames()}, t.Output())
			if err != nil {
				t.Fatal(err)
			}
			c := &client{documents: loadDocuments(t), send: inProcess(opened.Handler())}
			for {
				reply := c.must(t, httpCall{operation: c.operation("createCustomers"), tenant: "demo", body: map[string]any{"kind": []string{"individual", "organization"}[len(texts)%2], "count": 3}})
				texts = append(texts, string(reply.raw))
				if restart || len(texts) == 3 {
					break
				}
			}
			if err := opened.Close(); err != nil {
				t.Fatal(err)
			}
			if len(texts) == 3 {
				break
			}
		}
		return texts
	}
	one, other := of(false), of(true)
	if !slices.Equal(one, other) {
		t.Errorf("a restart makes others:\n%s\n%s", strings.Join(one, ""), strings.Join(other, ""))
	}
	if one[0] == one[2] {
		t.Error("the same people come twice")
	}
}

func frozenNow() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }

// TestFixtureStatesAreTold: the document and the command line name each state, as the
// tables have them.
func TestFixtureStatesAreTold(t *testing.T) {
	description := textAt(map[string]any(readRawDocument(t, spec.Control())), "paths./customers.post.description")
	help, err := os.ReadFile(filepath.Join(moduleRoot, "cmd", "finhub-sandbox", "customer.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range fixtures.States() {
		for where, text := range map[string]string{"createCustomers": description, "customer create": string(help)} {
			if !regexp.MustCompile(`\b` + string(state) + `\b`).MatchString(text) {
				t.Errorf("%s does not tell of %s", where, state)
			}
		}
	}
}
