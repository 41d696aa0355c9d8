package rest

import (
	"strings"

	"finhub-sandbox/internal/contract"
)

// nearest finds the operation whose path shares the most segments with an
// unknown one; a caller who mistyped a path wants to see the right one.
func nearest(d *contract.Document, path string) *contract.Operation {
	sent := strings.Split(strings.Trim(strings.TrimPrefix(path, d.Base), "/"), "/")
	var best *contract.Operation
	bestScore := 1
	for _, o := range d.Operations {
		known := strings.Split(strings.Trim(strings.TrimPrefix(o.Path, d.Base), "/"), "/")
		score := -abs(len(sent) - len(known))
		for i, segment := range known {
			if i < len(sent) {
				score += likeness(segment, sent[i])
			}
		}
		if score > bestScore {
			best, bestScore = o, score
		}
	}
	return best
}

func likeness(known, sent string) int {
	switch {
	case strings.HasPrefix(known, "{"):
		return 1
	case strings.EqualFold(known, sent):
		return 4
	case len(sent) > 3 && (strings.HasPrefix(known, sent[:3])):
		return 2
	}
	return 0
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
