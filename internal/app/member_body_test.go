package app_test

import "strings"

// deepCopy copies a JSON value, so that a try changes no other one.
func deepCopy(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, member := range v {
			out[name] = deepCopy(member)
		}
		return out
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, deepCopy(item))
		}
		return out
	}
	return value
}

// put gives a body in which a member has another value. What stands between the
// top and the member and is not there comes with what it requires.
func (w *memberWorld) put(body any, family memberFamily, at string, value any) any {
	return w.place(deepCopy(body), family.schema, strings.Split(at, "."), func(any, bool) (any, bool) { return value, true })
}

// without gives a body that does not have the member.
func (w *memberWorld) without(body any, family memberFamily, at string) any {
	return w.place(deepCopy(body), family.schema, strings.Split(at, "."), func(any, bool) (any, bool) { return nil, false })
}

// place changes what stands at the end of a path; change tells the new value and
// whether there is one.
func (w *memberWorld) place(value any, schema map[string]any, path []string, change func(any, bool) (any, bool)) any {
	name := path[0]
	if name == "" {
		return w.place(value, schema, path[1:], change)
	}
	below := w.below(schema, name)
	step := func(old any, sent bool) (any, bool) {
		if len(path) == 1 {
			return change(old, sent)
		}
		if !sent {
			old = w.smallest(w.form(below, path[1]))
		}
		return w.place(old, below, path[1:], change), true
	}
	if name == "[]" {
		list, _ := value.([]any)
		if len(list) == 0 {
			if item, is := step(nil, false); is {
				return []any{item}
			}
			return []any{}
		}
		if item, is := step(list[0], true); is {
			list[0] = item
			return list
		}
		return list[1:]
	}
	object, _ := value.(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	old, sent := object[name]
	if member, is := step(old, sent); is {
		object[name] = member
	} else {
		delete(object, name)
	}
	return object
}

// below is the schema of a member, or of an item, of what a schema describes.
func (w *memberWorld) below(schema map[string]any, name string) map[string]any {
	parts := w.raw.parts(schema)
	var found map[string]any
	for _, part := range parts {
		next := w.raw.resolve(w.raw.at(part["properties"])[name])
		if name == "[]" {
			next = w.raw.resolve(part["items"])
		}
		// Of several forms the one that is an object leads further.
		if next != nil && (found == nil || found["properties"] == nil && next["properties"] != nil) {
			found = next
		}
	}
	return found
}

// form is that of the forms of a schema which has a member.
func (w *memberWorld) form(schema map[string]any, name string) map[string]any {
	for _, part := range append(asList(schema["anyOf"]), asList(schema["oneOf"])...) {
		if form := w.raw.resolve(part); w.below(form, name) != nil {
			return form
		}
	}
	return schema
}

// smallest is the least that fits a schema.
func (w *memberWorld) smallest(schema map[string]any) any {
	if example := schema["example"]; example != nil {
		return deepCopy(example)
	}
	parts := w.raw.parts(schema)
	kind := ""
	for _, part := range parts {
		if k, _ := part["type"].(string); k != "" && kind == "" {
			kind = k
		}
	}
	switch kind {
	case "object":
		object := map[string]any{}
		for _, part := range parts {
			names, _ := part["required"].([]any)
			for _, name := range names {
				object[name.(string)] = w.smallest(w.below(schema, name.(string)))
			}
		}
		return object
	case "array":
		return []any{}
	}
	if list := w.fitting(schema); len(list) > 0 {
		return list[0]
	}
	return nil
}

// leaves are the members of a family that have no members themselves.
func (w *memberWorld) leaves(family memberFamily) []member {
	var list []member
	for _, m := range w.members.members {
		if m.family != family.name {
			continue
		}
		leaf := true
		for _, part := range w.raw.parts(m.schema) {
			if len(w.raw.at(part["properties"])) > 0 || part["items"] != nil {
				leaf = false
			}
		}
		if leaf {
			list = append(list, m)
		}
	}
	return list
}

// memberAt is what a body has at a place.
func memberAt(body any, at string) (value any, sent bool) {
	value = body
	for name := range strings.SplitSeq(at, ".") {
		switch v := value.(type) {
		case map[string]any:
			if value, sent = v[name]; !sent {
				return nil, false
			}
		case []any:
			if name == "" {
				continue
			}
			if name != "[]" || len(v) == 0 {
				return nil, false
			}
			value = v[0]
		default:
			return nil, false
		}
	}
	return value, true
}
