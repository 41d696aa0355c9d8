package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/store"
)

// trials is how often chance is given to find something; with SANDBOX_TORTURE
// as often as a release is worth.
func trials(few, many int) int {
	if os.Getenv("SANDBOX_TORTURE") != "" {
		return many
	}
	return few
}

// history is a data file with what it came to after each of its commits.
type history struct {
	text []byte
	// states[n] is the state after n commits, and ends[n] the size of the file.
	states []string
	ends   []int
}

// newHistory writes commits of every kind: several keys, long values, values
// written over and deleted, one key twice in one commit.
func newHistory(t *testing.T, commits int, random *rand.Rand) *history {
	t.Helper()
	path := filepath.Join(t.TempDir(), "history.db")
	s := open(t, path)
	h := &history{states: []string{""}, ends: []int{int(size(t, path))}}
	for n := range commits {
		err := s.Update(t.Context(), store.Shared, func(tx store.Tx) error {
			tx.Set([]byte(fmt.Sprintf("k/%03d", n)), strings.Repeat("v", random.IntN(300)))
			tx.Set([]byte(fmt.Sprintf("k/%03d", random.IntN(n+1))), `{"a": "ä*3$3"}`)
			tx.Set([]byte("last"), "0")
			tx.Set([]byte("last"), fmt.Sprint(n))
			if n%7 == 6 {
				tx.Delete([]byte(fmt.Sprintf("k/%03d", random.IntN(n))))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		h.states = append(h.states, dump(t, s))
		h.ends = append(h.ends, int(size(t, path)))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h.text = text
	return h
}

// whole is how many commits the first bytes of the file hold.
func (h *history) whole(size int) int {
	n := 0
	for n+1 < len(h.ends) && h.ends[n+1] <= size {
		n++
	}
	return n
}

// reopened opens a text as a data file, and gives its state.
func reopened(t *testing.T, path string, text []byte) (state string, report store.Report, err error) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s, report, err := store.Open(store.Options{Path: path, Durability: store.Never})
	if err != nil {
		if after, _ := os.ReadFile(path); !bytes.Equal(after, text) {
			t.Error("a refused file was changed")
		}
		return "", report, err
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	return dump(t, s), report, nil
}

// TestEveryTruncationOpens cuts data files anywhere: what is left opens as the
// commits that it holds whole, no more and no less.
func TestEveryTruncationOpens(t *testing.T) {
	const seed = 1
	random := rand.New(rand.NewPCG(seed, 0))
	h := newHistory(t, trials(20, 200), random)
	path := filepath.Join(t.TempDir(), "cut.db")
	n := trials(200, 10_000)
	for range n {
		cut := random.IntN(len(h.text) + 1)
		state, report, err := reopened(t, path, h.text[:cut])
		whole := h.whole(cut)
		if err != nil || state != h.states[whole] || report.Commits != whole {
			t.Fatalf("cut at %d of %d, seed %d: %d commits, want %d: %v", cut, len(h.text), seed, report.Commits, whole, err)
		}
	}
	t.Logf("%d truncations of %d bytes with %d commits: each opened with what was whole", n, len(h.text), len(h.states)-1)
}

// TestEveryFlipIsFound flips bits of data files anywhere: each is found, with the
// place of the commit and the number of those before it, the file is left as it
// is, and the commits before it can be saved.
func TestEveryFlipIsFound(t *testing.T) {
	const seed = 2
	random := rand.New(rand.NewPCG(seed, 0))
	h := newHistory(t, trials(20, 200), random)
	path := filepath.Join(t.TempDir(), "flipped.db")
	n := trials(60, 3_000)
	for range n {
		at, bit := random.IntN(len(h.text)), random.IntN(8)
		text := bytes.Clone(h.text)
		text[at] ^= 1 << bit
		_, report, err := reopened(t, path, text)
		var damage *store.Damage
		if err == nil || !errors.As(err, &damage) {
			t.Fatalf("bit %d of byte %d, seed %d: opened with %d commits, %v", bit, at, seed, report.Commits, err)
		}
		whole := h.whole(at)
		begin := int64(h.ends[whole])
		if at < h.ends[0] {
			begin = 0 // The first line.
		}
		if damage.Commits != whole || damage.At != begin {
			t.Fatalf("bit %d of byte %d, seed %d: %v, want %d commits before byte %d", bit, at, seed, damage, whole, begin)
		}
		h.checkSalvage(t, path, whole, at < h.ends[0])
	}
	t.Logf("%d flipped bits in %d bytes with %d commits: each was found and named, and what was before it saved", n, len(h.text), len(h.states)-1)
}

// checkSalvage saves what is whole in a file. A damaged first line costs nothing.
func (h *history) checkSalvage(t *testing.T, path string, whole int, firstLine bool) {
	t.Helper()
	to := filepath.Join(t.TempDir(), "saved.db")
	if firstLine {
		whole = len(h.states) - 1
	}
	saved, err := store.Salvage(path, to)
	if whole == 0 {
		if _, statErr := os.Stat(to); !errors.Is(err, store.ErrNothingWhole) || statErr == nil {
			t.Fatalf("saved %+v out of nothing: %v", saved, err)
		}
		return
	}
	if err != nil || saved.Commits != whole || saved.LostBytes != int64(len(h.text)-h.ends[whole]) {
		t.Fatalf("saved %+v of %d commits: %v", saved, whole, err)
	}
	if lost := len(h.states) - 1 - whole; saved.LostCommits > lost || lost > 1 && saved.LostCommits < lost-1 {
		t.Fatalf("%d commits are lost, and %d are said to be", lost, saved.LostCommits)
	}
	text, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, h.text[:h.ends[whole]]) {
		t.Fatal("what was saved is not what was written")
	}
}

// TestDamageIsNamed: what happens to files besides single bits.
func TestDamageIsNamed(t *testing.T) {
	h := newHistory(t, 10, rand.New(rand.NewPCG(3, 0)))
	at := func(n int) int { return h.ends[n] }
	replaced := func(from int, text string) string {
		return string(h.text[:from]) + text + string(h.text[from+len(text):])
	}
	for _, c := range []struct {
		name, text string
		commits    int
		at         int
		says       string
	}{
		{"zeros in the middle", replaced(at(4)+100, strings.Repeat("\x00", 16)), 4, at(4), "checksum"},
		{"zeros over a line", replaced(at(4), strings.Repeat("\x00", 16)), 4, at(4), "no commit begins"},
		{"a commit missing", string(h.text[:at(3)]) + string(h.text[at(4):]), 3, at(3), "commit 5 stands where commit 4 belongs"},
		{"a commit twice", string(h.text[:at(4)]) + string(h.text[at(3):]), 4, at(4), "commit 4 stands where commit 5 belongs"},
		{"commits of another file", string(h.text[:at(2)]) + string(h.text[at(0):]), 2, at(2), "commit 1 stands"},
		{"text at the end", string(h.text) + "\n", 10, at(10), "no commit begins"},
		{"more text at the end", string(h.text) + strings.Repeat("dear diary ", 10), 10, at(10), "no commit begins"},
		{"carriage returns lost", strings.ReplaceAll(string(h.text), "\r", ""), 0, 21, "line ends were converted"},
		{"carriage returns doubled", strings.ReplaceAll(string(h.text), "\r", "\r\r"), 0, 23, "line ends were converted"},
		{"carriage returns lost in the middle", string(h.text[:at(5)]) + strings.ReplaceAll(string(h.text[at(5):]), "\r", ""), 5, at(5), "no commit begins"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := reopened(t, filepath.Join(t.TempDir(), "damaged.db"), []byte(c.text))
			var damage *store.Damage
			if !errors.As(err, &damage) || damage.Commits != c.commits || damage.At != int64(c.at) || !strings.Contains(damage.Why, c.says) {
				t.Errorf("got %v, want damage at %d after %d commits: %s", err, c.at, c.commits, c.says)
			}
		})
	}
}

// TestConvertedLinesAreRestored: a file whose line ends were converted loses
// nothing when it is saved.
func TestConvertedLinesAreRestored(t *testing.T) {
	h := newHistory(t, 10, rand.New(rand.NewPCG(4, 0)))
	for name, text := range map[string]string{
		"lost":    strings.ReplaceAll(string(h.text), "\r", ""),
		"doubled": strings.ReplaceAll(string(h.text), "\r\n", "\r\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			from, to := filepath.Join(dir, "converted.db"), filepath.Join(dir, "restored.db")
			if err := os.WriteFile(from, []byte(text), 0o640); err != nil {
				t.Fatal(err)
			}
			saved, err := store.Salvage(from, to)
			if err != nil || !saved.Restored || saved.Damage != nil || saved.Commits != 10 || saved.LostBytes != 0 {
				t.Errorf("saved %+v: %v", saved, err)
			}
			if got, _ := os.ReadFile(to); !bytes.Equal(got, h.text) {
				t.Error("it is not what was written")
			}
			if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("the mode is %v: %v", info.Mode(), err)
			}
		})
	}
}

// TestZerosAtTheEndAreNoDamage: a loss of power leaves them where a length
// reached the disk before the bytes.
func TestZerosAtTheEndAreNoDamage(t *testing.T) {
	h := newHistory(t, 3, rand.New(rand.NewPCG(5, 0)))
	for _, c := range []struct {
		cut, zeros, whole int
	}{{h.ends[3], 70_000, 3}, {h.ends[3] - 10, 10, 2}, {h.ends[2] + 20, 4096, 2}, {h.ends[0], 5, 0}, {5, 100, 0}, {0, 100, 0}} {
		text := append(bytes.Clone(h.text[:c.cut]), make([]byte, c.zeros)...)
		state, report, err := reopened(t, filepath.Join(t.TempDir(), "zeros.db"), text)
		if err != nil || state != h.states[c.whole] || report.Commits != c.whole || report.Dropped == 0 {
			t.Errorf("%d zeros after %d bytes: %+v, %v", c.zeros, c.cut, report, err)
		}
	}
}

// TestSalvageNeedsAFileOfOurs, and a name that is free.
func TestSalvageNeedsAFileOfOurs(t *testing.T) {
	dir := t.TempDir()
	ours, other, to := filepath.Join(dir, "ours.db"), filepath.Join(dir, "other"), filepath.Join(dir, "to.db")
	s := open(t, ours)
	set(t, s, "a", "1")
	if _, err := store.Salvage(ours, to); !errors.Is(err, store.ErrInUse) {
		t.Errorf("of a file in use: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, []byte("dear diary"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Salvage(other, to); !errors.Is(err, store.ErrNotOurs) {
		t.Errorf("of another file: %v", err)
	}
	if _, err := store.Salvage(ours, other); !errors.Is(err, os.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
	if got, _ := os.ReadFile(other); string(got) != "dear diary" {
		t.Errorf("the other file became %q", got)
	}
	if saved, err := store.Salvage(ours, to); err != nil || saved.Commits != 1 || saved.LostBytes != 0 {
		t.Errorf("of a whole file: %+v, %v", saved, err)
	}
}
