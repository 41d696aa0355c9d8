package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"finhub-sandbox/internal/scenario"
)

// settleTime is how long after a change the files are read: editors write in
// several steps.
const settleTime = 200 * time.Millisecond

// watch takes over the scenario files when they change, until the context ends.
// Files are watched by their directories, since many editors put a new file in
// the place of the old one.
func (a *App) watch(ctx context.Context) {
	if len(a.scenarios.paths) == 0 {
		return
	}
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		defer func() { _ = watcher.Close() }()
		err = a.watchDirectories(watcher)
	}
	if err != nil {
		a.log.Warn("scenario files are not watched: a change needs a restart", "error", err)
		return
	}
	// What changed between start and now has sent no event.
	a.reload()
	settled := time.NewTimer(settleTime)
	settled.Stop()
	waiting := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-watcher.Events:
			// Other files of the directory may change all the time; the timer is
			// not put off by them.
			if !waiting {
				waiting = true
				settled.Reset(settleTime)
			}
		case err := <-watcher.Errors:
			a.log.Warn("watching scenario files", "error", err)
		case <-settled.C:
			waiting = false
			a.reload()
		}
	}
}

func (a *App) watchDirectories(watcher *fsnotify.Watcher) error {
	var faults []error
	for _, path := range a.scenarios.paths {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			path = filepath.Dir(path)
		}
		faults = append(faults, watcher.Add(path))
	}
	return errors.Join(faults...)
}

// reload takes over the files if they have changed and are right. If they are
// wrong it tells every mistake, once, and what was loaded stays.
func (a *App) reload() {
	sources, err := a.scenarios.read()
	if err == nil && slices.EqualFunc(sources, a.sources, sameSource) {
		return
	}
	if err != nil && err.Error() == a.unread {
		return
	}
	a.unread = ""
	if err != nil {
		a.unread = err.Error()
		a.log.Error("changed scenarios are not taken over", "error", err)
	} else {
		a.sources = sources
		err = a.replace(sources)
	}
	if a.config.Reloaded != nil {
		a.config.Reloaded(err)
	}
}

func sameSource(a, b scenario.Source) bool {
	return a.File == b.File && string(a.Text) == string(b.Text)
}

func (a *App) replace(sources []scenario.Source) error {
	library, err := scenario.Load(sources, a.sandbox.Catalog(), a.builtIn)
	if err == nil {
		err = a.useLibrary(library)
	}
	if err == nil {
		a.log.Info("scenarios taken over", "files", len(sources))
		return nil
	}
	var mistakes scenario.Mistakes
	if !errors.As(err, &mistakes) {
		a.log.Error("changed scenarios are not taken over", "error", err)
		return err
	}
	for _, m := range mistakes {
		a.log.Error("changed scenarios are not taken over", "mistake", strings.TrimSpace(m.Error()))
	}
	return err
}
