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

// TestUnreadableDataFile: the file is there, and its owner said no. Root may read
// everything, and runs the program as nobody.
func TestUnreadableDataFile(t *testing.T) {
	const nobody = 65534
	dir, err := os.MkdirTemp("", "unreadable")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// Go's own directories are for nobody else.
	program := filepath.Join(dir, "program")
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "state.db")
	if err := errors.Join(os.WriteFile(program, text, 0o755), os.WriteFile(file, nil, 0o000)); err != nil {
		t.Fatal(err)
	}
	serve := exec.Command(program, "serve", "--addr=127.0.0.1:0", "--data", file)
	serve.Env = append(os.Environ(), asProgram+"=1")
	serve.Dir = dir
	if os.Geteuid() == 0 {
		serve.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var stderr bytes.Buffer
	serve.Stderr = &stderr
	if err := serve.Run(); serve.ProcessState == nil || serve.ProcessState.ExitCode() != exitUsage {
		t.Errorf("it ended with %v", err)
	}
	checkLine(t, stderr.String(), file, "permission", "--data")
}
