package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/store"
	"finhub-sandbox/spec"
)

// runOnce runs the program with a context that is already over, so that a serve
// which starts by mistake ends at once.
func runOnce(args ...string) (code int, stdout, stderr string) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, err bytes.Buffer
	code = run(ctx, args, &out, &err)
	return code, out.String(), err.String()
}

// TestWrongCommandLines: each is answered with one line that says what is wrong
// and what to do, and with exit code 2.
func TestWrongCommandLines(t *testing.T) {
	taken := listen(t)
	dir := t.TempDir()
	inUse := filepath.Join(dir, "in-use.db")
	other, _, err := store.Open(store.Options{Path: inUse, Durability: store.Never})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	const addr = "--addr=127.0.0.1:0"
	for _, c := range []struct {
		name string
		args []string
		// says are parts of the one line.
		says []string
	}{
		{"no command", nil, []string{"serve", "run", "scenario", "clock", "see finhub-sandbox --help"}},
		{"unknown command", []string{"sevre"}, []string{"sevre", `did you mean "serve"`, "see finhub-sandbox --help"}},
		{"run without a command", []string{"run"}, []string{"<command>", "see finhub-sandbox run --help"}},
		{"unknown flag", []string{"serve", "--prot=80"}, []string{"--prot", "see finhub-sandbox serve --help"}},
		{"unknown flag before the command", []string{"--verbose", "serve"}, []string{"--verbose", "see finhub-sandbox --help"}},
		{"unknown command of a group", []string{"clock", "stop"}, []string{"stop", "see finhub-sandbox clock --help"}},
		{"group without a command", []string{"scenario"}, []string{"list", "show", "lint", "use", "see finhub-sandbox scenario --help"}},
		{"scenario without a name", []string{"scenario", "show"}, []string{"<name>", "see finhub-sandbox scenario show --help"}},
		{"advance without a target", []string{"clock", "advance"}, []string{"--by", "--to", "--until", "see finhub-sandbox clock advance --help"}},
		{"advance with two targets", []string{"clock", "advance", "--by=1d", "--until=idle"}, []string{"--by", "--until"}},
		{"lint without files", []string{"scenario", "lint"}, []string{"<files>", "see finhub-sandbox scenario lint --help"}},
		{"lint of a file that is not there", []string{"scenario", "lint", dir + "/none.yaml"}, []string{dir + "/none.yaml", "no such"}},
		{"use of a file that is not there", []string{"scenario", "use", dir + "/none.yaml"}, []string{dir + "/none.yaml", "no such"}},
		{"unknown scenario", []string{"serve", addr, "--scenario=sunny-day"}, []string{"sunny-day", "happy-path"}},
		{"scenario file that is not there", []string{"serve", addr, "--scenario", dir + "/none.yaml"}, []string{dir + "/none.yaml", "no such"}},
		{"control port taken", []string{"serve", addr, "--control-addr", taken}, []string{taken, "taken", "--control-addr"}},
		{"listen without an address", []string{"webhook", "listen"}, []string{"--forward-to", "see finhub-sandbox webhook listen --help"}},
		{"listen for nobody", []string{"webhook", "listen", "--forward-to=localhost:3000"}, []string{"localhost:3000", "http://"}},
		{"trigger of what is no event", []string{"webhook", "trigger", "transaction.complete"}, []string{"did you mean transaction.completed?", "customer.created", "see finhub-sandbox webhook trigger --help"}},
		{"resend of nothing", []string{"webhook", "resend"}, []string{"id", "--failed"}},
		{"resend of one and all", []string{"webhook", "resend", "x", "--failed"}, []string{"id", "--failed"}},
		{"resend of one since then", []string{"webhook", "resend", "x", "--since=1h"}, []string{"--since", "--failed"}},
		{"verify without a secret", []string{"webhook", "verify"}, []string{"--secret"}},
		{"verify of a file that is not there", []string{"webhook", "verify", "--secret=s", dir + "/none"}, []string{dir + "/none", "no such"}},
		{"too many arguments", []string{"version", "now"}, []string{"now", "see finhub-sandbox version --help"}},
		{"flag without a value", []string{"serve", "--addr"}, []string{"--addr", "see finhub-sandbox serve --help"}},
		{"unknown durability", []string{"serve", addr, "--durability=sometimes"}, []string{"--durability", "always", "second", "never", "sometimes"}},
		{"unknown header policy", []string{"serve", addr, "--headers=loose"}, []string{"--headers", "strict", "relaxed", "loose"}},
		{"delay scale that is no number", []string{"serve", addr, "--delay-scale=fast"}, []string{"--delay-scale", "fast", "0 to 1", "1s/24h"}},
		{"delay scale that is not a number by its name", []string{"serve", addr, "--delay-scale=nan"}, []string{"--delay-scale", "nan", "0 to 1"}},
		{"delay scale above one", []string{"serve", addr, "--delay-scale=2"}, []string{"--delay-scale", "0 to 1"}},
		{"delay scale longer than the delay", []string{"serve", addr, "--delay-scale=2h/1h"}, []string{"--delay-scale", "1s/24h"}},
		{"delay scale of nothing", []string{"serve", addr, "--delay-scale=1s/0s"}, []string{"--delay-scale", "1s/24h"}},
		{"pages that are no origins", []string{"serve", addr, "--cors=https://app.example,localhost:3000"}, []string{"--cors", "localhost:3000", "http://localhost:3000", "off"}},
		{"a page where an origin is meant", []string{"serve", addr, "--cors=https://app.example/login"}, []string{"--cors", "https://app.example/login", "origin"}},
		{"all pages", []string{"serve", addr, "--cors=*"}, []string{"--cors", "*", "origin"}},
		{"unknown format", []string{"spec", "--format=xml"}, []string{"--format", "yaml", "json", "xml"}},
		{"port taken", []string{"serve", "--addr", taken}, []string{taken, "taken", "--addr"}},
		{"address without a port", []string{"serve", "--addr=localhost"}, []string{"localhost", "port", "--addr"}},
		{"address of nobody", []string{"serve", "--addr=192.0.2.1:80"}, []string{"192.0.2.1:80", "--addr"}},
		{"data file in use", []string{"serve", addr, "--data", inUse}, []string{inUse, "in use", "--data"}},
		{"directory as data file", []string{"serve", addr, "--data", dir}, []string{dir, "directory", "--data"}},
		{"data file in no directory", []string{"serve", addr, "--data", dir + "/none/state.db"}, []string{dir + "/none", "no such", "--data"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := runOnce(c.args...)
			if code != exitUsage || stdout != "" {
				t.Errorf("exit code %d, printed %q", code, stdout)
			}
			checkLine(t, stderr, c.says...)
		})
	}
}

// checkLine checks that the program said one line with all the parts in it.
func checkLine(t *testing.T, stderr string, says ...string) {
	t.Helper()
	if strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "finhub-sandbox: ") {
		t.Errorf("not one line of the program: %q", stderr)
	}
	for _, part := range says {
		if !strings.Contains(stderr, part) {
			t.Errorf("%q does not say %q", stderr, part)
		}
	}
}

func listen(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// TestForeignDataFiles: a file that is not ours is refused and left as it is,
// whatever is in it.
func TestForeignDataFiles(t *testing.T) {
	for name, content := range map[string]string{
		"text":                     "Dear diary,\nnothing happened.\n",
		"text without a line end":  "Dear diary",
		"JSON without a line end":  `{"customers": []}`,
		"binary":                   "\x7fELF\x02\x01\x01\x00\x00\x00",
		"another program's log":    "*1\r\n$4\r\nPING\r\n",
		"another program's values": "*3\r\n$3\r\nset\r\n$1\r\na\r\n$1\r\nb\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "notes.txt")
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			code, _, stderr := runOnce("serve", "--addr=127.0.0.1:0", "--data", file)
			if code != exitUsage {
				t.Errorf("exit code %d", code)
			}
			checkLine(t, stderr, file, "--data")
			if after, err := os.ReadFile(file); err != nil || string(after) != content {
				t.Errorf("the file was changed: %q, %v", after, err)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	if code, stdout, stderr := runOnce("version"); code != exitOK || stdout != version+"\n" || stderr != "" {
		t.Errorf("exit code %d, printed %q and %q", code, stdout, stderr)
	}
}

func TestHelp(t *testing.T) {
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{"--help"}, []string{"serve", "scenario", "clock", "journal", "magic", "data", "spec", "healthcheck", "version", "Unofficial"}},
		{[]string{"serve", "--help"}, []string{
			"--addr", "--data", "--durability", "--delay-scale", "--headers", "--seed", "--check-responses", "--tenants",
			"--[no-]fixed-tokens", "--quiet", "--scenario", "--control-addr", "--control-token", "--hosts", "SANDBOX_ADDR",
		}},
	} {
		code, stdout, stderr := runOnce(c.args...)
		if code != exitOK || stderr != "" {
			t.Errorf("%v: exit code %d, printed %q", c.args, code, stderr)
		}
		for _, part := range c.says {
			if !strings.Contains(stdout, part) {
				t.Errorf("%v does not say %q:\n%s", c.args, part, stdout)
			}
		}
	}
}

func TestSpec(t *testing.T) {
	asYAML := func(document []byte) []byte {
		text, err := spec.YAML(document)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for _, c := range []struct {
		args []string
		want []byte
	}{
		{[]string{"spec"}, asYAML(spec.Product())},
		{[]string{"spec", "--format=yaml"}, asYAML(spec.Product())},
		{[]string{"spec", "--format=json"}, spec.Product()},
		{[]string{"spec", "--control"}, asYAML(spec.Control())},
		{[]string{"spec", "--control", "--format=json"}, spec.Control()},
	} {
		if code, stdout, stderr := runOnce(c.args...); code != exitOK || stdout != string(c.want) || stderr != "" {
			t.Errorf("%v: exit code %d, printed %d bytes and %q", c.args, code, len(stdout), stderr)
		}
	}
}

func TestHealthcheck(t *testing.T) {
	ctx := context.Background()
	server := startServe(t, "--addr=127.0.0.1:0")
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"healthcheck", "--addr", server.addr}, &stdout, &stderr); code != exitOK || !strings.Contains(stdout.String(), `"ready"`) || stderr.Len() > 0 {
		t.Errorf("of a server that serves: exit code %d, printed %q and %q", code, &stdout, &stderr)
	}
	server.stop(t)
	stranger := httptest.NewServer(http.NotFoundHandler())
	defer stranger.Close()
	for addr, says := range map[string]string{
		server.addr: "no sandbox answers on " + server.addr,
		strings.TrimPrefix(stranger.URL, "http://"): "is that a sandbox?",
		"localhost": "such as localhost:8080",
	} {
		stdout.Reset()
		stderr.Reset()
		if code := run(ctx, []string{"healthcheck", "--addr", addr}, &stdout, &stderr); code != exitFailed || stdout.Len() > 0 {
			t.Errorf("of %s: exit code %d, printed %q", addr, code, &stdout)
		}
		checkLine(t, stderr.String(), says)
	}
}

// TestInterruptWaitsForRequests interrupts the program while a request is being
// answered: the request gets its answer, the port is free, and all is well.
func TestInterruptWaitsForRequests(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0")
	connection, err := net.Dial("tcp", server.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	request := registrationOf(t, server.addr, "demo", "late@example.com")
	body, err := io.ReadAll(request.Body)
	if err != nil {
		t.Fatal(err)
	}
	var head bytes.Buffer
	request.Header.Set("Expect", "100-continue")
	request.Header.Set("Content-Length", fmt.Sprint(len(body)))
	fmt.Fprintf(&head, "POST %s HTTP/1.1\r\nHost: %s\r\n", request.URL.Path, server.addr)
	if err := request.Header.Write(&head); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(connection, "%s\r\n", &head); err != nil {
		t.Fatal(err)
	}
	// The server asks for the body when it has begun to answer.
	replies := bufio.NewReader(connection)
	if line, err := replies.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q, %v", line, err)
	}
	if _, err := replies.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	server.interrupt()
	for refused := false; !refused; {
		other, err := net.Dial("tcp", server.addr)
		if refused = err != nil; !refused {
			other.Close()
		}
	}
	if _, err := connection.Write(body); err != nil {
		t.Fatal(err)
	}
	reply, err := http.ReadResponse(replies, request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if reply.StatusCode/100 != 2 {
		t.Errorf("the request that was being answered got %s", reply.Status)
	}
	if code := server.stop(t); code != exitOK {
		t.Errorf("exit code %d: %s", code, server.log)
	}
}

// TestSettings sets everything by flag and by environment variable, and reads it
// in the greeting.
func TestSettings(t *testing.T) {
	byFlag := []string{
		"--addr=127.0.0.1:0", "--headers=relaxed", "--seed=lily", "--tenants=acme,initech", "--delay-scale=0",
		"--no-fixed-tokens", "--tenant-key=k3y", "--tenant-secret=s3cret", "--check-responses", "--quiet",
	}
	byVariable := map[string]string{
		"SANDBOX_ADDR": "127.0.0.1:0", "SANDBOX_HEADERS": "relaxed", "SANDBOX_SEED": "lily", "SANDBOX_TENANTS": "acme,initech",
		"SANDBOX_DELAY_SCALE": "0", "SANDBOX_FIXED_TOKENS": "false", "SANDBOX_CHECK_RESPONSES": "true", "SANDBOX_QUIET": "true",
		"SANDBOX_TENANT_KEY": "k3y", "SANDBOX_TENANT_SECRET": "s3cret",
	}
	check := func(t *testing.T, server *served) {
		t.Helper()
		for _, part := range []string{"relaxed", "lily", "acme, initech", "a day takes 0s", "held to the document", "in memory"} {
			if !strings.Contains(server.greeting, part) {
				t.Errorf("the greeting does not say %q:\n%s", part, server.greeting)
			}
		}
		if strings.Contains(server.greeting, "s3cret") || strings.Contains(server.greeting, "OPEN") {
			t.Errorf("the greeting tells the secret, or that there is none:\n%s", server.greeting)
		}
		if strings.Contains(server.greeting, "sandbox-admin") {
			t.Errorf("the greeting names tokens that are switched off:\n%s", server.greeting)
		}
		if status, body := send(t, registrationOf(t, server.addr, "umbrella", "a@example.com")); status != http.StatusForbidden {
			t.Errorf("another tenant got %d %s", status, body)
		}
		request := registrationOf(t, server.addr, "acme", "a@example.com")
		for _, name := range []string{"X-Forwarded-For", "X-Forwarded-From", "platform", "deviceId"} {
			request.Header.Del(name)
		}
		if status, body := send(t, request); status != http.StatusUnauthorized {
			t.Errorf("a fixed token got %d %s", status, body)
		}
		if log := server.log.String(); log != "" {
			t.Errorf("a quiet server logs %s", log)
		}
	}
	t.Run("flags", func(t *testing.T) { check(t, startServe(t, byFlag...)) })
	t.Run("variables", func(t *testing.T) {
		for name, value := range byVariable {
			t.Setenv(name, value)
		}
		check(t, startServe(t))
	})
	t.Run("flags win", func(t *testing.T) {
		t.Setenv("SANDBOX_SEED", "rose")
		if server := startServe(t, byFlag...); !strings.Contains(server.greeting, "lily") {
			t.Errorf("the variable won:\n%s", server.greeting)
		}
	})
	t.Run("wrong variable", func(t *testing.T) {
		t.Setenv("SANDBOX_DURABILITY", "sometimes")
		code, _, stderr := runOnce("serve", "--addr=127.0.0.1:0")
		if code != exitUsage {
			t.Errorf("exit code %d", code)
		}
		checkLine(t, stderr, "sometimes", "always")
	})
}

// TestGreetingCanBeFollowed runs the call that the greeting proposes.
func TestGreetingCanBeFollowed(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0")
	for _, part := range []string{"in memory", "a day takes 1s", "strict", "sandbox-admin", "sandbox-power-tenant", "sandbox-compliance"} {
		if !strings.Contains(server.greeting, part) {
			t.Errorf("the greeting does not say %q:\n%s", part, server.greeting)
		}
	}
	lines := strings.Split(strings.TrimSpace(server.greeting), "\n")
	out, err := bash(t, lines[len(lines)-1])
	if err != nil || !strings.Contains(out, `"code":200`) {
		t.Errorf("%s gives %s, %v", lines[len(lines)-1], out, err)
	}
	// A line is written when its reply has gone out, but not after the end.
	server.stop(t)
	if log := server.log.String(); !strings.Contains(log, "operation=getCategorizationHierarchy") || !strings.Contains(log, "status=200") {
		t.Errorf("the log has no line for the request:\n%s", log)
	}
}

// TestDataSurvivesARestart registers somebody, restarts, and meets them again.
func TestDataSurvivesARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.db")
	server := startServe(t, "--addr=127.0.0.1:0", "--data", file)
	if status, body := send(t, registrationOf(t, server.addr, "demo", "anna@example.com")); status/100 != 2 {
		t.Fatalf("got %d %s", status, body)
	}
	if code := server.stop(t); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	server = startServe(t, "--addr=127.0.0.1:0", "--data", file)
	if !strings.Contains(server.greeting, file+", durability second, 10 records read") {
		t.Errorf("the greeting does not tell of the file:\n%s", server.greeting)
	}
	if status, body := send(t, registrationOf(t, server.addr, "demo", "anna@example.com")); status != http.StatusConflict {
		t.Errorf("registering again got %d %s", status, body)
	}
}
