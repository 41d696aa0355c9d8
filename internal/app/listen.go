package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"finhub-sandbox/internal/rest"
)

// Listeners are where a sandbox is called. There are two of a kind where a name
// stands for two addresses.
type Listeners struct {
	Product []net.Listener
	// Control is empty if control calls come to the product's listeners.
	Control []net.Listener
}

// Close gives the addresses free.
func (l Listeners) Close() error { return errors.Join(closeAll(l.Product), closeAll(l.Control)) }

func closeAll(listeners []net.Listener) error {
	var faults []error
	for _, l := range listeners {
		faults = append(faults, l.Close())
	}
	return errors.Join(faults...)
}

// addresses are all of them.
func (l Listeners) addresses() (list []net.Addr) {
	for _, one := range slices.Concat(l.Product, l.Control) {
		list = append(list, one.Addr())
	}
	return list
}

func (l Listeners) controlAddr() net.Addr {
	if len(l.Control) == 0 {
		return l.Product[0].Addr()
	}
	return l.Control[0].Addr()
}

// Listen opens the listeners. An address that cannot be had is an error that
// says what to do.
func Listen(c Config) (Listeners, error) {
	product, err := listen(c.Addr, "--addr")
	if err != nil || c.ControlAddr == "" {
		return Listeners{Product: product}, err
	}
	control, err := listen(c.ControlAddr, "--control-addr")
	if err != nil {
		return Listeners{}, errors.Join(err, closeAll(product))
	}
	return Listeners{product, control}, nil
}

func listen(addr, flag string) ([]net.Listener, error) {
	listeners, err := listenAt(addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, &Trouble{fmt.Sprintf("address %s is taken", addr), "stop the program that uses it, or choose another with " + flag, err}
	}
	if err != nil {
		return nil, &Trouble{fmt.Sprintf("cannot listen on %s (%v)", addr, errors.Unwrap(err)), "choose another with " + flag, err}
	}
	return listeners, nil
}

// listenAt listens at an address; at localhost on both loopback addresses, since
// one client takes it for the one and the next for the other.
func listenAt(addr string) ([]net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || !strings.EqualFold(host, "localhost") {
		l, err := net.Listen("tcp", addr)
		return []net.Listener{l}, err
	}
	for attempt := 0; ; attempt++ {
		listeners, err := listenLoopback(port)
		// The port that the system chose on one address may be taken on the other.
		if !errors.Is(err, syscall.EADDRINUSE) || port != "0" || attempt == maxAttempts {
			return listeners, err
		}
	}
}

// maxAttempts is how often the system may choose a port that is half taken.
const maxAttempts = 10

// listenLoopback listens on the loopback addresses that the machine has.
func listenLoopback(port string) ([]net.Listener, error) {
	var listeners []net.Listener
	var absent error
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, port))
		switch {
		case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT):
			absent = err
			continue
		case err != nil:
			_ = closeAll(listeners) // What is in the way of the address says more.
			return nil, err
		}
		listeners = append(listeners, l)
		_, port, _ = net.SplitHostPort(l.Addr().String())
	}
	if len(listeners) == 0 {
		return nil, absent
	}
	return listeners, nil
}

// The bounds of a connection: the time in which the header and the body of a
// request must have come, the time that a connection may rest between two
// requests, and the length of a header. Replies have none: an advance may take
// its time, and a scenario may hold a reply back.
const (
	headerTime = 10 * time.Second
	bodyTime   = 30 * time.Second
	idleTime   = 2 * time.Minute
	maxHeader  = 64 << 10
)

func (a *App) serveOn(s *serving, listeners []net.Listener, h *rest.Server, failed chan<- error) {
	server := &http.Server{
		Handler: inTime(h, a.bodyTime()), ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog:    slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return s.requests }, ConnState: s.note,
	}
	// What is streamed has no end of its own, and would be waited for.
	server.RegisterOnShutdown(h.EndStreams)
	s.servers = append(s.servers, server)
	for _, l := range listeners {
		go func() { failed <- server.Serve(l) }()
	}
}

func (a *App) bodyTime() time.Duration {
	if a.config.BodyTime > 0 {
		return a.config.BodyTime
	}
	return bodyTime
}

// inTime gives the body of a request so much time to come. The deadline of
// net/http would go on when the body is there, and end requests that take long
// to be answered.
func inTime(h http.Handler, within time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			conn := http.NewResponseController(w)
			// A writer without a deadline belongs to nobody who is waited for.
			if conn.SetReadDeadline(time.Now().Add(within)) == nil {
				r.Body = &timedBody{r.Body, conn}
			}
		}
		h.ServeHTTP(w, r)
	})
}

// timedBody is a body with a deadline, which it lifts at its end.
type timedBody struct {
	io.ReadCloser
	conn *http.ResponseController
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.conn.SetReadDeadline(time.Time{}) // It could be set, so it can be lifted.
	}
	return n, err
}
