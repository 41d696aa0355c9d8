package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
)

const passport = `{"verificationType": "IDENTITY", "verificationData": {"documentType": "PASSPORT", "documentNumber": "24010101", "issuingCountry": "LT"}}`

// register registers somebody and gives the customer's id.
func (p *localSandbox) register(tenant, email string) string {
	p.t.Helper()
	return p.must(tenant, http.MethodPost, "/api/v2.1/customer/individual/registration", fmt.Sprintf(
		`{"firstName": "Anna", "lastName": "Petrauskaite", "email": %q, "phone": "+37062767557", "password": "SecurePass123!", "matchingPassword": "SecurePass123!"}`,
		email)).get("data.id")
}

// tenantPlay is a tenant with a scenario and a clock of its own, and what comes
// of them.
type tenantPlay struct {
	tenant, scenario string
	start            time.Time
	// outcome is the event that the scenario makes happen, and wait how long it
	// takes; refused reports whether the first activation is refused.
	outcome string
	wait    time.Duration
	refused bool
}

func tenantPlays(n int) []tenantPlay {
	var plays []tenantPlay
	for i := range n {
		p := tenantPlay{
			tenant: fmt.Sprintf("tenant-%03d", i), start: time.Date(2027, 1, 1+i, i%24, 0, 0, 0, time.UTC),
			outcome: "APPROVED", wait: time.Duration(1+i) * time.Hour, refused: i%2 == 1,
		}
		reason, refuse := "", ""
		if i%3 == 1 {
			p.outcome, reason = "REJECTED", ", reason: DATA_MISMATCH"
		}
		if i%3 == 2 {
			p.outcome = "EXPIRED"
		}
		if p.refused {
			refuse = "  - {on: checkIndividualActivation, times: 1, refuse: CUSTOMER_NOT_FOUND}\n"
		}
		p.scenario = fmt.Sprintf("name: own-%d\nextends: happy-path\nrules:\n  - {on: verification.outcome, decide: %s%s, after: %dh}\n%s",
			i, p.outcome, reason, 1+i, refuse)
		plays = append(plays, p)
	}
	return plays
}

// play plays the tenant and gives every reply.
func (play tenantPlay) play(p *localSandbox) []string {
	var replies []string
	must := func(method, path, body string, headers ...string) answer {
		a := p.must(play.tenant, method, path, body, headers...)
		replies = append(replies, a.text)
		return a
	}
	must(http.MethodPut, "/_sandbox/scenario", play.scenario, "Content-Type", "application/yaml")
	must(http.MethodPost, "/_sandbox/clock/freeze", fmt.Sprintf(`{"at": %q}`, play.start.Format(time.RFC3339)))
	customer := p.register(play.tenant, "anna@example.com")
	path := "/api/v2.1/customer/individual/" + customer
	must(http.MethodPost, path+"/verification", passport)
	moved := must(http.MethodPost, "/_sandbox/clock/advance", `{"until": "idle"}`)
	event := map[string]string{"APPROVED": "verification.approved", "REJECTED": "verification.rejected", "EXPIRED": "verification.expired"}[play.outcome]
	if at := play.start.Add(play.wait).Format(time.RFC3339); moved.get("events.0.type") != event || moved.get("events.0.at") != at {
		p.t.Errorf("%s: expected %s at %s, came %s", play.tenant, event, at, moved.text)
	}
	activation := path + "/owner/" + play.tenant + "/activation/check"
	for try := range 2 {
		reply := p.call(play.tenant, http.MethodGet, activation, "")
		replies = append(replies, reply.text)
		if refused := play.refused && try == 0; (reply.status == http.StatusNotFound) != refused {
			p.t.Errorf("%s: try %d gives %d %s", play.tenant, try, reply.status, reply.text)
		}
	}
	return replies
}

// TestTenantsDoNotDisturbEachOther plays two hundred tenants, each with another
// scenario and another clock: all at once they get to the byte what each gets
// when it is alone.
func TestTenantsDoNotDisturbEachOther(t *testing.T) {
	plays := tenantPlays(200)
	together := make([][]string, len(plays))
	crowd := openLocal(t, app.Config{Seed: "tenants"})
	var all sync.WaitGroup
	for i, play := range plays {
		all.Go(func() { together[i] = play.play(crowd) })
	}
	all.Wait()
	lonely := openLocal(t, app.Config{Seed: "tenants"})
	for i, play := range plays {
		if alone := play.play(lonely); !slices.Equal(alone, together[i]) {
			t.Errorf("%s gets\n%s\nand alone\n%s", play.tenant, together[i], alone)
		}
	}
}

// BenchmarkAdvanceThreeDays moves a clock three days, through ten thousand decisions
// that come due one after the other, each at an instant of its own.
func BenchmarkAdvanceThreeDays(b *testing.B) {
	const timers = 10_000
	for range b.N {
		b.StopTimer()
		now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		sandbox := openUnchecked(b, app.Config{Settings: scaled(1), Now: func() time.Time { return now }})
		sandbox.must("demo", http.MethodPut, "/_sandbox/scenario",
			"name: later\nrules:\n  - {on: verification.outcome, after: 2d}\n", "Content-Type", "application/yaml")
		for i := range timers {
			customer := sandbox.register("demo", fmt.Sprintf("anna.%d@example.com", i))
			sandbox.must("demo", http.MethodPost, "/api/v2.1/customer/individual/"+customer+"/verification", passport)
			now = now.Add(10 * time.Second)
		}
		b.StartTimer()
		moved := sandbox.must("demo", http.MethodPost, "/_sandbox/clock/advance", `{"by": "3d"}`)
		b.StopTimer()
		checkAdvanced(b, moved.value, timers)
		checkOrder(b, moved.value)
	}
}

// checkAdvanced holds that every decision was made: each is an event of the
// verification and one of the customer, of which the reply lists the newest.
func checkAdvanced(t testing.TB, moved any, decisions int) {
	t.Helper()
	all, err := find(moved, "events")
	if err != nil {
		t.Fatal(err)
	}
	omitted, _ := moved.(map[string]any)["omitted"].(float64)
	if n := len(all.([]any)) + int(omitted); n != 2*decisions {
		t.Errorf("%d events came of %d decisions", n, decisions)
	}
}

// checkOrder holds that decisions were made one after the other.
func checkOrder(t testing.TB, moved any) {
	t.Helper()
	all, err := find(moved, "events")
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for _, event := range all.([]any) {
		e := event.(map[string]any)
		if e["type"] != "verification.approved" {
			continue
		}
		at := e["at"].(string)
		if at <= last {
			t.Fatalf("an event at %s comes after one at %s", at, last)
		}
		last = at
	}
	if last == "" {
		t.Error("no decision is listed")
	}
}
