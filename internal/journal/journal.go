// Package journal keeps the last requests of every tenant, for those who look back on
// them: what was sent and answered, and which rule of a scenario acted. What it keeps
// is bounded, and has no secrets: those are taken out when it is written. It must not
// know what any operation means, nor change what happens to a request.
package journal

import (
	"sync"
	"sync/atomic"

	"finhub-sandbox/internal/lately"
	"finhub-sandbox/internal/rest"
)

// The bounds of a journal: the bytes that all entries of a tenant take in memory, those
// of all tenants together, and how many tenants have entries. Who needs more lets the
// tenant go that has had no request for the longest time.
const (
	maxBytes   = 16 << 20
	maxAll     = 64 << 20
	maxTenants = 256
)

// DefaultEntries is how many entries of a tenant are kept if nobody says otherwise.
const DefaultEntries = 1_000

// Journal has the last requests of all tenants.
type Journal struct {
	mask    *masker
	entries int
	scratch sync.Pool // *scratch
	// bytes are those of all ledgers.
	bytes   atomic.Int64
	ledgers *lately.Tenants[*ledger]
	// awaited are the ledgers that somebody follows before the first request, and opened
	// is closed when the next is opened; both by the lock of the ledgers.
	awaited map[string]*ledger
	opened  chan struct{}
}

// scratch is where an entry is put together.
type scratch struct{ texts, body []byte }

// New makes an empty journal of so many entries for each tenant.
func New(entries int, s Secrets) *Journal {
	j := &Journal{mask: newMasker(s), entries: entries, awaited: map[string]*ledger{}, opened: make(chan struct{})}
	j.ledgers = lately.New(maxTenants, (*ledger).close)
	return j
}

// Came notes a request that has come (rest.Witness).
func (j *Journal) Came(x *rest.Exchange) {
	l := j.ledger(x.InTenant())
	x.Noted = l.begin(x, j.mask)
	j.bound(l)
}

// Gone notes what became of a request (rest.Witness).
func (j *Journal) Gone(x *rest.Exchange) {
	r, ok := x.Noted.(*record)
	if !ok {
		return
	}
	l := r.ledger
	s, _ := j.scratch.Get().(*scratch)
	if s == nil {
		s = new(scratch)
	}
	l.finish(r, x, j.mask, s)
	if cap(s.texts)+cap(s.body) <= maxBody {
		j.scratch.Put(s)
	}
	j.bound(l)
}

// ledger gives the ledger of a tenant that has a request, which it begins if there is none.
func (j *Journal) ledger(tenant string) *ledger {
	return j.ledgers.Use(tenant, func() *ledger {
		close(j.opened)
		j.opened = make(chan struct{})
		l := j.awaited[tenant]
		delete(j.awaited, tenant)
		if l == nil {
			l = newLedger(j.entries, &j.bytes)
		}
		return l
	})
}

// bound lets go of what is more than all may have together.
func (j *Journal) bound(busy *ledger) {
	if j.bytes.Load() > maxAll {
		j.ledgers.Shrink(func() bool { return j.bytes.Load() > maxAll }, busy)
	}
}

// Clear empties a tenant's journal. Its numbers go on.
func (j *Journal) Clear(tenant string) {
	if l := j.ledgers.Find(tenant); l != nil {
		l.clear()
	}
}

// Bytes is how much memory the entries of all tenants take.
func (j *Journal) Bytes() int64 { return j.bytes.Load() }

// Page is a part of a tenant's journal.
type Page struct {
	Entries []Entry
	// First and Last are the numbers of the oldest and of the newest entry that is
	// kept; 0 without any.
	First, Last int64
	// Omitted counts those that fit beside the ones that are shown.
	Omitted int
}

// Entries gives the newest entries of a tenant that fit, the oldest of them first.
func (j *Journal) Entries(tenant string, f Filter) Page {
	l := j.ledgers.Find(tenant)
	if l == nil {
		return Page{}
	}
	return l.page(f)
}

// Entry gives one entry.
func (j *Journal) Entry(tenant string, number int64) (Entry, bool) {
	if l := j.ledgers.Find(tenant); l != nil {
		return l.entry(number)
	}
	return Entry{}, false
}

// Next gives what is closed when the next entry of a tenant is finished, or before. Whoever
// waits takes it before looking at the entries.
func (j *Journal) Next(tenant string) <-chan struct{} {
	var opened <-chan struct{}
	l := j.ledgers.FindOr(rest.TenantOf(tenant), func() *ledger {
		opened = j.opened
		return nil
	})
	if l == nil {
		return opened
	}
	return l.next()
}
