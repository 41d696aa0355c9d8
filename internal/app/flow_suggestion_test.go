package app_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
)

// suggested is a suggestion that names a call: the method, the path, and why.
var suggested = regexp.MustCompile(`(GET|POST|PUT|PATCH|DELETE) (/\S+): (.*)`)

// waiting are the words that tell somebody to wait for something in the tenant.
var waiting = regexp.MustCompile(`(?i)\b(wait|poll)\b`)

// untilThen is the instant to which a suggestion says that the clock is moved.
var untilThen = regexp.MustCompile(`move it to (\S+),`)

// notIDs are path parameters whose values are words and not things of the tenant.
var notIDs = []string{"tenantId", "ownerTenantId", "operationType", "consentType", "type", "name"}

// helps checks what a reply suggests: every call exists and has its path filled in
// with things that the tenant has; nobody is told to wait while the clock stands
// still; and where moving the clock is said to help, something is due by then.
func (s *flowServer) helps(reply flowReply, state string) error {
	if code, err := find(reply.value, "data.refusal"); err == nil && slices.Contains(withoutOperation, fmt.Sprint(code)) {
		// The nearest path is shown as it stands in the document.
		return nil
	}
	list := suggestionsIn(reply.value)
	frozen := strings.Contains(state, "frozen ")
	for _, text := range list {
		call := suggested.FindStringSubmatch(text)
		if call == nil {
			if frozen && waiting.MatchString(text) && reply.header.Get("Retry-After") == "" {
				return fmt.Errorf("the clock stands still, and %q is suggested", text)
			}
			continue
		}
		if err := s.helpsBy(call[1], call[2], call[3], state, frozen); err != nil {
			return fmt.Errorf("%w; suggested by %s", err, reply)
		}
	}
	return nil
}

func (s *flowServer) helpsBy(method, path, why, state string, frozen bool) error {
	o := operationOf(s.documents, method, path)
	if o == nil {
		return fmt.Errorf("%s %s is no call", method, path)
	}
	sent := strings.Split(path, "/")
	for i, segment := range strings.Split(o.Path, "/") {
		name, ok := strings.CutPrefix(segment, "{")
		if name = strings.TrimSuffix(name, "}"); !ok || slices.Contains(notIDs, name) {
			continue
		}
		if sent[i] == "" || !strings.Contains(state, sent[i]) {
			return fmt.Errorf("%s %s names a %s %q that the tenant does not have", method, path, name, sent[i])
		}
	}
	if frozen && waiting.MatchString(why) {
		return fmt.Errorf("the clock stands still, and somebody is to wait: %q", why)
	}
	if o.ID != "advanceClock" {
		return nil
	}
	due := untilThen.FindStringSubmatch(why)
	if due == nil {
		return fmt.Errorf("%q does not say how far to move the clock", why)
	}
	at, err := time.Parse(time.RFC3339Nano, due[1])
	if err != nil {
		return err
	}
	// Timers and locks stand in the state with their instants.
	if !strings.Contains(state, strings.TrimSuffix(at.UTC().Format(time.RFC3339Nano), "Z")) {
		return fmt.Errorf("nothing is due at %s", due[1])
	}
	return nil
}

// suggestionsIn lists the suggestions of a refusal, or of a reply that has some.
func suggestionsIn(value any) []string {
	var list []string
	if found, err := find(value, "data.suggestions"); err == nil {
		list = textsIn(found)
	}
	if found, err := find(value, "error.hint"); err == nil {
		list = append(list, textsIn(found)...)
	}
	return list
}

// TestSuggestionsThatDoNotHelp checks that the flows would notice one.
func TestSuggestionsThatDoNotHelp(t *testing.T) {
	s := openFlowServer(t, app.Config{})
	const state = "t/x/clock frozen 0\nt/x/customer/c-1 {\"due\":\"2026-01-06T09:00:00Z\"}"
	for text, wrong := range map[string]bool{
		"Wait for the decision.":                                              true,
		"GET /api/v2.1/nowhere: shows it":                                     true,
		"GET /api/v2.1/wallets/customer/c-1: poll it":                         true,
		"GET /api/v2.1/wallets/customer/c-2: shows them":                      true,
		"GET /api/v2.1/wallets/customer/c-1: shows them":                      false,
		"POST /_sandbox/clock/advance: moves it":                              true,
		"POST /_sandbox/clock/advance: move it to 2026-01-07T09:00:00Z, then": true,
		"POST /_sandbox/clock/advance: move it to 2026-01-06T09:00:00Z, then": false,
		"Use the id of the registration's reply.":                             false,
	} {
		reply := flowReply{value: map[string]any{"data": map[string]any{"suggestions": []any{text}}}}
		if err := s.helps(reply, state); (err != nil) != wrong {
			t.Errorf("%q: %v", text, err)
		}
	}
}
