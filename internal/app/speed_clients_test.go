package app_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// wrk sends requests of one kind. What builds on earlier replies is sent by
// clients of our own, in a process of their own: each has one connection and
// writes requests from prepared texts, so that they take little of the machine.

// speedOrder is what the process of the clients is told to do.
type speedOrder struct {
	Base, Tenant, Life string
	// Prefix makes the names of one order others than those of another.
	Prefix         string
	Clients, Lives int
}

// speedReport is what it answers: how long it took, how long the requests took in
// milliseconds, and what the last life kept.
type speedReport struct {
	Seconds, P50, P99 float64
	Kept              map[string]string
	Failure           string
}

// runClients does what standard input orders, and reports to standard output.
func runClients() {
	var order speedOrder
	err := json.UnmarshalRead(os.Stdin, &order)
	if err == nil {
		err = json.MarshalWrite(os.Stdout, order.play())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// playApart lets clients in a process of their own play.
func (o speedOrder) playApart(t testing.TB) speedReport {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	c := inRole("clients")
	c.Stdin = bytes.NewReader(text)
	out, err := c.Output()
	var report speedReport
	if err == nil {
		err = json.Unmarshal(out, &report)
	}
	if err != nil || report.Failure != "" {
		t.Fatalf("clients: %v %s", err, report.Failure)
	}
	return report
}

// liveOnce lets one person live, and gives what that has kept.
func liveOnce(t testing.TB, server *process) map[string]string {
	t.Helper()
	report := speedOrder{Base: server.base, Tenant: "bench", Life: "individual", Prefix: "alive", Clients: 1, Lives: 1}.play()
	if report.Failure != "" {
		t.Fatal(report.Failure)
	}
	return report.Kept
}

func (o speedOrder) play() speedReport {
	var report speedReport
	var mu sync.Mutex
	var begun atomic.Int64
	var all []float64
	var clients sync.WaitGroup
	start := time.Now()
	for range o.Clients {
		clients.Go(func() {
			c := &speedClient{order: o}
			var err error
			for n := begun.Add(1); n <= int64(o.Lives) && err == nil; n = begun.Add(1) {
				err = c.live(fmt.Sprintf("%s%d", o.Prefix, n))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, c.took...)
			if c.kept != nil {
				report.Kept = c.kept
			}
			if err != nil {
				report.Failure = err.Error()
			}
		})
	}
	clients.Wait()
	report.Seconds = time.Since(start).Seconds()
	if slices.Sort(all); len(all) > 0 {
		report.P50, report.P99 = all[len(all)/2], all[len(all)*99/100]
	}
	return report
}

// speedClient is one client with its connection.
type speedClient struct {
	order speedOrder
	// head are the headers of every request.
	head    string
	conn    net.Conn
	replies *bufio.Reader
	kept    map[string]string
	// took are the milliseconds of each request.
	took []float64
}

// live plays a life once.
func (c *speedClient) live(name string) error {
	c.kept = map[string]string{"name": name, "tenant": c.order.Tenant}
	for _, s := range speedLives[c.order.Life] {
		start := time.Now()
		reply, err := c.send(c.filled(s.call), c.filled(s.body))
		if err != nil {
			return fmt.Errorf("%s: %w", s.call, err)
		}
		c.took = append(c.took, time.Since(start).Seconds()*1000)
		for as, member := range s.keep {
			_, behind, _ := strings.Cut(reply, `"`+member+`":"`)
			if c.kept[as], _, _ = strings.Cut(behind, `"`); c.kept[as] == "" {
				return fmt.Errorf("%s: the reply has no %s: %s", s.call, member, reply)
			}
		}
		if token, ok := s.keep["magicLink"]; ok && token != "" {
			c.kept["code"] = answerOf(c.kept["magicLink"])
		}
	}
	return nil
}

func (c *speedClient) filled(text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	var out strings.Builder
	for {
		before, behind, found := strings.Cut(text, "${")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, rest, _ := strings.Cut(behind, "}")
		out.WriteString(c.kept[name])
		text = rest
	}
}

// send sends one request and gives the body of the reply, which must be a success.
func (c *speedClient) send(call, body string) (string, error) {
	if c.conn == nil {
		address := strings.TrimPrefix(c.order.Base, "http://")
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return "", err
		}
		c.conn, c.replies = conn, bufio.NewReader(conn)
		headers := append(sandboxHeaders(c.order.Tenant), "Host: "+address, "X-User-ID: back-office", "X-User-Roles: ADMIN_USER,COMPLIANCE_OFFICER")
		c.head = strings.Join(headers, "\r\n")
	}
	if _, err := fmt.Fprintf(c.conn, "%s HTTP/1.1\r\n%s\r\nContent-Length: %d\r\n\r\n%s", call, c.head, len(body), body); err != nil {
		return "", err
	}
	reply, err := http.ReadResponse(c.replies, nil)
	if err != nil {
		return "", err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err == nil && reply.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%d %s", reply.StatusCode, text)
	}
	return string(text), err
}

// measureLives lets sixteen clients take people and companies through their lives.
func measureLives(t *testing.T, table *speedTable, program string, m speedSize) {
	t.Helper()
	for _, c := range []struct {
		life, goal string
		lives      int
	}{{"individual", "> 1200", m.lives}, {"organization", "> 500", m.lives / 4}} {
		server := startSandbox(t, program)
		warm := speedOrder{Base: server.base, Tenant: "bench", Life: c.life, Prefix: "first", Clients: 1, Lives: 1}
		if failure := warm.play().Failure; failure != "" {
			t.Fatal(failure)
		}
		idle, computed := memoryOf(t, server.pid, "VmRSS:"), processorsOf(server.pid)
		order := warm
		order.Prefix, order.Clients, order.Lives = "life", 16, c.lives
		report := order.playApart(t)
		if report.Kept["outcome"] != "COMPLETED" {
			t.Fatalf("the transfer of an %s is %q", c.life, report.Kept["outcome"])
		}
		lives, requests := float64(c.lives), len(speedLives[c.life])
		what := fmt.Sprintf("whole life of an %s (%d requests)", c.life, requests)
		table.figure(what, lives/report.Seconds, "/s", c.goal)
		table.figure("  p50 of its requests", report.P50, "ms", "")
		table.figure("  p99 of its requests", report.P99, "ms", "")
		table.figure("  processors' time of a life", (processorsOf(server.pid)-computed).Seconds()*1e6/lives, "µs", "")
		goal := ""
		if c.life == "individual" {
			goal = "< 4"
		}
		table.figure("  resident memory of a customer", (memoryOf(t, server.pid, "VmRSS:")-idle)*1024/lives, "KB", goal)
		_, _ = server.stop()
	}
}

// dueTimers are how many pending decisions are advanced past.
const dueTimers = 10_000

// measureDue moves a clock past pending decisions.
func measureDue(t *testing.T, table *speedTable, program string, timers int) {
	t.Helper()
	server := startSandbox(t, program)
	if _, err := control(server, "clock/freeze", ""); err != nil {
		t.Fatal(err)
	}
	speedOrder{Base: server.base, Tenant: "bench", Life: "waiting", Prefix: "w", Clients: 16, Lives: timers}.playApart(t)
	start := time.Now()
	text, err := control(server, "clock/advance", `{"by":"25h"}`)
	took := time.Since(start)
	var moved any
	if err == nil {
		err = json.Unmarshal([]byte(text), &moved)
	}
	if err != nil {
		t.Fatal(err)
	}
	checkAdvanced(t, moved, timers)
	table.figure(fmt.Sprintf("%d due timers advanced past", timers), took.Seconds(), "s", "< 0.3")
	_, _ = server.stop()
}

// measureFixtures measures how long the command line takes to make customers who are
// active, of each kind.
func measureFixtures(t *testing.T, table *speedTable, program string, customers int) {
	t.Helper()
	for _, kind := range []string{"individual", "organization"} {
		server := startSandbox(t, program)
		start := time.Now()
		made, err := exec.Command(program, "customer", "create", "ACTIVE", "--addr", strings.TrimPrefix(server.base, "http://"), "--kind", kind, "--count", strconv.Itoa(customers)).CombinedOutput()
		took := time.Since(start)
		if err != nil {
			t.Fatalf("%v: %s", err, made)
		}
		table.figure(fmt.Sprintf("%d active customers made, each an %s", customers, kind), took.Seconds(), "s", "< 10")
		_, _ = server.stop()
	}
}

// measureWebhooks measures how long an advance takes past due deliveries to one
// receiver, each of which has failed once.
func measureWebhooks(t *testing.T, table *speedTable, program string, deliveries int) {
	t.Helper()
	taken := atomic.Int64{}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-FinHub-Attempt") == "1" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		taken.Add(1)
	}))
	defer receiver.Close()
	server := startSandbox(t, program)
	if _, err := control(server, "clock/freeze", ""); err != nil {
		t.Fatal(err)
	}
	client := &speedClient{order: speedOrder{Base: server.base, Tenant: "bench"}}
	defer func() { client.conn.Close() }()
	if _, err := client.send("POST /api/v2.1/webhooks/subscriptions", `{"endpointUrl":"`+receiver.URL+`","subscribedEvents":["verification.created"]}`); err != nil {
		t.Fatal(err)
	}
	speedOrder{Base: server.base, Tenant: "bench", Life: "waiting", Prefix: "h", Clients: 16, Lives: deliveries}.playApart(t)
	// Moving by nothing sends what is ready, and waits for the first attempts.
	if _, err := control(server, "clock/advance", `{"by":"1ms"}`); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := control(server, "clock/advance", `{"by":"1m"}`); err != nil {
		t.Fatal(err)
	}
	table.figure(fmt.Sprintf("%d due webhooks to one receiver", taken.Load()), time.Since(start).Seconds(), "s", "< 10")
	_, _ = server.stop()
}

// control makes a control call in the tenant.
func control(server *process, path, body string) (string, error) {
	c := &speedClient{order: speedOrder{Base: server.base, Tenant: "bench"}}
	text, err := c.send("POST /_sandbox/"+path, body)
	if c.conn != nil {
		c.conn.Close()
	}
	return text, err
}
