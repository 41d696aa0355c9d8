package engine_test

import (
	"testing"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/store"
)

// Data files that were written before rules travelled have none in their pending
// choices, timers and events; nor has what nobody decided.
func TestWhatNobodyDecidedNamesNoRule(t *testing.T) {
	var armed machine.Armed
	var timer engine.Timer
	var event engine.Event
	for text, into := range map[string]any{
		`{"point":"egg.outcome","option":"CHICK","trigger":"hatch","due":"2026-01-06T09:00:00Z","seq":3}`:                         &armed,
		`{"due":"2026-01-06T09:00:00Z","seq":3,"entity":"egg","id":"e","point":"egg.outcome","option":"CHICK","trigger":"hatch"}`: &timer,
		`{"seq":1,"at":"2026-01-06T09:00:00Z","type":"egg.laid","entity":"egg","id":"e","state":"LAID"}`:                          &event,
	} {
		if err := store.Decode(text, into); err != nil {
			t.Error(err)
		}
	}
	if armed.Point == "" || timer.Point == "" || event.Type == "" || armed.Rule != (machine.Rule{}) || timer.Rule != (machine.Rule{}) || event.Rule != (machine.Rule{}) {
		t.Errorf("read %+v, %+v, %+v", armed, timer, event)
	}
	if text, err := store.Encode(event); err != nil || text != `{"seq":1,"at":"2026-01-06T09:00:00Z","type":"egg.laid","entity":"egg","id":"e","state":"LAID"}` {
		t.Errorf("written as %s: %v", text, err)
	}
}
