package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/store"
)

// data looks at the data file: whether a start could use it, and what is in it.
func (e *examination) data() {
	const check = "data file"
	file := e.Config.Data
	if e.Config.Database != "" {
		e.database()
		return
	}
	if file == "" {
		e.add(check, OK, "there is none: everything is in memory, and lost at the end", "")
		return
	}
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		e.directory(check, file)
		return
	}
	if err == nil && !info.Mode().IsRegular() {
		e.add(check, Wrong, file+" is not a regular file", "choose another file with --data")
		return
	}
	found, err := store.Examine(file)
	switch {
	case errors.Is(err, store.ErrInUse) && e.running != nil:
		e.add(check, OK, fmt.Sprintf("%s is in use, as it seems by the sandbox on %s", file, e.control()), "")
	case errors.Is(err, fs.ErrPermission):
		e.add(check, Wrong, fmt.Sprintf("%s cannot be read and written (permission denied); its mode is %v", file, info.Mode()), "run the sandbox as the file's owner, or chmod u+rw it")
	case err != nil:
		told := app.TroubleOf(err, file)
		e.add(check, Wrong, told.Found, told.Do)
	case found.Torn > 0:
		e.add(check, Note, fmt.Sprintf("%s has %d commits, and %d bytes of one that was never finished", file, found.Commits, found.Torn), "nothing: the next start drops them; no caller was told that they were kept")
	case found.Format < found.Present:
		e.add(check, Note, fmt.Sprintf("%s has %d commits in format %d", file, found.Commits, found.Format), fmt.Sprintf("nothing: the next start writes format %d, which earlier versions refuse", found.Present))
	default:
		e.add(check, OK, fmt.Sprintf("%s has %d commits in format %d, and is whole", file, found.Commits, found.Format), "")
	}
}

// database looks at the database that several sandboxes share: whether a start could use it.
func (e *examination) database() {
	const check = "database"
	found, err := app.ExamineDatabase(e.Config)
	if err != nil {
		told := app.TroubleOf(err, "")
		e.add(check, Wrong, told.Found, told.Do)
		return
	}
	e.add(check, OK, found, "")
}

// directory looks at where a data file is to be made.
func (e *examination) directory(check, file string) {
	dir := filepath.Dir(file)
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		e.add(check, Wrong, fmt.Sprintf("%s cannot be made: %v", file, err), "make the directory, or choose another file with --data")
	case !info.IsDir():
		e.add(check, Wrong, fmt.Sprintf("%s cannot be made: %s is no directory", file, dir), "choose another file with --data")
	case !writable(dir, info):
		e.add(check, Wrong, fmt.Sprintf("%s cannot be made: nothing can be written into %s", file, dir), "give the user of the sandbox the directory, mount a volume there, or choose another file with --data")
	default:
		e.add(check, OK, file+" is not there yet: the first start makes it", "")
	}
}

// scenarios opens a sandbox in memory with the scenarios and the state that are given:
// what keeps that from a start keeps every other.
func (e *examination) scenarios(ctx context.Context) {
	c := e.Config
	c.Data, c.Database, c.State = "", "", ""
	governs, err := open(c)
	var mistakes scenario.Mistakes
	switch {
	case errors.As(err, &mistakes):
		for _, m := range mistakes {
			e.add("scenarios", Wrong, place(m), "mend it; finhub-sandbox scenario lint FILE looks at files alone")
		}
		return
	case err != nil:
		e.add("scenarios", Wrong, err.Error(), "finhub-sandbox scenario list tells those of a running sandbox, --scenario takes names, files and directories")
		return
	}
	e.add("scenarios", OK, governs, "")
	if c.State = e.Config.State; c.State == "" || ctx.Err() != nil {
		return
	}
	if _, err = open(c); err != nil {
		told := app.TroubleOf(err, "")
		e.add("state", Wrong, told.Found, told.Do)
		return
	}
	e.add("state", OK, c.State+" holds a state, which its tenant has unless it has one already", "")
}

func open(c app.Config) (governs string, err error) {
	sandbox, err := app.Open(c, io.Discard)
	if err != nil {
		return "", err
	}
	return sandbox.Governs(), sandbox.Close()
}

// place is a mistake as compilers print it.
func place(m scenario.Mistake) string {
	if m.More > 0 {
		return fmt.Sprintf("and %d mistakes more", m.More)
	}
	if m.Line == 0 {
		return fmt.Sprintf("%s: %s", cmp.Or(m.File, "a scenario"), m.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Message)
}
