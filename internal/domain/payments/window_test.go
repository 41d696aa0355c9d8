package payments_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"finhub-sandbox/internal/domain/payments"
)

// uses keeps the uses of a payment consent and counts how often it is asked.
type uses struct {
	list  []payments.Use
	asked int
}

func (l *uses) at(number int64) *payments.Use {
	l.asked++
	if number < 1 || number > int64(len(l.list)) {
		return nil
	}
	return &l.list[number-1]
}

// add does what the sandbox does when an order is prepared.
func (l *uses) add(w *payments.Windows, minor int64, at time.Time) int64 {
	*w = w.At(at, l.at)
	l.list = append(l.list, payments.Use{At: at, Minor: minor})
	return w.Add(minor, at)
}

func (l *uses) release(w *payments.Windows, number int64) {
	use := &l.list[number-1]
	use.Released = true
	w.Release(number, use.Minor)
}

func TestAUseLeavesEachWindowAtItsEnd(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		after            time.Duration
		day, week, month int64
	}{
		{0, 1, 1, 1},
		{day - time.Millisecond, 1, 1, 1},
		{day, 0, 1, 1},
		{7*day - time.Millisecond, 0, 1, 1},
		{7 * day, 0, 0, 1},
		{30*day - time.Millisecond, 0, 0, 1},
		{30 * day, 0, 0, 0},
		{1000 * day, 0, 0, 0},
	} {
		var w payments.Windows
		l := &uses{}
		l.add(&w, 500, start)
		got := w.At(start.Add(test.after), l.at)
		if got.Day.Count != test.day || got.Week.Count != test.week || got.Month.Count != test.month {
			t.Errorf("after %v: %d in the day, %d in the week, %d in the month", test.after, got.Day.Count, got.Week.Count, got.Month.Count)
		}
		if got.Day.Minor != 500*test.day || got.Month.Minor != 500*test.month {
			t.Errorf("after %v: %d in the day, %d in the month", test.after, got.Day.Minor, got.Month.Minor)
		}
	}
}

func TestLookingChangesNoWindow(t *testing.T) {
	var w payments.Windows
	l := &uses{}
	l.add(&w, 500, start)
	before := w
	w.At(start.Add(1000*time.Hour), l.at)
	if w != before {
		t.Errorf("%+v became %+v", before, w)
	}
}

// TestWindowsCountWhatABruteForceCounts adds, releases and lets time pass in any
// order.
func TestWindowsCountWhatABruteForceCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w payments.Windows
		l := &uses{}
		now := start
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				now = now.Add(time.Duration(rapid.IntRange(0, 20*24).Draw(t, "hours")) * time.Hour)
			case 1:
				if len(l.list) > 0 {
					if n := rapid.IntRange(1, len(l.list)).Draw(t, "released"); !l.list[n-1].Released {
						l.release(&w, int64(n))
					}
				}
			default:
				l.add(&w, int64(rapid.IntRange(1, 1000).Draw(t, "minor")), now)
			}
			got := w.At(now, l.at)
			for _, window := range []struct {
				name string
				got  payments.Window
				span time.Duration
			}{{"day", got.Day, 24 * time.Hour}, {"week", got.Week, 7 * 24 * time.Hour}, {"month", got.Month, 30 * 24 * time.Hour}} {
				var minor, count int64
				for _, use := range l.list {
					if !use.Released && use.At.After(now.Add(-window.span)) {
						minor, count = minor+use.Minor, count+1
					}
				}
				if window.got.Minor != minor || window.got.Count != count {
					t.Fatalf("the %s has %d in %d uses, want %d in %d", window.name, window.got.Minor, window.got.Count, minor, count)
				}
			}
		}
	})
}

func TestOldUsesCostNothing(t *testing.T) {
	var w payments.Windows
	l := &uses{}
	now := start
	const many = 20_000
	for range many {
		now = now.Add(time.Minute)
		l.add(&w, 1, now)
	}
	// A use is looked at when it leaves a window, and each window looks once
	// more at the one that stays.
	if l.asked > 6*many {
		t.Errorf("%d uses were looked at %d times", many, l.asked)
	}
	l.asked = 0
	if got := w.At(now.Add(31*24*time.Hour), l.at); got.Month.Count != 0 || l.asked != 0 {
		t.Errorf("%d are left, %d were looked at", got.Month.Count, l.asked)
	}
}
