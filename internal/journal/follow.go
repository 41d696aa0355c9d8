package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/rest"
)

// Feed is where a stream of entries goes.
type Feed interface {
	io.Writer
	Flush() error
	// End ends the feed, also for who waits for its reader.
	End()
}

// patience is how long a request that is being answered holds back those behind it.
// What takes longer is told as it is, and once more when it is finished.
const patience = time.Second

// MaxReaders bounds the streams of a tenant.
const MaxReaders = 32

// ErrTooManyReaders says that a tenant has as many streams as it may have.
var ErrTooManyReaders = errors.New("journal: too many readers")

// reader is one stream.
type reader struct {
	ledger *ledger
	// next is the number that it is sent next; by the ledger's lock.
	next int64
	// drop ends it when it has fallen behind.
	drop func()
	// late are the numbers that were sent unfinished.
	late map[int64]bool
	fits func(*Entry) bool
	to   Feed
}

// Newest is a number behind which a stream can begin: that of the newest entry.
const Newest = -1

// Follow writes a tenant's entries behind a number that fit, the oldest first, and then
// those that come, as server-sent events whose id is the number. Each is sent once, in
// the order of the numbers; one that takes long is sent as it is, and, as completed, when
// it is finished. What is not kept any more is told as a gap. The stream ends with the
// context, and when the reader is so slow that what it waits for has to go.
func (j *Journal) Follow(ctx context.Context, tenant string, after int64, f Filter, to Feed) error {
	r := &reader{drop: to.End, late: map[int64]bool{}, fits: f.fits, to: to}
	began, err := j.admit(rest.TenantOf(tenant), r, after)
	if err != nil {
		return err
	}
	defer j.dismiss(rest.TenantOf(tenant), r)
	if began {
		err = r.send("restart", 0, map[string]int64{"after": after})
	}
	for err == nil && ctx.Err() == nil {
		next := r.ledger.next()
		var sent int
		if sent, err = r.sendReady(); sent == 0 && err == nil {
			err = r.wait(ctx, next)
		}
	}
	return nil // Whoever is not sent more has left, or begins anew.
}

// sendReady sends the entries whose turn it is and that are finished, and says how many.
func (r *reader) sendReady() (sent int, err error) {
	for _, number := range slices.Sorted(maps.Keys(r.late)) {
		e, ok := r.ledger.entry(number)
		if ok && !e.Finished {
			continue
		}
		delete(r.late, number)
		if !ok {
			continue // It is not kept any more.
		}
		if err := r.sendEntry("completed", 0, &e); err != nil {
			return sent, err
		}
	}
	for _, e := range r.ledger.after(r.next - 1) {
		if !e.Finished {
			break
		}
		if err := r.sendNext(&e); err != nil {
			return sent, err
		}
		sent++
	}
	return sent, r.to.Flush()
}

// sendNext sends the entry whose turn it is, and what is missing before it.
func (r *reader) sendNext(e *Entry) error {
	if expected := r.ledger.advance(r, e.Number+1); e.Number > expected {
		if err := r.send("gap", 0, map[string]int64{"from": expected, "to": e.Number - 1}); err != nil {
			return err
		}
	}
	return r.sendEntry("request", e.Number, e)
}

func (r *reader) sendEntry(event string, id int64, e *Entry) error {
	if !r.fits(e) {
		return nil
	}
	return r.send(event, id, e)
}

func (r *reader) send(event string, id int64, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	head := ""
	if id > 0 {
		head = fmt.Sprintf("id: %d\n", id)
	}
	_, err = fmt.Fprintf(r.to, "%sevent: %s\ndata: %s\n\n", head, event, text)
	return err
}

// wait waits for the next entry to be finished. The one whose turn it is may hold the
// others back for a while.
func (r *reader) wait(ctx context.Context, next <-chan struct{}) error {
	first := r.ledger.after(r.next - 1)
	if len(first) == 0 || first[0].Finished {
		select {
		case <-next:
		case <-ctx.Done():
		}
		return nil
	}
	number := first[0].Number
	patient, end := context.WithTimeout(ctx, patience)
	defer end()
	for {
		select {
		case <-next:
			next = r.ledger.next()
			if e, ok := r.ledger.entry(number); !ok || e.Finished {
				return nil
			}
		case <-patient.Done():
			if ctx.Err() != nil {
				return nil
			}
			r.late[number] = true
			return r.sendNext(&first[0])
		}
	}
}

// admit takes in a reader of a tenant. One of whom no request has come is no reason to let
// another go: its ledger is none of the others before the first does.
func (j *Journal) admit(tenant string, r *reader, after int64) (began bool, err error) {
	admitted := false
	r.ledger = j.ledgers.FindOr(tenant, func() *ledger {
		l := j.awaited[tenant]
		if l == nil && len(j.awaited) >= maxTenants {
			return nil
		}
		if l == nil {
			l = newLedger(j.entries, &j.bytes)
			j.awaited[strings.Clone(tenant)] = l
		}
		began, err = l.admit(r, after)
		admitted = true
		return l
	})
	switch {
	case r.ledger == nil:
		return false, ErrTooManyReaders
	case admitted:
		return began, err
	}
	return r.ledger.admit(r, after)
}

func (j *Journal) dismiss(tenant string, r *reader) {
	r.ledger.dismiss(r)
	j.ledgers.FindOr(tenant, func() *ledger {
		if l := j.awaited[tenant]; l != nil && l.unread() {
			delete(j.awaited, tenant)
		}
		return nil
	})
}

// admit takes in a reader that has read everything up to a number. It reports whether
// the numbers have begun anew since.
func (l *ledger) admit(r *reader, after int64) (began bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.readers) >= MaxReaders {
		return false, ErrTooManyReaders
	}
	if r.next = after + 1; after < 0 {
		r.next = l.last + 1
	}
	if began = after > l.last; began {
		r.next = 1
	}
	l.readers = append(l.readers, r)
	if l.closed {
		r.drop() // It was forgotten meanwhile, and nothing comes any more.
	}
	return began, nil
}

func (l *ledger) dismiss(r *reader) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readers = slices.DeleteFunc(l.readers, func(other *reader) bool { return other == r })
}

func (l *ledger) unread() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.readers) == 0
}

// advance notes what a reader is sent next, and gives what it was to be sent now.
func (l *ledger) advance(r *reader, next int64) (expected int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	expected, r.next = r.next, next
	return expected
}

// dropReaders ends the streams of those who have not been sent an entry that goes.
func (l *ledger) dropReaders(number int64) {
	for _, r := range l.readers {
		if r.next <= number {
			r.drop()
		}
	}
}
