package rest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/fault"
	"finhub-sandbox/internal/rest"
)

const events = "/api/things/events"

// opened is a reply whose body is still to be read.
type opened struct {
	status int
	header http.Header
	body   *bufio.Reader
}

// open asks a listening server for a body that streams.
func open(ctx context.Context, t *testing.T, listening *httptest.Server, method string) opened {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, listening.URL+events, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := listening.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return opened{response.StatusCode, response.Header, bufio.NewReader(response.Body)}
}

// event writes one event and sends it.
func event(to *rest.Sink, n int) error {
	_, err := fmt.Fprintf(to, "data: %d\n\n", n)
	return errors.Join(err, to.Flush())
}

// TestAStreamIsReadWhileItIsMade: the first event is there before the last is made.
func TestAStreamIsReadWhileItIsMade(t *testing.T) {
	s := newTiny(t, nil, nil)
	read := make(chan struct{})
	s.write = func(ctx context.Context, to *rest.Sink) error {
		if err := event(to, 1); err != nil {
			return err
		}
		select {
		case <-read:
		case <-ctx.Done():
			return ctx.Err()
		}
		return event(to, 2)
	}
	listening := httptest.NewServer(s)
	defer listening.Close()
	response := open(t.Context(), t, listening, http.MethodGet)
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "Content-Length": "", "Content-Encoding": "", "X-Sandbox-Scenario": "bad-day",
	} {
		if got := response.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if line, err := response.body.ReadString('\n'); err != nil || line != "data: 1\n" {
		t.Fatalf("the first event is %q, %v", line, err)
	}
	close(read)
	rest, err := io.ReadAll(response.body)
	if err != nil || string(rest) != "\ndata: 2\n\n" {
		t.Errorf("after it come %q, %v", rest, err)
	}
	listening.Close()
	if log := s.log.String(); strings.Contains(log, "ERROR") {
		t.Errorf("the log says %s", log)
	}
}

// TestAStreamEnds with its client and with its server; neither is an error.
func TestAStreamEnds(t *testing.T) {
	for name, end := range map[string]func(s *tiny, leave func()){
		"the client leaves": func(_ *tiny, leave func()) { leave() },
		"the server ends":   func(s *tiny, _ func()) { s.EndStreams() },
	} {
		t.Run(name, func(t *testing.T) {
			s := newTiny(t, nil, nil)
			made := make(chan error, 1)
			s.write = func(ctx context.Context, to *rest.Sink) error {
				if err := event(to, 1); err != nil {
					return err
				}
				<-ctx.Done()
				made <- event(to, 2)
				return ctx.Err()
			}
			listening := httptest.NewServer(s)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			response := open(ctx, t, listening, http.MethodGet)
			if _, err := response.body.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			end(s, leave)
			if err := <-made; !errors.Is(err, context.Canceled) {
				t.Errorf("behind its end an event is sent with %v", err)
			}
			listening.Close() // It waits for the request.
			if log := s.log.String(); strings.Contains(log, "ERROR") || !strings.Contains(log, "operation=watchThings tenant=\"\" status=200") {
				t.Errorf("the log says %s", log)
			}
		})
	}
}

// full is a response whose client does not read: what is written to it waits for
// the deadline.
type full struct {
	*httptest.ResponseRecorder
	waits, over chan struct{}
}

func (f full) Write([]byte) (int, error) {
	close(f.waits)
	<-f.over
	return 0, os.ErrDeadlineExceeded
}

func (f full) SetWriteDeadline(at time.Time) error {
	if at.Year() == 1970 {
		close(f.over)
	}
	return nil
}

// TestAStreamEndsThoughItsClientDoesNotRead: what waits for the client is given up.
func TestAStreamEndsThoughItsClientDoesNotRead(t *testing.T) {
	s := newTiny(t, nil, nil)
	s.write = func(_ context.Context, to *rest.Sink) error { return event(to, 1) }
	response := full{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	go func() {
		<-response.waits
		s.EndStreams()
	}()
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // a panic's value is compared
			t.Errorf("ended with %v", p)
		}
	}()
	s.ServeHTTP(response, httptest.NewRequest(http.MethodGet, "http://localhost"+events, http.NoBody))
}

// TestAStreamThatFails is a refusal where nothing was sent yet, and is broken off
// behind that.
func TestAStreamThatFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		write  func(context.Context, *rest.Sink) error
		status int
		body   string
		broken bool
	}{
		{"refused", func(context.Context, *rest.Sink) error { return refusal.New(refusal.OrderExpired, "late") }, 410, "ORDER_EXPIRED", false},
		{"panics", func(context.Context, *rest.Sink) error { panic("no") }, 500, "INTERNAL", false},
		{"refused behind the first", func(_ context.Context, to *rest.Sink) error {
			return errors.Join(event(to, 1), refusal.New(refusal.OrderExpired, "late"))
		}, 200, "data: 1", true},
		{"panics behind the first", func(_ context.Context, to *rest.Sink) error { panic(event(to, 1)) }, 200, "data: 1", true},
		{"empty", func(context.Context, *rest.Sink) error { return nil }, 200, "", false},
		{"only begun", func(_ context.Context, to *rest.Sink) error { return to.Flush() }, 200, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newTiny(t, nil, nil)
			s.write = c.write
			listening := httptest.NewServer(s)
			defer listening.Close()
			response := open(t.Context(), t, listening, http.MethodGet)
			body, err := io.ReadAll(response.body)
			if response.status != c.status || !strings.Contains(string(body), c.body) || (err != nil) != c.broken {
				t.Errorf("got %d %q, %v", response.status, body, err)
			}
		})
	}
}

// TestHeadMakesNoStream: it would have no end.
func TestHeadMakesNoStream(t *testing.T) {
	s := newTiny(t, nil, nil)
	s.write = func(context.Context, *rest.Sink) error { panic("made") }
	listening := httptest.NewServer(s)
	defer listening.Close()
	response := open(t.Context(), t, listening, http.MethodHead)
	if response.status != http.StatusOK || response.header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("got %d %v", response.status, response.header)
	}
}

// TestFaultsOfStreams: none of them holds a body as a whole that has no end.
func TestFaultsOfStreams(t *testing.T) {
	for _, c := range []struct {
		kind   fault.Kind
		status int
		body   string
		broken bool
		waits  int
	}{
		{fault.Delay, 200, "data: 1\n\ndata: 2\n\n", false, 1},
		{fault.Drip, 200, "data: 1\n\ndata: 2\n\n", false, 1},
		{fault.Cut, 200, "data: 1\n\n", true, 1},
		{fault.Status, 503, "busy", false, 1},
		{fault.Lost, 0, "", true, 1},
		{fault.Timeout, 0, "", true, 1},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			s := newTiny(t, &rest.Fault{Kind: c.kind, Status: 503, Body: "busy", Delay: 1}, nil)
			more := make(chan struct{})
			s.write = func(ctx context.Context, to *rest.Sink) error {
				err := event(to, 1)
				select { // What is held as a whole never sees the second.
				case <-more:
				case <-ctx.Done():
				}
				return errors.Join(err, event(to, 2))
			}
			listening := httptest.NewServer(s)
			defer listening.Close()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, listening.URL+events, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			response, err := listening.Client().Do(request)
			if c.status == 0 {
				if err == nil {
					response.Body.Close()
					t.Errorf("there is a reply: %d", response.StatusCode)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			close(more)
			body, err := io.ReadAll(response.Body)
			if response.StatusCode != c.status || string(body) != c.body || (err != nil) != c.broken || len(s.waits) != c.waits {
				t.Errorf("got %d %q, %v after %v", response.StatusCode, body, err, s.waits)
			}
		})
	}
}

// TestAStreamGivesUpWhoDoesNotRead: a client that does not read holds nobody up for
// longer than the stream's patience.
func TestAStreamGivesUpWhoDoesNotRead(t *testing.T) {
	s := newTiny(t, nil, nil)
	ended := make(chan error, 1)
	s.patience = 50 * time.Millisecond
	s.write = func(_ context.Context, to *rest.Sink) (err error) {
		for piece := make([]byte, 1<<20); err == nil; {
			_, err = to.Write(piece)
		}
		ended <- err
		return err
	}
	listening := httptest.NewServer(s)
	defer listening.Close()
	open(t.Context(), t, listening, http.MethodGet)
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it ends with %v", err)
	}
}
