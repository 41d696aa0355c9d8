package rest

import (
	"net/http"

	"finhub-sandbox/internal/domain/refusal"
)

// Documented is an operation that the product's documentation has, and the product's
// document has not: its caller is told so, and not that the path is wrong.
type Documented struct {
	// Path is under the base of the product's document, with parameters in braces.
	Method, Path string
	// About is what it does, in a few words, and Page where it is documented.
	About, Page string
	// Instead is the operationId of what does the same or comes nearest; empty is none.
	Instead string
	// Planned marks what the documentation itself only announces.
	Planned bool
}

// readDocumented makes places of what is documented and not served. Only requests that
// nothing answers come there.
func (s *Server) readDocumented() map[string]*place {
	places := map[string]*place{}
	if s.Documented == nil {
		return places
	}
	for _, d := range s.Documented() {
		path := s.Product.Base + echoPath(d.Path)
		p := places[path]
		if p == nil {
			p = newPlace(path)
			p.routes[http.MethodOptions] = &route{handler: s.tellMethods}
			places[path] = p
		}
		r := &route{handler: func(c *Call) (Reply, error) { return Reply{}, c.notSimulated(d) }, refuses: true}
		p.routes[d.Method] = r
		if d.Method == http.MethodGet {
			p.routes[http.MethodHead] = r
		}
	}
	return places
}

// notSimulated refuses what is documented and not served, before anything else of the
// request is looked at.
func (c *Call) notSimulated(d Documented) error {
	documented := "documented"
	if d.Planned {
		documented = "documented as planned"
	}
	e := refusal.New(refusal.NotSimulated, "%s %s (%s) is %s, and not simulated", c.Method, c.Exchange.Path, d.About, documented)
	e.WithData("page", d.Page)
	if near := c.api.document.Operation(d.Instead); near != nil {
		e.WithData("instead", near.ID).Suggest(near.ID, "the nearest operation, "+near.Summary)
	}
	return e
}
