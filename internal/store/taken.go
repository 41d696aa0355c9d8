package store

import (
	"errors"

	"github.com/tidwall/buntdb"
)

// taken is a copy that a unit has taken. The data file has no rows of it: it says of
// whom it is a copy, and behind that what rows of the other were when it was frozen,
// as far as commits that come before this one in the file have written over them.
type taken struct {
	of *frozen
	db *buntdb.DB
	// at is where this belongs among the commands of the unit.
	at int
}

// errLeft says that the file cannot have a copy, since it is not known any more in what
// the tenant differs from what it was.
var errLeft = errors.New("store: what was copied is not there any more")

// complete writes the differences into the commands of a unit that now comes into the
// queue. What is written over from then on stands behind it in the file.
func (t *taken) complete(commands []byte, to *tenant) ([]byte, error) {
	f := t.of
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left {
		return commands, errLeft
	}
	if f.before.Len() == 0 {
		return commands, nil
	}
	rest := append([]byte(nil), commands[t.at:]...)
	commands = commands[:t.at]
	f.before.Scan(func(key string, row frozenRow) bool {
		if row.absent {
			commands = appendDelete(commands, to.prefix(""), []byte(key))
		} else {
			commands = appendSet(commands, to.prefix(""), []byte(key), row.value)
		}
		return true
	})
	return append(commands, rest...), nil
}

// logWhole makes the commands of a transaction those that write all that the tenant has.
func (t *transaction) logWhole() {
	*t.logged = appendClear(beginCommit(*t.logged), t.tenant.escaped)
	if !t.exists {
		return
	}
	t.logHead()
	t.Range(nil, nil, func(key []byte, value string) bool {
		*t.logged = appendSet(*t.logged, t.tenant.prefix(t.home), key, value)
		return true
	})
}
