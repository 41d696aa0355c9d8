package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The rows of the database are, by what their names begin with:
//
//	t2/demo/…   the rows of the tenant demo, in its home number 2; the first home has none
//	tenant/     a tenant's head: its home, and when it is due
//	due/        the tenants in the order in which they are due
//	home/       the home that a tenant had when it was last cleared, if that is not the first
//	left/       homes that have been left, and are swept
//	moves       the number of the newest home
//
// A tenant with a lot in it cannot be emptied in one transaction without stopping
// everybody else for as long. It moves instead: one transaction gives it another
// home, in which there is nothing, and what is in the old one is removed in
// slices. Whatever ends in the middle, the tenant is empty.
const (
	tenantPrefix = "tenant/"
	duePrefix    = "due/"
	homePrefix   = "home/"
	leftPrefix   = "left/"
	movesName    = "moves"
)

// slice is how many rows are removed in one transaction: between two of them the
// others have their turn.
const slice = 1_000

// head is what a transaction knows of its tenant from the beginning.
type head struct {
	exists bool
	home   string
	due    time.Time
}

// enter makes the transaction one of a tenant.
func (t *transaction) enter(tenant string) {
	t.tenant = Escape(tenant)
	t.readHead()
}

func (t *transaction) readHead() {
	t.head = head{}
	var text string
	if text, t.head.exists = t.get(tenantPrefix + t.tenant); t.head.exists {
		home, due, _ := strings.Cut(text, " ")
		t.head.home, t.head.due = home, parseInstant(due)
	} else {
		t.head.home, _ = t.get(homePrefix + t.tenant)
	}
	t.place = "t" + t.head.home + "/" + t.tenant
}

func (t *transaction) writeHead() {
	t.set(tenantPrefix+t.tenant, t.head.home+" "+formatInstant(t.head.due))
}

// create brings the tenant into being.
func (t *transaction) create() {
	t.head.exists = true
	t.writeHead()
}

func (t *transaction) Clear() (removed int) {
	if !t.head.exists {
		return 0
	}
	t.SetDue(time.Time{})
	removed = t.clearSlice(t.place + "/")
	if removed == slice {
		t.move()
	}
	t.delete(tenantPrefix + t.tenant)
	if t.head.home != "" {
		t.set(homePrefix+t.tenant, t.head.home)
	}
	t.readHead()
	return removed
}

// move gives the tenant a new home and notes that the old one has been left.
func (t *transaction) move() {
	text, _ := t.get(movesName)
	n, _ := strconv.ParseInt(text, 10, 64) // None is the first.
	t.head.home = strconv.FormatInt(n+1, 10)
	t.set(leftPrefix+t.place+"/", "")
	t.set(movesName, t.head.home)
}

// clearSlice removes the first rows with a prefix, a slice of them at most.
func (t *transaction) clearSlice(prefix string) (removed int) {
	names := t.under(prefix, slice)
	for _, name := range names {
		t.delete(prefix + name)
	}
	return len(names)
}

func (t *transaction) Due() time.Time { return t.head.due }

func (t *transaction) SetDue(at time.Time) {
	if at.Equal(t.head.due) {
		return
	}
	if !t.head.exists {
		t.create()
	}
	if !t.head.due.IsZero() {
		t.delete(t.dueName())
	}
	t.head.due = at.UTC()
	if !at.IsZero() {
		t.set(t.dueName(), "")
	}
	t.writeHead()
}

func (t *transaction) dueName() string {
	return duePrefix + formatInstant(t.head.due) + "/" + t.tenant
}

// formatInstant writes an instant such that texts sort by it; the zero time is
// nothing.
func formatInstant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return fmt.Sprintf("%019d.%09d", at.Unix(), at.Nanosecond())
}

func parseInstant(text string) time.Time {
	seconds, nanos, ok := strings.Cut(text, ".")
	if !ok {
		return time.Time{}
	}
	s, errSeconds := strconv.ParseInt(seconds, 10, 64)
	n, errNanos := strconv.ParseInt(nanos, 10, 64)
	if cmp.Or(errSeconds, errNanos) != nil {
		return time.Time{}
	}
	return time.Unix(s, n).UTC()
}

// Tenants lists the tenants that there are.
func (s *DB) Tenants(ctx context.Context) (list []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = s.view(func(t *transaction) error {
		for _, name := range t.under(tenantPrefix, -1) {
			if name != Shared {
				list = append(list, Unescape(name))
			}
		}
		slices.Sort(list)
		return nil
	})
	return list, err
}

// Due visits the tenants that have a due instant, the earliest first.
func (s *DB) Due(ctx context.Context, visit func(tenant string, at time.Time) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.view(func(t *transaction) error {
		t.scan(duePrefix, prefixEnd(duePrefix), func(name, _ string) bool {
			at, tenant, _ := strings.Cut(strings.TrimPrefix(name, duePrefix), "/")
			return visit(Unescape(tenant), parseInstant(at))
		})
		return nil
	})
}
