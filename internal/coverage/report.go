package coverage

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
)

// Report says what a tenant has met, and what never.
type Report struct {
	// Tenant is empty of reports that were joined.
	Tenant string `json:"tenant,omitempty"`
	// Since is when counting began.
	Since    time.Time `json:"since"`
	Requests int64     `json:"requests"`
	// Unknown are those among the requests that no operation answers.
	Unknown int64 `json:"unknownPaths"`
	// Share is the mean of the shares of the dimensions, in percent: each weighs the
	// same, however many items it has.
	Share       float64       `json:"share"`
	Dimensions  []Dimension   `json:"dimensions"`
	Habits      []Habit       `json:"habits"`
	Excluded    []Exclusion   `json:"excluded"`
	Unreachable []Unreachable `json:"unreachable"`
}

// Dimension is one sort of things that can be met.
type Dimension struct {
	Name   string  `json:"name"`
	About  string  `json:"about"`
	Exists int     `json:"exists"`
	Met    int     `json:"met"`
	Share  float64 `json:"share"`
	Items  []Item  `json:"items"`
}

// Item is something that can be met.
type Item struct {
	Name string `json:"name"`
	// Count is how often it was met.
	Count int64 `json:"count"`
	// Shown says how to meet it, of one that never was.
	Shown *Shown `json:"shown,omitempty"`
}

// Habit is something that clients do and that loses money sooner or later.
type Habit struct {
	Name      string `json:"name"`
	Operation string `json:"operation"`
	Count     int    `json:"count"`
	Why       string `json:"why"`
	Instead   string `json:"instead"`
}

// Often says how often.
func (h Habit) Often() string {
	if h.Count == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", h.Count)
}

// Unreachable is something that is documented and that nobody can meet.
type Unreachable struct {
	Dimension string `json:"dimension"`
	Name      string `json:"name"`
	Reason    string `json:"reason"`
}

// Report makes the report of a tenant.
func (c *Coverage) Report(tenant string) *Report {
	t := c.tallies.FindOr(tenant, c.begin)
	r := &Report{
		Tenant: tenant, Since: t.since.UTC(), Requests: t.requests.Load(), Unknown: t.unknown.Load(), Excluded: []Exclusion{},
		Habits: append([]Habit{}, t.habits.list()...), Unreachable: append([]Unreachable{}, c.space.outside...),
	}
	at := map[string]int{}
	for _, d := range dimensions {
		at[d.name] = len(r.Dimensions)
		r.Dimensions = append(r.Dimensions, Dimension{Name: d.name, About: d.about, Items: []Item{}})
	}
	for i, one := range c.space.items {
		d := &r.Dimensions[at[one.dimension]]
		d.Items = append(d.Items, Item{Name: one.name, Count: int64(t.counts[i].Load())})
	}
	c.space.show(r)
	r.sum()
	return r
}

// Whole is the report of all tenants together.
func (c *Coverage) Whole() *Report {
	tenants := c.tallies.Names()
	if len(tenants) == 0 {
		return c.Report(rest.DefaultTenant)
	}
	var list []*Report
	for _, tenant := range tenants {
		list = append(list, c.Report(tenant))
	}
	whole, err := Merge(list...)
	if err != nil {
		panic(err) // They are all of one space.
	}
	return whole
}

// sum counts what was met.
func (r *Report) sum() {
	whole := 0.0
	for i := range r.Dimensions {
		d := &r.Dimensions[i]
		d.Exists, d.Met = len(d.Items), 0
		for j := range d.Items {
			if d.Items[j].Count > 0 {
				d.Met++
				d.Items[j].Shown = nil
			}
		}
		d.Share = 100
		if d.Exists > 0 {
			d.Share = percent(float64(d.Met) / float64(d.Exists))
			whole += float64(d.Met) / float64(d.Exists)
			continue
		}
		whole++
	}
	r.Share = percent(whole / float64(max(1, len(r.Dimensions))))
}

// percent rounds down to a tenth: what is not whole is not told to be 100.
func percent(part float64) float64 { return math.Floor(part*1000+1e-9) / 10 }

// dimension finds a dimension by its name, or nil.
func (r *Report) dimension(name string) *Dimension {
	if i := slices.IndexFunc(r.Dimensions, func(d Dimension) bool { return d.Name == name }); i >= 0 {
		return &r.Dimensions[i]
	}
	return nil
}

// Line is the report in a line.
func (r *Report) Line() string {
	var parts []string
	for _, d := range r.Dimensions {
		parts = append(parts, fmt.Sprintf("%s %d/%d", d.Name, d.Met, d.Exists))
	}
	return fmt.Sprintf("%.1f %% of what exists was met (%s)", r.Share, strings.Join(parts, ", "))
}

// Refused counts the refusals that were met, by their codes, those that came most often
// first.
func (r *Report) Refused() (list []Item) {
	d := r.dimension(refusals)
	if d == nil {
		return nil
	}
	counts := map[string]int64{}
	for _, one := range d.Items {
		_, code, _ := strings.Cut(one.Name, " ")
		counts[code] += one.Count
	}
	for code, count := range counts {
		if count > 0 {
			list = append(list, Item{Name: code, Count: count})
		}
	}
	slices.SortFunc(list, func(a, b Item) int { return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Name, b.Name)) })
	return list
}

func sortHabits(list []Habit) {
	slices.SortFunc(list, func(a, b Habit) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Operation, b.Operation))
	})
}

// codeOf is the code of a refusal's item.
func codeOf(name string) refusal.Code {
	_, code, _ := strings.Cut(name, " ")
	return refusal.Code(code)
}
