//go:build !unix

package main

import "os"

func askToEnd(p *os.Process) error { return p.Kill() }

func exitCodeOf(state *os.ProcessState) int { return state.ExitCode() }
