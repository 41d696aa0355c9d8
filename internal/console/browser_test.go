package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
)

// sandbox is a running one with its console.
type sandbox struct {
	t       *testing.T
	address string
}

func openSandbox(t *testing.T) *sandbox {
	t.Helper()
	if os.Getenv("SANDBOX_BROWSER") == "" {
		t.Skip(".ci/run browser runs it: it needs Chromium")
	}
	opened, err := app.Open(app.Config{Seed: "browser", Quiet: true, Version: "test", Settings: setting.Settings{Headers: setting.Relaxed}}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(opened.Handler())
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		opened.Close()
	})
	return &sandbox{t, server.URL}
}

// call makes a call of an administrator in the tenant demo, and gives the reply as text.
func (s *sandbox) call(method, path, body string) string {
	s.t.Helper()
	return s.callIn("demo", method, path, body)
}

func (s *sandbox) callIn(tenant, method, path, body string) string {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.address+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("X-Tenant-ID", tenant)
	r.Header.Set("Authorization", "Bearer sandbox-admin")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// populate fills the tenant demo with something for each page, and gives the pages that
// show it.
func (s *sandbox) populate() (pages []string) {
	s.t.Helper()
	s.call(http.MethodPost, "/_sandbox/clock/freeze", `{}`)
	s.call(http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"name": "shop", "url": "https://shop.invalid/a/long/path/that/does/not/fit/anywhere", "events": ["customer.created"]}`)
	for _, body := range []string{
		`{"count": 3}`, `{"state": "REJECTED"}`, `{"state": "IN_PROGRESS"}`, `{"state": "SUSPENDED"}`, `{"kind": "organization"}`,
		`{"firstName": "<script>alert(1)</script>", "lastName": "\"><img src=x onerror=alert(1)>", "email": "eve@example.com"}`,
	} {
		s.call(http.MethodPost, "/_sandbox/customers", body)
	}
	s.call(http.MethodPost, "/_sandbox/snapshots/before", "")
	s.call(http.MethodPost, "/_sandbox/clock/advance", `{"by": "2d"}`)
	s.call(http.MethodGet, "/api/v2.1/nope", "")
	s.call(http.MethodPost, "/api/v2.1/customer/individual/registration", `{"firstName": "<b>Anna</b>", "email": "x"}`)
	pages = []string{"", "customers", "requests", "clock", "scenarios", "scenarios/happy-path", "webhooks", "coverage", "state", "machines", "machines/order"}
	var list struct {
		Customers []struct{ CustomerID, WalletID string }
		Entries   []struct{ Number int }
	}
	for _, path := range []string{"/_sandbox/customers", "/_sandbox/journal"} {
		if err := json.Unmarshal([]byte(s.call(http.MethodGet, path, "")), &list); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, c := range list.Customers {
		if c.WalletID != "" {
			s.call(http.MethodPost, "/_sandbox/wallets/"+c.WalletID+"/fund", `{"amount": "10.00"}`)
		}
		pages = append(pages, "customers/"+c.CustomerID)
	}
	return append(pages, fmt.Sprintf("requests/%d", list.Entries[len(list.Entries)-1].Number), "customers/nope")
}

// browser is a tab, and what went wrong in it.
type browser struct {
	context.Context //nolint:containedctx // it is the tab
	t               *testing.T
	mu              sync.Mutex
	wrong           []string
}

// openBrowser opens a tab of Chromium in which errors of scripts, breaches of the
// policy, and requests to another host are noted.
func openBrowser(t *testing.T, home string) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))
	allocator, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	tab, leave := chromedp.NewContext(allocator)
	t.Cleanup(leave)
	return listen(tab, t, home)
}

// another opens a tab of the same browser.
func (b *browser) another(home string) *browser {
	tab, leave := chromedp.NewContext(b)
	b.t.Cleanup(leave)
	return listen(tab, b.t, home)
}

func listen(tab context.Context, t *testing.T, home string) *browser {
	t.Helper()
	b := &browser{Context: tab, t: t}
	err := chromedp.Listen(tab, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.note(fmt.Sprint("exception: ", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
		case *log.EventEntryAdded:
			// A page that is not there is answered with 404, which browsers log.
			if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "404 (Not Found)") {
				b.note("error: " + e.Entry.Text)
			}
		case *network.EventRequestWillBeSent:
			if to := e.Request.URL; !strings.HasPrefix(to, home+"/") && !strings.HasPrefix(to, "data:") {
				b.note("request to " + to)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	return b
}

// call makes a call of the protocol.
func call[P, R any](b *browser, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b, command, params); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) note(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = append(b.wrong, what)
}

// do does something in the tab, which must not take long.
func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, end := context.WithTimeout(b, 30*time.Second)
	defer end()
	for i, action := range actions {
		if err := chromedp.Do(ctx, action); err != nil {
			b.t.Fatalf("action %d: %v; the page shows\n%s", i, err, reads[string](b, "location.href + document.body.innerText"))
		}
	}
}

// until waits until a condition in the language of browsers holds.
func (b *browser) until(condition string) {
	b.t.Helper()
	if _, err := chromedp.Run(b, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(30*time.Second))); err != nil {
		b.t.Fatalf("%s: %v; the page shows\n%s", condition, err, reads[string](b, "document.body.innerText"))
	}
}

// reads gives what an expression in the tab comes to.
func reads[T any](b *browser, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%.200s: %v", expression, err)
	}
	return value
}

// clean fails if something went wrong in the tab.
func (b *browser) clean(about string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, what := range b.wrong {
		b.t.Errorf("%s: %s", about, what)
	}
	b.wrong = nil
}

// looks is how a page is looked at.
type looks struct {
	scheme string
	width  int64
}

func (l looks) String() string { return fmt.Sprintf("%s-%d", l.scheme, l.width) }

func (l looks) set(b *browser) {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: l.width, Height: 900, DeviceScaleFactor: 1})
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}}})
}

var allLooks = []looks{{"light", 1400}, {"dark", 1400}, {"light", 390}, {"dark", 390}}

// TestPagesInABrowser: every page, in both colour schemes and on a phone, without an
// error, a request to another host, a fault that axe finds, something that is cut off, or
// scrolling from side to side.
func TestPagesInABrowser(t *testing.T) {
	s := openSandbox(t)
	pages := s.populate()
	b := openBrowser(t, s.address)
	axe, err := os.ReadFile(os.Getenv("AXE"))
	if err != nil {
		t.Fatalf("AXE is to name the file of axe-core: %v", err)
	}
	for _, l := range allLooks {
		l.set(b)
		for _, page := range pages {
			about := l.String() + " " + page
			b.do(chromedp.Navigate(s.address+"/_sandbox/ui/tenants/demo/"+page), chromedp.WaitReady(chromedp.CSS("main")))
			b.clean(about)
			if wide := reads[int64](b, "document.documentElement.scrollWidth"); wide > l.width {
				t.Errorf("%s: it is %d pixels wide: %s", about, wide, reads[string](b, widest))
			}
			if cut := reads[[]string](b, cutOff); len(cut) > 0 {
				t.Errorf("%s: cut off is %v", about, cut)
			}
			reads[bool](b, string(axe)+"; true")
			if found := reads[[]string](b, runAxe); len(found) > 0 {
				t.Errorf("%s: axe finds\n%s", about, strings.Join(found, "\n"))
			}
			keep(b, l.String(), page)
		}
	}
}

const (
	// widest says what stands out of the page.
	widest = `[...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth && !e.closest(".scroll, .diagram, pre")).map(e => e.outerHTML.slice(0, 120)).slice(0, 3).join("\n")`
	// cutOff are the texts of drawings that do not fit into their boxes.
	cutOff = `[...document.querySelectorAll("svg g:has(rect)")].flatMap(g => {
		const box = g.querySelector("rect").getBBox();
		return [...g.querySelectorAll("text")].filter(t => t.getBBox().x < box.x + 2 || t.getBBox().x + t.getBBox().width > box.x + box.width - 2).map(t => t.textContent);
	}).concat([...document.querySelectorAll("svg")].flatMap(s => [...s.querySelectorAll("text")].filter(t => t.getBBox().x < 0 || t.getBBox().x + t.getBBox().width > s.viewBox.baseVal.width).map(t => t.textContent)))`
	// runAxe says what is wrong for whom.
	runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + (n.any[0] || {message: ""}).message).join(" | ")))`
)

// keep leaves a picture of a page where SCREENSHOTS says.
func keep(b *browser, looks, page string) {
	b.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	name := strings.ReplaceAll("overview/"+page, "/", "-")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, strings.TrimSuffix(name, "-")+"."+looks+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// push pushes a button, within something that a selector finds.
func (b *browser) push(within, label string) {
	b.t.Helper()
	xpath := fmt.Sprintf(`//%s//button[normalize-space()=%q]`, within, label)
	b.do(chromedp.WaitVisible(chromedp.Search(xpath)), chromedp.Click(chromedp.Search(xpath)))
}

// TestStoryInABrowser: a person is made, rejected for a reason that can be read, and is
// as before again; with and without JavaScript.
func TestStoryInABrowser(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripts %v", scripts), func(t *testing.T) {
			s := openSandbox(t)
			b := openBrowser(t, s.address)
			call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
			b.do(chromedp.Navigate(s.address + "/"))
			b.do(chromedp.SetValue(chromedp.CSS("#tenant"), "a-new-one"))
			b.push("header", "Open")
			b.shows("Nobody is here yet")
			b.push("main", "Freeze")
			b.shows("The clock stands still")
			b.do(chromedp.Click(chromedp.Search(`//nav//a[.="Customers"]`)), chromedp.WaitVisible(chromedp.CSS(`form[action$="make-customers"]`)))
			b.do(chromedp.SetValue(chromedp.CSS(`form[action$="make-customers"] [name=state]`), "IN_PROGRESS"), chromedp.SetValue(chromedp.CSS(`form[action$="make-customers"] [name=scenario]`), "kyc-rejected"),
				chromedp.SetValue(chromedp.CSS(`form[action$="make-customers"] [name=lastName]`), "Petrauskaite"))
			b.push("main", "Make")
			b.shows("Petrauskaite was made")
			b.do(chromedp.Click(chromedp.Search(`//nav//a[.="State"]`)))
			b.push("main", "Keep the state")
			b.shows("The state was kept")
			b.do(chromedp.Click(chromedp.Search(`//nav//a[.="Clock"]`)))
			b.push("main", "Step to the next")
			b.shows("verification.rejected")
			customer := func() {
				b.do(chromedp.Click(chromedp.Search(`//nav//a[.="Customers"]`)), chromedp.WaitVisible(chromedp.CSS("table[data-rows]")), chromedp.Click(chromedp.CSS(`table[data-rows] tbody a`)))
				b.shows("Where it stands")
			}
			customer()
			b.shows("would be refused now")
			b.shows("VERIFICATION_NOT_APPROVED")
			b.shows("of kyc-rejected")
			b.do(chromedp.Click(chromedp.Search(`//nav//a[.="State"]`)))
			b.push("main", "Restore")
			b.shows("The tenant is as it was")
			customer()
			b.shows("In progress")
			b.clean("the story")
		})
	}
}

// shows waits until the page has a text.
func (b *browser) shows(text string) {
	b.t.Helper()
	deadline := app.Now().Add(20 * time.Second)
	for {
		page, err := chromedp.Run(b, chromedp.TextContent(chromedp.CSS("main")))
		switch {
		case err == nil && strings.Contains(page, text):
			return
		case app.Now().After(deadline):
			b.t.Fatalf("it does not show %q: %v\n%s", text, err, page)
		}
	}
}

// TestLiveInABrowser: two who look at the same tenant see the same, and requests that
// come in hundreds do not keep a page from being drawn.
func TestLiveInABrowser(t *testing.T) {
	s := openSandbox(t)
	first := openBrowser(t, s.address)
	second := first.another(s.address)
	for _, b := range []*browser{first, second} {
		b.do(chromedp.Navigate(s.address+"/_sandbox/ui/tenants/demo/requests"), chromedp.WaitReady(chromedp.CSS("#live")))
	}
	// Of two tabs of one window only one is seen, and only that one is kept up to date.
	reads[any](second, `Object.defineProperty(document, "hidden", {value: false}); document.dispatchEvent(new Event("visibilitychange"))`)
	reads[any](first, `Object.defineProperty(document, "hidden", {value: false}); document.dispatchEvent(new Event("visibilitychange"))`)
	reads[any](first, `window.longest = 0; window.drawn = 0; { let last = performance.now(); const tick = now => { longest = Math.max(longest, now - last); last = now; drawn++; requestAnimationFrame(tick); }; requestAnimationFrame(tick); }`)
	const requests, pace = 600, 5 * time.Millisecond
	began := app.Now()
	var answered time.Duration
	for i := range requests {
		if i == requests/2 {
			// Somebody types in the middle of it.
			asked := app.Now()
			first.do(chromedp.KeyEvent("/"), chromedp.KeyEvent("anna"))
			if typed := reads[string](first, "document.activeElement.name + document.activeElement.value"); !strings.HasPrefix(typed, "text") || !strings.HasSuffix(typed, "anna") {
				t.Errorf("what was typed is %q", typed)
			}
			answered = app.Now().Sub(asked)
		}
		s.call(http.MethodGet, "/api/v2.1/nope?"+url.Values{"n": {fmt.Sprint(i)}}.Encode(), "")
		// It is a rate that is tried.
		if err := app.Pause(t.Context(), began.Add(time.Duration(i)*pace).Sub(app.Now())); err != nil {
			t.Fatal(err)
		}
	}
	took := app.Now().Sub(began)
	last := fmt.Sprintf(`document.querySelector("tr[data-key='%d']") !== null`, requests)
	first.until(last)
	second.until(last)
	longest, updates := reads[float64](first, "longest"), reads[float64](first, `Number(document.getElementById("live").dataset.drawn)`)
	t.Logf("%d requests in %s, %v updates, the longest time without a picture %.0f ms, keys answered in %s", requests, took, updates, longest, answered)
	if answered > 2*time.Second {
		t.Errorf("what was typed took %s", answered)
	}
	if longest > 700 {
		t.Errorf("for %.0f ms nothing was drawn", longest)
	}
	if most := 12 * (took.Seconds() + 1); updates > most {
		t.Errorf("%v updates in %s", updates, took)
	}
	const rows = `[...document.querySelectorAll("tr[data-key]")].map(r => r.dataset.key + r.innerText).join()`
	if a, b := reads[string](first, rows), reads[string](second, rows); a != b {
		t.Errorf("one sees\n%s\nand the other\n%s", a, b)
	}
	if n := reads[int](first, `document.querySelectorAll("tr[data-key]").length`); n != 50 {
		t.Errorf("%d rows are shown", n)
	}
	first.clean("live")
}

// TestKeysInABrowser: a slash leads to the search, arrows move in tables, the first tab
// leads to the content, and what is open stays so when the page is drawn anew.
func TestKeysInABrowser(t *testing.T) {
	s := openSandbox(t)
	s.populate()
	b := openBrowser(t, s.address)
	b.do(chromedp.Navigate(s.address+"/_sandbox/ui/tenants/demo/customers"), chromedp.WaitReady(chromedp.CSS("main")))
	b.do(chromedp.KeyEvent("\t"))
	if text := reads[string](b, "document.activeElement.innerText"); text != "To the content" {
		t.Errorf("the first tab leads to %q", text)
	}
	b.do(chromedp.KeyEvent("/"))
	if name := reads[string](b, "document.activeElement.name"); name != "text" {
		t.Errorf("a slash leads to %q", name)
	}
	b.do(chromedp.Focus(chromedp.CSS("table[data-rows] tbody a")), chromedp.KeyEvent(kb.ArrowDown))
	if at := reads[int](b, `[...document.querySelectorAll("tbody a")].indexOf(document.activeElement)`); at != 1 {
		t.Errorf("an arrow leads to row %d", at)
	}
	b.do(chromedp.Navigate(s.address+"/_sandbox/ui/tenants/demo/webhooks"), chromedp.Click(chromedp.CSS("details.entry summary")))
	s.call(http.MethodPost, "/_sandbox/customers", "{}")
	b.until(`document.getElementById("live").dataset.drawn > 1`)
	if !reads[bool](b, `[...document.querySelectorAll("details.entry")].filter(d => d.open).length === 1`) {
		t.Error("what was open is not any more")
	}
	b.clean("keys")
}
