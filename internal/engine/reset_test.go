package engine_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/store"
)

// interval is a store in which something happens behind the first commit, when
// nobody holds it.
type interval struct {
	store.Store
	then func()
}

func (i *interval) Update(ctx context.Context, tenant string, fn func(store.Tx) error) error {
	err := i.Store.Update(ctx, tenant, fn)
	if then := i.then; then != nil {
		i.then = nil
		then()
	}
	return err
}

// rowsOf counts the rows of a tenant.
func (p *post) rowsOf(t *testing.T, tenant string) int {
	t.Helper()
	text, err := p.engine.Dump(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(text, "\n")
}

// A large tenant's reset says how much it has removed, and leaves what is kept.
func TestALargeResetRemovesAllAtOnce(t *testing.T) {
	p := newPost(t)
	p.send(t, 5_000, 1, true)
	setNote(t, p.engine, "kept")
	before := p.rowsOf(t, "t")
	removed, err := p.engine.Reset(t.Context(), "t", "note")
	if err != nil {
		t.Fatal(err)
	}
	if removed != before-1 || p.count(t, "t") != 0 || note(t, p.engine) != "kept" {
		t.Errorf("%d of %d rows removed, %d letters, the note is %q", removed, before, p.count(t, "t"), note(t, p.engine))
	}
	p.send(t, 3, 1, true)
	if n := p.count(t, "t"); n != 3 {
		t.Errorf("there are %d letters of 3", n)
	}
}

// An advance that is under way when its tenant is reset does not go on in the new
// one, and its caller is told.
func TestAnAdvanceAcrossAReset(t *testing.T) {
	p := newPost(t)
	p.send(t, 500, 1, false)
	p.engine.Store = &interval{Store: p.engine.Store, then: func() {
		if _, err := p.engine.Reset(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
	}}
	happened, err := p.engine.Advance(t.Context(), "t", engine.Target{By: 48 * time.Hour})
	if refusedWith(err) != refusal.ClockInterrupted || !strings.Contains(err.Error(), "reset") || len(happened.Events) == 0 || len(happened.Events) == 500 {
		t.Errorf("%d events: %v", len(happened.Events), err)
	}
	if now := p.now(t); !now.Equal(start) {
		t.Errorf("the clock of the new tenant stands at %s", now)
	}
}

// A reset that cannot be written has not happened for those either who ask
// meanwhile what is due.
func TestAResetThatFailsHidesNoTimer(t *testing.T) {
	f, disk := farmOnDisk(t)
	f.lay(t, "a", "e1")
	asked := make(chan time.Time, 1)
	disk.refuse, disk.refusing = 1, func() {
		go func() {
			at, _ := f.engine.NextDue(t.Context())
			asked <- at
		}()
		for range 100 {
			runtime.Gosched() // Whoever does not wait for the commit has asked by now.
		}
	}
	if _, err := f.engine.Reset(t.Context(), "a"); refusedWith(err) != refusal.DataUnwritable {
		t.Fatalf("the reset: %v", err)
	}
	if at := <-asked; !at.Equal(start.Add(24 * time.Hour)) {
		t.Errorf("while the reset fails, the egg is due at %s", at)
	}
	f.wall = start.Add(25 * time.Hour)
	if got := f.look(t, "a"); got != "e1:CHICK chicks:1" {
		t.Errorf("got %s", got)
	}
}

func setNote(t *testing.T, e *engine.Engine, text string) {
	t.Helper()
	if err := e.Do(t.Context(), "t", func(u *engine.Unit) error { return u.SetValue("note", text) }); err != nil {
		t.Fatal(err)
	}
}

func note(t *testing.T, e *engine.Engine) (text string) {
	t.Helper()
	if err := e.Read(t.Context(), "t", func(u *engine.Unit) error {
		_, err := u.Value("note", &text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return text
}

func (p *post) count(t *testing.T, tenant string) (n int) {
	t.Helper()
	if err := p.engine.Read(t.Context(), tenant, func(u *engine.Unit) error {
		n = len(p.letters.All(u))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}
