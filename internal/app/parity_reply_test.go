package app_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/contract"
)

// parityDir has, for each operation, the members of its reply that any generation
// of FinHub's documentation names.
const parityDir = "../../testdata/parity"

// parity is what the documentation names of one operation. Each entry is a place in
// the reply and the names of its members: "data.user id email".
type parity struct {
	// Always are in every successful reply, Sometimes in some, as the reason says, and
	// Absent in none, for the reason.
	Always    []string            `yaml:"always"`
	Sometimes map[string][]string `yaml:"sometimes"`
	Absent    map[string][]string `yaml:"absent"`
}

// replyParity gathers what the replies of the flows have.
type replyParity struct {
	mu sync.Mutex
	// replies are those of an operation that succeeded, and refusals those of a code.
	replies, refusals map[string][]any
}

func newReplyParity() *replyParity {
	return &replyParity{replies: map[string][]any{}, refusals: map[string][]any{}}
}

// note takes a reply of a flow.
func (p *replyParity) note(documents []*contract.Document, reply flowReply) {
	if p == nil || reply.value == nil || reply.broken {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if code, err := find(reply.value, "data.refusal"); err == nil {
		p.refusals[fmt.Sprint(code)] = append(p.refusals[fmt.Sprint(code)], reply.value)
		return
	}
	if o := operationOf(documents[:1], reply.method, reply.path); o != nil && reply.status < 300 {
		p.replies[o.ID] = append(p.replies[o.ID], reply.value)
	}
}

// check holds the replies to the files.
func (p *replyParity) check(t *testing.T, documents []*contract.Document) {
	known := map[string]bool{}
	for _, file := range []string{"onboarding.yaml", "payments.yaml", "webhooks.yaml"} {
		var listed map[string]parity
		readParity(t, file, &listed)
		for _, id := range slices.Sorted(maps.Keys(listed)) {
			known[id] = true
			p.operation(t, id, listed[id])
		}
	}
	var refusals map[string][]string
	readParity(t, "refusals.yaml", &refusals)
	for _, code := range slices.Sorted(maps.Keys(refusals)) {
		p.refusal(t, code, refusals)
	}
	p.fields(t)
	for _, o := range documents[0].Operations {
		if !known[o.ID] && documented(o) {
			t.Errorf("%s has no entry in %s", o.ID, parityDir)
		}
	}
}

// documented reports whether any page shows a reply of an operation.
func documented(o *contract.Operation) bool {
	return !slices.Contains([]string{
		// Pages name these and show no reply.
		"verifyConsent", "getIndividualSession", "refreshIndividualSession", "deleteIndividualSession", "removeDirector", "removeEmployee", "removeShareholder",
		"updateEmployeeRoles", "getOrganizationDocument", "deleteOrganizationDocument", "getPersonnelStatus", "deleteBeneficiary", "listPaymentConsents",
		"revokePaymentConsent", "validatePaymentConsent",
		// It never succeeds.
		"failTestWebhook",
	}, o.ID)
}

func readParity(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parityDir, file))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Load(text, into, yaml.WithKnownFields()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// places are the paths that entries mean.
func places(entries []string) []string {
	var list []string
	for _, entry := range entries {
		words := strings.Fields(entry)
		if len(words) == 1 || words[0] == "code" {
			list = append(list, words...)
			continue
		}
		for _, name := range words[1:] {
			list = append(list, words[0]+"."+name)
		}
	}
	return list
}

// having counts the replies that have a member.
func having(replies []any, at string) int {
	n := 0
	for _, reply := range replies {
		if _, err := find(reply, at); err == nil {
			n++
		}
	}
	return n
}

func (p *replyParity) operation(t *testing.T, id string, listed parity) {
	replies := p.replies[id]
	if len(replies) == 0 {
		t.Errorf("%s: no flow gets a reply", id)
		return
	}
	for _, at := range places(listed.Always) {
		if n := having(replies, at); n < len(replies) {
			t.Errorf("%s: %s is in %d of %d replies", id, at, n, len(replies))
		}
	}
	for why, entries := range listed.Sometimes {
		for _, at := range places(entries) {
			if n := having(replies, at); n == 0 {
				t.Errorf("%s: %s, %s, is in none of %d replies", id, at, why, len(replies))
			}
		}
	}
	for _, entries := range listed.Absent {
		for _, at := range places(entries) {
			if n := having(replies, at); n > 0 {
				t.Errorf("%s: %s is listed as absent, and is in %d replies", id, at, n)
			}
		}
	}
}

func (p *replyParity) refusal(t *testing.T, code string, listed map[string][]string) {
	replies := p.refusals[code]
	if code == "every" {
		for other, of := range p.refusals {
			if _, own := listed[other]; !own {
				replies = append(replies, of...)
			}
		}
	}
	if len(replies) == 0 {
		t.Errorf("%s: no flow is refused with it", code)
	}
	for _, at := range places(listed[code]) {
		// A refusal that a scenario gives has no figures, and not every cause has one
		// field that is at fault.
		if n := having(replies, at); n == 0 || code == "every" && n < len(replies) {
			t.Errorf("%s: %s is in %d of %d refusals", code, at, n, len(replies))
		}
	}
}

// fields demands that each refusal either names the one member at fault in some
// reply, or is listed with the reason why it has none, and then in no reply.
func (p *replyParity) fields(t *testing.T) {
	var listed struct {
		Named    []string            `yaml:"named"`
		Nameless map[string][]string `yaml:"nameless"`
	}
	readParity(t, "fields.yaml", &listed)
	named := map[string]bool{}
	for _, code := range strings.Fields(strings.Join(listed.Named, " ")) {
		named[code] = true
	}
	for _, codes := range listed.Nameless {
		for _, code := range strings.Fields(strings.Join(codes, " ")) {
			if named[code] {
				t.Errorf("%s is listed with a field and without one", code)
			}
			named[code] = false
		}
	}
	for code, replies := range p.refusals {
		has := having(replies, "data.field") > 0
		if want, known := named[code]; !known || has != want {
			t.Errorf("%s: data.field is there: %t, in fields.yaml: %t (%t)", code, has, want, known)
		}
	}
}
