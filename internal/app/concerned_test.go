package app_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/journal"
)

// ofNoCustomer are operations whose reply names somebody whom they do not concern, with
// the reason.
var ofNoCustomer = map[string]string{
	"updateEmployeeRoles": "the reply names the person, and the request is the organization's",
	"updateShareholder":   "the reply names the person, and the request is the organization's",
}

// TestRequestsAreOfTheirCustomer plays all flows: whichever request was done and is
// answered with a customer's id, in data.customerId, stands in the journal under that
// customer, whether its path names the customer, its body does, or it has made one.
func TestRequestsAreOfTheirCustomer(t *testing.T) {
	server := openFlowServer(t, app.Config{Journal: new(100_000)})
	tenant := ""
	server.around = func(r *http.Request, answer func()) {
		tenant = r.Header.Get("X-Tenant-ID")
		answer()
	}
	tried, excused := map[string]int{}, map[string]bool{}
	server.replied = func(r flowReply) {
		customer, _ := find(r.value, "data.customerId")
		id, _ := customer.(string)
		o := operationOf(server.documents, r.method, r.path)
		if o == nil || id == "" || r.status >= http.StatusMultipleChoices || strings.HasPrefix(r.path, "/_sandbox/") {
			return
		}
		tried[o.ID]++
		page := journalPage(t, server, tenant, "customerId="+url.QueryEscape(id)+"&limit=1")
		switch listed := len(page.Entries) > 0 && page.Entries[0].Number == page.Last; {
		case listed:
		case ofNoCustomer[o.ID] != "":
			excused[o.ID] = true
		default:
			t.Errorf("%s %s in %s is answered with customer %s, and the journal has it elsewhere: %+v",
				r.method, r.path, tenant, id, journalPage(t, server, tenant, "limit=1").Entries)
		}
	}
	playInTurn(t, server)
	for _, id := range []string{"registerIndividual", "registerOrganization", "createVerification", "getVerification"} {
		if tried[id] == 0 {
			t.Errorf("no flow has done %s: %v", id, tried)
		}
	}
	for id := range ofNoCustomer {
		if !excused[id] {
			t.Errorf("%s needs no excuse", id)
		}
	}
}

func journalPage(t *testing.T, server *flowServer, tenant, query string) (page journal.Page) {
	t.Helper()
	if err := json.Unmarshal([]byte(controlText(t, server.app.ControlHandler(), tenant, "/journal?"+query)), &page); err != nil {
		t.Fatal(err)
	}
	return page
}
