package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/console"
)

// TestConsoleDocs: the viewer of the documents stands in the console's frame and under
// its policy, offers the tokens that there are, and finds the product where that is.
func TestConsoleDocs(t *testing.T) {
	open := openLocal(t, app.Config{})
	page := open.visit(console.DocsPath)
	checkShown(t, "the viewer", page, http.StatusOK)
	for _, text := range []string{`data-tenant="sandbox"`, `href="/_sandbox/ui/tenants/sandbox/customers"`, `<option value="sandbox-compliance">`, `action="/_sandbox/docs"`, `aria-current="page">API documents`} {
		if !strings.Contains(page.text, text) {
			t.Errorf("the viewer has no %s", text)
		}
	}
	if strings.Contains(page.text, "data-port") {
		t.Error("the product is said to be elsewhere")
	}
	for _, file := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "docs.css", "docs.js"} {
		if a := open.visit(console.DocsPath + "/" + file); a.status != http.StatusOK || !strings.Contains(page.text, console.DocsPath+"/"+file) {
			t.Errorf("%s gives %d", file, a.status)
		}
	}
	if link := open.page("demo", "clock"); !strings.Contains(link, `href="/_sandbox/docs?tenant=demo"`) {
		t.Error("the navigation does not hand its tenant to the viewer")
	}
	without := openLocal(t, app.Config{NoFixedTokens: true})
	if page := without.visit(console.DocsPath); strings.Contains(page.text, `id="token"`) || strings.Contains(page.text, "sandbox-admin") {
		t.Error("tokens are offered that are switched off")
	}
	apart := openLocal(t, app.Config{Addr: "localhost:8081", ControlAddr: "localhost:9090"})
	elsewhere := httptest.NewRecorder()
	apart.app.ControlHandler().ServeHTTP(elsewhere, httptest.NewRequest(http.MethodGet, "http://localhost:9090"+console.DocsPath, http.NoBody))
	if !strings.Contains(elsewhere.Body.String(), `data-port="8081"`) || !strings.Contains(elsewhere.Header().Get("Content-Security-Policy"), "connect-src 'self' http://*:8081;") {
		t.Errorf("with a listener of its own: %v", elsewhere.Header())
	}
}
