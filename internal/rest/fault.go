package rest

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"
)

// FaultKind tells faults apart.
type FaultKind string

// The kinds of faults. The work of an operation is done for all of them but
// those that answer in its place.
const (
	// FaultDelay holds the reply back.
	FaultDelay FaultKind = "delay"
	// FaultStatus answers in the operation's place, with a status and a body.
	FaultStatus FaultKind = "status"
	// FaultReset closes the connection in the operation's place.
	FaultReset FaultKind = "reset"
	// FaultMalformed answers in the operation's place, with half a JSON text.
	FaultMalformed FaultKind = "malformed"
	// FaultEmpty answers in the operation's place, with nothing.
	FaultEmpty FaultKind = "empty"
	// FaultCut closes the connection in the middle of the reply's body.
	FaultCut FaultKind = "cut"
	// FaultDrip sends the reply little by little.
	FaultDrip FaultKind = "drip"
	// FaultLost closes the connection where the reply would begin.
	FaultLost FaultKind = "lost"
	// FaultTimeout lets the client wait for a reply that never comes; it is lost
	// when Delay has passed.
	FaultTimeout FaultKind = "timeout"
)

// Fault is something that goes wrong between the client and the sandbox. Where
// the connection is closed and the response writer cannot do that, the handler
// panics with http.ErrAbortHandler: a server closes the connection then, and a
// caller without a connection, such as a test's recorder, has to recover.
type Fault struct {
	Kind FaultKind
	// Rule is the rule of the scenario that asks for the fault.
	Rule Rule
	// Delay is how long the reply is held back, or over which time it drips. It
	// is real time, at most maxDelay, and ends with the request.
	Delay time.Duration
	// Status, Body and Header are those of FaultStatus; RetryAfter, in whole
	// seconds, is sent if it is not 0.
	Status     int
	Body       string
	Header     map[string]string
	RetryAfter time.Duration
}

// Rule is a rule of a scenario that acted on a request, and where it is written.
type Rule struct {
	Scenario, Name, File string
	Line                 int
}

// String words a rule for the log: its name, and the line of the file.
func (r Rule) String() string {
	if r.File == "" {
		return r.Name
	}
	return fmt.Sprintf("%s (%s:%d)", r.Name, r.File, r.Line)
}

// maxDelay bounds delays: a client that waits longer than this has hung itself.
const maxDelay = time.Minute

// answersItself tells whether the fault takes the place of the operation.
func (f *Fault) answersItself() bool {
	if f == nil {
		return false
	}
	switch f.Kind {
	case FaultStatus, FaultReset, FaultMalformed, FaultEmpty:
		return true
	}
	return false
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

// disturbed sends a reply as the fault has it. The status is 0 where none was
// sent.
func (s *Server) disturbed(c echo.Context, f *Fault, answer func() (int, error)) (int, error) {
	response := c.Response()
	reply := &capture{header: response.Header(), status: http.StatusOK}
	if f.answersItself() {
		f.reply(reply)
	} else {
		c.SetResponse(echo.NewResponse(reply, s.echo))
		_, err := answer()
		c.SetResponse(response)
		if err != nil {
			return 0, err
		}
	}
	ctx := c.Request().Context()
	if f.Kind != FaultDrip && s.wait(ctx, f.Delay) != nil {
		panic(http.ErrAbortHandler) // The client has gone.
	}
	switch f.Kind {
	case FaultReset:
		if reset(response) {
			return 0, nil
		}
		panic(http.ErrAbortHandler)
	case FaultLost, FaultTimeout:
		panic(http.ErrAbortHandler)
	case FaultCut:
		s.cut(response, reply)
	case FaultDrip:
		return reply.status, s.drip(ctx, response, reply, f.Delay)
	}
	response.WriteHeader(reply.status)
	_, err := response.Write(reply.body.Bytes())
	return reply.status, err
}

// reply is what a fault answers itself.
func (f *Fault) reply(to *capture) {
	if f.Status != 0 {
		to.status = f.Status
	}
	body := f.Body
	kind := echo.MIMEApplicationJSON
	switch {
	case f.Kind == FaultMalformed:
		body = `{"code":200,"message":"Success","data":{"id":`
	case f.Kind == FaultStatus && !jsontext.Value(body).IsValid():
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
func (s *Server) cut(w http.ResponseWriter, reply *capture) {
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
func (s *Server) drip(ctx context.Context, w http.ResponseWriter, reply *capture, over time.Duration) error {
	begin(w, reply)
	text := reply.body.Bytes()
	over = min(over, maxDelay)
	pieces := min(len(text), max(1, int(over/dripEvery)))
	for i := range pieces {
		if s.wait(ctx, over/time.Duration(pieces)) != nil {
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write(text[i*len(text)/pieces : (i+1)*len(text)/pieces]); err != nil {
			return err
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return err
		}
	}
	return nil
}
