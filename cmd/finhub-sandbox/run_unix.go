//go:build unix

package main

import (
	"os"
	"syscall"
)

// signalled is what shells add to the number of the signal that ended a command.
const signalled = 128

func askToEnd(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

func exitCodeOf(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return signalled + int(status.Signal())
	}
	return state.ExitCode()
}
