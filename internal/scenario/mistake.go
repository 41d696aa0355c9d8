package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is something wrong in a scenario file.
type Mistake struct {
	File         string
	Line, Column int
	Message      string
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

// maxMistakes of one file are told: nobody reads more, and a file can have as
// many as it has letters.
const maxMistakes = 100

// position is a place in a file, counted from 1.
type position struct{ line, column int }

// ordered sorts the mistakes of one file and leaves out those beyond the most
// that are told.
func (m Mistakes) ordered() Mistakes {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if len(m) > maxMistakes {
		last := m[maxMistakes-1]
		last.Message = fmt.Sprintf("%d more mistakes from here on", len(m)-maxMistakes+1)
		m = append(m[:maxMistakes-1:maxMistakes-1], last)
	}
	return m
}

// DidYouMean writes the words that are right, and after them the one that was probably
// meant.
func DidYouMean(word string, right []string) string {
	list := strings.Join(right, ", ")
	if meant := nearest(word, right); meant != "" && len(right) > 1 {
		return fmt.Sprintf("%s (did you mean %s?)", list, meant)
	}
	return list
}

// nearest finds the word that differs least from a wrong one, or nothing if all
// of them differ much.
func nearest(word string, right []string) string {
	best, distance := "", max(1, len(word)/3)+1
	for _, candidate := range right {
		if d := difference(strings.ToLower(word), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// difference counts the letters to add, drop or replace between two words.
func difference(a, b string) int {
	const tooLong = 100
	if len(a) > tooLong || len(b) > tooLong {
		return tooLong
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
