//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestUnreadableDataFile: the file is there, and its owner said no.
func TestUnreadableDataFile(t *testing.T) {
	dir, runAsNobody := programOfNobody(t)
	secret, readOnly := filepath.Join(dir, "state.db"), filepath.Join(dir, "read-only.db")
	if err := errors.Join(os.WriteFile(secret, nil, 0o000), os.WriteFile(readOnly, nil, 0o444), os.Chmod(dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := runAsNobody("serve", "--addr=127.0.0.1:0", "--data", secret)
	if code != exitUsage {
		t.Errorf("it ended with %d", code)
	}
	checkLine(t, stderr, secret, "permission", "--data")
	for file, says := range map[string][]string{
		secret:                       {"wrong  data file", secret + " cannot be read and written (permission denied)", "chmod"},
		readOnly:                     {"wrong  data file", "permission denied", "-r--r--r--"},
		filepath.Join(dir, "new.db"): {"wrong  data file", "nothing can be written into " + dir, "mount a volume"},
	} {
		code, stdout, stderr := runAsNobody("doctor", "--addr=127.0.0.1:0", "--data", file)
		if code != exitFailed {
			t.Errorf("of %s doctor ends with %d", file, code)
		}
		checkLine(t, stderr, "1 thing to put right")
		contains(t, stdout, says)
	}
}

// programOfNobody gives a directory, and the program in it for whom file modes count:
// root may read everything, and runs it as nobody.
func programOfNobody(t *testing.T) (dir string, run func(args ...string) (code int, stdout, stderr string)) {
	t.Helper()
	const nobody = 65534
	dir, err := os.MkdirTemp("", "unreadable")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(os.Chmod(dir, 0o755), os.RemoveAll(dir)) })
	// Go's own directories are for nobody else.
	program := filepath.Join(dir, "program")
	text, err := os.ReadFile(os.Args[0])
	if err = errors.Join(err, os.Chmod(dir, 0o755), os.WriteFile(program, text, 0o755)); err != nil {
		t.Fatal(err)
	}
	return dir, func(args ...string) (int, string, string) {
		command := exec.Command(program, args...)
		command.Env, command.Dir = append(os.Environ(), asProgram+"=1"), dir
		if os.Geteuid() == 0 {
			command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		var stdout, stderr bytes.Buffer
		command.Stdout, command.Stderr = &stdout, &stderr
		if err := command.Run(); command.ProcessState == nil {
			t.Fatal(err)
		}
		return command.ProcessState.ExitCode(), stdout.String(), stderr.String()
	}
}
