package api

import (
	"cmp"
	"net/http"
	"strings"

	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/government"
)

// serve lets the governing scenario have its say before the handler.
func serve(o operation, parameters []string) rest.Handler {
	return func(c *rest.Call) (rest.Reply, error) {
		act := c.Work.(work).Act
		act.Caller = c.Caller
		d, err := government.Inject(act, asked(c, o, parameters))
		if err != nil {
			return rest.Reply{}, err
		}
		c.Scenario, c.Notice = d.Scenario, d.Notice
		c.Customer = cmp.Or(c.Named, d.Customer, c.Customer)
		reply, err := government.Under(act, d, func() (rest.Reply, error) { return o.handle(c, act) })
		c.Rules = act.Rules
		if fault := faultOf(d); fault != nil {
			reply.Fault = fault
		}
		return reply, err
	}
}

func faultOf(d government.Injection) *rest.Fault {
	if d.Fault == nil {
		return nil
	}
	return &rest.Fault{
		Kind: d.Fault.Kind, Delay: d.Delay, Status: d.Fault.Status, Body: d.Fault.Body,
		Header: d.Fault.Headers, RetryAfter: d.Fault.RetryAfter, Rule: d.Rule,
	}
}

// asked says what a call says about itself: by its path, and without a path that
// says more by its body. With one, what a body names may be somebody else, such as
// the payee's customer.
func asked(c *rest.Call, o operation, parameters []string) government.Asked {
	asked := government.Asked{Operation: c.Operation.ID, Scenario: c.Header.Get(headers.Scenario), Details: detailsOf(c, o.tells)}
	if o.names != nil {
		asked = o.names(c, asked)
	}
	if asked.Registers {
		return asked
	}
	read := c.Path
	if !strings.Contains(c.Operation.Path, "{") {
		read = func(name string) string { return c.Body.Str(name) }
	}
	for _, name := range parameters {
		if value := read(name); value != "" {
			asked.Names = append(asked.Names, government.Named{Parameter: name, Value: value})
		}
	}
	return asked
}

func detailsOf(c *rest.Call, tells func(*rest.Call, *government.Details)) func() government.Details {
	return func() government.Details {
		d := government.Details{Method: c.Operation.Method, Path: c.URL()}
		if tells != nil {
			tells(c, &d)
		}
		return d
	}
}

// misnamed finds a header that is nearly called as the one that chooses a scenario.
func misnamed(header http.Header) string {
	for name := range header {
		if name != headers.Scenario && (strings.Contains(name, "Scen") || strings.HasPrefix(name, "X-Sandbox")) {
			return name
		}
	}
	return ""
}
