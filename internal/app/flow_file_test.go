package app_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// flowDir is where the flows are; testdata/flows/README.md explains their form.
const flowDir = "../../testdata/flows"

// flow is one file of testdata/flows.
type flow struct {
	Description string            `yaml:"description"`
	After       flowBeginnings    `yaml:"after"`
	Given       map[string]string `yaml:"given"`
	Server      string            `yaml:"server"`
	Scenario    string            `yaml:"scenario"`
	Repeats     bool              `yaml:"repeats"`
	Clock       string            `yaml:"clock"`
	As          string            `yaml:"as"`
	Headers     map[string]string `yaml:"headers"`
	Receivers   map[string]string `yaml:"receivers"`
	Steps       []flowStep        `yaml:"steps"`

	// name is the path below flowDir without its ending.
	name string
}

// flowBeginning is another flow that is played first. What it keeps is kept
// here too, behind the prefix if there is one.
type flowBeginning struct {
	Flow string            `yaml:"flow"`
	With map[string]string `yaml:"with"`
	As   string            `yaml:"as"`
}

type flowBeginnings []flowBeginning

// flowStep is one request with what must come of it. A step without a call
// moves the clock.
type flowStep struct {
	Do        string                  `yaml:"do"`
	Call      string                  `yaml:"call"`
	As        string                  `yaml:"as"`
	Tenant    string                  `yaml:"tenant"`
	Headers   map[string]string       `yaml:"headers"`
	Body      *flowValue              `yaml:"body"`
	Text      *flowValue              `yaml:"text"`
	Padded    int                     `yaml:"padded"`
	Status    int                     `yaml:"status"`
	Broken    string                  `yaml:"broken"`
	Faulted   bool                    `yaml:"faulted"`
	Delayed   string                  `yaml:"delayed"`
	Answered  map[string]string       `yaml:"answered"`
	Reply     *flowValue              `yaml:"reply"`
	Exactly   *flowValue              `yaml:"exactly"`
	Keep      map[string]string       `yaml:"keep"`
	Advance   string                  `yaml:"advance"`
	Events    *[]string               `yaml:"events"`
	Unchanged []string                `yaml:"unchanged"`
	Counts    bool                    `yaml:"counts"`
	Answers   map[string][]flowAnswer `yaml:"answers"`
	Received  map[string]*flowValue   `yaml:"received"`
	Explained []string                `yaml:"explained"`

	line int
}

// flowValue is a value as JSON has it. Dates stay the texts that they are.
type flowValue struct{ value any }

func (v *flowValue) UnmarshalYAML(node *yaml.Node) (err error) {
	v.value, err = jsonValue(node)
	return err
}

func jsonValue(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			name := node.Content[i].Value
			if _, twice := object[name]; twice {
				return nil, fmt.Errorf("line %d: %s stands twice", node.Content[i].Line, name)
			}
			value, err := jsonValue(node.Content[i+1])
			if err != nil {
				return nil, err
			}
			object[name] = value
		}
		return object, nil
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range node.Content {
			value, err := jsonValue(item)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, nil
	case yaml.AliasNode:
		return jsonValue(node.Alias)
	}
	return jsonScalar(node)
}

func jsonScalar(node *yaml.Node) (any, error) {
	switch node.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return strconv.ParseBool(node.Value)
	case "!!int", "!!float":
		return strconv.ParseFloat(node.Value, 64)
	case "!!binary":
		raw, err := base64.StdEncoding.DecodeString(node.Value)
		return string(raw), err
	}
	return node.Value, nil
}

func (b *flowBeginnings) UnmarshalYAML(node *yaml.Node) error {
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		nodes = node.Content
	}
	for _, n := range nodes {
		if n.Kind == yaml.ScalarNode {
			*b = append(*b, flowBeginning{Flow: n.Value})
			continue
		}
		if err := knownKeys(n, "flow", "with", "as"); err != nil {
			return err
		}
		var one flowBeginning
		if err := n.Decode(&one); err != nil {
			return err
		}
		*b = append(*b, one)
	}
	return nil
}

// knownKeys is strict where a node is decoded by hand, which the decoder's own
// strictness does not reach.
func knownKeys(node *yaml.Node, known ...string) error {
	for i := 0; i < len(node.Content); i += 2 {
		if name := node.Content[i].Value; !strings.Contains(" "+strings.Join(known, " ")+" ", " "+name+" ") {
			return fmt.Errorf("line %d: unknown key %s; the keys are %s", node.Content[i].Line, name, strings.Join(known, ", "))
		}
	}
	return nil
}

// readFlow reads one flow. Unknown keys, and steps that cannot be played, are
// errors with file and line.
func readFlow(dir, name string) (*flow, error) {
	file := filepath.Join(dir, filepath.FromSlash(name)+".yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	f := &flow{name: name}
	if err := yaml.Load(text, f, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var lines struct {
		Steps []yaml.Node `yaml:"steps"`
	}
	if err := yaml.Load(text, &lines); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var faults []error
	fault := func(line int, message string) {
		faults = append(faults, fmt.Errorf("%s:%d: %s", file, line, message))
	}
	if f.Description == "" {
		fault(1, "a flow needs a description")
	}
	if f.Server != "" && f.Server != "strict" && f.Server != "relaxed" {
		fault(1, "server is strict or relaxed, not "+f.Server)
	}
	for i := range f.Steps {
		f.Steps[i].line = lines.Steps[i].Line
		if message := f.Steps[i].fault(); message != "" {
			fault(f.Steps[i].line, message)
		}
	}
	return f, errors.Join(faults...)
}

func (s flowStep) fault() string {
	method, target, ok := strings.Cut(s.Call, " ")
	switch {
	case s.Do == "":
		return "a step needs a title (do)"
	case s.Call == "" && s.Advance == "":
		return "a step needs a call or advance"
	case s.Call != "" && s.Advance != "":
		return "call and advance exclude each other"
	case s.Call != "" && (!ok || method != strings.ToUpper(method) || !strings.HasPrefix(target, "/")):
		return "a call is a method and a path, not " + s.Call
	case s.Call != "" && s.Status == 0 && s.Broken == "":
		return "a call needs the status that it must have"
	case s.Call == "" && (s.Status != 0 || s.Reply != nil || s.Exactly != nil || len(s.Keep) > 0 || s.Body != nil || s.Text != nil):
		return "only a call has a body, a status, a reply and values to keep"
	case s.Body != nil && s.Text != nil:
		return "body and text exclude each other"
	case s.Status >= 400 && s.Exactly == nil && s.Reply == nil && !s.Faulted:
		return "a refusal needs its reply, or better the whole of it (exactly)"
	}
	return s.edgeFault()
}

// unknown finds a value with which a flow cannot be begun, since neither it nor
// its beginnings are given one of that name.
func (f *flow) unknown(dir string, with map[string]string) string {
	for name := range with {
		if !f.takes(dir, name) {
			return name
		}
	}
	return ""
}

func (f *flow) takes(dir, name string) bool {
	if _, given := f.Given[name]; given {
		return true
	}
	return slices.ContainsFunc(f.After, func(b flowBeginning) bool {
		beginning, err := readFlow(dir, b.Flow)
		return err == nil && beginning.takes(dir, name)
	})
}

// flowNames lists the flows of a directory, in alphabetical order.
func flowNames(t testing.TB, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, _ fs.DirEntry, err error) error {
		if path.Ext(p) == ".yaml" {
			names = append(names, strings.TrimSuffix(p, ".yaml"))
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("no flows in %s: %v", dir, err)
	}
	return names
}
