package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"finhub-sandbox/internal/client"
)

type journalCommands struct {
	List journalListCommand `cmd:"" default:"withargs" help:"List the last requests, the oldest first."`
	Show journalShowCommand `cmd:"" help:"Show one request and its reply."`

	Replay journalReplayCommand `cmd:"" help:"Send one request again, and show what comes beside what came."`
}

// journalFilter says which entries are meant.
type journalFilter struct {
	Operation string `help:"Requests of this operation only." placeholder:"NAME"`
	Status    string `help:"Requests answered with this status, or a class of them such as 4xx." placeholder:"STATUS"`
	Refusal   string `help:"Requests refused with this code." placeholder:"CODE"`
	Customer  string `help:"Requests that concern this customer." placeholder:"ID"`
	Text      string `help:"Requests that have this text somewhere." placeholder:"TEXT"`
	Since     string `help:"Requests that came so long ago at most, in real time." placeholder:"TIME"`
}

func (f journalFilter) query() map[string]string {
	return map[string]string{
		"operation": f.Operation, "status": f.Status, "refusal": f.Refusal, "customerId": f.Customer, "text": f.Text, "since": f.Since,
	}
}

type journalListCommand struct {
	remote
	journalFilter
	Follow bool   `help:"Go on with the requests that come, until Ctrl-C; with --format table, json or ndjson."`
	Limit  int    `help:"At most so many, the newest." default:"100" placeholder:"N"`
	Format string `help:"Form: ${enum}. har is an HTTP archive, curl are commands." enum:"table,json,ndjson,har,curl" default:"table"`
}

type journalShowCommand struct {
	remote
	Number int64 `arg:"" help:"Number of the entry."`
}

func (c journalListCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	query := c.query()
	query["limit"] = strconv.Itoa(c.Limit)
	if c.Follow {
		return c.follow(ctx, query, stdout, stderr)
	}
	switch c.Format {
	case "table":
	case "json":
		c.JSON = true
	default:
		query["format"] = c.Format
	}
	reply, err := client.ListJournal.With(query).Call(ctx, c.client(), nil)
	if query["format"] != "" && err == nil {
		_, _ = fmt.Fprintln(stdout, strings.TrimSuffix(string(reply), "\n"))
		return exitOK
	}
	return show(c.remote, reply, err, stdout, stderr, printJournal)
}

func (c journalShowCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.GetJournalEntry.Call(ctx, c.client(), nil, strconv.FormatInt(c.Number, 10))
	return show(c.remote, reply, err, stdout, stderr, printEntry)
}

type journalReplayCommand struct {
	remote
	Number int64  `arg:"" help:"Number of the entry."`
	Token  string `help:"Token in place of the one that it had; that of staff is the administrator's without." placeholder:"TOKEN"`
}

func (c journalReplayCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	body := map[string]string{}
	if c.Token != "" {
		body["token"] = c.Token
	}
	reply, err := client.ReplayRequest.Call(ctx, c.client(), body, strconv.FormatInt(c.Number, 10))
	return show(c.remote, reply, err, stdout, stderr, printRepeated)
}

// printRepeated shows what came then beside what came now.
func printRepeated(p *printer, r client.ReplayedRequest) {
	p.line("%s %s", r.Now.Method, r.Now.Path)
	p.table([]string{"", "NUMBER", "STATUS", "REFUSAL", "DETAILS"}, [][]string{
		{"then", fmt.Sprint(r.Then.Number), statusOf(&r.Then), r.Then.Refusal, r.Then.Details},
		{"now", fmt.Sprint(r.Now.Number), statusOf(&r.Now), r.Now.Refusal, r.Now.Details},
	})
	if r.Same {
		p.line("the same came")
		return
	}
	p.line("\nthen\n%s\n\nnow\n%s", r.Then.Reply.Body, r.Now.Reply.Body)
}

func printJournal(p *printer, j client.Journal) {
	if j.Omitted > 0 {
		p.line("The newest; %d more fit:", j.Omitted)
	}
	rows := make([][]string, 0, len(j.Entries))
	for i := range j.Entries {
		rows = append(rows, entryRow(&j.Entries[i]))
	}
	p.table([]string{"NUMBER", "AT", "STATUS", "OPERATION", "REFUSAL", "RULE", "PATH"}, rows)
}

func entryRow(e *client.JournalEntry) []string {
	operation := e.Operation
	if operation == "" {
		operation = e.Method
	}
	return []string{fmt.Sprint(e.Number), e.At, statusOf(e), operation, e.Refusal, strings.Join(rulesOf(e), ","), e.Path}
}

// statusOf is the status of a reply, or why there is none.
func statusOf(e *client.JournalEntry) string {
	switch {
	case !e.Finished:
		return "pending"
	case e.Status == 0:
		return "none"
	}
	return strconv.Itoa(e.Status)
}

// rulesOf names the rules that acted, with the lines at which they stand.
func rulesOf(e *client.JournalEntry) (list []string) {
	for _, r := range e.Rules {
		list = append(list, fmt.Sprintf("%s:%d", r.File, r.Line))
	}
	return list
}

func printEntry(p *printer, e client.JournalEntry) {
	took := ""
	if e.Finished {
		took = fmt.Sprintf("%.3f ms", e.TookMilliseconds)
	}
	p.pairs([][2]string{
		{"number", fmt.Sprint(e.Number)}, {"at", e.At}, {"instant", e.Instant}, {"took", took}, {"operation", e.Operation},
		{"status", statusOf(&e)}, {"refusal", e.Refusal}, {"details", e.Details}, {"step", e.Step}, {"scenario", e.Scenario},
		{"rules", strings.Join(rulesOf(&e), ", ")}, {"fault", e.Fault}, {"notice", e.Notice}, {"customer", e.CustomerID},
		{"caller", e.Caller}, {"request id", e.RequestID}, {"traceparent", e.Traceparent},
	}...)
	for _, v := range e.Violations {
		p.line("  %s %s", v.Field, v.Message)
	}
	target := e.Path
	if e.Query != "" {
		target += "?" + e.Query
	}
	p.line("\n%s %s", e.Method, target)
	printMessage(p, e.Request)
	p.line("\n%s", statusOf(&e))
	printMessage(p, e.Reply)
}

func printMessage(p *printer, m client.JournalMessage) {
	for _, h := range m.Headers {
		p.line("%s: %s", h.Name, h.Value)
	}
	if m.Body != "" {
		p.line("\n%s", m.Body)
	}
	if m.Cut {
		p.line("… of %d bytes, SHA-256 %s", m.Bytes, m.Sha256)
	}
}
