package store

import (
	"regexp"
	"slices"
	"strings"
)

// upgradeFile brings a data file into the present format: the rows first, and when
// they are on the disk the line that says so, of which one byte changes.
func (s *DB) upgradeFile(lineAt int64) error {
	if err := s.upgrade(); err != nil {
		return err
	}
	if err := s.log.file.Sync(); err != nil {
		return err
	}
	_, err := s.log.file.WriteAt([]byte(firstLine(presentFormat)), lineAt)
	return err
}

// upgrade brings the rows of an earlier format into the present one, in one
// commit. Done twice, it changes nothing.
//
// Up to format 2 a tenant's head was an empty row, with its home beside it, and its
// name was not escaped; what belonged to no tenant stood by itself.
func (s *DB) upgrade() error {
	return s.update(func(t *transaction) error {
		for _, tenant := range t.oldTenants() {
			t.upgradeTenant(tenant)
		}
		for _, name := range t.oldShared() {
			value, _ := t.get(name)
			t.delete(name)
			t.enter(Shared)
			t.Set([]byte(name), value)
		}
		return nil
	})
}

func (t *transaction) oldTenants() (list []string) {
	t.scan(tenantPrefix, prefixEnd(tenantPrefix), func(name, head string) bool {
		if head == "" {
			list = append(list, strings.TrimPrefix(name, tenantPrefix))
		}
		return true
	})
	// The rows of a/b were among those of a.
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}

func (t *transaction) upgradeTenant(tenant string) {
	home, _ := t.get(homePrefix + tenant)
	t.delete(tenantPrefix + tenant)
	t.enter(tenant)
	t.head.exists, t.head.home = true, home
	t.writeHead()
	t.readHead()
	old := "t" + home + "/" + tenant + "/"
	if old == t.place+"/" {
		return
	}
	for _, key := range t.under(old, -1) {
		value, _ := t.get(old + key)
		t.delete(old + key)
		t.Set([]byte(key), value)
	}
}

// oldShared lists the rows that are neither a tenant's nor the store's own.
func (t *transaction) oldShared() (list []string) {
	ours := regexp.MustCompile(`^(t[0-9]*|tenant|home|left|due)/|^` + movesName + `$`)
	if err := t.tx.Ascend("", func(name, _ string) bool {
		if !ours.MatchString(name) {
			list = append(list, name)
		}
		return true
	}); err != nil {
		t.fail("range", "", err)
	}
	return list
}
