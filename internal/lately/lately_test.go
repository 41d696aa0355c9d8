package lately_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"finhub-sandbox/internal/lately"
)

// TestTheIdlestGoes: who was quiet for the longest time makes room, and who is looked at
// is not busy by that.
func TestTheIdlestGoes(t *testing.T) {
	var gone []string
	kept := lately.New(3, func(name *string) { gone = append(gone, *name) })
	use := func(name string) *string { return kept.Use(name, func() *string { return &name }) }
	first := use("a")
	use("b")
	use("c")
	if use("a") != first {
		t.Error("a has another value than before")
	}
	for range 3 {
		if name := kept.Find("b"); name == nil || *name != "b" {
			t.Errorf("b has %v", name)
		}
		if kept.Find("stranger") != nil || kept.FindOr("stranger", func() *string { return first }) != first {
			t.Error("a stranger has a value")
		}
	}
	if !slices.Equal(kept.Names(), []string{"a", "b", "c"}) || len(gone) > 0 {
		t.Errorf("looking leaves %v, and %v went", kept.Names(), gone)
	}
	use("d")
	use("e")
	if !slices.Equal(kept.Names(), []string{"a", "d", "e"}) || !slices.Equal(gone, []string{"b", "c"}) {
		t.Errorf("there are %v, and %v went", kept.Names(), gone)
	}
	kept.Shrink(func() bool { return len(gone) < 100 }, kept.Find("d"))
	if !slices.Equal(kept.Names(), []string{"d"}) || !slices.Equal(gone, []string{"b", "c", "a", "e"}) {
		t.Errorf("there are %v, and %v went", kept.Names(), gone)
	}
	kept.Forget("d")
	if len(kept.Names()) > 0 || len(gone) != 4 {
		t.Errorf("there are %v, and %v went", kept.Names(), gone)
	}
}

// TestForMany: a tenant is opened once, whoever comes first.
func TestForMany(t *testing.T) {
	kept := lately.New(10, func(*string) {})
	var all sync.WaitGroup
	values := make([]*string, 8)
	for i := range values {
		all.Go(func() {
			for n := range 100 {
				kept.Use(fmt.Sprint("other", n%3), func() *string { return new(string) })
				kept.Names()
			}
			values[i] = kept.Use("one", func() *string { return new(string) })
		})
	}
	all.Wait()
	if slices.ContainsFunc(values, func(v *string) bool { return v != values[0] }) {
		t.Errorf("there are several: %v", values)
	}
}
