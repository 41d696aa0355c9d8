package contract

import (
	"reflect"
	"regexp/syntax"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// plainText is what ids and most headers are: a text of so many letters of some
// kinds. Every request has several, and a table finds them right in a hundredth of
// the validator's time. What it does not take is not wrong for that: the validator
// decides, and finds the words.
type plainText struct {
	least, most int
	letters     [utf8.RuneSelf]bool
}

// newPlainText is nil for a schema that says more than lengths and a pattern of the
// form ^[letters]+$, or less than a greatest length.
func newPlainText(s *openapi3.Schema) *plainText {
	rest := *s
	rest.Type, rest.MinLength, rest.MaxLength, rest.Pattern = nil, 0, nil, ""
	rest.Title, rest.Description, rest.Example, rest.Extensions, rest.Origin = "", "", nil, nil, nil
	if !s.Type.Is(openapi3.TypeString) || s.MaxLength == nil || !reflect.DeepEqual(rest, openapi3.Schema{}) {
		return nil
	}
	class := []rune{0, utf8.RuneSelf - 1}
	if s.Pattern != "" {
		if class = lettersOf(s.Pattern); class == nil {
			return nil
		}
	}
	p := &plainText{least: int(s.MinLength), most: int(*s.MaxLength)}
	for i := range p.letters {
		for j := 0; j < len(class); j += 2 {
			p.letters[i] = p.letters[i] || class[j] <= rune(i) && rune(i) <= class[j+1]
		}
	}
	return p
}

// lettersOf are the ranges of letters of a pattern that says no more; nil if it does.
func lettersOf(pattern string) []rune {
	whole, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || whole.Op != syntax.OpConcat || len(whole.Sub) != 3 {
		return nil
	}
	begin, letters, end := whole.Sub[0], whole.Sub[1], whole.Sub[2]
	if begin.Op != syntax.OpBeginText || letters.Op != syntax.OpPlus || letters.Sub[0].Op != syntax.OpCharClass || end.Op != syntax.OpEndText {
		return nil
	}
	return letters.Sub[0].Rune
}

// takes reports whether a text is surely right.
func (p *plainText) takes(text string) bool {
	if p == nil || len(text) < p.least || len(text) > p.most || text == "" {
		return false
	}
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf || !p.letters[text[i]] {
			return false
		}
	}
	return true
}
