package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"finhub-sandbox/internal/api"
	"finhub-sandbox/internal/console"
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/control"
	"finhub-sandbox/internal/coverage"
	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/metrics"
	"finhub-sandbox/internal/recording"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/store"
	"finhub-sandbox/internal/webhook"
	"finhub-sandbox/spec"
)

// App is an open sandbox. It can be used without a listener, through Handler.
type App struct {
	config Config
	// store has the state: file, or with a database a replica of what is there.
	store  keeper
	file   *store.DB
	shared *shared
	world  *world.World
	// server answers product and control calls; with a listener of its own the
	// latter are answered by control.
	server, control *rest.Server
	scenarios       scenarioFiles
	sender          *webhook.Sender
	// journal has the last requests; nil is none.
	journal *journal.Journal
	// recorder records the tenants for whom somebody asks for that.
	recorder *recording.Recorder
	// replay is what a sandbox plays that was made for that; nil is nothing.
	replay *replay
	// used are the scenarios that were last taken over.
	used atomic.Pointer[usedScenarios]
	// coverage counts what requests meet.
	coverage *coverage.Coverage
	// builtIn are the scenarios that the binary has, and sources are the files
	// that were last read; the watcher alone uses sources and unread once the
	// sandbox serves.
	builtIn *scenario.Library
	sources []scenario.Source
	// unread is why the files could not be read the last time.
	unread string
	log    *slog.Logger
	// metrics counts what happens in the process, which began at started.
	metrics *metrics.Metrics
	started time.Time
	// Opened is what opening the data file had to do.
	Opened store.Report
}

// Open puts a sandbox together. What is wrong with the configuration, the data
// file, the documents or the tables is an error of one line.
func Open(c Config, logTo io.Writer) (*App, error) { return open(c, logTo, nil) }

// open is Open, for a sandbox that plays a bug file too.
func open(c Config, logTo io.Writer, playing *replay) (*App, error) {
	ownClock := c.Now == nil
	if ownClock {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = Pause
	}
	a := &App{config: c, replay: playing, scenarios: findScenarios(c.Scenarios, c.ScenarioYAML), log: newLog(c, logTo)}
	if playing != nil {
		a.scenarios.given = playing.sources()
	}
	a.started, a.metrics = c.Now(), metrics.New(a.gauges)
	if err := a.openStore(ownClock); err != nil {
		return nil, err
	}
	if a.Opened.Kept != nil {
		a.log.Warn("the data file was not written anew, and is used as it is", "reason", a.Opened.Kept)
	}
	if err := a.wire(); err != nil {
		return nil, errors.Join(err, a.store.Close())
	}
	if err := a.takeState(context.Background()); err != nil {
		return nil, errors.Join(err, a.store.Close())
	}
	return a, nil
}

func (a *App) wire() error {
	product, controls, err := loadDocuments()
	if err != nil {
		return err
	}
	c := a.config
	secret := rand.Text
	if c.Seed != "" {
		secret = nil // Whoever chooses a seed wants the same tokens again.
	}
	var rows store.Store = a.store
	if c.Store != nil {
		rows = c.Store(rows)
	}
	a.world, err = sandbox.New(world.Config{
		Store: rows, Wall: c.Now, WallOf: a.wallOf, Seed: cmp.Or(c.Seed, DefaultSeed), Secret: secret, Settings: c.Settings,
		Tenants: c.Tenants, NoFixedTokens: c.NoFixedTokens, Operations: refusals(product), WebhookHosts: c.WebhookHosts,
		CheckShared: c.CheckShared, Fired: a.fired,
		Passed: func(tenant string, numbers []uint16) { a.coverage.Passed(tenant, numbers) },
	})
	if err != nil {
		return err
	}
	if collections := a.world.Engine().Reindexed(); len(collections) > 0 {
		a.log.Info("the data file was written under other indexes, which were rebuilt", "of", strings.Join(collections, ", "))
	}
	if err := a.loadScenarios(); err != nil {
		return err
	}
	secrets, err := readSecrets()
	if err != nil {
		return err
	}
	a.openJournal(secrets)
	a.recorder = a.newRecorder(secrets)
	sending := webhook.Config{
		World: a.world, Now: c.Now, Wait: Pause, Timeout: c.WebhookTime, Receivers: receivers(product), Resolver: c.WebhookNames, Log: a.log,
		Turns: a.recorder, Attempted: a.attempted,
	}
	if a.replay != nil {
		sending.Turns, sending.Send = a.replay, a.replay.send
	}
	if a.shared != nil {
		sending.Claims, sending.Left = a.shared, leftTime
	}
	a.sender = webhook.New(sending)
	if a.shared != nil {
		a.shared.replica.OnApplied(a.applied)
	}
	a.coverage = a.openCoverage(product)
	a.world.Outside = a.sender
	return a.mount(product, controls)
}

// receivers are the paths of the test receivers, the only ones of our own to which
// webhooks are sent.
func receivers(product *contract.Document) (paths []string) {
	for _, id := range []string{"receiveTestWebhook", "failTestWebhook", "delayTestWebhook"} {
		paths = append(paths, product.Operation(id).Path)
	}
	return paths
}

// loadDocuments loads both documents at once: nothing at start takes longer.
func loadDocuments() (product, controls *contract.Document, err error) {
	var loading sync.WaitGroup
	var failed error
	loading.Go(func() { controls, failed = contract.Load(spec.Control(), Formats()) })
	product, err = contract.Load(spec.Product(), Formats())
	loading.Wait()
	return product, controls, errors.Join(err, failed)
}

// documented lists the operations that FinHub documents and the sandbox does not serve.
func documented() (list []rest.Documented) {
	operations, err := spec.DocumentedOperations()
	if err != nil {
		panic(err) // It is in the binary, and a test reads it.
	}
	for _, o := range operations {
		list = append(list, rest.Documented{Method: o.Method, Path: o.Path, About: o.About, Page: o.Page, Instead: o.Instead, Planned: o.Planned})
	}
	return list
}

// refusals lists, for every operation of the product, the codes with which it
// can refuse.
func refusals(product *contract.Document) map[string][]string {
	operations := map[string][]string{}
	for _, o := range product.Operations {
		operations[o.ID] = o.Refusals
	}
	return operations
}

// Formats are those of the documents that only we know.
func Formats() contract.Formats {
	return contract.Formats{
		"iban": bank.CheckIBAN, "bic": bank.CheckBIC, "country": bank.CheckCountry, "country-code": bank.CheckCountryCode, "currency": money.CheckCurrency,
	}
}

func (a *App) mount(product, controls *contract.Document) error {
	c := a.config
	config := rest.Config{
		Wait: c.Wait,
		Log:  a.log, Now: c.Now, CheckReplies: c.CheckResponses,
		Within: api.Within(a.world), Admit: a.world.Admit,
		Product: product, Control: controls, Documented: documented,
		Finished: a.finished,
		Guard:    rest.Guard{Hosts: slices.Concat([]string{c.Addr, c.ControlAddr}, c.Hosts), Token: c.ControlToken, Pages: rest.Pages(c.Pages)},
	}
	config.Turn = a.recorder.Turn
	config.Witness = witnesses{a.recorder, a.coverage}
	if a.journal != nil {
		config.Witness = witnesses{a.journal, a.recorder, a.coverage}
	}
	a.server = rest.New(config)
	a.control = a.server
	if c.ControlAddr != "" {
		config.Documented = nil // The product is elsewhere.
		a.control = rest.New(config)
	}
	pages := a.openConsole()
	info := control.Info{
		Version: c.Version, Uptime: func() time.Duration { return c.Now().Sub(a.started) }, Unready: a.unready, Database: a.database, Docs: pages.Docs,
		Journal: a.journal, Send: a.send, Recorder: a.recorder, Coverage: a.coverage, Metrics: a.metrics, Now: c.Now,
	}
	if c.ControlAddr != "" {
		info.ProductAddr = c.Addr
	}
	a.control.Files(console.DocsPath+"/", true, console.DocsFiles())
	return errors.Join(
		a.server.Mount(product, rest.Envelope{}, api.Handlers()),
		a.control.Mount(controls, rest.Plain{}, control.New(a.world, a.sender, info).Handlers()),
	)
}

// openConsole serves the pages for people beside the control API.
func (a *App) openConsole() *console.Console {
	c := a.config
	shown := console.Config{
		API: a.control.Inner(), World: a.world, Journal: a.journal, Recorder: a.recorder, Token: c.ControlToken, Wait: Pause,
	}
	if c.ControlAddr == "" {
		a.server.Entrance(console.Entrance("", ""))
	} else {
		shown.ProductAddr = c.Addr
		a.server.Entrance(console.Entrance("", c.ControlAddr))
		a.control.Entrance(console.Entrance(c.Addr, ""))
	}
	pages := console.New(shown)
	a.control.Pages(console.Path, pages)
	return pages
}

// Now is the wall clock, for commands without a sandbox.
func Now() time.Time { return time.Now() }

// openJournal makes the journal, unless none is wanted.
func (a *App) openJournal(secrets journal.Secrets) {
	entries := journal.DefaultEntries
	if a.config.Journal != nil {
		entries = *a.config.Journal
	}
	if entries > 0 {
		a.journal = journal.New(entries, secrets)
	}
}

// Pause waits in real time, until the context ends.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Handler answers requests without a listener.
func (a *App) Handler() http.Handler { return a.server }

// ControlHandler answers control calls without a listener. It is Handler unless
// the control API has an address of its own.
func (a *App) ControlHandler() http.Handler { return a.control }

// Governs says which scenario governs new customers, and which files are watched.
func (a *App) Governs() string { return a.scenarios.String() }

// World gives the product, to those who look behind the requests.
func (a *App) World() *world.World { return a.world }

// Close gives the data file free. Whatever was acknowledged is in it.
func (a *App) Close() error { return a.store.Close() }

// Serve answers requests, drives the running clocks and watches the scenario
// files until the context ends; then it lets the requests that are being
// answered finish, as far as they do so in time.
func (a *App) Serve(ctx context.Context, l Listeners) error {
	ctx, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	defer background.Wait()
	defer stop()
	background.Go(func() { a.drive(ctx) })
	background.Go(func() { a.watch(ctx) })
	a.sender.KeepFrom(l.addresses())
	background.Go(func() { a.sender.Run(ctx) })
	if a.shared != nil {
		background.Go(func() { a.shared.replica.Follow(ctx, Pause) })
	} else if a.config.Durability == store.Second {
		background.Go(func() { a.sync(ctx) })
	}
	failed := make(chan error, len(l.Product)+len(l.Control))
	s := newServing(context.WithoutCancel(ctx))
	a.serveOn(s, l.Product, a.server, failed)
	if len(l.Control) > 0 {
		a.serveOn(s, l.Control, a.control, failed)
	}
	var err error
	select {
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	inTime, ended := s.end(cmp.Or(a.config.StopTime, stopTime))
	if !inTime {
		a.log.Warn("requests that were not answered in time were cut off")
	}
	return errors.Join(err, ended)
}

// sync brings the data file to the disk every second.
func (a *App) sync(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := a.file.Sync(); err != nil {
				a.log.Error("what was written in the last second may be lost, and nothing more is until the sandbox is started again", "error", err)
			}
		}
	}
}

// unready says why the state cannot be written; nothing if it can.
func (a *App) unready() string {
	err := a.ready()
	var unwritten *store.Unwritten
	switch {
	case err == nil:
		return ""
	case errors.As(err, &unwritten):
		return unwritten.Reason()
	}
	return err.Error()
}

// driveAgain is how long a decision that failed is left alone: what was in its
// way, such as a full disk, may stay.
const driveAgain = time.Second

// drive fires the timers of running clocks when they come due.
func (a *App) drive(ctx context.Context) {
	engine := a.world.Engine()
	timer := time.NewTimer(0)
	defer timer.Stop()
	var rest time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-engine.Changed():
		case <-timer.C:
			if err := engine.FireDue(ctx); err != nil {
				a.log.Error("a pending decision failed", "error", err)
				rest = a.config.Now().Add(driveAgain)
			}
		}
		// Without anything due the timer is left as it is: the next change of
		// the timers comes over Changed.
		at, err := engine.NextDue(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.Error("when the next decision is due cannot be read", "error", err)
			rest = a.config.Now().Add(driveAgain)
			at = rest
		}
		if at.IsZero() {
			continue
		}
		if at.Before(rest) {
			at = rest
		}
		timer.Reset(at.Sub(a.config.Now()))
	}
}
