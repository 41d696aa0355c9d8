package scenario

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"finhub-sandbox/internal/domain/machine"
)

// text reads a text. Numbers and truth values are none: what looks like one
// must be quoted, so that nobody wonders what became of 0123 or yes.
func (p *parser) text(member string, n *yaml.Node) string {
	return p.shortText(member, n, maxText)
}

// shortText reads a text of so many bytes at most.
func (p *parser) shortText(member string, n *yaml.Node, most int) string {
	switch {
	case n == nil:
		return ""
	case n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str":
		p.mistake(n, "%s must be a text, not %s", member, kind(n))
		return ""
	case len(n.Value) > most:
		p.mistake(n, "%s must be a text of at most %d bytes, not %d", member, most, len(n.Value))
		return ""
	}
	return n.Value
}

// word reads one of several words.
func (p *parser) word(member string, n *yaml.Node, right ...string) string {
	if n == nil {
		return ""
	}
	before := p.found
	word := p.text(member, n)
	if p.found == before && !slices.Contains(right, word) {
		p.mistake(n, "%s cannot be %q; it can be %s", member, shortened(word), p.right(n.Line, word, right))
	}
	return word
}

// count reads a whole number from 1.
func (p *parser) count(member string, n *yaml.Node) int {
	return p.whole(member, n, 1, 1_000_000_000)
}

func (p *parser) whole(member string, n *yaml.Node, least, most int) int {
	if n == nil {
		return 0
	}
	count, err := strconv.Atoi(n.Value)
	if !plainNumber(n) || err != nil || count < least || count > most {
		p.mistake(n, "%s must be a whole number from %d to %d in plain digits, not %s", member, least, most, shown(n))
		return least
	}
	return count
}

// number reads a number between two bounds, which belong to it.
func (p *parser) number(member string, n *yaml.Node, least, most float64) float64 {
	number, err := strconv.ParseFloat(n.Value, 64)
	if !plainNumber(n) || err != nil || number < least || number > most {
		p.mistake(n, "%s must be a number from %g to %g in plain digits, not %s", member, least, most, shown(n))
		return least
	}
	return number
}

// maxAmount is the largest amount of money, in major units; maxMinor is the same
// in minor ones.
const (
	maxAmount = 9_999_999_999_999.99
	maxMinor  = 999_999_999_999_999
)

// amount reads an amount of money in major units and gives it in minor ones.
func (p *parser) amount(member string, n *yaml.Node, zero bool) int64 {
	if n == nil {
		return 0
	}
	least, leastMinor := 0.01, int64(1)
	if zero {
		least, leastMinor = 0, 0
	}
	whole, fraction, _ := strings.Cut(n.Value, ".")
	hundredths := strings.TrimRight(fraction, "0")
	minor, err := strconv.ParseInt(whole+(hundredths + "00")[:2], 10, 64)
	switch {
	case !plainNumber(n) || err != nil || minor > maxMinor || minor < leastMinor && len(hundredths) <= 2:
		p.mistake(n, "%s must be an amount such as 250 or 99.95, from %g, not %s", member, least, shown(n))
		return 0
	case len(hundredths) > 2:
		p.mistake(n, "%s must have at most two decimals, not %s", member, shown(n))
		return 0
	}
	return minor
}

// plainForm is how a number is written so that everybody reads the same: YAML
// has numbers in bases of 2, 8 and 16, with bars and exponents, and infinite
// ones. It has no more digits than a float keeps.
var plainForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$`)

func plainNumber(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.ShortTag() == "!!int" || n.ShortTag() == "!!float") && plainForm.MatchString(n.Value)
}

// shown is a node as it stands in the file, if it is short enough for that.
func shown(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.Value != "" {
		return strconv.Quote(shortened(n.Value))
	}
	return kind(n)
}

// maxDelayText is the longest way to write a length of time.
const maxDelayText = 100

// delay reads a length of time as people write it. A bare 0 is one too.
func (p *parser) delay(member string, n *yaml.Node) (time.Duration, bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" && n.Value != "0" {
		p.mistake(n, "%s must be a length of time such as 36h or 1d12h, not %s", member, shown(n))
		return 0, false
	}
	if len(n.Value) > maxDelayText {
		p.mistake(n, "%s must be a length of time such as 36h or 1d12h, not %s", member, shown(n))
		return 0, false
	}
	delay, err := machine.ParseDelay(n.Value)
	if err != nil {
		p.mistake(n, "%s: %v", member, err)
		return 0, false
	}
	return delay, true
}

// readsPattern is the other way of saying when a decision comes: after it has
// been looked for so many times.
const readsPattern = `^[1-9][0-9]{0,3} reads?$`

var readsForm = regexp.MustCompile(readsPattern)

// after reads when a decision comes.
func (p *parser) after(n *yaml.Node, r *Rule) {
	if n.Kind == yaml.ScalarNode && readsForm.MatchString(n.Value) {
		for _, digit := range n.Value {
			if digit < '0' || digit > '9' {
				break
			}
			r.Reads = r.Reads*10 + int(digit-'0')
		}
		return
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" && n.Value != "0" {
		p.mistake(n, "after must be a length of time such as 36h, or a number of reads such as 3 reads, not %s", shown(n))
		return
	}
	r.After, r.Delayed = p.delay("after", n)
}
