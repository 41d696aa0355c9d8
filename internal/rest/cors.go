package rest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"finhub-sandbox/internal/headers"
)

// tellMethods answers OPTIONS with the methods of a path, and with what a page may
// send there.
func (s *Server) tellMethods(c *Call) (Reply, error) {
	header := c.to.Header()
	methods := strings.Join(s.methodsAt(c.request), ", ")
	header.Set(echo.HeaderAllow, methods)
	if header.Get(echo.HeaderAccessControlAllowOrigin) != "" && c.Header.Get(echo.HeaderAccessControlRequestMethod) != "" {
		header.Set(echo.HeaderAccessControlAllowMethods, methods)
		header.Set(echo.HeaderAccessControlAllowHeaders, s.sendable)
		header.Set(echo.HeaderAccessControlMaxAge, "600")
	}
	return Reply{Status: http.StatusNoContent}, nil
}

// readable are the headers of replies that a page may read beside those that
// every page may.
const readable = headers.RequestID + ", " + headers.Explain + ", " + headers.Scenario + ", " + headers.Notice + ", Retry-After, ETag, WWW-Authenticate, Allow"

// shareWith lets a page read the product's answer if it is one of ours (see Pages): a
// front end that somebody develops on this machine. Production's own answer is
// not documented.
func (s *Server) shareWith(header http.Header, r *http.Request) {
	header.Add(echo.HeaderVary, headers.Origin)
	if a := s.apiOf(r.URL.Path); a == nil || a.open {
		return
	}
	if page, shares := s.Guard.shares(r); shares && s.Guard.knows(hostName(r.Host)) {
		header.Set(echo.HeaderAccessControlAllowOrigin, page)
		header.Set(echo.HeaderAccessControlAllowCredentials, "true")
		header.Set(echo.HeaderAccessControlExposeHeaders, readable)
	}
}

// share lets pages send a request's header.
func (s *Server) share(name string) {
	if !slices.ContainsFunc(strings.Split(s.sendable, ", "), func(own string) bool { return strings.EqualFold(own, name) }) {
		s.sendable += ", " + name
	}
}
