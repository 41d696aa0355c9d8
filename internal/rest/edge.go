package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// What every answer says to browsers, whatever it is about: that its media type
// is what it says it is, and that it stands in nobody's frame.
var (
	noSniffing = []string{"nosniff"}
	noFrames   = []string{"DENY"}
	noAncestor = []string{"frame-ancestors 'none'"}
)

// ServeHTTP answers one request. What holds for every path stands here, whether
// an operation, a file or nothing at all is behind it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header["X-Content-Type-Options"] = noSniffing
	header["X-Frame-Options"] = noFrames
	header["Content-Security-Policy"] = noAncestor
	header.Set(echo.HeaderXRequestID, s.requestNumber(r.Header.Get(echo.HeaderXRequestID)))
	if r.Header.Get("Origin") != "" {
		s.shareWith(header, r)
	}
	if r.Method == http.MethodHead {
		w = headless{w}
	}
	s.echo.ServeHTTP(w, r)
}

// headless sends the header of a reply and leaves its body out: the server of
// net/http does that for HEAD too, but not everybody who calls a handler.
type headless struct{ http.ResponseWriter }

func (h headless) Write(text []byte) (int, error) { return len(text), nil }

// Unwrap gives what is below to http.ResponseController.
func (h headless) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// place is a path at which something answers.
type place struct {
	// segments are those of the path; a parameter's begins with a colon, and a
	// star stands for all that may follow.
	segments []string
	methods  []string
}

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

// add routes a path and remembers it for methodsAt. Where a path can be read, it
// can be asked for the header alone, and everywhere for its methods.
func (s *Server) add(method, path string, h echo.HandlerFunc) {
	segments := strings.Split(path, "/")
	i := slices.IndexFunc(s.places, func(p place) bool { return slices.Equal(p.segments, segments) })
	if i < 0 {
		i = len(s.places)
		s.places = append(s.places, place{segments: segments, methods: []string{http.MethodOptions}})
		s.echo.OPTIONS(path, s.options)
	}
	methods := []string{method}
	if method == http.MethodGet {
		methods = append(methods, http.MethodHead)
	}
	for _, method := range methods {
		s.places[i].methods = append(s.places[i].methods, method)
		s.echo.Add(method, path, h)
	}
}

// methodsAt are the methods that are possible on the path of a request, in
// alphabetical order; none if nothing answers there.
func (s *Server) methodsAt(r *http.Request) []string {
	segments := strings.Split(echo.GetPath(r), "/")
	var methods []string
	for i := range s.places {
		if s.places[i].matches(segments) {
			methods = append(methods, s.places[i].methods...)
		}
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// options tells the methods of a path, and a page what it may send there.
func (s *Server) options(c echo.Context) error {
	r, header := c.Request(), c.Response().Header()
	if err := s.Guard.checkHost(r); err != nil {
		return err
	}
	methods := strings.Join(s.methodsAt(r), ", ")
	header.Set(echo.HeaderAllow, methods)
	if header.Get("Access-Control-Allow-Origin") != "" && r.Header.Get("Access-Control-Request-Method") != "" {
		header.Set("Access-Control-Allow-Methods", methods)
		header.Set("Access-Control-Allow-Headers", s.sendable)
		header.Set("Access-Control-Max-Age", "600")
	}
	return c.NoContent(http.StatusNoContent)
}

// readable are the headers of replies that a page may read beside those that
// every page may.
const readable = "X-Request-Id, X-Sandbox-Scenario, X-Sandbox-Notice, Retry-After, ETag, WWW-Authenticate, Allow"

// shareWith lets a page read the answer if it is one of ours (see Guard): a
// front end that somebody develops on this machine. Production's own answer is
// not documented.
func (s *Server) shareWith(header http.Header, r *http.Request) {
	header.Add(echo.HeaderVary, "Origin")
	host := hostName(r.Host)
	if page, foreign := s.Guard.foreign(host, r.Header); !foreign && s.Guard.knows(host) {
		header.Set("Access-Control-Allow-Origin", page)
		header.Set("Access-Control-Allow-Credentials", "true")
		header.Set("Access-Control-Expose-Headers", readable)
	}
}

// share lets pages send a request's header.
func (s *Server) share(name string) {
	if !slices.ContainsFunc(strings.Split(s.sendable, ", "), func(own string) bool { return strings.EqualFold(own, name) }) {
		s.sendable += ", " + name
	}
}

// unrouted answers what no operation matches, and what a file or OPTIONS
// refuses.
func (s *Server) unrouted(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	path := c.Request().URL.Path
	a := s.apiOf(path)
	e := s.unroutedRefusal(a, err, c)
	if e.Code == refusal.Internal {
		s.Log.Error("request failed", "request", requestID(c), "path", path, "error", err)
	}
	if _, _, err := s.refuse(a, c, e); err != nil {
		s.Log.Error("reply failed", "request", requestID(c), "path", path, "error", err)
	}
}

func (s *Server) unroutedRefusal(a *api, err error, c echo.Context) *refusal.Error {
	r := c.Request()
	if stranger := s.Guard.checkHost(r); stranger != nil {
		return asRefusal(stranger)
	}
	if _, routing := err.(*echo.HTTPError); !routing { //nolint:errorlint // the router gives it bare; within another error it would be no answer of the router
		return asRefusal(err)
	}
	path := r.URL.Path
	if methods := s.methodsAt(r); len(methods) > 0 {
		c.Response().Header().Set(echo.HeaderAllow, strings.Join(methods, ", "))
		return refusal.New(refusal.MethodNotAllowed, "%s is not possible on %s", r.Method, path)
	}
	return s.routeUnknown(a, r.Method, path)
}

func (s *Server) routeUnknown(a *api, method, path string) *refusal.Error {
	e := refusal.New(refusal.RouteUnknown, "%s is no path of this API", path)
	if near := nearest(a.document, method, path); near != nil {
		e.Try(near.ID, "the nearest operation, "+near.Summary)
	}
	return e
}

func (s *Server) apiOf(path string) *api {
	i := slices.IndexFunc(s.apis, func(a *api) bool { return strings.HasPrefix(path, a.document.Base+"/") })
	return s.apis[max(i, 0)]
}

// pathParam decodes a path parameter: of a path that net/http has not decoded as
// a whole, the router hands them over as they came.
func pathParam(c echo.Context) func(string) string {
	return func(name string) string {
		raw := c.Param(name)
		if value, err := url.PathUnescape(raw); err == nil && c.Request().URL.RawPath != "" {
			raw = value
		}
		if namesTenant(name) {
			return raw // Tenants are named to the letter.
		}
		return machine.CanonicalID(raw)
	}
}

// namesTenant reports whether a parameter is tenantId, or ends in it.
func namesTenant(name string) bool {
	const end = "tenantId"
	return len(name) >= len(end) && strings.EqualFold(name[len(name)-len(end):], end)
}
