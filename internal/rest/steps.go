package rest

import (
	"fmt"
	"runtime/debug"

	"finhub-sandbox/internal/domain/refusal"
)

// step is one thing that happens to a request before it is answered. An error ends
// the request: nothing behind it happens.
type step struct {
	name string
	of   scope
	do   func(*Server, *Call) error
}

// scope says what takes a step: each is within the one before.
type scope int

const (
	// everything is also files, OPTIONS, and what nothing answers.
	everything scope = iota
	operations
	// product are the operations of APIs that are not open.
	product
)

func (c *Call) scope() scope {
	switch {
	case c.Operation == nil:
		return everything
	case c.api.open:
		return operations
	}
	return product
}

// steps are what happens to a request, in order, until one refuses it; ServeHTTP
// has what happens to the reply.
var steps = []step{
	{"route", everything, (*Server).findRoute},
	{"host", everything, (*Server).checkHost},
	{"text", everything, (*Server).checkText},
	{"page", everything, (*Server).checkPage},
	{"token", everything, (*Server).checkToken},
	{"headers", operations, (*Server).checkHeaders},
	{"required headers", product, (*Server).requireHeaders},
	{"tenant", operations, (*Server).findTenant},
	{"caller", product, (*Server).identifyCaller},
	{"permission", product, (*Server).authorize},
	{"parameters", operations, (*Server).checkParams},
	{"body", operations, (*Server).checkBody},
	{"violations", operations, (*Server).refuseViolations},
	{"disturbance", product, (*Server).disturb},
	{"answer", everything, (*Server).callHandler},
}

// take takes a request through the steps, to the one that refuses it or to the
// last. A panic is an internal error.
func (s *Server) take(c *Call) (err error) {
	defer recovered(&err)
	for i := range steps {
		if steps[i].of > c.scope() {
			continue
		}
		c.Step = steps[i].name
		if err := steps[i].do(s, c); err != nil {
			return err
		}
	}
	return nil
}

// recovered makes an error of a panic; it is deferred.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

// refuseViolations refuses what is wrong with parameters and body, all at once.
func (s *Server) refuseViolations(c *Call) error { return refusal.InvalidAs(c.nearest, c.violations) }

// disturb asks what goes wrong with a request of the product.
func (s *Server) disturb(c *Call) (err error) {
	if s.Disturb != nil {
		c.Fault, err = s.Disturb(c)
	}
	return err
}

// callHandler lets the handler answer, unless a fault does.
func (s *Server) callHandler(c *Call) (err error) {
	if c.Fault.answersItself() {
		return nil
	}
	if c.reply, err = c.route.handler(c); c.reply.Fault != nil {
		c.Fault = c.reply.Fault
	}
	return err
}
