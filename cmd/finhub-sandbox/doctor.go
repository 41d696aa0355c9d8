package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/alecthomas/kong"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/doctor"
)

// doctorCommand takes what serve takes, and starts nothing.
type doctorCommand struct {
	serveCommand
	Tenant string `help:"Tenant at whose clock it looks, if a sandbox runs; the sandbox's default if left out." env:"SANDBOX_TENANT"`
	JSON   bool   `help:"Print what is found as JSON." name:"json"`
}

// examined is the whole of what is found.
type examined struct {
	OK       bool             `json:"ok"`
	Version  string           `json:"version"`
	Findings []doctor.Finding `json:"findings"`
}

func (c doctorCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	findings := doctor.Subject{
		Config: c.config(), Tenant: c.Tenant, Variables: os.Environ(), Known: variables(), Now: app.Now,
	}.Examine(ctx)
	wrong := 0
	for _, f := range findings {
		if f.Result == doctor.Wrong {
			wrong++
		}
	}
	if c.JSON {
		text, err := json.Marshal(examined{wrong == 0, version, findings})
		if err != nil {
			return fail(stderr, exitFailed, err.Error())
		}
		_, _ = fmt.Fprintln(stdout, string(text))
	} else {
		printFindings(&printer{out: stdout}, findings)
	}
	if wrong > 0 {
		return fail(stderr, exitFailed, counted(wrong, "thing")+" to put right")
	}
	return exitOK
}

func printFindings(p *printer, findings []doctor.Finding) {
	var width int
	for _, f := range findings {
		width = max(width, len(f.Check))
	}
	for _, f := range findings {
		p.line("%-5s  %-*s  %s", f.Result, width, f.Check, f.Found)
		if f.Do != "" {
			p.line("%-5s  %-*s  → %s", "", width, "", f.Do)
		}
	}
}

// variables are the names of those that the program reads, whatever the command.
func variables() (names []string) {
	err := kong.Visit(model(), func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			names = append(names, flag.Envs...)
		}
		return next(nil)
	})
	if err != nil {
		panic(err) // Nothing of the above fails.
	}
	slices.Sort(names)
	return slices.Compact(names)
}
