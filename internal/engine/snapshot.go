package engine

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/store"
)

// Snapshot is a tenant's state that is kept under a name, beside the tenant.
type Snapshot struct {
	Name string `json:"name"`
	// Made is when, in real time, and At what the tenant's clock showed.
	Made time.Time `json:"made"`
	At   time.Time `json:"at"`
	// Entities is how many records there are, Bytes how much keys and values come to.
	Entities int   `json:"entities"`
	Bytes    int64 `json:"bytes"`
}

// What is kept in snapshots is bounded: those of one tenant by their number, and those
// of all tenants together by their bytes.
const (
	MaxSnapshots     = 20
	maxSnapshotBytes = 512 << 20
)

// snapshotPrefix begins the places of snapshots, which are rows of the store like those
// of tenants. No tenant has a slash in its name.
const snapshotPrefix = "snapshot/"

func snapshotPlace(tenant, name string) string { return snapshotPrefix + tenant + "/" + name }

// snapshotKey is the row that tells of a snapshot beside the tenant's own.
const snapshotKey = "snapshot"

// TakeSnapshot keeps the tenant's state under a name, in place of what was kept under
// it. It refuses with REQUEST_INVALID what would be too much.
func (e *Engine) TakeSnapshot(ctx context.Context, tenant, name string) (Snapshot, error) {
	if err := e.Read(ctx, tenant, func(*Unit) error { return nil }); err != nil {
		return Snapshot{}, err
	}
	e.taking.Lock() // Two at once would each have the room that there is.
	defer e.taking.Unlock()
	room, err := e.snapshotRoom(ctx, tenant, name)
	if err != nil {
		return Snapshot{}, err
	}
	s := Snapshot{Name: name, Made: e.WallOf(tenant).UTC().Truncate(time.Millisecond)}
	frozen, err := e.Store.Freeze(ctx, tenant)
	if err != nil {
		return s, refuseUnwritten(err)
	}
	defer frozen.Close()
	if err := e.copyRows(&s, frozen, room); err != nil {
		return s, err
	}
	text, err := store.Encode(s)
	if err != nil {
		return s, err
	}
	return s, e.commit(ctx, snapshotPlace(tenant, name), func(tx store.Tx) error {
		tx.Take(frozen)
		tx.Set([]byte(snapshotKey), text)
		return nil
	})
}

// snapshotRoom is how many bytes a snapshot may have.
func (e *Engine) snapshotRoom(ctx context.Context, tenant, name string) (int64, error) {
	all, err := e.snapshotsUnder(ctx, snapshotPrefix)
	if err != nil {
		return 0, err
	}
	room, others := int64(maxSnapshotBytes), 0
	for place, s := range all {
		if place == snapshotPlace(tenant, name) {
			continue
		}
		room -= s.Bytes
		if strings.HasPrefix(place, snapshotPlace(tenant, "")) {
			others++
		}
	}
	if others >= MaxSnapshots {
		return 0, tooMuchSnapshot("the tenant has %d snapshots already, the most that it can have: delete one", MaxSnapshots)
	}
	return room, nil
}

func tooMuchSnapshot(message string, n int) error {
	fault := StateFault("", message, n)
	fault.Field = "path.name"
	return refusal.Invalid([]refusal.Fault{fault})
}

// copyRows copies the rows of a tenant, if they are not too many, and says of the
// snapshot what they say.
func (e *Engine) copyRows(s *Snapshot, frozen store.Frozen, room int64) error {
	var clock Clock
	err := frozen.Copy(func(key, text string) bool {
		s.Bytes += int64(len(key) + len(text))
		if key == clockKey {
			clock = parseClock(text)
		}
		collection, _, _ := strings.Cut(key, "/")
		if _, ok := e.collections[collection]; ok {
			s.Entities++
		}
		return s.Bytes <= room
	})
	if s.Bytes > room {
		err = tooMuchSnapshot("the snapshots of all tenants would have more than %d bytes together: delete some", maxSnapshotBytes)
	}
	s.At = clock.Now(s.Made)
	return err
}

// Snapshots lists those of a tenant by their names.
func (e *Engine) Snapshots(ctx context.Context, tenant string) ([]Snapshot, error) {
	all, err := e.snapshotsUnder(ctx, snapshotPlace(tenant, ""))
	list := []Snapshot{}
	for _, s := range all {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Snapshot) int { return strings.Compare(a.Name, b.Name) })
	return list, err
}

// snapshotsUnder gives the snapshots whose places begin with a prefix, by these.
func (e *Engine) snapshotsUnder(ctx context.Context, prefix string) (map[string]Snapshot, error) {
	places, err := e.Store.Tenants(ctx)
	all := map[string]Snapshot{}
	for _, place := range places {
		if err != nil || !strings.HasPrefix(place, prefix) {
			continue
		}
		var s Snapshot
		var ok bool
		if s, ok, err = e.readSnapshot(ctx, place); ok {
			all[place] = s
		}
	}
	return all, err
}

func (e *Engine) readSnapshot(ctx context.Context, place string) (s Snapshot, ok bool, err error) {
	err = e.Store.View(ctx, place, func(tx store.Tx) error {
		var text string
		if text, ok = tx.Get([]byte(snapshotKey)); !ok {
			return nil
		}
		return store.Decode(text, &s)
	})
	return s, ok, refuseUnwritten(err)
}

// Snapshot gives one of a tenant's, or refuses with SNAPSHOT_NOT_FOUND.
func (e *Engine) Snapshot(ctx context.Context, tenant, name string) (Snapshot, error) {
	s, ok, err := e.readSnapshot(ctx, snapshotPlace(tenant, name))
	if err == nil && !ok {
		err = noSnapshot(name)
	}
	return s, err
}

func noSnapshot(name string) error {
	return refusal.New(refusal.SnapshotNotFound, "the tenant has no snapshot %s", name).At("path.name")
}

// ExportSnapshot writes a snapshot as Export writes a tenant, or refuses with
// SNAPSHOT_NOT_FOUND before it has written anything.
func (e *Engine) ExportSnapshot(ctx context.Context, tenant, name string, to io.Writer) error {
	rows, err := e.Store.Freeze(ctx, snapshotPlace(tenant, name))
	if err != nil {
		return refuseUnwritten(err)
	}
	defer rows.Close()
	told, err := toldOf(rows)
	if err == nil && told == "" {
		err = noSnapshot(name)
	}
	if err != nil {
		return err
	}
	return e.exportRows(ctx, rows, tenant, to)
}

// toldOf gives what tells of a snapshot; nothing if its place has none.
func toldOf(place store.Frozen) (told string, err error) {
	err = place.Range([]byte(snapshotKey), nil, func(key, text string) bool {
		if key == snapshotKey {
			told = text
		}
		return false
	})
	return told, err
}

// DeleteSnapshot forgets a snapshot.
func (e *Engine) DeleteSnapshot(ctx context.Context, tenant, name string) (Snapshot, error) {
	s, err := e.Snapshot(ctx, tenant, name)
	if err != nil {
		return s, err
	}
	return s, e.commit(ctx, snapshotPlace(tenant, name), func(tx store.Tx) error {
		tx.Clear()
		return nil
	})
}

// Restore makes a snapshot the tenant's state again, as Replace does. A running clock
// goes on from what it showed then.
func (e *Engine) Restore(ctx context.Context, tenant, name string) (Snapshot, error) {
	return e.restore(ctx, tenant, name, tenant, false, nil)
}

// Fork makes a snapshot the state of another tenant, in one commit to which then may
// add. It refuses with TENANT_NOT_EMPTY one in which something has happened.
func (e *Engine) Fork(ctx context.Context, tenant, name, into string, then func(*Unit) error) (Snapshot, error) {
	return e.restore(ctx, tenant, name, into, true, then)
}

// restore reads a snapshot and what tells of it at one instant: it may be deleted, or
// taken again, at any other.
func (e *Engine) restore(ctx context.Context, from, name, tenant string, isNew bool, then func(*Unit) error) (s Snapshot, err error) {
	rows, err := e.Store.Freeze(ctx, snapshotPlace(from, name))
	if err != nil {
		return s, refuseUnwritten(err)
	}
	defer rows.Close()
	told, err := toldOf(rows)
	switch {
	case err != nil:
		return s, err
	case told == "":
		return s, noSnapshot(name)
	}
	if err := store.Decode(told, &s); err != nil {
		return s, err
	}
	if err := rows.Copy(func(string, string) bool { return true }); err != nil {
		return s, err
	}
	return s, e.replace(ctx, tenant, func(tx store.Tx) {
		tx.Take(rows)
		tx.Delete([]byte(snapshotKey))
	}, isNew, func(u *Unit) error {
		if !u.clock.Frozen {
			u.moveTo(s.At)
		}
		if then == nil {
			return nil
		}
		return then(u)
	})
}
