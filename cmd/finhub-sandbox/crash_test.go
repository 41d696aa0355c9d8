package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// kills is for how long the program is loaded before each time that it is killed;
// with SANDBOX_TORTURE it is killed a hundred times.
func kills() []time.Duration {
	if os.Getenv("SANDBOX_TORTURE") == "" {
		return []time.Duration{time.Second}
	}
	random := rand.New(rand.NewPCG(6, 0))
	list := make([]time.Duration, 100)
	for i := range list {
		list[i] = 50*time.Millisecond + time.Duration(random.Int64N(int64(400*time.Millisecond)))
	}
	return list
}

// TestKilledProcessLosesNothing loads the program with registrations from
// several clients, kills it in the middle, and looks for every registration that
// was acknowledged; no durability loses any. Then the end of the file is torn off:
// what was written before is still there, and the program says what it dropped.
func TestKilledProcessLosesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.db")
	acknowledged := map[string]string{}
	for round, load := range kills() {
		before := len(acknowledged)
		maps.Copy(acknowledged, loadAndKill(t, file, round, load))
		if len(acknowledged) == before {
			t.Errorf("no registration was acknowledged in %s", load)
		}
	}
	if len(acknowledged) < 10 {
		t.Fatalf("only %d registrations were acknowledged", len(acknowledged))
	}
	server := startServe(t, "--addr=127.0.0.1:0", "--data", file, "--quiet")
	if missing := absent(t, server.addr, acknowledged); len(missing) > 0 {
		t.Errorf("%d of %d acknowledged registrations are lost: %v", len(missing), len(acknowledged), missing)
	}
	server.stop(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, torn := range []int{1, 17, 170} {
		t.Run(fmt.Sprintf("torn by %d bytes", torn), func(t *testing.T) {
			checkTorn(t, whole, torn, acknowledged)
		})
	}
	t.Logf("%d registrations acknowledged before %d kills, none lost; %d bytes", len(acknowledged), len(kills()), len(whole))
}

// checkTorn opens a file without its last bytes. These belong to the last
// commit, so that at most one registration may be missing.
func checkTorn(t *testing.T, whole []byte, torn int, acknowledged map[string]string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "torn.db")
	left := len(whole) - torn
	if err := os.WriteFile(file, whole[:left], 0o600); err != nil {
		t.Fatal(err)
	}
	server := startServe(t, "--addr=127.0.0.1:0", "--data", file, "--quiet")
	if missing := absent(t, server.addr, acknowledged); len(missing) > 1 {
		t.Errorf("%d registrations are lost: %v", len(missing), missing)
	}
	server.stop(t)
	after, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	dropped := int64(left) - after.Size()
	if says := fmt.Sprintf("DROPPED the last %d bytes", dropped); dropped <= 0 || !strings.Contains(server.greeting, says) {
		t.Errorf("the greeting does not say %q:\n%s", says, server.greeting)
	}
	again := startServe(t, "--addr=127.0.0.1:0", "--data", file, "--quiet")
	if strings.Contains(again.greeting, "DROPPED") {
		t.Errorf("something was dropped again:\n%s", again.greeting)
	}
}

// loadAndKill runs the program in a process of its own, registers customers from
// several clients, and kills it while they do, when at least one was acknowledged. It
// gives the tenant of each customer whose registration was.
func loadAndKill(t *testing.T, file string, round int, loadTime time.Duration) map[string]string {
	t.Helper()
	durability := []string{"always", "second", "never"}[round%3]
	program, addr := startProcess(t, "serve", "--addr=127.0.0.1:0", "--data", file, "--durability", durability, "--quiet")
	var clients sync.WaitGroup
	var mu sync.Mutex
	acknowledged := map[string]string{}
	first, ended := make(chan struct{}), make(chan struct{})
	tell := sync.OnceFunc(func() { close(first) })
	for client := range 4 {
		clients.Go(func() {
			mine := registerUntilKilled(t, addr, fmt.Sprintf("r%d.c%d", round, client), tell)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(acknowledged, mine)
		})
	}
	clients.Go(func() {
		mine := forkUntilKilled(t, addr, fmt.Sprintf("r%d", round))
		mu.Lock()
		defer mu.Unlock()
		maps.Copy(acknowledged, mine)
	})
	load, cancel := context.WithTimeout(context.Background(), loadTime)
	defer cancel()
	go func() {
		clients.Wait()
		close(ended)
	}()
	<-load.Done()
	select {
	case <-first:
	case <-ended:
	}
	if err := program.Process.Kill(); err != nil {
		t.Error(err)
	}
	<-ended
	if err := program.Wait(); err == nil || program.ProcessState.Exited() {
		t.Errorf("the program ended by itself: %v", err)
	}
	return acknowledged
}

// registerUntilKilled registers customers in two tenants by turns until the
// connection breaks, and tells of each that is acknowledged.
func registerUntilKilled(t *testing.T, addr, client string, tell func()) map[string]string {
	acknowledged := map[string]string{}
	for n := 0; ; n++ {
		tenant := fmt.Sprintf("tenant-%d", n%2)
		reply, err := http.DefaultClient.Do(registrationOf(t, addr, tenant, fmt.Sprintf("%s.n%d@example.com", client, n)))
		if err != nil {
			return acknowledged
		}
		body, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		if err != nil {
			return acknowledged
		}
		var registered struct {
			Data struct {
				ID string `json:"id"`
			} `json:"data"`
		}
		if err := json.Unmarshal(body, &registered); err != nil || reply.StatusCode/100 != 2 {
			t.Errorf("registration got %d %s", reply.StatusCode, body)
			return acknowledged
		}
		acknowledged[registered.Data.ID] = tenant
		tell()
	}
}

// forkUntilKilled registers a customer and lets one tenant after the other go on from a
// snapshot of theirs, until the connection breaks. It gives the customer with the last
// of these tenants that was acknowledged.
func forkUntilKilled(t *testing.T, addr, client string) map[string]string {
	const tenant = "tenant-0"
	reply, err := http.DefaultClient.Do(registrationOf(t, addr, tenant, client+".forked@example.com"))
	if err != nil {
		return nil
	}
	var registered struct {
		Data struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	err = json.UnmarshalRead(reply.Body, &registered)
	reply.Body.Close()
	if err != nil {
		return nil
	}
	customer, last := registered.Data.ID, tenant
	do := func(path, body string) bool {
		reply, err := http.DefaultClient.Do(newRequest(t, http.MethodPost, "http://"+addr+"/_sandbox/snapshots/"+client+path, tenant, body))
		if err != nil {
			return false
		}
		text, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		if reply.StatusCode/100 != 2 {
			t.Errorf("a snapshot got %d %s", reply.StatusCode, text)
			return false
		}
		return err == nil
	}
	for n := 0; do("", "{}"); n++ {
		fork := fmt.Sprintf("%s-fork-%d", client, n)
		if !do("/fork", `{"tenant": "`+fork+`"}`) {
			break
		}
		last = fork
	}
	return map[string]string{customer: last}
}

// absent lists the customers that the program does not know.
func absent(t *testing.T, addr string, customers map[string]string) []string {
	t.Helper()
	var missing []string
	for id, tenant := range customers {
		status, body := send(t, newRequest(t, http.MethodGet, "http://"+addr+"/api/v2.1/wallets/customer/"+id, tenant, ""))
		if status != http.StatusOK || strings.Count(body, `"walletId"`) != 2 {
			missing = append(missing, id)
		}
	}
	return missing
}
