package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// asProgram makes the test binary behave as the program itself, for tests that
// need a process of their own.
const asProgram = "FINHUB_SANDBOX_TEST_RUNS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// startProcess runs the program in a process of its own, and gives the address on
// which it serves.
func startProcess(t *testing.T, args ...string) (program *exec.Cmd, addr string) {
	t.Helper()
	program = exec.Command(os.Args[0], args...)
	program.Env = append(os.Environ(), asProgram+"=1")
	program.Stderr = t.Output()
	stdout, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	// Wait closes the pipe, so that it must come after the greeting has been read.
	addr, _ = readGreeting(t, stdout)
	return program, addr
}

// served is the program while it serves, in this process.
type served struct {
	addr     string
	greeting string
	log      *output
	cancel   context.CancelFunc
	exited   chan int
}

// output is what the program prints, while it prints.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// startServe runs serve on a port that the system chooses, and stops it at the
// end of the test.
func startServe(t *testing.T, args ...string) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &served{log: &output{}, cancel: cancel, exited: make(chan int, 1)}
	reader, writer := io.Pipe()
	go func() {
		code := run(ctx, append([]string{"serve"}, args...), writer, s.log)
		writer.Close()
		s.exited <- code
	}()
	s.addr, s.greeting = readGreeting(t, reader)
	t.Cleanup(func() { s.stop(t) })
	return s
}

// readGreeting reads what serve prints at start: up to the example, which is its
// last line. What comes after is thrown away.
func readGreeting(t *testing.T, r io.Reader) (addr, greeting string) {
	t.Helper()
	lines := bufio.NewScanner(r)
	var text strings.Builder
	for lines.Scan() {
		text.WriteString(lines.Text() + "\n")
		if match := regexp.MustCompile(`listens on http://(\S+)`).FindStringSubmatch(lines.Text()); match != nil {
			addr = match[1]
		}
		if strings.HasPrefix(lines.Text(), "  curl ") {
			break
		}
	}
	if addr == "" {
		t.Fatalf("the program did not say where it listens:\n%s", &text)
	}
	go func() {
		// It ends with the program.
		_, _ = io.Copy(io.Discard, r)
	}()
	return addr, text.String()
}

// interrupt asks the program to end, as a signal does.
func (s *served) interrupt() { s.cancel() }

// stop ends the program and gives its exit code.
func (s *served) stop(t *testing.T) int {
	t.Helper()
	s.interrupt()
	patience, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	select {
	case code := <-s.exited:
		s.exited <- code
		return code
	case <-patience.Done():
		t.Fatal("serve does not end")
		return -1
	}
}

const registration = `{"firstName": "Anna", "lastName": "Petrauskaite", "email": "EMAIL", "phone": "+37062767557",
	"password": "SecurePass123!", "matchingPassword": "SecurePass123!"}`

// newRequest makes a request of an administrator with all headers.
func newRequest(t testing.TB, method, url, tenant, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"X-Tenant-ID": tenant, "Authorization": "Bearer sandbox-admin", "X-Forwarded-For": "127.0.0.1",
		"X-Forwarded-From": "test", "platform": "web", "deviceId": "test",
	} {
		r.Header.Set(name, value)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// registrationOf makes the request that registers somebody.
func registrationOf(t testing.TB, addr, tenant, email string) *http.Request {
	t.Helper()
	return newRequest(t, http.MethodPost, "http://"+addr+"/api/v2.1/customer/individual/registration", tenant,
		strings.Replace(registration, "EMAIL", email, 1))
}

// send sends a request and gives status and body.
func send(t testing.TB, r *http.Request) (status int, body string) {
	t.Helper()
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reply.Body)
	reply.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(text)
}
