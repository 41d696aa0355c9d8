package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
)

// TestEveryMemberCounts walks every member of every body, and every parameter in
// query and header that is an operation's own. Among the values that the document
// allows there must be two that make a difference: in the reply, in what happens,
// in what can be read afterwards, or by a refusal of one of them. A member that
// makes none only travels, which its file must say with a reason. Texts that only
// some other member would refuse are sent too: no reply may break the document by them.
func TestEveryMemberCounts(t *testing.T) {
	server := openFlowServer(t, app.Config{})
	documents := memberDocuments(t)
	files := readMemberFiles(t)
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			w := newMemberWorld(t, server, documents, f)
			s := memberSweep{world: w, travels: map[string]bool{}}
			for _, members := range f.Travels {
				for _, at := range members {
					s.travels[at] = false
				}
			}
			for _, family := range w.members.families {
				if w.tries(family.name) {
					s.family(t, family)
				}
			}
			s.params(t)
			for at, is := range s.travels {
				if !is {
					t.Errorf("%s is listed as travelling, and is no such member", at)
				}
			}
		})
	}
	tried := map[string]bool{}
	for _, f := range files {
		w := memberWorld{file: f}
		w.find(t, server, documents)
		for _, family := range w.members.families {
			if w.tries(family.name) {
				tried[w.members.id+" "+family.name] = true
			}
		}
		tried[w.members.id] = true
	}
	for _, d := range documents {
		for _, o := range d.operations {
			if untried()[o.id] != "" {
				continue
			}
			if !tried[o.id] && len(o.ownParams()) > 0 {
				t.Errorf("no file in %s tries the parameters of %s", memberDir, o.id)
			}
			for _, family := range o.families {
				if !tried[o.id+" "+family.name] {
					t.Errorf("no file in %s tries %s of %s", memberDir, family.name, o.id)
				}
			}
		}
	}
}

// untried are the operations that no file can try, and why.
func untried() map[string]string {
	return map[string]string{
		"failTestWebhook":   "it never succeeds",
		"streamJournal":     "its reply has no end: TestTheJournalStreams, TestFollow",
		"listenForWebhooks": "its reply has no end: TestWebhookListen, TestListeningIsRefused",
		"answerDelivery":    "somebody must be listening: TestWebhookListen, TestListeningIsRefused",
	}
}

// ownParams are the parameters in query and header which not all operations have.
func (o memberOperation) ownParams() []memberParam {
	return slices.DeleteFunc(slices.Clone(o.params), func(p memberParam) bool {
		return slices.Contains([]string{"X-Tenant-ID", "X-Forwarded-For", "X-Forwarded-From", "platform", "deviceId", "X-Sandbox-Scenario"}, p.name)
	})
}

// seen is what a request showed.
type seen struct {
	reply flowReply
	after string
}

// memberSweep tries the members of one file.
type memberSweep struct {
	world *memberWorld
	// travels are the listed members, and whether they have been met.
	travels map[string]bool
}

func (s *memberSweep) family(t *testing.T, family memberFamily) {
	w := s.world
	base := w.base(t, family)
	reply := w.send(t, base, nil)
	if reply.status >= http.StatusBadRequest {
		t.Errorf("%s: the request does not succeed: %s", family.name, reply)
		w.restore(t)
		return
	}
	before := seen{reply, w.look(t, reply)}
	w.restore(t)
	for _, m := range w.leaves(family) {
		s.judge(t, family.name, m.at, w.counts(t, family, m, base, before))
		for _, odd := range foreignTexts(m.schema) {
			if reply := w.send(t, w.put(base, family, m.at, odd), nil); reply.status < http.StatusMultipleChoices {
				w.look(t, reply)
			}
			w.restore(t)
		}
	}
}

// judge compares what was found with what the file lists.
func (s *memberSweep) judge(t *testing.T, family, at, why string) {
	listed := false
	for _, key := range []string{at, family + " " + at} {
		if _, is := s.travels[key]; is {
			s.travels[key], listed = true, true
		}
	}
	switch {
	case why == "" && !listed:
		t.Errorf("%s: %s makes no difference", family, at)
	case why != "" && listed:
		t.Errorf("%s: %s is listed as travelling, and makes a difference: %s", family, at, why)
	}
}

// params tries the parameters in query and header.
func (s *memberSweep) params(t *testing.T) {
	w := s.world
	for _, p := range w.members.ownParams() {
		var body any
		for _, family := range w.members.families {
			if body == nil && w.tries(family.name) {
				body = w.base(t, family)
			}
		}
		// Who a customer is, the token tells; staff say for whom they act.
		why := ""
		for _, as := range []string{w.file.As, "admin"} {
			if why == "" {
				why = w.paramCounts(t, p, as, body)
			}
		}
		s.judge(t, "in "+p.in, p.name, why)
	}
}

func (w *memberWorld) paramCounts(t *testing.T, p memberParam, as string, body any) string {
	values := w.fitting(p.schema)
	values = append(values, w.own(t, p.name)...)
	if p.in == "header" {
		values = append(values, "")
	}
	step := flowStep{Call: w.file.Call, As: as}
	if body != nil {
		step.Body = &flowValue{body}
	}
	base := w.step(t, step)
	before := seen{base, w.look(t, base)}
	w.restore(t)
	for _, value := range values {
		step := step
		if p.in == "header" {
			step.Headers = map[string]string{p.name: fmt.Sprint(value)}
		} else {
			step.Call += "?" + url.Values{p.name: {fmt.Sprint(value)}}.Encode()
		}
		reply := w.step(t, step)
		different := reply.String() != before.reply.String() || w.look(t, reply) != before.after
		w.restore(t)
		if different {
			return fmt.Sprintf("%v answers %s", value, reply)
		}
	}
	return ""
}

// own are the values of the file for a member or parameter.
func (w *memberWorld) own(t *testing.T, name string) []any {
	t.Helper()
	own := w.file.Values[name]
	if own == nil {
		return nil
	}
	filled, err := fill(own.value, w.play.kept)
	if err != nil {
		t.Fatal(err)
	}
	return filled.([]any)
}

// counts finds a value of a member that makes a difference, and tells which; empty
// for none.
func (w *memberWorld) counts(t *testing.T, family memberFamily, m member, base any, before seen) string {
	values := w.fitting(m.schema)
	if m.schema["enum"] != nil || m.schema["pattern"] != nil {
		first := fmt.Sprint(append(values, "")[0])
		if !slices.ContainsFunc(values, func(v any) bool { return !strings.EqualFold(fmt.Sprint(v), first) }) {
			return "every other value is refused"
		}
	}
	values = append(values, w.own(t, m.at)...)
	if with := w.file.With[m.at]; with != nil {
		for at, value := range with.value.(map[string]any) {
			filled, err := fill(value, w.play.kept)
			if err != nil {
				t.Fatal(err)
			}
			base = w.put(base, family, at, filled)
		}
		reply := w.send(t, base, nil)
		before = seen{reply, w.look(t, reply)}
		w.restore(t)
	}
	bodies := []any{}
	if _, sent := memberAt(base, m.at); sent && !m.required {
		bodies = append(bodies, w.without(base, family, m.at))
	}
	for _, value := range values {
		bodies = append(bodies, w.put(base, family, m.at, value))
	}
	// What stands around a member makes no difference of the member's own.
	if _, sent := memberAt(base, m.at); !sent && strings.Contains(m.at, ".") {
		around := w.without(w.put(base, family, m.at, nil), family, m.at)
		reply := w.send(t, around, nil)
		before = seen{reply, w.look(t, reply)}
		w.restore(t)
	}
	for _, body := range bodies {
		reply := w.send(t, body, nil)
		different := reply.String() != before.reply.String()
		if !different {
			different = w.look(t, reply) != before.after
		}
		w.restore(t)
		if different {
			value, _ := memberAt(body, m.at)
			return fmt.Sprintf("%s answers %s", text(value), reply)
		}
	}
	return ""
}
