package console

import "finhub-sandbox/internal/client"

type coveragePage struct {
	client.Coverage
	// Of is the dimension of which everything is shown; empty is the first of all.
	Of         string
	Dimensions []coveredDimension
}

// coveredDimension parts what was met from what never was.
type coveredDimension struct {
	client.CoverageDimension
	Missed, Found []client.CoverageItem
	More          int
}

// firstItems is how much of a dimension is shown beside the others.
const firstItems = 20

func coveragePageOf(v *visit) (string, any, error) {
	p := &coveragePage{Of: v.query("of")}
	if err := v.get("/coverage", nil, &p.Coverage); err != nil {
		return "", nil, err
	}
	for _, d := range p.Coverage.Dimensions {
		if p.Of != "" && p.Of != d.Name {
			continue
		}
		parted := coveredDimension{CoverageDimension: d}
		for _, item := range d.Items {
			if item.Count > 0 {
				parted.Found = append(parted.Found, item)
			} else {
				parted.Missed = append(parted.Missed, item)
			}
		}
		if p.Of == "" {
			missed, found := len(parted.Missed), len(parted.Found)
			parted.Missed, parted.Found = parted.Missed[:min(missed, firstItems)], parted.Found[:min(found, firstItems)]
			parted.More = d.Exists - len(parted.Missed) - len(parted.Found)
		}
		p.Dimensions = append(p.Dimensions, parted)
	}
	return "Coverage", p, nil
}
