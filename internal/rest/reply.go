package rest

import (
	"bytes"
	"cmp"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
)

// Handler does one operation. It returns what to say, or an error: a
// *refusal.Error reaches the caller, anything else is an internal error. Of a reply
// beside an error only the fault counts.
type Handler func(*Call) (Reply, error)

// Reply is an answer.
type Reply struct {
	// Status is the HTTP status; 0 is 200.
	Status int
	// Message is the envelope's message; empty is "Success".
	Message string
	// Data is the envelope's data. One that is larger than a few words is a pointer: it
	// would be copied on its way.
	Data any
	// Extra is an object whose members stand beside the envelope's three, such as
	// pagination; nil is none.
	Extra any
	// Asset is sent as it is, without an envelope.
	Asset *Asset
	// Stream is a body that is made while it is sent, without an envelope.
	Stream *Stream
	// Fault is what goes wrong with the reply, or with the refusal, on its way; nil
	// is nothing. One that answers itself needs nothing else.
	Fault *Fault
}

// writer is the true response. It counts what goes out, and sends the header of a
// reply alone where its body is not asked for: the server of net/http does that for
// HEAD too, but not everybody who calls a handler.
type writer struct {
	http.ResponseWriter
	headless bool
	status   int
	sent     int64
	// keeps says that copied is what was sent.
	keeps  bool
	copied []byte
}

func (w *writer) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(text []byte) (int, error) {
	if w.headless {
		return len(text), nil
	}
	n, err := w.ResponseWriter.Write(text)
	w.sent += int64(n)
	if w.keeps {
		w.copied = append(w.copied, text[:n]...)
	}
	return n, err
}

// Unwrap gives what is below to http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// send sends the reply of the handler, or the refusal, as the fault has it.
func (s *Server) send(c *Call, err error) {
	if c.Scenario != "" {
		c.setHeader(headers.Scenario, c.Scenario)
	}
	if c.Notice != "" {
		c.setHeader(headers.Notice, c.Notice)
	}
	if c.Fault != nil {
		s.sendFaulty(c, err)
		return
	}
	s.answer(c, err)
}

// answer sends the reply, or words the refusal and sends that.
func (s *Server) answer(c *Call, err error) {
	reply := c.reply
	switch {
	case err != nil:
		s.refuse(c, err)
	case reply.Asset != nil:
		reply.Asset.send(c)
	case c.route.page != nil:
		s.show(c)
	case reply.Stream != nil:
		s.stream(c, cmp.Or(reply.Status, http.StatusOK), reply.Stream)
	case reply.Status == http.StatusNoContent:
		c.to.WriteHeader(reply.Status)
	default:
		reply.Status = cmp.Or(reply.Status, http.StatusOK)
		s.write(c, reply.Status, c.api.style.success(reply), reply.Extra)
	}
}

// refuse words a refusal and sends it.
func (s *Server) refuse(c *Call, err error) {
	e := asRefusal(err)
	if e.Code == refusal.Internal || e.Code == refusal.DataUnwritable {
		attributes := append([]slog.Attr{slog.String("request", c.RequestID)}, c.what()...)
		s.Log.LogAttrs(c.Context(), slog.LevelError, "request failed", append(attributes, slog.String("step", c.Step), slog.Any("error", err))...)
	}
	nameField(c, e)
	for name, value := range e.Data {
		e.Data[name] = word(c.api.document, value)
	}
	status := c.api.style.Status(e.Code)
	switch {
	case status == http.StatusUnauthorized:
		c.to.Header().Set(echo.HeaderWWWAuthenticate, challenge(e.Code))
	case e.Code == refusal.RateLimited, e.Code == refusal.DataUnwritable:
		c.to.Header().Set(echo.HeaderRetryAfter, "1")
	}
	c.Refusal = e
	c.explain(e.Code)
	s.write(c, status, c.api.style.refusal(status, e, suggestions(e, c.api.documents...)), nil)
}

// challenge says how a caller who is not known can become so.
func challenge(code refusal.Code) string {
	switch code {
	case refusal.TokenInvalid, refusal.TokenExpired, refusal.SessionEnded:
		return `Bearer realm="finhub-sandbox", error="invalid_token"`
	}
	return `Bearer realm="finhub-sandbox"`
}

// unwritable is sent in place of a reply that cannot be written: a caller must
// never take it for an answer.
const unwritable = `{"code":500,"message":"Internal error","data":{"refusal":"INTERNAL"}}`

// maxReused bounds the texts of replies whose memory is used again: most are short, and
// what a long one took is not kept.
const maxReused = 64 << 10

// write sends an object as JSON, and with it the members of another, unless that is
// nil. That it cannot be sent tells only that nobody waits for it any more.
func (s *Server) write(c *Call, status int, body, extra any) {
	buffer, _ := s.texts.Get().(*bytes.Buffer)
	if buffer == nil {
		buffer = new(bytes.Buffer)
	}
	err := writeJSON(buffer, body)
	if extra != nil && err == nil {
		err = joinJSON(buffer, extra)
	}
	text := buffer.Bytes()
	if err != nil {
		s.Log.Error("reply cannot be written", "request", c.RequestID, "error", err)
		status, text = http.StatusInternalServerError, []byte(unwritable)
	}
	c.write(status, echo.MIMEApplicationJSON, text)
	s.checkReply(c, func(o *contract.Operation) error { return o.CheckResponse(status, echo.MIMEApplicationJSON, text) })
	if c.witnessed {
		c.SentText, c.text = text, buffer
		return
	}
	s.reuse(buffer)
}

// reuse lets a text be written over: whoever was sent it has copied it (io.Writer).
func (s *Server) reuse(buffer *bytes.Buffer) {
	if buffer.Cap() <= maxReused {
		buffer.Reset()
		s.texts.Put(buffer)
	}
}

func writeJSON(to *bytes.Buffer, value any) error {
	return json.MarshalWrite(to, value, json.Deterministic(true))
}

// joinJSON adds the members of an object, which has some, to the object with which a
// text ends.
func joinJSON(to *bytes.Buffer, object any) error {
	end := to.Len() - len("}")
	if err := writeJSON(to, object); err != nil {
		return err
	}
	text := to.Bytes()
	to.Truncate(end + copy(text[end:], text[end+len("}"):]))
	text[end] = ','
	return nil
}

// checkReply holds a reply to the document, if somebody asked for that.
func (s *Server) checkReply(c *Call, check func(*contract.Operation) error) {
	if !s.CheckReplies || c.Operation == nil {
		return
	}
	if err := check(c.Operation); err != nil {
		s.Log.Error("reply breaks the document", "request", c.RequestID, "error", err)
	}
}

// write sends a body of a media type. Its length is said here, so that it is the
// same for HEAD, where nothing is sent to count.
func (c *Call) write(status int, mediaType string, text []byte) {
	c.setHeader(headers.ContentType, mediaType)
	c.setHeader(echo.HeaderContentLength, strconv.Itoa(len(text)))
	c.to.WriteHeader(status)
	_, _ = c.to.Write(text) // Whoever does not take it has left.
}
