package main

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/recording"
)

type bugCommands struct {
	Start bugStartCommand `cmd:"" help:"Record what happens in a tenant from now on."`
	Save  bugSaveCommand  `cmd:"" help:"Save what was recorded as a bug file, without its secrets; the recording goes on."`
	Stop  bugStopCommand  `cmd:"" help:"Record no more, and forget what was recorded."`
}

type (
	bugStartCommand struct{ remote }
	bugStopCommand  struct{ remote }
)

type bugSaveCommand struct {
	remote
	File string `arg:"" help:"File to write, readable by its owner alone." placeholder:"FILE"`
}

type replayCommand struct {
	File string `arg:"" help:"Bug file to play; - is standard input." placeholder:"FILE"`
	JSON bool   `help:"Print what came of it as JSON." name:"json"`
}

func (c bugStartCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.StartRecording.Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, printRecording("is recorded"))
}

func (c bugStopCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.StopRecording.Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, printRecording("is recorded no more"))
}

func printRecording(how string) func(*printer, client.Recording) {
	return func(p *printer, r client.Recording) {
		p.line("tenant %s %s: %d requests, %d of %d bytes", r.Tenant, how, r.Requests, r.Bytes, r.MaxBytes)
		printIncomplete(p, r.Incomplete)
	}
}

func printIncomplete(p *printer, why []string) {
	for _, w := range why {
		p.line("not complete: %s", w)
	}
}

func (c bugSaveCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	var saved strings.Builder
	err := stateExportCommand{File: c.File}.write(stdout, func(to io.Writer) error {
		return client.SaveRecording.Copy(ctx, c.client(), io.MultiWriter(to, &saved))
	})
	if err != nil {
		return fail(stderr, exitOf(err), err.Error())
	}
	f, err := recording.Read([]byte(saved.String()))
	if err != nil {
		return fail(stderr, exitFailed, c.File+" "+err.Error())
	}
	view := map[string]any{"file": c.File, "tenant": f.Tenant, "requests": f.Requests(), "bytes": saved.Len(), "incomplete": f.Incomplete}
	return printed(c.JSON, view, stdout, stderr, exitOK, func(p *printer) {
		p.line("%s has %d requests of tenant %s in %d bytes", c.File, f.Requests(), f.Tenant, saved.Len())
		printIncomplete(p, f.Incomplete)
	})
}

// printed prints something that no sandbox has said, and gives the exit code.
func printed(asJSON bool, view any, stdout, stderr io.Writer, code int, table func(*printer)) int {
	p := &printer{out: stdout}
	if !asJSON {
		table(p)
		return code
	}
	text, err := json.Marshal(view)
	if err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	p.line("%s", text)
	return code
}

// run exits with 1 where the run parts from the recorded one, and with 2 if the file cannot
// be played.
func (c replayCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	text, err := readFile(c.File)
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	f, err := recording.Read(text)
	if err != nil {
		return fail(stderr, exitUsage, c.File+" "+err.Error())
	}
	out, err := app.Replay(ctx, f, version)
	if err != nil {
		return fail(stderr, exitUsage, c.File+" cannot be played: "+app.Explain(err, ""))
	}
	code := exitOK
	if out.Parts != nil {
		code = exitFailed
	}
	return printed(c.JSON, out, stdout, stderr, code, func(p *printer) { printReplayed(p, out) })
}

func printReplayed(p *printer, out app.Replayed) {
	printIncomplete(p, out.Incomplete)
	if out.Parts == nil {
		p.line("%d of %d requests were played, and every reply is what it was", out.Requests, out.Recorded)
		return
	}
	p.line("request %d of %d parts from the recorded run: %s %s", out.Parts.Request, out.Recorded, out.Parts.Method, out.Parts.Target)
	if out.Parts.Why != "" {
		p.line("  %s", out.Parts.Why)
	}
	for _, d := range out.Parts.Differences {
		p.line("  %s\n    expected %s\n    got      %s", d.Pointer, d.Expected, d.Got)
	}
	if out.Version != version {
		p.line("it was recorded by version %s, and this is %s", out.Version, version)
	}
}
