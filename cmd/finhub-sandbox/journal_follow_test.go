package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestJournalFollow prints what came, then what comes, and only what fits.
func TestJournalFollow(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet", "--headers=relaxed")
	look := func(path string) {
		send(t, newRequest(t, http.MethodGet, "http://"+server.addr+"/api/v2.1/"+path, "shop", ""))
	}
	look("first")
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	reader, writer := io.Pipe()
	exited := make(chan int, 1)
	log := &output{}
	go func() {
		exited <- run(ctx, []string{"journal", "--follow", "--refusal=ROUTE_UNKNOWN", "--addr", server.addr, "--tenant=shop"}, writer, log)
		writer.Close()
	}()
	lines := bufio.NewScanner(reader)
	next := func() string {
		if !lines.Scan() {
			t.Fatalf("it has ended: %s", log)
		}
		return lines.Text()
	}
	contains(t, next(), []string{"1 ", "404", "ROUTE_UNKNOWN", "/api/v2.1/first"})
	look("wallets/customer/nobody")
	look("second")
	if line := next(); !strings.HasPrefix(line, "3 ") || !strings.HasSuffix(line, "/api/v2.1/second") {
		t.Errorf("then comes %q", line)
	}
	leave()
	if code := <-exited; code != exitOK {
		t.Errorf("exit code %d: %s", code, log)
	}
	if code, _, stderr := runCommand(t, "journal", "--follow", "--format=har", "--addr", server.addr); code != exitUsage || !strings.Contains(stderr, "has an end") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestJournalFollowGoesOn: a connection that is lost is taken up behind the last entry.
func TestJournalFollowGoesOn(t *testing.T) {
	events := []string{"id: 7\nevent: request\ndata: {\"number\": 7, \"path\": \"/seven\", \"finished\": true}\n\n", "id: 8\nevent: request\ndata: {\"number\": 8, \"path\": \"/eight\", \"finished\": true}\n\n"}
	asked := make(chan string, len(events)+1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/stream") {
			_, _ = io.WriteString(w, `{"entries": [], "first": 0, "last": 3, "omitted": 0}`)
			return
		}
		asked <- r.URL.Query().Get("after")
		if len(events) == 0 {
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, events[0])
		events = events[1:]
	}))
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	exited := make(chan int, 1)
	var stdout, stderr output
	go func() {
		exited <- run(ctx, []string{"journal", "--follow", "--format=ndjson", "--addr", server.Listener.Addr().String()}, &stdout, &stderr)
	}()
	for _, want := range []string{"3", "7", "8"} {
		if got := <-asked; got != want {
			t.Errorf("it asks for what is behind %s, not %s", got, want)
		}
	}
	leave()
	if code := <-exited; code != exitOK {
		t.Errorf("exit code %d", code)
	}
	contains(t, stdout.String(), []string{`"path":"/seven"`, `"path":"/eight"`})
	if n := strings.Count(stderr.String(), "is lost"); n != 2 {
		t.Errorf("%d losses are told: %s", n, stderr.String())
	}
}
