package journal

import (
	"slices"
	"sync"
	"sync/atomic"

	"finhub-sandbox/internal/rest"
)

// ledger has the last requests of one tenant.
type ledger struct {
	// all are the bytes of all tenants.
	all  *atomic.Int64
	most int

	mu sync.Mutex
	// records are those that are kept, the oldest first, behind places that are free.
	records []*record
	free    int
	// last is the number of the newest, also when it is gone.
	last  int64
	bytes int64
	// spare was let go last, and is written over next.
	spare *record
	// closed ledgers have been forgotten: what still comes to them is nobody's.
	closed bool
	// wake is closed when an entry is finished; nil if nobody waits.
	wake    chan struct{}
	readers []*reader
}

func newLedger(most int, all *atomic.Int64) *ledger { return &ledger{most: most, all: all} }

// kept are the records, the oldest first.
func (l *ledger) kept() []*record { return l.records[l.free:] }

// begin takes in a request.
func (l *ledger) begin(x *rest.Exchange, m *masker) *record {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.kept()) >= l.most {
		l.dropOldest()
	}
	r := l.spare
	if r == nil {
		r = new(record)
	} else {
		*r = record{texts: r.texts[:0]}
		l.spare = nil
	}
	l.last++
	r.ledger, r.number, r.left = l, l.last, l.closed
	r.begin(x, m)
	if !l.closed {
		l.append(r)
		l.count(r)
	}
	return r
}

// append adds a record behind the others. Places before them are used again when they
// are as many as these.
func (l *ledger) append(r *record) {
	if l.free > len(l.records)/2 {
		n := copy(l.records, l.kept())
		clear(l.records[n:])
		l.records, l.free = l.records[:n], 0
	}
	l.records = append(l.records, r)
}

// finish takes in what became of a request.
func (l *ledger) finish(r *record, x *rest.Exchange, m *masker, s *scratch) {
	s.texts = r.pack(s.texts[:0], x, m, &s.body)
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.left {
		return
	}
	r.took, r.status, r.instant, r.behind, r.finished = x.Took, x.Status, x.Instant, x.Behind, true
	r.came = came{}
	r.hold(s.texts)
	l.count(r)
	for l.bytes > maxBytes && len(l.kept()) > 1 {
		l.dropOldest()
	}
	l.wakeUp()
}

// hold keeps texts in the memory that the record has, if they fit it well.
func (r *record) hold(texts []byte) {
	if cap(r.texts) < len(texts) || cap(r.texts) > 2*len(texts)+tolerated {
		r.texts = make([]byte, 0, len(texts))
	}
	r.texts = append(r.texts[:0], texts...)
}

// tolerated is how much memory a record may waste, beyond as much as it uses.
const tolerated = 1 << 10

// count counts what a record takes in memory now.
func (l *ledger) count(r *record) {
	size := r.size()
	l.add(size - r.bytes)
	r.bytes = size
}

func (l *ledger) add(bytes int64) {
	l.bytes += bytes
	l.all.Add(bytes)
}

// dropOldest lets the oldest record go. One that is not finished is still written to.
func (l *ledger) dropOldest() {
	r := l.records[l.free]
	l.records[l.free] = nil
	l.free++
	l.add(-r.bytes)
	r.left = true
	l.dropReaders(r.number)
	if r.finished {
		l.spare = r
	}
}

// clear lets all records go.
func (l *ledger) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.empty()
}

func (l *ledger) empty() {
	for len(l.kept()) > 0 {
		l.dropOldest()
	}
	l.records, l.free, l.spare = nil, 0, nil
	l.wakeUp()
}

// close ends the ledger.
func (l *ledger) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.empty()
	for _, r := range l.readers {
		r.drop()
	}
}

// next gives what is closed when something has changed.
func (l *ledger) next() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		ended := make(chan struct{})
		close(ended)
		return ended
	}
	if l.wake == nil {
		l.wake = make(chan struct{})
	}
	return l.wake
}

func (l *ledger) wakeUp() {
	if l.wake != nil {
		close(l.wake)
		l.wake = nil
	}
}

// entry gives the entry of a number.
func (l *ledger) entry(number int64) (Entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, found := slices.BinarySearchFunc(l.kept(), number, func(r *record, n int64) int { return int(r.number - n) })
	if !found {
		return Entry{}, false
	}
	return l.kept()[i].entry(), true
}

// slice is how many entries are read under one lock: between two of them requests have
// their turn.
const slice = 32

// after gives the next entries behind a number, at most so many as are read at once,
// and none if there are no more.
func (l *ledger) after(number int64) (list []Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.kept()
	i, _ := slices.BinarySearchFunc(kept, number+1, func(r *record, n int64) int { return int(r.number - n) })
	for _, r := range kept[i:min(i+slice, len(kept))] {
		list = append(list, r.entry())
	}
	return list
}

// bounds gives the numbers of the oldest and of the newest that are kept.
func (l *ledger) bounds() (first, last int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if kept := l.kept(); len(kept) > 0 {
		return kept[0].number, kept[len(kept)-1].number
	}
	return 0, 0
}

// page gives the newest entries that fit.
func (l *ledger) page(f Filter) (p Page) {
	p.First, p.Last = l.bounds()
	for at := f.After; ; {
		list := l.after(at)
		if len(list) == 0 {
			break
		}
		at = list[len(list)-1].Number
		for _, e := range list {
			if f.fits(&e) {
				p.Entries = append(p.Entries, e)
			}
		}
		if n := len(p.Entries) - f.Limit; f.Limit > 0 && n > 0 {
			p.Entries, p.Omitted = p.Entries[n:], p.Omitted+n
		}
	}
	return p
}
