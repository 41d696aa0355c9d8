package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"finhub-sandbox/internal/scenario"
)

// Mistyped is something that looks as if it should choose a scenario, and chooses
// none: whoever sent it would take what happens for the scenario's doing.
type Mistyped struct {
	// Sent is what was sent, such as +kyc-rejectd or a header's value.
	Sent string
	// Nearest is the scenario that was probably meant; empty if none is near.
	Nearest string
	// Notice says it to people.
	Notice string
}

// seenMistyped are the latest of each tenant. They are kept by the process alone:
// what is mistyped changes no state.
type seenMistyped struct {
	mu sync.Mutex
	of map[string][]Mistyped
}

// What is kept of mistyped names.
const (
	maxMistyped        = 20
	maxMistypedTenants = 1000
)

func (s *seenMistyped) add(tenant string, m Mistyped) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil || len(s.of) >= maxMistypedTenants && s.of[tenant] == nil {
		s.of = map[string][]Mistyped{}
	}
	list := slices.DeleteFunc(s.of[tenant], func(before Mistyped) bool { return before == m })
	s.of[tenant] = append(list[max(0, len(list)-maxMistyped+1):], m)
}

func (s *seenMistyped) forget(tenant string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, tenant)
}

// Mistyped lists what a tenant has mistyped of late, the latest last.
func (s *World) Mistyped(tenant string) []Mistyped {
	s.mistyped.mu.Lock()
	defer s.mistyped.mu.Unlock()
	return slices.Clone(s.mistyped.of[tenant])
}

// findMistyped looks whether a request says something that looks as if it should
// choose a scenario and does not.
func findMistyped(act *Act, in Asked, whom subject) (m Mistyped, found bool) {
	switch {
	case in.Misnamed != "":
		return mistyped(in.Misnamed, scenario.Header, "the header %s is not read (did you mean %s?)", whom)
	case in.Registers && in.Scenario != "":
		return mistypedHeader(act, in, whom)
	case in.Registers:
		return mistypedTag(act, in.Email, whom)
	case in.Scenario != "" && in.Scenario != whom.governing.Name:
		return mistyped(in.Scenario, "", "the header X-Sandbox-Scenario: %s chooses nothing here, only at a registration", whom)
	}
	for _, email := range in.People {
		tag := plusTag(email)
		if tag != "" && tag != whom.governing.Name && scenarioOf(act, readTenantScenarios(act.Unit), tag) != nil {
			return mistyped("+"+tag, "", "the tag %s chooses nothing for one of the people of an organization", whom)
		}
	}
	return Mistyped{}, false
}

// mistyped words a mistake: format has places for what was sent and, if there is
// one, for what is near. Where the request is refused nothing governs.
func mistyped(sent, near, format string, whom subject) (m Mistyped, found bool) {
	sent = printable(sent)
	words := []any{sent}
	if near != "" {
		words = append(words, near)
	}
	notice := fmt.Sprintf(format, words...)
	if whom.governing != nil {
		notice += "; " + whom.governing.Name + " governs"
	}
	return Mistyped{sent, near, notice}, true
}

// mistypedHeader is about a registration with the header: a name that is none is
// refused by the registration itself, and a tag beside it chooses nothing.
func mistypedHeader(act *Act, in Asked, whom subject) (m Mistyped, found bool) {
	t := readTenantScenarios(act.Unit)
	if scenarioOf(act, t, in.Scenario) == nil {
		if near := scenario.Nearest(in.Scenario, act.scenarioNames(t)); near != "" {
			return mistyped(in.Scenario, near, "there is no scenario %s (did you mean %s?)", subject{})
		}
		return mistyped(in.Scenario, "", "there is no scenario %s", subject{})
	}
	if tag := plusTag(in.Email); tag != "" && tag != in.Scenario && scenarioOf(act, t, tag) != nil {
		return mistyped("+"+tag, "", "the tag %s chooses nothing beside the header X-Sandbox-Scenario", whom)
	}
	return Mistyped{}, false
}

// mistypedTag is about the e-mail of a registration without the header.
func mistypedTag(act *Act, email string, whom subject) (m Mistyped, found bool) {
	local, domain, _ := strings.Cut(strings.ToLower(email), "@")
	tag := plusTag(email)
	if tag == "" && !strings.ContainsAny(local, "-_+") && !strings.Contains(domain, "+") {
		return Mistyped{}, false
	}
	t := readTenantScenarios(act.Unit)
	if scenarioOf(act, t, tag) != nil {
		return Mistyped{}, false
	}
	names := act.scenarioNames(t)
	if near := scenario.Nearest(tag, names); near != "" {
		return mistyped("+"+tag, near, "the tag %s names no scenario (did you mean +%s?)", whom)
	}
	for _, part := range strings.FieldsFunc(local, func(r rune) bool { return r == '+' }) {
		if name := endingName(part, names); name != "" {
			return mistyped(name, name, "%s chooses nothing where it stands in the e-mail: write it behind the last plus sign, +%s@", whom)
		}
	}
	if name, _, ok := strings.Cut(domain, "+"); ok && slices.Contains(names, strings.Trim(name, ".")) {
		return mistyped(domain, name, "%s chooses nothing behind the at sign (did you mean +%s@?)", whom)
	}
	if strings.ContainsFunc(tag, isLetter) {
		return mistyped("+"+tag, "", "the tag %s names no scenario", whom)
	}
	return Mistyped{}, false
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }

// endingName finds a scenario's name, at least of two words, with which a text ends.
func endingName(text string, names []string) string {
	text = strings.ReplaceAll(text, "_", "-")
	for _, name := range names {
		before, ends := strings.CutSuffix(text, name)
		if ends && strings.Contains(name, "-") && (before == "" || !isLetter(rune(before[len(before)-1]))) {
			return name
		}
	}
	return ""
}

// printable keeps of a text what can stand in a header and a line of a log.
func printable(text string) string {
	const most = 80
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text[:min(most, len(text))])
}
