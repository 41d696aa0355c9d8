// Package statediff tells two exported states of tenants apart, entity by entity. It
// knows how such a text is built, and nothing of what is in it.
package statediff

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Difference is one place in which two states are not the same.
type Difference struct {
	// Entity is the kind and the id of the entity that differs; empty for what belongs
	// to the tenant as a whole.
	Entity string `json:"entity,omitempty"`
	// Pointer is the place in the state. Timers and events are named by their numbers.
	Pointer string `json:"pointer"`
	// Was and Is are what stands there; nothing where it is absent.
	Was jsontext.Value `json:"was,omitempty"`
	Is  jsontext.Value `json:"is,omitempty"`
}

// Of lists the differences between two states, in the order of their pointers.
func Of(was, is []byte) ([]Difference, error) {
	d := &differ{list: []Difference{}}
	for _, text := range []*[]byte{&was, &is} {
		value := jsontext.Value(bytes.Clone(*text))
		if err := value.Compact(); err != nil {
			return nil, fmt.Errorf("no exported state: %w", err)
		}
		*text = value
	}
	return d.list, d.values("", was, is)
}

// secrets is where a state names the places of its secrets, which is no part of it.
const secrets = "/secrets"

type differ struct{ list []Difference }

// values compares what stands at a pointer; nil is nothing.
func (d *differ) values(pointer string, was, is jsontext.Value) error {
	if bytes.Equal(was, is) || pointer == secrets {
		return nil
	}
	if isKind(pointer) {
		was, is = orNone(was), orNone(is)
	}
	if was == nil || is == nil || was.Kind() != is.Kind() || was.Kind() != '{' && was.Kind() != '[' {
		d.list = append(d.list, Difference{entityOf(pointer), pointer, was, is})
		return nil
	}
	before, err := members(was)
	if err != nil {
		return err
	}
	after, err := members(is)
	if err != nil {
		return err
	}
	for _, name := range namesOf(before, after) {
		if err := d.values(string(jsontext.Pointer(pointer).AppendToken(name)), before[name], after[name]); err != nil {
			return err
		}
	}
	return nil
}

// isKind reports whether the entities of a kind stand at a pointer: where there are none,
// each of the others differs by itself.
func isKind(pointer string) bool {
	kind, ok := strings.CutPrefix(pointer, "/entities/")
	return ok && !strings.Contains(kind, "/")
}

func orNone(value jsontext.Value) jsontext.Value {
	if value == nil {
		return jsontext.Value("{}")
	}
	return value
}

// members are those of an object, or the items of a list: by their numbers (seq), where
// all have one, so that one more does not shift the others.
func members(value jsontext.Value) (map[string]jsontext.Value, error) {
	var object map[string]jsontext.Value
	if value.Kind() == '{' {
		return object, json.Unmarshal(value, &object)
	}
	var list []jsontext.Value
	if err := json.Unmarshal(value, &list); err != nil {
		return nil, err
	}
	byIndex, bySeq := map[string]jsontext.Value{}, map[string]jsontext.Value{}
	for i, item := range list {
		var numbered struct {
			Seq *int64 `json:"seq"`
		}
		if item.Kind() == '{' {
			if err := json.Unmarshal(item, &numbered); err != nil {
				return nil, err
			}
		}
		if numbered.Seq != nil {
			bySeq["seq="+strconv.FormatInt(*numbered.Seq, 10)] = item
		}
		byIndex[strconv.Itoa(i)] = item
	}
	if len(bySeq) == len(list) {
		return bySeq, nil
	}
	return byIndex, nil
}

// namesOf are the names of both, those that are numbers in the order of these and before
// all others.
func namesOf(a, b map[string]jsontext.Value) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		n, m := numberOf(a), numberOf(b)
		switch {
		case n >= 0 && m >= 0:
			return n - m
		case n >= 0:
			return -1
		case m >= 0:
			return 1
		}
		return strings.Compare(a, b)
	})
}

func numberOf(name string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(name, "seq="))
	if err != nil {
		return -1
	}
	return n
}

// entityOf names the entity in which a pointer leads.
func entityOf(pointer string) string {
	parts := slices.Collect(jsontext.Pointer(pointer).Tokens())
	if len(parts) < 3 || parts[0] != "entities" {
		return ""
	}
	return parts[1] + " " + parts[2]
}
