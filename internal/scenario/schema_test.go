package scenario_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/scenarios"
)

func compile(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("scenario.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// decoded gives YAML as a schema sees it.
func decoded(text []byte) (any, error) {
	// The library that reads the file here does not know this directive.
	text = bytes.TrimPrefix(text, []byte("%YAML 1.2\n"))
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
}

// beyond are the cases whose mistakes no JSON Schema can see, by the beginnings
// of their names: conditions are a language of their own, extends and names
// concern other files, the same member twice is gone when YAML has been read,
// and lengths of time cannot be compared.
func beyond(name string) bool {
	for _, prefix := range []string{
		"bad-condition", "condition-not-boolean", "when-", "extends-", "name-taken", "duplicate-member", "two-documents",
		"after-hundred-years", "fault-too-late", "fault-until-before-after", "fault-retry-after-part", "tenant-order-life", "merge-key",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// The linter and the schema accept the same files; what only the linter can
// refuse is listed above, and is refused by it alone.
func TestTheSchemaAcceptsWhatTheLinterAccepts(t *testing.T) {
	text, err := scenario.Schema(catalog())
	if err != nil {
		t.Fatal(err)
	}
	schema := compile(t, text)
	for _, file := range cases(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			list, _ := sources(t, file)
			_, wrong := scenario.Load(list, catalog(), nil)
			var refused error
			for _, source := range list {
				value, err := decoded(source.Text)
				if err == nil {
					err = schema.Validate(value)
				}
				if err != nil {
					refused = err
				}
			}
			switch {
			case wrong == nil && refused != nil:
				t.Errorf("the linter accepts it, the schema does not: %v", refused)
			case wrong != nil && refused == nil && !beyond(name):
				t.Errorf("the schema accepts it, the linter does not: %v", wrong)
			}
		})
	}
}

// Every refusal beyond the schema is one that the schema does not see: else it
// need not be listed.
func TestWhatIsBeyondTheSchema(t *testing.T) {
	text, err := scenario.Schema(catalog())
	if err != nil {
		t.Fatal(err)
	}
	schema := compile(t, text)
	seen := 0
	for _, file := range cases(t) {
		list, _ := sources(t, file)
		if !beyond(strings.TrimSuffix(filepath.Base(file), ".txt")) {
			continue
		}
		if value, err := decoded(list[0].Text); err == nil && schema.Validate(value) == nil {
			seen++
		}
	}
	if seen < 25 {
		t.Errorf("only %d of the listed cases are beyond the schema", seen)
	}
}

// The shipped schema accepts the shipped scenarios. That it is the schema of the
// running sandbox is what a test of internal/app looks at.
func TestTheShippedSchema(t *testing.T) {
	text, err := os.ReadFile("../../scenarios/scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	schema := compile(t, text)
	list, err := scenario.Sources(scenarios.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range list {
		value, err := decoded(source.Text)
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Errorf("%s: %v", source.File, err)
		}
	}
}
