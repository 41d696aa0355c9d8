package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// application is what webhooks are taken to: it keeps what came, and answers as it is
// told.
type application struct {
	*httptest.Server
	got      chan string
	statuses chan int
}

func startApplication(t *testing.T, statuses ...int) *application {
	t.Helper()
	a := &application{got: make(chan string, 10), statuses: make(chan int, 10)}
	for _, status := range statuses {
		a.statuses <- status
	}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var message strings.Builder
		if r.Write(&message) == nil {
			a.got <- message.String()
		}
		select {
		case status := <-a.statuses:
			w.WriteHeader(status)
		default:
		}
	}))
	t.Cleanup(a.Close)
	return a
}

// listener is webhook listen while it listens.
type listener struct {
	// lines has room for all that a test lets it print: who prints waits for nobody.
	lines  chan string
	cancel context.CancelFunc
	log    *output
	exited chan int
}

func startListener(t *testing.T, args ...string) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	reader, writer := io.Pipe()
	l := &listener{make(chan string, 100), cancel, &output{}, make(chan int, 1)}
	go func() {
		defer close(l.lines)
		for lines := bufio.NewScanner(reader); lines.Scan(); {
			l.lines <- lines.Text()
		}
	}()
	go func() {
		code := run(ctx, append([]string{"webhook", "listen"}, args...), writer, l.log)
		writer.Close()
		l.exited <- code
	}()
	return l
}

// line gives the next line that it prints.
func (l *listener) line(t *testing.T) string {
	t.Helper()
	line, more := <-l.lines
	if !more {
		t.Fatalf("it has ended: %s", l.log)
	}
	return line
}

// subscriptions gives those of a tenant as the product shows them.
func subscriptions(t *testing.T, addr, tenant string) string {
	t.Helper()
	status, body := send(t, newRequest(t, http.MethodGet, "http://"+addr+"/api/v2.1/webhooks/subscriptions", tenant, ""))
	if status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	return body
}

// TestWebhookListen takes a webhook to an application with its very headers and bytes,
// tells the sandbox what that answers, and leaves nothing behind.
func TestWebhookListen(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	shop := startApplication(t, http.StatusServiceUnavailable)
	at := []string{"--addr", server.addr, "--tenant=shop"}
	l := startListener(t, append(at, "--forward-to", shop.URL+"/hooks?a=b", "--events=customer.created", "--print-secret")...)
	secret := l.line(t)
	contains(t, l.line(t), []string{"listening for one type of events", shop.URL + "/hooks?a=b"})
	if code, _, stderr := runCommand(t, append([]string{"clock", "freeze"}, at...)...); code != exitOK {
		t.Fatal(stderr)
	}
	if status, body := send(t, registrationOf(t, server.addr, "shop", "anna@example.com")); status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	code, stdout, _ := runCommand(t, append([]string{"clock", "advance", "--by=1m"}, at...)...)
	if code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	contains(t, stdout, []string{"webhook.delivered"})
	for _, want := range []string{"-> customer.created ", "<- 503 Service Unavailable", "-> customer.created ", "<- 200 OK"} {
		contains(t, l.line(t), []string{want})
	}
	first, second := <-shop.got, <-shop.got
	contains(t, first, []string{"POST /hooks?a=b HTTP/1.1\r\n", "X-Tenant-Id: shop\r\n", "X-Finhub-Attempt: 1\r\n"})
	contains(t, second, []string{"X-Finhub-Attempt: 2\r\n"})
	for _, message := range []string{first, second} {
		code, stdout, stderr := runCommand(t, "webhook", "verify", "--secret", secret, writeFile(t, "message", message))
		if code != exitOK || stdout != "signature valid\n" {
			t.Errorf("exit code %d, printed %q and %q", code, stdout, stderr)
		}
	}
	code, stdout, _ = runCommand(t, append([]string{"webhook", "list", "--status=DELIVERED"}, at...)...)
	contains(t, stdout, []string{"customer.created", "DELIVERED  2 "})
	if code != exitOK {
		t.Errorf("exit code %d", code)
	}
	l.cancel()
	if code := <-l.exited; code != exitOK || l.log.String() != "" {
		t.Errorf("exit code %d, printed %q", code, l.log)
	}
	waitFor(t, func() bool { return strings.Contains(subscriptions(t, server.addr, "shop"), `"data":[]`) })
}

// waitFor asks again and again until something is so; each question is a call.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for !so() {
		if ctx.Err() != nil {
			t.Fatal("it does not come about")
		}
	}
}

// TestWebhookListenEnds with the sandbox: whoever listens is told so, and the sandbox
// waits for nobody.
func TestWebhookListenEnds(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	l := startListener(t, "--addr", server.addr, "--forward-to=http://localhost:1", "--json")
	contains(t, l.line(t), []string{`"subscriptionId":"`, `"forwardTo":"http://localhost:1"`, `"transaction.completed"`})
	server.stop(t)
	if code := <-l.exited; code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	checkLine(t, l.log.String(), "has ended the stream")
}

// TestWebhookResend sends again one delivery, and all that have failed.
func TestWebhookResend(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	shop := startApplication(t, http.StatusGone)
	at := []string{"--addr", server.addr, "--tenant=shop"}
	l := startListener(t, append(at, "--forward-to", shop.URL, "--events=customer.created", "--json")...)
	l.line(t)
	if status, body := send(t, registrationOf(t, server.addr, "shop", "anna@example.com")); status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	var handed struct{ DeliveryID string }
	if err := json.Unmarshal([]byte(l.line(t)), &handed); err != nil {
		t.Fatal(err)
	}
	contains(t, l.line(t), []string{`"status":410`})
	waitFor(t, func() bool { return strings.Contains(subscriptions(t, server.addr, "shop"), `"status":"inactive"`) })
	code, _, stderr := runCommand(t, append([]string{"webhook", "resend", handed.DeliveryID}, at...)...)
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	checkLine(t, stderr, "inactive")
	var listed struct{ Data []struct{ ID string } }
	if err := json.Unmarshal([]byte(subscriptions(t, server.addr, "shop")), &listed); err != nil {
		t.Fatal(err)
	}
	on := newRequest(t, http.MethodPut, "http://"+server.addr+"/api/v2.1/webhooks/subscriptions/"+listed.Data[0].ID, "shop", `{"subscriptionName":"on again"}`)
	if status, body := send(t, on); status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	for _, which := range [][]string{{"--failed", "--since=1h", "--event=customer.created"}, {handed.DeliveryID}} {
		code, stdout, stderr := runCommand(t, append(append([]string{"webhook", "resend"}, which...), at...)...)
		if code != exitOK {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		contains(t, stdout, []string{handed.DeliveryID})
		contains(t, l.line(t), []string{handed.DeliveryID})
		contains(t, l.line(t), []string{`"status":200`})
	}
}

// TestWebhookVerify says of each mistake which it is.
func TestWebhookVerify(t *testing.T) {
	const (
		// What openssl gives for the body under s3cret.
		signature = "sha256=324dd2d66fcda63a43a178176eeb99b2a1cb73a0b6ec23f9386bd35cc20510a3"
		body      = `{"id":"evt_1","type":"customer.created","timestamp":"2026-01-05T09:00:00.000Z","data":{"customerId":"c"}}`
	)
	head := "POST /hooks HTTP/1.1\r\nX-FinHub-Signature: " + signature + "\r\nX-FinHub-Timestamp: 1767603600\r\n\r\n"
	for _, c := range []struct {
		name, message string
		args          []string
		code          int
		says          string
	}{
		{"right", head + body, []string{"--any-age"}, exitOK, "signature valid"},
		{"with a line end of an editor", strings.ReplaceAll(head, "\r", "") + body + "\n", []string{"--any-age"}, exitOK, "signature valid"},
		{"old", head + body, nil, exitFailed, "away from now"},
		{"written again", head + strings.ReplaceAll(body, `":`, `": `), []string{"--any-age"}, exitFailed, "parsed and written again"},
		{"cut", head + body[:50], []string{"--any-age"}, exitFailed, "cut on its way"},
		{"changed", head + strings.ReplaceAll(body, `"c"`, `"d"`), []string{"--any-age"}, exitFailed, "the body was changed"},
		{"another secret", head + body, []string{"--any-age", "--secret=other"}, exitFailed, "the secret is another one"},
		{"blanks around the secret", head + body, []string{"--any-age", "--secret=s3cret "}, exitFailed, "blanks or quotes"},
		{"another header", head + body, []string{"--signature-header=X-Signature"}, exitFailed, "there is no header X-Signature, but X-FinHub-Signature"},
		{"no message", "nothing", nil, exitUsage, "no empty line"},
		{"no headers", "a: b\nnothing\n\n", nil, exitUsage, "line 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"webhook", "verify", writeFile(t, "message", c.message)}, c.args...)
			if !strings.Contains(strings.Join(args, " "), "--secret") {
				args = append(args, "--secret=s3cret")
			}
			code, stdout, stderr := runCommand(t, args...)
			if code != c.code {
				t.Errorf("exit code %d", code)
			}
			contains(t, stdout+stderr, []string{c.says})
		})
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"head": head, "body": body} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	exit, stdout, _ := runCommand(t, "webhook", "verify", "--secret=s3cret", "--any-age", "--json", "--headers", filepath.Join(dir, "head"), filepath.Join(dir, "body"))
	if exit != exitOK || stdout != `{"valid":true,"why":"signature valid"}`+"\n" {
		t.Errorf("exit code %d, printed %q", exit, stdout)
	}
}
