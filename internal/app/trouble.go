package app

import (
	"errors"
	"os"
	"strings"

	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/store"
	"finhub-sandbox/internal/store/postgres"
)

// Trouble is what stands in the way of a start: what is so, and what to do about it.
type Trouble struct {
	Found, Do string
	err       error
}

// Error is one line; of the mistakes in scenarios, it has a line each of the first.
func (t *Trouble) Error() string {
	if t.Do == "" {
		return t.Found
	}
	return t.Found + ": " + t.Do
}

// Unwrap gives the error behind it.
func (t *Trouble) Unwrap() error { return t.err }

// Explain makes one helpful line of an error at start; of the mistakes in
// scenarios, it makes a line each of the first.
func Explain(err error, data string) string { return TroubleOf(err, data).Error() }

// TroubleOf tells what an error at start means, with that data file.
func TroubleOf(err error, data string) *Trouble {
	const another = "choose another file with --data"
	var mistakes scenario.Mistakes
	var damage *store.Damage
	var state *stateError
	var database *postgres.Trouble
	switch {
	case errors.As(err, &database):
		return &Trouble{database.Found, database.Do, err}
	case errors.As(err, &state):
		return &Trouble{state.file + " " + state.why, stateRemedy, err}
	case errors.As(err, &mistakes):
		return &Trouble{firstMistakes(mistakes), "", err}
	case errors.As(err, &damage):
		return &Trouble{data + " is " + damage.Error(), "save what is whole with finhub-sandbox data salvage " + data + " --to NEW, or " + another + "; it was not changed", err}
	case errors.Is(err, store.ErrNewer):
		return &Trouble{data + " was written by a newer version of the sandbox", "use that, or " + another + "; it was not changed", err}
	case errors.Is(err, store.ErrInUse):
		return &Trouble{data + " is in use", "stop the other sandbox, or " + another, err}
	case errors.Is(err, os.ErrPermission):
		return &Trouble{data + " cannot be read and written (permission denied)", another, err}
	case errors.Is(err, store.ErrNotOurs):
		return &Trouble{data + " is not a data file of the sandbox", another + "; it was not changed", err}
	}
	told := &Trouble{strings.ReplaceAll(err.Error(), "\n", "; "), "", err}
	var file *os.PathError
	if errors.As(err, &file) {
		told.Do = another
	}
	return told
}

// stateRemedy is what helps where a state cannot be used.
const stateRemedy = "export it anew with finhub-sandbox state export, or leave --state out"
