package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/headers"
)

// Stream is a body that is made while it is sent: events as they happen, or what is
// too long to be held at once. It is sent as it is, neither compressed nor counted,
// and nobody on its way is to hold it back or keep it. Of the document only its
// status and media type are checked. A fault that drips holds its beginning back, and
// one that cuts ends it behind the first piece.
type Stream struct {
	// MediaType is that of the body.
	MediaType string
	// Write makes the body, until it is whole or the context ends: with the client or
	// with the server. An error before the first piece is answered as a refusal is;
	// one behind it breaks the connection off, so that nobody takes the half for the
	// whole. It is not called where nobody waits for a body.
	Write func(context.Context, *Sink) error
	// Patience is how long a piece may wait for a client that does not read, before the
	// connection is broken off; 0 is as long as the context lasts.
	Patience time.Duration
}

// Sink takes the body of a stream. It is for one goroutine.
type Sink struct {
	ctx   context.Context //nolint:containedctx // it is that of the one request for which the sink is
	to    http.ResponseWriter
	begun bool
	// patience is that of the stream.
	patience time.Duration
	begin    func()
	end      context.CancelFunc
}

// End ends the body, also while a piece of it waits for the client. Anybody may call it.
func (k *Sink) End() { k.end() }

// Write hands on a piece, which may wait for more; the first sends the header of
// the reply. A client that does not read holds it up until the context ends.
func (k *Sink) Write(piece []byte) (int, error) {
	return len(piece), k.send(func() error {
		_, err := k.to.Write(piece)
		return err
	})
}

// Flush sends what waits, or the header alone if nothing was written yet.
func (k *Sink) Flush() error { return k.send(http.NewResponseController(k.to).Flush) }

// send does what may wait for the client, as long as the context lasts.
func (k *Sink) send(do func() error) error {
	if k.ctx.Err() != nil {
		return k.ctx.Err()
	}
	if !k.begun {
		k.begun = true
		k.begin()
	}
	ctx, waited := k.ctx, func() {}
	if k.patience > 0 {
		ctx, waited = context.WithTimeout(ctx, k.patience)
	}
	giveUp := context.AfterFunc(ctx, func() {
		// A writer without a deadline belongs to nobody who is waited for.
		_ = http.NewResponseController(k.to).SetWriteDeadline(time.Unix(1, 0))
	})
	defer waited()
	defer giveUp()
	return do()
}

// EndStreams ends the bodies that are still being made, and those that others
// begin. It is for a server that is about to stop: it would wait for them.
func (s *Server) EndStreams() { s.endStreams() }

// stream sends a body while it is made.
func (s *Server) stream(c *Call, status int, stream *Stream) {
	ctx, end := context.WithCancel(c.Context())
	defer end()
	defer context.AfterFunc(s.streams, end)()
	sink := &Sink{ctx: ctx, to: c.to, patience: stream.Patience, end: end, begin: func() {
		header := c.to.Header()
		header.Set(headers.ContentType, stream.MediaType)
		header.Set(echo.HeaderCacheControl, "no-store, no-transform")
		s.checkReply(c, func(o *contract.Operation) error { return o.CheckResponseType(status, stream.MediaType) })
		c.to.WriteHeader(status)
		// A short stream would be given its length then, which HEAD cannot know. What
		// cannot flush gives none.
		_ = http.NewResponseController(c.to).Flush()
	}}
	var err error
	if c.Method != http.MethodHead {
		err = stream.writeTo(sink)
	}
	switch {
	case err == nil && !sink.begun:
		sink.begin()
	case err == nil:
	case !sink.begun && ctx.Err() == nil:
		s.refuse(c, err)
	default:
		if ctx.Err() == nil {
			s.Log.Error("a stream broke off", "request", c.RequestID, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// writeTo makes the body; a panic is an error, as it is in steps.
func (m *Stream) writeTo(sink *Sink) (err error) {
	defer recovered(&err)
	return m.Write(sink.ctx, sink)
}
