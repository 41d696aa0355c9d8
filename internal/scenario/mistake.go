package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Mistake is something wrong in a scenario file.
type Mistake struct {
	File         string
	Line, Column int
	Message      string
	// More is how many mistakes this stands for in the place of their messages; 0
	// is a mistake that is told.
	More int
}

func (m Mistake) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Message)
}

// Mistakes are all those of the files that were read together, file by file and
// in the order of their lines.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, 0, len(m))
	for _, mistake := range m {
		lines = append(lines, mistake.Error())
	}
	return strings.Join(lines, "\n")
}

// Count is how many mistakes there are, with those that are not told.
func (m Mistakes) Count() int {
	count := 0
	for _, mistake := range m {
		count += max(1, mistake.More)
	}
	return count
}

// maxMistakes of one file are told, as they are met: nobody reads more, and a file
// can have as many as it has letters.
const maxMistakes = 50

// position is a place in a file, counted from 1.
type position struct{ line, column int }

// ordered sorts the mistakes of one file that are told, and puts the count of the
// others behind them.
func (m Mistakes) ordered(found int) Mistakes {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if more := found - len(m); more > 0 {
		last := m[len(m)-1]
		last.Message, last.More = fmt.Sprintf("%d more mistakes from here on", more), more
		m = append(m, last)
	}
	return m
}

// DidYouMean writes the words that are right, and after them the one that was probably
// meant.
func DidYouMean(word string, right []string) string {
	list := strings.Join(right, ", ")
	if meant := Nearest(word, right); meant != "" && len(right) > 1 {
		return fmt.Sprintf("%s (did you mean %s?)", list, meant)
	}
	return list
}

// maxWord is the longest word for which a nearest one is looked for.
const maxWord = 100

// Nearest finds the word that differs least from a wrong one, or nothing if all
// of them differ much.
func Nearest(word string, right []string) string {
	if len(word) > maxWord {
		return ""
	}
	best, distance := "", max(1, len(word)/3)+1
	word = strings.ToLower(word)
	for _, candidate := range right {
		if d := levenshtein.ComputeDistance(word, strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// meant finds the word that was probably meant: the nearest, or else the shortest
// that contains a wrong one, as verification.outcome does verification.
func meant(word string, right []string) string {
	if near := Nearest(word, right); near != "" || len(word) < 4 || len(word) > maxWord {
		return near
	}
	best := ""
	for _, candidate := range right {
		if strings.Contains(strings.ToLower(candidate), strings.ToLower(word)) && (best == "" || len(candidate) < len(best)) {
			best = candidate
		}
	}
	return best
}
