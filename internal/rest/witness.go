package rest

import "net/http"

// noteCame tells the witness of a request, if there is one and it is about something.
func (s *Server) noteCame(c *Call) error {
	if s.Witness == nil || !s.telling(c) {
		return nil
	}
	c.witnessed = true
	s.Witness.Came(&c.Exchange)
	return nil
}

// telling reports whether something can be learned of a request: of one for an
// operation, unless that only shows something of the sandbox itself, and of one that
// nothing answers.
func (s *Server) telling(c *Call) bool {
	if c.Operation == nil {
		return c.route.refuses
	}
	return !c.api.open || c.Method != http.MethodGet && c.Method != http.MethodHead && !c.Operation.Looks
}

// noteGone tells the witness that an exchange is over.
func (s *Server) noteGone(c *Call) {
	if !c.witnessed {
		return
	}
	c.ReplyHeader = c.out.Header()
	switch {
	case c.out.keeps:
		c.SentText = c.out.copied
	case c.Sent == 0:
		c.SentText = nil
	}
	s.Witness.Gone(&c.Exchange)
	if c.text != nil {
		c.SentText = nil
		s.reuse(c.text)
	}
}
