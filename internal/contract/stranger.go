package contract

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// A body may have members that its family does not know. One that another family
// of the operation knows is none of the unknown ones: it is read under its name,
// whatever stands beside it, and must be what the other family says.

// stranger is a member that a family does not know, or has in it such members.
type stranger struct {
	// known are its schemas in the families that know it; none if this one does too.
	known  []knownForm
	within strangers
}

type strangers map[string]stranger

// knownForm is one of several schemas, with the members that only the others know.
type knownForm struct {
	schema    *openapi3.Schema
	fit       *fit
	strangers strangers
}

func (s *source) knownForms(schemas []*openapi3.Schema) []knownForm {
	var list []knownForm
	for _, one := range schemas {
		list = append(list, knownForm{one, s.fitter.fit(one), s.strangers([]*openapi3.Schema{one}, schemas)})
	}
	return list
}

// strangers finds what others know of an object, and its own schemas do not.
func (s *source) strangers(own, others []*openapi3.Schema) strangers {
	others = slices.DeleteFunc(slices.Clone(others), func(other *openapi3.Schema) bool { return slices.Contains(own, other) })
	found := strangers{}
	for _, other := range others {
		for name := range memberNames(other) {
			var known, theirs []*openapi3.Schema
			for _, one := range own {
				known = append(known, members(one, name)...)
			}
			for _, one := range others {
				theirs = append(theirs, members(one, name)...)
			}
			if len(known) == 0 {
				found[name] = stranger{known: s.knownForms(theirs)}
			} else if within := s.strangers(known, theirs); len(within) > 0 {
				found[name] = stranger{within: within}
			}
		}
	}
	return found
}

func memberNames(s *openapi3.Schema) map[string]bool {
	names := map[string]bool{}
	for name := range s.Properties {
		names[name] = true
	}
	for _, part := range s.AllOf {
		maps.Copy(names, memberNames(part.Value))
	}
	return names
}

// take reports whether the members of a body surely are what the families say
// which know them.
func (all strangers) take(value any) bool {
	object, _ := value.(map[string]any)
	for name, sent := range object {
		s, strange := all[name]
		switch {
		case !strange:
		case s.within != nil:
			if !s.within.take(sent) {
				return false
			}
		case !slices.ContainsFunc(s.known, func(f knownForm) bool { return f.fit.takes(sent) && f.strangers.take(sent) }):
			return false
		}
	}
	return true
}

// strange finds the members of a body that are not what the families say which
// know them. explained tells all of them and why; otherwise the first will do.
func (c checker) strange(all strangers, value any, at string, explained bool) []Violation {
	object, _ := value.(map[string]any)
	if object == nil {
		return nil
	}
	var list []Violation
	for name, s := range all {
		sent, has := object[name]
		if !has || slices.ContainsFunc(s.known, func(f knownForm) bool { return c.takesWhole(f, sent) }) {
			continue
		}
		place := memberAt(at, name)
		if s.within != nil {
			list = append(list, c.strange(s.within, sent, place, explained)...)
			continue
		}
		if !explained {
			return []Violation{{Pointer: place}}
		}
		var forms []form
		for _, f := range s.known {
			forms = append(forms, form{schema: f.schema})
		}
		nearest, found := c.explainForms(forms, sent, place)
		list = append(append(list, found...), c.strange(s.known[nearest].strangers, sent, place, true)...)
	}
	return list
}

// takesWhole reports whether a value fits a form, and its other members the other
// forms.
func (c checker) takesWhole(f knownForm, value any) bool {
	return c.fits(f.schema, value) && len(c.strange(f.strangers, value, "", false)) == 0
}
