package app

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/sandbox"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/store"
	"finhub-sandbox/scenarios"
	"finhub-sandbox/spec"
)

// scenarioFiles is what --scenario gives, apart: names of scenarios, and files
// and directories in which there are more.
type scenarioFiles struct {
	names, paths []string
	// text is a scenario that stands in no file.
	text string
	// given are texts that were read elsewhere; then nothing is read.
	given []scenario.Source
	// governing is the name of the server's default.
	governing string
}

// findScenarios tells files and directories from names. A name is looked for
// among the scenarios later, when they are loaded.
func findScenarios(given []string, text string) scenarioFiles {
	found := scenarioFiles{text: text}
	for _, text := range given {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		_, err := os.Stat(text)
		if err == nil || strings.ContainsRune(text, filepath.Separator) || isYAML(text) {
			found.paths = append(found.paths, text)
		} else {
			found.names = append(found.names, text)
		}
	}
	return found
}

func isYAML(name string) bool { return slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name)) }

// String says what governs, for the greeting.
func (f scenarioFiles) String() string {
	text := cmp.Or(f.governing, scenario.Default) + " governs new customers"
	if len(f.paths) > 0 {
		text += "; watching " + strings.Join(f.paths, ", ")
	}
	return text
}

// textName stands for the name of a file where a scenario is given as text.
const textName = "SANDBOX_SCENARIO_YAML"

// maxSource bounds what is read of a file. It lies well above what a scenario may
// have, so that the message about a longer one is that of the language.
const maxSource = 16 << 20

// read reads every file, those of a directory in the order of their names.
func (f scenarioFiles) read() ([]scenario.Source, error) {
	if f.given != nil {
		return f.given, nil
	}
	var sources []scenario.Source
	if f.text != "" {
		sources = append(sources, scenario.Source{File: textName, Text: []byte(f.text)})
	}
	for _, path := range f.paths {
		files := []string{path}
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			files, err = yamlFiles(path)
		}
		if err != nil {
			return nil, fmt.Errorf("scenario: %w", err)
		}
		for _, file := range files {
			text, err := readSource(file)
			if err != nil {
				return nil, fmt.Errorf("scenario: %w", err)
			}
			sources = append(sources, scenario.Source{File: file, Text: text})
		}
	}
	return sources, nil
}

func yamlFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		// Editors keep their own files beside ours, whose names begin with a dot.
		if !entry.IsDir() && isYAML(entry.Name()) && !strings.HasPrefix(entry.Name(), ".") {
			files = append(files, filepath.Join(dir, entry.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no file that ends with .yaml or .yml", dir)
	}
	return files, nil
}

func readSource(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSource))
	return text, errors.Join(err, f.Close())
}

// loadScenarios puts the given scenarios over the built-in ones and finds the
// one that governs where nothing else is chosen.
func (a *App) loadScenarios() error {
	a.builtIn = a.world.Scenarios()
	sources, err := a.scenarios.read()
	if err != nil {
		return err
	}
	library, err := scenario.Load(sources, a.world.Catalog(), a.builtIn)
	if err != nil {
		return err
	}
	a.sources = sources
	return a.useLibrary(library)
}

// useLibrary takes a library over, with the scenario that governs by default:
// the last one that was given by name, or else the one that was given as text, or
// else the only file's. If a name that was given is not there, nothing changes.
func (a *App) useLibrary(library *scenario.Library) error {
	governing := ""
	for _, name := range a.scenarios.names {
		if library.Get(name) == nil {
			return fmt.Errorf("there is no scenario %q; there are %s", name, scenario.DidYouMean(name, library.Names()))
		}
		governing = name
	}
	if len(a.scenarios.names) == 0 && (len(a.sources) == 1 || a.scenarios.text != "") {
		governing = nameIn(library, a.sources[0].File)
	}
	a.scenarios.governing = governing
	a.world.UseLibrary(library)
	a.noteUsed()
	return a.world.SetDefaultScenario(governing)
}

// nameIn is the name of the scenario in a file.
func nameIn(library *scenario.Library, file string) string {
	for _, name := range library.Names() {
		if library.Get(name).File == file {
			return name
		}
	}
	return ""
}

// shownMistakes is how many mistakes a start tells before it ends.
const shownMistakes = 10

func firstMistakes(mistakes scenario.Mistakes) string {
	shown := mistakes[:min(shownMistakes, len(mistakes))]
	text := shown.Error()
	if more := mistakes.Count() - len(shown); more > 0 {
		text += fmt.Sprintf("\nand %d more; finhub-sandbox scenario lint tells more of them", more)
	}
	return text
}

// LintedScenario is a scenario file without mistakes.
type LintedScenario struct {
	File string `json:"file"`
	Name string `json:"name"`
	// Rules counts the scenario's own rules and those of what it extends.
	Rules int `json:"rules"`
}

// LintFault is a mistake in a scenario file.
type LintFault struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// Lint checks scenario files, and directories of them, against the tables and
// the document, over the built-in scenarios. The error is about files that
// cannot be read.
func Lint(paths []string) ([]LintedScenario, []LintFault, error) {
	files := scenarioFiles{paths: paths}
	sources, err := files.read()
	if err != nil {
		return nil, nil, err
	}
	library, err := lintSources(sources)
	var mistakes scenario.Mistakes
	if errors.As(err, &mistakes) {
		var faults []LintFault
		for _, m := range mistakes {
			faults = append(faults, LintFault{m.File, m.Line, m.Column, m.Message})
		}
		return nil, faults, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var checked []LintedScenario
	for _, source := range sources {
		if s := library.Get(nameIn(library, source.File)); s != nil {
			checked = append(checked, LintedScenario{source.File, s.Name, len(s.Rules)})
		}
	}
	return checked, nil, nil
}

// lintSources loads the sources against a sandbox that nobody else sees.
func lintSources(sources []scenario.Source) (library *scenario.Library, err error) {
	return aside(func(s *world.World) (*scenario.Library, error) {
		return scenario.Load(sources, s.Catalog(), s.Scenarios())
	})
}

// ScenarioSchema is the schema of scenario files, and ScenarioReference what they can
// speak about; neither needs a running sandbox.
func ScenarioSchema() ([]byte, error) {
	return aside(func(s *world.World) ([]byte, error) { return scenario.Schema(s.Catalog()) })
}

// ScenarioReference is what scenarios can speak about.
func ScenarioReference() (scenario.Reference, error) {
	return aside(func(s *world.World) (scenario.Reference, error) { return s.Catalog().Reference(), nil })
}

// aside asks a sandbox that nobody else sees.
func aside[T any](ask func(*world.World) (T, error)) (answer T, err error) {
	product, err := contract.Load(spec.Product(), Formats())
	if err != nil {
		return answer, err
	}
	empty, _, err := store.Open(store.Options{})
	if err != nil {
		return answer, err
	}
	defer func() { err = errors.Join(err, empty.Close()) }()
	s, err := sandbox.New(world.Config{Store: empty, Wall: time.Now, Operations: refusals(product)})
	if err != nil {
		return answer, err
	}
	return ask(s)
}

// BuiltInScenarios are the names of the scenarios that every sandbox has: those of their
// files, to which a test holds them.
func BuiltInScenarios() (names []string) {
	files, err := scenarios.Files.ReadDir(".")
	if err != nil {
		panic(err) // They are in the binary.
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), filepath.Ext(f.Name())))
	}
	return names
}
