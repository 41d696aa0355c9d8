package app_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/spec"
)

// documents loads the product's and the control API's document.
func documents(t testing.TB) (product, control *contract.Document) {
	t.Helper()
	product, err := contract.Load(spec.Product(), nil)
	if err != nil {
		t.Fatal(err)
	}
	control, err = contract.Load(spec.Control(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return product, control
}

// TestEveryOperationHasExactlyOneHandler mounts the product with a handler too
// few and with one too many: both are errors that name it. With exactly those of
// the document the sandbox opens, which every other test here relies on.
func TestEveryOperationHasExactlyOneHandler(t *testing.T) {
	product, _ := documents(t)
	handlers := func() map[string]rest.Handler {
		all := map[string]rest.Handler{}
		for _, o := range product.Operations {
			all[o.ID] = func(*rest.Call) (rest.Reply, error) { return rest.Reply{}, nil }
		}
		return all
	}
	mount := func(handlers map[string]rest.Handler) error {
		server := rest.New(rest.Config{
			Log: slog.New(slog.DiscardHandler), Now: time.Now,
		})
		return server.Mount(product, rest.Envelope{}, handlers)
	}
	if err := mount(handlers()); err != nil {
		t.Errorf("with one handler for each operation: %v", err)
	}
	for _, o := range product.Operations {
		few := handlers()
		delete(few, o.ID)
		if err := mount(few); err == nil || !strings.Contains(err.Error(), o.ID) {
			t.Errorf("without a handler for %s: %v", o.ID, err)
		}
	}
	many := handlers()
	many["payEverybody"] = many["getOrder"]
	if err := mount(many); err == nil || !strings.Contains(err.Error(), "payEverybody") {
		t.Errorf("with a handler too many: %v", err)
	}
}

// TestEveryCodeIsDocumentedAndHasAStatus compares the list of refusals with the
// table of statuses and with the enums of the two documents, both ways.
func TestEveryCodeIsDocumentedAndHasAStatus(t *testing.T) {
	product, control := documents(t)
	documented := slices.Concat(product.Enum("RefusalCode"), control.Enum("ErrorCode"))
	for _, d := range refusal.All() {
		if rest.Status(d.Code) == http.StatusInternalServerError && d.Code != refusal.Internal && d.Code != refusal.SimulatedFailure {
			t.Errorf("%s has no status", d.Code)
		}
		if !slices.Contains(documented, string(d.Code)) {
			t.Errorf("%s stands neither in RefusalCode nor in the control document's ErrorCode", d.Code)
		}
		if d.Message == "" || d.Hint == "" {
			t.Errorf("%s has no message or no hint", d.Code)
		}
	}
	for _, code := range documented {
		if refusal.Define(refusal.Code(code)).Hint == "" {
			t.Errorf("a document names %s, which is not in the list", code)
		}
	}
}

// refusalExample is one refusal that an operation shows.
type refusalExample struct {
	operation string
	status    int
	name      string
	value     map[string]any
}

// refusalExamples lists every example of every error response of a document.
func refusalExamples(t testing.TB, bundled []byte) []refusalExample {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(bundled)
	if err != nil {
		t.Fatal(err)
	}
	var list []refusalExample
	for _, item := range document.Paths.Map() {
		for _, o := range item.Operations() {
			for text, response := range o.Responses.Map() {
				status, err := strconv.Atoi(text)
				if err != nil {
					t.Errorf("%s has a response for %q", o.OperationID, text)
				}
				if status < http.StatusBadRequest {
					continue
				}
				for _, media := range response.Value.Content {
					for name, example := range media.Examples {
						value, _ := example.Value.Value.(map[string]any)
						list = append(list, refusalExample{o.OperationID, status, name, value})
					}
				}
			}
		}
	}
	return list
}

// TestRefusalExamplesSayWhatTheServerSays holds the documented refusals to the
// server's own tables: status, code and message.
func TestRefusalExamplesSayWhatTheServerSays(t *testing.T) {
	faults := map[string]bool{}
	for _, e := range refusalExamples(t, spec.Product()) {
		code := refusal.Code(e.name)
		if want := rest.Status(code); e.status != want {
			faults[fmt.Sprintf("%s lists %s under %d, the server answers %d", e.operation, e.name, e.status, want)] = true
		}
		data, _ := e.value["data"].(map[string]any)
		if data["refusal"] != e.name {
			faults[fmt.Sprintf("example %s shows the refusal %v", e.name, data["refusal"])] = true
		}
		want := float64(e.status)
		if code == refusal.HeadersMissing {
			want = http.StatusInternalServerError
		}
		if e.value["code"] != want {
			faults[fmt.Sprintf("example %s of %s has the code %v, the server sends %v", e.name, e.operation, e.value["code"], want)] = true
		}
		if said, _ := e.value["message"].(string); !saysTheSame(code, said) {
			faults[fmt.Sprintf("example %s says %q, the list %q", e.name, said, refusal.Define(code).Message)] = true
		}
	}
	for _, e := range refusalExamples(t, spec.Control()) {
		code := refusal.Code(e.name)
		if want := (rest.Plain{}).Status(code); e.status != want {
			faults[fmt.Sprintf("%s lists %s under %d, the server answers %d", e.operation, e.name, e.status, want)] = true
		}
		body, _ := e.value["error"].(map[string]any)
		definition := refusal.Define(code)
		if body["code"] != e.name || body["message"] != definition.Message || body["hint"] != definition.Hint {
			faults[fmt.Sprintf("control example %s shows %v", e.name, body)] = true
		}
	}
	for fault := range faults {
		t.Error(fault)
	}
}

// saysTheSame allows the documented message that carries the id of the order.
func saysTheSame(code refusal.Code, said string) bool {
	message := refusal.Define(code).Message
	return said == message || code == refusal.OrderNotFound && strings.HasPrefix(said, message+": ")
}

// askForRoles are the operations whose own rules ask for a role in some cases,
// and those cases.
var askForRoles = map[string]string{
	"createVerification":         "an organization's",
	"uploadVerificationDocument": "an organization's",
	"approvePaymentConsent":      "of an order that waits for approvals",
}

// TestEveryOperationListsWhatTheServerItselfRefuses checks the refusals that do
// not depend on the operation's own rules, but on its form.
func TestEveryOperationListsWhatTheServerItselfRefuses(t *testing.T) {
	product, _ := documents(t)
	for _, o := range product.Operations {
		must := []refusal.Code{refusal.HeadersMissing, refusal.RequestInvalid, refusal.TenantAccessDenied, refusal.RateLimited, refusal.Internal, refusal.DataUnwritable}
		if o.HasBody {
			must = append(must, refusal.BodyMalformed, refusal.BodyTooLarge, refusal.MediaTypeUnsupported)
		}
		public := slices.Contains(o.Callers, string(access.Public))
		if !public {
			must = append(must, refusal.TokenMissing, refusal.TokenInvalid, refusal.SessionEnded)
		}
		lists := func(code refusal.Code) bool { return slices.Contains(o.Refusals, string(code)) }
		for _, code := range must {
			if !lists(code) {
				t.Errorf("%s does not list %s", o.ID, code)
			}
		}
		restricted := !public && (len(o.Callers) < 2 || len(o.Roles) > 0 || askForRoles[o.ID] != "")
		if lists(refusal.PermissionDenied) != restricted {
			t.Errorf("%s takes callers %v with roles %v: PERMISSION_DENIED listed is %t", o.ID, o.Callers, o.Roles, !restricted)
		}
		if lists(refusal.TokenExpired) != (!public && !o.LapsedToken) {
			t.Errorf("%s: TOKEN_EXPIRED listed is %t", o.ID, lists(refusal.TokenExpired))
		}
		own := slices.Contains(o.Callers, string(access.Customer)) && strings.Contains(strings.ReplaceAll(o.Path, "{organizationId}", "{customerId}"), "{customerId}")
		// A body of these may name a customer.
		own = own || o.ID == "createWebhookSubscription" || o.ID == "createWebhook"
		if lists(refusal.CustomerAccessDenied) != own {
			t.Errorf("%s at %s: CUSTOMER_ACCESS_DENIED listed is %t", o.ID, o.Path, !own)
		}
	}
}

// userHeaders are the operations that need the acting user and its roles too.
var userHeaders = []string{"verifyOrganization", "activateOrganization"}

// TestEveryOperationTakesTheFiveHeaders: the header policy is read from them.
// Further headers may be taken, but not be required except by userHeaders.
func TestEveryOperationTakesTheFiveHeaders(t *testing.T) {
	product, _ := documents(t)
	five := []string{"X-Tenant-ID", "X-Forwarded-For", "X-Forwarded-From", "platform", "deviceId"}
	for _, o := range product.Operations {
		var names []string
		want := five
		if strings.Contains(o.Path, "webhook") {
			continue // Their own pages show X-Tenant-ID alone, or nothing: TestFlows holds them to that.
		}
		if slices.Contains(userHeaders, o.ID) {
			want = append(slices.Clone(five), "X-User-ID", "X-User-Roles")
		}
		for _, h := range o.Headers {
			if !h.Required && !slices.Contains(want, h.Name) {
				continue
			}
			names = append(names, h.Name)
			if !h.Required || h.Relaxed != (h.Name != "X-Tenant-ID") {
				t.Errorf("%s: header %s is required %t and relaxed %t", o.ID, h.Name, h.Required, h.Relaxed)
			}
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s takes the headers %v, not %v", o.ID, names, want)
		}
	}
}

// TestEveryOperationNamesItsCallers: without them nobody may call it.
func TestEveryOperationNamesItsCallers(t *testing.T) {
	product, _ := documents(t)
	known := []string{string(access.Public), string(access.Customer), string(access.Staff)}
	for _, o := range product.Operations {
		if len(o.Callers) == 0 {
			t.Errorf("%s names no callers", o.ID)
		}
		for _, caller := range o.Callers {
			if !slices.Contains(known, caller) {
				t.Errorf("%s names the caller %s, which is none of %v", o.ID, caller, known)
			}
		}
	}
}
