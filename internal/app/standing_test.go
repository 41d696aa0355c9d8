package app_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/golden"
)

// standings are the states of a customer or a wallet into which no public call
// leads, as columns of the tables.
var standings = []struct{ name, operation, status string }{
	{"SUSPENDED", "setCustomerStatus", "SUSPENDED"}, {"CLOSED", "setCustomerStatus", "CLOSED"},
	{"WALLET SUSPENDED", "setWalletStatus", "SUSPENDED"}, {"WALLET BLOCKED", "setWalletStatus", "BLOCKED"},
}

// standingSubject is a customer in the middle of everything, on whom every
// operation is tried: what a flow leaves behind, and which of its values stand for
// which parameters and members.
type standingSubject struct {
	after string
	// names are the kept values by parameter and member, operations those that
	// need others than these.
	names      map[string]string
	operations map[string]map[string]string
	bodies     map[string]map[string]any
	header     map[string]string
}

func standingSubjects() map[string]standingSubject {
	payment := map[string]string{
		"walletId": "wallet", "accountId": "wallet", "beneficiaryId": "beneficiary", "consentId": "consent", "orderId": "order",
		"preparedOrderId": "order", "authenticationCode": "code", "otp": "code", "consentReference": "consent",
		"target.iban": "payeeIban", "targetAccount.iban": "payeeIban", "destinationAccount.iban": "payeeIban", "sourceAccount.iban": "iban",
		"sourceAssetAddress": "wallet", "destinationAssetAddress": "payeeIban",
	}
	person := map[string]string{"customerId": "customer", "userId": "user", "sessionId": "session", "verificationId": "verification", "refreshToken": "refreshToken", "personId": "person"}
	company := map[string]string{
		"customerId": "organization", "organizationId": "organization", "userId": "orgAdmin", "sessionId": "orgSession", "verificationId": "further",
		"directorId": "director", "shareholderId": "shareholder", "employeeId": "employee", "documentId": "contract",
	}
	for name, value := range payment {
		person[name] = value
		company[name] = value
	}
	terms := map[string]string{"consentId": "terms"}
	papers := map[string]any{"verificationType": "DOCUMENT_VERIFICATION"}
	somebody, admin := map[string]any{"email": "somebody@example.com"}, map[string]any{"username": "admin", "password": "right", "organizationId": "headquarters"}
	return map[string]standingSubject{
		"individual": {
			after: "life/busy", names: person,
			operations: map[string]map[string]string{
				"getConsentStatus": terms, "resendConsentVerification": terms, "sendConsentMagicLink": terms,
				"acceptConsent": terms, "acceptIndividualConsentById": terms, "getIndividualConsentStatus": terms,
				"createIndividualSession": {"username": "email", "password": "password"},
			},
			bodies: map[string]map[string]any{
				"registerIndividual": somebody, "registerOrganization": somebody, "createAdminSession": admin, "approveVerification": papers,
			},
		},
		"organization": {
			after: "life/organization-busy", names: company,
			operations: map[string]map[string]string{
				"getConsentStatus": terms, "resendConsentVerification": terms, "sendConsentMagicLink": terms,
				"createOrganizationSession": {"username": "employeeEmail", "password": "employeePassword", "userId": "employeeUser"},
			},
			bodies: map[string]map[string]any{
				"registerIndividual": somebody, "registerOrganization": somebody, "createAdminSession": admin,
				"approveVerification": papers, "createVerification": {"type": "SANCTIONS_CHECK"}, "addDirector": somebody, "addDirectors": somebody, "addEmployee": somebody, "addEmployees": somebody,
			},
			header: map[string]string{"X-User-ID": "manager", "X-User-Roles": "ADMIN_USER,COMPLIANCE_OFFICER,TRANSACTION_APPROVER"},
		},
	}
}

// TestWhatStopsForWhom tries every operation of the product on a person and on a
// company who are suspended or closed, or whose wallet is suspended or blocked,
// and compares what comes with the tables in testdata/standings. A refusal must
// change nothing; what does change something is undone before the next.
func TestWhatStopsForWhom(t *testing.T) {
	server := openFlowServer(t, app.Config{})
	examples := bodyExamples(t)
	for kind, subject := range standingSubjects() {
		t.Run(kind, func(t *testing.T) {
			table := map[string][]string{}
			for _, standing := range standings {
				s := &standingTrial{T: t, server: server, subject: subject, examples: examples, tenant: kind}
				for _, o := range server.documents[0].Operations {
					if concerns(o, kind) {
						table[o.ID] = append(table[o.ID], s.try(o, standing.operation, standing.status))
					}
				}
			}
			compareStandings(t, kind, table)
		})
	}
}

// concerns leaves out the operations that are about the other kind of customer.
func concerns(o *contract.Operation, kind string) bool {
	other := map[string]string{"individual": "organization", "organization": "individual"}[kind]
	if strings.Contains(o.Path, "webhook") || strings.Contains(o.Path, "/admin/consents") {
		return false // Who is told of a customer, and the texts of all, are no business of the customer's standing.
	}
	return !strings.Contains(o.Path, "/customer/"+other+"/{") && (kind == "organization" || !strings.Contains(o.ID, "Shareholder"))
}

type standingTrial struct {
	*testing.T
	server   *flowServer
	subject  standingSubject
	examples map[string][]any
	tenant   string
	// kept are the values of the present beginning; nil asks for another.
	kept  map[string]any
	state string
	begun int
}

func (s *standingTrial) client() *client {
	return &client{documents: s.server.documents, send: inProcess(s.server.app.Handler())}
}

// begin plays the subject's life in a tenant of its own and brings it into the
// state.
func (s *standingTrial) begin(operation, status string) {
	s.Helper()
	s.begun++
	f := &flow{
		name:  fmt.Sprintf("standings.%s.%s.%s.%d", s.tenant, operation, status, s.begun),
		After: flowBeginnings{{Flow: s.subject.after}},
	}
	p := newFlowPlay(s.server, flowDir, f)
	if err := p.play(); err != nil {
		s.Fatal(err)
	}
	s.kept = p.kept
	s.kept["tenant"] = p.tenant
	s.client().must(s, s.call(s.client().operation(operation), map[string]any{"status": status}))
	s.state = s.dump()
}

func (s *standingTrial) dump() string {
	s.Helper()
	state, err := s.server.dump(s.kept["tenant"].(string))
	if err != nil {
		s.Fatal(err)
	}
	return state
}

// try sends the first example of an operation with the subject's own ids, by
// staff, and says what came of it.
func (s *standingTrial) try(o *contract.Operation, operation, status string) string {
	s.Helper()
	if s.kept == nil {
		s.begin(operation, status)
	}
	var body any
	if examples := s.examples[o.ID]; len(examples) > 0 {
		body = adapted(examples[0], s.replacements(o))
	}
	reply, err := s.client().do(s.call(o, body))
	if err != nil {
		s.Fatal(err)
	}
	changed := s.dump() != s.state
	code := cmp.Or(textAt(reply.value, "data.refusal"), "ok")
	switch {
	case reply.status < http.StatusBadRequest && changed:
		code = "done"
		s.kept = nil
	case reply.status >= http.StatusBadRequest && changed:
		s.Errorf("%s for one who is %s gives %s and changed the state", o.ID, status, reply)
		s.kept = nil
	case code == "REQUEST_INVALID":
		s.Errorf("%s needs a better example: %s", o.ID, reply)
	}
	return code
}

func (s *standingTrial) call(o *contract.Operation, body any) httpCall {
	h := httpCall{operation: o, tenant: s.kept["tenant"].(string), token: "sandbox-power-tenant", body: body, header: s.subject.header}
	h.path = map[string]string{
		"consentType": "terms", "operationType": "transfer", "tenantId": h.tenant, "ownerTenantId": h.tenant, "token": "x", "organizationId": "headquarters", "personId": "nobody",
	}
	for name, value := range s.values(o) {
		h.path[name] = fmt.Sprint(value)
	}
	if o.ID == "getTransferOperations" {
		h.query = url.Values{"customerId": {h.path["customerId"]}}
	}
	return h
}

func (s *standingTrial) values(o *contract.Operation) map[string]any {
	values := map[string]any{}
	for _, names := range []map[string]string{s.subject.names, s.subject.operations[o.ID]} {
		for name, kept := range names {
			if value, ok := s.kept[kept]; ok {
				values[name] = value
			}
		}
	}
	return values
}

func (s *standingTrial) replacements(o *contract.Operation) map[string]any {
	replace := s.values(o)
	replace["tenantId"] = s.kept["tenant"]
	for name, value := range s.subject.bodies[o.ID] {
		replace[name] = value
	}
	return replace
}

// compareStandings holds a table to its file: a line for each operation, a column
// for each state.
func compareStandings(t *testing.T, kind string, table map[string][]string) {
	t.Helper()
	var b strings.Builder
	line := func(name string, cells []string) {
		fmt.Fprintf(&b, "%-32s", name)
		for _, cell := range cells {
			fmt.Fprintf(&b, "%-24s", cell)
		}
		text := strings.TrimRight(b.String(), " ")
		b.Reset()
		b.WriteString(text + "\n")
	}
	var names []string
	for _, standing := range standings {
		names = append(names, standing.name)
	}
	line(kind, names)
	for _, operation := range sortedKeys(table) {
		line(operation, table[operation])
	}
	golden.Check(t, filepath.Join(moduleRoot, "testdata", "standings", kind+".txt"), b.String())
}
