package rest

import (
	"fmt"
	"runtime/debug"
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
// has what happens to the reply. What depends on the state of the tenant is within
// the act: parameters and body are read before, however long their sender takes,
// and are refused there, when it is known who sends them.
var steps = []step{
	{"route", everything, (*Server).findRoute},
	{"witness", everything, (*Server).noteCame},
	{"host", everything, (*Server).checkHost},
	{"text", everything, (*Server).checkText},
	{"page", everything, (*Server).checkPage},
	{"token", everything, (*Server).checkToken},
	{"headers", operations, (*Server).checkHeaders},
	{"parameters", operations, (*Server).readParams},
	{"body", operations, (*Server).readBody},
}

// acts are the steps within the one transaction of a request.
var acts = []step{
	{"required headers", product, (*Server).requireHeaders},
	{"tenant", operations, (*Server).findTenant},
	{"caller", product, (*Server).identifyCaller},
	{"permission", product, (*Server).authorize},
	{"violations", operations, (*Server).refuseViolations},
	{"answer", everything, (*Server).callHandler},
}

// take takes a request through the steps, to the one that refuses it or to the
// last. A panic is an internal error.
func (s *Server) take(c *Call) (err error) {
	defer recovered(&err)
	if err := s.walk(c, steps); err != nil {
		return err
	}
	if s.Turn != nil && c.witnessed {
		ctx, end, err := s.Turn(c.Context(), &c.Exchange)
		if err != nil {
			return err
		}
		defer end()
		if ctx != c.Context() {
			c.request = c.request.WithContext(ctx)
		}
	}
	if c.scope() != product {
		return s.walk(c, acts)
	}
	return s.Within(c, s.within)
}

// takeWithin takes a request through the steps of its transaction.
func (s *Server) takeWithin(c *Call, w Work) (err error) {
	defer recovered(&err)
	c.Work = w
	return s.walk(c, acts)
}

func (s *Server) walk(c *Call, steps []step) error {
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

// callHandler lets the handler answer, and with it the fault that it has found.
func (s *Server) callHandler(c *Call) (err error) {
	c.reply, err = c.route.handler(c)
	c.Fault = c.reply.Fault
	return err
}
