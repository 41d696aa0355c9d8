// Package journal keeps the last requests of every tenant, for those who look back on
// them: what was sent and answered, and which rule of a scenario acted. What it keeps
// is bounded, and has no secrets: those are taken out when it is written. It must not
// know what any operation means, nor change what happens to a request.
package journal

import (
	"sync"
	"sync/atomic"

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
	bytes atomic.Int64

	mu      sync.RWMutex
	ledgers map[string]*ledger
	// uses counts requests, by which ledgers are compared.
	uses atomic.Int64
}

// scratch is where an entry is put together.
type scratch struct{ texts, body []byte }

// New makes an empty journal of so many entries for each tenant.
func New(entries int, s Secrets) *Journal {
	return &Journal{mask: newMasker(s), entries: entries, ledgers: map[string]*ledger{}}
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

// ledger gives the ledger of a tenant, which it begins if there is none.
func (j *Journal) ledger(tenant string) *ledger {
	used := j.uses.Add(1)
	j.mu.RLock()
	l := j.ledgers[tenant]
	j.mu.RUnlock()
	if l == nil {
		l = j.open(tenant)
	}
	l.used.Store(used)
	return l
}

func (j *Journal) open(tenant string) *ledger {
	j.mu.Lock()
	defer j.mu.Unlock()
	if l := j.ledgers[tenant]; l != nil {
		return l
	}
	if len(j.ledgers) >= maxTenants {
		j.dropIdlest(nil)
	}
	l := newLedger(j.entries, &j.bytes)
	j.ledgers[string([]byte(tenant))] = l // The name is a piece of the request's header.
	return l
}

// bound lets go of what is more than all may have together.
func (j *Journal) bound(busy *ledger) {
	if j.bytes.Load() <= maxAll {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.bytes.Load() > maxAll && len(j.ledgers) > 1 {
		j.dropIdlest(busy)
	}
}

// dropIdlest forgets the tenant that has had no request for the longest time.
func (j *Journal) dropIdlest(but *ledger) {
	idlest := ""
	var oldest *ledger
	for tenant, l := range j.ledgers {
		if l != but && (oldest == nil || l.used.Load() < oldest.used.Load()) {
			idlest, oldest = tenant, l
		}
	}
	if oldest != nil {
		delete(j.ledgers, idlest)
		oldest.close()
	}
}

// Clear empties a tenant's journal. Its numbers go on.
func (j *Journal) Clear(tenant string) {
	if l := j.find(tenant); l != nil {
		l.clear()
	}
}

func (j *Journal) find(tenant string) *ledger {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.ledgers[tenant]
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
	l := j.find(tenant)
	if l == nil {
		return Page{}
	}
	return l.page(f)
}

// Entry gives one entry.
func (j *Journal) Entry(tenant string, number int64) (Entry, bool) {
	if l := j.find(tenant); l != nil {
		return l.entry(number)
	}
	return Entry{}, false
}

// Next gives what is closed when the next entry of a tenant is finished. Whoever waits
// takes it before looking at the entries.
func (j *Journal) Next(tenant string) <-chan struct{} { return j.ledger(rest.TenantOf(tenant)).next() }
