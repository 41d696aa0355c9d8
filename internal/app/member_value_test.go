package app_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// freeTexts are the members that have no list, format or pattern, by the reason
// for which they have none.
func freeTexts() map[string][]string {
	return map[string][]string{
		"people have names of all kinds": {
			"firstName", "lastName", "middleName", "fullName", "customerName", "name", "beneficiaryName", "accountHolder", "acceptedBy", "activatedBy", "approvedBy",
			"names.value", "names.type",
		},
		"what is looked for can be anything": {"text"},
		"organizations have names of all kinds": {
			"legalName", "tradingName", "companyName", "shortName", "employerName", "issuingAuthority", "merchantName", "bankName", "correspondentBankName",
		},
		"words of an organization about its people and its business": {
			"position", "department", "responsibility", "permissions", "authority", "occupation", "sourceOfFunds", "mainProducts", "targetMarkets",
			"regulatoryCompliance", "merchantCategory", "size",
		},
		"addresses differ from country to country": {
			"street", "streetNumber", "apartment", "building", "floor", "city", "state", "stateProvince", "postalCode", "addressLine1", "addressLine2", "address",
			"placeOfBirth", "pincode", "bankAddress",
		},
		"sentences for people": {
			"notes", "adminNotes", "approvalNotes", "entityDetails", "comment", "description", "reason", "verificationReason", "approvalReason", "activationReason", "activationNotes", "purpose",
			"title", "context", "reference", "question", "answer", "businessDescription",
		},
		"every issuer and register has numbers of its own form": {
			"documentNumber", "identificationDocument.number", "idDocumentNumber", "registrationNumber", "taxId", "vatNumber", "accountNumber", "sortCode", "bankCode",
			"contractReference",
		},
		"a secret, compared and never looked into": {
			"password", "tenantKey", "tenantSecret", "matchingPassword", "code", "activationCode", "authenticationCode", "confirmationCode", "otp",
			"digitalSignature", "signature", "secretKey", "secret",
		},
		"an e-mail or a name, compared with what was registered": {"username", "value", "userId"},
		"a name of the client's own": {
			"fileName", "filePath", "subscriptionName", "category", "documentCategory", "deviceId", "platform", "userAgent", "ipAddress", "X-Forwarded-For", "X-Forwarded-From",
			"X-Device-Fingerprint", "X-Device-Type", "clientReference", "channel", "addressId", "orderId", "confirmationMethod", "monthlyVolume", "averageTransactionSize",
		},
		"an id or an IBAN, compared and not checked": {
			"walletId", "accountId", "beneficiaryId", "beneficiaryRef", "consentReference", "consentId", "preparedOrderId", "supportingDocuments", "allowedAccounts",
			"allowedBeneficiaries", "iban", "beneficiaryIban", "customerId", "organizationId", "targetCustomerId", "assetId", "assetSubUnitId", "after",
			"sourceAssetAddress", "destinationAssetAddress",
		},
		"the proof of a service that is not simulated":                                 {"captchaToken"},
		"looked up in the tenant's hierarchy":                                          {"id", "name", "code", "categoryId", "featureIds"},
		"what an application answered, in its own words":                               {"body", "error", "retryAfter"},
		"looked up among the scenarios":                                                {"X-Sandbox-Scenario"},
		"the pages treat it as free text":                                              {"purposeCode", "allowedOperations"},
		"a file, decoded and looked at":                                                {"fileContent", "file"},
		"compared with the roles that are kept, of which some are older than the list": {"role", "approverRoles"},
	}
}

// TestEveryMemberHasItsRange walks every member that a client can send. A text is
// one of a list, or has a format or a pattern, or is listed as free text with
// its reason; every text has a longest length, a number its bounds, and a
// list its most items.
func TestEveryMemberHasItsRange(t *testing.T) {
	free := map[string]bool{}
	for _, names := range freeTexts() {
		for _, name := range names {
			free[name] = false
		}
	}
	for _, d := range memberDocuments(t) {
		for _, o := range d.operations {
			for _, p := range o.params {
				c := rangeCheck{raw: d.raw, free: free}
				c.value(p.name, p.schema)
				c.report(t, o.id+" "+p.in)
			}
			for _, m := range o.members {
				c := rangeCheck{raw: d.raw, free: free}
				c.value(strings.ReplaceAll(m.at, ".[]", ""), m.schema)
				c.report(t, o.id+" "+m.family)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(free)) {
		if !free[name] {
			t.Errorf("%s is listed as free text, and is no such member", name)
		}
	}
}

// endless is a repetition without an end in a pattern; within brackets, where
// the signs are letters, it finds some that are none.
var endless = regexp.MustCompile(`[)\]a-z.][*+]|,\}`)

type rangeCheck struct {
	raw    rawDocument
	free   map[string]bool
	faults []string
}

func (c *rangeCheck) report(t *testing.T, where string) {
	t.Helper()
	for _, fault := range c.faults {
		t.Errorf("%s: %s", where, fault)
	}
}

func (c *rangeCheck) value(at string, schema map[string]any) {
	fault := func(text string) { c.faults = append(c.faults, at+" "+text) }
	if alternatives, ok := schema["anyOf"].([]any); ok {
		for _, a := range alternatives {
			c.value(at, c.raw.resolve(a))
		}
		return
	}
	switch schema["type"] {
	case "string":
		c.text(at, schema)
	case "integer", "number":
		if schema["minimum"] == nil || schema["maximum"] == nil {
			fault("has no bounds")
		}
	case "array":
		if schema["maxItems"] == nil {
			fault("has no most items")
		}
	case "object", "boolean":
	default:
		if schema["properties"] == nil && schema["allOf"] == nil {
			fault(fmt.Sprintf("has no type: %v", schema))
		}
	}
}

func (c *rangeCheck) text(at string, schema map[string]any) {
	if schema["enum"] != nil {
		return
	}
	pattern, _ := schema["pattern"].(string)
	finite := strings.HasPrefix(pattern, "^") && strings.HasSuffix(pattern, "$") && !endless.MatchString(pattern)
	bounded := schema["maxLength"] != nil || finite || slices.Contains([]any{"date", "date-time", "uuid", "bic"}, schema["format"])
	if !bounded {
		c.faults = append(c.faults, at+" has no longest length")
	}
	if schema["format"] != nil || schema["pattern"] != nil {
		return
	}
	parts := strings.Split(at, ".")
	name := parts[len(parts)-1]
	if len(parts) > 1 {
		if long := strings.Join(parts[len(parts)-2:], "."); c.listed(long) {
			name = long
		}
	}
	if !c.listed(name) {
		c.faults = append(c.faults, at+" is free text: give it a list, a format or a pattern, or list it with its reason")
		return
	}
	c.free[name] = true
}

func (c *rangeCheck) listed(name string) bool {
	_, listed := c.free[name]
	return listed
}
