package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/client"
)

// following is a journal while somebody follows it.
type following struct {
	journalListCommand
	stdout, stderr io.Writer
	// last is the number behind which the next requests are asked for.
	last int64
	// lost tells that there is no connection, as was said.
	lost bool
}

// Validate refuses what cannot be followed.
func (c journalListCommand) Validate() error {
	if c.Follow && (c.Format == "har" || c.Format == "curl") {
		return fmt.Errorf("--format %s has an end, and --follow has none: use table or ndjson", c.Format)
	}
	return nil
}

// reopening is how long a lost connection is left alone.
const reopening = time.Second

// follow prints the last requests and then those that come. Between the two there is no
// hole, and none where the connection is lost.
func (c journalListCommand) follow(ctx context.Context, query map[string]string, stdout, stderr io.Writer) int {
	f := following{journalListCommand: c, stdout: stdout, stderr: stderr}
	delete(query, "format")
	reply, err := client.ListJournal.With(query).Call(ctx, c.client(), nil)
	if err != nil {
		return fail(stderr, exitOf(err), err.Error())
	}
	page, err := reply.Decode()
	if err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	f.last = page.Last
	for i := range page.Entries {
		if !page.Entries[i].Finished {
			f.last = page.Entries[i].Number - 1 // It comes when it is finished.
			break
		}
		f.print(&page.Entries[i])
	}
	for {
		err := f.listen(ctx, query)
		if ctx.Err() != nil {
			return exitOK // Whoever followed has ended it.
		}
		var refused *client.Refusal
		if errors.As(err, &refused) {
			return fail(stderr, exitOf(err), err.Error())
		}
		if !f.lost {
			f.lost = true
			_, _ = fmt.Fprintf(stderr, "the connection to %s is lost; it is tried again every second\n", c.Addr)
		}
		if app.Pause(ctx, reopening) != nil {
			return exitOK
		}
	}
}

// listen prints what comes while the connection lasts.
func (f *following) listen(ctx context.Context, query map[string]string) error {
	asked := map[string]string{"after": strconv.FormatInt(f.last, 10)}
	for _, name := range []string{"operation", "status", "refusal", "customerId", "text"} {
		asked[name] = query[name]
	}
	events, err := client.StreamJournal.With(asked).Open(ctx, f.client(), nil)
	if err != nil {
		return err
	}
	f.lost = false
	for err == nil {
		var next client.Message
		if next, err = events.Next(); err == nil {
			err = f.take(next)
		}
	}
	_ = events.Close() // It is over.
	return err
}

func (f *following) take(m client.Message) error {
	switch m.Name {
	case "request", "completed":
		e, err := client.Reply[client.JournalEntry](m.Data).Decode()
		if err != nil {
			return err
		}
		f.print(&e)
	case "restart":
		f.last = 0
		_, _ = fmt.Fprintln(f.stderr, "the sandbox was started again: the numbers have begun anew")
	case "gap":
		_, _ = fmt.Fprintf(f.stderr, "some requests are not kept any more: %s\n", m.Data)
	}
	if n, err := strconv.ParseInt(m.ID, 10, 64); err == nil {
		f.last = n
	}
	return nil
}

// print prints an entry: a line for people, or the entry as JSON.
func (f *following) print(e *client.JournalEntry) {
	if f.JSON || f.Format != "table" {
		if text, err := json.Marshal(e); err == nil {
			_, _ = fmt.Fprintf(f.stdout, "%s\n", text)
		}
		return
	}
	row := entryRow(e)
	for i, cell := range row {
		if cell == "" {
			row[i] = "-"
		}
	}
	_, _ = fmt.Fprintf(f.stdout, "%-6s  %-27s  %-7s  %-30s  %-26s  %-24s  %s\n", row[0], row[1], row[2], row[3], row[4], row[5], row[6])
}
