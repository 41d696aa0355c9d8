package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// A command finds its sandbox in its environment, and its exit code is the program's.
func TestRunTellsTheCommandWhereTheSandboxIs(t *testing.T) {
	t.Setenv(asProgram, "1") // The command is this program.
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"run", "--tenant=acme", "--", os.Args[0], "clock", "show"}, exitOK, "tenant   acme"},
		{[]string{"run", os.Args[0], "healthcheck"}, exitOK, `"ready"`},
		{[]string{"run", "--control-addr=127.0.0.1:0", "--control-token=t", "--", os.Args[0], "clock", "show"}, exitOK, "tenant   sandbox"},
		{[]string{"run", "--", os.Args[0], "clock", "advance", "--by=-1d"}, exitUsage, ""},
	} {
		code, stdout, stderr := runCommand(t, c.args...)
		if code != c.code || !strings.Contains(stdout, c.says) {
			t.Errorf("%q ends with %d, not %d, and prints %q; %s", c.args, code, c.code, stdout, stderr)
		}
	}
}

// At its end a run tells what the command has met, beside the command's own output.
func TestRunTellsWhatWasMet(t *testing.T) {
	t.Setenv(asProgram, "1") // The command is this program.
	code, stdout, stderr := runCommand(t, "run", "--headers=relaxed", "--", os.Args[0], "webhook", "trigger", "customer.created")
	if code != exitOK || strings.Contains(stdout, "% of what exists") {
		t.Errorf("exit code %d, and the command's output is %q; %s", code, stdout, stderr)
	}
	contains(t, stderr, []string{"% of what exists was met (operations 1/123"})
	code, _, stderr = runCommand(t, "run", "--", os.Args[0], "webhook", "trigger", "customer.created", "--tenant=other", "--token=wrong")
	if code == exitOK {
		t.Error("a wrong token goes through")
	}
	contains(t, stderr, []string{"operations 0/123", "  refused 1× with TOKEN_INVALID: finhub-sandbox explain TOKEN_INVALID"})
	if _, _, stderr = runCommand(t, "run", "--", os.Args[0], "clock", "show"); stderr != "" {
		t.Errorf("nothing was called, and it tells %q", stderr)
	}
}

func TestRunGivesTokensUnlessThereAreNone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no env")
	}
	for args, want := range map[string]string{
		"--fixed-tokens":    "FINHUB_TOKEN=sandbox-admin\n",
		"--no-fixed-tokens": "",
		"--control-addr=127.0.0.1:0 --control-token=t": "SANDBOX_CONTROL_TOKEN=t\n",
	} {
		code, stdout, stderr := runCommand(t, append(append([]string{"run"}, strings.Fields(args)...), "--", "env")...)
		if code != exitOK || !strings.Contains(stdout, want) || strings.Contains(stdout, "sandbox-admin") == strings.HasPrefix(args, "--no") {
			t.Errorf("with %s: exit code %d, %s; the environment is\n%s", args, code, stderr, stdout)
		}
		if !regexp.MustCompile(`(?m)^FINHUB_BASE_URL=http://127\.0\.0\.1:[0-9]+/api/v2\.1$`).MatchString(stdout) {
			t.Errorf("the environment is\n%s", stdout)
		}
	}
}

func TestRunRefusesWhatIsNoCommand(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for want, args := range map[string][]string{
		"expected":             {"run"},
		"cannot be run":        {"run", "--", "no-such-command"},
		"is taken":             {"run", "--addr=" + taken.Addr().String(), "--", os.Args[0], "version"},
		"there is no scenario": {"run", "--scenario=kyc-rejectd", "--", os.Args[0], "version"},
	} {
		code, stdout, stderr := runCommand(t, args...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q ends with %d, and says %q", args, code, stderr)
		}
	}
}

// A signal ends the command, and its end is told as shells do.
func TestRunTellsOfSignals(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no signals")
	}
	if code, _, stderr := runCommand(t, "run", "--", "sh", "-c", "kill -9 $$"); code != 128+9 {
		t.Errorf("a killed command ends with %d: %s", code, stderr)
	}
	ctx, cancel := context.WithCancel(t.Context())
	printed, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = printed.Read(make([]byte, 1))
		cancel() // As Ctrl-C does.
	}()
	var stderr bytes.Buffer
	code := run(ctx, []string{"run", "--", "sh", "-c", `trap 'exit 5' TERM; echo begun; while :; do sleep 0.01; done`}, write, &stderr)
	if code != 5 {
		t.Errorf("a command that was asked to end, and did with 5, ends with %d: %s", code, &stderr)
	}
}
