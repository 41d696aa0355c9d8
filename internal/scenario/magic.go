package scenario

import (
	"fmt"
	"strconv"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/fault"
	"finhub-sandbox/internal/headers"
)

// Header is the request header that names the scenario of a new customer.
const Header = headers.Scenario

// The kinds of magic values.
const (
	// MagicHeader and MagicTag choose a scenario for a new customer.
	MagicHeader = "header"
	MagicTag    = "tag"
	// MagicFact is a value of one fact for which a rule's condition waits.
	MagicFact = "fact"
	// MagicCondition are values of several facts, which a condition wants together.
	MagicCondition = "condition"
)

// Magic is a value that triggers something.
type Magic struct {
	Kind string
	// Value is what to send: the header's value, what follows the name in an
	// e-mail address, the value of a fact, or a whole condition.
	Value string
	// Fact and Operator tell what is compared with the value, and how; they are
	// empty for a condition.
	Fact, Operator string
	// Needs are the comparisons that must all hold, for facts and conditions.
	Needs Recipe
	// Scenario is where it works, Rule what acts, On what it acts on.
	Scenario, Rule, On string
	// Effect says what happens: of a rule, or what a scenario is about.
	Effect string
}

// maxMagic is how many values of rules are listed.
const maxMagic = 2000

// ListMagic lists every value that triggers something in scenarios: first how each
// is chosen, then what its rules wait for, as far as there are not too many; more
// is how many were left out. Every value works in the scenario with which it is
// listed.
func ListMagic(scenarios []*Scenario) (list []Magic, more int) {
	for _, s := range scenarios {
		effect := firstSentence(s.Description)
		list = append(list,
			Magic{Kind: MagicHeader, Value: s.Name, Scenario: s.Name, Fact: Header, Operator: "==", Effect: effect},
			Magic{Kind: MagicTag, Value: "+" + s.Name, Scenario: s.Name, Fact: "email", Operator: "contains", Effect: effect})
	}
	listed := 0
	for _, s := range scenarios {
		for _, r := range s.Rules {
			if listed >= maxMagic {
				more++ // Not even the ways of its condition are counted: making them costs most.
				continue
			}
			for _, recipe := range r.recipes() {
				if len(recipe) > 0 {
					list, listed = append(list, magicOf(recipe, s.Name, r)), listed+1
				}
			}
		}
	}
	return list, more
}

func magicOf(recipe Recipe, scenario string, r *Rule) Magic {
	m := Magic{Kind: MagicCondition, Value: recipe.String(), Needs: recipe, Scenario: scenario, Rule: r.Label(), On: r.On, Effect: r.Effect()}
	if len(recipe) == 1 {
		m.Kind, m.Value, m.Fact, m.Operator = MagicFact, recipe[0].Value, recipe[0].Fact, recipe[0].Operator
	}
	return m
}

func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i+1]
	}
	return text
}

// Effect says to people what a rule does.
func (r *Rule) Effect() string {
	text := ""
	switch {
	case r.Refuse != "":
		text = "refuses with " + r.Refuse
	case r.Fault != nil:
		text = r.Fault.effect()
	default:
		text = r.decision()
	}
	for _, limit := range []struct {
		set  bool
		text string
	}{
		{r.Skip == 1, "not the first time"},
		{r.Skip > 1, fmt.Sprintf("not the first %d times", r.Skip)},
		{r.Every > 1, fmt.Sprintf("one time in %d", r.Every)},
		{r.Times == 1, "once at most"},
		{r.Times > 1, fmt.Sprintf("at most %d times", r.Times)},
		{r.Chance < 1, "with a chance of " + strconv.FormatFloat(r.Chance, 'g', -1, 64)},
	} {
		if limit.set {
			text += ", " + limit.text
		}
	}
	return text
}

func (r *Rule) decision() string {
	text := "decides as usual"
	if r.Decide != "" {
		text = "decides " + r.Decide
	}
	if r.Reason != "" {
		text += " (" + r.Reason + ")"
	}
	switch {
	case r.Reads == 1:
		text += " after 1 read"
	case r.Reads > 1:
		text += fmt.Sprintf(" after %d reads", r.Reads)
	case r.Delayed && r.After == 0:
		text += " at once"
	case r.Delayed:
		text += " after " + machine.DelayText(r.After)
	}
	return text
}

func (f *Fault) effect() string {
	delay := ""
	switch {
	case f.Until > 0:
		delay = fmt.Sprintf("%s to %s", machine.DelayText(f.After), machine.DelayText(f.Until))
	case f.After > 0:
		delay = machine.DelayText(f.After)
	}
	text := ""
	switch f.Kind {
	case fault.Delay:
		return "delays the reply by " + delay
	case fault.Drip:
		return "sends the reply byte by byte over " + delay
	case fault.Timeout:
		return "does the work and never replies, closing the connection after " + delay
	case fault.Status:
		text = fmt.Sprintf("replies %d", f.Status)
		if f.RetryAfter > 0 {
			text += ", to be tried again after " + machine.DelayText(f.RetryAfter)
		}
		text += ", without doing the work"
	case fault.Reset:
		text = "closes the connection before the reply, without doing the work"
	case fault.Cut:
		text = "does the work and closes the connection in the middle of the reply"
	case fault.Malformed:
		text = "replies with broken JSON, without doing the work"
	case fault.Empty:
		text = "replies with 200 and no body, without doing the work"
	case fault.Lost:
		text = "does the work and closes the connection before the reply"
	}
	if delay != "" {
		text += ", " + delay + " late"
	}
	return text
}
