package main

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/doctor"
	"finhub-sandbox/internal/store"
)

// examine runs doctor and gives what it has found, by check.
func examine(t *testing.T, args ...string) (code int, found examined) {
	t.Helper()
	code, stdout, stderr := runCommand(t, append([]string{"doctor", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(stdout), &found); err != nil {
		t.Fatalf("%v: %v in %q; %s", args, err, stdout, stderr)
	}
	if (code == exitOK) != found.OK || (code == exitOK) != (stderr == "") || found.Version != version {
		t.Errorf("%v: exit code %d, %+v, and %q", args, code, found, stderr)
	}
	return code, found
}

// tells finds a result of a check with all the parts.
func (e examined) tells(check string, result doctor.Result, parts ...string) bool {
	for _, f := range e.Findings {
		whole := f.Check == check && f.Result == result
		for _, part := range parts {
			whole = whole && strings.Contains(f.Found+" → "+f.Do, part)
		}
		if whole {
			return true
		}
	}
	return false
}

// TestDoctorFindsTroubles makes each of them.
func TestDoctorFindsTroubles(t *testing.T) {
	const free = "--addr=127.0.0.1:0"
	dir := t.TempDir()
	inUse := dataFile(t, dir, "in-use.db", "")
	other, _, err := store.Open(store.Options{Path: inUse, Durability: store.Never})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	server := startServe(t, free)
	guarded := startServe(t, free, "--control-token=right")
	frozen := startServe(t, free)
	if code, _, stderr := runCommand(t, "clock", "freeze", "--addr", frozen.addr); code != exitOK {
		t.Fatal(stderr)
	}
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	older := pretender(t, http.StatusOK, `{"status": "ready", "version": "0.1.0", "uptime": "1m0s"}`, app.Now())
	unready := pretender(t, http.StatusServiceUnavailable, `{"status": "unready", "version": "dev", "uptime": "1m0s", "reason": "no space left on device"}`, app.Now())
	late := pretender(t, http.StatusOK, `{"status": "ready", "version": "dev", "uptime": "1m0s"}`, app.Now().Add(-time.Hour))
	for _, c := range []struct {
		name      string
		args      []string
		variable  string
		check     string
		result    doctor.Result
		says      []string
		alsoWrong string
	}{
		{"a free port", []string{"--addr=localhost:0"}, "", "address", doctor.OK, []string{"127.0.0.1:", "is free"}, ""},
		{"a sandbox there", []string{"--addr=" + server.addr}, "", "address", doctor.OK, []string{server.addr, "finhub-sandbox " + version, "has been ready for"}, ""},
		{"another version there", []string{"--addr=" + older}, "", "address", doctor.Note, []string{"0.1.0", "--addr"}, "clock"},
		{"one that cannot write", []string{"--addr=" + unready}, "", "address", doctor.Wrong, []string{"no space left", "make room"}, "clock"},
		{"another web server there", []string{"--addr=" + web.Listener.Addr().String()}, "", "address", doctor.Wrong, []string{"another web server", "404", "--addr"}, ""},
		{"a silent program there", []string{"--addr=" + closing(t)}, "", "address", doctor.Wrong, []string{"does not answer", "--addr"}, ""},
		{"a control port taken", []string{free, "--control-addr=" + web.Listener.Addr().String()}, "", "control address", doctor.Wrong, []string{"another web server", "--control-addr"}, ""},
		{"an address of nobody", []string{"--addr=192.0.2.1:80"}, "", "address", doctor.Wrong, []string{"192.0.2.1:80", "--addr"}, ""},
		{"no port", []string{"--addr=localhost"}, "", "address", doctor.Wrong, []string{"port", "--addr"}, ""},
		{"in memory", []string{free}, "", "data file", doctor.OK, []string{"in memory"}, ""},
		{"a new file", []string{free, "--data=" + dir + "/new.db"}, "", "data file", doctor.OK, []string{"new.db", "first start"}, ""},
		{"a whole file", []string{free, "--data=" + dataFile(t, dir, "whole.db", "")}, "", "data file", doctor.OK, []string{"1 commits", "format 5", "whole"}, ""},
		{"a torn file", []string{free, "--data=" + dataFile(t, dir, "torn.db", "commit 0000")}, "", "data file", doctor.Note, []string{"11 bytes", "drops"}, ""},
		{"a damaged file", []string{free, "--data=" + dataFile(t, dir, "damaged.db", strings.Repeat("x", 200)+"\r\n")}, "", "data file", doctor.Wrong, []string{"damaged at byte", "data salvage"}, ""},
		{"a newer file", []string{free, "--data=" + writeFile(t, "newer.db", "finhub-sandbox data 9\r\n")}, "", "data file", doctor.Wrong, []string{"newer version"}, ""},
		{"another's file", []string{free, "--data=" + writeFile(t, "diary.txt", "Dear diary,\n")}, "", "data file", doctor.Wrong, []string{"not a data file", "--data"}, ""},
		{"a locked file", []string{free, "--data=" + inUse}, "", "data file", doctor.Wrong, []string{"in use", "stop the other"}, ""},
		{"a file locked by the sandbox there", []string{"--addr=" + server.addr, "--data=" + inUse}, "", "data file", doctor.OK, []string{"in use", server.addr}, ""},
		{"a directory as file", []string{free, "--data=" + dir}, "", "data file", doctor.Wrong, []string{"regular"}, ""},
		{"a file in no directory", []string{free, "--data=" + dir + "/none/x.db"}, "", "data file", doctor.Wrong, []string{"none", "make the directory"}, ""},
		{"a file in a file", []string{free, "--data=" + inUse + "/x.db"}, "", "data file", doctor.Wrong, []string{"x.db", "--data"}, ""},
		{"a scenario by name", []string{free, "--scenario=kyc-rejected"}, "", "scenarios", doctor.OK, []string{"kyc-rejected governs"}, ""},
		{"a misspelt scenario", []string{free, "--scenario=kyc-rejectd"}, "", "scenarios", doctor.Wrong, []string{"did you mean kyc-rejected"}, ""},
		{"a scenario file with a mistake", []string{free, "--scenario=" + writeFile(t, "bad.yaml", "name: bad\nrulez: []\n")}, "", "scenarios", doctor.Wrong, []string{"bad.yaml:2:", "rulez"}, ""},
		{"a scenario file that is not there", []string{free, "--scenario=" + dir + "/none.yaml"}, "", "scenarios", doctor.Wrong, []string{"none.yaml", "no such"}, ""},
		{"a state that is none", []string{free, "--state=" + writeFile(t, "state.json", "{}")}, "", "state", doctor.Wrong, []string{"state.json", "state export"}, ""},
		{"one address of two", []string{free}, "", "localhost", doctor.Note, []string{"127.0.0.1", "listen on localhost:"}, ""},
		{"all addresses without a token", []string{"--addr=:0"}, "", "containers", doctor.Note, []string{"control API", "--control-token"}, ""},
		{"all addresses with a token", []string{"--addr=:0", "--control-token=t"}, "", "containers", doctor.OK, []string{"can call"}, ""},
		{"this machine alone", []string{"--addr=localhost:0"}, "KUBERNETES_SERVICE_HOST=10.0.0.1", "containers", doctor.Note, []string{"this is a container", "SANDBOX_ADDR=:"}, ""},
		{"a URL as host", []string{free, "--hosts=https://finhub.example/x"}, "", "host names", doctor.Wrong, []string{"https://finhub.example/x", "alone: finhub.example"}, ""},
		{"a pattern as host", []string{free}, "SANDBOX_HOSTS=*.example.com", "host names", doctor.Wrong, []string{"alone: example.com"}, ""},
		{"a host", []string{free, "--hosts=finhub.example"}, "", "host names", doctor.OK, []string{"finhub.example"}, ""},
		{"no pages", []string{free, "--cors=off"}, "", "web pages", doctor.Note, []string{"--cors"}, ""},
		{"some pages", []string{free, "--cors=https://app.example"}, "", "web pages", doctor.OK, []string{"only", "https://app.example"}, ""},
		{"a clock that runs", []string{"--addr=" + server.addr, "--tenant=acme"}, "", "clock", doctor.OK, []string{"tenant acme runs"}, ""},
		{"a frozen clock", []string{"--addr=" + frozen.addr}, "", "clock", doctor.Note, []string{"frozen at", "clock run"}, ""},
		{"wall clocks that differ", []string{"--addr=" + late}, "", "clock", doctor.Wrong, []string{"differs", "1h0m"}, ""},
		{"another control token", []string{"--addr=" + guarded.addr, "--control-token=wrong"}, "", "control token", doctor.Wrong, []string{"--control-token"}, ""},
		{"the control token", []string{"--addr=" + guarded.addr}, "SANDBOX_CONTROL_TOKEN=right", "environment", doctor.OK, []string{"SANDBOX_CONTROL_TOKEN"}, ""},
		{"a misspelt variable", []string{free}, "SANDBOX_SCENARO=kyc-rejected", "environment", doctor.Wrong, []string{"SANDBOX_SCENARO", "did you mean SANDBOX_SCENARIO?"}, ""},
		{"a variable in small letters", []string{free}, "sandbox_seed=1", "environment", doctor.Wrong, []string{"sandbox_seed", "did you mean SANDBOX_SEED?"}, ""},
		{"an unknown variable", []string{free}, "SANDBOX_COLOUR_OF_THE_SKY=blue", "environment", doctor.Wrong, []string{"nothing reads it", "--help"}, ""},
		{"a cluster's variable", []string{free}, "SANDBOX_PORT_8080_TCP_ADDR=10.0.0.1", "environment", doctor.OK, []string{"no variable"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if name, value, ok := strings.Cut(c.variable, "="); ok {
				t.Setenv(name, value)
			}
			code, found := examine(t, c.args...)
			if !found.tells(c.check, c.result, c.says...) {
				t.Errorf("no %s of %s says %q: %+v", c.result, c.check, c.says, found.Findings)
			}
			for _, f := range found.Findings {
				if f.Result == doctor.Wrong && f.Check != c.alsoWrong && (f.Check != c.check || c.result != doctor.Wrong) {
					t.Errorf("wrong besides: %+v", f)
				}
				if f.Result == doctor.Wrong && f.Do == "" && f.Check != c.alsoWrong {
					t.Errorf("what to do is not said: %+v", f)
				}
			}
			if c.alsoWrong == "" && (code == exitFailed) != (c.result == doctor.Wrong) {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

// dataFile makes a data file with one commit, behind which something more stands.
func dataFile(t *testing.T, dir, name, more string) (path string) {
	t.Helper()
	path = filepath.Join(dir, name)
	s, _, err := store.Open(store.Options{Path: path, Durability: store.Never})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), "demo", func(tx store.Tx) error {
		tx.Set([]byte("a"), "1")
		return nil
	})
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(more); err != nil {
		t.Fatal(err)
	}
	return path
}

// pretender answers every request as a sandbox does that is asked for its health.
func pretender(t *testing.T, status int, health string, now time.Time) (addr string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(health))
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// closing listens, and closes whatever connects.
func closing(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			connection, err := l.Accept()
			if err != nil {
				return
			}
			connection.Close()
		}
	}()
	return l.Addr().String()
}

// TestDoctorChangesNothing: no file is made, none is written, none stays locked.
func TestDoctorChangesNothing(t *testing.T) {
	dir := t.TempDir()
	for _, file := range []string{dataFile(t, dir, "whole.db", ""), dataFile(t, dir, "torn.db", "commit 0000")} {
		info, errBefore := os.Stat(file)
		before, errText := os.ReadFile(file)
		examine(t, "--addr=127.0.0.1:0", "--data="+file)
		again, errAfter := os.Stat(file)
		after, errAgain := os.ReadFile(file)
		if err := errors.Join(errBefore, errText, errAfter, errAgain); err != nil {
			t.Fatal(err)
		}
		if string(before) != string(after) || info.ModTime() != again.ModTime() {
			t.Errorf("%s was changed", file)
		}
		s, _, err := store.Open(store.Options{Path: file})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
	examine(t, "--addr=127.0.0.1:0", "--data="+dir+"/new.db")
	if names, _ := filepath.Glob(dir + "/*"); len(names) != 2 {
		t.Errorf("there are %v", names)
	}
}

// TestDoctorPrintsForPeople: a line for each finding, and one for what to do.
func TestDoctorPrintsForPeople(t *testing.T) {
	code, stdout, stderr := runCommand(t, "doctor", "--addr=127.0.0.1:0", "--scenario=kyc-rejectd")
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	checkLine(t, stderr, "1 thing to put right")
	contains(t, stdout, []string{"wrong  scenarios    there is no scenario", "\n                    → finhub-sandbox scenario list", "\nok     environment  "})
}
