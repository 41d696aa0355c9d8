package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/domain/refusal"
)

// export gives a tenant's state.
func export(a *app.App, tenant string) ([]byte, error) {
	var text bytes.Buffer
	err := a.World().ExportState(context.Background(), tenant, &text)
	return text.Bytes(), err
}

// roundTrip puts a tenant's own state in its place. It has the same rows then, the
// entries of indexes among them, and its export is the same to the letter.
func roundTrip(a *app.App, tenant string) error {
	before, err := rowsOf(a, tenant)
	if err != nil {
		return err
	}
	first, err := export(a, tenant)
	if err != nil {
		return err
	}
	if _, err := a.World().ImportState(context.Background(), tenant, first); err != nil {
		return fmt.Errorf("import: %w\n%s", err, faultsOf(err))
	}
	second, err := export(a, tenant)
	if err == nil && !bytes.Equal(first, second) {
		err = fmt.Errorf("the export of the import differs: %s", firstDifference(string(first), string(second)))
	}
	after, failed := rowsOf(a, tenant)
	if err == nil && failed == nil && before != after {
		failed = fmt.Errorf("the rows differ: %s", firstDifference(before, after))
	}
	if err != nil {
		return err
	}
	return failed
}

// rowsOf lists the keys of a tenant's rows, but for that of a clock which runs as the
// wall's does, with or without one.
func rowsOf(a *app.App, tenant string) (string, error) {
	text, err := a.World().Engine().Dump(context.Background(), tenant)
	var b strings.Builder
	for line := range strings.Lines(text) {
		if key, _, _ := strings.Cut(line, "="); line != "clock=running 0\n" {
			b.WriteString(key + "\n")
		}
	}
	return b.String(), err
}

// TestStateRoundTripsInEveryFlow exports and imports the state behind the last step of
// every flow, and behind every step of whole lives: the flow does not notice.
func TestStateRoundTripsInEveryFlow(t *testing.T) {
	servers := openFlowServers(t)
	eachFlow(t, servers, func(_ *testing.T, f *flow, p *flowPlay) error {
		opened := servers.of(f).app
		if strings.HasPrefix(f.name, "happy-") || strings.HasPrefix(f.name, "scenarios/webhook") {
			p.shared.between = func(tenant string) error { return roundTrip(opened, tenant) }
		}
		return errors.Join(p.play(), roundTrip(opened, p.tenant))
	})
}

// firstDifference gives the first line in which two texts differ.
func firstDifference(a, b string) string {
	one, other := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(one), len(other)) {
		was, is := "", ""
		if i < len(one) {
			was = one[i]
		}
		if i < len(other) {
			is = other[i]
		}
		if was != is {
			return fmt.Sprintf("line %d was\n  %s\nand is\n  %s", i+1, was, is)
		}
	}
	return ""
}

// faultsOf lists the faults of a refusal, a line each.
func faultsOf(err error) string {
	var refused *refusal.Error
	if !errors.As(err, &refused) {
		return ""
	}
	var b strings.Builder
	for _, f := range refused.Faults {
		fmt.Fprintf(&b, "  %s %s\n", f.Pointer, f.Message)
	}
	return b.String()
}

// TestImportTellsWhatIsWrong harms the state of a life in one place at a time.
func TestImportTellsWhatIsWrong(t *testing.T) {
	a := openAppWith(t, app.Config{Seed: "state", Settings: scaled(1)})
	c := &client{documents: loadDocuments(t), send: inProcess(a.Handler())}
	l := c.live(t, "state", "anna@example.com")
	c.execute(t, l)
	whole, err := export(a, "state")
	if err != nil {
		t.Fatal(err)
	}
	before, err := a.World().Engine().Dump(t.Context(), "state")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []struct{ name, old, new, pointer, says string }{
		{"balance", `"balance": `, `"balance": 1`, "/entities/wallet/*/balance", "the completed transactions come to"},
		{"owner", `"customerId": "` + l.customer, `"customerId": "nobody` + l.customer, "/entities/*/*/customerId", "there is no customer of this id"},
		{"name", `"` + l.customer + `": {`, `"other` + l.customer + `": {`, "/entities/customer/*", "it must be that of its own name"},
		{"state", `"state": "ACTIVE"`, `"state": "ASLEEP"`, "/entities/*/*/state", "there are "},
		{"member", `"email": `, `"mail": `, "/entities/customer/*/mail", "is no member here"},
		{"type", `"email": "anna@example.com"`, `"email": 7`, "/entities/customer/*/email", "must be a string, not number"},
		{"sequence", `"numbers": `, `"numbers": 1, "number": `, "/sequence/number", "is no member here"},
		{"beyond", `"apart": 0`, `"apart": -1`, "/sequence", "that no sequence reaches"},
		{"timers", `"timers": [`, `"timers": [{"due": "2026-01-05T09:00:00Z", "seq": 1, "entity": "order", "id": "x", "point": "p", "option": "o", "trigger": "t"},`, "/timers/0", "no entity waits for it"},
		{"value", `"values": {`, `"values": {"weather": 1,`, "/values/weather", "is no value"},
		{"events", `"seq": 1,`, `"seq": 100000,`, "/*/*/seq", "beyond the sequence"},
	} {
		t.Run(h.name, func(t *testing.T) {
			harmed := strings.Replace(string(whole), h.old, h.new, 1)
			if harmed == string(whole) {
				t.Fatalf("there is nothing like %s", h.old)
			}
			_, err := a.World().ImportState(t.Context(), "state", []byte(strings.Replace(harmed, `"t"},],`, `"t"}],`, 1)))
			if !tells(err, h.pointer, h.says) {
				t.Errorf("it is to tell that %s %s, and tells: %v\n%s", h.pointer, h.says, err, faultsOf(err))
			}
		})
	}
	if after, err := a.World().Engine().Dump(t.Context(), "state"); err != nil || after != before {
		t.Errorf("what was refused has changed something: %v", err)
	}
}

// tells reports whether a refusal has a fault at a pointer, in which * stands for any
// one name, that says something.
func tells(err error, pointer, says string) bool {
	var refused *refusal.Error
	if !errors.As(err, &refused) {
		return false
	}
	return slices.ContainsFunc(refused.Faults, func(f refusal.Fault) bool {
		at, _ := path.Match(pointer, f.Pointer)
		return (at || strings.HasPrefix(pointer, "/*/*/seq") && strings.HasSuffix(f.Pointer, "/seq")) && strings.Contains(f.Message, says)
	})
}
