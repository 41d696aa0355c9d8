package app_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/store"
)

// memberDir has, for each operation, in which state and with which bodies its
// members are tried; its README tells the form.
const memberDir = "../../testdata/members"

// memberFile is one file of memberDir.
type memberFile struct {
	// Call is the request whose members are tried.
	Call    string            `yaml:"call"`
	After   flowBeginnings    `yaml:"after"`
	As      string            `yaml:"as"`
	Headers map[string]string `yaml:"headers"`
	// First are steps between the beginning and the request.
	First []flowStep `yaml:"first"`
	// Families are those that are tried, if not all of the operation.
	Families []string `yaml:"families"`
	// Bodies are by the family's name; a family without one is tried with the
	// document's example.
	Bodies map[string]*flowValue `yaml:"bodies"`
	// Set are members of every body, over the example.
	Set map[string]*flowValue `yaml:"set"`
	// Values are, by member, what is worth trying besides what the schema tells.
	Values map[string]*flowValue `yaml:"values"`
	// With are members that others need beside them to be looked at.
	With map[string]*flowValue `yaml:"with"`
	// Keep are names for values of the reply, and Then the steps in which a
	// member's effect may show.
	Keep map[string]string `yaml:"keep"`
	Then []flowStep        `yaml:"then"`
	// Travels are the members that have no effect, by the reason.
	Travels map[string][]string `yaml:"travels"`
	// Stricter are the members that are held to more than a schema can tell, by the
	// reason.
	Stricter map[string][]string `yaml:"stricter"`

	name string
}

func readMemberFiles(t testing.TB) []memberFile {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(memberDir, "*.yaml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files in %s: %v", memberDir, err)
	}
	var list []memberFile
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := memberFile{name: strings.TrimSuffix(filepath.Base(name), ".yaml")}
		if err := yaml.Load(text, &f, yaml.WithKnownFields()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		list = append(list, f)
	}
	return list
}

// memberWorld is a tenant in the state in which an operation succeeds. Every try
// begins in this state.
type memberWorld struct {
	file    memberFile
	play    *flowPlay
	members memberOperation
	raw     rawDocument
	// state is what is stored when a try begins.
	state map[string]string
	// fitted are the replies that have been held to the document.
	fitted map[string]bool
}

func newMemberWorld(t testing.TB, server *flowServer, documents []memberDocument, f memberFile) *memberWorld {
	t.Helper()
	w := &memberWorld{file: f, fitted: map[string]bool{}}
	w.play = newFlowPlay(server, flowDir, &flow{name: "members." + f.name, After: f.After, As: f.As, Headers: f.Headers, Steps: f.First})
	if err := w.play.play(); err != nil {
		t.Fatal(err)
	}
	w.find(t, server, documents)
	w.state = w.stored(t)
	return w
}

// tries reports whether the file tries a family of bodies.
func (w *memberWorld) tries(family string) bool {
	return len(w.file.Families) == 0 || slices.Contains(w.file.Families, family)
}

// find finds the operation that the file's request means.
func (w *memberWorld) find(t testing.TB, server *flowServer, documents []memberDocument) {
	t.Helper()
	method, path, _ := strings.Cut(w.file.Call, " ")
	o := operationOf(server.documents, method, wholePath(reference.ReplaceAllString(path, "x")))
	if o == nil {
		t.Fatalf("%s: %s is no operation", w.file.name, w.file.Call)
	}
	for _, d := range documents {
		for _, found := range d.operations {
			if found.id == o.ID {
				w.members, w.raw = found, d.raw
			}
		}
	}
}

// stored is everything that is stored of the tenant, by key.
func (w *memberWorld) stored(t testing.TB) map[string]string {
	t.Helper()
	state := map[string]string{}
	err := w.play.server.app.World().Engine().Store.View(t.Context(), w.play.tenant, func(tx store.Tx) error {
		tx.Range(nil, nil, func(key []byte, value string) bool {
			state[string(key)] = value
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// restore puts the tenant back into the state in which tries begin.
func (w *memberWorld) restore(t testing.TB) {
	t.Helper()
	now := w.stored(t)
	err := w.play.server.app.World().Engine().Store.Update(t.Context(), w.play.tenant, func(tx store.Tx) error {
		for key := range now {
			if _, was := w.state[key]; !was {
				tx.Delete([]byte(key))
			}
		}
		for key, value := range w.state {
			// An entry of an index has no value, and may be gone all the same.
			if is, there := now[key]; !there || is != value {
				tx.Set([]byte(key), value)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// base is the body of a family with which the operation succeeds.
func (w *memberWorld) base(t testing.TB, family memberFamily) any {
	t.Helper()
	body := deepCopy(family.schema["example"])
	if own := w.file.Bodies[family.name]; own != nil {
		body = deepCopy(own.value)
	}
	for at, value := range w.file.Set {
		body = w.put(body, family, at, value.value)
	}
	filled, err := fill(body, w.play.kept)
	if err != nil {
		t.Fatal(err)
	}
	return filled
}

// send makes the request with another body and headers.
func (w *memberWorld) send(t testing.TB, body any, headers map[string]string) flowReply {
	t.Helper()
	s := flowStep{Call: w.file.Call, As: w.file.As, Headers: headers}
	if body != nil {
		s.Body = &flowValue{body}
	}
	return w.step(t, s)
}

func (w *memberWorld) step(t testing.TB, s flowStep) flowReply {
	t.Helper()
	reply, err := w.ask(s)
	if err != nil {
		t.Fatalf("%s: %s: %v", w.file.name, s.Call, err)
	}
	w.fits(t, reply)
	return reply
}

// fits holds a reply to the document, whatever was sent.
func (w *memberWorld) fits(t testing.TB, reply flowReply) {
	t.Helper()
	key := reply.method + reply.path + reply.String()
	if w.fitted[key] {
		return
	}
	w.fitted[key] = true
	if err := w.play.server.checkReply(reply); err != nil {
		t.Errorf("%s: %v", w.file.name, err)
	}
}

// ask sends a step without judging what comes.
func (w *memberWorld) ask(s flowStep) (reply flowReply, err error) {
	p := w.play
	if s.Advance != "" {
		s.Call, s.Body = "POST /_sandbox/clock/advance", &flowValue{map[string]any{"by": s.Advance}}
	}
	method, path, _ := strings.Cut(s.Call, " ")
	if path, err = fillText(path, p.kept); err != nil {
		return reply, err
	}
	header, err := p.header(p.tenant, s)
	if err != nil {
		return reply, err
	}
	body, err := bodyOf(s, p.kept)
	if err != nil {
		return reply, err
	}
	return p.server.exchange(method, wholePath(path), header, body)
}

// look is everything that can be seen after a request: the events, and the
// replies of the file's steps and of all operations that read.
func (w *memberWorld) look(t testing.TB, reply flowReply) string {
	t.Helper()
	var seen strings.Builder
	events, err := w.play.server.events(w.play.tenant, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&seen, text(events))
	kept := w.play.kept
	defer func() { w.play.kept = kept }()
	w.play.kept = cloneKept(kept)
	if reply.status < http.StatusMultipleChoices {
		for name, at := range w.file.Keep {
			if value, err := find(reply.value, at); err == nil {
				w.play.kept[name] = value
			}
		}
	}
	for _, call := range w.readers() {
		if reply, err := w.ask(flowStep{Call: call, As: "admin"}); err == nil {
			w.fits(t, reply)
			fmt.Fprintln(&seen, call, reply)
		}
	}
	for _, s := range w.file.Then {
		reply, err := w.ask(s)
		if err != nil {
			t.Fatalf("%s: %s: %v", w.file.name, s.Call, err)
		}
		for name, at := range s.Keep {
			if value, err := find(reply.value, at); err == nil {
				w.play.kept[name] = value
			}
		}
		fmt.Fprintln(&seen, s.Call, reply)
	}
	return seen.String()
}

func cloneKept(kept map[string]any) map[string]any {
	clone := map[string]any{}
	for name, value := range kept {
		clone[name] = value
	}
	return clone
}

// keptAs are the names under which flows keep what a path's parameter means.
func keptAs() map[string][]string {
	return map[string][]string{
		"customerId": {"customer", "organization"}, "organizationId": {"organization"}, "accountId": {"wallet"}, "walletId": {"wallet"},
		"verificationId": {"verification"}, "consentId": {"terms", "consent"}, "orderId": {"order"}, "documentId": {"document"}, "userId": {"user"},
		"sessionId": {"session"}, "ownerTenantId": {"tenant"}, "tenantId": {"tenant"},
	}
}

// readers are the calls of all operations that read, with everything that is kept.
func (w *memberWorld) readers() []string {
	var calls []string
	names := keptAs()
	for _, o := range w.play.server.documents[0].Operations {
		if o.Method != http.MethodGet || strings.Contains(o.Path, "{token}") {
			continue
		}
		paths := []string{o.Path}
		for param, kept := range names {
			var filled []string
			for _, path := range paths {
				if !strings.Contains(path, "{"+param+"}") {
					filled = append(filled, path)
					continue
				}
				for _, name := range kept {
					if w.play.kept[name] != nil {
						filled = append(filled, strings.ReplaceAll(path, "{"+param+"}", "${"+name+"}"))
					}
				}
			}
			paths = filled
		}
		for _, path := range paths {
			calls = append(calls, "GET "+path)
		}
	}
	slices.Sort(calls)
	return calls
}
