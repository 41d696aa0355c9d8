package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func oddEntry() Entry {
	return Entry{
		Number: 1, Method: "A`touch here`$(touch here)|touch here&'touch", Host: "localhost:8080", Path: "/a b/{x}/[1-3]/what?/100%", Query: "a=1&b=%20&a=2&c[]=$(touch here)",
		Request: Message{Body: `{"a": "it's $HOME"}`, Headers: []Header{{"X-Odd", "`touch here`"}, {"Authorization", "Bearer " + masked}}},
	}
}

// TestCurlCommandsDoNothingElse: a shell gives curl what came, whatever that is, and runs
// nothing in it.
func TestCurlCommandsDoNothingElse(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	dir := t.TempDir()
	curl := "#!" + bash + "\nprintf '%s\\0' \"$@\" >> args\n"
	if err := os.WriteFile(filepath.Join(dir, "curl"), []byte(curl), 0o700); err != nil {
		t.Fatal(err)
	}
	odd, plain := oddEntry(), Entry{Number: 2, Method: http.MethodGet, Host: "localhost", Path: "/x"}
	var script bytes.Buffer
	if err := writeCurl(&script, []Entry{odd, plain}, ""); err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), bash, "-c", script.String())
	shell.Dir, shell.Env = dir, []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "TOKEN=t"}
	if out, err := shell.CombinedOutput(); err != nil {
		t.Errorf("%v: %s\n%s", err, out, script.String())
	}
	args, err := os.ReadFile(filepath.Join(dir, "args"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"-g", "-X", odd.Method, "http://localhost:8080/a%20b/%7Bx%7D/%5B1-3%5D/what%3F/100%25?" + odd.Query,
		"-H", "X-Odd: `touch here`", "-H", "Authorization: Bearer t", "--data-raw", odd.Request.Body,
		"-g", "-X", "GET", "http://localhost/x",
	}
	if got := strings.Split(strings.TrimSuffix(string(args), "\x00"), "\x00"); !slices.Equal(got, want) {
		t.Errorf("curl is given\n%q, want\n%q", got, want)
	}
	if !strings.Contains(script.String(), "curl -g -X GET 'http") {
		t.Errorf("a plain method is not written plainly: %s", script.String())
	}
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("something else was run: %v", files)
	}
}

// TestHARHasAllOfAQuery in the order in which it came.
func TestHARHasAllOfAQuery(t *testing.T) {
	var text bytes.Buffer
	if err := writeHAR(&text, []Entry{oddEntry()}, "test"); err != nil {
		t.Fatal(err)
	}
	var file harFile
	if err := json.Unmarshal(text.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	request := file.Log.Entries[0].Request
	if got, want := fmt.Sprint(request.Query), "[{a 1} {b  } {a 2} {c[] $(touch here)}]"; got != want {
		t.Errorf("the query is %s, want %s", got, want)
	}
	if !strings.HasPrefix(request.URL, "http://localhost:8080/a%20b/") {
		t.Errorf("the URL is %s", request.URL)
	}
}
