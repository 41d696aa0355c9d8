package main

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// secretNames are the names under which the documents have secrets (x-secret): what
// shows requests to people looks for them in texts, and does not read the documents
// for that at its start.
type secretNames struct {
	// Members are secret wherever they stand.
	Members []string `json:"members"`
	// Operations have the names that are secret in their bodies alone, since something
	// else has them too; and those of secret parameters of their paths.
	Operations map[string][]string `json:"operations"`
	// Plain are all other names of the documents.
	Plain []string `json:"plain"`
}

// secretsOf gathers the names of all documents.
func secretsOf(documents ...*openapi3.T) ([]byte, error) {
	marked, plain := map[string]bool{}, map[string]bool{}
	for _, d := range documents {
		for _, s := range d.Components.Schemas {
			eachMember(s.Value, map[*openapi3.Schema]bool{}, func(name string, member *openapi3.Schema) {
				if isSecret(member) {
					marked[name] = true
				} else {
					plain[name] = true
				}
			})
		}
	}
	names := secretNames{Operations: map[string][]string{}}
	for name := range marked {
		if !plain[name] {
			names.Members = append(names.Members, name)
		}
	}
	slices.Sort(names.Members)
	names.Plain = slices.Sorted(maps.Keys(plain))
	for _, d := range documents {
		for _, item := range d.Paths.Map() {
			for _, o := range item.Operations() {
				if own := ownSecrets(item, o, names.Members); len(own) > 0 {
					names.Operations[o.OperationID] = own
				}
			}
		}
	}
	return json.MarshalIndent(names, "", " ")
}

// ownSecrets are the secret names of an operation beside those that are so anywhere.
func ownSecrets(item *openapi3.PathItem, o *openapi3.Operation, everywhere []string) []string {
	own := map[string]bool{}
	for _, p := range slices.Concat(item.Parameters, o.Parameters) {
		if isSecret(p.Value.Schema.Value) {
			own[p.Value.Name] = true
		}
	}
	var bodies []openapi3.Content
	if o.RequestBody != nil {
		bodies = append(bodies, o.RequestBody.Value.Content)
	}
	for _, r := range o.Responses.Map() {
		bodies = append(bodies, r.Value.Content)
	}
	for _, content := range bodies {
		for _, m := range content {
			eachMember(m.Schema.Value, map[*openapi3.Schema]bool{}, func(name string, member *openapi3.Schema) {
				if isSecret(member) && !slices.Contains(everywhere, name) {
					own[name] = true
				}
			})
		}
	}
	return slices.Sorted(maps.Keys(own))
}

func isSecret(s *openapi3.Schema) bool {
	secret, _ := s.Extensions["x-secret"].(bool)
	return secret || s.Format == "password"
}

// eachMember calls visit for the members of a schema, at any depth.
func eachMember(s *openapi3.Schema, seen map[*openapi3.Schema]bool, visit func(string, *openapi3.Schema)) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	for name, member := range s.Properties {
		visit(name, member.Value)
		eachMember(member.Value, seen, visit)
	}
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, ref := range refs {
			eachMember(ref.Value, seen, visit)
		}
	}
	if s.Items != nil {
		eachMember(s.Items.Value, seen, visit)
	}
	if more := s.AdditionalProperties.Schema; more != nil {
		eachMember(more.Value, seen, visit)
	}
}
