package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
)

// callingPage is a front end: it registers a customer of the product at %s, tries to
// move the clock and to read it, and writes down what came of each.
const callingPage = `<!doctype html><title>front end</title><pre id="told"></pre><script type="module">
const told = [], base = %q;
async function tell(path, options) {
  try {
    const reply = await fetch(base + path, options);
    told.push({path, status: reply.status, text: await reply.text(), id: reply.headers.get("X-Request-ID")});
  } catch (e) { told.push({path, failed: String(e)}); }
}
const headers = {
  Authorization: "Bearer sandbox-admin", "X-Tenant-ID": "page", "Content-Type": "application/json",
  "X-Device-ID": "browser", "X-Forwarded-From": "page", "Platform": "WEB", "X-User-ID": "u-1",
};
await tell("/api/v2.1/customer/individual/registration", {method: "POST", headers, credentials: "include", body: JSON.stringify({
  firstName: "Anna", lastName: "Petrauskaitė", email: "anna@example.com", phone: "+37062767557", password: "SecurePass123!",
  matchingPassword: "SecurePass123!", customerCategory: {code: "STANDARD_INDIVIDUAL"},
})});
await tell("/_sandbox/clock", {headers: {"X-Tenant-ID": "page"}});
await tell("/_sandbox/clock");
await tell("/_sandbox/clock/freeze", {method: "POST", mode: "no-cors", body: ""});
await tell("/_sandbox/reset", {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"});
document.getElementById("told").textContent = JSON.stringify(told);
document.title = "done";
</script>`

// TestAPageInABrowser: a front end on another port of this machine registers a customer,
// and neither reads nor moves anything under /_sandbox, in a browser that has its own
// idea of what a page may do.
func TestAPageInABrowser(t *testing.T) {
	if os.Getenv("SANDBOX_BROWSER") == "" {
		t.Skip(".ci/run browser runs it: it needs Chromium")
	}
	for name, c := range map[string]struct {
		config app.Config
		may    bool
	}{"this machine": {app.Config{}, true}, "no page": {app.Config{Pages: app.Pages{Off: true}}, false}} {
		t.Run(name, func(t *testing.T) { checkBrowser(t, c.config, c.may) })
	}
}

// told is what a page wrote down of one call.
type told struct {
	Path, Failed, Text, ID string
	Status                 int
}

func checkBrowser(t *testing.T, config app.Config, may bool) {
	l := serveFor(t, config)
	_, port, _ := strings.Cut(strings.TrimPrefix(l.addrs[0], "127.0.0.1"), ":")
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, callingPage, "http://localhost:"+port)
	}))
	defer page.Close()
	tells := browse(t, page.URL)
	if len(tells) != 5 {
		t.Fatalf("the page told %+v", tells)
	}
	if registered := tells[0]; may != (registered.Status == http.StatusOK) || may != (registered.ID != "") {
		t.Errorf("the registration gives %+v", registered)
	}
	for _, refused := range tells[1:] {
		if refused.Status >= 200 && refused.Status < 300 || refused.Text != "" {
			t.Errorf("the page got %+v", refused)
		}
	}
	if clock := l.ask(t, "GET /_sandbox/clock", "X-Tenant-ID: sandbox"); !strings.Contains(clock.body, `"running"`) {
		t.Errorf("the clock that a page tried to freeze shows %s", clock.body)
	}
	if list := l.ask(t, "GET /_sandbox/journal", "X-Tenant-ID: page"); may != strings.Contains(list.body, "registerIndividual") {
		t.Errorf("what came from the page is %s", list.body)
	}
}

var preText = regexp.MustCompile(`(?s)<pre id="told">(.*?)</pre>`)

// browse opens a page in Chromium and gives what it wrote down.
func browse(t *testing.T, url string) (tells []told) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	chromium := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		"--virtual-time-budget=20000", "--dump-dom", url)
	page, err := chromium.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := preText.FindSubmatch(page)
	if found == nil {
		t.Fatalf("the page shows %s", page)
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &tells); err != nil {
		t.Fatalf("%v: the page shows %s", err, page)
	}
	return tells
}
