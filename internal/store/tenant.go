package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/buntdb"
)

// tenant is one of a DB.
type tenant struct {
	name, escaped string
	// users are the units that are running, and listed is what is told of the tenant
	// to those who ask for all: both by tenants.mu. A tenant that does not exist is
	// forgotten with its last user.
	users  int
	listed head

	// mu is held by who uses what follows: alone, or beside other readers.
	mu sync.RWMutex
	place
	// newest is the last unit that is on its way to the data file.
	newest atomic.Pointer[unit]
	// frozen are those who look at the tenant as it was.
	frozen []*frozen
	// line is what a replica knows of the tenant's commits.
	line *line
}

// prefix is how the names of its rows begin in the data file.
func (t *tenant) prefix(home string) string { return "t" + home + "/" + t.escaped + "/" }

// tenants are those of a DB. A lock on them is held for moments.
type tenants struct {
	mu     sync.RWMutex
	byName map[string]*tenant
	// due has those with a due instant, in the order of these.
	due   *buntdb.DB
	holds holds
	// lines tells that they are those of a replica.
	lines bool
}

func newTenants() (*tenants, error) {
	due, err := buntdb.Open(":memory:")
	return &tenants{byName: map[string]*tenant{}, due: due}, err
}

// get gives a tenant to readers, if there is one.
func (s *tenants) get(name string) *tenant {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byName[name]
}

// enter gives a tenant to a unit that may write in it, until leave.
func (s *tenants) enter(name string) *tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.byName[name]
	if t == nil {
		t = &tenant{name: name, escaped: Escape(name)}
		if s.lines {
			t.line = newLine()
		}
		s.byName[name] = t
	}
	t.users++
	return t
}

func (s *tenants) leave(t *tenant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.users--; t.users == 0 && !t.listed.exists && !t.line.hasCopy() {
		delete(s.byName, t.name)
	}
}

// list lets those who ask for all tenants know of one. What is told of one tenant must
// come in its order.
func (s *tenants) list(t *tenant, now head) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := t.listed
	t.listed = now
	if was.due.Equal(now.due) {
		return nil
	}
	return s.due.Update(func(tx *buntdb.Tx) error {
		if !was.due.IsZero() {
			if _, err := tx.Delete(dueName(was.due, t.name)); err != nil {
				return err
			}
		}
		if now.due.IsZero() {
			return nil
		}
		_, _, err := tx.Set(dueName(now.due, t.name), "", nil)
		return err
	})
}

func dueName(at time.Time, tenant string) string { return formatInstant(at) + "/" + tenant }

// all gives the tenants that there are, in the order of their names.
func (s *tenants) all() (list []*tenant) {
	s.mu.RLock()
	for _, t := range s.byName {
		if t.listed.exists {
			list = append(list, t)
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(list, func(a, b *tenant) int { return strings.Compare(a.name, b.name) })
	return list
}

// close closes every database.
func (s *tenants) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	faults := []error{s.due.Close()}
	for _, t := range s.byName {
		t.mu.Lock()
		if t.db != nil {
			faults = append(faults, t.db.Close())
		}
		t.mu.Unlock()
	}
	return errors.Join(faults...)
}

// Tenants lists the tenants that there are.
func (s *DB) Tenants(ctx context.Context) (list []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, t := range s.tenants.all() {
		if t.name != Shared {
			list = append(list, t.name)
		}
	}
	return list, nil
}

// Due visits the tenants that have a due instant, the earliest first.
func (s *DB) Due(ctx context.Context, visit func(tenant string, at time.Time) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.tenants.due.View(func(tx *buntdb.Tx) error {
		return tx.Ascend("", func(name, _ string) bool {
			at, tenant, _ := strings.Cut(name, "/")
			return visit(tenant, parseInstant(at))
		})
	})
}

// formatHead writes what stands in the data file of a tenant beside its rows.
func formatHead(h head) string { return h.home + " " + formatInstant(h.due) }

func parseHead(text string) head {
	home, at, _ := strings.Cut(text, " ")
	return head{exists: true, due: parseInstant(at), home: home}
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
