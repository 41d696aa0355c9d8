package app_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/spec"
)

// settingSchemas are what the control API's document says of settings, by the
// names of the members.
func settingSchemas(t *testing.T, name string) (members map[string]any, required []any) {
	t.Helper()
	d := readRawDocument(t, spec.Control())
	schema := d.at(map[string]any(d), "components", "schemas", name)
	if schema == nil {
		t.Fatalf("the document has no schema %s", name)
	}
	members = map[string]any{}
	for member, value := range schema["properties"].(map[string]any) {
		members[member] = d.at(value)
	}
	required, _ = schema["required"].([]any)
	return members, required
}

// wordsOf are the words of a setting as the document lists them.
func wordsOf(row setting.Setting, none ...any) any {
	if f, ok := row.Form.(setting.Word); ok {
		for _, word := range f.Words {
			none = append(none, word)
		}
		return none
	}
	return nil
}

// jsonType is the type of a value in a schema.
func jsonType(value any) string {
	switch reflect.TypeOf(value).Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64:
		return "number"
	case reflect.Map:
		return "object"
	}
	return "integer"
}

// typesOf are the types of the members, by their names.
func typesOf(members map[string]any) map[string]string {
	types := map[string]string{}
	for name, schema := range members {
		types[name] = schema.(map[string]any)["type"].(string)
	}
	return types
}

// setAll sets each of the settings to something.
func setAll(t *testing.T, s *setting.Settings, rows []setting.Setting) {
	t.Helper()
	for _, row := range rows {
		switch f := row.Form.(type) {
		case setting.Word:
			*f.At(s) = f.Words[0]
		case setting.Text:
			*f.At(s) = "text"
		case setting.Delay:
			*f.At(s) = 1
		case setting.Delays:
			*f.At(s) = []delivery.Span{1}
		case setting.Number:
			*f.At(s) = &f.Least
		case setting.Amount:
			*f.At(s) = 1
		case setting.ByNetwork:
			*f.At(s) = map[string]int64{f.Networks()[0]: 1}
		case setting.Group:
			setAll(t, s, f.Members)
		default:
			t.Fatalf("%s is a %T", row.Name, f)
		}
	}
}

// TestDocumentedSettingsOfTenants: a change names each setting that tenants may
// set, and the reply tells each.
func TestDocumentedSettingsOfTenants(t *testing.T) {
	changes, _ := settingSchemas(t, "SettingsChange")
	shown, required := settingSchemas(t, "Settings")
	var s setting.Settings
	s.Take(func(member string) any {
		schema, _ := changes[member].(map[string]any)
		switch words, _ := schema["enum"].([]any); {
		case schema == nil:
			t.Errorf("no change can name %s", member)
		case schema["type"] == "object":
			return map[string]any{"schedule": []any{"5m"}, "signature": "standard"}
		case words != nil:
			return words[len(words)-1]
		case schema["type"] == "integer":
			return 5.0
		}
		return "text"
	})
	told := s.Tell()
	if unset := new(setting.Settings).Tell(); len(changes) != len(told) || slices.ContainsFunc(slices.Collect(maps.Keys(told)), func(name string) bool { return reflect.DeepEqual(told[name], unset[name]) }) {
		t.Errorf("a change that names %v gives %v", slices.Sorted(maps.Keys(changes)), told)
	}
	told["tenant"] = "t"
	types := map[string]string{}
	for name, value := range told {
		types[name] = jsonType(value)
	}
	if documented := typesOf(shown); !maps.Equal(types, documented) || len(required) != len(documented) {
		t.Errorf("replies have %v, and in the document %v, of which %v are required", types, documented, required)
	}
	for _, row := range setting.Of(setting.Tenant) {
		words := wordsOf(row, "")
		for _, members := range []map[string]any{changes, shown} {
			if schema, ok := members[row.Name].(map[string]any); ok && !reflect.DeepEqual(schema["enum"], words) {
				t.Errorf("the words of %s are %v, and in the document %v", row.Name, words, schema["enum"])
			}
		}
	}
}

// TestDocumentedSettingsOfScenarios: a scenario shows the settings that it can
// make, in the forms of the document.
func TestDocumentedSettingsOfScenarios(t *testing.T) {
	members, _ := settingSchemas(t, "ScenarioSettings")
	var all setting.Settings
	setAll(t, &all, setting.Of(setting.Scenario))
	types := map[string]string{}
	for name, value := range all.View() {
		types[name] = jsonType(value)
	}
	if documented := typesOf(members); !maps.Equal(types, documented) {
		t.Errorf("scenarios show %v, and in the document %v", types, documented)
	}
	for _, row := range setting.Of(setting.Scenario) {
		schema, _ := members[row.Name].(map[string]any)
		if words := wordsOf(row); words != nil && !reflect.DeepEqual(schema["enum"], words) {
			t.Errorf("the words of %s are %v, and in the document %v", row.Name, words, schema["enum"])
		}
		if f, ok := row.Form.(setting.Number); ok && (schema["minimum"] != f.Least || schema["maximum"] != f.Most) {
			t.Errorf("%s lies between %v and %v, and in the document %v", row.Name, f.Least, f.Most, schema)
		}
	}
}
