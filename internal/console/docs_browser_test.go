package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestDocsInABrowser: the viewer of the documents stands in the console's frame, calls in
// the tenant that the console has open, as who is chosen there, and sends nothing that
// an operation does not require: a customer who is registered with it goes by the
// scenario of the tenant.
func TestDocsInABrowser(t *testing.T) {
	s := openSandbox(t)
	b := openBrowser(t, s.address)
	b.do(chromedp.Navigate(s.address+"/_sandbox/ui/tenants/a+tenant/"), chromedp.WaitReady(chromedp.CSS("main")))
	b.do(chromedp.Click(chromedp.Search(`//nav//a[.="API documents"]`)), chromedp.WaitReady(chromedp.CSS("#swagger-ui")))
	b.until(`document.querySelector(".opblock") !== null`)
	for _, path := range []string{"/_sandbox/docs#/Registration/registerIndividual", "/_sandbox/docs?tenant=a%2Btenant#/Registration/registerIndividual"} {
		b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.address+path), chromedp.WaitVisible(chromedp.CSS(".try-out__btn")), chromedp.Click(chromedp.CSS(".try-out__btn")))
		filled := reads[map[string]string](b, filledIn)
		for name, value := range filled {
			required := strings.HasSuffix(name, "*")
			if required == (value == "") {
				t.Errorf("%s: %s is filled in with %q", path, name, value)
			}
		}
		if filled["X-Tenant-ID*"] != "a+tenant" || len(filled) < 5 {
			t.Errorf("%s: filled in is %v", path, filled)
		}
		for _, link := range reads[[]string](b, `[...document.querySelectorAll("nav a")].map(a => a.pathname)`)[:9] {
			if !strings.HasPrefix(link, "/_sandbox/ui/tenants/a%2Btenant/") {
				t.Errorf("%s: the navigation leads to %s", path, link)
			}
		}
	}
	for _, document := range []string{"openapi", "control"} {
		if list := reads[[]string](b, strings.Replace(filledByItself, "DOCUMENT", document, 1)); len(list) > 0 {
			t.Errorf("%s: filled in by themselves are %v", document, list)
		}
	}
	b.do(chromedp.Click(chromedp.CSS(".execute")))
	b.until(`document.querySelector(".live-responses-table tbody .response-col_status")?.innerText.includes("200")`)
	var list struct {
		Customers []struct{ CustomerID, Scenario, State string }
	}
	if err := json.Unmarshal([]byte(s.callIn("a+tenant", http.MethodGet, "/_sandbox/customers", "")), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Customers) != 1 || list.Customers[0].Scenario != "happy-path" {
		t.Errorf("the tenant has %v", list)
	}
	if sent := s.callIn("a+tenant", http.MethodGet, "/_sandbox/journal?operation=registerIndividual", ""); strings.Contains(sent, "X-Sandbox-Scenario\",\"value\":\"kyc") || !strings.Contains(sent, `"Authorization"`) {
		t.Errorf("sent was %s", sent)
	}
	b.do(chromedp.SetValue(chromedp.CSS("#token"), ""))
	reads[bool](b, `document.getElementById("token").dispatchEvent(new Event("change"))`)
	b.do(chromedp.Click(chromedp.CSS(".execute")))
	b.until(`document.querySelector(".live-responses-table tbody .response-col_status")?.innerText.includes("401")`)
	if asked := reads[string](b, `localStorage.getItem("finhub-sandbox.token")`); asked != "" {
		t.Errorf("the choice of a token is kept as %q", asked)
	}
	b.mu.Lock()
	b.wrong = without(b.wrong, "401 (Unauthorized)")
	b.mu.Unlock()
	b.clean("the viewer")
}

func without(list []string, part string) (rest []string) {
	for _, text := range list {
		if !strings.Contains(text, part) {
			rest = append(rest, text)
		}
	}
	return rest
}

// filledIn gives the parameters of the operation that is open, with a star behind the
// name of those that are required, and what is filled in.
const filledIn = `Object.fromEntries([...document.querySelectorAll(".parameters tr[data-param-name]")].map(row => {
	const field = row.querySelector("input, select, textarea");
	return [row.dataset.paramName + (row.querySelector(".required") ? "*" : ""), field ? field.value : ""];
}))`

// filledByItself lists parameters that no operation requires, and that the viewer would
// fill in all the same. The tenant is what the console has open.
const filledByItself = `fetch("/_sandbox/DOCUMENT.json").then(r => r.json()).then(prepare).then(spec => {
	const all = [...Object.values(spec.components.parameters), ...Object.values(spec.paths).flatMap(p => [p, ...Object.values(p)]).flatMap(o => o.parameters || [])].filter(p => p.name);
	if (all.length < 20) return ["only " + all.length + " parameters are there"];
	return all.filter(p => !p.required && p.name !== "X-Tenant-ID" && /"(example|examples|default)":/.test(JSON.stringify(p))).map(p => p.name);
})`

// TestDocsLookInABrowser: the viewer is readable in both colour schemes, and on a phone
// nothing stands out of the page.
func TestDocsLookInABrowser(t *testing.T) {
	s := openSandbox(t)
	b := openBrowser(t, s.address)
	axe, err := os.ReadFile(os.Getenv("AXE"))
	if err != nil {
		t.Fatalf("AXE is to name the file of axe-core: %v", err)
	}
	for _, l := range allLooks {
		l.set(b)
		// What an operation has when it is open is the same in both documents.
		for _, path := range []string{"?tenant=demo&document=control", "?tenant=demo#/Consents/acceptIndividualConsent"} {
			about := fmt.Sprintf("%s docs%s", l, path)
			b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(s.address+"/_sandbox/docs"+path))
			shown := ".opblock"
			if strings.Contains(path, "#") {
				shown = ".opblock-body .parameters"
			}
			b.until(`document.querySelector("` + shown + `") !== null`)
			if wide := reads[int64](b, "document.documentElement.scrollWidth"); wide > l.width {
				t.Errorf("%s: it is %d pixels wide: %s", about, wide, reads[string](b, widest))
			}
			reads[bool](b, string(axe)+"; true")
			if found := reads[[]string](b, axeInDocs); len(found) > 0 {
				t.Errorf("%s: axe finds\n%s", about, strings.Join(found, "\n"))
			}
			keep(b, l.String(), "docs"+strings.NewReplacer("?", "-", "#", "-", "=", "", "&", "-", "/", "").Replace(path))
			b.clean(about)
		}
	}
}

// axeInDocs looks at what is ours of the viewer, and at the colours of one group.
var axeInDocs = strings.NewReplacer("axe.run(document, ", `axe.run([...document.querySelectorAll("header, nav, h1, #choices, .info, .opblock-tag-section:has(.is-open), .opblock-tag-section:first-child")].slice(0, 6), `,
	`["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`, `{type: "rule", values: ["color-contrast", "link-name", "label", "aria-valid-attr"]}`).Replace(runAxe)
