package diagram

import (
	"cmp"
	"slices"
)

// The measures of a drawing.
const (
	margin   = 8
	apart    = 22 // between the boxes of a layer
	gap      = 30 // between layers
	lineHigh = 17
	padding  = 9
	startBox = 16
	passage  = 10 // for a line that passes a layer
)

// measure gives a box the size of its text. Widths are those of the widest letters that
// fonts without serifs have, so that nothing is cut off.
func (b *Box) measure() {
	switch {
	case b.Start:
		b.Width, b.Height = startBox, startBox
		return
	case len(b.Lines)+len(b.Small) == 0:
		b.Width = passage
		return
	}
	for _, line := range b.Lines {
		b.Width = max(b.Width, textWidth(line, 13))
	}
	for _, line := range b.Small {
		b.Width = max(b.Width, textWidth(line, 12))
	}
	b.Width += 2 * padding
	b.Height = float64((len(b.Lines)+len(b.Small))*lineHigh) + padding
	if len(b.Lines) > 0 {
		b.Height += padding
	}
}

func textWidth(text string, size float64) float64 {
	width := 0.0
	for _, r := range text {
		switch {
		case r >= 'A' && r <= 'Z':
			width += 0.74
		case r == ' ':
			width += 0.36
		case r == 'i' || r == 'l' || r == 'j' || r == '.' || r == 't' || r == 'f':
			width += 0.42
		case r == 'm' || r == 'w' || r > 0x7f:
			width++
		default:
			width += 0.65
		}
	}
	return width * size
}

// order puts the nodes of each layer so that lines cross as little as sweeps up and down
// can find.
func (g *graph) order() {
	const sweeps = 24
	best, fewest := g.arrangement(), g.crossings()
	for i := range sweeps {
		g.sweep(i%2 == 0)
		if n := g.crossings(); n < fewest {
			best, fewest = g.arrangement(), n
		}
	}
	g.layers = best
}

func (g *graph) arrangement() [][]*node {
	list := make([][]*node, len(g.layers))
	for i, layer := range g.layers {
		list[i] = slices.Clone(layer)
	}
	return list
}

// sweep sorts each layer by the middle of those to which its nodes are connected in the
// layer before.
func (g *graph) sweep(down bool) {
	for i := range g.layers {
		at := i
		if !down {
			at = len(g.layers) - 1 - i
		}
		places := g.places()
		middle := map[*node]float64{}
		for own, n := range g.layers[at] {
			near := n.up
			if !down {
				near = n.down
			}
			middle[n] = float64(own)
			if len(near) > 0 {
				sum := 0.0
				for _, other := range near {
					sum += float64(places[other])
				}
				middle[n] = sum / float64(len(near))
			}
		}
		slices.SortStableFunc(g.layers[at], func(a, b *node) int { return cmp.Compare(middle[a], middle[b]) })
	}
}

func (g *graph) places() map[*node]int {
	places := map[*node]int{}
	for _, layer := range g.layers {
		for i, n := range layer {
			places[n] = i
		}
	}
	return places
}

// crossings counts the pairs of lines that cross.
func (g *graph) crossings() (count int) {
	places := g.places()
	for _, layer := range g.layers {
		var lines [][2]int
		for i, n := range layer {
			for _, below := range n.down {
				lines = append(lines, [2]int{i, places[below]})
			}
		}
		for i, a := range lines {
			for _, b := range lines[i+1:] {
				if (a[0]-b[0])*(a[1]-b[1]) < 0 {
					count++
				}
			}
		}
	}
	return count
}

// place gives every node its place: across as near to the middle of what it is connected
// to as its neighbours let it, and down by layers.
func (g *graph) place() {
	for _, layer := range g.layers {
		x := 0.0
		for _, n := range layer {
			n.x = x + n.box.Width/2
			x += n.box.Width + apart
		}
	}
	const rounds = 60
	for i := range rounds {
		for at := range g.layers {
			if i%2 == 1 {
				at = len(g.layers) - 1 - at
			}
			g.settle(g.layers[at], i)
		}
	}
	left := 0.0
	for _, layer := range g.layers {
		for _, n := range layer {
			left = min(left, n.x-n.box.Width/2)
		}
	}
	y := float64(margin)
	for _, layer := range g.layers {
		high := 0.0
		for _, n := range layer {
			n.x += margin - left
			n.box.X, n.box.Y = n.x-n.box.Width/2, y
			high = max(high, n.box.Height)
		}
		y += high + gap
	}
}

// settle moves the nodes of a layer to where they want to be. Where they want to stand in
// each other's places, they share the middle (isotonic regression).
func (g *graph) settle(layer []*node, round int) {
	type block struct{ sum, weight, count float64 }
	var blocks []block
	offsets, offset := make([]float64, len(layer)), 0.0
	for i, n := range layer {
		if i > 0 {
			offset += layer[i-1].box.Width/2 + apart + n.box.Width/2
		}
		offsets[i] = offset
		wanted, weight := n.wanted(round)
		blocks = append(blocks, block{(wanted - offset) * weight, weight, 1})
		for k := len(blocks) - 1; k > 0 && blocks[k-1].sum/blocks[k-1].weight > blocks[k].sum/blocks[k].weight; k-- {
			blocks[k-1] = block{blocks[k-1].sum + blocks[k].sum, blocks[k-1].weight + blocks[k].weight, blocks[k-1].count + blocks[k].count}
			blocks = blocks[:k]
		}
	}
	i := 0
	for _, b := range blocks {
		for range int(b.count) {
			layer[i].x = b.sum/b.weight + offsets[i]
			i++
		}
	}
}

// wanted is where a node wants to be, and how much.
func (n *node) wanted(round int) (x, weight float64) {
	near := slices.Concat(n.up, n.down)
	switch {
	case round%2 == 0 && len(n.up) > 0 && round < 50:
		near = n.up
	case round%2 == 1 && len(n.down) > 0 && round < 50:
		near = n.down
	}
	if len(near) == 0 {
		return n.x, 1
	}
	sum := 0.0
	for _, other := range near {
		sum += other.x
	}
	weight = 1
	if n.passes {
		weight = 4
	}
	return sum / float64(len(near)), weight
}

// drawing is what has been laid out, with the marks.
func (g *graph) drawing(name string, marks Marks) Drawing {
	d := Drawing{Name: name}
	been := map[*node]bool{}
	bottoms := g.bottoms()
	ports := g.ports()
	for _, e := range g.edges {
		w := Way{Step: Step{e.from.box.State, e.to.box.State}, Label: e.label.box, Up: e.back}
		if w.Taken = marks.Taken[w.Step]; w.Taken {
			been[e.from], been[e.to] = true, true
		}
		for i, n := range e.way[1:] {
			above := e.way[i]
			from, to := ports[port{e, above, true}], ports[port{e, n, false}]
			end := above.box.Y + above.box.Height
			w.Pieces = append(w.Pieces, Piece{Point{from, end}, Point{from, bottoms[above.layer]}, Point{to, n.box.Y}, Point{to, n.box.Y}})
		}
		w.Head = w.Pieces[len(w.Pieces)-1].To
		if e.back {
			w.Head = w.Pieces[0].From
		}
		d.Ways = append(d.Ways, w)
	}
	for _, n := range g.inOrder {
		n.box.Been, n.box.Here = been[n], marks.Here != "" && n.box.State == marks.Here
		d.States = append(d.States, n.box)
	}
	for _, layer := range g.layers {
		for _, n := range layer {
			d.Width, d.Height = max(d.Width, n.box.X+n.box.Width+margin), max(d.Height, n.box.Y+n.box.Height+margin)
		}
	}
	return d
}

// bottoms are where layers end.
func (g *graph) bottoms() []float64 {
	list := make([]float64, len(g.layers))
	for i, layer := range g.layers {
		for _, n := range layer {
			list[i] = max(list[i], n.box.Y+n.box.Height)
		}
	}
	return list
}

// port is where an edge touches a node, on its lower side or on its upper.
type port struct {
	of    *edge
	at    *node
	lower bool
}

// ports spreads the lines of a state over its side, in the order of where they go.
func (g *graph) ports() map[port]float64 {
	sides := map[port][]*edge{}
	list := map[port]float64{}
	next := map[port]float64{}
	for _, e := range g.edges {
		for i, n := range e.way {
			if i+1 < len(e.way) {
				sides[port{nil, n, true}] = append(sides[port{nil, n, true}], e)
				next[port{e, n, true}] = e.way[i+1].x
			}
			if i > 0 {
				sides[port{nil, n, false}] = append(sides[port{nil, n, false}], e)
				next[port{e, n, false}] = e.way[i-1].x
			}
		}
	}
	for side, edges := range sides {
		slices.SortStableFunc(edges, func(a, b *edge) int {
			return cmp.Compare(next[port{a, side.at, side.lower}], next[port{b, side.at, side.lower}])
		})
		step := min(26, side.at.box.Width/float64(len(edges)+1))
		for i, e := range edges {
			list[port{e, side.at, side.lower}] = side.at.x + (float64(i)-float64(len(edges)-1)/2)*step
		}
	}
	return list
}
