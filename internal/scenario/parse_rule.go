package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/domain/delivery"
)

func (p *parser) rule(n *yaml.Node) *Rule {
	m := p.members(n, "a rule", "name", "on", "when", "decide", "reason", "after", "refuse", "fault", "times", "skip", "every", "chance")
	r := &Rule{
		Name: p.shortText("name", m["name"], maxName), On: p.text("on", m["on"]), When: p.text("when", m["when"]),
		Decide: p.text("decide", m["decide"]), Reason: p.text("reason", m["reason"]), Refuse: p.text("refuse", m["refuse"]),
		Times: p.count("times", m["times"]), Skip: p.count("skip", m["skip"]), Every: p.count("every", m["every"]), Chance: 1,
	}
	if n.Kind != yaml.MappingNode {
		return r
	}
	if node := m["chance"]; node != nil {
		r.Chance = p.number("chance", node, 0, 1)
	}
	switch node := m["fault"]; {
	case node == nil:
	case r.On == delivery.Point:
		r.Delivery = p.deliveryFault(node)
	default:
		r.Fault = p.faultOf(node)
	}
	p.subject(n, m, r)
	if node := m["when"]; node != nil && node.ShortTag() == "!!str" {
		p.condition(node, r)
	}
	return r
}

// subject checks that the rule does with its choice point or operation what can
// be done with it.
func (p *parser) subject(n *yaml.Node, m map[string]*yaml.Node, r *Rule) {
	at := m["on"]
	point, isPoint := p.catalog.points[r.On]
	switch {
	case at == nil:
		p.mistake(n, "a rule needs on: the choice point that it answers, or the operation that it refuses or injects a fault into")
	case at.ShortTag() != "!!str":
		// The text was a mistake already.
	case r.On == delivery.Point && isPoint && m["fault"] != nil:
		p.only(m, r.On, "where something goes wrong with a webhook on its way, or it is decided when it is sent", "decide", "reason", "after", "refuse")
	case isPoint:
		if p.only(m, r.On, "a choice point, which a rule answers with decide, reason and after", "refuse", "fault") {
			p.answer(n, m, r, point.Default, point.Options, point.Reasons)
		}
	case r.On == every:
		p.only(m, `"*"`, "every operation, into which a rule injects a fault", "decide", "reason", "after", "refuse")
		if m["fault"] == nil && m["refuse"] == nil {
			p.mistake(n, `a rule on "*" needs fault`)
		}
	case p.catalog.isOperation(r.On):
		if p.only(m, r.On, "an operation, which a rule refuses or injects a fault into", "decide", "reason", "after") {
			p.operation(n, m, r)
		}
	default:
		p.unknownSubject(at, r.On)
	}
}

func (p *parser) unknownSubject(at *yaml.Node, word string) {
	if slices.Contains(p.catalog.deadlines, word) {
		p.mistake(at, "%s is a deadline that was announced to the caller, and no rule can answer it; the choice points are %s", word, strings.Join(p.catalog.Points(), ", "))
		return
	}
	if p.found >= maxMistakes {
		p.found++ // Nobody will see it, and looking for the nearest word takes time.
		return
	}
	points, operations := p.catalog.Points(), p.catalog.Operations()
	begun := ""
	if i := slices.IndexFunc(points, func(point string) bool { return strings.HasPrefix(point, word+".") }); i >= 0 {
		begun = points[i]
	}
	hint := ""
	if near := cmp.Or(begun, Nearest(word, points), Nearest(word, operations), meant(word, points), meant(word, operations)); near != "" {
		hint = fmt.Sprintf(" (did you mean %s?)", near)
	}
	list := "the choice points are " + strings.Join(p.catalog.Points(), ", ")
	if p.catalog.operations != nil {
		list += `; the operations are *, ` + strings.Join(p.catalog.Operations(), ", ")
	}
	p.mistake(at, "%q is neither a choice point nor an operation%s; %s", shortened(word), hint, p.once(at.Line, list))
}

// only makes a mistake of each member that has no meaning on the rule's subject.
func (p *parser) only(m map[string]*yaml.Node, subject, what string, without ...string) bool {
	fits := true
	for _, name := range without {
		if node := m[name]; node != nil {
			p.mistake(node, "%s has no place here: %s is %s", name, subject, what)
			fits = false
		}
	}
	return fits
}

// answer checks what a rule decides against the choice point.
func (p *parser) answer(n *yaml.Node, m map[string]*yaml.Node, r *Rule, standard string, options []string, reasons map[string][]string) {
	if m["decide"] == nil && m["after"] == nil {
		p.mistake(n, "a rule on a choice point needs decide or after")
	}
	if node := m["after"]; node != nil {
		p.after(node, r)
	}
	option := r.Decide
	if m["decide"] == nil {
		if standard == "" {
			p.mistake(n, "a rule on %s needs decide: without one nothing happens there; it can be %s", r.On, strings.Join(options, ", "))
			return
		}
		option = standard
	} else if m["decide"].ShortTag() != "!!str" {
		return
	}
	if !slices.Contains(options, option) {
		p.mistake(m["decide"], "%s cannot be decided as %q; it can be %s", r.On, shortened(option), p.right(m["decide"].Line, option, options))
		return
	}
	node := m["reason"]
	if node == nil || node.ShortTag() != "!!str" || slices.Contains(reasons[option], r.Reason) {
		return
	}
	if len(reasons[option]) == 0 {
		p.mistake(node, "%s has no reasons for %s", r.On, option)
		return
	}
	p.mistake(node, "%q is no reason for %s; there are %s", shortened(r.Reason), option, p.right(node.Line, r.Reason, reasons[option]))
}

// operation checks how a rule refuses an operation or injects a fault into it.
func (p *parser) operation(n *yaml.Node, m map[string]*yaml.Node, r *Rule) {
	refuse := m["refuse"]
	switch {
	case refuse != nil && m["fault"] != nil:
		p.mistake(m["fault"], "a rule has refuse or fault, not both; write two rules")
	case refuse == nil && m["fault"] == nil:
		p.mistake(n, "a rule on an operation needs refuse or fault")
	case refuse == nil || refuse.ShortTag() != "!!str":
		// A fault stands for itself, and the text was a mistake already.
	case r.Refuse == "":
		p.mistake(refuse, "refuse is empty; it is the code of a refusal")
	case p.catalog.operations != nil && !slices.Contains(p.catalog.operations[r.On], r.Refuse):
		codes := slices.Sorted(slices.Values(p.catalog.operations[r.On]))
		p.mistake(refuse, "%s is never refused with %q; it can be refused with %s", r.On, shortened(r.Refuse), p.right(refuse.Line, r.Refuse, codes))
	}
}
