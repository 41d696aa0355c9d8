package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDamagedDataFile registers people, damages the file behind the second, and
// follows what the program says: it starts again with the first two.
func TestDamagedDataFile(t *testing.T) {
	dir := t.TempDir()
	file, saved := filepath.Join(dir, "state.db"), filepath.Join(dir, "saved.db")
	server := startServe(t, "--addr=127.0.0.1:0", "--data", file)
	register := func(addr string, n int) (status int) {
		status, _ = send(t, registrationOf(t, addr, "demo", fmt.Sprintf("a%d@example.com", n)))
		return status
	}
	var at int64
	for n := range 4 {
		if status := register(server.addr, n); status/100 != 2 {
			t.Fatalf("registration got %d", status)
		}
		if info, err := os.Stat(file); err != nil {
			t.Fatal(err)
		} else if n == 1 {
			at = info.Size()
		}
	}
	server.stop(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	copy(text[at+500:], make([]byte, 16))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := runOnce("serve", "--addr=127.0.0.1:0", "--data", file)
	if code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	checkLine(t, stderr, fmt.Sprintf("%s is damaged at byte %d, ", file, at), "before it are whole", "data salvage "+file, "--data", "not changed")
	if after, _ := os.ReadFile(file); string(after) != string(text) {
		t.Error("the file was changed")
	}
	code, stdout, stderr := runOnce("data", "salvage", file, "--to", saved)
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	for _, says := range []string{fmt.Sprintf("damaged at byte %d", at), fmt.Sprintf("%d bytes behind them, with at least 2 commits", int64(len(text))-at), "serve --data " + saved} {
		if !strings.Contains(stdout, says) {
			t.Errorf("it does not say %q:\n%s", says, stdout)
		}
	}
	server = startServe(t, "--addr=127.0.0.1:0", "--data", saved)
	for n, want := range []int{http.StatusConflict, http.StatusConflict, http.StatusOK, http.StatusOK} {
		if status := register(server.addr, n); status != want {
			t.Errorf("registration %d got %d, want %d", n, status, want)
		}
	}
}

// TestSalvageOfWhatCannotBeSaved says why in one line, and leaves nothing behind.
func TestSalvageOfWhatCannotBeSaved(t *testing.T) {
	dir := t.TempDir()
	diary, empty, to := filepath.Join(dir, "diary.txt"), filepath.Join(dir, "empty.db"), filepath.Join(dir, "to.db")
	for path, text := range map[string]string{diary: "dear diary\n", empty: "finhub-sandbox data 2\r\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		from, to string
		code     int
		says     []string
	}{
		{dir + "/none", to, exitUsage, []string{dir + "/none", "no such"}},
		{diary, to, exitUsage, []string{diary, "not a data file of the sandbox"}},
		{empty, to, exitFailed, []string{"nothing of " + empty, "no commit is whole"}},
		{empty, diary, exitUsage, []string{diary, "is there already", "--to"}},
	} {
		code, stdout, stderr := runOnce("data", "salvage", c.from, "--to", c.to)
		if code != c.code || stdout != "" {
			t.Errorf("%s: exit code %d, printed %q", c.from, code, stdout)
		}
		checkLine(t, stderr, c.says...)
		if _, err := os.Stat(to); err == nil {
			t.Errorf("%s: there is a new file", c.from)
		}
	}
}
