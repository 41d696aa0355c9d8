package rest

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
)

// spellPath encodes a path as the router knows it: a letter that a client has
// percent-encoded is that letter (RFC 3986, 6.2.2.2). A slash within a segment
// stays encoded.
func spellPath(u *url.URL) {
	if u.RawPath == "" {
		return
	}
	segments := strings.Split(u.RawPath, "/")
	for i, segment := range segments {
		if text, err := url.PathUnescape(segment); err == nil {
			segments[i] = url.PathEscape(text)
		}
	}
	u.RawPath = strings.Join(segments, "/")
}

// route is what answers a method on a path.
type route struct {
	// api and operation are nil for what no document describes: files, OPTIONS, and
	// the route of what nothing answers.
	api       *api
	operation *contract.Operation
	door      door
	handler   Handler
	// page answers by itself where nothing refuses, without an envelope; nil leaves that
	// to the handler.
	page http.Handler
	// refuses tells that nothing is served here: the handler says what there is.
	refuses bool
}

// place is a path at which something answers.
type place struct {
	// segments are those of the path; a parameter's begins with a colon, and a
	// star stands for all that may follow.
	segments []string
	routes   map[string]*route
}

func newPlace(path string) *place { return &place{strings.Split(path, "/"), map[string]*route{}} }

func (p *place) matches(segments []string) bool {
	for i, own := range p.segments {
		if own == "*" {
			return true
		}
		if i >= len(segments) || segments[i] == "" && own != "" || !strings.HasPrefix(own, ":") && own != segments[i] {
			return false
		}
	}
	return len(p.segments) == len(segments)
}

// add routes a path. Where a path can be read, it can be asked for the header
// alone, and everywhere for its methods.
func (s *Server) add(method, path string, r *route) {
	p := s.places[path]
	if p == nil {
		p = newPlace(path)
		s.places[path] = p
		s.addTo(p, http.MethodOptions, path, &route{handler: s.tellMethods})
	}
	s.addTo(p, method, path, r)
	if method == http.MethodGet {
		s.addTo(p, http.MethodHead, path, r)
	}
}

func (s *Server) addTo(p *place, method, path string, r *route) {
	p.routes[method] = r
	s.echo.Add(method, path, echo.NotFoundHandler) // Nobody calls it: the router finds paths, and places have the handlers.
}

// findRoute finds what answers: an operation, a file, the methods of a path, what is
// only documented, or nothing.
func (s *Server) findRoute(c *Call) error {
	r := c.request
	spellPath(r.URL)
	s.echo.Router().Find(r.Method, echo.GetPath(r), c.match)
	if p := s.places[c.match.Path()]; p != nil {
		c.route = p.routes[r.Method]
	}
	if c.route == nil {
		c.route = cmp.Or(routesAt(s.documented(), r)[r.Method], s.nowhere)
	}
	c.Operation = c.route.operation
	if c.api = c.route.api; c.api == nil {
		c.api = s.apiOf(r.URL.Path)
	}
	c.Named = c.Path("customerId") + c.Path("organizationId")
	c.Customer = c.Named
	return nil
}

// routesAt are the routes of a request's path, by their methods.
func routesAt(places map[string]*place, r *http.Request) map[string]*route {
	segments := strings.Split(echo.GetPath(r), "/")
	routes := map[string]*route{}
	for _, p := range places {
		if p.matches(segments) {
			maps.Copy(routes, p.routes)
		}
	}
	return routes
}

// methodsAt are the methods that are possible on the path of a request, in
// alphabetical order. Where nothing answers they are those that are documented.
func (s *Server) methodsAt(r *http.Request) []string {
	routes := routesAt(s.places, r)
	if len(routes) == 0 {
		routes = routesAt(s.documented(), r)
	}
	return slices.Sorted(maps.Keys(routes))
}

// refuseUnknown answers what nothing else does: with the methods of the path, or
// with the nearest that there is.
func (s *Server) refuseUnknown(c *Call) (Reply, error) {
	if methods := s.methodsAt(c.request); len(methods) > 0 {
		c.to.Header().Set(echo.HeaderAllow, strings.Join(methods, ", "))
		return Reply{}, refusal.New(refusal.MethodNotAllowed, "%s is not possible on %s", c.Method, c.Exchange.Path)
	}
	return Reply{}, c.routeUnknown()
}

func (c *Call) routeUnknown() error {
	e := refusal.New(refusal.RouteUnknown, "%s is no path of this API", c.Exchange.Path)
	if near := nearest(c.api.document, c.Method, c.Exchange.Path); near != nil {
		e.Suggest(near.ID, "the nearest operation, "+near.Summary)
	}
	return e
}

func (s *Server) apiOf(path string) *api {
	i := slices.IndexFunc(s.apis, func(a *api) bool { return strings.HasPrefix(path, a.document.Base+"/") })
	return s.apis[max(i, 0)]
}
