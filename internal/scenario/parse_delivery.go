package scenario

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/domain/delivery"
)

// The bounds of what happens to a delivery on its way.
const maxBehind = 100

// deliveryForms shows how those faults of deliveries are written that say how much.
const deliveryForms = "{delay: 2h} or {reorder: 3}"

// plainDeliveryFaults are those that need no more than a word.
func plainDeliveryFaults() []string {
	var words []string
	for _, k := range delivery.FaultKinds() {
		if k != delivery.Late && k != delivery.Reorder {
			words = append(words, string(k))
		}
	}
	return words
}

// deliveryFault reads what happens to a delivery: a word, or a mapping of one member.
func (p *parser) deliveryFault(n *yaml.Node) *delivery.Fault {
	f := &delivery.Fault{}
	if n.Kind != yaml.MappingNode {
		f.Kind = delivery.FaultKind(n.Value)
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || !slices.Contains(plainDeliveryFaults(), n.Value) {
			p.mistake(n, "fault of a delivery cannot be %s; it can be %s, %s", faultShown(n), strings.Join(plainDeliveryFaults(), ", "), deliveryForms)
		}
		return f
	}
	before := p.found
	m := p.members(n, "a fault of a delivery", string(delivery.Late), string(delivery.Reorder))
	late, reorder := m[string(delivery.Late)], m[string(delivery.Reorder)]
	switch {
	case p.found > before:
	case (late == nil) == (reorder == nil):
		p.mistake(n, "a fault of a delivery is one of %s", deliveryForms)
	case late != nil:
		f.Kind = delivery.Late
		delay, ok := p.delay("delay", late)
		if f.After = delivery.Span(delay); ok && delay == 0 {
			p.mistake(late, "delay must be longer than nothing")
		}
	default:
		f.Kind, f.Behind = delivery.Reorder, p.whole("reorder", reorder, 1, maxBehind)
	}
	return f
}

func faultShown(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return kind(n)
	}
	return fmt.Sprintf("%q", shortened(n.Value))
}

func schemaDeliveryFault() object {
	late := closedObject(object{string(delivery.Late): referred(delayPart, "How long it is held back, on the tenant's clock.")})
	late["required"] = []string{string(delivery.Late)}
	reorder := closedObject(object{string(delivery.Reorder): object{"type": "integer", "minimum": 1, "maximum": maxBehind, "description": "How many later deliveries overtake it."}})
	reorder["required"] = []string{string(delivery.Reorder)}
	return described(object{"anyOf": []object{oneOf(plainDeliveryFaults()), late, reorder}}, "What goes wrong with a webhook on its way.")
}
