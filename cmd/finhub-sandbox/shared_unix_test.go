//go:build unix

package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/store/postgres/postgrestest"
)

// TestKilledSharedProcessLosesNothing loads two processes that share a database, kills one in
// the middle while the other goes on, or stops it for a while, and looks for every
// registration that was acknowledged by either, at another.
func TestKilledSharedProcessLosesNothing(t *testing.T) {
	url := postgrestest.Database(t)
	staying := startServe(t, "--addr=127.0.0.1:0", "--store", url, "--quiet")
	random := rand.New(rand.NewPCG(15, 0))
	acknowledged := map[string]string{}
	var slowest time.Duration
	began := app.Now()
	for round, load := range kills() {
		before := len(acknowledged)
		program, addr := startProcess(t, "serve", "--addr=127.0.0.1:0", "--store", url, "--quiet")
		var clients sync.WaitGroup
		var mu sync.Mutex
		for client := range 4 {
			clients.Go(func() {
				mine := registerUntilKilled(t, addr, fmt.Sprintf("r%d.c%d", round, client), func() {})
				mu.Lock()
				defer mu.Unlock()
				maps.Copy(acknowledged, mine)
			})
		}
		if random.IntN(2) == 0 {
			<-elapsed(t, load/2)
			_ = program.Process.Signal(syscall.SIGSTOP)
			checkServes(t, staying.addr, fmt.Sprintf("r%d.stopped", round), acknowledged, &mu)
			_ = program.Process.Signal(syscall.SIGCONT)
		}
		<-elapsed(t, load)
		if err := program.Process.Kill(); err != nil {
			t.Error(err)
		}
		killed := app.Now().Sub(began)
		checkServes(t, staying.addr, fmt.Sprintf("r%d.killed", round), acknowledged, &mu)
		slowest = max(slowest, app.Now().Sub(began)-killed)
		clients.Wait()
		_ = program.Wait()
		if len(acknowledged) < before+2 {
			t.Errorf("only %d registrations were acknowledged in round %d", len(acknowledged)-before, round)
		}
	}
	late := startServe(t, "--addr=127.0.0.1:0", "--store", url, "--quiet")
	for _, at := range []*served{staying, late} {
		if missing := absent(t, at.addr, acknowledged); len(missing) > 0 {
			t.Errorf("%d of %d acknowledged registrations are lost: %v", len(missing), len(acknowledged), missing)
		}
	}
	if slowest > 5*time.Second {
		t.Errorf("behind a kill the other has answered after %s", slowest)
	}
	t.Logf("%d registrations acknowledged before %d kills, none lost; the slowest answer of the other behind a kill came after %s", len(acknowledged), len(kills()), slowest)
}

// elapsed ends when a load has gone on for so long.
func elapsed(t *testing.T, load time.Duration) <-chan struct{} {
	ctx, cancel := context.WithTimeout(t.Context(), load)
	t.Cleanup(cancel)
	return ctx.Done()
}

// checkServes registers a customer in each tenant.
func checkServes(t *testing.T, addr, name string, acknowledged map[string]string, mu *sync.Mutex) {
	t.Helper()
	for n := range 2 {
		tenant := fmt.Sprintf("tenant-%d", n)
		status, body := send(t, registrationOf(t, addr, tenant, fmt.Sprintf("%s.n%d@example.com", name, n)))
		_, rest, _ := strings.Cut(body, `"id":"`)
		id, _, _ := strings.Cut(rest, `"`)
		if status != http.StatusOK || id == "" {
			t.Errorf("a registration got %d %s", status, body)
			continue
		}
		mu.Lock()
		acknowledged[id] = tenant
		mu.Unlock()
	}
}

// TestStoreIsOneLine: a database that cannot be used ends the start with one line, without
// its secret, and so does a data file beside it.
func TestStoreIsOneLine(t *testing.T) {
	for want, args := range map[string][]string{
		"cannot be reached":  {"--store=postgres://anna:hush@127.0.0.1:1/none"},
		"not understood":     {"--store=anna:hush@here"},
		"--store and --data": {"--store=postgres://anna:hush@127.0.0.1:1/none", "--data=state.db"},
	} {
		code, _, stderr := runOnce(append([]string{"serve", "--addr=127.0.0.1:0"}, args...)...)
		if code != exitUsage || strings.Contains(stderr, "hush") {
			t.Errorf("%s: exit code %d, %s", want, code, stderr)
		}
		checkLine(t, stderr, want)
	}
	t.Setenv("SANDBOX_STORE", "postgres://anna:hush@127.0.0.1:1/none")
	if _, stdout, stderr := runOnce("doctor"); strings.Contains(stdout+stderr, "hush") || !strings.Contains(stdout, "cannot be reached") {
		t.Errorf("doctor says %s%s", stdout, stderr)
	}
}
