package rest

import (
	"strings"

	"github.com/agnivade/levenshtein"

	"finhub-sandbox/internal/contract"
)

// The costs of what may be wrong with a path: another word, a segment too many or
// too few, a value in the place of a parameter, and another method. A word that is
// misspelt costs its letters.
const (
	otherSegment = 4
	otherLength  = 3
	parameter    = 1
	otherMethod  = 2
)

// nearest finds the operation whose path takes the least to make an unknown one
// of: a caller who mistyped it wants to see the right one. Without a word that
// both have there is none.
func nearest(d *contract.Document, method, path string) *contract.Operation {
	sent := segmentsOf(d, path)
	var best *contract.Operation
	least := 0
	for _, o := range d.Operations {
		known := segmentsOf(d, o.Path)
		cost, shared := apart(known, sent)
		if o.Method != method {
			cost += otherMethod
		}
		if shared && (best == nil || cost < least) {
			best, least = o, cost
		}
	}
	return best
}

// maxSegments bounds what is compared; no path of the documents is that long.
const maxSegments = 16

func segmentsOf(d *contract.Document, path string) []string {
	list := strings.Split(strings.Trim(strings.TrimPrefix(path, d.Base), "/"), "/")
	return list[:min(len(list), maxSegments)]
}

// apart is what it costs to make the one path of the other, and reports whether
// they have a word in common, misspelt or not.
func apart(known, sent []string) (cost int, shared bool) {
	row := make([]int, len(sent)+1)
	for j := range row {
		row[j] = j * otherLength
	}
	for i, k := range known {
		diagonal := row[0]
		row[0] = (i + 1) * otherLength
		for j, s := range sent {
			c := unlike(k, s)
			shared = shared || c < otherSegment && !isParameter(k)
			replaced := diagonal + c
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+otherLength, diagonal+otherLength)
		}
	}
	return row[len(sent)], shared
}

// unlike is what a segment costs in the place of another. Anything may stand for a
// parameter, but a word that both have says more.
func unlike(known, sent string) int {
	switch {
	case isParameter(known):
		return parameter
	case strings.EqualFold(known, sent):
		return 0
	case len(sent) > 2*len(known):
		return otherSegment
	}
	if letters := levenshtein.ComputeDistance(strings.ToLower(known), strings.ToLower(sent)); letters <= max(1, len(known)/3) {
		return min(letters, otherSegment-1)
	}
	return otherSegment
}

func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }
