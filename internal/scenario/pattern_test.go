package scenario

import (
	"regexp/syntax"
	"testing"
)

// TestThePatternsSizeIsThatOfItsProgram: what is counted without compiling is about
// what the compiler makes.
func TestThePatternsSizeIsThatOfItsProgram(t *testing.T) {
	for _, text := range []string{
		"", "a", "abc", "(?i)abc", "^a+b*c?$", "[a-z0-9]+", `\d{4}-\d{2}`, "(a|b|cd)+", "a{500}", "a{2,500}", "a{500,}", "(ab{10}){20}", "((a{5}){5}){5}", "(?:x|y){100}",
		`\pL{30}`, `(?i)[\pL\pN]{3}`, "a{0}", "(a?){100}", ".*.*.*", "(a{10}|b{20}){10}", "(?P<n>ab)",
	} {
		tree, err := syntax.Parse(text, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		size := patternSize(tree)
		program, err := syntax.Compile(tree.Simplify())
		if err != nil {
			t.Fatal(err)
		}
		if made := len(program.Inst); made > 3*size+5 {
			t.Errorf("%s is counted as %d, and becomes %d instructions", text, size, made)
		}
	}
}
