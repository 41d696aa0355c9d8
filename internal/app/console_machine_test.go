package app_test

import (
	"path/filepath"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/console/diagram"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/golden"
)

// TestMachinesAreDrawn holds the drawing of every table to a file, and finds in it what
// people would not see: what lies upon another, what is cut off, and lines that run
// through something to which they do not lead.
func TestMachinesAreDrawn(t *testing.T) {
	a := openLocal(t, app.Config{}).app
	for _, m := range a.World().Engine().Machines() {
		d := diagram.Draw(m, diagram.Marks{})
		golden.Check(t, filepath.Join("..", "..", "testdata", "console", "machines", m.Name+".svg"), d.SVG())
		checkDrawing(t, d)
		checkWhole(t, m, d)
	}
}

func checkDrawing(t *testing.T, d diagram.Drawing) {
	t.Helper()
	boxes := append([]diagram.Box{}, d.States...)
	for _, w := range d.Ways {
		boxes = append(boxes, w.Label)
	}
	for i, a := range boxes {
		if a.X < 0 || a.Y < 0 || a.X+a.Width > d.Width || a.Y+a.Height > d.Height {
			t.Errorf("%s: %v is cut off", d.Name, a)
		}
		for _, b := range boxes[i+1:] {
			if a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height && b.Y < a.Y+a.Height {
				t.Errorf("%s: %v and %v lie upon another", d.Name, a, b)
			}
		}
	}
	for _, w := range d.Ways {
		for _, p := range along(w) {
			for _, b := range boxes {
				// At the very edge a line begins, and ends.
				const edge = 0.5
				if p.X > b.X && p.X < b.X+b.Width && p.Y > b.Y+edge && p.Y < b.Y+b.Height-edge {
					t.Errorf("%s: the line from %s to %s runs through %v at %v", d.Name, w.From, w.To, b, p)
				}
			}
			if p.X < 0 || p.X > d.Width {
				t.Errorf("%s: the line from %s to %s leaves the drawing", d.Name, w.From, w.To)
			}
		}
	}
}

// along are points of a line, near to each other.
func along(w diagram.Way) (list []diagram.Point) {
	const steps = 40
	for _, p := range w.Pieces {
		middle := (p.Leave.Y + p.Enter.Y) / 2
		for i := range steps + 1 {
			at := float64(i) / steps
			list = append(list, diagram.Point{X: p.From.X, Y: p.From.Y + at*(p.Leave.Y-p.From.Y)}, diagram.Point{X: p.To.X, Y: p.Enter.Y + at*(p.To.Y-p.Enter.Y)})
			rest := 1 - at
			a, b, c, d := rest*rest*rest, 3*rest*rest*at, 3*rest*at*at, at*at*at
			list = append(list, diagram.Point{X: (a+b)*p.Leave.X + (c+d)*p.Enter.X, Y: a*p.Leave.Y + (b+c)*middle + d*p.Enter.Y})
		}
	}
	return list
}

// checkWhole holds that a drawing has every state and every trigger of its table, once.
func checkWhole(t *testing.T, m machine.Description, d diagram.Drawing) {
	t.Helper()
	states := map[machine.State]diagram.Box{}
	for _, b := range d.States {
		states[b.State] = b
	}
	written := map[string]bool{}
	for _, w := range d.Ways {
		for _, trigger := range w.Label.Small {
			written[string(w.From)+"|"+trigger+"|"+string(w.To)] = true
		}
	}
	for state, b := range states {
		for _, trigger := range b.Small {
			written[string(state)+"|"+strings.TrimPrefix(trigger, "↻ ")+"|"+string(state)] = true
		}
	}
	count := 0
	for _, tr := range m.Transitions {
		for _, from := range tr.From {
			if tr.To == "" {
				continue
			}
			way := string(from) + "|" + strings.ReplaceAll(string(tr.Trigger), "_", " ") + "|" + string(tr.To)
			if !written[way] {
				t.Errorf("%s: %s is not drawn", m.Name, way)
			}
			delete(written, way)
			count++
		}
	}
	if len(written) > 0 || count == 0 {
		t.Errorf("%s: %v is drawn, and not in the table", m.Name, written)
	}
}

// TestMarksAreDrawn: the state in which something is and the way that it came are told
// apart.
func TestMarksAreDrawn(t *testing.T) {
	a := openLocal(t, app.Config{}).app
	for _, m := range a.World().Engine().Machines() {
		if m.Name != "verification" {
			continue
		}
		svg := diagram.Draw(m, diagram.Marks{Here: "REJECTED", Taken: map[diagram.Step]bool{{From: "", To: "PENDING"}: true, {From: "PENDING", To: "REJECTED"}: true}}).SVG()
		for text, times := range map[string]int{`class="way taken"`: 2, `class="state-box end here"`: 1, `class="state-box been"`: 1, "now REJECTED": 1} {
			if n := strings.Count(svg, text); n != times {
				t.Errorf("it has %s %d times:\n%s", text, n, svg)
			}
		}
	}
}
