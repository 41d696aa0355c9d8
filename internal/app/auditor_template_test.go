package app_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// auditedTemplate is a version of a text to which customers consent. The id of one that
// nobody has made is not known before it is shown.
type auditedTemplate struct{ id, version, day string }

// templateKinds are the types of consents by the names that templates have for them.
var templateKinds = map[string]string{"TERMS": "TERMS_AND_CONDITIONS", "PRIVACY": "PRIVACY_POLICY", "DATA_PROCESSING": "DATA_PROCESSING"}

// templateOperations are those that keep the texts.
var templateOperations = []string{
	"createConsentTemplate", "createConsentTemplate", "updateConsentTemplate", "deleteConsentTemplate", "getConsentTemplate", "listConsentTemplates",
}

// templatesAtFirst are those of a tenant that has made none.
func templatesAtFirst() map[string][]*auditedTemplate {
	all := map[string][]*auditedTemplate{}
	for _, kind := range templateKinds {
		all[kind] = []*auditedTemplate{{version: "1.0", day: "2000-01-01"}}
	}
	return all
}

// inForce is the version of a text that is accepted now: the last of those of the latest
// day that has come.
func (a *auditor) inForce(t *auditedTenant, kind string) string {
	var best auditedTemplate
	for _, one := range t.templates[kind] {
		if one.day <= a.today(t) && one.day >= best.day {
			best = *one
		}
	}
	return best.version
}

func (a *auditor) today(t *auditedTenant) string { return a.now(t).UTC().Format(time.DateOnly) }

// templated takes what happens to a text to the books, and holds what is shown to them.
func (a *auditor) templated(t *auditedTenant, h httpCall, data any) error {
	if h.operation.ID == "listConsentTemplates" {
		shown := map[string]int{}
		for _, one := range listAt(data, "templates") {
			shown[templateKinds[textAt(one, "type")]]++
			if err := a.templateShown(t, one); err != nil {
				return err
			}
		}
		for kind, list := range t.templates {
			if shown[kind] != len(list) {
				return fmt.Errorf("%d texts of %s are shown, and the books have %d", shown[kind], kind, len(list))
			}
		}
		return nil
	}
	kind := templateKinds[textAt(data, "type")]
	switch h.operation.ID {
	case "createConsentTemplate":
		day := textAt(h.body, "effectiveDate")
		if t.templateOf(kind, func(one *auditedTemplate) bool { return one.version == textAt(h.body, "version") }) != nil {
			return fmt.Errorf("%s got version %s a second time", kind, textAt(h.body, "version"))
		}
		t.templates[kind] = append(t.templates[kind], &auditedTemplate{textAt(data, "consentId"), textAt(h.body, "version"), cmp.Or(day, a.today(t))})
	case "updateConsentTemplate":
		one := t.templateOf(kind, named(textAt(data, "consentId")))
		one.version, one.day = cmp.Or(textAt(h.body, "version"), one.version), cmp.Or(textAt(h.body, "effectiveDate"), one.day)
	case "deleteConsentTemplate":
		gone := t.templateOf(kind, named(textAt(data, "consentId")))
		t.templates[kind] = slices.DeleteFunc(t.templates[kind], func(one *auditedTemplate) bool { return one == gone })
		if textAt(data, "version") != gone.version || a.inForce(t, kind) == "" {
			return fmt.Errorf("version %s of %s was deleted, the books have %+v", textAt(data, "version"), kind, gone)
		}
		return nil
	}
	return a.templateShown(t, data)
}

// named finds a text by its id; one whose id is not known yet can be any.
func named(id string) func(*auditedTemplate) bool {
	return func(one *auditedTemplate) bool { return strings.EqualFold(one.id, id) || one.id == "" }
}

func (t *auditedTenant) templateOf(kind string, is func(*auditedTemplate) bool) *auditedTemplate {
	// What is known by its id comes first.
	for _, one := range slices.Backward(t.templates[kind]) {
		if is(one) {
			return one
		}
	}
	return nil
}

func (a *auditor) templateShown(t *auditedTenant, data any) error {
	kind := templateKinds[textAt(data, "type")]
	one := t.templateOf(kind, named(textAt(data, "consentId")))
	if one == nil {
		return fmt.Errorf("the text %v is shown, and the books do not have it", data)
	}
	one.id = textAt(data, "consentId")
	active := a.inForce(t, kind) == one.version
	if textAt(data, "version") != one.version || textAt(data, "effectiveDate") != one.day || (textAt(data, "status") == "ACTIVE") != active {
		return fmt.Errorf("the text %v is shown, the books have %+v, in force: %t", data, *one, active)
	}
	return nil
}

// templateIDs are the ids that have been shown.
func (t *auditedTenant) templateIDs() (ids []string) {
	for _, kind := range slices.Sorted(maps.Keys(t.templates)) {
		for _, one := range t.templates[kind] {
			if one.id != "" {
				ids = append(ids, one.id)
			}
		}
	}
	return ids
}

// versionAccepted holds the version of an acceptance to the texts: it is the one in force,
// or the one that the customer had accepted.
func (a *auditor) versionAccepted(t *auditedTenant, c *auditedCustomer, h httpCall, data any) error {
	kind, version, asked := textAt(data, "consentType"), textAt(data, "version"), textAt(h.body, "version")
	now := a.inForce(t, kind)
	if version != cmp.Or(asked, now) || version != now && version != c.versions[kind] {
		return fmt.Errorf("version %s of %s was accepted, asked for was %q, and %s is in force", version, kind, asked, now)
	}
	c.versions[kind] = version
	return nil
}

// versionRefused reports whether a version had to be refused, as far as the books know
// which consent it is of.
func (a *auditor) versionRefused(t *auditedTenant, c *auditedCustomer, h httpCall) bool {
	kind := t.kinds[h.path["consentId"]]
	for name, segment := range segments {
		if segment == h.path["consentType"] {
			kind = name
		}
	}
	asked := textAt(h.body, "version")
	return kind == "" || asked != "" && asked != a.inForce(t, kind) && (c == nil || !a.now(t).Before(c.accepted[kind]) || asked != c.versions[kind])
}

// lastTemplate reports whether no other text than that of a request is in force for its
// type.
func (a *auditor) lastTemplate(t *auditedTenant, h httpCall) bool {
	for _, list := range t.templates {
		if slices.ContainsFunc(list, named(h.path["consentId"])) {
			others := slices.DeleteFunc(slices.Clone(list), func(one *auditedTemplate) bool { return one.day > a.today(t) || named(h.path["consentId"])(one) })
			if len(others) == 0 {
				return true
			}
		}
	}
	return false
}
