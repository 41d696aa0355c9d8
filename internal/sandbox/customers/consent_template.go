package customers

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/world"
)

// ConsentTemplateCollection makes the collection of the templates that a tenant has of
// its own: of a type that it has never changed there are none.
func ConsentTemplateCollection() engine.Collection[onboarding.ConsentTemplate] {
	return engine.Collection[onboarding.ConsentTemplate]{Name: "consent_template", Indexes: []engine.Index[onboarding.ConsentTemplate]{
		{Name: "type", Of: func(t *onboarding.ConsentTemplate) []string { return []string{string(t.Type)} }},
	}}
}

// builtInKind makes the ids of templates that nobody has made: they are the same
// without a number of the tenant's.
const builtInKind = "built_in_consent_template"

// maxTemplates is how many there are of one type: each acceptance reads them.
const maxTemplates = 50

// Template is a template with whether it is in force.
type Template struct {
	*onboarding.ConsentTemplate
	InForce bool
}

func today(act *world.Act) string { return act.Now().UTC().Format(time.DateOnly) }

// templatesOf are the templates of a type, the oldest first. What is built in has no id.
func templatesOf(act *world.Act, t onboarding.ConsentType) []*onboarding.ConsentTemplate {
	if own := act.ConsentTemplates.By(act.Unit, "type", string(t)); len(own) > 0 {
		return own
	}
	return []*onboarding.ConsentTemplate{onboarding.BuiltInTemplate(t)}
}

// namedTemplates are the same with all their ids.
func namedTemplates(act *world.Act, t onboarding.ConsentType) []*onboarding.ConsentTemplate {
	list := templatesOf(act, t)
	if list[0].ID == "" {
		list[0].ID = fake.ID(world.Seed(act), builtInKind, int64(slices.Index(onboarding.ConsentTypes(), t)))
	}
	return list
}

// keepTemplates makes the templates of a type the tenant's own, so that they can be changed.
func keepTemplates(act *world.Act, t onboarding.ConsentType) []*onboarding.ConsentTemplate {
	list := namedTemplates(act, t)
	if list[0].Seq == 0 {
		list[0].Seq = act.Next()
		act.ConsentTemplates.Add(act.Unit, list[0])
	}
	return list
}

// inForce is the template of a type whose text is accepted now.
func inForce(act *world.Act, t onboarding.ConsentType) *onboarding.ConsentTemplate {
	return onboarding.TemplateInForce(templatesOf(act, t), today(act))
}

// VersionInForce is the version of a type that is accepted now.
func VersionInForce(act *world.Act, t onboarding.ConsentType) string {
	if t == "" {
		return ""
	}
	return inForce(act, t).Version
}

// TextOf is the text that was accepted, or what was built in if its template is gone.
func TextOf(act *world.Act, e *onboarding.Consent) onboarding.ConsentText {
	for _, t := range templatesOf(act, e.Type) {
		if t.Version == e.Version {
			return t.Content
		}
	}
	return onboarding.BuiltInTemplate(e.Type).Content
}

// ListTemplates lists all templates, type after type, the oldest first.
func ListTemplates(act *world.Act) (list []Template) {
	for _, t := range onboarding.ConsentTypes() {
		own := namedTemplates(act, t)
		current := onboarding.TemplateInForce(own, today(act))
		for _, template := range own {
			list = append(list, Template{template, template == current})
		}
	}
	return list
}

// FindTemplate finds a template, or refuses with CONSENT_TEMPLATE_NOT_FOUND.
func FindTemplate(act *world.Act, id string) (Template, error) {
	for _, t := range ListTemplates(act) {
		if t.ID == machine.CanonicalID(id) {
			return t, nil
		}
	}
	return Template{}, refusal.New(refusal.ConsentTemplateNotFound, "the tenant has no template %s of a consent", id).
		Suggest("listConsentTemplates", "shows the templates with their ids")
}

// CreateTemplate makes a template. A version that the type has already, and one too many,
// are refused with REQUEST_INVALID.
func CreateTemplate(act *world.Act, in onboarding.ConsentTemplate) (Template, error) {
	list := keepTemplates(act, in.Type)
	if len(list) >= maxTemplates {
		return Template{}, refusal.Invalid([]refusal.Fault{{Field: "body", Message: fmt.Sprintf("would make more than %d templates of the type, which is the most that there are: delete one", maxTemplates)}})
	}
	if err := unusedVersion(list, in.Version); err != nil {
		return Template{}, err
	}
	in.Seq = act.Next()
	in.ID = fake.ID(world.Seed(act), "consent_template", in.Seq)
	in.EffectiveDate = cmp.Or(in.EffectiveDate, today(act))
	in.Content.Locale = cmp.Or(in.Content.Locale, onboarding.TemplateLocale)
	act.ConsentTemplates.Add(act.Unit, &in)
	return FindTemplate(act, in.ID)
}

func unusedVersion(list []*onboarding.ConsentTemplate, version string) error {
	if !slices.ContainsFunc(list, func(t *onboarding.ConsentTemplate) bool { return t.Version == version }) {
		return nil
	}
	return invalidTemplate("version", "is "+version+", which the type has already: a text that differs has another version")
}

func invalidTemplate(field, message string) error {
	return refusal.Invalid([]refusal.Fault{{Field: field, Pointer: "/" + field, Message: message}})
}

// ChangeTemplate changes what a request says of a template. Another text needs another
// version, and the type stays: both are refused with REQUEST_INVALID. It refuses with
// CONSENT_TEMPLATE_NOT_FOUND, and with LAST_CONSENT_TEMPLATE what would leave nothing in force.
func ChangeTemplate(act *world.Act, id string, in onboarding.ConsentTemplate) (Template, error) {
	found, err := FindTemplate(act, id)
	if err != nil {
		return found, err
	}
	if in.Type != "" && in.Type != found.Type {
		return found, invalidTemplate("type", "must be that of the template, "+found.Type.TemplateName()+": make a template of another type by itself")
	}
	list := keepTemplates(act, found.Type)
	template := list[slices.IndexFunc(list, func(t *onboarding.ConsentTemplate) bool { return t.ID == found.ID })]
	text := onboarding.ConsentText{
		Title: cmp.Or(in.Content.Title, template.Content.Title), Body: cmp.Or(in.Content.Body, template.Content.Body),
		Locale: cmp.Or(in.Content.Locale, template.Content.Locale),
	}
	version := cmp.Or(in.Version, template.Version)
	switch {
	case version != template.Version:
		if err := unusedVersion(list, version); err != nil {
			return found, err
		}
	case text != template.Content:
		return found, invalidTemplate("version", "must be another than "+version+", which is that of the text as it was: customers have accepted that one")
	}
	template.Version, template.Content, template.EffectiveDate = version, text, cmp.Or(in.EffectiveDate, template.EffectiveDate)
	act.ConsentTemplates.Save(act.Unit, template)
	if err := someInForce(act, list, found.Type); err != nil {
		return found, err
	}
	return FindTemplate(act, found.ID)
}

// DeleteTemplate takes a template away and gives it as it was. Acceptances of its version
// stay as they are. It refuses with CONSENT_TEMPLATE_NOT_FOUND, and with LAST_CONSENT_TEMPLATE the
// only one of its type that is effective.
func DeleteTemplate(act *world.Act, id string) (Template, error) {
	found, err := FindTemplate(act, id)
	if err != nil {
		return found, err
	}
	list := slices.DeleteFunc(slices.Clone(keepTemplates(act, found.Type)), func(t *onboarding.ConsentTemplate) bool { return t.ID == found.ID })
	if err := someInForce(act, list, found.Type); err != nil {
		return found, err
	}
	act.ConsentTemplates.Remove(act.Unit, found.ConsentTemplate)
	found.InForce = false
	return found, nil
}

// someInForce refuses templates of a type of which none is effective: nobody could accept
// the consent, and nobody be activated.
func someInForce(act *world.Act, list []*onboarding.ConsentTemplate, t onboarding.ConsentType) error {
	if slices.ContainsFunc(list, func(t *onboarding.ConsentTemplate) bool { return t.EffectiveDate <= today(act) }) {
		return nil
	}
	return refusal.New(refusal.LastConsentTemplate, "no other template of %s is in force today, %s", t.TemplateName(), today(act)).
		Suggest("createConsentTemplate", "makes one that is in force")
}
