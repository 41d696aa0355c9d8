package rest

import (
	"slices"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
)

// judgement is what a request shows by itself, whoever sends it and however its
// tenant stands.
type judgement struct {
	// err is why the body could not be read.
	err error
	// params and body are what is wrong with them; nearest is the form of the body
	// against which the latter is.
	params, body []refusal.Fault
	nearest      string
	// keyless is set where the body lacks no more than the key of a tenant; with is
	// what is wrong with it then.
	keyless bool
	with    []refusal.Fault
	// past are the dates that must lie in the past of the tenant's clock.
	past []contract.Member
}

// readParams holds the parameters of path and query to the document.
func (s *Server) readParams(c *Call) error {
	for _, v := range c.Operation.CheckParams(func(in, name string) (string, bool) {
		if in == "path" {
			return c.Path(name), true
		}
		return c.Query(name), c.query.Has(name)
	}) {
		c.judged.params = append(c.judged.params, refusal.Fault{Field: v.In + "." + v.Field, Message: v.Message})
	}
	return nil
}

// readBody reads the body and holds it to the document.
func (s *Server) readBody(c *Call) error {
	text, err := readBody(c)
	if c.judged.err = err; err != nil {
		c.Malformed = true
		return nil
	}
	if len(text) == 0 {
		if c.Operation.BodyRequired && c.Text == nil {
			c.judged.body = []refusal.Fault{{Field: "body", Message: "is required"}}
		}
		return nil
	}
	if c.Operation.RawBody || c.Operation.OwnBody {
		c.Raw = text
	}
	if c.Operation.OwnBody {
		return nil
	}
	value, sent, faults, err := readJSON(c, text)
	if c.judged.err, c.judged.body = err, faults; err != nil || len(faults) > 0 {
		c.Malformed = value == nil
		return nil
	}
	c.Body, _ = value.(map[string]any)
	if list, ok := value.([]any); ok {
		c.List = objects(list)
	}
	c.judged.judge(c, value, sent)
	return nil
}

// readJSON decodes a body, and tells what no form of it could have.
func readJSON(c *Call, text []byte) (value any, sent contract.Sent, faults []refusal.Fault, err error) {
	sent.Path = c.Path
	plain, err := checkBounds(text, c.Operation.MaxBody > 0)
	if err != nil {
		return nil, sent, nil, err
	}
	if !plain {
		if sent.Numbers, faults = oddNumbers(text); len(faults) > 0 {
			return nil, sent, faults, nil
		}
	}
	if value, err = decode(text); err != nil {
		return nil, sent, nil, err
	}
	return value, sent, tidy(text, value), nil
}

// judge holds a decoded body to the forms that the operation knows.
func (j *judgement) judge(c *Call, value any, sent contract.Sent) {
	o := c.Operation
	nearest, violations := o.CheckBody(value, sent)
	j.nearest, j.body = nearest, bodyFaults(violations)
	if j.keyless = len(violations) > 0 && o.FitsRelaxed(value, sent); len(violations) > 0 && !j.keyless {
		return
	}
	j.with = bodyFaults(slices.Concat(o.CheckRepeats(value, c.Path), o.CheckSame(value), o.CheckSizes(value)))
	if !j.keyless {
		j.body = j.with
	}
	j.past = o.PastDates(value)
}

func bodyFaults(violations []contract.Violation) (faults []refusal.Fault) {
	for _, v := range violations {
		faults = append(faults, refusal.Fault{Field: v.Field, Pointer: v.Pointer, Message: v.Message})
	}
	return faults
}

// refuseViolations refuses what is wrong with parameters and body, all at once.
func (s *Server) refuseViolations(c *Call) error {
	j := &c.judged
	if j.err != nil {
		return j.err
	}
	body := j.body
	if j.keyless && c.Work != nil && c.Work.Keyless() {
		body = j.with
	}
	if len(body) == 0 && c.Work != nil {
		for _, d := range j.past {
			if err := c.Work.Past(d.Text); err != nil {
				body = append(body, refusal.Fault{Field: d.Field(), Pointer: d.Pointer, Message: err.Error()})
			}
		}
	}
	nearest := j.nearest
	if len(body) == 0 {
		nearest = ""
	}
	return refusal.InvalidAs(nearest, slices.Concat(j.params, body))
}
