package app_test

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/spec"
)

// unsent are the documented events that no flow makes happen, and why.
func unsent() map[string]string {
	return map[string]string{}
}

// toldParity holds what webhooks tell of the flows' events to the callbacks of the
// document.
type toldParity struct {
	schemas map[string]*openapi3.Schema

	mu   sync.Mutex
	told map[string]bool
}

// newToldParity finds the schema of each event: that of the callback of its name.
func newToldParity(t *testing.T) *toldParity {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(spec.Product())
	if err != nil {
		t.Fatal(err)
	}
	p := &toldParity{schemas: map[string]*openapi3.Schema{}, told: map[string]bool{}}
	for name, callback := range document.Paths.Value("/webhooks/subscriptions").Post.Callbacks {
		for _, item := range callback.Value.Map() {
			p.schemas[name] = item.Post.RequestBody.Value.Content.Get("application/json").Schema.Value
		}
	}
	return p
}

// note checks what would be told of each event of a flow's tenant.
func (p *toldParity) note(t *testing.T, played *flowPlay) {
	t.Helper()
	events, err := played.server.events(played.tenant, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if !slices.Contains(delivery.Events(), e.Type) {
			continue
		}
		body, err := webhooks.EventOf("flows", e).Body()
		if err != nil {
			t.Fatal(err)
		}
		p.checkBody(t, e.Type, body)
	}
}

func (p *toldParity) checkBody(t *testing.T, event, body string) {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatal(err)
	}
	schema := p.schemas[event]
	if schema == nil {
		t.Errorf("%s has no callback", event)
		return
	}
	if err := schema.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		t.Errorf("what is told of %s breaks the document: %v\n%s", event, err, body)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told[event] = true
}

// check finds events that no flow makes happen, and callbacks of no event.
func (p *toldParity) check(t *testing.T) {
	t.Helper()
	for _, event := range delivery.Events() {
		if told, why := p.told[event], unsent()[event]; told == (why != "") {
			t.Errorf("%s: told by a flow is %v, and the reason why not is %q", event, told, why)
		}
	}
	documented := slices.Sorted(maps.Keys(p.schemas))
	if events := slices.Sorted(slices.Values(delivery.Events())); !slices.Equal(documented, events) {
		t.Errorf("the callbacks are %v, the events %v", documented, events)
	}
}
