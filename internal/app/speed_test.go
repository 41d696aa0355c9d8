package app_test

import (
	"bufio"
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// manyCustomers is a sandbox that somebody has used for a long time.
const manyCustomers = 100_000

// TestSpeed measures the sandbox and prints each figure beside its goal. It
// takes a minute or two and the whole machine, and therefore runs only for
// make bench.
func TestSpeed(t *testing.T) {
	if os.Getenv("SANDBOX_BENCH") == "" {
		t.Skip("make bench runs it")
	}
	var table speedTable
	start, resident := measureProcess(t)
	table.add("start to first answer", start.Seconds()*1000, "ms", below(100))
	table.add("resident memory when idle", resident, "MB", below(40))
	perSecond := func(measure func(*testing.B)) float64 {
		r := testing.Benchmark(measure)
		if r.N == 0 {
			t.Fatal("a measurement failed; go test -bench . shows how")
		}
		return float64(r.N) / r.T.Seconds()
	}
	bare, registrations := bestOfThree(perSecond, BenchmarkBareRegistration, BenchmarkRegistration)
	table.add("bare handler, body decoded", bare, "/s", "")
	table.add("registration", registrations, "/s", "")
	table.add("  of the bare handler", registrations/bare, "", atLeast(1.0/3))
	bareReads, reads := bestOfThree(perSecond, BenchmarkBareBalance, BenchmarkBalance)
	table.add("bare handler, no body", bareReads, "/s", "")
	table.add("balance", reads, "/s", "")
	table.add("  of the bare handler", reads/bareReads, "", atLeast(1.0/2))
	plain, ruled := bestOfThree(perSecond, BenchmarkBalance, BenchmarkBalanceUnderRules)
	table.add("balance under 1,000 rules", ruled, "/s", "")
	table.add("  of that without", ruled/plain, "", atLeast(1/1.1))
	table.add("whole life (15 requests)", perSecond(BenchmarkLife), "/s", "")
	measureGrowth(t, &table)
	table.add("10,000 due timers advanced", advanceDue(t).Seconds(), "s", below(1))
	fmt.Print(&table)
}

// bestOfThree measures two things by turns, so that whatever else the machine
// does disturbs both alike, and gives the best of each.
func bestOfThree(perSecond func(func(*testing.B)) float64, first, second func(*testing.B)) (a, b float64) {
	for range 3 {
		a, b = max(a, perSecond(first)), max(b, perSecond(second))
	}
	return a, b
}

// speedTable is what make bench prints.
type speedTable struct{ lines []string }

func (s *speedTable) add(what string, value float64, unit, goal string) {
	digits := 2
	if value >= 100 {
		digits = 0
	}
	s.lines = append(s.lines, strings.TrimRight(fmt.Sprintf("%-34s %9s %-3s %s", what, strconv.FormatFloat(value, 'f', digits, 64), unit, judge(value, goal)), " "))
}

func (s *speedTable) String() string { return "\n" + strings.Join(s.lines, "\n") + "\n\n" }

func below(limit float64) string   { return fmt.Sprintf("< %.4g", limit) }
func atLeast(limit float64) string { return fmt.Sprintf("> %.4g", limit) }

// judge puts a goal beside a value and says whether it is met.
func judge(value float64, goal string) string {
	if goal == "" {
		return ""
	}
	limit, _ := strconv.ParseFloat(goal[2:], 64)
	met := "met"
	if goal[0] == '<' && value >= limit || goal[0] == '>' && value < limit {
		met = "MISSED"
	}
	return fmt.Sprintf("goal %-8s %s", goal, met)
}

// measureProcess starts the program five times and gives the shortest time from
// there to the first answer, and the memory that it then takes in megabytes.
func measureProcess(t *testing.T) (start time.Duration, resident float64) {
	t.Helper()
	program := buildProgram(t)
	start = time.Hour
	for range 5 {
		s := startOnce(t, program)
		start, resident = min(start, s.took), max(resident, s.resident)
	}
	return start, resident
}

func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "finhub-sandbox")
	build := exec.Command("go", "build", "-o", program, "./cmd/finhub-sandbox")
	build.Dir = moduleRoot
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// started is what a start took: the time to the first answer, the processors' time
// until the end, and the memory at the first answer and at most, in megabytes.
type started struct {
	took, computed time.Duration
	resident, peak float64
}

// startOnce starts the program and ends it.
func startOnce(t *testing.T, program string, args ...string) (s started) {
	t.Helper()
	command := exec.Command(program, append([]string{"serve", "--addr=127.0.0.1:0", "--quiet"}, args...)...)
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	first, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, base, _ := strings.Cut(strings.TrimSpace(first), "listens on ")
	reply, err := http.Get(base + "/_sandbox/health")
	s.took = time.Since(began)
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	s.resident, s.peak = memoryOf(t, command.Process.Pid, "VmRSS:"), memoryOf(t, command.Process.Pid, "VmHWM:")
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if err := command.Wait(); err != nil {
		t.Error(err)
	}
	s.computed = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return s
}

// memoryOf reads one of a process's figures of memory, in megabytes, where the
// system tells.
func memoryOf(t *testing.T, pid int, figure string) float64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Logf("the memory cannot be read here: %v", err)
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == figure {
			kilobytes, _ := strconv.ParseFloat(fields[1], 64)
			return kilobytes / 1024
		}
	}
	return 0
}

// measureGrowth compares what a request costs among ten customers and among a
// hundred thousand, without the network, which would hide the difference.
func measureGrowth(t *testing.T, table *speedTable) {
	t.Helper()
	few, many := newSandboxTarget(t), newSandboxTarget(t)
	fewWallet, manyWallet := few.fill(t, 10), many.fill(t, manyCustomers)
	cost := func(x *target, next func(*target) *http.Request) float64 {
		r := testing.Benchmark(func(b *testing.B) {
			for b.Loop() {
				x.straight(b, next(x))
			}
		})
		return float64(r.T.Microseconds()) / float64(r.N)
	}
	wallets := map[*target]string{few: fewWallet, many: manyWallet}
	for _, c := range []struct {
		what string
		next func(*target) *http.Request
	}{
		{"registration", (*target).registration},
		{"balance", func(x *target) *http.Request { return x.request(http.MethodGet, balanceOf(wallets[x]), "") }},
	} {
		among := [2]float64{math.Inf(1), math.Inf(1)}
		for range 3 {
			among[0], among[1] = min(among[0], cost(few, c.next)), min(among[1], cost(many, c.next))
		}
		table.add(c.what+" among 10 customers", among[0], "µs", "")
		table.add(fmt.Sprintf("%s among %d", c.what, manyCustomers), among[1], "µs", "")
		table.add("  growth", among[1]/among[0], "", below(2))
	}
}
