package engine

import (
	"hash/maphash"
	"sync/atomic"
)

// sharedRecords are records as units that only read have decoded them, by their
// texts, for the next who read: most of what requests look at has been looked at
// before. What a text says does not depend on who reads it, so nothing here can be out
// of date. Nobody may change such a record; a unit that writes decodes its own.
//
// There are so many places, each for one record, and whatever comes later to one
// takes it: what is kept is bounded by them and by the longest text that is.
type sharedRecords struct {
	seed   maphash.Seed
	places [2048]atomic.Pointer[sharedRecord]
}

// maxShared is how long the text of a shared record may be, in bytes.
const maxShared = 4 << 10

type sharedRecord struct {
	text  string
	value any
}

func newSharedRecords() *sharedRecords { return &sharedRecords{seed: maphash.MakeSeed()} }

func (s *sharedRecords) place(text string) *atomic.Pointer[sharedRecord] {
	return &s.places[maphash.String(s.seed, text)%uint64(len(s.places))]
}

// get gives what is kept for a text; nil is nothing.
func (s *sharedRecords) get(text string) any {
	if found := s.place(text).Load(); found != nil && found.text == text {
		return found.value
	}
	return nil
}

func (s *sharedRecords) keep(text string, value any) {
	if len(text) <= maxShared {
		s.place(text).Store(&sharedRecord{text, value})
	}
}

// drop forgets a record that somebody wanted to change.
func (s *sharedRecords) drop(text string) {
	if place := s.place(text); place.Load() != nil && place.Load().text == text {
		place.Store(nil)
	}
}
