package app

import "testing"

// What lies is bounded by what lives, and is never so little that collecting it is
// all that is done.
func TestGarbageIsBounded(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 400}, {1 << 20, 400}, {16 << 20, 400}, {32 << 20, 200}, {64 << 20, 100}, {128 << 20, 100}, {1 << 40, 100}} {
		if got := garbagePercent(c.live); got != c.want {
			t.Errorf("of %d bytes that live it is %d %%, want %d %%", c.live, got, c.want)
		}
	}
}
