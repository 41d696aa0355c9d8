package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"finhub-sandbox/internal/client"
)

type explainCommand struct {
	remote
	What     []string `arg:"" optional:"" help:"An operationId, the code of a refusal, method and path of a call, the value of X-Sandbox-Explain, or the number of a request in the journal."`
	Request  int64    `help:"Request whose outcome is explained, by its number in the journal." placeholder:"N"`
	Customer string   `help:"Customer for whom the operation would be called." placeholder:"ID"`
	Order    string   `help:"Order, for an operation on one." placeholder:"ID"`
}

func (c explainCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	query, err := c.query()
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	reply, err := client.ExplainCall.With(query).Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, printExplanation)
}

// query reads what is to be explained.
func (c explainCommand) query() (map[string]string, error) {
	query := map[string]string{"customer": c.Customer, "order": c.Order}
	if c.Request != 0 {
		query["request"] = strconv.FormatInt(c.Request, 10)
	}
	if len(c.What) == 0 {
		if c.Request == 0 {
			return nil, errors.New("what is to be explained? Name an operationId, the code of a refusal, method and path, or the number of a request (finhub-sandbox journal)")
		}
		return query, nil
	}
	first := c.What[0]
	_, asked, whole := strings.Cut(first, "/_sandbox/explain?")
	switch {
	case whole:
		values, err := url.ParseQuery(asked)
		for name := range values {
			query[name] = values.Get(name)
		}
		return query, err
	case len(c.What) == 2:
		query["method"] = strings.ToUpper(first)
		query["path"] = c.What[1]
	case len(c.What) > 2:
		return nil, fmt.Errorf("one thing is explained at a time: an operationId, a code, or method and path, not %d words", len(c.What))
	case strings.Trim(first, "0123456789") == "":
		query["request"] = first
	case strings.HasPrefix(first, "/"):
		query["path"] = first
	case first == strings.ToUpper(first):
		query["refusal"] = first
	default:
		query["operation"] = first
	}
	return query, nil
}

func printExplanation(p *printer, v client.Explanation) {
	customer := ""
	if v.Customer != nil {
		customer = v.Customer.ID + ", " + v.Customer.Type + ", " + v.Customer.State
	}
	p.pairs([][2]string{
		{"tenant", v.Tenant}, {"request", requestSpoken(v.Request)}, {"operation", spoken(v.Operation)}, {"customer", customer},
	}...)
	if v.Request != nil {
		for _, r := range v.Request.Rules {
			p.line("rule %q of scenario %s acted: %s:%d", r.Name, r.Scenario, r.File, r.Line)
		}
	}
	if v.Possible {
		p.line("nothing is in the way")
	}
	if rows := prerequisiteRows(v.Prerequisites); len(rows) > 0 {
		p.table([]string{"PREREQUISITE", "MET", "STATE", "REFUSAL", "WHAT TO DO"}, rows)
	}
	if r := v.Refusal; r != nil {
		p.line("%s (%d): %s. %s", r.Code, r.Status, r.Message, r.Hint)
		if r.Together {
			p.line("all of these are needed:")
		}
		for _, call := range r.Calls {
			p.line("  %s", spoken(&call))
		}
		if r.Reason != "" {
			p.line("  no call meets it: %s", r.Reason)
		}
	}
	if v.Nearest != nil {
		p.line("nothing answers there; the nearest is %s", spoken(v.Nearest))
	}
	if d := v.Documented; d != nil {
		p.line("FinHub documents %s %s (%s): %s; see %s", d.Method, d.Path, strings.Join(d.Generations, ", "), d.About, d.Page)
		if d.Instead != nil {
			p.line("  instead: %s", spoken(d.Instead))
		}
	}
}

// requestSpoken words what came of a request; nothing without one.
func requestSpoken(r *client.ExplainedRequest) string {
	if r == nil {
		return ""
	}
	text := fmt.Sprintf("%d, %s %s, ", r.Number, r.Method, r.Path)
	switch r.Outcome {
	case "pending":
		return text + "which is still being answered"
	case "refused":
		text += fmt.Sprintf("was refused: %d %s", r.Status, r.Refusal)
		if r.Details != "" {
			text += ", " + r.Details
		}
		return text
	case "faulted":
		return text + fmt.Sprintf("was not refused: its reply met the fault %s", r.Fault)
	}
	return text + fmt.Sprintf("was not refused: %d", r.Status)
}

func prerequisiteRows(list []client.ExplainedPrerequisite) (rows [][]string) {
	for _, n := range list {
		rows = append(rows, prerequisiteRow(n.Name, n.Met, n.Blocking, n.State, n.Refusal, n.Reason, n.Calls))
		for _, part := range n.Parts {
			rows = append(rows, prerequisiteRow("  "+part.Name, part.Met, part.Blocking, part.State, part.Refusal, part.Reason, part.Calls))
		}
	}
	return rows
}

func prerequisiteRow(name string, isMet, blocking bool, state, code, todo string, calls []client.Suggestion) []string {
	met := "yes"
	switch {
	case !isMet && blocking:
		met = "no"
	case !isMet:
		met = "no, told only"
	}
	if len(calls) > 0 {
		todo = spoken(&calls[0])
	}
	if extra := len(calls) - 1; extra > 0 {
		todo += fmt.Sprintf(" (and %d more)", extra)
	}
	return []string{name, met, state, code, todo}
}

// spoken words a call; nothing without one.
func spoken(s *client.Suggestion) string {
	if s == nil {
		return ""
	}
	return s.Method + " " + s.Path + ": " + s.Why
}
