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
	"time"
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
	exists bool
	home   string
	due    time.Time
	rows   map[string]rows
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
		t := l.tenant(tenant)
		t.exists = true
		t.home, t.due = parseHead(value)
	} else if tenant, home, key, ok := cutName(name); ok {
		t := l.tenant(tenant)
		if t.rows[home].tree == nil {
			t.rows[home] = rows{}.copied()
		}
		t.rows[home].set(key, value)
	}
}

func (l *loaded) delete(name string) {
	if l.flat != nil {
		delete(l.flat, name)
		return
	}
	if tenant, ok := strings.CutPrefix(name, tenantPrefix); ok {
		l.tenant(tenant).exists = false
	} else if tenant, home, key, ok := cutName(name); ok && l.tenant(tenant).rows[home].tree != nil {
		l.tenant(tenant).rows[home].delete(key)
	}
}

func (l *loaded) clear(tenant string) {
	delete(l.tenants, tenant)
	maps.DeleteFunc(l.flat, func(name, _ string) bool {
		of, _, _, ok := cutName(name)
		return ok && of == tenant || name == tenantPrefix+tenant
	})
}

func (l *loaded) tenant(name string) *loadedTenant {
	t := l.tenants[name]
	if t == nil {
		t = &loadedTenant{rows: map[string]rows{}}
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
func (s *tenants) take(l *loaded) (records int) {
	for escaped, of := range l.tenants {
		if !of.exists {
			continue
		}
		t := s.enter(Unescape(escaped))
		now := &state{exists: true, due: of.due, home: of.home, rows: of.rows[of.home]}
		records += now.rows.len()
		s.show(t, now)
		s.leave(t)
	}
	l.tenants = nil
	return records
}

// upgradeRows brings rows from before format 3 into those of it. Done twice, it
// changes nothing.
//
// Up to format 2 a tenant's head was an empty row, with its home beside it, and its
// name was not escaped; what belonged to no tenant stood by itself.
func (l *loaded) upgradeRows() {
	for _, tenant := range l.oldTenants() {
		home := l.flat["home/"+tenant]
		l.upgradeRow(tenantPrefix+tenant, tenantPrefix+Escape(tenant), head(home, time.Time{}))
		old := "t" + home + "/" + tenant + "/"
		for name, value := range l.under(old) {
			l.upgradeRow(name, "t"+home+"/"+Escape(tenant)+"/"+strings.TrimPrefix(name, old), value)
		}
	}
	ours := regexp.MustCompile(`^(t[0-9]*|tenant|home|left|due)/|^moves$`)
	for name, value := range l.under("") {
		if !ours.MatchString(name) {
			if _, ok := l.flat[tenantPrefix]; !ok {
				l.upgradeRow("", tenantPrefix, head("", time.Time{}))
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
