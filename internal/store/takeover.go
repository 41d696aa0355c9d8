package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// takeOver makes the copy of a tenant what the log says. It is called by who has the turn.
func (r *Replica) takeOver(ctx context.Context, t *tenant) error {
	l := t.line
	defer l.accept()
	for reloads := 0; ; {
		var commits []Commit
		var more bool
		err := r.call(ctx, func(ctx context.Context) (err error) {
			commits, more, err = r.log.Read(ctx, t.name, l.number)
			return err
		})
		if err != nil {
			return err
		}
		if !l.fit(commits) {
			// They have gone behind a base, or the database is another than it was.
			if reloads++; reloads > maxReloads {
				return &Unwritten{Cause: fmt.Errorf("the log of the tenant %q has gaps", t.name), Remote: true}
			}
			if err := r.reload(ctx, t); err != nil {
				return err
			}
			continue
		}
		if len(commits) > 1 {
			r.undo(t, nil, ErrBehind)
			for _, c := range commits[1:] {
				if err := r.apply(t, c); err != nil {
					return err
				}
			}
		}
		if !more {
			break
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loaded = true
	return nil
}

// maxReloads is how often a tenant may have got another base while it is being read.
const maxReloads = 20

// fit reports whether commits follow the last one of the copy, which is the first of them.
func (l *line) fit(commits []Commit) bool {
	if len(commits) == 0 {
		return l.number == 0
	}
	if commits[0].Number != l.number || commits[0].ID != l.id {
		return false
	}
	for i, c := range commits {
		if c.Number != l.number+int64(i) {
			return false
		}
	}
	return true
}

// apply does what a commit of others has done.
func (r *Replica) apply(t *tenant, c Commit) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := &transaction{tenant: t, writes: true}
	x.begin(t.place)
	anew, err := x.apply(c.Body)
	if err = errors.Join(err, x.err); err != nil {
		x.end(false)
		return fmt.Errorf("commit %d of the tenant %q: %w", c.Number, t.name, err)
	}
	x.end(true)
	u := &unit{tenant: t, was: x.was, is: x.place}
	t.place = x.place
	r.tookOver(t, c.Number, c.ID, len(c.Body), anew)
	return errors.Join(x.err, r.rows.tenants.keep(u))
}

// tookOver notes how far the copy is, under the lock of the tenant.
func (r *Replica) tookOver(t *tenant, number int64, id string, size int, anew bool) {
	l := t.line
	l.mu.Lock()
	l.number, l.id, l.grown = number, id, l.grown+size
	l.mu.Unlock()
	l.applied.Add(1)
	r.tell(Applied{Tenant: t.name, Copied: true, Anew: anew})
}

// apply does what commands of the tenant say, and reports whether it was cleared.
func (t *transaction) apply(commands []byte) (anew bool, err error) {
	for len(commands) > 0 {
		var parts [3]string
		n, rest, ok := cutCommand(commands, &parts)
		if !ok {
			return anew, errCommand
		}
		_, _, key, isRow := cutName(parts[1])
		switch {
		case n == 3 && parts[0] == "set" && isRow:
			t.Set([]byte(key), parts[2])
		case n == 3 && parts[0] == "set" && parts[1] == tenantPrefix+t.tenant.escaped:
			if !t.exists {
				t.create()
			}
			t.SetDue(parseHead(parts[2]).due)
		case n == 2 && parts[0] == "del" && isRow:
			t.Delete([]byte(key))
		case n == 2 && parts[0] == "clear" && parts[1] == t.tenant.escaped:
			anew = true
			t.Clear()
		default:
			return anew, errCommand
		}
		commands = rest
	}
	return anew, nil
}

// reload makes the copy what the last base of the log says, whatever it was.
func (r *Replica) reload(ctx context.Context, t *tenant) error {
	var number int64
	var parts [][]byte
	if err := r.call(ctx, func(ctx context.Context) (err error) {
		number, parts, err = r.log.Base(ctx, t.name)
		return err
	}); err != nil {
		return err
	}
	head, id, rows, err := readBase(t, parts)
	if err != nil {
		return fmt.Errorf("base %d of the tenant %q: %w", number, t.name, err)
	}
	r.undo(t, nil, ErrBehind)
	t.mu.Lock()
	defer t.mu.Unlock()
	u := &unit{tenant: t, was: t.place, is: place{head: head}}
	if len(rows) > 0 {
		if u.is.db, err = newRows(func(set func(key, value string)) error {
			for _, row := range rows {
				set(row.key, row.value)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	t.place = u.is
	l := t.line
	l.mu.Lock()
	anew := l.number > 0 || l.dropped
	l.base, l.size, l.grown = number, 0, 0
	for _, part := range parts {
		l.size += len(part)
	}
	l.mu.Unlock()
	r.tookOver(t, number, id, 0, anew)
	return r.rows.tenants.keep(u)
}

// A base is in the form of commits: first comes a row of no tenant, with the id of the commit
// up to which it goes, then what the tenant is.
const baseName = "base"

// readBase reads a base.
func readBase(t *tenant, parts [][]byte) (h head, id string, rows []frozenPair, err error) {
	for _, commands := range parts {
		for len(commands) > 0 {
			var text [3]string
			n, rest, ok := cutCommand(commands, &text)
			_, _, key, isRow := cutName(text[1])
			switch {
			case !ok || n != 3:
				return h, "", nil, errCommand
			case text[1] == baseName:
				id = text[2]
			case isRow:
				rows = append(rows, frozenPair{key, text[2]})
			case text[1] == tenantPrefix+t.escaped:
				h = parseHead(text[2])
			default:
				return h, "", nil, errCommand
			}
			commands = rest
		}
	}
	return h, id, rows, nil
}

// When a base is made: behind so many commits, or bytes of them, if these are a part of what the
// last base has, so that a large tenant is not written again and again.
const (
	baseCommits = 1_000
	baseBytes   = 4 << 20
	basePart    = 4
)

// baseTime is how long it may take to write a base, which nobody waits for.
const baseTime = 5 * time.Minute

func (l *line) wantsBase() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.basing && l.loaded && (l.number-l.base >= baseCommits || l.grown >= baseBytes) && l.grown >= l.size/basePart
}

// makeBase begins to write a base of what the log has. It is called by who has the turn:
// units that are not in the log yet are run again.
func (r *Replica) makeBase(t *tenant) {
	l := t.line
	r.undo(t, nil, ErrBehind)
	f, _ := r.rows.freeze(t.name)
	t.mu.RLock()
	h := t.head
	t.mu.RUnlock()
	l.mu.Lock()
	number, id := l.number, l.id
	l.basing, l.base, l.grown, l.refusing = true, number, 0, false
	l.mu.Unlock()
	r.basing.Go(func() {
		defer f.Close()
		// Without a base the log is longer, and nothing else.
		ctx, cancel := context.WithTimeout(context.Background(), baseTime)
		defer cancel()
		size := 0
		parts := baseParts(f, t, h, id)
		_ = r.log.PutBase(ctx, t.name, number, func(yield func([]byte) bool) {
			size = 0 // It may be written again.
			parts(func(part []byte) bool {
				size += len(part)
				return yield(part)
			})
		})
		l.mu.Lock()
		defer l.mu.Unlock()
		l.basing, l.size = false, size
	})
}

// baseParts gives a base in parts.
func baseParts(f *frozen, t *tenant, h head, id string) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		buf := appendSet(nil, baseName, nil, id)
		if h.exists {
			buf = appendSet(buf, tenantPrefix, []byte(t.escaped), formatHead(h))
		}
		goOn := true
		_ = f.Range(nil, nil, func(key, value string) bool { // It is in memory.
			if len(buf) >= partSize {
				goOn = yield(slices.Clone(buf))
				buf = buf[:0]
			}
			buf = appendSet(buf, t.prefix(""), []byte(key), value)
			return goOn
		})
		if goOn {
			yield(buf)
		}
	}
}
