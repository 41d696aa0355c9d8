package diagram

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// SVG writes the drawing as an element of a page. It has classes and no styles: those
// are the page's.
func (d Drawing) SVG() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %s %s" width="%[1]s" height="%[2]s" role="img" aria-label="%s">`+"\n", number(d.Width), number(d.Height), html.EscapeString(d.about()))
	for _, w := range d.Ways {
		w.write(&b)
	}
	for _, s := range d.States {
		s.write(&b)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// about says what is drawn to who does not see it.
func (d Drawing) about() string {
	for _, s := range d.States {
		if s.Here {
			return "States of " + strings.ReplaceAll(d.Name, "_", " ") + "; now " + string(s.State)
		}
	}
	return "States of " + strings.ReplaceAll(d.Name, "_", " ")
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

func point(p Point) string { return number(p.X) + " " + number(p.Y) }

func (w Way) write(b *strings.Builder) {
	class := "way"
	if w.Taken {
		class += " taken"
	}
	fmt.Fprintf(b, "<g class=%q>\n<path d=\"", class)
	for i, p := range w.Pieces {
		if i > 0 {
			b.WriteByte(' ')
		}
		middle := (p.Leave.Y + p.Enter.Y) / 2
		fmt.Fprintf(b, "M%s L%s C%s %s %s L%s", point(p.From), point(p.Leave), point(Point{p.Leave.X, middle}), point(Point{p.Enter.X, middle}), point(p.Enter), point(p.To))
	}
	tip := -8.0
	if w.Up {
		tip = 8
	}
	fmt.Fprintf(b, "\"/>\n<path class=\"head\" d=\"M%s L%s L%s Z\"/>\n", point(w.Head), point(Point{w.Head.X - 4, w.Head.Y + tip}), point(Point{w.Head.X + 4, w.Head.Y + tip}))
	w.Label.writeLines(b)
	b.WriteString("</g>\n")
}

func (s Box) write(b *strings.Builder) {
	if s.Start {
		fmt.Fprintf(b, "<circle class=\"start\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>\n", number(s.X+s.Width/2), number(s.Y+s.Height/2), number(s.Width/2))
		return
	}
	class := "state-box"
	if s.Final {
		class += " end"
	}
	switch {
	case s.Here:
		class += " here"
	case s.Been:
		class += " been"
	}
	fmt.Fprintf(b, "<g class=%q>\n<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"7\"/>\n", class, number(s.X), number(s.Y), number(s.Width), number(s.Height))
	s.writeLines(b)
	b.WriteString("</g>\n")
}

// writeLines writes what stands in a box, line below line.
func (s Box) writeLines(b *strings.Builder) {
	y := s.Y + padding/2.0
	if len(s.Lines) > 0 {
		y += padding / 2.0
	}
	write := func(class, line string) {
		y += lineHigh
		fmt.Fprintf(b, "<text%s x=\"%s\" y=\"%s\" text-anchor=\"middle\">%s</text>\n", class, number(s.X+s.Width/2), number(y-4.5), html.EscapeString(line))
	}
	for _, line := range s.Lines {
		write("", line)
	}
	for _, line := range s.Small {
		write(` class="label"`, line)
	}
}
