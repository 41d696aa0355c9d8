package api

import (
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/internal/sandbox/world"
)

// getOwnHierarchy lists the categories of the caller's tenant (customer-apis).
func getOwnHierarchy(c *rest.Call, act *world.Act) (rest.Reply, error) { return hierarchy(c, act) }

// acceptConsentByID accepts a consent that has been recorded (customer-apis/individual/consents).
func acceptConsentByID(c *rest.Call, act *world.Act) (rest.Reply, error) {
	consent, err := customers.AcceptConsentByID(act, c.Path("customerId"), c.Path("consentId"), readAcceptance(c))
	return consentReply(c, act, consent, err)
}

func tellsConsentByID(c *rest.Call, d *government.Details) {
	d.ConsentVersion = readAcceptance(c).Version
}

// getIndividualConsentStatus shows a consent of a customer
// (customer-apis/individual/consents).
func getIndividualConsentStatus(c *rest.Call, act *world.Act) (rest.Reply, error) {
	consent, err := customers.GetConsentOf(act, c.Path("customerId"), c.Path("consentId"))
	return consentReply(c, act, consent, err)
}

// uploadIndividualDocument adds a document to the latest verification of a customer
// (customer-apis/individual).
func uploadIndividualDocument(c *rest.Call, act *world.Act) (rest.Reply, error) {
	id, err := customers.PresentVerification(act, c.Path("customerId"))
	if err != nil {
		return rest.Reply{}, err
	}
	out, err := customers.UploadDocument(act, id, readAbout(c.Body), readUpload(c.Body))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewUploaded(c, out))}, nil
}

// uploadActivationDocument does the same for the tenant of the path
// (customer-apis/individual/activation).
func uploadActivationDocument(c *rest.Call, act *world.Act) (rest.Reply, error) {
	if err := ownTenant(c, "ownerTenantId"); err != nil {
		return rest.Reply{}, err
	}
	return uploadIndividualDocument(c, act)
}

// approveIndividualActivation approves the latest verification of a customer. It refuses as
// approveVerification does (customer-apis/individual/activation).
func approveIndividualActivation(c *rest.Call, act *world.Act) (rest.Reply, error) {
	if err := ownTenant(c, "ownerTenantId"); err != nil {
		return rest.Reply{}, err
	}
	id, err := customers.PresentVerification(act, c.Path("customerId"))
	if err != nil {
		return rest.Reply{}, err
	}
	detail, err := customers.DecideVerification(act, id, customers.Decision{Comment: c.Body.Str("approvalNotes")})
	return verificationReply(c, detail, err)
}
