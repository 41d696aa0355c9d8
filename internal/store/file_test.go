package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gofrs/flock"

	"finhub-sandbox/internal/store"
)

// oldFile is a data file of the format before checksums, with a commit for each
// list of pairs; a value "-" is a deletion.
func oldFile(commits ...[]string) string {
	var b strings.Builder
	part := func(text string) { fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(text), text) }
	write := func(key, value string) {
		if value == "-" {
			b.WriteString("*2\r\n")
			part("del")
			part(key)
			return
		}
		b.WriteString("*3\r\n")
		part("set")
		part(key)
		part(value)
	}
	write("!format", "finhub-sandbox 1")
	write("!commit", "2")
	for n, pairs := range commits {
		// The mark stood anywhere among the commands.
		mark := n % (len(pairs)/2 + 1)
		for i := 0; i <= len(pairs)/2; i++ {
			if i == mark {
				write("!commit", fmt.Sprint(len(pairs)/2+1))
			}
			if i < len(pairs)/2 {
				write(pairs[2*i], pairs[2*i+1])
			}
		}
	}
	return b.String()
}

// writeFile makes a file of a mode, whatever the mask of the process.
func writeFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, []byte(text), mode), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func checkMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	if info, err := os.Lstat(path); err != nil || info.Mode() != want {
		t.Errorf("%s has mode %v, want %v: %v", path, info.Mode(), want, err)
	}
}

// TestFilesOfTheEarlierFormatAreTakenOver, with their mode, and commit by commit.
func TestFilesOfTheEarlierFormatAreTakenOver(t *testing.T) {
	text := oldFile([]string{"a", "1", "b", "2"}, []string{"b", "-", "c", "3"}, []string{"a", "4"})
	const want = "a=4 c=3"
	path := filepath.Join(t.TempDir(), "old.db")
	writeFile(t, path, text, 0o640)
	s, report, err := store.Open(store.Options{Path: path, Durability: store.Always})
	if err != nil {
		t.Fatal(err)
	}
	if got := dump(t, s); got != want || report != (store.Report{Commits: 4, Records: 2}) {
		t.Errorf("got %q, %+v", got, report)
	}
	set(t, s, "d", "5")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, path); !strings.HasPrefix(got, "finhub-sandbox data 5\r\ncommit 000000000001 ") || strings.Contains(got, "!commit") {
		t.Errorf("the file became %q", got)
	}
	checkMode(t, path, 0o640)
	if got := dump(t, open(t, path)); got != want+" d=5" {
		t.Errorf("opened again: %q", got)
	}
}

// TestAnEarlierVersionThatRunsIsSeen: it has locked a file beside the data file,
// which is left behind when it ends.
func TestAnEarlierVersionThatRunsIsSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	text := oldFile([]string{"a", "1"})
	writeFile(t, path, text, 0o600)
	lock := flock.New(path + ".lock")
	if got, err := lock.TryLock(); !got || err != nil {
		t.Fatal(err)
	}
	if _, _, err := reopened(t, path, []byte(text)); !errors.Is(err, store.ErrInUse) {
		t.Errorf("got %v, want %v", err, store.ErrInUse)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if state, _, err := reopened(t, path, []byte(text)); err != nil || state != "a=1" {
		t.Errorf("after its end: %q, %v", state, err)
	}
	if _, err := os.Stat(lock.Path()); err == nil {
		t.Error("the file that it locked is still there")
	}
}

// TestATornFileOfTheEarlierFormat is cut as it was before.
func TestATornFileOfTheEarlierFormat(t *testing.T) {
	first := oldFile([]string{"a", "1", "b", "2"})
	whole := oldFile([]string{"a", "1", "b", "2"}, []string{"a", "3", "b", "4", "c", "5"})
	begin := len(oldFile())
	path := filepath.Join(t.TempDir(), "torn.db")
	for cut := range len(whole) {
		want, size := "", 0
		switch {
		case cut >= len(first):
			want, size = "a=1 b=2", len(first)
		case cut >= begin:
			size = begin
		}
		state, report, err := reopened(t, path, []byte(whole[:cut]))
		if err != nil || state != want || report.Dropped != int64(cut-size) {
			t.Fatalf("cut at %d of %d: %q, %+v, %v", cut, len(whole), state, report, err)
		}
	}
}

// TestDamageOfTheEarlierFormat is found where the form shows it.
func TestDamageOfTheEarlierFormat(t *testing.T) {
	commits := [][]string{{"a", "1", "b", "twelve bytes"}, {"c", "3"}, {"d", "4"}}
	whole := oldFile(commits...)
	at := int64(len(oldFile(commits[:1]...)))
	begin := int64(len(oldFile()))
	for _, c := range []struct {
		name, was, becomes string
		at                 int64
		commits            int
	}{
		{"zeros", "set\r\n$1\r\nc\r\n", strings.Repeat("\x00", 12), at, 2},
		{"a length too short", "$12\r\ntwelve", "$11\r\ntwelve", begin, 1},
		{"a length too long", "$12\r\ntwelve", "$13\r\ntwelve", begin, 1},
		{"a length beyond the end", "$12\r\ntwelve", "$92\r\ntwelve", begin, 1},
		{"another command", "set\r\n$1\r\nc", "get\r\n$1\r\nc", at, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(whole, c.was, c.becomes, 1)
			path := filepath.Join(t.TempDir(), "damaged.db")
			_, _, err := reopened(t, path, []byte(text))
			var damage *store.Damage
			if text == whole || !errors.As(err, &damage) || damage.At != c.at || damage.Commits != c.commits {
				t.Fatalf("got %v, want damage at %d after %d commits", err, c.at, c.commits)
			}
			to := filepath.Join(t.TempDir(), "saved.db")
			saved, err := store.Salvage(path, to)
			if err != nil || saved.Commits != c.commits || saved.LostBytes != int64(len(text))-c.at || saved.LostCommits < 1 {
				t.Fatalf("saved %+v, %v", saved, err)
			}
			if got, want := dump(t, open(t, to)), map[bool]string{true: "a=1 b=twelve bytes"}[c.commits == 2]; got != want {
				t.Errorf("saved %q, want %q", got, want)
			}
		})
	}
}

// TestAFileThatCannotBeReplacedIsUsedAsItIs: one with a second name has to stay
// the file of both; what is written follows what the earlier format held.
func TestAFileThatCannotBeReplacedIsUsedAsItIs(t *testing.T) {
	dir := t.TempDir()
	path, second := filepath.Join(dir, "old.db"), filepath.Join(dir, "second.db")
	text := oldFile([]string{"a", "1"})
	writeFile(t, path, text, 0o600)
	if err := os.Link(path, second); err != nil {
		t.Skip(err)
	}
	s, report, err := store.Open(store.Options{Path: path, Durability: store.Always})
	if err != nil || report.Kept == nil {
		t.Fatalf("%+v, %v", report, err)
	}
	set(t, s, "b", "2")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, second); !strings.HasPrefix(got, text+"finhub-sandbox data 5\r\ncommit 000000000001 ") {
		t.Errorf("the second name has %q", got)
	}
	s = open(t, second)
	set(t, s, "c", "3")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(second); err != nil {
		t.Fatal(err)
	}
	s, report, err = store.Open(store.Options{Path: path, Durability: store.Always})
	if err != nil || report.Kept != nil || dump(t, s) != "a=1 b=2 c=3" {
		t.Errorf("%+v, %v", report, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// fullOfHistory makes a data file that is worth writing anew; it holds a, which
// is large, and b=1.
func fullOfHistory(t *testing.T, path string) (a string) {
	t.Helper()
	s := open(t, path)
	a = strings.Repeat("x", 10_000)
	for range 200 {
		set(t, s, "a", a, "b", "1")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAFileFullOfHistoryIsWrittenAnew: what it holds stays, and so do its mode
// and the links to it.
func TestAFileFullOfHistoryIsWrittenAnew(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "sandbox.db"), filepath.Join(dir, "link.db")
	a := fullOfHistory(t, path)
	if err := errors.Join(os.Chmod(path, 0o620), os.Symlink("sandbox.db", link)); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path+".new", "left by a process that was killed", 0o600)
	s := open(t, link)
	set(t, s, "c", "3")
	if _, _, err := store.Open(store.Options{Path: path}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("the new file is not locked: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := size(t, path); got > 20_000 {
		t.Errorf("the file still has %d bytes", got)
	}
	checkMode(t, path, 0o620)
	if to, err := os.Readlink(link); err != nil || to != "sandbox.db" {
		t.Errorf("the link became %q: %v", to, err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 2 {
		t.Errorf("there are %v", names)
	}
	s = open(t, path)
	defer s.Close()
	if got := dump(t, s); got != "a="+a+" b=1 c=3" {
		t.Errorf("values changed: %d bytes", len(got))
	}
}

// TestAnewIsWholeOrDamaged: what was written anew is one commit, however many
// parts it has. It got its name when it was whole, so that half of it is no torn
// commit.
func TestAnewIsWholeOrDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.db")
	s := open(t, path)
	value := strings.Repeat("x", 100_000)
	for n := range 100 {
		set(t, s, fmt.Sprint("k/", n%10), value)
	}
	want := dump(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	anew := int(size(t, path))
	set(t, s, "k/last", "1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	text := []byte(readFile(t, path))
	if parts := bytes.Count(text, []byte("\r\nvalues ")); parts < 2 || anew > 2_000_000 {
		t.Fatalf("%d parts in %d bytes", parts, anew)
	}
	for _, c := range []struct{ cut, commits int }{{anew, 1}, {anew + 1, 1}, {len(text), 2}} {
		state, report, err := reopened(t, path, text[:c.cut])
		if err != nil || report.Commits != c.commits || !strings.HasPrefix(state, want) {
			t.Errorf("cut at %d: %+v, %v", c.cut, report, err)
		}
	}
	second := bytes.Index(text[100:], []byte("\r\nvalues ")) + 102
	for _, cut := range []int{anew - 1, anew / 2, second, second + 5, 100} {
		var damage *store.Damage
		_, report, err := reopened(t, path, text[:cut])
		if !errors.As(err, &damage) || damage.Commits != 0 || !strings.Contains(damage.Why, "written anew") {
			t.Errorf("cut at %d: %+v, %v", cut, report, err)
		}
	}
}

// TestAFileInUseIsRefused under whatever name.
func TestAFileInUseIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sandbox.db")
	s := open(t, path)
	defer s.Close()
	names := map[string]string{"its own": path, "a detour": filepath.Join(dir, "..", filepath.Base(dir), "sandbox.db")}
	for name, link := range map[string]func(from, to string) error{"a link": os.Symlink, "a hard link": os.Link} {
		names[name] = filepath.Join(dir, name)
		if err := link(path, names[name]); err != nil {
			t.Skip(err)
		}
	}
	if err := os.Symlink(dir, filepath.Join(dir, "directory")); err != nil {
		t.Skip(err)
	}
	names["a linked directory"] = filepath.Join(dir, "directory", "sandbox.db")
	for name, path := range names {
		if name == "a hard link" && runtime.GOOS == "windows" {
			continue
		}
		if _, _, err := store.Open(store.Options{Path: path}); !errors.Is(err, store.ErrInUse) {
			t.Errorf("by %s: got %v, want %v", name, err, store.ErrInUse)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, _, err := store.Open(store.Options{Path: names["a hard link"]})
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// TestLinksWithoutAFileMakeIt: a link may be there before what it leads to.
func TestLinksWithoutAFileMakeIt(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink("sandbox.db", link); err != nil {
		t.Skip(err)
	}
	s := open(t, link)
	set(t, s, "a", "1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	checkMode(t, filepath.Join(dir, "sandbox.db"), 0o600)
	if got := dump(t, open(t, filepath.Join(dir, "sandbox.db"))); got != "a=1" {
		t.Errorf("got %q", got)
	}
}
