package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/btree"
)

// tenant is one of a DB. Readers take its state as it is and wait for nobody; units
// that write follow each other, each on what the one before has made.
type tenant struct {
	name, escaped string
	// users are the units that are running, by DB.mu. A tenant that does not exist is
	// forgotten with the last of them.
	users int
	// writing is held by the unit that runs.
	writing sync.Mutex
	// state is what readers see: it is in the data file as the durability promises.
	state atomic.Pointer[state]
	// newest is the last unit that is on its way there, by commitLog.mu.
	newest *unit
}

// place is how the names of its rows begin in the data file.
func (t *tenant) place(home string) string { return "t" + home + "/" + t.escaped + "/" }

// tenants are those of a DB. A lock on them is held for moments.
type tenants struct {
	mu     sync.RWMutex
	byName map[string]*tenant
	// due are those that have a due instant.
	due *btree.BTreeG[dueTenant]
}

type dueTenant struct {
	at   time.Time
	name string
}

func newTenants() *tenants {
	return &tenants{byName: map[string]*tenant{}, due: btree.NewBTreeGOptions(func(a, b dueTenant) bool {
		return cmp.Or(a.at.Compare(b.at), strings.Compare(a.name, b.name)) < 0
	}, btree.Options{NoLocks: true})}
}

// stateOf gives what readers of a tenant see.
func (s *tenants) stateOf(name string) state {
	s.mu.RLock()
	t := s.byName[name]
	s.mu.RUnlock()
	if t == nil {
		return state{}
	}
	return *t.state.Load()
}

// enter gives a tenant to a unit that may write in it, until leave.
func (s *tenants) enter(name string) *tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.byName[name]
	if t == nil {
		t = &tenant{name: name, escaped: Escape(name)}
		t.state.Store(&state{})
		s.byName[name] = t
	}
	t.users++
	return t
}

func (s *tenants) leave(t *tenant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.users--; t.users == 0 && !t.state.Load().exists {
		delete(s.byName, t.name)
	}
}

// show lets readers see a state of a tenant. Those of one tenant must come in their
// order.
func (s *tenants) show(t *tenant, now *state) {
	was := t.state.Swap(now)
	if was.due.Equal(now.due) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due.Delete(dueTenant{was.due, t.name})
	if !now.due.IsZero() {
		s.due.Set(dueTenant{now.due, t.name})
	}
}

// list gives the tenants that there are, in the order of their names.
func (s *tenants) list() (list []*tenant) {
	s.mu.RLock()
	for _, t := range s.byName {
		if t.state.Load().exists {
			list = append(list, t)
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(list, func(a, b *tenant) int { return strings.Compare(a.name, b.name) })
	return list
}

// Tenants lists the tenants that there are.
func (s *DB) Tenants(ctx context.Context) (list []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, t := range s.tenants.list() {
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
	s.tenants.mu.RLock()
	defer s.tenants.mu.RUnlock()
	s.tenants.due.Scan(func(t dueTenant) bool { return visit(t.name, t.at) })
	return nil
}

// head is what stands in the data file of a tenant by itself.
func head(home string, due time.Time) string { return home + " " + formatInstant(due) }

func parseHead(text string) (home string, due time.Time) {
	home, at, _ := strings.Cut(text, " ")
	return home, parseInstant(at)
}

// formatInstant writes an instant; the zero time is nothing.
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
