// Package doctor examines what a sandbox needs where it is to be started, or runs: its
// address, its files, who can reach it, clocks and variables. It changes nothing.
package doctor

import (
	"context"
	"time"

	"finhub-sandbox/internal/app"
)

// Result says how bad a finding is.
type Result string

// The results. A note is worth knowing, and wrong is what keeps somebody from working.
const (
	OK    Result = "ok"
	Note  Result = "note"
	Wrong Result = "wrong"
)

// Finding is what one check has found.
type Finding struct {
	Check  string `json:"check"`
	Result Result `json:"result"`
	Found  string `json:"found"`
	// Do is what to do about it.
	Do string `json:"do,omitzero"`
}

// Subject is what is examined.
type Subject struct {
	// Config is that of a start.
	Config app.Config
	// Tenant is whose clock is looked at; empty is the sandbox's default.
	Tenant string
	// Variables are those of the environment, as os.Environ gives them, and Known the
	// names of those that the program reads.
	Variables, Known []string
	// Now is the wall clock.
	Now func() time.Time
}

// examination is a subject with what has been found so far.
type examination struct {
	Subject
	findings []Finding
	// running is the sandbox that answers at the subject's control address; nil is none.
	running *answer
}

// Examine makes every check, each with one finding or more.
func (s Subject) Examine(ctx context.Context) []Finding {
	e := &examination{Subject: s}
	e.addresses(ctx)
	e.data()
	e.scenarios(ctx)
	e.reach(ctx)
	e.clock(ctx)
	e.environment()
	return e.findings
}

func (e *examination) add(check string, result Result, found, do string) {
	e.findings = append(e.findings, Finding{check, result, found, do})
}

// control is the address of the control API.
func (e *examination) control() string {
	if e.Config.ControlAddr != "" {
		return e.Config.ControlAddr
	}
	return e.Config.Addr
}
