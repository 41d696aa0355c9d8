package coverage

import (
	"fmt"
	"path"
	"slices"

	"go.yaml.in/yaml/v4"
)

// Exclusion says that something does not count, and why.
type Exclusion struct {
	// Item is a dimension and a name, such as "refusals createBeneficiary
	// DUPLICATE_BENEFICIARY"; an asterisk stands for any text.
	Item   string `json:"item" yaml:"item"`
	Reason string `json:"reason" yaml:"reason"`
}

// ReadExclusions reads a YAML list of exclusions.
func ReadExclusions(text []byte) (list []Exclusion, err error) {
	if err := yaml.Load(text, &list, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("it is no list of {item: ..., reason: ...}: %w", err)
	}
	return list, nil
}

// Exclude leaves out of a report what somebody has a reason not to test. An exclusion
// without a reason, or of what does not exist, is an error.
func (r *Report) Exclude(list []Exclusion) error {
	for n, e := range list {
		switch {
		case e.Item == "":
			return fmt.Errorf("exclusion %d names no item: write {item: \"refusals createBeneficiary *\", reason: ...}", n+1)
		case e.Reason == "":
			return fmt.Errorf("the exclusion of %q has no reason: say why it does not count", e.Item)
		}
		if _, err := path.Match(e.Item, ""); err != nil {
			return fmt.Errorf("the exclusion of %q is no pattern: %w", e.Item, err)
		}
		found := false
		for i := range r.Dimensions {
			d := &r.Dimensions[i]
			before := len(d.Items)
			d.Items = slices.DeleteFunc(d.Items, func(one Item) bool {
				matches, _ := path.Match(e.Item, d.Name+" "+one.Name) // It was tried above.
				return matches
			})
			found = found || len(d.Items) < before
		}
		if !found {
			return fmt.Errorf("the exclusion of %q is of nothing that exists: finhub-sandbox coverage --json has the names", e.Item)
		}
		r.Excluded = append(r.Excluded, e)
	}
	r.sum()
	return nil
}

// Merge joins the reports of several runs, of the same sandbox: what one of them has
// met was met.
func Merge(list ...*Report) (*Report, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("there is no report to merge")
	}
	whole := *list[0]
	whole.Dimensions = nil
	for _, d := range list[0].Dimensions {
		d.Items = slices.Clone(d.Items)
		whole.Dimensions = append(whole.Dimensions, d)
	}
	whole.Habits, whole.Excluded = slices.Clone(list[0].Habits), slices.Clone(list[0].Excluded)
	for n, r := range list[1:] {
		if err := whole.add(r); err != nil {
			return nil, fmt.Errorf("report %d is of another version of the sandbox, or has other exclusions: %w", n+2, err)
		}
	}
	sortHabits(whole.Habits)
	whole.sum()
	return &whole, nil
}

func (r *Report) add(more *Report) error {
	if r.Tenant != more.Tenant {
		r.Tenant = ""
	}
	if more.Since.Before(r.Since) {
		r.Since = more.Since
	}
	r.Requests += more.Requests
	r.Unknown += more.Unknown
	if len(more.Dimensions) != len(r.Dimensions) {
		return fmt.Errorf("it has %d dimensions and not %d", len(more.Dimensions), len(r.Dimensions))
	}
	for i := range r.Dimensions {
		d, other := &r.Dimensions[i], more.dimension(r.Dimensions[i].Name)
		if other == nil || len(other.Items) != len(d.Items) {
			return fmt.Errorf("it has other %s", d.Name)
		}
		for j := range d.Items {
			if d.Items[j].Name != other.Items[j].Name {
				return fmt.Errorf("it has %s %s where the first has %s", d.Name, other.Items[j].Name, d.Items[j].Name)
			}
			d.Items[j].Count += other.Items[j].Count
		}
	}
	for _, h := range more.Habits {
		i := slices.IndexFunc(r.Habits, func(known Habit) bool { return known.Name == h.Name && known.Operation == h.Operation })
		if i < 0 {
			r.Habits = append(r.Habits, h)
			continue
		}
		r.Habits[i].Count += h.Count
	}
	return nil
}

// Losses lists what a baseline has met and the report has not, as dimension and name.
// What the report does not have any more is no loss.
func (r *Report) Losses(baseline *Report) (list []string) {
	for _, d := range baseline.Dimensions {
		now := r.dimension(d.Name)
		if now == nil {
			continue
		}
		for _, was := range d.Items {
			i := slices.IndexFunc(now.Items, func(is Item) bool { return is.Name == was.Name })
			if was.Count > 0 && i >= 0 && now.Items[i].Count == 0 {
				list = append(list, d.Name+" "+was.Name)
			}
		}
	}
	return list
}
