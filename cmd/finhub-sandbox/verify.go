package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"finhub-sandbox/internal/client"
)

type verifyCommand struct {
	remote
	Operation string            `help:"Requests of this operation." placeholder:"NAME"`
	Where     map[string]string `help:"Members of the entry with their values, such as status=200." placeholder:"MEMBER=VALUE"`
	Body      string            `help:"What the request's body must have, as JSON." placeholder:"JSON"`
	InOrder   []string          `help:"Operations that must have been called one behind the other, separated by commas." placeholder:"NAME,..."`
	Count     *int              `help:"Exactly so many." placeholder:"N"`
	AtLeast   *int              `help:"At least so many; 1 if nothing else is said." placeholder:"N"`
	AtMost    *int              `help:"At most so many." placeholder:"N"`
	Never     bool              `help:"None."`
	Within    string            `help:"Wait so long for it, in real time." placeholder:"TIME"`
}

// expectation is the body of the call.
func (c verifyCommand) expectation() (client.Expectation, error) {
	e := client.Expectation{}
	set := func(name string, value any, given bool) {
		if given {
			e[name] = value
		}
	}
	set("operation", c.Operation, c.Operation != "")
	set("within", c.Within, c.Within != "")
	set("never", true, c.Never)
	for name, n := range map[string]*int{"count": c.Count, "atLeast": c.AtLeast, "atMost": c.AtMost} {
		set(name, n, n != nil)
	}
	if len(c.Where) > 0 {
		where := map[string]any{}
		for name, text := range c.Where {
			where[name] = valueOf(text)
		}
		e["where"] = where
	}
	if c.Body != "" {
		var body map[string]any
		if err := json.Unmarshal([]byte(c.Body), &body); err != nil {
			return nil, fmt.Errorf("--body is no JSON object: %w", err)
		}
		e["body"] = body
	}
	if len(c.InOrder) > 0 {
		var list []map[string]string
		for _, operation := range c.InOrder {
			list = append(list, map[string]string{"operation": operation})
		}
		e["inOrder"] = list
	}
	return e, nil
}

// valueOf reads a value as JSON if it is some, and else as a text.
func valueOf(text string) any {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	return value
}

func (c verifyCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	e, err := c.expectation()
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	reply, err := client.VerifyRequests.Call(ctx, c.client(), e)
	if code := show(c.remote, reply, err, stdout, stderr, printVerdict); code != exitOK {
		return code
	}
	if v, err := reply.Decode(); err != nil || !v.Holds {
		return exitFailed
	}
	return exitOK
}

func printVerdict(p *printer, v client.Verdict) {
	verdict := "It holds"
	if !v.Holds {
		verdict = "It does not hold"
	}
	p.line("%s: wanted %s, %d came.", verdict, v.Wanted, v.Count)
	if len(v.Nearest) == 0 {
		return
	}
	var rows [][]string
	for _, m := range v.Nearest {
		for _, d := range m.Differences {
			operation := m.Operation
			if operation == "" {
				operation = m.Method + " " + m.Path
			}
			rows = append(rows, []string{fmt.Sprint(m.Number), operation, d.Pointer, d.Expected, d.Got})
		}
	}
	p.line("\nThe nearest:")
	p.table([]string{"NUMBER", "OPERATION", "AT", "EXPECTED", "CAME"}, rows)
}
