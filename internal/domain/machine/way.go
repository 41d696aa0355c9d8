package machine

import "slices"

// Leg is one row on a way through a table.
type Leg struct {
	On Trigger
	To State
	// Point and Option name the decision of the world that fires the row, where the
	// row before has armed it; they are empty where somebody has to.
	Point, Option string
}

// Way finds the shortest way through the table from one state to another. A row is
// on it if somebody can fire its trigger, as can says, or if it is what a choice can
// come to that the row before has armed. There is none if ok is false.
func (t *Table[F]) Way(from, to State, can func(Trigger) bool) (legs []Leg, ok bool) {
	type place struct {
		state State
		// row is the one that led there; -1 at the start.
		row int
	}
	type path struct {
		place
		legs []Leg
	}
	queue, seen := []path{{place: place{from, -1}}}, map[place]bool{}
	for ; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at.state == to {
			return at.legs, true
		}
		for i := range t.Rows {
			next := place{t.Rows[i].To, i}
			leg, leads := t.leg(at.row, at.state, &t.Rows[i], can)
			if !leads || seen[next] {
				continue
			}
			seen[next] = true
			queue = append(queue, path{next, append(slices.Clone(at.legs), leg)})
		}
	}
	return nil, false
}

// leg finds the trigger by which a row leads on from a state to which another row
// has led.
func (t *Table[F]) leg(before int, from State, r *Row[F], can func(Trigger) bool) (Leg, bool) {
	if r.Refuse != "" || r.To == Same || !slices.Contains(r.From, from) {
		return Leg{}, false
	}
	for _, on := range r.On {
		leg := Leg{On: on, To: r.To}
		if before >= 0 {
			leg.Point, leg.Option = t.Rows[before].decides(on)
		}
		if leg.Point != "" || can(on) {
			return leg, true
		}
	}
	return Leg{}, false
}

// decides finds the choice that a row arms of which a trigger is what it can come to.
func (r *Row[F]) decides(on Trigger) (point, option string) {
	for _, c := range r.Arms {
		for _, o := range c.Options {
			if c.Until == nil && o.Trigger == on {
				return c.Point, o.Name
			}
		}
	}
	return "", ""
}
