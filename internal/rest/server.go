// Package rest owns HTTP: it mounts a handler for every operation of a
// document, finds out who calls, holds requests to the document, and words the
// answers. It must not know any operation by name, nor any rule of the product.
package rest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
)

// Config is how a server treats every request.
type Config struct {
	Log *slog.Logger
	// Within runs fn in the one transaction of a request to the product. What fn
	// refuses has not happened. It may be run again, and then sets anew what it has
	// set. A nil Within is for servers without a product.
	Within func(c *Call, fn func(*Call, Work) error) error
	// Admit refuses a tenant that may not be used.
	Admit func(tenant string) error
	// Now measures how long a request took, for the log.
	Now func() time.Time
	// CheckReplies holds every reply to the document; a reply that breaks it is
	// an internal error. Tests and --check-responses ask for it.
	CheckReplies bool
	// Wait waits in real time, and gives an error if the context ends before. Nil
	// does not wait.
	Wait func(context.Context, time.Duration) error
	// Product and Control are the two documents: what one API says may name a call
	// of the other, as where moving the clock is what helps.
	Product, Control *contract.Document
	// Documented lists what the product's documentation has beyond Product. It is asked
	// when the first request has come that nothing answers; nil is nothing.
	Documented func() []Documented
	// Witness is told of requests; nil is nobody.
	Witness Witness
	// Turn waits until a request of which the witness knows may act, gives the context in
	// which it does, and is told by end that it has. Nil lets all act when they come.
	Turn func(context.Context, *Exchange) (within context.Context, end func(), err error)
	// Finished is told of every exchange that is over, which it must not keep; nil is
	// nobody.
	Finished func(*Exchange)
	// Guard stands before the operations of the control API.
	Guard Guard
}

// Work is what the transaction of a request knows of its tenant.
type Work interface {
	// Identify finds out who holds a bearer token. It refuses a token that does not
	// hold, and a tenant that may not be used. lapsed says that an expired token of
	// an open session will do.
	Identify(token string, lapsed bool) (access.Caller, error)
	// Relaxed reports whether the header policy is the relaxed one.
	Relaxed() bool
	// Keyless reports whether logins may leave out the tenant's key.
	Keyless() bool
	// Past refuses a date that does not lie in the past of the clock.
	Past(date string) error
}

// Server routes requests to the APIs mounted on it.
type Server struct {
	Config
	// echo finds paths; everything else about a request is ours.
	echo    *echo.Echo
	apis    []*api
	places  map[string]*place
	nowhere *route
	// documented are the places of what is documented and not served.
	documented func() map[string]*place
	requests   atomic.Int64
	// within is takeWithin, made a function once for all requests.
	within func(*Call, Work) error
	// texts are those of replies that have gone out, to be written over (*bytes.Buffer).
	texts sync.Pool
	// streams is the context of all bodies that are made while they are sent.
	streams    context.Context //nolint:containedctx // it ends with the server, not with a call
	endStreams context.CancelFunc
	// sendable names the headers that the documents know, for pages that ask what
	// they may send.
	sendable string
}

// api is one mounted document.
type api struct {
	document *contract.Document
	// documents are those that a reply may name calls of, its own first.
	documents []*contract.Document
	style     Style
	// open APIs need no token, and their tenant may be left out.
	open bool
}

// maxBody is the size of a request body whose operation states none.
const maxBody = 1 << 20

// DefaultTenant is the tenant of a control request that names none.
const DefaultTenant = "sandbox"

// New makes a server without any API.
func New(c Config) *Server {
	s := &Server{Config: c, echo: echo.New(), places: map[string]*place{}, sendable: headers.Authorization + ", " + headers.ContentType + ", " + headers.RequestID}
	s.nowhere, s.within = &route{handler: s.refuseUnknown, refuses: true}, s.takeWithin
	s.documented = sync.OnceValue(s.readDocumented)
	s.streams, s.endStreams = context.WithCancel(context.Background())
	return s
}

// Mount mounts the handlers of a document's operations, by operationId. Every
// operation must have exactly one handler, and every handler an operation.
func (s *Server) Mount(d *contract.Document, style Style, handlers map[string]Handler) error {
	_, open := style.(Plain)
	a := &api{document: d, documents: []*contract.Document{d, s.Product, s.Control}, style: style, open: open}
	var faults []error
	for _, o := range d.Operations {
		h, ok := handlers[o.ID]
		if !ok {
			faults = append(faults, fmt.Errorf("nothing handles operation %s", o.ID))
			continue
		}
		for _, code := range o.Refusals {
			if _, ok := statuses[refusal.Code(code)]; !ok {
				faults = append(faults, fmt.Errorf("operation %s: refusal %s has no status", o.ID, code))
			}
		}
		for _, header := range o.Headers {
			for _, name := range append([]string{header.Name}, header.Aliases...) {
				s.share(name)
			}
		}
		s.add(o.Method, echoPath(o.Path), &route{api: a, operation: o, door: doorOf(a, o), handler: h})
	}
	for id := range handlers {
		if d.Operation(id) == nil {
			faults = append(faults, fmt.Errorf("handler %s has no operation in the document", id))
		}
	}
	s.apis = append(s.apis, a)
	return errors.Join(faults...)
}

func echoPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// What every answer says to browsers, whatever it is about: that its media type
// is what it says it is, and that it stands in nobody's frame.
var (
	noSniffing = []string{"nosniff"}
	noFrames   = []string{"DENY"}
	noAncestor = []string{"frame-ancestors 'none'"}
)

// ServeHTTP answers one request, whether an operation, a file or nothing at all is
// behind its path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r, false) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request, inner bool) {
	c := s.receive(w, r)
	c.inner = inner
	// A fault may end the request by a panic; the log has it all the same.
	defer s.finish(c)
	err := s.take(c)
	if c.givenUp(err) {
		panic(http.ErrAbortHandler) // The caller has gone.
	}
	s.send(c, err)
}

// receive opens the exchange, and begins the header of its reply.
func (s *Server) receive(w http.ResponseWriter, r *http.Request) *Call {
	c := &Call{
		Exchange: Exchange{
			RequestID: s.requestNumber(r.Header.Get(headers.RequestID)), Traceparent: r.Header.Get(headers.Traceparent), Came: s.Now(),
			Method: r.Method, Host: r.Host, URL: r.URL, Path: r.URL.Path, Query: r.URL.RawQuery, Tenant: r.Header.Get(headers.Tenant), Header: r.Header,
		},
		request: r, out: writer{ResponseWriter: w, headless: r.Method == http.MethodHead}, match: s.echo.AcquireContext(),
	}
	c.to = &c.out
	c.match.Reset(r, c.to)
	header := c.out.Header()
	header["X-Content-Type-Options"] = noSniffing
	header["X-Frame-Options"] = noFrames
	header["Content-Security-Policy"] = noAncestor
	c.setHeader(headers.RequestID, c.RequestID)
	if r.Header.Get(headers.Origin) != "" {
		s.shareWith(header, r)
	}
	return c
}

// requestNumber names a request in the log. A client's own id is kept.
func (s *Server) requestNumber(own string) string {
	if own != "" && len(own) <= 64 {
		return own
	}
	number := make([]byte, 0, len("req-")+20)
	return string(strconv.AppendInt(append(number, "req-"...), s.requests.Add(1), 10))
}

// finish completes the exchange and hands it to those who look back on it.
func (s *Server) finish(c *Call) {
	s.echo.ReleaseContext(c.match)
	c.Took, c.Status, c.Sent = s.Now().Sub(c.Came), c.out.status, c.out.sent
	s.noteGone(c)
	if c.quiet() {
		return
	}
	if s.Finished != nil {
		s.Finished(&c.Exchange)
	}
	s.log(c.Context(), &c.Exchange)
}
