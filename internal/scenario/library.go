package scenario

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// maxExtends is how many scenarios can stand behind each other by extends.
const maxExtends = 16

// Source is a scenario file that has been read but not checked.
type Source struct {
	// File is its name as messages show it.
	File string
	Text []byte
}

// Sources reads the scenario files (*.yaml, *.yml) of a directory, without
// those below it, in the order of their names. Of a file that is larger than a
// scenario may be it reads only as much as shows that.
func Sources(files fs.FS) ([]Source, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("list scenarios: %w", err)
	}
	var sources []Source
	for _, entry := range entries {
		if extension := path.Ext(entry.Name()); entry.IsDir() || extension != ".yaml" && extension != ".yml" {
			continue
		}
		source, err := ReadSource(files, entry.Name())
		if err != nil {
			return nil, err
		}
		sources = append(sources, source)
	}
	return sources, nil
}

// ReadSource reads one scenario file in the same way.
func ReadSource(files fs.FS, name string) (Source, error) {
	f, err := files.Open(name)
	if err != nil {
		return Source{}, fmt.Errorf("read scenario: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Source{}, fmt.Errorf("read scenario %s: %w", name, err)
	}
	return Source{name, text}, nil
}

// Library is a set of checked scenarios in which every extends is resolved: a
// scenario's Rules are its own, then those of what it extends. It never changes.
type Library struct {
	scenarios map[string]*Scenario
	order     []string
}

// Load checks sources and adds them to a base, which may be nil and stays as it
// is. It is all or nothing: the error is Mistakes, those of every source.
// Sources may extend each other and what is in the base, in any order. A name
// that is taken is a mistake.
func Load(sources []Source, catalog Catalog, base *Library) (*Library, error) {
	l := &Library{scenarios: map[string]*Scenario{}}
	for _, name := range base.Names() {
		l.scenarios[name] = base.Get(name)
	}
	loaded := map[string]*Scenario{}
	var mistakes Mistakes
	for _, source := range sources {
		s, err := Parse(source.File, source.Text, catalog)
		if err != nil {
			mistakes = append(mistakes, err.(Mistakes)...) //nolint:errorlint // Parse promises this type
			continue
		}
		if before := l.scenarios[s.Name]; before != nil {
			mistakes = append(mistakes, s.mistake(s.at, "there is a scenario %q already, in %s; give this one another name", s.Name, before.File))
			continue
		}
		l.scenarios[s.Name], loaded[s.Name] = s, s
	}
	// With a source left out, others would seem to extend nothing.
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	l.order = slices.Sorted(maps.Keys(l.scenarios))
	for _, name := range slices.Sorted(maps.Keys(loaded)) {
		if m := l.checkExtends(loaded[name]); m != nil {
			mistakes = append(mistakes, *m)
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	resolved := map[string]bool{}
	for _, s := range loaded {
		l.resolve(s, loaded, resolved)
	}
	return l, nil
}

func (s *Scenario) mistake(at position, format string, args ...any) Mistake {
	return Mistake{File: s.File, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...)}
}

// checkExtends follows a scenario's extends to its end.
func (l *Library) checkExtends(s *Scenario) *Mistake {
	chain := []string{s.Name}
	for at := s; at.Extends != ""; at = l.scenarios[at.Extends] {
		chain = append(chain, at.Extends)
		var m Mistake
		switch {
		case l.scenarios[at.Extends] == nil && at != s:
			return nil // It is a mistake of the one that names it.
		case l.scenarios[at.Extends] == nil:
			m = s.mistake(s.extendsAt, "there is no scenario %q to extend; there are %s", s.Extends, DidYouMean(s.Extends, l.order))
		case at.Extends == s.Name:
			m = s.mistake(s.extendsAt, "the scenario extends itself: %s", strings.Join(chain, " -> "))
		case slices.Contains(chain[:len(chain)-1], at.Extends):
			return nil // It is a mistake of those that stand in the circle.
		case len(chain) > maxExtends:
			m = s.mistake(s.extendsAt, "more than %d scenarios extend each other: %s", maxExtends, strings.Join(chain, " -> "))
		default:
			continue
		}
		return &m
	}
	return nil
}

// resolve puts the rules and settings of what a scenario extends behind its own.
func (l *Library) resolve(s *Scenario, loaded map[string]*Scenario, done map[string]bool) {
	if done[s.Name] || s.Extends == "" || loaded[s.Name] == nil {
		return
	}
	done[s.Name] = true
	base := l.scenarios[s.Extends]
	l.resolve(base, loaded, done)
	s.Rules = slices.Concat(s.Rules, base.Rules)
	s.Settings.Complete(&base.Settings)
	s.index = newIndex(s.Rules)
}

// Get finds a scenario, or gives nil.
func (l *Library) Get(name string) *Scenario {
	if l == nil {
		return nil
	}
	return l.scenarios[name]
}

// Names lists the scenarios in alphabetical order.
func (l *Library) Names() []string {
	if l == nil {
		return nil
	}
	return slices.Clone(l.order)
}
