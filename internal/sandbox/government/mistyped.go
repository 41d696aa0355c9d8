package government

import (
	"fmt"
	"slices"
	"strings"

	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
)

// findMistyped looks whether a request says something that looks as if it should
// choose a scenario and does not.
func findMistyped(act *world.Act, in Asked, whom subject) (m world.Mistyped, found bool) {
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
		tag := world.PlusTag(email)
		if tag != "" && tag != whom.governing.Name && world.ScenarioOf(act, world.ReadTenantScenarios(act.Unit), tag) != nil {
			return mistyped("+"+tag, "", "the tag %s chooses nothing for one of the people of an organization", whom)
		}
	}
	return world.Mistyped{}, false
}

// mistyped words a mistake: format has places for what was sent and, if there is
// one, for what is near. Where the request is refused nothing governs.
func mistyped(sent, near, format string, whom subject) (m world.Mistyped, found bool) {
	sent = printable(sent)
	words := []any{sent}
	if near != "" {
		words = append(words, near)
	}
	notice := fmt.Sprintf(format, words...)
	if whom.governing != nil {
		notice += "; " + whom.governing.Name + " governs"
	}
	return world.Mistyped{Sent: sent, Nearest: near, Notice: notice}, true
}

// mistypedHeader is about a registration with the header: a name that is none is
// refused by the registration itself, and a tag beside it chooses nothing.
func mistypedHeader(act *world.Act, in Asked, whom subject) (m world.Mistyped, found bool) {
	t := world.ReadTenantScenarios(act.Unit)
	if world.ScenarioOf(act, t, in.Scenario) == nil {
		if near := scenario.Nearest(in.Scenario, act.ScenarioNames(t)); near != "" {
			return mistyped(in.Scenario, near, "there is no scenario %s (did you mean %s?)", subject{})
		}
		return mistyped(in.Scenario, "", "there is no scenario %s", subject{})
	}
	if tag := world.PlusTag(in.Email); tag != "" && tag != in.Scenario && world.ScenarioOf(act, t, tag) != nil {
		return mistyped("+"+tag, "", "the tag %s chooses nothing beside the header X-Sandbox-Scenario", whom)
	}
	return world.Mistyped{}, false
}

// mistypedTag is about the e-mail of a registration without the header.
func mistypedTag(act *world.Act, email string, whom subject) (m world.Mistyped, found bool) {
	local, domain, _ := strings.Cut(strings.ToLower(email), "@")
	tag := world.PlusTag(email)
	if tag == "" && !strings.ContainsAny(local, "-_+") && !strings.Contains(domain, "+") {
		return world.Mistyped{}, false
	}
	t := world.ReadTenantScenarios(act.Unit)
	if world.ScenarioOf(act, t, tag) != nil {
		return world.Mistyped{}, false
	}
	names := act.ScenarioNames(t)
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
	return world.Mistyped{}, false
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
