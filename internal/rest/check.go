package rest

import (
	"slices"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
)

// checkParams holds the parameters of path and query to the document.
func (s *Server) checkParams(c *Call) error {
	for _, v := range c.Operation.CheckParams(func(in, name string) (string, bool) {
		if in == "path" {
			return c.Path(name), true
		}
		return c.Query(name), c.query.Has(name)
	}) {
		c.violations = append(c.violations, refusal.Fault{Field: v.In + "." + v.Field, Message: v.Message})
	}
	return nil
}

// checkBody reads the body and holds it to the document.
func (s *Server) checkBody(c *Call) error {
	text, err := readBody(c)
	if err != nil {
		return err
	}
	if len(text) == 0 {
		if c.Operation.BodyRequired && c.Text == nil {
			c.violations = append(c.violations, refusal.Fault{Field: "body", Message: "is required"})
		}
		return nil
	}
	value, sent, faults, err := readJSON(c, text)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		c.Body, _ = value.(map[string]any)
		if list, ok := value.([]any); ok {
			c.List = objects(list)
		}
		faults = s.bodyFaults(c, value, sent)
	}
	c.violations = append(c.violations, faults...)
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

// bodyFaults holds a decoded body to the forms that the operation knows.
func (s *Server) bodyFaults(c *Call, value any, sent contract.Sent) (faults []refusal.Fault) {
	o := c.Operation
	nearest, violations := o.CheckBody(value, sent)
	if len(violations) > 0 && o.FitsRelaxed(value, sent) && s.Keyless(c.Tenant) {
		violations = nil
	}
	if len(violations) == 0 {
		violations = slices.Concat(o.CheckRepeats(value, c.Path), o.CheckSame(value), o.CheckSizes(value))
	}
	for _, v := range violations {
		faults = append(faults, refusal.Fault{Field: v.Field, Pointer: v.Pointer, Message: v.Message})
	}
	if len(faults) == 0 {
		for _, d := range o.PastDates(value) {
			if err := s.Past(c.Tenant, d.Text); err != nil {
				faults = append(faults, refusal.Fault{Field: d.Field(), Pointer: d.Pointer, Message: err.Error()})
			}
		}
	}
	if len(faults) > 0 {
		c.nearest = nearest
	}
	return faults
}
