package engine_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// breath is a context that is asked whether it has ended between two slices of
// long work, when nobody holds the store.
type breath struct {
	context.Context
	taken int
	take  func(n int) error
}

func (b *breath) Err() error {
	b.taken++
	return b.take(b.taken)
}

// rowsOf counts the rows of a tenant.
func (p *post) rowsOf(t *testing.T, tenant string) int {
	t.Helper()
	text, err := p.engine.Dump(tenant)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(text, "\n")
}

// sweep removes what resets have left of the tenant t.
func (p *post) sweep(t *testing.T) int {
	t.Helper()
	n, err := p.store.Sweep(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Between any two slices of a large tenant's reset another tenant reads and
// writes, the tenant itself is empty and can be used anew, and nothing of the
// old one is left at the end.
func TestALargeResetLeavesRoomForOthers(t *testing.T) {
	p := newPost(t)
	p.send(t, 5_000, 1, true)
	setNote(t, p.engine, "kept")
	before := p.rowsOf(t, "t")
	between := &breath{Context: t.Context()}
	between.take = func(n int) error {
		// Without a slice of its own this would wait for ever.
		p.tenant = "other"
		p.send(t, 1, 1, true)
		p.tenant = "t"
		if n == 1 {
			if left := p.count(t, "t"); left != 0 {
				t.Errorf("the tenant has %d letters when it has been reset", left)
			}
			p.send(t, 3, 1, true)
		}
		return nil
	}
	removed, err := p.engine.Reset(between, "t", "note")
	if err != nil {
		t.Fatal(err)
	}
	if slices := before / 1_000; between.taken < slices {
		t.Errorf("%d rows went in %d slices", before, between.taken)
	}
	if removed != before-1 || p.count(t, "t") != 3 || note(t, p.engine) != "kept" {
		t.Errorf("%d of %d rows removed, %d letters, the note is %q", removed, before, p.count(t, "t"), note(t, p.engine))
	}
	if left := p.sweep(t); left != 0 {
		t.Errorf("%d rows are left", left)
	}
}

// A reset that ends in the middle has reset the tenant; the rest is removed at
// the next start.
func TestAResetThatEndsInTheMiddle(t *testing.T) {
	p := newPost(t)
	p.send(t, 5_000, 1, true)
	crash := &breath{Context: t.Context(), take: func(n int) error {
		if n > 2 {
			return context.Canceled
		}
		return nil
	}}
	if _, err := p.engine.Reset(crash, "t"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.store.Left():
	default:
		t.Error("nobody is told that there is something to remove")
	}
	again := openPost(t, p.store)
	if n := again.count(t, "t"); n != 0 {
		t.Errorf("the tenant has %d letters", n)
	}
	again.send(t, 2, 1, true)
	if swept := again.sweep(t); swept < 1_000 || again.count(t, "t") != 2 {
		t.Errorf("%d rows were left, and there are %d letters", swept, again.count(t, "t"))
	}
	// The next reset of the same tenant moves it on.
	again.send(t, 5_000, 1, true)
	if _, err := again.engine.Reset(t.Context(), "t"); err != nil || again.rowsOf(t, "t") != 0 || again.sweep(t) != 0 {
		t.Errorf("%d rows: %v", again.rowsOf(t, "t"), err)
	}
}

// An advance that is under way when its tenant is reset does not go on in the new
// one, and its caller is told.
func TestAnAdvanceAcrossAReset(t *testing.T) {
	p := newPost(t)
	p.send(t, 5, 1, false)
	between := &breath{Context: t.Context()}
	between.take = func(n int) error {
		if n == 3 {
			if _, err := p.engine.Reset(t.Context(), "t"); err != nil {
				t.Fatal(err)
			}
		}
		return nil
	}
	happened, err := p.engine.Advance(between, "t", engine.Target{By: 48 * time.Hour})
	if refusedWith(err) != refusal.ClockInterrupted || !strings.Contains(err.Error(), "reset") || len(happened.Events) != 2 {
		t.Errorf("%d events: %v", len(happened.Events), err)
	}
	if now := p.now(t); !now.Equal(start) {
		t.Errorf("the clock of the new tenant stands at %s", now)
	}
}

// A timer that comes between a reset's commit and its end is not forgotten with
// those before it.
func TestAResetForgetsNoNewTimer(t *testing.T) {
	p := newPost(t)
	p.tenant = "running"
	p.send(t, 5_000, 1, true)
	between := &breath{Context: t.Context()}
	between.take = func(n int) error {
		if n == 1 {
			p.send(t, 1, 2, true)
		}
		return nil
	}
	if _, err := p.engine.Reset(between, "running"); err != nil {
		t.Fatal(err)
	}
	if at := nextDue(t, p.engine); !at.Equal(start.AddDate(0, 0, 2)) {
		t.Errorf("it is due at %s", at)
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
	if err := e.Do("t", func(u *engine.Unit) error { return u.SetValue("note", text) }); err != nil {
		t.Fatal(err)
	}
}

func note(t *testing.T, e *engine.Engine) (text string) {
	t.Helper()
	if err := e.Read("t", func(u *engine.Unit) error {
		_, err := u.Value("note", &text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return text
}

func (p *post) count(t *testing.T, tenant string) (n int) {
	t.Helper()
	if err := p.engine.Read(tenant, func(u *engine.Unit) error {
		n = len(p.letters.All(u))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}
