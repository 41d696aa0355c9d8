// Package postgres owns a store.Log in a database that speaks PostgreSQL's protocol.
//
// It asks for little: INSERT, SELECT by range and DELETE, one statement a transaction, at
// any level of isolation, without locks of its own, notifications or prepared statements.
// So it works behind PgBouncer in transaction mode.
package postgres

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"finhub-sandbox/internal/store"
)

// Config is how a database is reached.
type Config struct {
	// URL is that of the database, postgres://user:password@host/name. It has a secret.
	URL string
	// Node tells this process apart from all others.
	Node string
	// Now is the real time of this machine, and Wait waits in it.
	Now  func() time.Time
	Wait func(context.Context, time.Duration) error
	// Random gives a text that nobody can know before.
	Random func() string
}

// Log is a store.Log.
type Log struct {
	Config
	target target
	// offset is how far the clock of the database is ahead of Now.
	offset atomic.Int64
	timed  atomic.Bool

	mu   sync.Mutex
	idle []*conn
	// room has an element for every connection that is in use.
	room chan struct{}
}

// connections is how many of them a process has at most.
const connections = 20

// Open opens the log, and makes its tables if there are none. What is wrong with the URL
// or the tables is a *Trouble.
func Open(ctx context.Context, c Config) (*Log, error) {
	l, err := newLog(c)
	if err != nil {
		return nil, err
	}
	if err := l.prepare(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func newLog(c Config) (*Log, error) {
	t, err := parseTarget(c.URL)
	if errors.Is(err, errURL) {
		return nil, &Trouble{"the URL of the database is not understood", "give one such as postgres://user:password@host:5432/name", nil}
	}
	if err != nil {
		return nil, &Trouble{"what the URL of the database names cannot be read (" + plain(err) + ")", "correct sslrootcert in --store", err}
	}
	t.random = c.Random
	return &Log{Config: c, target: t, room: make(chan struct{}, connections)}, nil
}

// String names the database without its secret.
func (l *Log) String() string {
	return "PostgreSQL at " + l.target.addr + ", database " + l.target.database
}

// Close closes the connections that nobody uses.
func (l *Log) Close() error {
	l.drop()
	return nil
}

// drop closes the connections that rest: the one that was used has failed, and so would they.
func (l *Log) drop() {
	l.mu.Lock()
	idle := l.idle
	l.idle = nil
	l.mu.Unlock()
	for _, c := range idle {
		c.end()
	}
}

// Offset is how far the clock of the database is ahead of this machine's.
func (l *Log) Offset() time.Duration { return time.Duration(l.offset.Load()) }

// readClock compares the clocks. What differs by less than the question took is left as it is.
func (l *Log) readClock(ctx context.Context) error {
	began := l.Now()
	rows, err := l.query(ctx, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
	if err != nil {
		return err
	}
	took := l.Now().Sub(began)
	micros, err := number(rows[0][0])
	if err != nil {
		return err
	}
	ahead := time.UnixMicro(micros).Sub(began.Add(took / 2))
	if was := l.Offset(); !l.timed.Swap(true) || (ahead-was).Abs() > took {
		l.offset.Store(int64(ahead))
	}
	return nil
}

// Trouble is what is wrong with a database at start: what is so, and what to do about it.
type Trouble struct {
	Found, Do string
	err       error
}

// Error is one line.
func (t *Trouble) Error() string { return t.Found + ": " + t.Do }

// Unwrap gives the error behind it.
func (t *Trouble) Unwrap() error { return t.err }

// unwritten makes what the engine knows of an error.
func unwritten(err error, unknown bool) error {
	return &store.Unwritten{Cause: err, Remote: true, Unknown: unknown}
}
