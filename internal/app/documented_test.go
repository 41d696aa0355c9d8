package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/spec"
)

// braces is a parameter in a path.
var braces = regexp.MustCompile(`\{\w+\}`)

// documentedPaths lists what is documented and not served, by its path.
func documentedPaths(t *testing.T) map[string][]spec.Documented {
	t.Helper()
	list, err := spec.DocumentedOperations()
	if err != nil || len(list) == 0 {
		t.Fatalf("%d operations are documented and not served, %v", len(list), err)
	}
	paths := map[string][]spec.Documented{}
	for _, d := range list {
		paths[d.Path] = append(paths[d.Path], d)
	}
	return paths
}

// TestWhatIsDocumentedIsNotSimulated calls everything that is documented and not
// served, by every method, as somebody who is not known: what is documented is told
// from a wrong method, and both from a wrong path.
func TestWhatIsDocumentedIsNotSimulated(t *testing.T) {
	s := openFlowServer(t, app.Config{})
	product := s.documents[0]
	ask := func(method, path string) (status int, header http.Header, value any) {
		return askWithoutToken(t, s.app.Handler(), method, product.Base+path)
	}
	for template, operations := range documentedPaths(t) {
		path := braces.ReplaceAllString(template, "9b2f6c1e-0000-4000-8000-000000000000")
		allowed := allowedAt(product, operations, path)
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
			if operationOf(s.documents, method, product.Base+path) != nil {
				continue // It is ours.
			}
			status, header, value := ask(method, path)
			i := slices.IndexFunc(operations, func(d spec.Documented) bool { return d.Method == method })
			switch {
			case i >= 0:
				if status != http.StatusNotImplemented {
					t.Errorf("%s %s answers %d", method, path, status)
				}
				isNotSimulated(t, product, operations[i], value)
			case method == http.MethodHead && strings.Contains(allowed, method):
				if status != http.StatusNotImplemented || value != nil {
					t.Errorf("%s %s answers %d with %v", method, path, status, value)
				}
			case method == http.MethodOptions:
				if status != http.StatusNoContent || header.Get("Allow") != allowed {
					t.Errorf("%s %s answers %d and allows %q instead of %q", method, path, status, header.Get("Allow"), allowed)
				}
			case status != http.StatusMethodNotAllowed || header.Get("Allow") != allowed:
				t.Errorf("%s %s answers %d and allows %q instead of %q", method, path, status, header.Get("Allow"), allowed)
			}
		}
		for _, wrong := range []string{path + "/", "/more" + path, strings.ToUpper(path), strings.ReplaceAll(template, "/", "//")} {
			if status, _, value := ask(operations[0].Method, wrong); status != http.StatusNotFound || textAt(value, "data.refusal") != "ROUTE_UNKNOWN" {
				t.Errorf("%s %s answers %d %v", operations[0].Method, wrong, status, value)
			}
		}
	}
}

// TestEveryDocumentedOperationAnswers calls everything that FinHub documents, as staff: an
// operation of the document answers, or it is refused as not simulated with its page. The
// counts of the page of conformance are what comes.
func TestEveryDocumentedOperationAnswers(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(moduleRoot, "spec", "surface.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	surface, err := spec.ReadSurface(text)
	if err != nil {
		t.Fatal(err)
	}
	s := openFlowServer(t, app.Config{})
	product := s.documents[0]
	served := map[string]string{}
	for _, o := range product.Operations {
		served[spec.CallForm(o.Method, o.Path)] = o.ID
	}
	pages := map[string]spec.Documented{}
	for _, list := range documentedPaths(t) {
		for _, d := range list {
			pages[spec.CallForm(d.Method, product.Base+d.Path)] = d
		}
	}
	counts := map[string]int{"Operations documented": len(surface)}
	for _, row := range surface {
		if row.Path == "" {
			counts["under a path that no page tells"]++
			continue
		}
		form := spec.CallForm(row.Method, row.Path)
		status, operation, value := askAsStaff(t, s, row.Number, row.Method, braces.ReplaceAllString(row.Path, "9b2f6c1e-0000-4000-8000-000000000000"))
		switch {
		case status == http.StatusNotImplemented:
			counts["refused as not simulated"]++
			if pages[form].Planned {
				counts["of those, that FinHub itself only plans"]++
			}
			isNotSimulated(t, product, pages[form], value)
		case operation == "" || operation != served[form]:
			t.Errorf("%s is answered with %d by the operation %q instead of %q: %v", form, status, operation, served[form], value)
		default:
			counts["of them simulated"]++
		}
	}
	page, err := os.ReadFile(filepath.Join(moduleRoot, "CONFORMANCE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range counts {
		if line := fmt.Sprintf("\n| %s | %d |\n", name, n); !strings.Contains(string(page), line) {
			t.Errorf("CONFORMANCE.md does not say %s", strings.TrimSpace(line))
		}
	}
}

// askAsStaff sends a request in a tenant of its own, and reads the reply and which operation
// the journal says has answered.
func askAsStaff(t *testing.T, s *flowServer, number int, method, path string) (status int, operation string, value any) {
	t.Helper()
	tenant := fmt.Sprintf("documented-%d", number)
	ask := func(handler http.Handler, method, path string) (int, any) {
		recorder := httptest.NewRecorder()
		request := httptest.NewRequest(method, path, strings.NewReader("{}"))
		request.Host = "localhost"
		for name, text := range map[string]string{
			"X-Tenant-ID": tenant, "Authorization": "Bearer sandbox-admin", "Content-Type": "application/json", "User-Agent": "test",
			"X-Forwarded-For": "127.0.0.1", "X-Forwarded-From": "test", "platform": "web", "deviceId": "1",
		} {
			request.Header.Set(name, text)
		}
		handler.ServeHTTP(recorder, request)
		var value any
		if recorder.Body.Len() > 0 {
			if err := json.Unmarshal(recorder.Body.Bytes(), &value); err != nil {
				t.Errorf("%s %s: %v", method, path, err)
			}
		}
		return recorder.Code, value
	}
	status, value = ask(s.app.Handler(), method, path)
	_, journal := ask(s.app.ControlHandler(), http.MethodGet, "/_sandbox/journal")
	for _, entry := range listAt(journal, "entries") {
		operation += textAt(entry, "operation") // There is one: the tenant is of this request.
	}
	return status, operation, value
}

// askWithoutToken sends a request without any header, and reads the reply.
func askWithoutToken(t *testing.T, handler http.Handler, method, path string) (status int, header http.Header, value any) {
	t.Helper()
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest(method, path, http.NoBody)
	request.Host = "localhost"
	handler.ServeHTTP(recorder, request)
	if recorder.Body.Len() > 0 {
		if err := json.Unmarshal(recorder.Body.Bytes(), &value); err != nil {
			t.Errorf("%s %s: %v", method, path, err)
		}
	}
	return recorder.Code, recorder.Header(), value
}

// TestWhatIsNotSimulatedIsNoOperation: whoever looks back on such a request finds it
// among those that no operation answers, and its preflight nowhere.
func TestWhatIsNotSimulatedIsNoOperation(t *testing.T) {
	s := openFlowServer(t, app.Config{})
	for _, method := range []string{http.MethodPost, http.MethodOptions, http.MethodGet} {
		askWithoutToken(t, s.app.Handler(), method, "/api/v2.1/fintrans/x/types/transfer/consents")
	}
	_, _, coverage := askWithoutToken(t, s.app.ControlHandler(), http.MethodGet, "/_sandbox/coverage?form=json")
	_, _, journal := askWithoutToken(t, s.app.ControlHandler(), http.MethodGet, "/_sandbox/journal")
	var noted []string
	for _, entry := range listAt(journal, "entries") {
		noted = append(noted, textAt(entry, "method")+textAt(entry, "operation")+" "+textAt(entry, "refusal"))
	}
	if want := []string{"POST NOT_SIMULATED", "GET METHOD_NOT_ALLOWED"}; !slices.Equal(noted, want) {
		t.Errorf("the journal has %q instead of %q", noted, want)
	}
	for name, want := range map[string]any{"requests": 2.0, "unknownPaths": 2.0, "share": 0.0} {
		if got, err := find(coverage, name); err != nil || got != want {
			t.Errorf("coverage has %v %s, %v", got, name, err)
		}
	}
}

// TestTheControlAddressKnowsNoProduct: where the product is elsewhere, none of its
// paths is known, documented or not.
func TestTheControlAddressKnowsNoProduct(t *testing.T) {
	s := openFlowServer(t, app.Config{Addr: "127.0.0.1:0", ControlAddr: "127.0.0.1:0"})
	status, _, value := askWithoutToken(t, s.app.ControlHandler(), http.MethodPost, "/api/v2.1/wallets/balance")
	if status != http.StatusNotFound || textAt(value, "error.code") != "ROUTE_UNKNOWN" {
		t.Errorf("it answers %d %v", status, value)
	}
}

// allowedAt are the methods of a path that is documented: our own, if we have any there.
func allowedAt(product *contract.Document, operations []spec.Documented, path string) string {
	var methods []string
	for _, o := range product.Operations {
		if fixedSegments(strings.Split(o.Path, "/"), strings.Split(product.Base+path, "/")) >= 0 {
			methods = append(methods, o.Method)
		}
	}
	if methods == nil {
		for _, d := range operations {
			methods = append(methods, d.Method)
		}
	}
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	methods = append(methods, http.MethodOptions)
	slices.Sort(methods)
	return strings.Join(slices.Compact(methods), ", ")
}

// isNotSimulated holds a refusal to what is documented: it has the page, and names
// what comes nearest.
func isNotSimulated(t *testing.T, product *contract.Document, d spec.Documented, value any) {
	t.Helper()
	if textAt(value, "data.refusal") != "NOT_SIMULATED" || textAt(value, "data.page") != d.Page || d.Page == "" || textAt(value, "data.instead") != d.Instead {
		t.Errorf("%s %s is refused by %v", d.Method, d.Path, value)
	}
	if planned := strings.Contains(textAt(value, "data.details"), "planned"); planned != d.Planned {
		t.Errorf("%s %s: that it is planned is told: %v", d.Method, d.Path, planned)
	}
	if d.Instead == "" {
		return
	}
	near := product.Operation(d.Instead)
	if near == nil {
		t.Errorf("%s %s: %s, which is nearest, is no operation", d.Method, d.Path, d.Instead)
		return
	}
	suggestions := suggestionsIn(value)
	if len(suggestions) != 1 || !strings.HasPrefix(suggestions[0], near.Method+" "+near.Path+": ") {
		t.Errorf("%s %s: %v is suggested instead of %s", d.Method, d.Path, suggestions, d.Instead)
	}
}

// TestWhatIsServedIsNotListedAsMissing: once an operation is served it is no longer
// one of those that are only documented, and none is listed twice.
func TestWhatIsServedIsNotListedAsMissing(t *testing.T) {
	product, _ := documents(t)
	for template, operations := range documentedPaths(t) {
		seen := map[string]bool{}
		for _, d := range operations {
			if o := operationOf([]*contract.Document{product}, d.Method, product.Base+braces.ReplaceAllString(template, "x")); o != nil {
				t.Errorf("%s %s is served by %s: take it off spec/documented.yaml", d.Method, d.Path, o.ID)
			}
			if seen[d.Method] {
				t.Errorf("%s %s is listed twice", d.Method, d.Path)
			}
			seen[d.Method] = true
		}
	}
}
