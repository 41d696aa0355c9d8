package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/store"
	"finhub-sandbox/internal/store/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		s, _, err := store.Open(store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s, nil
	})
}

func TestFile(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		path := filepath.Join(t.TempDir(), "sandbox.db")
		s := open(t, path)
		t.Cleanup(func() { s.Close() })
		return s, func() store.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, path)
			return s
		}
	})
}

func open(t *testing.T, path string) *store.DB {
	t.Helper()
	s, _, err := store.Open(store.Options{Path: path, Durability: store.Always})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func set(t *testing.T, s *store.DB, pairs ...string) {
	t.Helper()
	err := s.Update(t.Context(), store.Shared, func(tx store.Tx) error {
		for i := 0; i < len(pairs); i += 2 {
			tx.Set([]byte(pairs[i]), pairs[i+1])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func dump(t *testing.T, s *store.DB) (text string) {
	t.Helper()
	err := s.View(t.Context(), store.Shared, func(tx store.Tx) error {
		text = dumpOf(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// dumpOf gives what a transaction sees.
func dumpOf(tx store.Tx) string {
	var lines []string
	tx.Range(nil, nil, func(key []byte, value string) bool {
		lines = append(lines, string(key)+"="+value)
		return true
	})
	return strings.Join(lines, " ")
}

// TestATornTail cuts a file at every byte: whatever is left must open with
// whole commits only, and lose none that was complete.
func TestATornTail(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "whole.db")
	s := open(t, path)
	sizes := []int64{size(t, path)}
	for i := range 5 {
		n := fmt.Sprint(i)
		set(t, s, "a", n, "b"+n, n, "c", n)
		sizes = append(sizes, size(t, path))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(dir, "cut.db")
	for end := range len(text) + 1 {
		if err := os.WriteFile(cut, text[:end], 0o600); err != nil {
			t.Fatal(err)
		}
		whole, commits := int64(0), 0
		if int64(end) >= sizes[0] {
			whole = sizes[0]
		}
		for commits+1 < len(sizes) && sizes[commits+1] <= int64(end) {
			commits++
			whole = sizes[commits]
		}
		s, report, err := store.Open(store.Options{Path: cut, Durability: store.Never})
		if err != nil {
			t.Fatalf("cut at %d: %v", end, err)
		}
		if want := int64(end) - whole; report.Dropped != want || report.Commits != commits {
			t.Fatalf("cut at %d: dropped %d of %d commits, want %d of %d", end, report.Dropped, report.Commits, want, commits)
		}
		want := ""
		if commits > 0 {
			last := fmt.Sprint(commits - 1)
			want = "a=" + last
			for i := range commits {
				want += fmt.Sprintf(" b%d=%d", i, i)
			}
			want += " c=" + last
		}
		if got := dump(t, s); got != want {
			t.Fatalf("cut at %d: got %q, want %q", end, got, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestAFileThatIsNotOursIsRefusedAndLeftAlone(t *testing.T) {
	for name, text := range map[string]string{
		"text":            "dear diary\n",
		"text, one word":  "diary",
		"JSON":            `{"a": 1}`,
		"values, no mark": "*3\r\n$3\r\nset\r\n$1\r\na\r\n$1\r\n1\r\n",
		"no mark":         "*3\r\n$3\r\nset\r\n$1\r\na\r\n$1\r\n1\r\n*1\r\n$7\r\nflushdb\r\n",
		"a huge length":   "*3\r\n$999999999999\r\n",
		"a bad mark":      "*3\r\n$3\r\nset\r\n$7\r\n!commit\r\n$1\r\nx\r\n",
		"another command": "*2\r\n$3\r\nget\r\n$1\r\na\r\n",
		"a newer one":     "finhub-sandbox data 6\r\ncommit",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "other")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, _, err := store.Open(store.Options{Path: path}); err == nil {
				t.Fatal("it was opened")
			}
			if got, _ := os.ReadFile(path); string(got) != text {
				t.Errorf("it was changed to %q", got)
			}
			if _, err := os.Stat(path + ".lock"); err == nil {
				t.Error("a lock file is left beside it")
			}
		})
	}
}
