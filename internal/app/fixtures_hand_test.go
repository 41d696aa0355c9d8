package app_test

import (
	"strings"
	"testing"
)

// hand walks a customer through the API as a client does, with the data of one that
// was made.
type hand struct {
	*client
	t      testing.TB
	tenant string
	// scenario governs the customer, and made is the record of the one that was made,
	// with its people.
	scenario            string
	made                map[string]any
	people              []map[string]any
	customer, user      string
	verification, token string
	organization        bool
}

// do calls an operation about the customer with a token, or as staff.
func (h *hand) do(token, operation string, body any, path ...string) httpReply {
	h.t.Helper()
	params := map[string]string{
		"customerId": h.customer, "organizationId": h.customer, "userId": h.user, "verificationId": h.verification, "tenantId": h.tenant, "ownerTenantId": h.tenant,
	}
	for i := 0; i+1 < len(path); i += 2 {
		params[path[i]] = path[i+1]
	}
	o := h.operation(operation)
	call := httpCall{operation: o, tenant: h.tenant, token: token, path: inPath(o, params), body: body, header: map[string]string{
		"X-Sandbox-Scenario": "", "User-Agent": "finhub-sandbox", "platform": "desktop", "X-User-ID": h.user, "X-User-Roles": "ADMIN_USER",
	}}
	if strings.HasPrefix(operation, "register") {
		call.header["X-Sandbox-Scenario"] = h.scenario
	}
	return h.must(h.t, call)
}

// either is the name of the operation for a person, or for an organization.
func (h *hand) either(person, organization string) string {
	if h.organization {
		return organization
	}
	return person
}

// register registers the customer.
func (h *hand) register() {
	h.t.Helper()
	reply := h.do(adminToken, h.either("registerIndividual", "registerOrganization"), h.registration())
	h.customer, h.user = textAt(reply.value, "data.id"), textAt(reply.value, "data.userId")
}

// logIn gets a token for the customer's own user.
func (h *hand) logIn() {
	h.t.Helper()
	reply := h.do("", h.either("createIndividualSession", "createOrganizationSession"), map[string]any{
		"username": h.made["email"], "password": password, "tenantKey": "demo-tenant-key", "tenantSecret": "demo-tenant-secret",
	})
	h.token = textAt(reply.value, "data.token")
}

func (h *hand) registration() map[string]any {
	body := map[string]any{"email": h.made["email"], "password": password, "matchingPassword": password}
	if h.organization {
		company := h.made["company"].(map[string]any)
		organization := map[string]any{"addresses": sent(company["addresses"])}
		for _, member := range []string{"legalName", "registrationNumber", "taxId", "legalForm", "industry", "phone"} {
			organization[member] = company[member]
		}
		body["organizationCustomer"] = map[string]any{"customerName": h.made["name"], "organization": organization}
		body["customerCategory"] = map[string]any{"code": h.made["category"]}
		return body
	}
	person := h.made["person"].(map[string]any)
	of := map[string]any{"addresses": sent(person["addresses"])}
	for _, member := range []string{"firstName", "lastName", "dateOfBirth", "nationality"} {
		of[member] = person[member]
		body[member] = person[member]
	}
	body["phone"] = h.made["phone"]
	body["individualCustomer"] = map[string]any{"customerName": h.made["name"], "person": of}
	return body
}

// sent are addresses without what the sandbox has added.
func sent(list any) (out []any) {
	for _, item := range list.([]any) {
		address := map[string]any{}
		for member, value := range item.(map[string]any) {
			if member != "id" {
				address[member] = value
			}
		}
		out = append(out, address)
	}
	return out
}

// staff adds the people whom the one that was made has.
func (h *hand) staff() {
	h.t.Helper()
	for _, p := range h.people {
		person := map[string]any{"email": p["email"], "phoneNumber": p["phone"]}
		for _, member := range []string{"firstName", "lastName", "dateOfBirth", "nationality"} {
			person[member] = p["person"].(map[string]any)[member]
		}
		switch p["position"] {
		case "EMPLOYEE":
			h.do(h.token, "addEmployee", map[string]any{"person": person, "position": p["title"], "roles": p["roles"], "department": p["department"]})
		case "DIRECTOR":
			h.do(h.token, "addDirector", map[string]any{"person": person, "position": p["title"], "role": p["role"]})
		case "SHAREHOLDER":
			h.do(h.token, "addShareholders", map[string]any{"type": "INDIVIDUAL", "person": person, "ownershipPercentage": 100})
		}
	}
}

func (h *hand) open() {
	h.t.Helper()
	operation, body := "initiateIndividualVerification", any(nil)
	if h.organization {
		h.staff()
		operation, body = "verifyOrganization", map[string]any{"customerId": h.customer, "type": "BUSINESS_VERIFICATION", "requestedLevel": "TENANT_VERIFIED"}
	}
	h.verification = textAt(h.do(h.token, operation, body).value, "data.verificationId")
}

func (h *hand) submit() {
	h.t.Helper()
	upload := func(operation, kind string) {
		h.do(h.token, operation, map[string]any{"documentType": kind, "fileName": strings.ToLower(kind) + ".pdf", "mimeType": "application/pdf", "fileContent": somePDF})
	}
	if !h.organization {
		upload("uploadVerificationDocument", "PASSPORT")
		return
	}
	reply := h.do(h.token, "getVerificationRequirements", nil)
	for _, kind := range valueAt(reply.value, "data.missingDocuments").([]any) {
		upload("uploadOrganizationDocument", kind.(string))
	}
}

func (h *hand) consent() {
	h.t.Helper()
	for _, kind := range []string{"terms", "privacy", "data-processing"} {
		h.do(h.token, h.either("acceptIndividualConsent", "acceptOrganizationConsent"), map[string]any{"accepted": true, "version": "1.0"}, "consentType", kind)
	}
}

func (h *hand) activate() {
	h.t.Helper()
	if h.organization {
		h.do(h.token, "activateOrganization", map[string]any{"activationReason": "All checks passed"})
		return
	}
	h.do(h.token, "activateIndividual", map[string]any{"code": "123456", "userId": h.user})
}

// to does what leads to a state, and gives it time.
func (h *hand) to(state, reason string) {
	h.t.Helper()
	h.register()
	if state == "PENDING_VERIFICATION" {
		return
	}
	h.logIn()
	h.open()
	if state == "PENDING" {
		return
	}
	h.submit()
	if state == "IN_PROGRESS" {
		return
	}
	h.decide(state, reason)
	if state == "APPROVED" || state == "REJECTED" || state == "EXPIRED" {
		return
	}
	h.logIn() // The first token has run out meanwhile.
	h.consent()
	if state == "PENDING_ACTIVATION" {
		return
	}
	h.activate()
	if state == "SUSPENDED" || state == "CLOSED" {
		h.do("", "setCustomerStatus", map[string]any{"status": state, "reason": reason})
	}
}

// decide lets the world decide, or staff what the world would not.
func (h *hand) decide(state, reason string) {
	h.t.Helper()
	if state == "REJECTED" && reason != "" {
		if h.organization {
			h.do("", "advanceClock", map[string]any{"by": "30h"}) // Its people have been decided about by then.
		}
		h.do(adminToken, "approveVerification", map[string]any{"verificationId": h.verification, "status": "REJECTED", "reason": reason})
	}
	h.do("", "advanceClock", map[string]any{"until": "idle"})
}
