// Package control has one handler for every operation of the control API: what
// the sandbox has and production does not. It serves under /_sandbox, in plain
// JSON. It must not reach past the verbs of internal/sandbox.
package control

import (
	"net/http"
	"sync"
	"time"

	"finhub-sandbox/internal/coverage"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/metrics"
	"finhub-sandbox/internal/recording"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/webhook"
	"finhub-sandbox/spec"
)

// Info is what the control API tells about the process.
type Info struct {
	Version string
	// Uptime is how long the process has run, in real time.
	Uptime func() time.Duration
	// Unready says why the state cannot be written; nothing if it can.
	Unready func() string
	// Database tells of the database that has the state; nothing if none has.
	Database func() map[string]any
	// ProductAddr is the address of the product, if that is another than this API's.
	ProductAddr string
	// Docs makes the page of the viewer of the documents.
	Docs func() (*rest.Asset, error)
	// Journal has the last requests; nil is none.
	Journal *journal.Journal
	// Send sends a request to this sandbox, and gives the headers of its reply.
	Send func(*http.Request) http.Header
	// Recorder records tenants.
	Recorder *recording.Recorder
	// Coverage has what requests have met.
	Coverage *coverage.Coverage
	// Metrics has the counts of the process.
	Metrics *metrics.Metrics
	// Now is the real time.
	Now func() time.Time
}

// API answers the operations of the control document.
type API struct {
	world  *world.World
	sender *webhook.Sender
	info   Info
}

// New makes the control API over a world, and the sender of its webhooks.
func New(w *world.World, sender *webhook.Sender, info Info) *API {
	return &API{world: w, sender: sender, info: info}
}

// Handlers gives the handlers by operationId.
func (a *API) Handlers() map[string]rest.Handler {
	return map[string]rest.Handler{
		"getHealth":         a.getHealth,
		"getMetrics":        a.getMetrics,
		"getClock":          a.getClock,
		"freezeClock":       a.freezeClock,
		"runClock":          a.runClock,
		"advanceClock":      a.advanceClock,
		"resetTenant":       a.resetTenant,
		"exportState":       a.exportState,
		"importState":       a.importState,
		"listSnapshots":     a.listSnapshots,
		"takeSnapshot":      a.takeSnapshot,
		"exportSnapshot":    a.exportSnapshot,
		"deleteSnapshot":    a.deleteSnapshot,
		"restoreSnapshot":   a.restoreSnapshot,
		"forkSnapshot":      a.forkSnapshot,
		"getSettings":       a.within(getSettings),
		"updateSettings":    a.within(updateSettings),
		"fundWallet":        a.within(fundWallet),
		"listCustomers":     a.within(listCustomers),
		"createCustomers":   a.createCustomers,
		"getCustomer":       a.within(getCustomer),
		"setCustomerStatus": a.within(setCustomerStatus),
		"setWalletStatus":   a.within(setWalletStatus),
		"listScenarios":     a.within(listScenarios),
		"getScenario":       a.within(getScenario),
		"useScenario":       a.within(useScenario),
		"listMagic":         a.within(listMagic),
		"listDeliveries":    a.within(listDeliveries),
		"resendDelivery":    a.within(resendDelivery),
		"resendDeliveries":  a.within(resendDeliveries),
		"answerDelivery":    a.answerDelivery,
		"listenForWebhooks": a.listenForWebhooks,
		"listInbox":         a.within(listInbox),
		"explainCall":       a.explainCall,
		"showTimeline":      a.showTimeline,
		"listEvents":        a.within(listEvents),
		"waitFor":           a.waitFor,
		"listJournal":       a.listJournal,
		"getJournalEntry":   a.getJournalEntry,
		"streamJournal":     a.streamJournal,
		"replayRequest":     a.replayRequest,
		"verifyRequests":    a.verifyRequests,
		"startRecording":    a.startRecording,
		"saveRecording":     a.saveRecording,
		"stopRecording":     a.stopRecording,
		"getCoverage":       a.getCoverage,
		"listMachines":      a.listMachines,
		"getMachine":        a.getMachine,
		"getDocs":           asset(a.info.Docs),
		"getLlms":           asset(llms),
		"getQuickstart":     a.getQuickstart,
		"getOpenapiJson":    asset(jsonDocument(spec.Product)),
		"getOpenapiYaml":    asset(yamlDocument(spec.Product)),
		"getControlJson":    asset(jsonDocument(spec.Control)),
		"getControlYaml":    asset(yamlDocument(spec.Control)),

		"getScenarioReference": a.within(getScenarioReference),
		"getScenarioSchema":    asset(a.scenarioSchema),
	}
}

// within makes one act of the operator's of a call.
func (a *API) within(handler func(*rest.Call, *world.Act) (rest.Reply, error)) rest.Handler {
	return func(c *rest.Call) (rest.Reply, error) {
		verb := func(act *world.Act) (rest.Reply, error) {
			c.Instant, c.Behind = act.Now(), act.LastEvent()
			return handler(c, act)
		}
		if c.Operation.Method == http.MethodGet {
			return world.Show(c.Context(), a.world, operator(c), verb)
		}
		return world.Do(c.Context(), a.world, operator(c), verb)
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
	if database := a.info.Database(); database != nil {
		health["database"] = database
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
	removed, err := a.world.Reset(c.Context(), c.Tenant, c.Body.Bool("everything"))
	if err != nil {
		return rest.Reply{}, err
	}
	if a.info.Journal != nil {
		a.info.Journal.Clear(c.Tenant)
	}
	a.info.Coverage.Clear(c.Tenant)
	return world.Show(c.Context(), a.world, operator(c), func(act *world.Act) (rest.Reply, error) {
		scenario, _ := world.TenantScenario(act)
		return rest.Reply{Data: map[string]any{"tenant": c.Tenant, "removed": removed, "scenario": scenario}}, nil
	})
}

// asset answers with a text that is made when it is first asked for.
func asset(first func() (*rest.Asset, error)) rest.Handler {
	first = sync.OnceValues(first)
	return func(*rest.Call) (rest.Reply, error) {
		text, err := first()
		return rest.Reply{Asset: text}, err
	}
}

func jsonDocument(document func() []byte) func() (*rest.Asset, error) {
	return func() (*rest.Asset, error) { return rest.NewAsset("application/json", document()), nil }
}

func yamlDocument(document func() []byte) func() (*rest.Asset, error) {
	return func() (*rest.Asset, error) {
		text, err := spec.YAML(document())
		return rest.NewAsset("application/yaml", text), err
	}
}
