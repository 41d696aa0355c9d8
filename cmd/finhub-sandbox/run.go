package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/coverage"
)

// runnerCommand runs another command against a sandbox of its own, and tells it where
// that is in its environment.
type runnerCommand struct {
	Addr   string `help:"Address to listen on; a free port if left out." default:"127.0.0.1:0" placeholder:"HOST:PORT"`
	Tenant string `help:"Tenant that the command is told of." default:"sandbox" env:"SANDBOX_TENANT"`
	sandboxFlags
	Command []string `arg:"" passthrough:"" help:"The command with its arguments, after --." placeholder:"-- COMMAND"`
}

// graceTime is how long a command that was asked to end may take.
const graceTime = 5 * time.Second

func (c runnerCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	command := c.Command
	if len(command) > 0 && command[0] == "--" {
		command = command[1:]
	}
	if len(command) == 0 {
		return fail(stderr, exitUsage, "there is no command to run: finhub-sandbox run -- npm test")
	}
	if _, err := exec.LookPath(command[0]); err != nil {
		return fail(stderr, exitUsage, fmt.Sprintf("%s cannot be run: %v", command[0], errors.Unwrap(err)))
	}
	config := c.configAt(c.Addr)
	config.Quiet = true // The output is the command's.
	sandbox, listeners, err := open(config, stderr)
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	if config.LogFormat == app.LogJSON {
		sandbox.Greet(stderr, listeners)
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- sandbox.Serve(serving, listeners) }()
	code, err := execute(ctx, command, environment(config.Environment(listeners, c.Tenant)), stdout, stderr)
	printMet(&printer{out: stderr}, sandbox.Coverage().Whole())
	stop()
	if err = errors.Join(err, <-served, sandbox.Close()); err != nil {
		return fail(stderr, max(code, exitFailed), err.Error())
	}
	return code
}

// mostRefusals is how many refusals are told at the end of a run.
const mostRefusals = 10

// printMet says what the command has met of the sandbox; nothing of one that has not
// called it.
func printMet(p *printer, report *coverage.Report) {
	if report.Requests == 0 {
		return
	}
	p.line("finhub-sandbox: %s", report.Line())
	list := report.Refused()
	for _, one := range list[:min(len(list), mostRefusals)] {
		p.line("  refused %d× with %s: finhub-sandbox explain %s", one.Count, one.Name, one.Name)
	}
	if more := len(list) - mostRefusals; more > 0 {
		p.line("  and with %d codes more", more)
	}
	for _, h := range report.Habits {
		p.line("  %s of %s, %s: %s", h.Name, h.Operation, h.Often(), h.Instead)
	}
}

// environment is ours with more variables, which come last and therefore hold.
func environment(more map[string]string) []string {
	list := os.Environ()
	for _, name := range slices.Sorted(maps.Keys(more)) {
		list = append(list, name+"="+more[name])
	}
	return list
}

// execute runs a command to its end and gives its exit code: that of shells for one
// that a signal ended. Who is asked to end passes that on, and waits a little.
func execute(ctx context.Context, command, environment []string, stdout, stderr io.Writer) (int, error) {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Env, c.Stdin, c.Stdout, c.Stderr = environment, os.Stdin, stdout, stderr
	c.Cancel = func() error { return askToEnd(c.Process) }
	c.WaitDelay = graceTime
	err := c.Run()
	var exited *exec.ExitError
	if errors.As(err, &exited) {
		return exitCodeOf(exited.ProcessState), nil
	}
	if err != nil {
		return exitFailed, fmt.Errorf("%s: %w", command[0], err)
	}
	return exitOK, nil
}
