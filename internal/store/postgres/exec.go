package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// bytesOf marks a parameter as bytes; others are texts.
type bytesOf []byte

// SQLSTATE codes.
const (
	uniqueViolation       = "23505"
	serializationFailure  = "40001"
	deadlock              = "40P01"
	insufficientPrivilege = "42501"
	undefinedTable        = "42P01"
	undefinedColumn       = "42703"
	duplicateTable        = "42P07"
	readOnly              = "25006"
)

// stateOf is the SQLSTATE with which the database has refused; none if it has not answered.
func stateOf(err error) string {
	var no *refused
	if errors.As(err, &no) {
		return no.state
	}
	return ""
}

// passes reports whether an error may be gone when the statement is sent again: the
// connection is lost, the server goes down or comes up, or others were in the way.
func passes(err error) bool {
	state := stateOf(err)
	return state == "" || state == readOnly || state == serializationFailure || state == deadlock ||
		slices.Contains([]string{"08", "53", "57"}, state[:2])
}

// undone reports whether it is certain that a statement which failed has changed nothing.
func undone(err error) bool {
	state := stateOf(err)
	var nowhere unconnected
	return errors.As(err, &nowhere) || state != "" && !slices.Contains([]string{"08", "57"}, state[:2])
}

// exec sends one statement and gives its rows and how many it has changed. Columns that
// are bytes have names that end in body.
func (l *Log) exec(ctx context.Context, sql string, params ...any) (rows [][][]byte, changed int64, err error) {
	select {
	case l.room <- struct{}{}:
		defer func() { <-l.room }()
	case <-ctx.Done():
		return nil, 0, unconnected{fmt.Errorf("all connections are in use: %w", ctx.Err())}
	}
	c, err := l.take(ctx)
	if err != nil {
		return nil, 0, err
	}
	values, formats := make([][]byte, len(params)), make([]int16, len(params))
	for i, p := range params {
		switch p := p.(type) {
		case bytesOf:
			values[i], formats[i] = p, 1
			if p == nil {
				values[i] = []byte{}
			}
		case int64:
			values[i] = strconv.AppendInt(nil, p, 10)
		case string:
			values[i] = []byte(p)
		}
	}
	r, err := c.exec(ctx, sql, values, formats, formatsOf(sql))
	l.give(c, err)
	return r.rows, r.changed, err
}

// formatsOf asks for the last column of a statement in bytes, if that is a body.
func formatsOf(sql string) []int16 {
	list, _, _ := strings.Cut(strings.TrimPrefix(sql, "SELECT "), " FROM ")
	if list == sql || !strings.HasSuffix(list, "body") {
		return nil
	}
	formats := make([]int16, 1+strings.Count(list, ", "))
	formats[len(formats)-1] = 1
	return formats
}

// take gives a connection that rests, or connects.
func (l *Log) take(ctx context.Context) (*conn, error) {
	l.mu.Lock()
	if n := len(l.idle); n > 0 {
		c := l.idle[n-1]
		l.idle = l.idle[:n-1]
		l.mu.Unlock()
		return c, nil
	}
	l.mu.Unlock()
	c, err := l.target.connect(ctx)
	if err != nil {
		return nil, unconnected{err}
	}
	return c, nil
}

// unconnected says that nothing was sent, since there was no connection.
type unconnected struct{ cause error }

func (e unconnected) Error() string { return plain(e.cause) }
func (e unconnected) Unwrap() error { return e.cause }

// plain is an error in one line.
func plain(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// give takes a connection back. Behind one that is lost the others are lost too.
func (l *Log) give(c *conn, err error) {
	// One that takes no commits leads to a server that is not the first any more.
	if c.broken || stateOf(err) == readOnly {
		_ = c.Close() // It is of no use any more.
		l.drop()
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.idle = append(l.idle, c)
}

// query reads, a second time if a connection turns out to be lost.
func (l *Log) query(ctx context.Context, sql string, params ...any) (rows [][][]byte, err error) {
	for try := 0; ; try++ {
		rows, _, err = l.exec(ctx, sql, params...)
		if err == nil {
			return rows, nil
		}
		var nowhere unconnected
		if try > 0 || ctx.Err() != nil || !passes(err) || errors.As(err, &nowhere) {
			return nil, unwritten(err, false)
		}
	}
}

func number(text []byte) (int64, error) { return strconv.ParseInt(string(text), 10, 64) }
