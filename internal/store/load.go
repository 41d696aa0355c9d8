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

	"github.com/tidwall/btree"
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
}

// loadedTenant has rows for every number that its places have had.
type loadedTenant struct {
	head
	rows map[string]*loadedRows
}

// loadedRows cost nothing to be copied: two copies share what is the same in both. A
// file may have any number of them.
type loadedRows = btree.Map[string, frozenRow]

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
			return l, nil
		case err != nil:
			return nil, err
		}
		if err := l.apply(commands); err != nil {
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
	if l.format <= formatMoves {
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
		case n == 3 && parts[0] == "copy":
			l.copy(parts[1], parts[2])
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
	} else if rows, key := l.in(name); rows != nil {
		rows.Set(strings.Clone(key), frozenRow{value: value})
	}
}

func (l *loaded) delete(name string) {
	if l.flat != nil {
		delete(l.flat, name)
		return
	}
	if tenant, ok := strings.CutPrefix(name, tenantPrefix); ok {
		l.tenant(tenant).exists = false
	} else if rows, key := l.in(name); rows != nil {
		rows.Delete(key)
	}
}

// in gives the rows among which a tenant's row is, and its key; nothing for other rows.
func (l *loaded) in(name string) (rows *loadedRows, key string) {
	tenant, home, key, ok := cutName(name)
	if !ok {
		return nil, ""
	}
	t := l.tenant(tenant)
	if t.rows[home] == nil {
		t.rows[home] = new(loadedRows)
	}
	return t.rows[home], key
}

func (l *loaded) clear(tenant string) {
	delete(l.tenants, tenant)
	maps.DeleteFunc(l.flat, func(name, _ string) bool {
		of, _, _, ok := cutName(name)
		return ok && of == tenant || name == tenantPrefix+tenant
	})
}

// copy makes the rows of a tenant those of another, in place of all that it had.
func (l *loaded) copy(from, to string) {
	if l.flat != nil {
		l.copyFlat(from, to)
		return
	}
	t := &loadedTenant{head: head{exists: true}, rows: map[string]*loadedRows{}}
	if source := l.tenants[from]; source != nil && source.rows[source.home] != nil {
		t.rows[""] = source.rows[source.home].Copy()
	}
	l.tenants[to] = t
}

func (l *loaded) copyFlat(from, to string) {
	rows := map[string]string{tenantPrefix + to: formatHead(head{})}
	prefix := "t" + parseHead(l.flat[tenantPrefix+from]).home + "/" + from + "/"
	for name, value := range l.flat {
		if key, ok := strings.CutPrefix(name, prefix); ok {
			rows["t/"+to+"/"+key] = value
		}
	}
	l.clear(to)
	maps.Copy(l.flat, rows)
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

// take makes the tenants of a file those of the store, and counts their rows.
func (s *tenants) take(l *loaded) (records int, err error) {
	for escaped, of := range l.tenants {
		if !of.exists {
			continue
		}
		t := s.enter(Unescape(escaped))
		t.head = of.head
		if rows := of.rows[of.home]; rows != nil {
			records += rows.Len()
			db, fault := newRows(func(set func(key, value string)) error {
				rows.Scan(func(key string, row frozenRow) bool {
					set(key, row.value)
					return true
				})
				return nil
			})
			t.db, err = db, errors.Join(err, fault)
		}
		err = errors.Join(err, s.list(t, of.head))
		s.leave(t)
		of.rows = nil // It may be large.
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
