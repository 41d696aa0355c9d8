package app_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
)

// TestEveryRefusalCanBeMet plays the flows of remedies. In each round of them something is
// refused, calls are made that the explanation of the refusal names, and no others, and what
// was refused passes; or it is refused for something else, with which it goes on alike. Where
// the explanation says that its calls belong together all are made, and else one. Of every
// refusal of the list each call that meets it is shown so, or there is the reason why none
// does.
func TestEveryRefusalCanBeMet(t *testing.T) {
	server := openFlowServer(t, app.Config{})
	excused := withoutFlow()
	shown := &remedies{server: server, met: map[string]map[string]bool{}}
	for _, name := range flowNames(t, filepath.Join(flowDir, "remedies")) {
		f, err := readFlow(flowDir, "remedies/"+name)
		if err != nil {
			t.Fatal(err)
		}
		p := newFlowPlay(server, flowDir, f)
		p.shared.remedies, shown.rounds = shown, 0
		if err := p.play(); err != nil {
			t.Error(err)
		}
		if shown.round != nil || shown.rounds == 0 {
			t.Errorf("%s does not end with what was refused", f.name)
		}
		shown.round = nil
	}
	for _, d := range refusal.All() {
		remedy := refusal.RemedyOf(d.Code)
		if (remedy.Reason == "") == (len(remedy.Calls) == 0) {
			t.Errorf("%s must have calls that meet it, or the reason why none does: %+v", d.Code, remedy)
		}
		for _, id := range remedy.Calls {
			o := operationNamed(server.documents, id)
			switch {
			case o == nil:
				t.Errorf("%s is met by %s, which is no operation", d.Code, id)
			case excused[d.Code] == "" && o.Method != http.MethodGet && !shown.met[string(d.Code)][id]:
				t.Errorf("no flow shows that %s meets %s", id, d.Code)
			case excused[d.Code] == "" && shown.met[string(d.Code)] == nil:
				t.Errorf("no flow shows what meets %s", d.Code)
			}
		}
	}
}

func operationNamed(documents []*contract.Document, id string) *contract.Operation {
	for _, d := range documents {
		if o := d.Operation(id); o != nil {
			return o
		}
	}
	return nil
}

// remedies follows how refusals are met, and keeps by which calls each was.
type remedies struct {
	server *flowServer
	round  *remedyRound
	rounds int
	met    map[string]map[string]bool
}

// remedyRound is what is done about an operation that was refused.
type remedyRound struct {
	operation, code, details string
	// named are the calls that change something, as operationId and path, and together
	// tells that all of them are needed.
	named    [][2]string
	together bool
	made     [][2]string
}

// note takes in a step with its reply.
func (m *remedies) note(s flowStep, reply flowReply) error {
	if m == nil {
		return nil
	}
	method, path := reply.method, reply.path
	o := operationOf(m.server.documents, method, path)
	switch r := m.round; {
	case r == nil && len(s.Explained) == 0, o == nil:
		return nil
	case r == nil:
		m.round = &remedyRound{operation: o.ID}
		return m.round.explain(m.server, reply)
	case o.ID == r.operation:
		return m.again(reply)
	case reply.status >= http.StatusMultipleChoices || method == http.MethodGet:
		return nil // It changes nothing.
	default:
		call := [2]string{o.ID, path}
		if !slices.ContainsFunc(r.named, func(named [2]string) bool { return named[0] == o.ID && fitsPath(named[1], path) }) {
			return fmt.Errorf("%s is met by %v, and %v is made", r.code, r.named, call)
		}
		r.made = append(r.made, call)
		return nil
	}
}

// again takes in another attempt at what was refused.
func (m *remedies) again(reply flowReply) error {
	r := m.round
	need := min(1, len(r.named))
	if r.together {
		need = len(r.named)
	}
	if len(r.made) != need {
		return fmt.Errorf("of %v, by which %s is met, %v are made, and %d are needed", r.named, r.code, r.made, need)
	}
	if m.met[r.code] == nil {
		m.met[r.code] = map[string]bool{}
	}
	for _, call := range r.made {
		m.met[r.code][call[0]] = true
	}
	if reply.status < http.StatusMultipleChoices {
		m.round = nil
		m.rounds++
		return nil
	}
	code, details := r.code, r.details
	if err := r.explain(m.server, reply); err != nil {
		return err
	}
	if r.code == code && r.details == details {
		return fmt.Errorf("it is refused as before: %s", reply)
	}
	return nil
}

// explain reads what an explanation names.
func (r *remedyRound) explain(server *flowServer, reply flowReply) error {
	value, err := server.explanation(reply.header.Get("X-Sandbox-Explain"))
	if err != nil {
		return err
	}
	calls, err := find(value, "refusal.calls")
	if err != nil {
		return err
	}
	together, _ := find(value, "refusal.together")
	r.code, r.details = cmpText(reply.value, "data.refusal", "error.code"), cmpText(reply.value, "data.details", "error.details")
	r.named, r.made, r.together = nil, nil, together == true
	for _, call := range calls.([]any) {
		if textAt(call, "method") != http.MethodGet {
			named := [2]string{textAt(call, "operation"), textAt(call, "path")}
			if slices.Contains(r.named, named) {
				return fmt.Errorf("%s is named twice: %v", named, value)
			}
			r.named = append(r.named, named)
		}
	}
	return nil
}

// fitsPath reports whether a path is the one that was named, in which what nobody could know
// is left open.
func fitsPath(named, path string) bool {
	want, got := strings.Split(named, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}
