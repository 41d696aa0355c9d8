package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startProgram runs the program in a process of its own, with a client that has
// sent half of a body.
func startProgram(t *testing.T, args ...string) (program *exec.Cmd, addr string, exited <-chan error) {
	t.Helper()
	program, addr = startProcess(t, append([]string{"serve", "--addr=127.0.0.1:0", "--quiet"}, args...)...)
	t.Cleanup(func() { _ = program.Process.Kill() }) // It has ended, unless the test has failed.
	connection, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	if _, err := fmt.Fprintf(connection, "POST /_sandbox/reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
		"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	// The server asks for the body when it has begun to answer.
	if line, err := bufio.NewReader(connection).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q, %v", line, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	return program, addr, ended
}

func signalTo(t *testing.T, program *exec.Cmd, signal os.Signal) {
	t.Helper()
	if err := program.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// TestTerminationIsInTime: whoever stops containers waits ten seconds, and a
// client that has sent half of a body must not cost the good end.
func TestTerminationIsInTime(t *testing.T) {
	program, _, exited := startProgram(t)
	signalTo(t, program, syscall.SIGTERM)
	patience, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	select {
	case err := <-exited:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-patience.Done():
		t.Error("it does not end in time")
	}
}

// TestASecondSignalEndsAtOnce: who asks twice does not want to wait.
func TestASecondSignalEndsAtOnce(t *testing.T) {
	program, addr, exited := startProgram(t)
	signalTo(t, program, os.Interrupt)
	for refused := false; !refused; {
		other, err := net.Dial("tcp", addr)
		if refused = err != nil; !refused {
			other.Close()
		}
	}
	signalTo(t, program, os.Interrupt)
	if err := <-exited; err == nil || program.ProcessState.ExitCode() != exitFailed {
		t.Errorf("it took its time: %v", err)
	}
}

// SIGHUP has scenario files read, and ends nothing, also where there are none.
func TestHangupReadsScenariosAgain(t *testing.T) {
	for want, args := range map[string][]string{
		"scenario files are read again": {"--scenario=" + writeFile(t, "rejecting.yaml", rejecting)},
		"no scenario files to read":     nil,
	} {
		program := exec.Command(os.Args[0], append([]string{"serve", "--addr=127.0.0.1:0"}, args...)...)
		program.Env = append(os.Environ(), asProgram+"=1")
		stdout, errOut := program.StdoutPipe()
		stderr, errLog := program.StderrPipe()
		if err := errors.Join(errOut, errLog, program.Start()); err != nil {
			t.Fatal(err)
		}
		addr, _ := readGreeting(t, stdout)
		signalTo(t, program, syscall.SIGHUP)
		said := false
		for log := bufio.NewScanner(stderr); !said && log.Scan(); {
			said = strings.Contains(log.Text(), want)
		}
		if !said {
			t.Errorf("%q is not logged", want)
		}
		if code, _, line := runCommand(t, "healthcheck", "--addr", addr); code != exitOK {
			t.Errorf("after the signal: %s", line)
		}
		signalTo(t, program, syscall.SIGTERM)
		if err := program.Wait(); err != nil {
			t.Errorf("it ends with %v", err)
		}
	}
}
