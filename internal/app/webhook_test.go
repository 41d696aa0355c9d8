package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
)

// hooked is a sandbox that serves, and a tenant of it with a subscription.
type hooked struct {
	*testing.T
	tenant string
	server listening
}

func (h hooked) call(method, path, body string) (int, string) {
	h.Helper()
	request, err := http.NewRequestWithContext(h.Context(), method, "http://"+h.server.addrs[0]+path, strings.NewReader(body))
	if err != nil {
		h.Fatal(err)
	}
	request.Header.Set("X-Tenant-ID", h.tenant)
	request.Header.Set("Authorization", "Bearer sandbox-admin")
	request.Header.Set("Content-Type", "application/json")
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		h.Fatal(err)
	}
	defer reply.Body.Close()
	var text strings.Builder
	if err := reply.Write(&text); err != nil {
		h.Fatal(err)
	}
	return reply.StatusCode, text.String()
}

func (h hooked) must(method, path, body string) string {
	h.Helper()
	status, text := h.call(method, path, body)
	if status != http.StatusOK {
		h.Fatalf("%s %s: %s", method, path, text)
	}
	return text
}

// subscribe stops the clock and subscribes an address to new customers.
func (h hooked) subscribe(url string) {
	h.Helper()
	h.must(http.MethodPost, "/_sandbox/clock/freeze", `{}`)
	h.must(http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"endpointUrl":"`+url+`","secretKey":"s","subscribedEvents":["customer.created"]}`)
}

func (h hooked) register(n int) {
	h.Helper()
	h.must(http.MethodPost, "/api/v2.1/customer/individual/registration", registrationBody(n))
}

func registrationBody(n int) string {
	return fmt.Sprintf(
		`{"firstName":"Anna","lastName":"Schmidt","email":"anna%d@example.com","phone":"+37060000001","password":"SecurePass123!","matchingPassword":"SecurePass123!"}`, n)
}

// A receiver that calls the sandbox while it is served sees the instant of the
// attempt, and hangs nothing.
func TestAReceiverCallsBack(t *testing.T) {
	h := hooked{t, "hooks", serveFor(t, app.Config{})}
	var mu sync.Mutex
	var seen []string
	fail := true
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		clock := h.must(http.MethodGet, "/_sandbox/clock", "")
		mu.Lock()
		defer mu.Unlock()
		at := clock[strings.Index(clock, `"now":"`)+7:]
		seen = append(seen, at[:strings.Index(at, `"`)])
		if fail {
			fail = false
			w.WriteHeader(http.StatusInternalServerError)
		} else {
			// It moves the clock itself, while somebody else does.
			h.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"1ms"}`)
		}
	}))
	defer receiver.Close()
	h.subscribe(receiver.URL)
	h.register(0)
	h.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"1h"}`)
	mu.Lock()
	defer mu.Unlock()
	if len(seen) != 2 {
		t.Fatalf("it was served at %v", seen)
	}
	first, err := time.Parse(time.RFC3339Nano, seen[0])
	second, errSecond := time.Parse(time.RFC3339Nano, seen[1])
	if err != nil || errSecond != nil || second.Sub(first) != 30*time.Second {
		t.Errorf("it was served at %v, which are not half a minute apart", seen)
	}
}

// A receiver that never answers is given up, and keeps nobody but itself waiting.
func TestAReceiverNeverAnswers(t *testing.T) {
	h := hooked{t, "hooks", serveFor(t, app.Config{WebhookTime: time.Second})}
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // Who has read all hears when the other side goes.
		<-r.Context().Done()
	}))
	defer receiver.Close()
	h.subscribe(receiver.URL)
	h.register(0)
	h.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"1s"}`)
	if list := h.must(http.MethodGet, "/_sandbox/webhooks/deliveries?status=RETRYING", ""); !strings.Contains(list, "no whole answer came within 1s") {
		t.Errorf("the delivery is %s", list)
	}
}

// A listener that says nothing is not waited for longer than an address, and what is
// still to be told to it is cancelled when it goes.
func TestAListenerSaysNothing(t *testing.T) {
	h := hooked{t, "hooks", serveFor(t, app.Config{WebhookTime: time.Second})}
	h.must(http.MethodPost, "/_sandbox/clock/freeze", `{}`)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+h.server.addrs[0]+"/_sandbox/webhooks/listen",
		strings.NewReader(`{"url":"http://localhost:3000/hooks","events":["customer.created"]}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Tenant-ID", "hooks")
	request.Header.Set("Content-Type", "application/json")
	stream, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stream.Body).ReadString('\n'); err != nil || line != "event: listening\n" {
		t.Fatalf("it begins with %q, %v", line, err)
	}
	h.register(0)
	h.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"1s"}`)
	list := h.must(http.MethodGet, "/_sandbox/webhooks/deliveries?status=RETRYING", "")
	if !strings.Contains(list, "no whole answer came within 1s") || !strings.Contains(list, `"url":"http://localhost:3000/hooks"`) {
		t.Fatalf("the delivery is %s", list)
	}
	id := list[strings.Index(list, `"id":"`)+6:][:36]
	if status, text := h.call(http.MethodPost, "/_sandbox/webhooks/deliveries/"+id+"/answer", `{"number":1,"status":200}`); status != http.StatusNotFound {
		t.Errorf("an answer that comes too late is answered with %s", text)
	}
	stream.Body.Close()
	for end := time.Now().Add(10 * time.Second); !strings.Contains(h.must(http.MethodGet, "/_sandbox/webhooks/deliveries", ""), `"state":"CANCELLED"`); {
		if time.Now().After(end) {
			t.Fatal("the delivery is not cancelled")
		}
	}
	if list := h.must(http.MethodGet, "/api/v2.1/webhooks/subscriptions", ""); !strings.Contains(list, `"data":[]`) {
		t.Errorf("it leaves %s", list)
	}
}

// What is wrong with a wish to listen is refused before anything is streamed, and an
// answer says one thing.
func TestListeningIsRefused(t *testing.T) {
	h := hooked{t, "hooks", serveFor(t, app.Config{})}
	for _, c := range []struct {
		path, body, says string
		status           int
	}{
		{"/_sandbox/webhooks/listen", `{"url":"http://localhost:3000","events":["customer.born"]}`, "customer.born is no event; there are customer.created", http.StatusBadRequest},
		{"/_sandbox/webhooks/listen", `{"url":"localhost:3000"}`, "url", http.StatusBadRequest},
		{"/_sandbox/webhooks/deliveries/3d6f0a52-9d1e-4a5c-b6ef-2f7d4d0c9a31/answer", `{"number":1}`, "or else error", http.StatusBadRequest},
		{"/_sandbox/webhooks/deliveries/3d6f0a52-9d1e-4a5c-b6ef-2f7d4d0c9a31/answer", `{"number":1,"status":200,"error":"x"}`, "or else error", http.StatusBadRequest},
		{"/_sandbox/webhooks/deliveries/3d6f0a52-9d1e-4a5c-b6ef-2f7d4d0c9a31/answer", `{"number":1,"status":200}`, "nobody waits", http.StatusNotFound},
	} {
		if status, text := h.call(http.MethodPost, c.path, c.body); status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s with %s: %d %s", c.path, c.body, status, text)
		}
	}
}

// Receivers that hang keep nobody waiting but their own subscriptions: another tenant
// is told everything, while its clock runs and while it is advanced.
func TestReceiversThatHang(t *testing.T) {
	server := serveFor(t, app.Config{})
	release := make(chan struct{})
	hanging := make(chan struct{}, 1000)
	dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		hanging <- struct{}{}
		<-release
	}))
	defer dead.Close()
	defer close(release)
	told := make(chan struct{}, 1000)
	alive := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { told <- struct{}{} }))
	defer alive.Close()
	stuck, lively := hooked{t, "stuck", server}, hooked{t, "lively", server}
	// More than are sent to beside each other.
	const subscriptions, customers = 20, 10
	for range subscriptions {
		stuck.must(http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"endpointUrl":"`+dead.URL+`","subscribedEvents":["customer.created"]}`)
	}
	lively.must(http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"endpointUrl":"`+alive.URL+`","subscribedEvents":["customer.created"]}`)
	for i := range customers {
		stuck.register(i)
	}
	<-hanging
	for i := range customers {
		lively.register(i)
	}
	for range customers {
		<-told
	}
	for i := range customers {
		lively.register(customers + i)
	}
	lively.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"1h"}`)
	if list := lively.must(http.MethodGet, "/_sandbox/webhooks/deliveries?status=DELIVERED", ""); strings.Count(list, `"state":"DELIVERED"`) != 2*customers {
		t.Errorf("the deliveries are %s", list)
	}
	if list := stuck.must(http.MethodGet, "/_sandbox/webhooks/deliveries?status=DELIVERED", ""); strings.Contains(list, "DELIVERED") {
		t.Errorf("they do not hang: %s", list)
	}
}

// A receiver that hangs keeps nobody waiting in its own tenant either: another
// subscription is told while the first attempt of the one still lasts.
func TestSubscriptionsAreToldBesideEachOther(t *testing.T) {
	release := make(chan struct{})
	hanging, told := make(chan struct{}, 10), make(chan struct{}, 10)
	dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		hanging <- struct{}{}
		<-release
	}))
	defer dead.Close()
	defer close(release)
	alive := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { told <- struct{}{} }))
	defer alive.Close()
	h := hooked{t, "hooks", serveFor(t, app.Config{})}
	subscribe := func(url string) {
		h.must(http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"endpointUrl":"`+url+`","subscribedEvents":["customer.created"]}`)
	}
	subscribe(dead.URL)
	h.register(0)
	<-hanging
	subscribe(alive.URL)
	h.register(1)
	<-told
	if list := h.must(http.MethodGet, "/_sandbox/webhooks/deliveries", ""); strings.Contains(list, "RETRYING") || strings.Contains(list, "FAILED") {
		t.Errorf("the one was waited for: %s", list)
	}
}

// Nothing of our own is called but test receivers, under whatever name, also not by
// a redirect.
func TestOurOwnIsNotCalled(t *testing.T) {
	h := hooked{t, "hooks", serveFor(t, app.Config{})}
	_, port, _ := strings.Cut(h.server.addrs[0], ":")
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+h.server.addrs[0]+"/_sandbox/reset", http.StatusTemporaryRedirect)
	}))
	defer away.Close()
	h.must(http.MethodPost, "/_sandbox/clock/freeze", `{}`)
	hosts := []string{"127.0.0.1", "localhost", "LOCALHOST", "127.0.0.2", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"}
	hosts = append(hosts, "localhost.", "[::ffff:0.0.0.0]")
	var urls []string
	for _, host := range hosts {
		urls = append(urls, "http://"+host+":"+port+"/_sandbox/reset")
	}
	urls = append(urls, away.URL, "http://127.0.0.1:"+port+"/api/v2.1/test/webhook-receiver/../../../../_sandbox/reset")
	for _, url := range urls {
		h.must(http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"endpointUrl":"`+url+`","subscribedEvents":["customer.created"],"maxRetryAttempts":0}`)
	}
	h.must(http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"endpointUrl":"http://127.0.0.1:`+port+`/api/v2.1/test/webhook-receiver","subscribedEvents":["customer.created"]}`)
	h.register(0)
	h.must(http.MethodPost, "/_sandbox/clock/advance", `{"by":"1s"}`)
	failed := h.must(http.MethodGet, "/_sandbox/webhooks/deliveries?status=FAILED", "")
	if n := strings.Count(failed, `"state":"FAILED"`); n != len(urls) {
		t.Errorf("%d of %d have failed: %s", n, len(urls), failed)
	}
	// The redirect is the one answer, and it comes from elsewhere.
	if n := strings.Count(failed, `"status":0`); n != len(urls)-1 || strings.Count(failed, `"status":307`) != 1 {
		t.Errorf("something was answered: %s", failed)
	}
	if !strings.Contains(failed, "the sandbox listens there itself") {
		t.Errorf("nothing was refused for being our own: %s", failed)
	}
	if inbox := h.must(http.MethodGet, "/_sandbox/webhooks/inbox", ""); !strings.Contains(inbox, "signature valid") {
		t.Errorf("the test receiver got %s", inbox)
	}
}
