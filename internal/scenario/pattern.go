package scenario

import (
	"fmt"
	"regexp/syntax"
)

// The sizes of patterns, in steps of the machine that looks for them: what a few
// letters of a pattern say can need millions, which are kept in memory.
const (
	maxPattern = 2000
	// maxPatterns is for all patterns of a file together.
	maxPatterns = 20_000
)

// pattern checks a pattern, without compiling it: its size must be known before
// anybody makes it. Those that are refused count as well, since they were read.
func (p *parser) pattern(text string) error {
	if p.patterns <= maxPatterns {
		tree, err := syntax.Parse(text, syntax.Perl)
		if err != nil {
			return fmt.Errorf("is wrong: %w", err)
		}
		size := patternSize(tree)
		p.patterns += size
		if size > maxPattern {
			return fmt.Errorf("is too large: it takes more than %d steps; repetitions multiply what they repeat", maxPattern)
		}
	}
	if p.patterns > maxPatterns {
		return fmt.Errorf("is too much: the patterns of the file take more than %d steps together", maxPatterns)
	}
	return nil
}

// patternSize is how many steps a pattern takes, or a bit more than maxPattern if
// it is more than that.
func patternSize(tree *syntax.Regexp) int {
	// Classes of letters are lists of ranges, of which a step holds several.
	const ranges = 16
	size := 1
	switch tree.Op {
	case syntax.OpLiteral:
		size = len(tree.Rune)
	case syntax.OpCharClass:
		size += len(tree.Rune) / ranges
	case syntax.OpConcat, syntax.OpRepeat:
		size = 0
	case syntax.OpCapture:
		size = 2
	}
	for _, sub := range tree.Sub {
		size = min(size+patternSize(sub), maxPattern+1)
	}
	if tree.Op == syntax.OpRepeat {
		size *= max(1, tree.Min, tree.Max)
	}
	return min(size, maxPattern+1)
}
