package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"

	"finhub-sandbox/internal/fault"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"
)

// Fault is something that goes wrong between the client and the sandbox. Where
// the connection is closed and the response writer cannot do that, the handler
// panics with http.ErrAbortHandler: a server closes the connection then, and a
// caller without a connection, such as a test's recorder, has to recover.
type Fault struct {
	Kind fault.Kind
	// Rule is the rule of the scenario that asks for the fault.
	Rule Rule
	// Delay is how long the reply is held back, or over which time it drips. It
	// is real time, at most maxDelay, and ends with the request.
	Delay time.Duration
	// Status, Body and Header are those of fault.Status; RetryAfter, in whole
	// seconds, is sent if it is not 0.
	Status     int
	Body       string
	Header     map[string]string
	RetryAfter time.Duration
}

// maxDelay bounds delays: a client that waits longer than this has hung itself.
const maxDelay = time.Minute

// answersItself reports whether the fault takes the place of the operation.
func (f *Fault) answersItself() bool {
	return f != nil && f.Kind.Answers()
}

// capture is a reply that has not been sent. It writes to the header of the true
// response.
type capture struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *capture) Header() http.Header { return c.header }

func (c *capture) WriteHeader(status int) { c.status = status }

func (c *capture) Write(text []byte) (int, error) { return c.body.Write(text) }

// sendFaulty sends the reply, or the refusal, as the fault has it.
func (s *Server) sendFaulty(c *Call, err error) {
	f := c.Fault
	c.out.keeps = c.witnessed
	if !f.answersItself() && err == nil && c.reply.Stream != nil {
		s.streamFaulty(c)
		return
	}
	to, reply := c.to, &capture{header: c.to.Header(), status: http.StatusOK}
	if f.answersItself() {
		f.reply(reply)
	} else {
		c.to = reply
		s.answer(c, err)
		c.to = to
	}
	ctx := c.Context()
	if f.Kind != fault.Drip && s.wait(ctx, f.Delay) != nil {
		panic(http.ErrAbortHandler) // The client has gone.
	}
	switch f.Kind {
	case fault.Reset:
		if !reset(to) {
			panic(http.ErrAbortHandler)
		}
	case fault.Lost, fault.Timeout:
		panic(http.ErrAbortHandler)
	case fault.Cut:
		cut(to, reply)
	case fault.Drip:
		s.drip(ctx, to, reply, f.Delay)
	default:
		to.WriteHeader(reply.status)
		_, _ = to.Write(reply.body.Bytes()) // Whoever does not take it has left.
	}
}

// streamFaulty streams a reply as the fault has it: a body without an end is never
// held as a whole.
func (s *Server) streamFaulty(c *Call) {
	f := c.Fault
	if s.wait(c.Context(), f.Delay) != nil || f.Kind == fault.Lost || f.Kind == fault.Timeout {
		panic(http.ErrAbortHandler)
	}
	if f.Kind != fault.Cut {
		s.answer(c, nil)
		return
	}
	c.to = &firstPiece{ResponseWriter: c.to}
	s.answer(c, nil)
	panic(http.ErrAbortHandler)
}

// firstPiece takes one piece, sends it, and takes no more.
type firstPiece struct {
	http.ResponseWriter
	sent bool
}

func (w *firstPiece) Write(piece []byte) (int, error) {
	if w.sent {
		return 0, io.ErrClosedPipe
	}
	w.sent = true
	n, err := w.ResponseWriter.Write(piece)
	return n, errors.Join(err, http.NewResponseController(w.ResponseWriter).Flush())
}

// Unwrap gives what is below to http.ResponseController.
func (w *firstPiece) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// reply is what a fault answers itself.
func (f *Fault) reply(to *capture) {
	if f.Status != 0 {
		to.status = f.Status
	}
	body := f.Body
	kind := echo.MIMEApplicationJSON
	switch {
	case f.Kind == fault.Malformed:
		body = `{"code":200,"message":"Success","data":{"id":`
	case f.Kind == fault.Status && !jsontext.Value(body).IsValid():
		kind = echo.MIMETextPlainCharsetUTF8
	}
	to.header.Set(echo.HeaderContentType, kind)
	for name, value := range f.Header {
		to.header.Set(name, value)
	}
	if f.RetryAfter > 0 {
		to.header.Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	to.body.WriteString(body)
}

// wait waits in real time, as long as the request lasts.
func (s *Server) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 || s.Wait == nil {
		return ctx.Err()
	}
	return s.Wait(ctx, min(d, maxDelay))
}

// reset closes the connection so that the client sees it reset, and not ended.
func reset(w http.ResponseWriter) bool {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return false
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // Without it the connection is closed all the same.
	}
	_ = conn.Close()
	return true
}

// cut sends the first half of a body under the length of the whole, and closes
// the connection. A reply without a body is lost as a whole.
func cut(w http.ResponseWriter, reply *capture) {
	if text := reply.body.Bytes(); len(text) > 0 {
		begin(w, reply)
		if _, err := w.Write(text[:len(text)/2]); err == nil {
			_ = http.NewResponseController(w).Flush()
		}
	}
	panic(http.ErrAbortHandler)
}

func begin(w http.ResponseWriter, reply *capture) {
	if reply.body.Len() > 0 {
		w.Header().Set(echo.HeaderContentLength, strconv.Itoa(reply.body.Len()))
	}
	w.WriteHeader(reply.status)
}

// dripEvery is the shortest time between two pieces: below it they would be
// joined on their way anyhow.
const dripEvery = 10 * time.Millisecond

// drip sends a reply in pieces, a byte each if there is time enough.
func (s *Server) drip(ctx context.Context, w http.ResponseWriter, reply *capture, over time.Duration) {
	begin(w, reply)
	text := reply.body.Bytes()
	over = min(over, maxDelay)
	pieces := min(len(text), max(1, int(over/dripEvery)))
	for i := range pieces {
		if s.wait(ctx, over/time.Duration(pieces)) != nil {
			panic(http.ErrAbortHandler)
		}
		_, err := w.Write(text[i*len(text)/pieces : (i+1)*len(text)/pieces])
		if err == nil {
			err = http.NewResponseController(w).Flush()
		}
		if err != nil {
			return // Whoever does not take it has left.
		}
	}
}
