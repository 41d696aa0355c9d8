package contract

import (
	"math"
	"regexp"
	"slices"
	"unicode/utf8"
)

// fit is a schema made ready to say quickly that a value fits. It takes only what
// the validator takes; what it does not take may still be right: the validator
// decides, and finds the words.
type fit struct {
	// unknown is set where the schema says something that is not made ready.
	unknown bool
	kinds   kindSet
	// all and any are the parts of which a value must fit all, and one.
	all, any []*fit
	// words are the values that are taken; nil if they are not listed.
	words  map[any]bool
	text   textFit
	number numberFit
	list   listFit
	object objectFit
}

// kindSet are JSON types.
type kindSet uint8

const (
	kindNull kindSet = 1 << iota
	kindBoolean
	kindWhole
	kindFraction
	kindText
	kindList
	kindObject
)

type textFit struct {
	least, most int
	pattern     *regexp.Regexp
	// letters are those of a pattern that says no more, as nearly all of ids do.
	letters *letters
	format  func(string) error
}

type numberFit struct {
	above, least, most, below, step float64
}

type listFit struct {
	least, most int
	item        *fit
}

type objectFit struct {
	least, most int
	required    []string
	members     map[string]*fit
	// other is what must be fitted by members that the schema does not name; if it
	// is nil, they may be anything if the object is open, and must not be there if not.
	other *fit
	open  bool
}

// takes reports whether a decoded JSON value surely fits.
func (f *fit) takes(value any) bool {
	switch value := value.(type) {
	case string:
		return f.takesText(value)
	case bool:
		return f.has(kindBoolean) && (f.words == nil || f.words[value]) && f.parts(func(part *fit) bool { return part.takes(value) })
	case float64:
		return f.takesNumber(value)
	case map[string]any:
		return f.has(kindObject) && f.words == nil && f.object.takes(value) && f.parts(func(part *fit) bool { return part.takes(value) })
	case []any:
		return f.has(kindList) && f.words == nil && f.list.takes(value) && f.parts(func(part *fit) bool { return part.takes(value) })
	}
	return value == nil && f.has(kindNull)
}

func (f *fit) has(kind kindSet) bool { return !f.unknown && f.kinds&kind != 0 }

// parts reports whether a value fits all that must be fitted beside the schema's
// own keywords.
func (f *fit) parts(takes func(*fit) bool) bool {
	for _, part := range f.all {
		if !takes(part) {
			return false
		}
	}
	return len(f.any) == 0 || slices.ContainsFunc(f.any, takes)
}

// takesText is takes for a text.
func (f *fit) takesText(text string) bool {
	return f.has(kindText) && (f.words == nil || f.words[text]) && f.text.takes(text) &&
		f.parts(func(part *fit) bool { return part.takesText(text) })
}

func (t *textFit) takes(text string) bool {
	if t.least > 0 || t.most < math.MaxInt {
		if length := utf8.RuneCountInString(text); length < t.least || length > t.most {
			return false
		}
	}
	return (t.pattern == nil || t.letters.make(text) || t.pattern.MatchString(text)) && (t.format == nil || t.format(text) == nil)
}

func (f *fit) takesNumber(number float64) bool {
	whole := math.Trunc(number) == number
	return (f.words == nil || f.words[number]) && (f.has(kindFraction) || whole && f.has(kindWhole)) && f.number.takes(number) &&
		f.parts(func(part *fit) bool { return part.takesNumber(number) })
}

// takes refuses what is no number, too: it lies in no range.
func (n *numberFit) takes(number float64) bool {
	return n.least <= number && number <= n.most && n.above < number && number < n.below && n.isStep(number)
}

// nearStep is how far from a multiple a number may be, by its own size: as far as
// the validator allows, less what floats lose in finding it out.
const nearStep = (1 - 1e-15) / (1 << 51)

// isStep reports whether a number is a multiple of the step, as nearly as floats
// are.
func (n *numberFit) isStep(number float64) bool {
	if n.step == 0 {
		return true
	}
	times := math.Round(number / n.step)
	return math.Abs(times) < 1<<53 && math.Abs(math.FMA(-times, n.step, number)) <= math.Abs(number)*nearStep
}

func (l *listFit) takes(items []any) bool {
	if len(items) < l.least || len(items) > l.most {
		return false
	}
	return l.item == nil || !slices.ContainsFunc(items, func(item any) bool { return !l.item.takes(item) })
}

func (o *objectFit) takes(object map[string]any) bool {
	if len(object) < o.least || len(object) > o.most {
		return false
	}
	for _, name := range o.required {
		if _, sent := object[name]; !sent {
			return false
		}
	}
	for name, value := range object {
		member, known := o.members[name]
		if !known {
			member = o.other
		}
		if member == nil && !o.open || member != nil && !member.takes(value) {
			return false
		}
	}
	return true
}
