package app_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
)

// openRequest sends the beginning of a request on a connection of its own; what
// is replied comes over the channel, or nothing if the connection is closed.
func openRequest(t *testing.T, addr, text string) <-chan *rawReply {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	came := make(chan *rawReply, 1)
	go func() {
		defer close(came)
		in := bufio.NewReader(conn)
		for {
			reply, err := http.ReadResponse(in, nil)
			if err != nil {
				return
			}
			body, err := io.ReadAll(reply.Body)
			if err = errors.Join(err, reply.Body.Close()); err != nil {
				return
			}
			came <- &rawReply{reply, string(body)}
			if reply.StatusCode != http.StatusContinue {
				return
			}
		}
	}()
	return came
}

// TestStopEndsWhatWaits stops a sandbox that waits for half a header, for half a
// body, for the end of a delay, and for a clock that is being moved: it ends in
// time and well, who can be answered is, and the clock stands at a timer.
func TestStopEndsWhatWaits(t *testing.T) {
	var looks atomic.Int64
	looks.Store(-1)
	moving, move, held, cut := make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})
	config := app.Config{
		Addr: "127.0.0.1:0", Seed: "stop", Settings: scaled(1), StopTime: 100 * time.Millisecond, Wait: func(ctx context.Context, _ time.Duration) error {
			close(held)
			<-ctx.Done()
			close(cut)
			return ctx.Err()
		},
		// The clock is looked at for each timer, within its transaction: in the middle
		// of the advance it is held there until requests are cut short.
		Now: func() time.Time {
			if looks.Add(-1) == 0 {
				close(moving)
				<-move
			}
			return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		},
	}
	p := openLocal(t, config)
	p.must("t", http.MethodPost, "/_sandbox/clock/freeze", "{}")
	c := &client{documents: loadDocuments(t), send: inProcess(p.app.Handler())}
	for i := range 5 {
		c.live(t, "t", fmt.Sprintf("anna%d@example.com", i))
	}
	p.must("slow", http.MethodPut, "/_sandbox/scenario", "name: slow\nrules:\n  - {on: \"*\", fault: {after: 30s}}\n", "Content-Type", "application/yaml")
	listeners, err := app.Listen(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- p.app.Serve(ctx, listeners) }()

	addr := listeners.Product[0].Addr().String()
	const registration = "POST /api/v2.1/customer/individual/registration HTTP/1.1\nHost: localhost\nContent-Type: application/json\n" + asAdmin + "\n"
	header := openRequest(t, addr, registration)
	body := openRequest(t, addr, registration+inDemo+"\nExpect: 100-continue\nContent-Length: 100\n\n")
	<-body // The server asks for the body.
	delay := openRequest(t, addr, "GET "+hierarchy+" HTTP/1.1\nHost: localhost\nX-Tenant-ID: slow\n"+asAdmin+"\n\n")
	<-held
	const target = `{"by": "730d"}` // Behind the last timer.
	looks.Store(8)
	advance := openRequest(t, addr, "POST /_sandbox/clock/advance HTTP/1.1\nHost: localhost\nX-Tenant-ID: t\nContent-Type: application/json\nContent-Length: "+fmt.Sprint(len(target))+"\n\n"+target)
	<-moving
	stop()
	<-cut
	close(move)
	if reply := <-body; reply == nil || reply.code() != "BODY_MALFORMED" || !strings.Contains(reply.body, "did not come in time") {
		t.Errorf("half a body got %v", reply)
	}
	if reply := <-advance; reply == nil || reply.code() != "CLOCK_INTERRUPTED" {
		t.Errorf("the clock that was being moved got %v", reply)
	}
	if reply := <-delay; reply != nil {
		t.Errorf("what was held back got %v", reply)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if reply := <-header; reply != nil {
		t.Errorf("half a header got %v", reply)
	}
	if at := p.must("t", http.MethodGet, "/_sandbox/clock", "").get("now"); at <= "2026-01-05T09" || at >= "2028" {
		t.Errorf("the clock stands at %s", at)
	}
}
