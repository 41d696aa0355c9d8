package onboarding

import "strings"

// ConsentTemplate is a text to which customers consent: one version of the text of a
// type of consent.
type ConsentTemplate struct {
	ID      string      `json:"id"`
	Seq     int64       `json:"seq"`
	Type    ConsentType `json:"type"`
	Version string      `json:"version"`
	// EffectiveDate is the first day on which it can be in force.
	EffectiveDate string      `json:"effectiveDate"`
	Content       ConsentText `json:"content"`
}

// ConsentText is what a template says, and in which language.
type ConsentText struct {
	Title  string `json:"title"`
	Body   string `json:"body"`
	Locale string `json:"locale"`
}

// Key implements engine.Record.
func (t *ConsentTemplate) Key() (id string, seq int64) { return t.ID, t.Seq }

// TemplateLocale is the language of a text that names none.
const TemplateLocale = "en-US"

// firstDay is the first day that a clock of the sandbox can show.
const firstDay = "2000-01-01"

// BuiltInTemplate is the one template of a type in a tenant that has not changed any of
// the type. Its id is the caller's to give.
func BuiltInTemplate(t ConsentType) *ConsentTemplate {
	words := t.Words()
	return &ConsentTemplate{
		Type: t, Version: "1.0", EffectiveDate: firstDay,
		Content: ConsentText{Title: strings.ToUpper(words[:1]) + words[1:], Body: "The tenant's text of this kind: " + words + ".", Locale: TemplateLocale},
	}
}

// TemplateInForce gives the template of a type that is accepted on a day: of those that
// are effective the latest, and of several of one day the one that was made last. If none
// is effective yet it is the one that will be first. The list is in the order in which
// they were made, and not empty.
func TemplateInForce(list []*ConsentTemplate, day string) *ConsentTemplate {
	var best, next *ConsentTemplate
	for _, t := range list {
		switch {
		case t.EffectiveDate > day:
			if next == nil || t.EffectiveDate < next.EffectiveDate {
				next = t
			}
		case best == nil || t.EffectiveDate >= best.EffectiveDate:
			best = t
		}
	}
	if best == nil {
		return next
	}
	return best
}

// TemplateName is how templates call the type.
func (t ConsentType) TemplateName() string {
	return strings.ToUpper(strings.ReplaceAll(t.Segment(), "-", "_"))
}

// ParseTemplateName reads how templates call a type.
func ParseTemplateName(name string) (ConsentType, bool) {
	return ParseConsentType(strings.ToLower(strings.ReplaceAll(name, "_", "-")))
}
