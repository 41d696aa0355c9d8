package app_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
)

// watched is a sandbox that serves with a scenario file, quick.yaml, which tests
// change.
type watched struct {
	*localSandbox
	told chan error
}

// watch serves until the end of the test, with the file or its directory given.
func watch(t *testing.T, given string) *watched {
	t.Helper()
	w := &watched{told: make(chan error, 100)}
	config := app.Config{
		Addr: "127.0.0.1:0", Scenarios: []string{given}, Reloaded: func(err error) { w.told <- err }, LookTime: 20 * time.Millisecond,
	}
	w.localSandbox = openLocal(t, config)
	listeners, err := app.Listen(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- w.app.Serve(ctx, listeners) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return w
}

// wait waits until the file's delay is in force.
func (w *watched) wait(delay string) {
	w.t.Helper()
	for {
		shown := w.call("demo", http.MethodGet, "/_sandbox/scenarios/quick", "")
		if shown.get("rules.0.effect") == "decides APPROVED after "+delay {
			return
		}
		if err := <-w.told; err != nil {
			w.t.Logf("in between: %v", err)
		}
	}
}

// waitGone waits until it has been seen that there is nothing.
func (w *watched) waitGone() {
	w.t.Helper()
	for {
		if err := <-w.told; err != nil {
			return
		}
	}
}

// afterDelay is the scenario with another delay.
func afterDelay(delay string) string { return strings.Replace(quick, "after: 1m", "after: "+delay, 1) }

// TestPathsAreWatched moves directories about: what is at the path in the end is
// taken over, and so is what is changed there later.
func TestPathsAreWatched(t *testing.T) {
	must := func(t *testing.T, errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	// fill makes a directory with the file in it.
	fill := func(t *testing.T, dir, delay string) {
		t.Helper()
		must(t, os.MkdirAll(dir, 0o755))
		writeScenario(t, dir, "quick.yaml", afterDelay(delay))
	}
	// retarget puts a link in the place of another at once, as Kubernetes does.
	retarget := func(t *testing.T, link, to string) {
		t.Helper()
		must(t, os.Symlink(to, link+".tmp"), os.Rename(link+".tmp", link))
	}
	for name, c := range map[string]struct {
		// begin makes the directory under base/parent/scenarios, change changes it
		// until 2d is in force there, and edit is the directory of the file then.
		begin  func(t *testing.T, base, dir string)
		change func(t *testing.T, w *watched, base, dir string)
	}{
		"removed and put back": {nil, func(t *testing.T, w *watched, _, dir string) {
			must(t, os.RemoveAll(dir))
			w.waitGone()
			fill(t, dir, "2d")
		}},
		"removed and put back at once": {nil, func(t *testing.T, _ *watched, _, dir string) {
			must(t, os.RemoveAll(dir))
			fill(t, dir, "2d")
		}},
		"renamed, with another in its place": {nil, func(t *testing.T, w *watched, base, dir string) {
			must(t, os.Rename(dir, filepath.Join(base, "away")))
			w.waitGone()
			fill(t, dir, "2d")
		}},
		"renamed away and back": {nil, func(t *testing.T, w *watched, base, dir string) {
			away := filepath.Join(base, "away")
			must(t, os.Rename(dir, away))
			w.waitGone()
			writeScenario(t, away, "quick.yaml", afterDelay("2d"))
			must(t, os.Rename(away, dir))
		}},
		"with its parent renamed": {nil, func(t *testing.T, _ *watched, base, dir string) {
			must(t, os.Rename(filepath.Dir(dir), filepath.Join(base, "away")))
			fill(t, dir, "2d")
		}},
		"a link to another directory": {func(t *testing.T, base, dir string) {
			fill(t, filepath.Join(base, "one"), "1d")
			fill(t, filepath.Join(base, "two"), "2d")
			must(t, os.MkdirAll(filepath.Dir(dir), 0o755), os.Symlink(filepath.Join(base, "one"), dir))
		}, func(t *testing.T, _ *watched, base, dir string) {
			retarget(t, dir, filepath.Join(base, "two"))
		}},
		"a mounted ConfigMap": {func(t *testing.T, _, dir string) {
			fill(t, filepath.Join(dir, "..2026_01"), "1d")
			must(t, os.Symlink("..2026_01", filepath.Join(dir, "..data")), os.Symlink("..data/quick.yaml", filepath.Join(dir, "quick.yaml")))
		}, func(t *testing.T, _ *watched, _, dir string) {
			fill(t, filepath.Join(dir, "..2026_02"), "2d")
			retarget(t, filepath.Join(dir, "..data"), "..2026_02")
			must(t, os.RemoveAll(filepath.Join(dir, "..2026_01")))
		}},
	} {
		for _, given := range []string{"directory", "file"} {
			t.Run(name+", given as "+given, func(t *testing.T) {
				t.Parallel()
				base := t.TempDir()
				dir := filepath.Join(base, "parent", "scenarios")
				if c.begin == nil {
					fill(t, dir, "1d")
				} else {
					c.begin(t, base, dir)
				}
				path := dir
				if given == "file" {
					path = filepath.Join(dir, "quick.yaml")
				}
				w := watch(t, path)
				w.wait("1d")
				c.change(t, w, base, dir)
				w.wait("2d")
				writeScenario(t, dir, "quick.yaml", afterDelay("3d"))
				w.wait("3d")
			})
		}
	}
}
