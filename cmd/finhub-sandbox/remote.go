package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"finhub-sandbox/internal/client"
)

// remote is how a command reaches a running sandbox, and how it prints.
type remote struct {
	Addr         string `help:"Address of the sandbox's control API." default:"localhost:8080" env:"SANDBOX_CONTROL_ADDR,SANDBOX_ADDR" placeholder:"HOST:PORT"`
	Tenant       string `help:"Tenant on which to act; the sandbox's default if left out." env:"SANDBOX_TENANT"`
	ControlToken string `help:"Token of the control API, if the sandbox asks for one." env:"SANDBOX_CONTROL_TOKEN" placeholder:"TOKEN"`
	JSON         bool   `help:"Print the sandbox's answer as JSON." name:"json"`
}

func (r remote) client() client.Client {
	return client.Client{Addr: r.Addr, Tenant: r.Tenant, Token: r.ControlToken}
}

// show prints a reply: as JSON for scripts, else as table prints what was
// decoded from it.
func show[T any](r remote, reply client.Reply[T], err error, stdout, stderr io.Writer, table func(*printer, T)) int {
	if err != nil {
		code := fail(stderr, exitOf(err), err.Error())
		r.hint(err, stderr)
		return code
	}
	defer r.hint(nil, stderr)
	if r.JSON {
		_, _ = fmt.Fprintln(stdout, strings.TrimSpace(string(reply)))
		return exitOK
	}
	view, err := reply.Decode()
	if err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	p := &printer{out: stdout}
	table(p, view)
	return exitOK
}

// hintTime is how long a sandbox may take to say whether somebody uses a tenant.
const hintTime = 2 * time.Second

// hint tells whoever has named a tenant that nobody has used it, since any name will do
// for one: a misspelt one is empty, and nothing else is wrong with it.
func (r remote) hint(err error, stderr io.Writer) {
	var refused *client.Refusal
	absent := errors.As(err, &refused) && refused.Status == http.StatusNotFound
	if r.Tenant == "" || r.Tenant == defaultTenant || err != nil && !absent {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), hintTime)
	defer cancel()
	reply, err := client.ListEvents.With(map[string]string{"limit": "1"}).Call(ctx, r.client(), nil)
	if err != nil {
		return // The command has its answer.
	}
	if list, err := reply.Decode(); err == nil && !list.Used {
		_, _ = fmt.Fprintf(stderr, "finhub-sandbox: tenant %s has nothing: nobody has used it yet; is it spelt as your application spells it?\n", list.Tenant)
	}
}

// defaultTenant is the tenant of whoever names none.
const defaultTenant = "sandbox"

// exitOf tells a mistake of whoever typed the command, such as a duration that is
// none or a name that nothing has, from what only the sandbox's state forbids.
func exitOf(err error) int {
	var refused *client.Refusal
	var addr *client.AddrError
	if errors.As(err, &addr) || errors.As(err, &refused) && (refused.Status == http.StatusBadRequest || refused.Status == http.StatusNotFound) {
		return exitUsage
	}
	return exitFailed
}

// printer prints tables for people. What cannot be printed is lost: the exit
// code is about the sandbox.
type printer struct{ out io.Writer }

func (p *printer) line(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format+"\n", args...) }

// table prints rows below a heading, in columns as wide as they need to be; an
// empty cell is a dash, so that every row has as many words as columns have
// values.
func (p *printer) table(heading []string, rows [][]string) {
	columns := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{heading}, rows...) {
		for i, cell := range row {
			if cell == "" {
				row[i] = "-"
			}
		}
		_, _ = fmt.Fprintln(columns, strings.Join(row, "\t"))
	}
	_ = columns.Flush()
}

// pairs prints names with their values; those without a value are left out.
func (p *printer) pairs(pairs ...[2]string) {
	columns := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, pair := range pairs {
		if pair[1] != "" {
			_, _ = fmt.Fprintf(columns, "%s\t%s\n", pair[0], pair[1])
		}
	}
	_ = columns.Flush()
}

// place is where a scenario has a mistake, as compilers print it.
type place struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

func (p place) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// mistakes gives the faults of a refused scenario, with the name that its file
// has here.
func mistakes(err error, file string) []place {
	var refused *client.Refusal
	if !errors.As(err, &refused) || refused.Code != "SCENARIO_INVALID" {
		return nil
	}
	var list []place
	for _, f := range refused.Errors {
		list = append(list, place{file, f.Line, f.Column, f.Message})
	}
	return list
}
