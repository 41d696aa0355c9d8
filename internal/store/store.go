// Package store owns the rows of the sandbox: what a store is (Store), how it
// is held to that (storetest), and the one that is embedded (DB), in memory or in
// one file.
//
// It must not know what is stored, nor read any clock: expiry belongs to the
// engine's timers, so the expiry of the underlying database is never used.
package store

import (
	"context"
	"time"
)

// Store keeps the rows of tenants, each tenant's in the order of its keys, in
// transactions that are whole or absent. It is safe for concurrent use.
//
// A transaction is of one tenant and sees no other. Those of one tenant that
// write happen one after the other, and those of two do not wait for each other.
// Nothing is said of how many processes stand before one store.
//
// What anybody is answered is kept: who has looked at a commit that turns out not to
// be kept is told so (*Unwritten), as is whoever made it.
type Store interface {
	// View runs fn on a consistent state of a tenant, in which it must not write.
	View(ctx context.Context, tenant string, fn func(Tx) error) error
	// Update runs fn and commits what it wrote, or nothing if fn returns an error
	// or panics, or if the commit cannot be kept (*Unwritten).
	//
	// Of a context that has ended, View and Update give the error and do not run
	// fn; once it runs, it is up to fn.
	Update(ctx context.Context, tenant string, fn func(Tx) error) error
	// Freeze gives the rows of a tenant as they are now, whatever is written later.
	// Writers do not wait for whoever looks at them, and nobody needs the memory for
	// all of them at once. Who gets it must close it.
	Freeze(ctx context.Context, tenant string) (Frozen, error)
	// Tenants lists the tenants that there are, in the order of their names: from
	// the first row that is set in one until it is cleared.
	Tenants(ctx context.Context) ([]string, error)
	// Due visits the tenants that have a due instant (Tx.SetDue), the earliest first,
	// until visit returns false. It must not use the store.
	Due(ctx context.Context, visit func(tenant string, at time.Time) bool) error
}

// Shared is the tenant of the rows that belong to none. It is not listed.
const Shared = ""

// Tx is one transaction, to be used by one goroutine and only within the function
// that got it. A failure of the database fails the transaction in the end, so that
// callers need not look.
//
// Keys are compared byte by byte. Those that are given are not kept, and those
// that are shown hold only until the function returns that got them.
type Tx interface {
	// Get reads one row.
	Get(key []byte) (value string, ok bool)
	// Set writes one row.
	Set(key []byte, value string)
	// Delete removes a row; one that is absent stays absent.
	Delete(key []byte)
	// Range visits the rows from a key up to, but without, another, in their order,
	// until visit returns false; without a second key to the end. visit must not
	// use the transaction: collect first.
	Range(from, to []byte, visit func(key []byte, value string) bool)
	// Clear removes the tenant with all its rows and its due instant, and says how
	// many rows there were.
	Clear() (removed int)
	// Take makes the rows that were copied of a frozen tenant (Frozen.Copy) those of this
	// one, in place of all that it had, its due instant too; the tenant is there then,
	// be it without rows. That takes no time for each of them. A copy can be taken
	// until it is kept, and the frozen tenant must stay open until the transaction
	// has ended.
	Take(copied Frozen)
	// Due is the tenant's due instant; the zero time is none.
	Due() time.Time
	// SetDue sets it, to an instant since 1970.
	SetDue(at time.Time)
	// Mark gives the place at which the transaction is now. Only from the first mark
	// on need it note what it writes over: one without costs nothing.
	Mark() Mark
	// Undo takes back what was done since a mark of this transaction. The mark can
	// be used again; those taken after it cannot.
	Undo(Mark)
}

// Frozen is a tenant as it was at one instant. It is for one goroutine.
type Frozen interface {
	// Range visits the rows as Tx.Range does. visit may take its time, and use the
	// store.
	Range(from, to []byte, visit func(key, value string) bool) error
	// Copy makes a copy of all rows for Tx.Take, and visits them as Range does. If visit
	// returns false there is none. There can be another when that is kept.
	Copy(visit func(key, value string) bool) error
	// Close lets the rows go, and the copy if it was not taken.
	Close()
}

// Mark is a place in a transaction to which it can be taken back.
type Mark int
