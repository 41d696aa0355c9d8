package store

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/buntdb"
)

// tenantPrefix is how the names of heads begin.
const tenantPrefix = "tenant/"

// loaded is what a data file holds.
type loaded struct {
	*reader
	tenants map[string]*loadedTenant
	// flat are the rows of files that began with another idea of them, by their names,
	// until all have been read; nil for others.
	flat map[string]string
	// upgrade are the commands that bring the rows into the present format.
	upgrade []byte
	// torn tells that the file ended within a commit.
	torn bool
	// open are the rows that have a transaction.
	open  []*loadedRows
	fault error
}

// loadedTenant has rows for every number that its places have had.
type loadedTenant struct {
	place
	rows map[string]*loadedRows
}

// loadedRows have a transaction from the first row of a commit to its end.
type loadedRows struct {
	db *buntdb.DB
	tx *buntdb.Tx
}

// load reads the commits of a file.
func load(r *reader) (*loaded, error) {
	l := &loaded{reader: r, tenants: map[string]*loadedTenant{}}
	if r.format < formatMoves {
		l.flat = map[string]string{}
	}
	for {
		commands, err := r.next()
		switch {
		case errors.Is(err, errTorn), errors.Is(err, io.EOF):
			l.torn = errors.Is(err, errTorn)
			l.finish()
			return l, errors.Join(l.fault, l.commit())
		case err != nil:
			return nil, err
		}
		if err := errors.Join(l.apply(commands), l.fault, l.commit()); err != nil {
			return nil, err
		}
	}
}

// finish sees to it that there are tenants, whatever the format.
func (l *loaded) finish() {
	if l.flat != nil {
		if l.format < formatMoves {
			l.upgradeRows()
		}
		rows := l.flat
		l.flat = nil
		for name, value := range rows {
			l.set(name, value)
		}
	}
	if l.format < presentFormat {
		for _, name := range slices.Sorted(maps.Keys(l.tenants)) {
			if !l.tenants[name].exists {
				// What it has left must not come back with it.
				l.upgrade = appendClear(l.upgrade, name)
			}
		}
	}
}

// apply does what a commit has done.
func (l *loaded) apply(commands []byte) error {
	for len(commands) > 0 {
		var parts [3]string
		n, rest, ok := cutCommand(commands, &parts)
		switch {
		case !ok:
			return l.damage("a command is not understood")
		case n == 3 && parts[0] == "set":
			l.set(parts[1], parts[2])
		case n == 2 && parts[0] == "del":
			l.delete(parts[1])
		case n == 2 && parts[0] == "clear":
			l.clear(parts[1])
		default:
			return l.damage("a command is not known")
		}
		commands = rest
	}
	return nil
}

// cutCommand reads the first of some commands.
func cutCommand(text []byte, parts *[3]string) (n int, rest []byte, ok bool) {
	n, rest, ok = cutCount(text, '*')
	if !ok || n > len(parts) {
		return 0, nil, false
	}
	for i := range n {
		size, after, ok := cutCount(rest, '$')
		if !ok || len(after) < size+len("\r\n") {
			return 0, nil, false
		}
		parts[i], rest = string(after[:size]), after[size+len("\r\n"):]
	}
	return n, rest, true
}

// cutCount reads a line with a sign and a number.
func cutCount(text []byte, sign byte) (n int, rest []byte, ok bool) {
	line, rest, ok := bytes.Cut(text, []byte("\r\n"))
	if !ok || len(line) < 2 || line[0] != sign {
		return 0, nil, false
	}
	n, err := strconv.Atoi(string(line[1:]))
	return n, rest, err == nil && n >= 0
}

func (l *loaded) set(name, value string) {
	if l.flat != nil {
		l.flat[name] = value
		return
	}
	if tenant, ok := strings.CutPrefix(name, tenantPrefix); ok {
		l.tenant(tenant).head = parseHead(value)
	} else if tx, key := l.in(name); tx != nil {
		_, _, err := tx.Set(strings.Clone(key), value, nil)
		l.fault = errors.Join(l.fault, err)
	}
}

func (l *loaded) delete(name string) {
	if l.flat != nil {
		delete(l.flat, name)
		return
	}
	if tenant, ok := strings.CutPrefix(name, tenantPrefix); ok {
		l.tenant(tenant).exists = false
	} else if tx, key := l.in(name); tx != nil {
		if _, err := tx.Delete(key); !errors.Is(err, buntdb.ErrNotFound) {
			l.fault = errors.Join(l.fault, err)
		}
	}
}

// in gives the transaction in which a tenant's row is, and its key; nothing for other
// rows.
func (l *loaded) in(name string) (tx *buntdb.Tx, key string) {
	tenant, home, key, ok := cutName(name)
	if !ok {
		return nil, ""
	}
	t := l.tenant(tenant)
	r := t.rows[home]
	if r == nil {
		db, err := buntdb.Open(":memory:")
		l.fault = errors.Join(l.fault, err)
		r = &loadedRows{db: db}
		t.rows[home] = r
	}
	if r.tx == nil {
		var err error
		r.tx, err = r.db.Begin(true)
		l.fault = errors.Join(l.fault, err)
		l.open = append(l.open, r)
	}
	return r.tx, key
}

// commit ends the transactions of a commit.
func (l *loaded) commit() (err error) {
	for _, r := range l.open {
		err = errors.Join(err, r.tx.Commit())
		r.tx = nil
	}
	l.open = l.open[:0]
	return err
}

func (l *loaded) clear(tenant string) {
	if t := l.tenants[tenant]; t != nil {
		l.fault = errors.Join(l.fault, l.commit(), t.leave())
		delete(l.tenants, tenant)
	}
	maps.DeleteFunc(l.flat, func(name, _ string) bool {
		of, _, _, ok := cutName(name)
		return ok && of == tenant || name == tenantPrefix+tenant
	})
}

func (l *loaded) tenant(name string) *loadedTenant {
	t := l.tenants[name]
	if t == nil {
		t = &loadedTenant{rows: map[string]*loadedRows{}}
		l.tenants[name] = t
	}
	return t
}

// cutName takes the name of a tenant's row apart: t2/demo/key.
func cutName(name string) (tenant, home, key string, ok bool) {
	home, rest, ok := strings.Cut(name, "/")
	if !ok || home[:min(1, len(home))] != "t" || strings.Trim(home[1:], "0123456789") != "" {
		return "", "", "", false
	}
	tenant, key, ok = strings.Cut(rest, "/")
	return tenant, home[1:], key, ok
}

// leave closes the rows of all numbers.
func (t *loadedTenant) leave() (err error) {
	for _, r := range t.rows {
		err = errors.Join(err, r.db.Close())
	}
	return err
}

// take makes the tenants of a file those of the store, and counts their rows.
func (s *tenants) take(l *loaded) (records int, err error) {
	for escaped, of := range l.tenants {
		if rows := of.rows[of.home]; of.exists && rows != nil {
			delete(of.rows, of.home)
			err = errors.Join(err, rows.db.View(func(tx *buntdb.Tx) error {
				n, err := tx.Len()
				records += n
				return err
			}))
			of.db = rows.db
		}
		if err = errors.Join(err, of.leave()); of.exists {
			t := s.enter(Unescape(escaped))
			t.place = of.place
			err = errors.Join(err, s.list(t, of.head))
			s.leave(t)
		}
	}
	l.tenants = nil
	return records, err
}

// upgradeRows brings rows from before format 3 into those of it. Done twice, it
// changes nothing.
//
// Up to format 2 a tenant's head was an empty row, with its home beside it, and its
// name was not escaped; what belonged to no tenant stood by itself.
func (l *loaded) upgradeRows() {
	for _, tenant := range l.oldTenants() {
		home := l.flat["home/"+tenant]
		l.upgradeRow(tenantPrefix+tenant, tenantPrefix+Escape(tenant), formatHead(head{home: home}))
		old := "t" + home + "/" + tenant + "/"
		for name, value := range l.under(old) {
			l.upgradeRow(name, "t"+home+"/"+Escape(tenant)+"/"+strings.TrimPrefix(name, old), value)
		}
	}
	ours := regexp.MustCompile(`^(t[0-9]*|tenant|home|left|due)/|^moves$`)
	for name, value := range l.under("") {
		if !ours.MatchString(name) {
			if _, ok := l.flat[tenantPrefix]; !ok {
				l.upgradeRow("", tenantPrefix, formatHead(head{}))
			}
			l.upgradeRow(name, "t//"+name, value)
		}
	}
}

// oldTenants lists the tenants with heads from before format 3, the longest names
// first: the rows of a/b were among those of a.
func (l *loaded) oldTenants() (list []string) {
	for name, head := range l.under(tenantPrefix) {
		if head == "" {
			list = append(list, strings.TrimPrefix(name, tenantPrefix))
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}

// under gives the flat rows whose names begin with a prefix, as they are now.
func (l *loaded) under(prefix string) func(yield func(name, value string) bool) {
	names := slices.Sorted(maps.Keys(l.flat))
	return func(yield func(name, value string) bool) {
		for _, name := range names {
			if value, ok := l.flat[name]; ok && strings.HasPrefix(name, prefix) && !yield(name, value) {
				return
			}
		}
	}
}

// upgradeRow gives a flat row another name; without one it is a new row.
func (l *loaded) upgradeRow(name, becomes, value string) {
	if _, ok := l.flat[name]; ok && name != becomes {
		delete(l.flat, name)
		l.upgrade = appendDelete(l.upgrade, name, nil)
	}
	l.flat[becomes] = value
	l.upgrade = appendSet(l.upgrade, becomes, nil, value)
}
