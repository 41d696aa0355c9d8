package api

import (
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
)

type consentTemplatesView struct {
	Templates []consentTemplateView `json:"templates"`
}

type consentTemplateView struct {
	ID            string                 `json:"consentId"`
	Type          string                 `json:"type"`
	Version       string                 `json:"version"`
	Status        string                 `json:"status"`
	EffectiveDate string                 `json:"effectiveDate"`
	Content       onboarding.ConsentText `json:"content"`
}

func viewTemplate(t customers.Template) consentTemplateView {
	status := "INACTIVE"
	if t.InForce {
		status = "ACTIVE"
	}
	return consentTemplateView{t.ID, t.Type.TemplateName(), t.Version, status, t.EffectiveDate, t.Content}
}

// listConsentTemplates lists the texts of a tenant's consents
// (administration/consent-templates).
func listConsentTemplates(_ *rest.Call, act *world.Act) (rest.Reply, error) {
	view := consentTemplatesView{}
	for _, t := range customers.ListTemplates(act) {
		view.Templates = append(view.Templates, viewTemplate(t))
	}
	return rest.Reply{Extra: succeeded(), Data: &view}, nil
}

// createConsentTemplate makes one. It refuses with REQUEST_INVALID a version that the type
// has (administration/consent-templates).
func createConsentTemplate(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return templateReply(customers.CreateTemplate(act, readTemplate(c)))
}

// getConsentTemplate shows one. It refuses with CONSENT_TEMPLATE_NOT_FOUND
// (administration/consent-templates).
func getConsentTemplate(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return templateReply(customers.FindTemplate(act, c.Path("consentId")))
}

// updateConsentTemplate changes one. It refuses with CONSENT_TEMPLATE_NOT_FOUND,
// LAST_CONSENT_TEMPLATE and REQUEST_INVALID (administration/consent-templates).
func updateConsentTemplate(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return templateReply(customers.ChangeTemplate(act, c.Path("consentId"), readTemplate(c)))
}

// deleteConsentTemplate takes one away. It refuses with CONSENT_TEMPLATE_NOT_FOUND and
// LAST_CONSENT_TEMPLATE (administration/consent-templates).
func deleteConsentTemplate(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return templateReply(customers.DeleteTemplate(act, c.Path("consentId")))
}

func readTemplate(c *rest.Call) onboarding.ConsentTemplate {
	kind, _ := onboarding.ParseTemplateName(c.Body.Str("type"))
	return onboarding.ConsentTemplate{
		Type: kind, Version: c.Body.Str("version"), EffectiveDate: c.Body.Str("effectiveDate"),
		Content: onboarding.ConsentText{Title: c.Body.Str("content.title"), Body: c.Body.Str("content.body"), Locale: c.Body.Str("content.locale")},
	}
}

func templateReply(t customers.Template, err error) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Extra: succeeded(), Data: new(viewTemplate(t))}, nil
}
