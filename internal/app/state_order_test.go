package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/domain/refusal"
)

// reorderedState is a tenant's export with its members in alphabetical order, as tools
// write JSON, or in the opposite one.
func reorderedState(t *testing.T, a *app.App, tenant string, opposite bool, change func(map[string]any)) []byte {
	t.Helper()
	text, err := export(a, tenant)
	var value map[string]any
	if err == nil {
		decoder := json.NewDecoder(strings.NewReader(string(text)))
		decoder.UseNumber()
		err = decoder.Decode(&value)
	}
	if err != nil {
		t.Fatal(err)
	}
	change(value)
	names := slices.Sorted(maps.Keys(value))
	if opposite {
		slices.Reverse(names)
	}
	var members []string
	for _, name := range names {
		member, err := json.Marshal(value[name])
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, strconv.Quote(name)+":"+string(member))
	}
	return []byte("{" + strings.Join(members, ",") + "}")
}

// pendingLife is a tenant in which something is due.
func pendingLife(t *testing.T) *localSandbox {
	t.Helper()
	s := openLocal(t, app.Config{})
	s.must("life", http.MethodPost, "/_sandbox/clock/freeze", "{}")
	id := s.must("life", http.MethodPost, registrationPath, registrationOf("anna@example.com")).get("data.id")
	s.must("life", http.MethodPost, "/api/v2.1/customer/individual/"+id+"/verification", passport)
	return s
}

// TestStateInAnyOrder: members of a state may stand in any order. What is pending is
// counted, and what is refused is refused.
func TestStateInAnyOrder(t *testing.T) {
	s := pendingLife(t)
	before, pending := s.must("life", http.MethodGet, "/_sandbox/state", "").text, s.must("life", http.MethodGet, "/_sandbox/clock", "").get("pending")
	for _, opposite := range []bool{false, true} {
		text := reorderedState(t, s.app, "life", opposite, func(map[string]any) {})
		if reply := s.call("life", http.MethodPut, "/_sandbox/state", string(text)); reply.status != http.StatusOK {
			t.Fatalf("got %d %s", reply.status, reply.text)
		}
		if after := s.must("life", http.MethodGet, "/_sandbox/state", "").text; after != before {
			t.Errorf("it is another state: %s", firstDifference(before, after))
		}
		if got := s.must("life", http.MethodGet, "/_sandbox/clock", "").get("pending"); got != pending || got == "0" {
			t.Errorf("%s timers are pending, and were %s", got, pending)
		}
		text = reorderedState(t, s.app, "life", opposite, func(state map[string]any) { state["sequence"].(map[string]any)["events"] = 1 })
		if reply := s.call("life", http.MethodPut, "/_sandbox/state", string(text)); reply.status != http.StatusBadRequest || !strings.Contains(reply.text, "beyond the sequence: /sequence/events is 1") {
			t.Errorf("events beyond the sequence give %d %s", reply.status, reply.text)
		}
	}
}

// TestFaultsOfAStateAreBounded, whoever finds them.
func TestFaultsOfAStateAreBounded(t *testing.T) {
	s := openLocal(t, app.Config{})
	s.must("many", http.MethodPost, "/_sandbox/customers", `{"kind": "individual", "state": "ACTIVE", "count": 120}`)
	for name, change := range map[string]func(map[string]any){
		"references": func(entities map[string]any) { delete(entities, "user") },
		"records": func(entities map[string]any) {
			for _, record := range entities["customer"].(map[string]any) {
				record.(map[string]any)["state"] = "NOWHERE"
			}
		},
	} {
		text := reorderedState(t, s.app, "many", false, func(state map[string]any) { change(state["entities"].(map[string]any)) })
		_, err := s.app.World().ImportState(context.Background(), "other", text)
		var refused *refusal.Error
		if !errors.As(err, &refused) {
			t.Fatalf("%s: %v", name, err)
		}
		if len(refused.Faults) > 50 || !strings.Contains(refused.Details, "; the first ") {
			t.Errorf("%s: there are %d faults, and it says %q", name, len(refused.Faults), refused.Details)
		}
	}
}

// TestRestoreIsAllOrNothing: whoever goes back to a snapshot that is deleted or taken
// anew meanwhile has one of both, or is refused, and is never left with nothing.
func TestRestoreIsAllOrNothing(t *testing.T) {
	s := pendingLife(t)
	s.must("life", http.MethodPost, "/_sandbox/snapshots/s", "")
	var busy sync.WaitGroup
	busy.Go(func() {
		for range 200 {
			s.call("life", http.MethodDelete, "/_sandbox/snapshots/s", "")
			s.call("life", http.MethodPost, "/_sandbox/snapshots/s", "")
		}
	})
	restored := 0
	for range 200 {
		reply := s.call("life", http.MethodPost, "/_sandbox/snapshots/s/restore", "")
		if reply.status == http.StatusOK {
			restored++
		} else if reply.get("error.code") != "SNAPSHOT_NOT_FOUND" {
			t.Errorf("got %d %s", reply.status, reply.text)
		}
		if text := s.must("life", http.MethodGet, "/_sandbox/state", "").text; !strings.Contains(text, "anna@example.com") {
			t.Fatal("the tenant has nothing any more")
		}
	}
	busy.Wait()
	if restored == 0 {
		t.Error("nothing was restored")
	}
}
