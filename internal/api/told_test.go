package api

import (
	"regexp"
	"slices"
	"testing"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/spec"
)

// Every parameter of a path names something that scenarios look at, or there is a
// reason why it does not.
func TestEveryPathParameterNamesSomething(t *testing.T) {
	reasons := map[string]string{
		"consentType": "a word", "operationType": "a word", "ownerTenantId": "a tenant", "tenantId": "a tenant",
		"userId": "the caller", "sessionId": "the caller's own, beside the customer",
		"subscriptionId": "webhooks are about no customer", "deliveryId": "webhooks are about no customer",
		"directorId": "beside the organization", "employeeId": "beside the organization", "documentId": "beside the organization",
		"personId": "found by an index of its own, by staff alone",
	}
	document, err := contract.Load(spec.Product(), nil)
	if err != nil {
		t.Fatal(err)
	}
	named := government.Parameters()
	met := map[string]bool{}
	for _, o := range document.Operations {
		for _, match := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(o.Path, -1) {
			name := match[1]
			met[name] = true
			if slices.Contains(named, name) == (reasons[name] != "") {
				t.Errorf("%s: %s is in the table of references, or has a reason, and not both", o.ID, name)
			}
		}
	}
	for name := range reasons {
		if !met[name] {
			t.Errorf("no path has %s", name)
		}
	}
	for _, name := range named {
		if !met[name] && name != "preparedOrderId" && name != "sourceAssetAddress" {
			t.Errorf("no path has %s, which is in the table of references", name)
		}
	}
}
