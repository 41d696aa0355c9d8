// Package control has one handler for every operation of the control API: what
// the sandbox has and production does not. It serves under /_sandbox, in plain
// JSON. It must not reach past the verbs of internal/sandbox.
package control

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
	"finhub-sandbox/spec"
)

// Info is what the control API tells about the process.
type Info struct {
	Version string
	// Uptime is how long the process has run, in real time.
	Uptime func() time.Duration
	// Unready says why the state cannot be written; nothing if it can.
	Unready func() string
	// Docs is the viewer of the documents.
	Docs http.Handler
}

// API answers the operations of the control document.
type API struct {
	sandbox *sandbox.Sandbox
	info    Info
}

// New makes the control API over a sandbox.
func New(s *sandbox.Sandbox, info Info) *API { return &API{sandbox: s, info: info} }

// Handlers gives the handlers by operationId.
func (a *API) Handlers() map[string]rest.Handler {
	return map[string]rest.Handler{
		"getHealth":         a.getHealth,
		"getClock":          a.getClock,
		"freezeClock":       a.freezeClock,
		"runClock":          a.runClock,
		"advanceClock":      a.advanceClock,
		"resetTenant":       a.resetTenant,
		"getSettings":       a.getSettings,
		"updateSettings":    a.updateSettings,
		"fundWallet":        a.fundWallet,
		"setCustomerStatus": a.setCustomerStatus,
		"setWalletStatus":   a.setWalletStatus,
		"listScenarios":     a.listScenarios,
		"getScenario":       a.getScenario,
		"useScenario":       a.useScenario,
		"listMagic":         a.listMagic,
		"listMachines":      a.listMachines,
		"getMachine":        a.getMachine,
		"getDocs":           asset(a.page),
		"getOpenapiJson":    asset(jsonDocument(spec.Product)),
		"getOpenapiYaml":    asset(yamlDocument(spec.Product)),
		"getControlJson":    asset(jsonDocument(spec.Control)),
		"getControlYaml":    asset(yamlDocument(spec.Control)),
	}
}

// operator is the caller of control operations: whoever reaches them may do
// everything in the tenant.
func operator(c *rest.Call) access.Caller {
	return access.Caller{Sort: access.Staff, Tenant: c.Tenant, UserID: "sandbox-control", PowerTenant: true}
}

// getHealth tells that the server takes requests, and whether it can write what
// they change.
func (a *API) getHealth(*rest.Call) (rest.Reply, error) {
	health := map[string]any{
		"status": "ready", "version": a.info.Version, "uptime": a.info.Uptime().Round(time.Millisecond).String(),
	}
	reply := rest.Reply{Data: health}
	if reason := a.info.Unready(); reason != "" {
		reply.Status, health["status"], health["reason"] = http.StatusServiceUnavailable, "not ready", reason
	}
	return reply, nil
}

// resetTenant empties the tenant; its scenario and settings stay unless the body
// asks for everything.
func (a *API) resetTenant(c *rest.Call) (rest.Reply, error) {
	removed, err := a.sandbox.Reset(c.Context(), c.Tenant, c.Body.Bool("everything"))
	scenario, _ := a.sandbox.TenantScenario(c.Tenant)
	return rest.Reply{Data: map[string]any{"tenant": c.Tenant, "removed": removed, "scenario": scenario}}, err
}

// asset answers with a text that is made when it is first asked for.
func asset(first func() (*rest.Asset, error)) rest.Handler {
	first = sync.OnceValues(first)
	return func(*rest.Call) (rest.Reply, error) {
		text, err := first()
		return rest.Reply{Asset: text}, err
	}
}

func jsonDocument(document []byte) func() (*rest.Asset, error) {
	return func() (*rest.Asset, error) { return rest.NewAsset("application/json", document), nil }
}

func yamlDocument(document []byte) func() (*rest.Asset, error) {
	return func() (*rest.Asset, error) {
		text, err := spec.YAML(document)
		return rest.NewAsset("application/yaml", text), err
	}
}

// page gives the page of the viewer; what the page loads is served beside it.
func (a *API) page() (*rest.Asset, error) {
	recorder := httptest.NewRecorder()
	a.info.Docs.ServeHTTP(recorder, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: DocsPath}})
	return rest.NewAsset("text/html", bytes.TrimLeft(recorder.Body.Bytes(), "\n")), nil
}
