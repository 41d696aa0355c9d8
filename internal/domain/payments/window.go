package payments

import "time"

// Use is one order that counts against a payment consent, from prepare on.
type Use struct {
	ID    string    `json:"id"`
	Seq   int64     `json:"seq"`
	At    time.Time `json:"at"`
	Minor int64     `json:"minor"`
	// Released uses belong to orders that expired or failed.
	Released bool `json:"released,omitempty"`
}

// Key is what a use is stored under.
func (x *Use) Key() (id string, seq int64) { return x.ID, x.Seq }

// Window is a sum over the latest uses of a payment consent. It remembers where
// it begins, so that time moves it on instead of adding everything up again: a
// use enters it once and leaves it once, however many have been before.
type Window struct {
	// First is the number of the oldest use that is inside.
	First int64 `json:"first"`
	Minor int64 `json:"minor"`
	Count int64 `json:"count"`
}

// Windows are the three windows of a payment consent: 24 hours, 7 days and 30
// days back from now. A use leaves a window exactly when it is as old as the
// window is long.
type Windows struct {
	Day   Window `json:"day"`
	Week  Window `json:"week"`
	Month Window `json:"month"`
	// Uses is the number of the latest use, and Latest its instant.
	Uses   int64     `json:"uses"`
	Latest time.Time `json:"latest,omitzero"`
}

// The lengths of the windows.
const (
	dayWindow   = 24 * time.Hour
	weekWindow  = 7 * dayWindow
	monthWindow = 30 * dayWindow
)

// Uses gives the use with a number, counted from 1. One that is not there
// counts nothing.
type Uses func(number int64) *Use

// At gives the windows as they stand at an instant, which must not be earlier
// than the latest use.
func (w Windows) At(now time.Time, uses Uses) Windows {
	w.Day.slide(w, now.Add(-dayWindow), uses)
	w.Week.slide(w, now.Add(-weekWindow), uses)
	w.Month.slide(w, now.Add(-monthWindow), uses)
	return w
}

// slide lets the uses go that are not after the start.
func (n *Window) slide(w Windows, start time.Time, uses Uses) {
	if !w.Latest.After(start) {
		*n = Window{First: w.Uses + 1}
		return
	}
	for n.First = max(1, n.First); n.First <= w.Uses; n.First++ {
		use := uses(n.First)
		if use == nil {
			continue
		}
		if use.At.After(start) {
			return
		}
		if !use.Released {
			n.Minor -= use.Minor
			n.Count--
		}
	}
}

// Add counts a use and gives its number. The windows must stand at its instant.
func (w *Windows) Add(minor int64, at time.Time) int64 {
	w.Uses++
	w.Latest = at
	for _, n := range []*Window{&w.Day, &w.Week, &w.Month} {
		n.First = max(1, n.First)
		n.Minor += minor
		n.Count++
	}
	return w.Uses
}

// Release takes a use back, out of those windows in which it still is.
func (w *Windows) Release(number, minor int64) {
	for _, n := range []*Window{&w.Day, &w.Week, &w.Month} {
		if number >= n.First {
			n.Minor -= minor
			n.Count--
		}
	}
}
