package app

import (
	"bufio"
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/rest"
)

// TestStopEndsStreams: a body that has no end of its own is not waited for.
func TestStopEndsStreams(t *testing.T) {
	const document = `{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": [{"url": "/t"}], "paths": {
		"/events": {"get": {"operationId": "watch", "x-callers": ["public"], "responses": {"200": {"description": "ok"}}}}}}`
	d, err := contract.Load([]byte(document), nil)
	if err != nil {
		t.Fatal(err)
	}
	a := &App{log: slog.New(slog.DiscardHandler)}
	server := rest.New(rest.Config{
		Log: a.log, Now: time.Now,
		Within: func(c *rest.Call, fn func(*rest.Call, rest.Work) error) error { return fn(c, anybody{}) },
	})
	watch := func(*rest.Call) (rest.Reply, error) {
		return rest.Reply{Stream: &rest.Stream{MediaType: "text/event-stream", Write: func(ctx context.Context, to *rest.Sink) error {
			if err := to.Flush(); err != nil {
				return err
			}
			<-ctx.Done()
			return nil
		}}}, nil
	}
	if err := server.Mount(d, rest.Envelope{}, map[string]rest.Handler{"watch": watch}); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newServing(t.Context())
	a.serveOn(s, []net.Listener{listener}, server, make(chan error, 1))
	response, err := http.Get("http://" + listener.Addr().String() + "/t/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	// So long nobody waits: only the end of the streams lets it be in time.
	if inTime, err := s.end(time.Hour); !inTime || err != nil {
		t.Errorf("ended in time: %v, %v", inTime, err)
	}
	if _, err := bufio.NewReader(response.Body).ReadByte(); err == nil {
		t.Error("the stream goes on")
	}
}

// anybody is the work of a server that keeps nothing: everybody may call it.
type anybody struct{}

func (w anybody) Identify(string, bool) (access.Caller, error) {
	return access.Caller{Sort: access.Public}, nil
}
func (anybody) Relaxed() bool     { return true }
func (anybody) Keyless() bool     { return false }
func (anybody) Past(string) error { return nil }
