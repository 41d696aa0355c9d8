package app_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// What every server is sent: a number makes each e-mail another.
const (
	registrationBeginning = `{"firstName":"Anna","lastName":"Petrauskaite","email":"customer`
	registrationEnd       = `@example.com","phone":"+37062767557",` +
		`"dateOfBirth":"1990-05-14","gender":"FEMALE","nationality":"LT","password":"SecurePass123!","matchingPassword":"SecurePass123!",` +
		`"customerCategory":{"id":"fs-cat-b2c-low-001","name":"Individual Standard"},"roleIds":["ACCOUNT_OWNER","USER"]}`
)

// sandboxHeaders are those of every request to the sandbox, and to what it is
// compared with.
func sandboxHeaders(tenant string) []string {
	return []string{
		"X-Tenant-ID: " + tenant, "Authorization: Bearer " + adminToken, "X-Forwarded-For: 127.0.0.1", "X-Forwarded-From: bench",
		"platform: web", "deviceId: bench", "Content-Type: application/json",
	}
}

// bareHandler decodes a body and answers a few members, and does nothing else.
func bareHandler(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	if r.Method == http.MethodPost {
		text, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(text, &body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	text, err := json.Marshal(map[string]any{
		"code": 200, "message": "Success", "data": map[string]any{"id": "26e4eacc-4d4b-47b1-836d-6819bdca1636", "email": body["email"]},
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text)
}

// load is one kind of request, with which wrk loads a server.
type load struct {
	what    string
	server  *process
	method  string
	path    string
	headers []string
	// beginning and end are the body's; a number comes between.
	beginning, end string
	// against is what it is compared with, and atLeast the part of that rate that
	// it has to reach, if it is not 0.
	against *load
	atLeast float64
	// p99 is the goal in milliseconds; 0 is none.
	p99 float64
	// runs are the measurements so far.
	runs []loadRun
}

// loadRun is what one run of wrk found; times are in milliseconds, but for the
// processors' time of one request, in microseconds.
type loadRun struct{ perSecond, p50, p99, longest, processors float64 }

// run loads the server for so long with wrk: one thread, sixteen connections.
func (l *load) run(t testing.TB, seconds int) loadRun {
	t.Helper()
	args := []string{"-t1", "-c16", fmt.Sprintf("-d%ds", seconds), "--timeout", "10s", "-s", filepath.Join(moduleRoot, "testdata", "speed", "numbered.lua")}
	for _, h := range l.headers {
		args = append(args, "-H", h)
	}
	args = append(args, l.server.base, "--", l.method, l.path)
	if l.beginning != "" {
		args = append(args, fmt.Sprintf("%s%d.", l.beginning, len(l.runs)), l.end)
	}
	before := processorsOf(l.server.pid)
	out, err := exec.Command("wrk", args...).CombinedOutput()
	computed := processorsOf(l.server.pid) - before
	if err != nil {
		t.Fatalf("wrk: %v: %s", err, out)
	}
	var requests, microseconds, p50, p99, longest, failures float64
	_, figures, _ := strings.Cut(string(out), "FIGURES ")
	if _, err := fmt.Sscan(figures, &requests, &microseconds, &p50, &p99, &longest, &failures); err != nil || failures > 0 || requests == 0 {
		t.Errorf("%s: of %v requests that were answered %v failed %v\n%s", l.what, requests, failures, err, out)
	}
	r := loadRun{
		perSecond: requests / microseconds * 1e6, p50: p50 / 1000, p99: p99 / 1000, longest: longest / 1000,
		processors: float64(computed.Microseconds()) / requests,
	}
	l.runs = append(l.runs, r)
	return r
}

// middle is the median of one figure over all runs.
func (l *load) middle(figure func(loadRun) float64) float64 {
	var all []float64
	for _, r := range l.runs {
		all = append(all, figure(r))
	}
	return median(all)
}

// share is the median of the load's rate as a part of another's, round by round:
// what else the machine does disturbs both of a round alike.
func (l *load) share() float64 {
	var all []float64
	for i, r := range l.runs {
		all = append(all, r.perSecond/l.against.runs[i].perSecond)
	}
	return median(all)
}

func perSecond(r loadRun) float64  { return r.perSecond }
func p50(r loadRun) float64        { return r.p50 }
func p99(r loadRun) float64        { return r.p99 }
func processors(r loadRun) float64 { return r.processors }

// measureLoads loads the sandbox, the bare handler, and what else is installed,
// by turns.
func measureLoads(t *testing.T, table *speedTable, program string, m speedSize) {
	t.Helper()
	bare, sandbox := start(t, inRole("bare")), startSandbox(t, program)
	ruled := startSandbox(t, program, "--scenario", thousandRules(t))
	const api = "/api/v2.1"
	headers := sandboxHeaders("bench")
	plain, alive := liveOnce(t, sandbox), liveOnce(t, ruled)
	barePost := &load{what: "bare handler, POST", server: bare, method: http.MethodPost, path: registrationPath, headers: headers, beginning: registrationBeginning, end: registrationEnd}
	bareGet := &load{what: "bare handler, GET", server: bare, method: http.MethodGet, path: api + "/fintrans/x/balance", headers: headers}
	post, get := *barePost, *bareGet
	post.what, post.server, post.against, post.atLeast, post.p99 = "registration", sandbox, barePost, 0.33, 10
	reads := func(what, path string, server *process) *load {
		l := get
		l.what, l.path, l.server, l.against, l.atLeast, l.p99 = what, path, server, bareGet, 0.55, 8
		return &l
	}
	balance := reads("balance", api+"/fintrans/"+plain["wallet"]+"/balance", sandbox)
	underRules := reads("balance under 1,000 rules", api+"/fintrans/"+alive["wallet"]+"/balance", ruled)
	underRules.against, underRules.atLeast, underRules.p99 = balance, 1/1.1, 0
	loads := []*load{
		barePost, &post, bareGet, balance, underRules,
		reads("wallets of a customer", api+"/wallets/customer/"+plain["customer"], sandbox),
		reads("order read", api+"/fintrans/"+plain["wallet"]+"/orders/"+plain["order"], sandbox),
	}
	loads = append(loads, journalLoads(t, program, post)...)
	loads = append(loads, peerLoads(t, table, barePost, bareGet)...)
	for range m.rounds {
		for _, l := range loads {
			l.run(t, m.seconds)
		}
	}
	for _, l := range loads {
		table.load(l, memoryOf(t, l.server.pid, "VmRSS:"))
	}
}

// journalLoads are registrations in two sandboxes, of which one keeps no journal.
func journalLoads(t *testing.T, program string, post load) []*load {
	t.Helper()
	without, with := post, post
	without.what, without.server, without.against, without.atLeast, without.p99 = "registration, no journal", startSandbox(t, program, "--journal", "0"), nil, 0, 0
	with.what, with.server, with.against, with.atLeast, with.p99 = "registration, journal", startSandbox(t, program), &without, 0.95, 0
	return []*load{&without, &with}
}

// peerLoads loads what else is installed of servers of this kind: stripe-mock,
// which validates and has no state, and Hoverfly, which has neither.
func peerLoads(t *testing.T, table *speedTable, barePost, bareGet *load) []*load {
	t.Helper()
	var loads []*load
	if _, err := exec.LookPath("stripe-mock"); err != nil {
		table.note("stripe-mock is not installed, and not compared")
	} else {
		server := start(t, exec.Command("stripe-mock", "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0"))
		loads = append(loads, &load{
			what: "stripe-mock, POST", server: server, method: http.MethodPost, path: "/v1/customers", against: barePost,
			headers:   []string{"Authorization: Bearer sk_test_123", "Content-Type: application/x-www-form-urlencoded"},
			beginning: "name=Anna+Petrauskaite&phone=%2B37062767557&email=customer", end: "%40example.com",
		}, &load{
			what: "stripe-mock, GET", server: server, method: http.MethodGet, path: "/v1/customers/cus_123", against: bareGet,
			headers: []string{"Authorization: Bearer sk_test_123"},
		})
	}
	if _, err := exec.LookPath("hoverfly"); err != nil {
		table.note("hoverfly is not installed, and not compared")
		return loads
	}
	server := startHoverfly(t)
	post, get := *barePost, *bareGet
	post.what, post.server, post.against = "Hoverfly, POST", server, barePost
	get.what, get.server, get.against = "Hoverfly, GET", server, bareGet
	return append(loads, &post, &get)
}

// startHoverfly starts Hoverfly as a web server that knows two requests by their
// methods and answers them as the bare handler does.
func startHoverfly(t *testing.T) *process {
	t.Helper()
	pair := func(method string) string {
		return `{"request": {"method": [{"matcher": "exact", "value": "` + method + `"}]}, "response": {"status": 200, "encodedBody": false,
			"headers": {"Content-Type": ["application/json"]}, "body": "{\"code\":200,\"message\":\"Success\",\"data\":{\"id\":\"26e4eacc-4d4b-47b1-836d-6819bdca1636\"}}"}}`
	}
	simulation := filepath.Join(t.TempDir(), "simulation.json")
	text := `{"data": {"pairs": [` + pair(http.MethodPost) + `, ` + pair(http.MethodGet) + `], "globalActions": {"delays": []}}, "meta": {"schemaVersion": "v5"}}`
	if err := os.WriteFile(simulation, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	address, admin := freeAddress(t), freeAddress(t)
	portOf := func(address string) string { return address[strings.LastIndex(address, ":")+1:] }
	c := exec.Command("hoverfly", "-webserver", "-pp", portOf(address), "-ap", portOf(admin), "-import", simulation)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	// It does not say when it listens.
	for deadline := time.Now().Add(10 * time.Second); ; {
		if connection, err := net.Dial("tcp", address); err == nil {
			connection.Close()
			return &process{pid: c.Process.Pid, base: "http://" + address}
		} else if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// freeAddress is one on which nobody listens at the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// thousandRules writes a scenario of a thousand rules, of which a hundred are about
// the balance and fit nobody.
func thousandRules(t *testing.T) string {
	t.Helper()
	operations := []string{
		"getWalletBalance", "registerIndividual", "acceptIndividualConsent", "activateIndividual", "createBeneficiary",
		"createPaymentConsent", "prepareOperation", "executeOperation", "getOrder", "listWalletTransactions",
	}
	var text strings.Builder
	text.WriteString("name: thousand\nextends: happy-path\nrules:\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "  - {on: %s, when: 'customer.name == \"Nobody %d\"', fault: lost}\n", operations[i%len(operations)], i)
	}
	file := filepath.Join(t.TempDir(), "thousand.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
