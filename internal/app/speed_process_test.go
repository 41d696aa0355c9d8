package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// roleVariable makes the test binary a process of its own that is measured or
// measures, instead of running tests.
const roleVariable = "SANDBOX_SPEED_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "bare":
		serveBare()
	case "clients":
		runClients()
	default:
		os.Exit(m.Run())
	}
}

// inRole is the test binary, to be started in a role.
func inRole(role string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), roleVariable+"="+role)
	c.Stderr = os.Stderr
	return c
}

// process is a server in a process of its own.
type process struct {
	pid  int
	base string
	stop func() (*os.ProcessState, error)
}

// whereItListens is how the servers that are measured say it.
var whereItListens = regexp.MustCompile(`listens on (http://\S+)|Listening for HTTP at address: (\S+)`)

// start starts a server, and stops it at the test's end, if not before.
func start(t testing.TB, c *exec.Cmd) *process {
	t.Helper()
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{pid: c.Process.Pid}
	var stopped error
	p.stop = func() (*os.ProcessState, error) {
		if c.ProcessState == nil {
			// A shell's background jobs ignore interrupts, and so do their children.
			_ = c.Process.Signal(syscall.SIGTERM)
			stopped = c.Wait()
		}
		return c.ProcessState, stopped
	}
	t.Cleanup(func() { _, _ = p.stop() })
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if found := whereItListens.FindStringSubmatch(lines.Text()); found != nil {
			p.base = "http://" + strings.TrimPrefix(found[1]+found[2], "http://")
			go func() { _, _ = io.Copy(io.Discard, stdout) }() // A full pipe would stop it.
			return p
		}
	}
	t.Fatalf("%s does not say where it listens", c)
	return nil
}

// startSandbox starts the program, with settings that tests need and no others.
func startSandbox(t testing.TB, program string, args ...string) *process {
	t.Helper()
	return start(t, exec.Command(program, append([]string{"serve", "--addr=127.0.0.1:0", "--quiet"}, args...)...))
}

func buildProgram(t testing.TB) string {
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
func startOnce(t testing.TB, program string, args ...string) (s started) {
	t.Helper()
	began := time.Now()
	p := startSandbox(t, program, args...)
	reply, err := http.Get(p.base + "/_sandbox/health")
	s.took = time.Since(began)
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	s.resident, s.peak = memoryOf(t, p.pid, "VmRSS:"), memoryOf(t, p.pid, "VmHWM:")
	state, err := p.stop()
	if err != nil {
		t.Error(err)
	}
	s.computed = state.UserTime() + state.SystemTime()
	return s
}

// memoryOf reads one of a process's figures of memory, in megabytes, where the
// system tells.
func memoryOf(t testing.TB, pid int, figure string) float64 {
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

// processorsOf reads how long a process has computed, where the system tells: in
// hundredths of a second, as every Linux does.
func processorsOf(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, behindName, _ := strings.Cut(string(stat), ") ")
	var sum time.Duration
	if fields := strings.Fields(behindName); len(fields) > 12 {
		for _, ticks := range fields[11:13] {
			n, _ := strconv.Atoi(ticks)
			sum += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return sum
}

// measureStart starts the program again and again.
func measureStart(t *testing.T, table *speedTable, program string, times int) {
	t.Helper()
	var took []float64
	var resident float64
	for range times {
		s := startOnce(t, program)
		took, resident = append(took, s.took.Seconds()*1000), max(resident, s.resident)
	}
	table.figure("start to first answer, best", slices.Min(took), "ms", "")
	table.figure(fmt.Sprintf("start to first answer, median of %d", times), median(took), "ms", "< 40")
	table.figure("resident memory when idle", resident, "MB", "< 40")
}

// serveBare serves the handler with which the sandbox is compared.
func serveBare() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		fmt.Printf("listens on http://%s\n", listener.Addr())
		err = http.Serve(listener, http.HandlerFunc(bareHandler))
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
