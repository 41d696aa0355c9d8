// Package diagram draws the tables of machines: states in layers from the first to the
// last, with the triggers that lead from one to another written on the way. It knows
// tables, and neither who asks nor where the drawing is shown.
package diagram

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/machine"
)

// Marks say of one thing where it stands and which way it came.
type Marks struct {
	// Here is the state in which it is; empty is no thing at all.
	Here machine.State
	// Taken are the steps that it made, from one state to another.
	Taken map[Step]bool
}

// Step is a way from a state to another.
type Step struct{ From, To machine.State }

// Box is something that is drawn and takes place.
type Box struct {
	// X and Y are those of the upper left corner.
	X, Y, Width, Height float64
	// Lines are what is written in it, Small those below that are written smaller.
	Lines, Small []string
	// State is the state that it is; empty for what is written on the way, and for
	// the beginning.
	State machine.State
	// Start tells that it is where everything begins, and Final that nothing leads out.
	Start, Final bool
	// Been and Here are the marks.
	Been, Here bool
}

// Way is a line from a state to another, with what is written on it.
type Way struct {
	Step
	// Label is what is written on it, in the middle of a gap.
	Label Box
	// Pieces are the parts of the line, each a curve.
	Pieces []Piece
	// Head is the tip of the arrow, and Up tells that it points upwards.
	Head  Point
	Up    bool
	Taken bool
}

// Point is a place in the drawing.
type Point struct{ X, Y float64 }

// Piece goes straight down from a node to the end of its layer, in a curve to the next
// layer, and straight down again.
type Piece struct{ From, Leave, Enter, To Point }

// Drawing is a table, laid out.
type Drawing struct {
	Name          string
	Width, Height float64
	States        []Box
	Ways          []Way
}

// Draw lays out a table.
func Draw(m machine.Description, marks Marks) Drawing {
	g := newGraph(m)
	g.rank()
	g.split()
	g.order()
	g.place()
	return g.drawing(m.Name, marks)
}

// node is a state, a label or a place at which a line passes a layer.
type node struct {
	box      Box
	layer    int
	x        float64 // that of the middle
	up, down []*node
	passes   bool
}

// edge is all that leads from one state to another.
type edge struct {
	from, to *node
	triggers []string
	// back edges lead upwards: they are laid out the other way round.
	back bool
	// way are the nodes from the upper end to the lower, and label the one of them
	// with the triggers.
	way   []*node
	label *node
}

type graph struct {
	states  map[machine.State]*node
	inOrder []*node
	edges   []*edge
	layers  [][]*node
}

func newGraph(m machine.Description) *graph {
	g := &graph{states: map[machine.State]*node{}}
	leaves := map[machine.State]bool{}
	for _, t := range m.Transitions {
		for _, from := range t.From {
			if from == machine.None && g.states[machine.None] == nil {
				g.add(machine.None)
			}
			leaves[from] = leaves[from] || t.To != "" && t.To != from
		}
	}
	for _, state := range m.States {
		g.add(state).box.Final = !leaves[state]
	}
	for _, t := range m.Transitions {
		for _, from := range t.From {
			if t.To != "" {
				g.connect(from, t.To, strings.ReplaceAll(string(t.Trigger), "_", " "))
			}
		}
	}
	for _, n := range g.inOrder {
		n.box.measure()
	}
	return g
}

func (g *graph) add(state machine.State) *node {
	n := &node{box: Box{State: state, Lines: []string{string(state)}, Start: state == machine.None}}
	g.states[state] = n
	g.inOrder = append(g.inOrder, n)
	return n
}

// connect adds a trigger. One that leaves the state as it is is written into it.
func (g *graph) connect(from, to machine.State, trigger string) {
	if from == to {
		box := &g.states[from].box
		if text := "↻ " + trigger; !slices.Contains(box.Small, text) {
			box.Small = append(box.Small, text)
		}
		return
	}
	a, b := g.states[from], g.states[to]
	for _, e := range g.edges {
		if e.from == a && e.to == b {
			if !slices.Contains(e.triggers, trigger) {
				e.triggers = append(e.triggers, trigger)
			}
			return
		}
	}
	g.edges = append(g.edges, &edge{from: a, to: b, triggers: []string{trigger}})
}

// rank finds the layer of each state: one below the lowest from which something leads to
// it. What leads back to where it came from counts the other way round.
func (g *graph) rank() {
	const open, done = 1, 2
	seen := map[*node]int{}
	var visit func(n *node)
	var sorted []*node
	visit = func(n *node) {
		seen[n] = open
		for _, e := range g.edges {
			if e.from != n {
				continue
			}
			switch seen[e.to] {
			case open:
				e.back = true
			case done:
			default:
				visit(e.to)
			}
		}
		seen[n] = done
		sorted = append(sorted, n)
	}
	for _, n := range g.inOrder {
		if seen[n] == 0 {
			visit(n)
		}
	}
	slices.Reverse(sorted)
	for _, n := range sorted {
		for _, e := range g.edges {
			if e.from == n && !e.back {
				e.to.layer = max(e.to.layer, n.layer+2)
			}
		}
	}
}

// ends are the upper and the lower end of an edge.
func (e *edge) ends() (upper, lower *node) {
	if e.back {
		return e.to, e.from
	}
	return e.from, e.to
}

// split gives each edge a node in every layer that it passes: one has the label.
func (g *graph) split() {
	last := 0
	for _, n := range g.inOrder {
		last = max(last, n.layer)
	}
	g.layers = make([][]*node, last+1)
	for _, n := range g.inOrder {
		g.layers[n.layer] = append(g.layers[n.layer], n)
	}
	for _, e := range g.edges {
		upper, lower := e.ends()
		e.way = []*node{upper}
		labelled := upper.layer + 1
		if e.back {
			labelled = lower.layer - 1
		}
		for layer := upper.layer + 1; layer < lower.layer; layer++ {
			n := &node{layer: layer, passes: true}
			if layer == labelled {
				n.passes, n.box.Small = false, e.triggers
				e.label = n
			}
			n.box.measure()
			g.layers[layer] = append(g.layers[layer], n)
			e.way = append(e.way, n)
		}
		e.way = append(e.way, lower)
		for i := range e.way[1:] {
			e.way[i].down = append(e.way[i].down, e.way[i+1])
			e.way[i+1].up = append(e.way[i+1].up, e.way[i])
		}
	}
}
