package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// stopTime is how long requests may go on when the sandbox is stopped, until
// they are cut short. Twice as long is less than any supervisor waits.
const stopTime = 2 * time.Second

// serving is what has to end when the sandbox is stopped.
type serving struct {
	servers []*http.Server
	// requests is the context of all requests.
	requests context.Context
	cut      context.CancelFunc

	mu   sync.Mutex
	open map[net.Conn]struct{}
}

func newServing(ctx context.Context) *serving {
	s := &serving{open: map[net.Conn]struct{}{}}
	s.requests, s.cut = context.WithCancel(ctx)
	return s
}

// note keeps account of the connections.
func (s *serving) note(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open[c] = struct{}{}
	case http.StateClosed, http.StateHijacked:
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, c)
	}
}

// cutShort ends what requests wait for: a clock that is being moved stops at its
// next timer, a reply that is held back is dropped, and a body that has not come
// whole does not come any more.
func (s *serving) cutShort() {
	s.cut()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		_ = c.SetReadDeadline(time.Now()) // One that has just been closed waits for nothing.
	}
}

// end takes no more requests and lets those that are being answered go on for a
// while; then they are cut short, and after the same time again the connections
// are closed. It reports whether all were answered.
func (s *serving) end(grace time.Duration) (inTime bool, err error) {
	defer s.cut()
	defer time.AfterFunc(grace, s.cutShort).Stop()
	ctx, cancel := context.WithTimeout(context.Background(), 2*grace)
	defer cancel()
	faults := make([]error, len(s.servers))
	var ending sync.WaitGroup
	for i, server := range s.servers {
		ending.Go(func() { faults[i] = server.Shutdown(ctx) })
	}
	ending.Wait()
	for i, server := range s.servers {
		if errors.Is(faults[i], context.DeadlineExceeded) {
			faults[i] = server.Close()
		}
	}
	return ctx.Err() == nil, errors.Join(faults...)
}
