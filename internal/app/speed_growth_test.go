package app_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// measureGrowth compares a sandbox with ten customers and one with very many.
func measureGrowth(t *testing.T, table *speedTable, program string, m speedSize) {
	t.Helper()
	many := startFilled(t, program, m.customers)
	manyRegistrations, manyBalances := growthLoads(t, many)
	var registrations, balances []*load
	for range m.rounds {
		// What is registered makes it many soon, so that each round begins anew.
		few := startFilled(t, program, 10)
		r, b := growthLoads(t, few)
		for _, l := range []*load{b, manyBalances, r, manyRegistrations} {
			l.run(t, m.seconds)
		}
		registrations, balances = append(registrations, r), append(balances, b)
		_, _ = few.stop()
	}
	table.growth(fmt.Sprintf("registration, 10 to %d customers", m.customers), registrations, manyRegistrations)
	table.growth(fmt.Sprintf("balance, 10 to %d customers", m.customers), balances, manyBalances)
	resident := memoryOf(t, many.pid, "VmRSS:")
	table.figure("resident memory then", resident, "MB", "")
	measureReset(t, table, many, m)
	_, _ = many.stop()
}

// startFilled starts a sandbox with so many customers in one tenant.
func startFilled(t *testing.T, program string, customers int) *process {
	t.Helper()
	server := startSandbox(t, program)
	speedOrder{Base: server.base, Tenant: "bench", Life: "registration", Prefix: "f", Clients: 16, Lives: customers}.playApart(t)
	return server
}

func growthLoads(t *testing.T, server *process) (registrations, balances *load) {
	t.Helper()
	headers := sandboxHeaders("bench")
	alive := liveOnce(t, server)
	return &load{
			what: "registration", server: server, method: http.MethodPost, path: registrationPath, headers: headers,
			beginning: registrationBeginning, end: registrationEnd,
		}, &load{
			what: "balance", server: server, method: http.MethodGet, path: "/api/v2.1/fintrans/" + alive["wallet"] + "/balance", headers: headers,
		}
}

// measureReset resets the tenant of very many while another tenant is read.
func measureReset(t *testing.T, table *speedTable, server *process, m speedSize) {
	t.Helper()
	other := speedOrder{Base: server.base, Tenant: "other", Life: "individual", Prefix: "other", Clients: 1, Lives: 1}.play()
	if other.Failure != "" {
		t.Fatal(other.Failure)
	}
	read := &load{
		what: "balance of another tenant", server: server, method: http.MethodGet, headers: sandboxHeaders("other"),
		path: "/api/v2.1/fintrans/" + other.Kept["wallet"] + "/balance",
	}
	calm := read.run(t, m.seconds).longest
	type outcome struct {
		took time.Duration
		err  error
	}
	reset := make(chan outcome, 1)
	go func() {
		start := time.Now()
		_, err := control(server, "reset", "")
		reset <- outcome{time.Since(start), err}
	}()
	longest := read.run(t, m.seconds).longest
	for len(reset) == 0 {
		longest = max(longest, read.run(t, m.seconds).longest)
	}
	done := <-reset
	if done.err != nil {
		t.Fatal(done.err)
	}
	table.figure("reset of that tenant", done.took.Seconds()*1000, "ms", "")
	table.figure("  another tenant's longest wait then", longest, "ms", "")
	table.figure("  and without", calm, "ms", "")
}

// measureDurability compares registrations that each reach the disk with what the
// disk does: one file that grows by as much, brought to it each time.
func measureDurability(t *testing.T, table *speedTable, program string, m speedSize) {
	t.Helper()
	dir := t.TempDir()
	server := startSandbox(t, program, "--data", filepath.Join(dir, "state.db"), "--durability", "always")
	registrations := &load{
		what: "registration, --durability always", server: server, method: http.MethodPost, path: registrationPath, headers: sandboxHeaders("bench"),
		beginning: registrationBeginning, end: registrationEnd,
	}
	disk := &load{what: "the disk's own"}
	registrations.against = disk
	for range m.rounds {
		disk.runs = append(disk.runs, loadRun{perSecond: syncsPerSecond(t, filepath.Join(dir, "disk"), time.Duration(m.seconds)*time.Second)})
		registrations.run(t, m.seconds)
	}
	table.figure("the disk's own rate of fsync", disk.middle(perSecond), "/s", "")
	table.figure(registrations.what, registrations.middle(perSecond), "/s", "")
	table.figure("  of the disk's own", registrations.share(), "", "> 0.8")
	table.figure("  p99", registrations.middle(p99), "ms", "")
	_, _ = server.stop()
}

// syncsPerSecond appends what a registration takes, about three kilobytes, and
// brings each to the disk.
func syncsPerSecond(t *testing.T, file string, atLeast time.Duration) float64 {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text := make([]byte, 3000)
	start := time.Now()
	for n := 1; ; n++ {
		if _, err := f.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > atLeast {
			return float64(n) / took.Seconds()
		}
	}
}

// customersFromEnvironment is how many very many are.
func customersFromEnvironment(t *testing.T, usual int) int {
	t.Helper()
	text := os.Getenv("SANDBOX_BENCH_CUSTOMERS")
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
