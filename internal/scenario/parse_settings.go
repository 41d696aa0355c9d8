package scenario

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/setting"
)

// settings reads what a scenario sets for a tenant.
func (p *parser) settings(what string, n *yaml.Node, rows []setting.Setting, into *setting.Settings) {
	var names []string
	for _, row := range rows {
		names = append(names, row.Name)
	}
	m := p.members(n, what, names...)
	for _, row := range rows {
		if value := m[row.Name]; value != nil {
			p.setting(row, value, into)
		}
	}
}

func (p *parser) setting(row setting.Setting, n *yaml.Node, into *setting.Settings) {
	switch f := row.Form.(type) {
	case setting.Word:
		*f.At(into) = p.word(row.Name, n, f.Words...)
	case setting.Number:
		*f.At(into) = new(p.number(row.Name, n, f.Least, f.Most))
	case setting.Delay:
		*f.At(into) = p.seconds(row.Name, n)
	case setting.Amount:
		*f.At(into) = p.amount(row.Name, n, false)
	case setting.ByNetwork:
		*f.At(into) = p.fees(row.Name, n, f.Networks())
	case setting.Group:
		p.settings(row.Name, n, f.Members, into)
	default:
		panic(fmt.Sprintf("scenarios cannot write %s, a %T", row.Name, f)) // The table says that they can.
	}
}

// seconds reads a length of time in whole seconds.
func (p *parser) seconds(member string, n *yaml.Node) setting.Seconds {
	delay, ok := p.delay(member, n)
	seconds := setting.Seconds(delay / time.Second)
	if ok && (seconds < 1 || seconds.Duration() != delay) {
		p.mistake(n, "%s must be whole seconds, from 1s, not %s", member, shown(n))
	}
	return seconds
}

// fees reads what networks cost.
func (p *parser) fees(member string, n *yaml.Node, networks []string) map[string]int64 {
	fees := map[string]int64{}
	m := p.members(n, member, networks...)
	for _, network := range networks {
		if fee := m[network]; fee != nil {
			fees[network] = p.amount(network, fee, true)
		}
	}
	return fees
}
