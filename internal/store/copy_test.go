package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"finhub-sandbox/internal/store"
)

// copyTo makes one tenant what another is. Between its being frozen and its being taken
// there is meanwhile.
func copyTo(t *testing.T, s *store.DB, from, to string, meanwhile func()) error {
	t.Helper()
	f, err := s.Freeze(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Copy(func(string, string) bool { return true }); err != nil {
		t.Fatal(err)
	}
	if meanwhile != nil {
		meanwhile()
	}
	return s.Update(t.Context(), to, func(tx store.Tx) error {
		tx.Take(f)
		tx.Set([]byte("taken from"), from)
		return nil
	})
}

func setIn(t *testing.T, s *store.DB, tenant, key, value string) {
	t.Helper()
	if err := s.Update(t.Context(), tenant, func(tx store.Tx) error { tx.Set([]byte(key), value); return nil }); err != nil {
		t.Fatal(err)
	}
}

// dumpAll gives what all tenants have.
func dumpAll(t *testing.T, s *store.DB) string {
	t.Helper()
	tenants, err := s.Tenants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, tenant := range append(tenants, store.Shared) {
		text += tenant + ": " + dumpTenant(t, s, tenant) + "\n"
	}
	return text
}

// copied writes a file with copies: of what has changed since, of a copy, of what is
// gone, and over another. It gives the file after each commit, and what it holds.
func copied(t *testing.T, path string) (text []byte, ends []int, states []string) {
	t.Helper()
	s := open(t, path)
	done := func() {
		ends, states = append(ends, int(size(t, path))), append(states, dumpAll(t, s))
	}
	do := func(errs ...error) {
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		done()
	}
	put := func(tenant, key, value string) { setIn(t, s, tenant, key, value); done() }
	done()
	put("a", "x", "1")
	put("a", "y", "2")
	do(copyTo(t, s, "a", "kept/a", func() { put("a", "x", "changed"); put("a", "z", "new") }))
	do(copyTo(t, s, "kept/a", "b", nil))
	put("kept/a", "x", "3")
	do(copyTo(t, s, "kept/a", "a", nil))
	do(s.Update(t.Context(), "kept/a", func(tx store.Tx) error { tx.Clear(); return nil }))
	do(copyTo(t, s, "a", "a", func() { put("a", "w", "4") }))
	do(copyTo(t, s, "b", store.Shared, func() { do(s.Update(t.Context(), "b", func(tx store.Tx) error { tx.Clear(); return nil })) }))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return []byte(readFile(t, path)), ends, states
}

// openedAs opens a text as a data file, and gives all that it holds.
func openedAs(t *testing.T, path string, text []byte) (string, error) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s, _, err := store.Open(store.Options{Path: path, Durability: store.Never})
	if err != nil {
		return "", err
	}
	defer s.Close()
	return dumpAll(t, s), nil
}

// TestAFileWithCopiesIsReadOrRefused cuts a file at every byte, and flips a bit of every
// byte: what is cut opens with the commits that are whole, and what is flipped is
// refused with the number of those before. A first line that names an earlier format
// by now is read all the same.
func TestAFileWithCopiesIsReadOrRefused(t *testing.T) {
	dir := t.TempDir()
	text, ends, states := copied(t, filepath.Join(dir, "copied.db"))
	const last = "a: taken from=a x=3 y=2\n: taken from=b x=1 y=2\n"
	if got := states[len(states)-1]; got != last {
		t.Errorf("in the end there is %q", got)
	}
	path := filepath.Join(dir, "other.db")
	whole := 0
	for at := range text {
		for whole+1 < len(ends) && ends[whole+1] <= at {
			whole++
		}
		if got, err := openedAs(t, path, text[:at]); err != nil || got != states[whole] {
			t.Fatalf("cut at %d: %q, %v, want the %d commits that are whole: %q", at, got, err, whole, states[whole])
		}
		flipped := bytes.Clone(text)
		flipped[at] ^= 1 << (at % 8)
		got, err := openedAs(t, path, flipped)
		var damage *store.Damage
		switch {
		case at < ends[0] && err == nil && got == states[len(states)-1]:
		case at < ends[0] && (errors.As(err, &damage) || errors.Is(err, store.ErrNewer)):
		case errors.As(err, &damage) && damage.Commits == whole && damage.At == int64(ends[whole]):
		default:
			t.Fatalf("bit %d of byte %d is flipped: %q, %v", at%8, at, got, err)
		}
	}
	if got, err := openedAs(t, path, text); err != nil || got != states[len(states)-1] {
		t.Errorf("the file holds %q, %v", got, err)
	}
}

// TestACopyCostsTheFileNoRows, nor do many of them when it is opened.
func TestACopyCostsTheFileNoRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, _, err := store.Open(store.Options{Path: path, Durability: store.Never})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), "t", func(tx store.Tx) error {
		for n := range 5_000 {
			tx.Set(store.AppendInt([]byte("k/"), int64(n)), strings.Repeat("v", 50))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	before := size(t, path)
	for n := range 20 {
		if err := copyTo(t, s, "t", fmt.Sprint("u", n%3), func() { setIn(t, s, "t", "changed", fmt.Sprint(n)) }); err != nil {
			t.Fatal(err)
		}
	}
	if grown := size(t, path) - before; grown > 20*500 {
		t.Errorf("20 copies take %d bytes", grown)
	}
	want := dumpAll(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := dumpAll(t, open(t, path)); got != want {
		t.Error("when it is opened again it holds something else")
	}
}

// TestCopiesBecomeRowsWhenAFileIsWrittenAnew: it holds the same then, and needs none of
// the tenants that were copied.
func TestCopiesBecomeRowsWhenAFileIsWrittenAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	setIn(t, s, "t", "a", "1")
	if err := errors.Join(copyTo(t, s, "t", "u", nil), copyTo(t, s, "u", "v", nil)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		setIn(t, s, "t", "a", strings.Repeat("2", 500_000))
	}
	setIn(t, s, "t", "a", "3")
	want := dumpAll(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, when := range []string{"anew", "again"} {
		s = open(t, path)
		if got := dumpAll(t, s); got != want {
			t.Errorf("%s: %s\nwant %s", when, got, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if text := readFile(t, path); len(text) > 2_000 || strings.Contains(text, "copy") {
			t.Errorf("%s: the file has %d bytes", when, len(text))
		}
	}
}

// TestFilesWithoutCopiesAreTakenOver: those of the format before, and those that follow
// what an earlier one has left in a file that cannot be replaced.
func TestFilesWithoutCopiesAreTakenOver(t *testing.T) {
	dir := t.TempDir()
	path, second := filepath.Join(dir, "state.db"), filepath.Join(dir, "second.db")
	s := open(t, path)
	setIn(t, s, "t", "a", "1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before := strings.Replace(readFile(t, path), "data 5", "data 4", 1)
	if got, err := openedAs(t, path, []byte(before)); err != nil || got != "t: a=1\n: \n" {
		t.Errorf("that of format 4 holds %q, %v", got, err)
	}
	if got, want := readFile(t, path), strings.Replace(before, "data 4", "data 5", 1); got != want {
		t.Errorf("that of format 4 became %q", got)
	}
	writeFile(t, path, oldFile([]string{"tenant/t", "", "t/t/a", "1", "secret", "s"}), 0o600)
	if err := os.Link(path, second); err != nil {
		t.Skip(err)
	}
	s, report, err := store.Open(store.Options{Path: path, Durability: store.Always})
	if err != nil || report.Kept == nil {
		t.Fatalf("%+v, %v", report, err)
	}
	if err := errors.Join(copyTo(t, s, "t", "u", nil), copyTo(t, s, store.Shared, "v", nil), copyTo(t, s, "v", "t", nil)); err != nil {
		t.Fatal(err)
	}
	want := dumpAll(t, s)
	for _, when := range []string{"with a second name", "without"} {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if when == "without" {
			if err := os.Remove(second); err != nil {
				t.Fatal(err)
			}
		}
		s = open(t, path)
		if got := dumpAll(t, s); got != want {
			t.Errorf("%s: %s\nwant %s", when, got, want)
		}
	}
}

// TestACopyThatCannotBeWrittenHasNotHappened, nor has the unit of the other tenant that
// was on its way before it.
func TestACopyThatCannotBeWrittenHasNotHappened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	disk := slow()
	disk.full = syscall.ENOSPC
	s := onSlowDisk(t, path, disk)
	var all sync.WaitGroup
	all.Go(func() { setIn(t, s, "t", "a", "1") })
	<-disk.begun
	close(disk.letGo)
	all.Wait()
	want := dumpAll(t, s)
	for range 2 {
		var refused *store.Unwritten
		err := copyTo(t, s, "t", "u", func() {
			if err := s.Update(t.Context(), "t", func(tx store.Tx) error { tx.Clear(); return nil }); !errors.As(err, &refused) {
				t.Errorf("clearing is told %v", err)
			}
		})
		if !errors.As(err, &refused) || refused.Broken {
			t.Errorf("a copy is told %v", err)
		}
		if got := dumpAll(t, s); got != want {
			t.Errorf("there is %q, want %q", got, want)
		}
	}
	disk.full = nil
	if err := errors.Join(s.Ready(), copyTo(t, s, "t", "u", nil)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := dumpAll(t, open(t, path)), "t: a=1\nu: a=1 taken from=t\n: \n"; got != want {
		t.Errorf("opened again: %q, want %q", got, want)
	}
}
