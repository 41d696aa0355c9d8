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
// several steps. lookTime is how often they are looked at where nobody tells of a
// change.
const (
	settleTime = 200 * time.Millisecond
	lookTime   = time.Second
)

// watch takes over the scenario files when they change, until the context ends.
// What is watched are their paths: what the system tells of is a directory, which
// may have been moved away or be on a disk that tells nothing, so that the files
// are looked at too.
func (a *App) watch(ctx context.Context) {
	if len(a.scenarios.paths) == 0 {
		a.refuseReading(ctx)
		return
	}
	directories := a.scenarios.directories()
	told := noticesOf(directories)
	defer func() { _ = told.end() }()
	// What changed between start and now has sent no event.
	a.reload()
	look := time.NewTicker(a.lookTime())
	defer look.Stop()
	settled := time.NewTimer(settleTime)
	settled.Stop()
	waiting := false
	for {
		changed := false
		select {
		case <-ctx.Done():
			return
		case <-told.events:
			changed = true
		case err := <-told.errors:
			// The next look finds what was missed.
			a.log.Debug("watching scenario files", "error", err)
		case <-look.C:
			changed = a.changed()
		case <-a.config.ReadAgain:
			a.log.Info("scenario files are read again", "changed", a.changed())
			a.reload()
		case <-settled.C:
			waiting = false
			// Another directory may be at the path by now.
			_ = told.end()
			told = noticesOf(directories)
			a.reload()
		}
		// Other files of the directory may change all the time; the timer is not
		// put off by them.
		if changed && !waiting {
			waiting = true
			settled.Reset(settleTime)
		}
	}
}

// refuseReading says that there is nothing to read to whoever asks for it.
func (a *App) refuseReading(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.config.ReadAgain:
			a.log.Warn("there are no scenario files to read again: --scenario names files")
		}
	}
}

func (a *App) lookTime() time.Duration {
	if a.config.LookTime > 0 {
		return a.config.LookTime
	}
	return lookTime
}

// directories are those in which the files are: many editors put a new file in
// the place of the old one.
func (f scenarioFiles) directories() []string {
	var list []string
	for _, path := range f.paths {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			path = filepath.Dir(path)
		}
		list = append(list, path)
	}
	return list
}

// notices are what the system tells of directories.
type notices struct {
	events <-chan fsnotify.Event
	errors <-chan error
	end    func() error
}

// noticesOf has the system tell of changes in directories, as far as it does.
func noticesOf(directories []string) notices {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return notices{end: func() error { return nil }} // It tells nothing; there are looks.
	}
	for _, path := range directories {
		_ = watcher.Add(path) // What is not there is found by a look when it is.
	}
	return notices{watcher.Events, watcher.Errors, watcher.Close}
}

// changed reports whether the files are not those that were last read.
func (a *App) changed() bool {
	sources, err := a.scenarios.read()
	if err != nil {
		return err.Error() != a.unread
	}
	return a.unread != "" || !slices.EqualFunc(sources, a.sources, sameSource)
}

// reload takes over the files if they have changed and are right. If they are
// wrong it tells every mistake, once, and what was loaded stays.
func (a *App) reload() {
	sources, err := a.scenarios.read()
	if err != nil {
		if err.Error() == a.unread {
			return
		}
		a.unread = err.Error()
		a.log.Error("changed scenarios are not taken over", "error", err)
		a.reloaded(err)
		return
	}
	a.unread = ""
	if slices.EqualFunc(sources, a.sources, sameSource) {
		return
	}
	a.sources = sources
	a.reloaded(a.replace(sources))
}

func (a *App) reloaded(err error) {
	if a.config.Reloaded != nil {
		a.config.Reloaded(err)
	}
}
func sameSource(a, b scenario.Source) bool {
	return a.File == b.File && string(a.Text) == string(b.Text)
}

func (a *App) replace(sources []scenario.Source) error {
	library, err := scenario.Load(sources, a.world.Catalog(), a.builtIn)
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
