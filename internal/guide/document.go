// Package guide words the documents for those in a hurry: for programs that read text,
// and for people with a shell. It must not know any operation but those with which a
// life begins; everything else follows from the documents and the list of refusals.
package guide

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// document is what is read of an OpenAPI document.
type document struct {
	Servers []struct{ URL string }
	Tags    []struct {
		Name, Description string
		// Aside is x-aside: what the group has is not listed one by one.
		Aside bool `json:"x-aside"`
	}
	Paths      map[string]map[string]json.RawMessage
	Components struct {
		Parameters map[string]parameter
	}
}

type parameter struct {
	Ref      string `json:"$ref"`
	Name, In string
	Required bool
	Example  any
}

type operation struct {
	ID          string `json:"operationId"`
	Summary     string
	Tags        []string
	Parameters  []parameter
	RequestBody struct {
		Content map[string]struct {
			Examples map[string]struct{ Value json.RawMessage }
		}
	}
	method, path string
}

func read(text []byte) (d document, list []operation, err error) {
	if err := json.Unmarshal(text, &d); err != nil {
		return d, nil, err
	}
	for path, item := range d.Paths {
		var shared []parameter
		if raw := item["parameters"]; raw != nil {
			if err := json.Unmarshal(raw, &shared); err != nil {
				return d, nil, err
			}
		}
		for method, raw := range item {
			if !slices.Contains([]string{"get", "post", "put", "patch", "delete"}, method) {
				continue
			}
			o := operation{method: strings.ToUpper(method), path: under(item) + path}
			if err := json.Unmarshal(raw, &o); err != nil {
				return d, nil, err
			}
			o.Parameters = append(shared, o.Parameters...)
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b operation) int {
		return cmp.Or(cmp.Compare(d.rank(a), d.rank(b)), cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method))
	})
	return d, list, nil
}

// under is the base of a path that has another than the document's; empty for all others.
func under(item map[string]json.RawMessage) string {
	var servers []struct{ URL string }
	if err := json.Unmarshal(item["servers"], &servers); err != nil || len(servers) == 0 {
		return ""
	}
	return servers[0].URL
}

// rank is where an operation stands in the order of the document's tags, which is that
// of a life.
func (d document) rank(o operation) int {
	for i, tag := range d.Tags {
		if slices.Contains(o.Tags, tag.Name) {
			return i
		}
	}
	return len(d.Tags)
}

// headers are the required headers of an operation, with an example of each.
func (d document) headers(o operation) (list []parameter) {
	for _, p := range o.Parameters {
		if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
			p = d.Components.Parameters[name]
		}
		if p.In == "header" && (p.Required || p.Name != "X-Sandbox-Scenario") {
			list = append(list, p)
		}
	}
	return list
}

// body is the shortest example of an operation's body.
func (o operation) body() string {
	shortest := ""
	for _, e := range o.RequestBody.Content["application/json"].Examples {
		if text := string(e.Value); shortest == "" || len(text) < len(shortest) || len(text) == len(shortest) && text < shortest {
			shortest = text
		}
	}
	return shortest
}
