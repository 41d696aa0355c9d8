package journal

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Pattern says which requests are meant.
type Pattern struct {
	// Operation is an operationId; empty is any.
	Operation string
	// Where has members of an entry with the values that they must have.
	Where map[string]any
	// Body is what the request's body must have; what it does not name may be there.
	Body any
}

// Expectation says how many requests of a pattern there must be. Without a number it
// is at least one.
type Expectation struct {
	Pattern
	Count, AtLeast, AtMost *int
	Never                  bool
	// InOrder are requests that must have come one behind the other, others between
	// them or not; the rest of the expectation is not looked at then.
	InOrder []Pattern
}

// Verdict is what came of a verification.
type Verdict struct {
	Holds bool
	// Count is how many fit; of requests in order it is how many of them came.
	Count int
	// Numbers are those of the entries that fit.
	Numbers []int64
	Wanted  string
	// Nearest are the entries that miss by the least, if more should fit.
	Nearest []Miss
}

// Miss is an entry that does not fit.
type Miss struct {
	Entry       Entry
	Differences []Difference
}

// Difference is one thing by which an entry does not fit: at a JSON pointer into it.
type Difference struct {
	Pointer  string
	Expected any
	Got      any
}

// maxNearest is how many near misses are told.
const maxNearest = 3

// Verify holds a tenant's journal to an expectation. It waits, for as long as the
// context lasts, for what can still come about: requests that are missing, and, where
// none may come, the end. Entries count when they are finished.
func (j *Journal) Verify(ctx context.Context, tenant string, e Expectation) Verdict {
	for {
		next := j.Next(tenant)
		v, final := e.judge(j.Entries(tenant, Filter{}).Entries)
		if final || ctx.Err() != nil {
			return v
		}
		select {
		case <-next:
		case <-ctx.Done():
		}
	}
}

// judge looks at all entries, and reports whether those that are still to come can
// change nothing.
func (e *Expectation) judge(list []Entry) (v Verdict, final bool) {
	list = slices.DeleteFunc(list, func(e Entry) bool { return !e.Finished })
	if len(e.InOrder) > 0 {
		return e.judgeOrder(list)
	}
	var misses []Miss
	for i := range list {
		if d := e.differences(&list[i]); len(d) > 0 {
			misses = append(misses, Miss{list[i], d})
		} else {
			v.Numbers = append(v.Numbers, list[i].Number)
		}
	}
	v.Count = len(v.Numbers)
	least, most, wanted := e.bounds()
	v.Wanted, v.Holds = wanted, v.Count >= least && (most < 0 || v.Count <= most)
	if v.Count < least {
		v.Nearest = nearest(misses)
	}
	tooMany := most >= 0 && v.Count > most
	return v, tooMany || v.Holds && (most < 0 || e.Count != nil)
}

// bounds are the numbers between which the count must lie; a negative most is none.
func (e *Expectation) bounds() (least, most int, wanted string) {
	switch {
	case e.Never:
		return 0, 0, "none"
	case e.Count != nil:
		return *e.Count, *e.Count, fmt.Sprintf("exactly %d", *e.Count)
	case e.AtLeast == nil && e.AtMost == nil:
		return 1, -1, "at least 1"
	case e.AtMost == nil:
		return *e.AtLeast, -1, fmt.Sprintf("at least %d", *e.AtLeast)
	case e.AtLeast == nil:
		return 0, *e.AtMost, fmt.Sprintf("at most %d", *e.AtMost)
	}
	return *e.AtLeast, *e.AtMost, fmt.Sprintf("%d to %d", *e.AtLeast, *e.AtMost)
}

// judgeOrder looks for the requests one behind the other.
func (e *Expectation) judgeOrder(list []Entry) (v Verdict, final bool) {
	v.Wanted = fmt.Sprintf("%d in order", len(e.InOrder))
	for v.Count < len(e.InOrder) {
		p := &e.InOrder[v.Count]
		i := slices.IndexFunc(list, func(e Entry) bool { return len(p.differences(&e)) == 0 })
		if i < 0 {
			var misses []Miss
			for k := range list {
				misses = append(misses, Miss{list[k], p.differences(&list[k])})
			}
			v.Nearest = nearest(misses)
			return v, false
		}
		v.Numbers = append(v.Numbers, list[i].Number)
		v.Count++
		list = list[i+1:]
	}
	v.Holds = true
	return v, true
}

// nearest gives the misses with the fewest differences, the newest first.
func nearest(misses []Miss) []Miss {
	slices.SortStableFunc(misses, func(a, b Miss) int {
		return cmp.Or(cmp.Compare(len(a.Differences), len(b.Differences)), cmp.Compare(b.Entry.Number, a.Entry.Number))
	})
	return misses[:min(len(misses), maxNearest)]
}

// differences are those of an entry from the pattern; none if it fits.
func (p *Pattern) differences(e *Entry) (list []Difference) {
	if p.Operation != "" && p.Operation != e.Operation {
		list = append(list, Difference{"/operation", p.Operation, e.Operation})
	}
	if len(p.Where) > 0 {
		list = compare(list, "", p.Where, members(e))
	}
	if p.Body != nil {
		var body any
		if err := json.Unmarshal([]byte(e.Request.Body), &body); err != nil {
			return append(list, Difference{"/request/body", p.Body, e.Request.Body})
		}
		list = compare(list, "/request/body", p.Body, body)
	}
	return list
}

// members are those of an entry as its JSON has them.
func members(e *Entry) map[string]any {
	m := map[string]any{}
	if text, err := json.Marshal(e); err == nil {
		_ = json.Unmarshal(text, &m) // It was just written.
	}
	return m
}

// compare adds the differences of a value from what is expected of it. An object may
// have more members than are named, a list may not.
func compare(list []Difference, at string, want, got any) []Difference {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			break
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			list = compare(list, string(jsontext.Pointer(at).AppendToken(name)), want[name], object[name])
		}
		return list
	case []any:
		items, ok := got.([]any)
		if !ok || len(items) != len(want) {
			break
		}
		for i := range want {
			list = compare(list, at+"/"+strconv.Itoa(i), want[i], items[i])
		}
		return list
	default:
		if want == got {
			return list
		}
	}
	return append(list, Difference{at, want, got})
}
