package rest

import (
	"context"
	"net/http"
)

// Pages serves pages for people under a path and below it, outside of any document.
// They stand behind the guard's checks of host and page; who may see them is for the
// handler to find out. What it writes is sent as it is, and its requests end with the
// streams of the server (EndStreams).
func (s *Server) Pages(path string, h http.Handler) {
	r := &route{door: door{page: true}, handler: leaveToPage, page: h}
	for _, p := range []string{path, path + "/*"} {
		s.add(http.MethodGet, p, r)
		s.add(http.MethodPost, p, r)
	}
}

// Entrance serves the path / to everybody who calls the server by one of its names.
func (s *Server) Entrance(h http.Handler) {
	s.add(http.MethodGet, "/", &route{handler: leaveToPage, page: h})
}

func leaveToPage(*Call) (Reply, error) { return Reply{}, nil }

// show lets a page answer.
func (s *Server) show(c *Call) {
	ctx, end := context.WithCancel(c.Context())
	defer end()
	defer context.AfterFunc(s.streams, end)()
	c.route.page.ServeHTTP(c.to, c.request.WithContext(ctx))
}

// Inner answers calls of this process itself, by which a page is made. They take every
// step that others do; what only reads is neither logged nor counted.
func (s *Server) Inner() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, true) })
}

// quiet reports whether nobody is told of a call.
func (c *Call) quiet() bool {
	return c.inner && (c.Method == http.MethodGet || c.Operation != nil && c.Operation.Looks)
}
