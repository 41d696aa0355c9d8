package scenario

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v4"
)

// settings reads what a scenario sets for a tenant.
func (p *parser) settings(n *yaml.Node) Settings {
	m := p.members(n, "tenant", "headers", "personnel", "delayScale", "orderLife", "openingBalance", "limits", "fees")
	s := Settings{
		Headers:        p.word("headers", m["headers"], "strict", "relaxed"),
		Personnel:      p.word("personnel", m["personnel"], "advisory", "required"),
		OpeningBalance: p.amount("openingBalance", m["openingBalance"], false),
	}
	if node := m["delayScale"]; node != nil {
		scale := p.number("delayScale", node, 0, 1)
		s.DelayScale = &scale
	}
	if node := m["orderLife"]; node != nil {
		var ok bool
		if s.OrderLife, ok = p.delay("orderLife", node); ok && (s.OrderLife < time.Second || s.OrderLife%time.Second != 0) {
			p.mistake(node, "orderLife must be whole seconds, from 1s, not %s", shown(node))
		}
	}
	if node := m["limits"]; node != nil {
		limits := p.members(node, "limits", "perTransaction", "daily", "monthly")
		s.PerTransaction = p.amount("perTransaction", limits["perTransaction"], false)
		s.Daily = p.amount("daily", limits["daily"], false)
		s.Monthly = p.amount("monthly", limits["monthly"], false)
	}
	if node := m["fees"]; node != nil {
		fees := p.members(node, "fees", networks()...)
		s.Fees = map[string]int64{}
		for _, network := range slices.Sorted(slices.Values(networks())) {
			if fee := fees[network]; fee != nil {
				s.Fees[network] = p.amount(network, fee, true)
			}
		}
	}
	return s
}

// over gives the settings with those of what the scenario extends wherever it
// has none of its own.
func (s Settings) over(base Settings) Settings {
	keep(&s.Headers, base.Headers)
	keep(&s.Personnel, base.Personnel)
	keep(&s.DelayScale, base.DelayScale)
	keep(&s.OrderLife, base.OrderLife)
	keep(&s.OpeningBalance, base.OpeningBalance)
	keep(&s.PerTransaction, base.PerTransaction)
	keep(&s.Daily, base.Daily)
	keep(&s.Monthly, base.Monthly)
	if len(base.Fees) > 0 {
		fees := map[string]int64{}
		for _, set := range []map[string]int64{base.Fees, s.Fees} {
			for network, fee := range set {
				fees[network] = fee
			}
		}
		s.Fees = fees
	}
	return s
}

// keep sets what is not set.
func keep[V comparable](value *V, otherwise V) {
	var none V
	if *value == none {
		*value = otherwise
	}
}
