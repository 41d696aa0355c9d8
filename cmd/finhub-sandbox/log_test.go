package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
)

// announced is the first line of the output in JSON.
type announced struct{ Msg, Address, ControlAddress, Version, Product, Control string }

func checkListening(t *testing.T, line string) announced {
	t.Helper()
	var l announced
	if err := json.Unmarshal([]byte(line), &l); err != nil || l.Msg != "listening" || l.Version != version || l.Product != "http://"+l.Address+"/api/v2.1" || l.Control != "http://"+l.ControlAddress+"/_sandbox" {
		t.Fatalf("%v: the first line is %q", err, line)
	}
	return l
}

// TestLogInJSON: the first line of the output says where the sandbox listens, and there is
// no other; the log is JSON too.
func TestLogInJSON(t *testing.T) {
	stop := make(chan int, 1)
	reader, writer := io.Pipe()
	log := &output{}
	served, end := context.WithCancel(t.Context())
	go func() {
		code := run(served, []string{"serve", "--addr=127.0.0.1:0", "--control-addr=127.0.0.1:0", "--log-format=json"}, writer, log)
		writer.Close()
		stop <- code
	}()
	line := make([]byte, 4096)
	n, err := reader.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	l := checkListening(t, string(line[:n]))
	if l.Address == l.ControlAddress {
		t.Errorf("both are %s", l.Address)
	}
	if code, _, stderr := runCommand(t, "healthcheck", "--addr", l.ControlAddress); code != exitOK {
		t.Error(stderr)
	}
	end()
	rest, err := io.ReadAll(reader)
	if code := <-stop; code != exitOK || err != nil || len(rest) > 0 {
		t.Errorf("exit code %d, %v, and then %q", code, err, rest)
	}
	var entry struct{ Msg, Operation string }
	if err := json.Unmarshal([]byte(log.String()), &entry); err != nil || entry.Operation != "getHealth" {
		t.Errorf("the log is %q", log)
	}
}

// TestRunInJSON: the output is the command's, and so the line is on standard error.
func TestRunInJSON(t *testing.T) {
	t.Setenv(asProgram, "1")
	code, stdout, stderr := runCommand(t, "run", "--log-format=json", "--", os.Args[0], "version")
	if code != exitOK || stdout != version+"\n" || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit code %d, printed %q and %q", code, stdout, stderr)
	}
	checkListening(t, stderr)
}
