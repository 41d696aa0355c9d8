package app_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/store"
)

// forgetIndexes lets a data file say nothing of its indexes, as one of an earlier
// version does.
func forgetIndexes(t *testing.T, data string) {
	t.Helper()
	s, _, err := store.Open(store.Options{Path: data, Durability: store.Never})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), store.Shared, func(tx store.Tx) error {
		tx.Delete([]byte("indexes"))
		return nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestIndexesThatWereRebuiltAreTheSame plays lives with restarts, before each of
// which the indexes are forgotten: what is rebuilt is what was there, to the byte.
func TestIndexesThatWereRebuiltAreTheSame(t *testing.T) {
	for _, name := range []string{"happy-newest", "happy-organization-newest", "organization-ownership"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(t.TempDir(), "sandbox.db")
			rebuilt := traceFlow(t, name, app.Config{Data: data}, func() { forgetIndexes(t, data) })
			sameTrace(t, traceFlow(t, name, app.Config{}, nil), rebuilt)
		})
	}
}

// TestRebuiltIndexesAreTold in one line, and only when there was something to
// rebuild.
func TestRebuiltIndexesAreTold(t *testing.T) {
	data := filepath.Join(t.TempDir(), "sandbox.db")
	opened := func() (told int) {
		t.Helper()
		var log strings.Builder
		a, err := app.Open(app.Config{Data: data, Durability: store.Never}, &log)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		return strings.Count(log.String(), "indexes, which were rebuilt")
	}
	if n := opened(); n != 0 {
		t.Errorf("for a new file it is told %d times", n)
	}
	p := openLocal(t, app.Config{Data: data, Durability: store.Never})
	p.register("demo", "anna@example.com")
	if err := p.app.Close(); err != nil {
		t.Fatal(err)
	}
	if n := opened(); n != 0 {
		t.Errorf("for its own file it is told %d times", n)
	}
	forgetIndexes(t, data)
	if n := opened(); n != 1 {
		t.Errorf("for a file that says nothing of its indexes it is told %d times", n)
	}
}
