package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/store"
)

// oldRows are rows as they were up to format 2: a tenant that has moved, one whose
// name begins as that of another, one that is not there any more, and a row that
// belongs to none.
func oldRows() string {
	return oldFile(
		[]string{"secret/tokens", "s", "tenant/a", "", "t/a/x", "1", "tenant/a/b", "", "t/a/b/y", "2", "tenant/a/b/c", "", "t/a/b/c/z", "5"},
		[]string{"tenant/moved", "", "home/moved", "3", "moves", "3", "t3/moved/z", "3", "left/t/moved/", "", "t/moved/old", "4", "home/gone", "2", "left/t/gone/", "", "t/gone/old", "6"},
	)
}

// upgraded is what a file of an earlier format holds.
func upgraded(t *testing.T, path string) string {
	t.Helper()
	s, _, err := store.Open(store.Options{Path: path, Durability: store.Never})
	if err != nil {
		t.Fatal(err)
	}
	tenants, err := s.Tenants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(tenants)
	for _, tenant := range append(tenants, store.Shared) {
		if err := s.View(t.Context(), tenant, func(tx store.Tx) error {
			text += " " + tenant + ": " + dumpOf(tx)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return text
}

// Files of the formats 1 and 2 hold the same after they have become the present
// one, when they are opened again, and when the process ended in between, so that
// they are upgraded twice.
func TestOldRowsAreUpgraded(t *testing.T) {
	const want = "[a a/b a/b/c moved] a: x=1 a/b: y=2 a/b/c: z=5 moved: z=3 : secret/tokens=s"
	dir := t.TempDir()
	first, second := filepath.Join(dir, "1.db"), filepath.Join(dir, "2.db")
	if err := os.WriteFile(first, []byte(oldRows()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Salvage(first, second); err != nil {
		t.Fatal(err)
	}
	if text := readFile(t, second); !strings.HasPrefix(text, "finhub-sandbox data 2\r\n") {
		t.Fatalf("there is no file of format 2: %.40q", text)
	}
	for _, path := range []string{first, second} {
		for _, when := range []string{"at first", "again", "after a crash"} {
			if got := upgraded(t, path); got != want {
				t.Errorf("%s, %s: got  %s\nwant %s", path, when, got, want)
			}
			text := readFile(t, path)
			if !strings.HasPrefix(text, "finhub-sandbox data 5\r\n") {
				t.Errorf("%s, %s: the file begins with %.30q", path, when, text)
			}
			if when == "again" {
				text = strings.Replace(text, "data 5", "data 2", 1)
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// What tenants have left behind in earlier formats does not come back: neither that
// of one that has moved, nor that of one that was not there any more.
func TestWhatWasLeftDoesNotComeBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "1.db")
	if err := os.WriteFile(path, []byte(oldRows()), 0o600); err != nil {
		t.Fatal(err)
	}
	upgraded(t, path)
	// Such are the rows of format 3.
	text := strings.Replace(readFile(t, path), "data 5", "data 3", 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	upgraded(t, path)
	s := open(t, path)
	for _, err := range []error{
		s.Update(t.Context(), "moved", func(tx store.Tx) error { tx.Set([]byte("more"), "7"); return nil }),
		s.Update(t.Context(), "a", func(tx store.Tx) error { tx.Clear(); return nil }),
		s.Update(t.Context(), "gone", func(tx store.Tx) error { tx.Set([]byte("back"), "8"); return nil }),
		s.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const want = "[a/b a/b/c gone moved] a/b: y=2 a/b/c: z=5 gone: back=8 moved: more=7 z=3 : secret/tokens=s"
	if got := upgraded(t, path); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	s = open(t, path)
	for _, clear := range []bool{true, false} {
		if err := s.Update(t.Context(), "moved", func(tx store.Tx) error {
			if clear {
				tx.Clear()
			} else {
				tx.Set([]byte("new"), "9")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := upgraded(t, path), strings.Replace(want, "more=7 z=3", "new=9", 1); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
