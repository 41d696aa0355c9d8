package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
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
	value, err := s.explanation(at)
	if err != nil {
		return err
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
		return fmt.Errorf("%s names neither a call nor a reason: %v", at, value)
	}
	for _, operation := range step.Explained {
		if !slices.Contains(named, operation) {
			return fmt.Errorf("%s names %v, and not %s: %v", at, named, operation, value)
		}
	}
	return nil
}

// explanation opens what a refusal names.
func (s *flowServer) explanation(at string) (value any, err error) {
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodGet, at, nil)
	request.Host = "localhost"
	s.app.ControlHandler().ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		return nil, fmt.Errorf("%s answers %d %s", at, recorder.Code, recorder.Body)
	}
	return value, json.Unmarshal(recorder.Body.Bytes(), &value)
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
