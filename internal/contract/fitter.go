package contract

import (
	"math"
	"reflect"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// fitter makes schemas ready, each once.
type fitter struct {
	formats Formats
	made    map[*openapi3.Schema]*fit
	// entered are the schemas that are being made ready.
	entered map[*openapi3.Schema]bool
}

func newFitter(formats Formats) *fitter {
	return &fitter{filledFormats(formats), map[*openapi3.Schema]*fit{}, map[*openapi3.Schema]bool{}}
}

func (m *fitter) fit(s *openapi3.Schema) *fit {
	if done := m.made[s]; done != nil {
		return done
	}
	f := &fit{unknown: saysMore(s), kinds: kindsTaken(s)}
	// Before its parts, which may lead back to it.
	m.made[s] = f
	m.entered[s] = true
	defer delete(m.entered, s)
	f.all, f.any = m.parts(s.AllOf), m.parts(s.AnyOf)
	m.words(f, s)
	m.text(f, s)
	m.number(f, s)
	m.list(f, s)
	m.object(f, s)
	return f
}

// saysMore reports whether a schema says something that is not made ready here.
func saysMore(s *openapi3.Schema) bool {
	rest := *s
	rest.Title, rest.Description, rest.Example, rest.Default, rest.Extensions, rest.Origin = "", "", nil, nil, nil, nil
	rest.Type, rest.Nullable, rest.AllOf, rest.AnyOf, rest.Enum, rest.Format = nil, false, nil, nil, nil, ""
	rest.MinLength, rest.MaxLength, rest.Pattern = 0, nil, ""
	rest.Min, rest.Max, rest.ExclusiveMin, rest.ExclusiveMax, rest.MultipleOf = nil, nil, openapi3.ExclusiveBound{}, openapi3.ExclusiveBound{}, nil
	rest.MinItems, rest.MaxItems, rest.Items = 0, nil, nil
	rest.MinProps, rest.MaxProps, rest.Required, rest.Properties, rest.AdditionalProperties = 0, nil, nil, nil, openapi3.AdditionalProperties{}
	return !reflect.DeepEqual(rest, openapi3.Schema{})
}

func kindsTaken(s *openapi3.Schema) kindSet {
	var set kindSet
	for kind, bits := range map[string]kindSet{
		openapi3.TypeBoolean: kindBoolean, openapi3.TypeInteger: kindWhole, openapi3.TypeNumber: kindFraction | kindWhole,
		openapi3.TypeString: kindText, openapi3.TypeArray: kindList, openapi3.TypeObject: kindObject,
	} {
		if s.Type.Permits(kind) {
			set |= bits
		}
	}
	if s.Nullable {
		set |= kindNull
	}
	return set
}

// parts makes the schemas ready that the same value must fit. One that leads back
// to itself in this way is the validator's.
func (m *fitter) parts(refs openapi3.SchemaRefs) []*fit {
	var list []*fit
	for _, ref := range refs {
		if m.entered[ref.Value] {
			list = append(list, &fit{unknown: true})
			continue
		}
		list = append(list, m.fit(ref.Value))
	}
	return list
}

func (m *fitter) words(f *fit, s *openapi3.Schema) {
	if len(s.Enum) == 0 {
		return
	}
	f.words = map[any]bool{}
	for _, value := range s.Enum {
		if kind := kindOf(value); kind == openapi3.TypeObject || kind == openapi3.TypeArray {
			f.unknown = true
			continue
		}
		f.words[value] = true
	}
}

func (m *fitter) text(f *fit, s *openapi3.Schema) {
	f.text = textFit{least: least(s.MinLength), most: most(s.MaxLength), format: m.formats[s.Format]}
	if _, known := openapi3.SchemaStringFormats[s.Format]; known && f.text.format == nil {
		f.unknown = true
	}
	if s.Pattern == "" {
		return
	}
	var err error
	f.text.pattern, err = regexp.Compile(s.Pattern)
	f.text.letters = lettersOf(s.Pattern)
	// The validator's patterns may have letters by their numbers, Go's have not.
	f.unknown = f.unknown || err != nil || strings.Contains(s.Pattern, `\u`)
}

// least and most are bounds of lengths.
func least(limit uint64) int { return int(min(limit, math.MaxInt)) } //nolint:gosec // it is no more than the greatest int

func most(limit *uint64) int {
	if limit == nil {
		return math.MaxInt
	}
	return least(*limit)
}

func (m *fitter) number(f *fit, s *openapi3.Schema) {
	f.number = numberFit{above: math.Inf(-1), least: math.Inf(-1), most: math.Inf(1), below: math.Inf(1)}
	n := &f.number
	for _, bound := range []struct {
		of    *float64
		alone bool
		into  *float64
	}{
		{s.Min, true, &n.least},
		{s.Max, true, &n.most},
		{s.Min, s.ExclusiveMin.IsTrue(), &n.above},
		{s.Max, s.ExclusiveMax.IsTrue(), &n.below},
		{s.ExclusiveMin.Value, true, &n.above},
		{s.ExclusiveMax.Value, true, &n.below},
		{s.MultipleOf, true, &n.step},
	} {
		if bound.of != nil && bound.alone {
			*bound.into = *bound.of
		}
	}
	f.unknown = f.unknown || s.MultipleOf != nil && !(n.step > 0) || s.Format != "" && f.kinds&kindWhole != 0
}

func (m *fitter) list(f *fit, s *openapi3.Schema) {
	f.list = listFit{least: least(s.MinItems), most: most(s.MaxItems)}
	if s.Items != nil {
		f.list.item = m.fit(s.Items.Value)
	}
}

func (m *fitter) object(f *fit, s *openapi3.Schema) {
	f.object = objectFit{least: least(s.MinProps), most: most(s.MaxProps), required: s.Required, members: map[string]*fit{}}
	for name, member := range s.Properties {
		f.object.members[name] = m.fit(member.Value)
	}
	switch more := s.AdditionalProperties; {
	case more.Schema != nil:
		f.object.other = m.fit(more.Schema.Value)
	case more.Has == nil || *more.Has:
		f.object.open = true
	}
}

// letters are those of a text of which nothing else is asked: that is what ids
// and most headers are, and a table finds them right in a hundredth of the
// validator's time.
type letters [utf8.RuneSelf]bool

// lettersOf are the letters of a pattern of the form ^[letters]+$; nil if it says
// anything else.
func lettersOf(pattern string) *letters {
	whole, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || whole.Op != syntax.OpConcat || len(whole.Sub) != 3 {
		return nil
	}
	begin, class, end := whole.Sub[0], whole.Sub[1], whole.Sub[2]
	if begin.Op != syntax.OpBeginText || class.Op != syntax.OpPlus || class.Sub[0].Op != syntax.OpCharClass || end.Op != syntax.OpEndText {
		return nil
	}
	known := &letters{}
	ranges := class.Sub[0].Rune
	for letter := range known {
		for pair := range slices.Chunk(ranges, 2) {
			known[letter] = known[letter] || pair[0] <= rune(letter) && rune(letter) <= pair[1]
		}
	}
	return known
}

// make reports whether a text surely has no other letters.
func (l *letters) make(text string) bool {
	if l == nil || text == "" {
		return false
	}
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf || !l[text[i]] {
			return false
		}
	}
	return true
}
