package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
)

// explains opens the explanation that a refusal names, and holds it to the refusal:
// it is about that code, says what meets it or why no call does, and names the calls
// that a step says it must name.
func (s *flowServer) explains(step flowStep, reply flowReply) error {
	code := cmpText(reply.value, "data.refusal", "error.code")
	at := reply.header.Get("X-Sandbox-Explain")
	if code == "" {
		return nil
	}
	if at == "" && (step.Faulted || slices.Contains(fromElsewhere, code)) {
		return nil
	}
	if at == "" {
		return fmt.Errorf("%s names no explanation", reply)
	}
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodGet, at, nil)
	request.Host = "localhost"
	s.app.ControlHandler().ServeHTTP(recorder, request)
	var value any
	err := json.Unmarshal(recorder.Body.Bytes(), &value)
	if err != nil {
		return err
	}
	if recorder.Code != http.StatusOK {
		return fmt.Errorf("%s answers %d %s", at, recorder.Code, recorder.Body)
	}
	if got := textAt(value, "refusal.code"); got != code {
		return fmt.Errorf("%s explains %q instead of %s", at, got, code)
	}
	var named []string
	calls, err := find(value, "refusal.calls")
	if err != nil {
		return err
	}
	for _, call := range calls.([]any) {
		named = append(named, textAt(call, "operation"))
	}
	if len(named) == 0 && textAt(value, "refusal.reason") == "" {
		return fmt.Errorf("%s names neither a call nor a reason: %s", at, recorder.Body)
	}
	for _, operation := range step.Explained {
		if !slices.Contains(named, operation) {
			return fmt.Errorf("%s names %v, and not %s: %s", at, named, operation, recorder.Body)
		}
	}
	return nil
}

// fromElsewhere are codes in bodies that are no refusals of the server: a scenario's
// fault, or a test receiver, has written them.
var fromElsewhere = []string{"RATE_LIMITED", "SIMULATED_FAILURE"}

func cmpText(value any, paths ...string) string {
	for _, path := range paths {
		if text := textAt(value, path); text != "" {
			return text
		}
	}
	return ""
}

// remedyFlow is the name of the flow that shows what meets a refusal.
func remedyFlow(code refusal.Code) string {
	return "remedies/" + strings.ReplaceAll(strings.ToLower(string(code)), "_", "-")
}

// TestEveryRefusalCanBeMet: of each refusal of the list there is a flow in which its
// explanation names calls, these are made, and what was refused then passes; or the
// explanation says why no call meets it.
func TestEveryRefusalCanBeMet(t *testing.T) {
	documents := loadDocuments(t)
	excused := withoutFlow()
	seen := map[string]bool{}
	for _, d := range refusal.All() {
		remedy := refusal.RemedyOf(d.Code)
		f, err := readFlow(flowDir, remedyFlow(d.Code))
		switch {
		case remedy.Reason != "" && len(remedy.Calls) > 0, remedy.Reason == "" && len(remedy.Calls) == 0:
			t.Errorf("%s must have calls that meet it, or the reason why none does: %+v", d.Code, remedy)
		case remedy.Reason != "" || excused[d.Code] != "":
		case err != nil:
			t.Errorf("%s is met by calls, and no flow shows it: %v", d.Code, err)
		default:
			checkRemedy(t, documents, d.Code, f)
		}
		for _, id := range remedy.Calls {
			if documents[0].Operation(id) == nil && documents[1].Operation(id) == nil {
				t.Errorf("%s is met by %s, which is no operation", d.Code, id)
			}
		}
		seen[remedyFlow(d.Code)] = true
	}
	for _, name := range flowNames(t, filepath.Join(flowDir, "remedies")) {
		if !seen["remedies/"+name] {
			t.Errorf("remedies/%s is of no refusal", name)
		}
	}
}

// checkRemedy reads a flow of a remedy: a refused step with its explained calls, these
// calls, and the refused operation again.
func checkRemedy(t *testing.T, documents []*contract.Document, code refusal.Code, f *flow) {
	t.Helper()
	at := slices.IndexFunc(f.Steps, func(s flowStep) bool { return len(s.Explained) > 0 })
	if at < 0 {
		t.Errorf("%s explains nothing", f.name)
		return
	}
	refused, last := f.Steps[at], f.Steps[len(f.Steps)-1]
	if shown := cmpText(refused.Reply.value, "data.refusal", "error.code"); shown != string(code) {
		t.Errorf("%s explains %s", f.name, shown)
	}
	operation := func(s flowStep) string {
		method, path, _ := strings.Cut(s.Call, " ")
		if o := operationOf(documents, method, wholePath(reference.ReplaceAllString(path, "x"))); o != nil {
			return o.ID
		}
		return ""
	}
	var made []string
	for _, s := range f.Steps[at+1 : len(f.Steps)-1] {
		if s.Advance != "" {
			made = append(made, "advanceClock")
		} else if s.Status < http.StatusMultipleChoices {
			made = append(made, operation(s))
		}
	}
	for _, id := range refused.Explained {
		if !slices.Contains(made, id) {
			t.Errorf("%s explains %s, and makes %v", f.name, id, made)
		}
	}
	if operation(last) != operation(refused) || last.Status >= http.StatusMultipleChoices {
		t.Errorf("%s ends with %s, and not with what was refused, %s", f.name, last.Call, refused.Call)
	}
}
