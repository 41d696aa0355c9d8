package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/sandbox"
)

// stateWithSecrets gives the state of a tenant in which something stands at the places of
// secrets: a life with its user, its session and its payment consent, a subscription whose
// secret was changed, and a secret of the tenant. It gives the secrets, by their places.
func stateWithSecrets(t *testing.T) (text string, secrets map[string]bool) {
	t.Helper()
	a := openAppWith(t, app.Config{Seed: "state", Settings: scaled(1)})
	c := &client{documents: loadDocuments(t), send: inProcess(a.Handler())}
	c.live(t, "state", "anna@example.com")
	for _, call := range []struct{ method, path, body string }{
		{http.MethodPatch, "/_sandbox/settings", `{"tenantKey": "key-of-tenant", "tenantSecret": "secret-of-tenant"}`},
		{http.MethodPost, "/api/v2.1/webhooks/subscriptions", `{"endpointUrl": "http://localhost:9/x", "secretKey": "secret-former", "subscribedEvents": ["customer.created"]}`},
	} {
		if status, text := callOf(t, a, "state", call.method, call.path, call.body); status != http.StatusOK {
			t.Fatalf("%s: %d %s", call.path, status, text)
		}
	}
	whole, err := export(a, "state")
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(whole, &state); err != nil {
		t.Fatal(err)
	}
	for id, subscription := range state["entities"].(map[string]any)["subscription"].(map[string]any) {
		if status, text := callOf(t, a, "state", http.MethodPut, "/api/v2.1/webhooks/subscriptions/"+id, `{"secretKey": "secret-present"}`); status != http.StatusOK {
			t.Fatalf("%v: %d %s", subscription, status, text)
		}
	}
	if whole, err = export(a, "state"); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(whole, &state); err != nil {
		t.Fatal(err)
	}
	secrets = map[string]bool{}
	for _, place := range sandbox.Secrets() {
		switch place {
		case "/values/seed/seed", "/entities/session/*/tokenId":
			continue // Nobody can do anything with them.
		case "/entities/delivery/*/attempts/*/headers", "/entities/inbox/*/headers":
			continue // Which of them are secrets their names tell.
		}
		before := len(secrets)
		if textsAt(state, strings.Split(place, "/")[1:], secrets); len(secrets) == before {
			t.Errorf("nothing stands at %s", place)
		}
	}
	return string(whole), secrets
}

func textsAt(value any, names []string, found map[string]bool) {
	if text, ok := value.(string); ok && len(names) == 0 {
		found[text] = true
	}
	object, ok := value.(map[string]any)
	if !ok || len(names) == 0 {
		return
	}
	for name, member := range object {
		if names[0] == "*" || names[0] == name {
			textsAt(member, names[1:], found)
		}
	}
}

func callOf(t *testing.T, a *app.App, tenant, method, path, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Tenant-ID", tenant)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+adminToken)
	r.Header.Set("deviceId", "device")
	r.Header.Set("platform", "web")
	reply, err := inProcess(a.Handler())(r)
	if err != nil {
		t.Fatal(err)
	}
	return reply.status, string(reply.raw)
}

// TestAStateThatIsImportedIsDisguised: a bug file has no secret of a state that was brought
// in while it was recorded, whole or harmed, and plays.
func TestAStateThatIsImportedIsDisguised(t *testing.T) {
	state, secrets := stateWithSecrets(t)
	for name, c := range map[string]struct {
		body       string
		status     int
		incomplete string
	}{
		"whole":        {state, http.StatusOK, "passwords that had not been sent before"},
		"with space":   {"\n\t" + state, http.StatusOK, "passwords that had not been sent before"},
		"a fault":      {strings.Replace(state, `"numbers": `, `"number": `, 1), http.StatusBadRequest, "passwords that had not been sent before"},
		"broken off":   {state[:len(state)-20], http.StatusBadRequest, "its body is no state, and it is not in the file"},
		"a name twice": {strings.Replace(state, `"values": {`, `"values": {}, "values": {`, 1), http.StatusBadRequest, "its body is no state, and it is not in the file"},
		"no text":      {strings.Replace(state, `"Anna"`, "\"Ann\xff\"", 1), http.StatusBadRequest, "its body is no state, and it is not in the file"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openLocal(t, app.Config{Settings: scaled(1)})
			s.call("demo", http.MethodPost, "/_sandbox/recording", "")
			if a := s.call("demo", http.MethodPut, "/_sandbox/state", c.body); a.status != c.status {
				t.Fatalf("%d %s", a.status, a.text)
			}
			s.call("demo", http.MethodPost, "/_sandbox/clock/advance", `{"by": "1h"}`)
			file := s.call("demo", http.MethodGet, "/_sandbox/recording", "").text
			tellsNone(t, "the bug file", file, secrets)
			out := replayed(t, []byte(file))
			if told := fmt.Sprint(out.Incomplete); !strings.Contains(told, c.incomplete) {
				t.Errorf("it is incomplete for %s", told)
			}
			if told, _ := json.Marshal(out.Parts); out.Parts != nil && c.status == http.StatusOK {
				t.Errorf("it parts: %s", told)
			}
			for _, format := range []string{"json", "ndjson", "har", "curl"} {
				tellsNone(t, "the journal as "+format, s.call("demo", http.MethodGet, "/_sandbox/journal?format="+format, "").text, secrets)
			}
		})
	}
}
