package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"finhub-sandbox/internal/api"
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/control"
	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
	"finhub-sandbox/internal/store"
	"finhub-sandbox/spec"
)

// App is an open sandbox. It can be used without a listener, through Handler.
type App struct {
	config  Config
	store   *store.Store
	sandbox *sandbox.Sandbox
	server  *rest.Server
	log     *slog.Logger
	// Opened is what opening the data file had to do.
	Opened store.Report
}

// Open puts a sandbox together. What is wrong with the configuration, the data
// file, the documents or the tables is an error of one line.
func Open(c Config, logTo io.Writer) (*App, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	level := slog.LevelInfo
	if c.Quiet {
		level = slog.LevelWarn
	}
	a := &App{config: c, log: slog.New(slog.NewTextHandler(logTo, &slog.HandlerOptions{Level: level}))}
	var err error
	if a.store, a.Opened, err = store.Open(store.Options{Path: c.Data, Durability: c.Durability}); err != nil {
		return nil, err
	}
	if err := a.wire(); err != nil {
		return nil, errors.Join(err, a.store.Close())
	}
	return a, nil
}

func (a *App) wire() error {
	c := a.config
	var err error
	a.sandbox, err = sandbox.New(sandbox.Config{
		Store: a.store, Wall: c.Now, Seed: c.Seed, DelayScale: float64(c.DelayScale),
		Tenants: c.Tenants, NoFixedTokens: c.NoFixedTokens,
	})
	if err != nil {
		return err
	}
	formats := contract.Formats{"iban": bank.CheckIBAN, "bic": bank.CheckBIC}
	product, err := contract.Load(spec.ProductSkeleton, formats)
	if err != nil {
		return err
	}
	controls, err := contract.Load(spec.ControlSkeleton, formats)
	if err != nil {
		return err
	}
	a.server = rest.New(rest.Config{
		Log: a.log, Now: c.Now, CheckReplies: c.CheckResponses,
		Identify: a.sandbox.Identify,
		Relaxed:  func(tenant string) bool { return a.sandbox.Relaxed(tenant, c.Relaxed) },
	})
	start := c.Now()
	docs := control.Docs()
	info := control.Info{
		Version: c.Version, Uptime: func() time.Duration { return c.Now().Sub(start) }, Docs: docs,
		ProductJSON: spec.Product, ProductYAML: spec.ProductYAML, ControlJSON: spec.Control, ControlYAML: spec.ControlYAML,
	}
	a.server.Files(control.DocsPath+"/*", docs)
	return errors.Join(
		a.server.Mount(product, rest.Envelope{}, api.New(a.sandbox).Handlers()),
		a.server.Mount(controls, rest.Plain{}, control.New(a.sandbox, info).Handlers()),
	)
}

// Handler answers requests without a listener.
func (a *App) Handler() http.Handler { return a.server }

// Sandbox gives the product, to those who look behind the requests.
func (a *App) Sandbox() *sandbox.Sandbox { return a.sandbox }

// Close gives the data file free. Whatever was acknowledged is in it.
func (a *App) Close() error { return a.store.Close() }

// Listen opens the listener. An address that cannot be had is an error that
// says what to do.
func Listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("address %s is taken: stop the program that uses it, or choose another with --addr", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s (%w): choose another with --addr", addr, errors.Unwrap(err))
	}
	return l, nil
}

// drainTime is how long a stop waits for requests that are being answered.
const drainTime = 10 * time.Second

// Serve answers requests and drives the running clocks until the context ends;
// then it lets the requests that are being answered finish.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: a.server, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	driven := make(chan struct{})
	go func() {
		defer close(driven)
		a.drive(ctx)
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err := server.Shutdown(drain)
	<-driven
	return err
}

// drive fires the timers of running clocks when they come due.
func (a *App) drive(ctx context.Context) {
	engine := a.sandbox.Engine()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-engine.Changed():
		case <-timer.C:
			if err := engine.Wake(); err != nil {
				a.log.Error("a pending decision failed", "error", err)
			}
		}
		// Without anything due the timer is left as it is: the next change of
		// the timers comes over Changed.
		if at, ok := engine.NextWake(); ok {
			timer.Reset(at.Sub(a.config.Now()))
		}
	}
}

// Explain makes one helpful line of an error at start.
func Explain(err error, data string) string {
	switch {
	case errors.Is(err, store.ErrInUse):
		return fmt.Sprintf("%s is in use: stop the other sandbox, or choose another file with --data", data)
	case errors.Is(err, os.ErrPermission):
		return fmt.Sprintf("%s cannot be read and written (permission denied): choose another file with --data", data)
	case errors.Is(err, store.ErrNotOurs):
		return fmt.Sprintf("%s is not a data file of the sandbox: choose another file with --data; it was not changed", data)
	}
	line := strings.ReplaceAll(err.Error(), "\n", "; ")
	var file *os.PathError
	if errors.As(err, &file) {
		line += ": choose another file with --data"
	}
	return line
}
