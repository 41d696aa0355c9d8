package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"finhub-sandbox/internal/app"
)

// TestWaitIsWokenByCommits: each that waits is answered by the commit that brings what
// it waits for, in whatever way that comes, and nobody by one in another tenant.
func TestWaitIsWokenByCommits(t *testing.T) { synctest.Test(t, testWoken) }

// outliveBuntDB lets its goroutine see that a database was closed, which it does once a
// second of the bubble's time. It is the first cleanup, and so the last to be run.
func outliveBuntDB() { time.Sleep(2 * time.Second) }

func testWoken(t *testing.T) {
	t.Cleanup(outliveBuntDB)
	s := openLocal(t, app.Config{})
	for _, tenant := range []string{"demo", "other"} {
		s.must(tenant, http.MethodPost, "/_sandbox/clock/freeze", "{}")
	}
	id := s.must("demo", http.MethodPost, registrationPath, registrationOf("anna@example.com")).get("data.id")
	verification := s.must("demo", http.MethodPost, "/api/v2.1/customer/individual/"+id+"/verification", passport).get("data.verificationId")
	for i, c := range []struct{ wait, method, path, body string }{
		{"kind=verification&state=APPROVED&id=" + verification, http.MethodPost, "/_sandbox/clock/advance", `{"by":"3d"}`},
		{"event=customer.created&after=1", http.MethodPost, registrationPath, registrationOf("ben@example.com")},
	} {
		var waiting sync.WaitGroup
		var got answer
		waiting.Go(func() { got = s.call("demo", http.MethodGet, "/_sandbox/wait?within=1m&"+c.wait, "") })
		synctest.Wait()
		s.must("other", http.MethodPost, registrationPath, registrationOf(fmt.Sprintf("eve%d@example.com", i)))
		synctest.Wait()
		if got.status != 0 {
			t.Errorf("%s: a commit in another tenant has it answered with %d %s", c.wait, got.status, got.text)
		}
		s.must("demo", c.method, c.path, c.body)
		waiting.Wait()
		if got.status != http.StatusOK || got.get("reached") != "true" {
			t.Errorf("%s: %d %s", c.wait, got.status, got.text)
		}
	}
}

// TestWhoLeavesIsNotWaitedFor: the end of the caller is that of the call.
func TestWhoLeavesIsNotWaitedFor(t *testing.T) { synctest.Test(t, testLeaving) }

func testLeaving(t *testing.T) {
	t.Cleanup(outliveBuntDB)
	s := openLocal(t, app.Config{})
	ctx, leave := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/_sandbox/wait?event=customer.created&within=1m", http.NoBody)
	done := make(chan struct{})
	go func() {
		defer close(done)
		closes(func() { s.app.Handler().ServeHTTP(httptest.NewRecorder(), r) })
	}()
	synctest.Wait()
	began := time.Now()
	leave()
	<-done
	if took := time.Since(began); took != 0 {
		t.Errorf("it was waited for %s", took)
	}
}
