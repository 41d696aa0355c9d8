package metrics

import (
	"io"
	"strconv"
	"strings"
)

// MediaType is that of the text which Write writes.
const MediaType = "text/plain; version=0.0.4; charset=utf-8"

// family are the series of one name.
type family struct {
	name, help, kind string
	series           []series
}

// series is one value, with the labels that tell it apart.
type series struct {
	labels []label
	value  float64
}

type label struct{ name, value string }

// Write writes everything in the text form of Prometheus, version 0.0.4: a family
// behind its help and its type, in a fixed order.
func (m *Metrics) Write(to io.Writer) error {
	var b strings.Builder
	for _, f := range m.families() {
		f.write(&b)
	}
	_, err := io.WriteString(to, b.String())
	return err
}

func (f family) write(b *strings.Builder) {
	b.WriteString("# HELP " + f.name + " " + strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(f.help) + "\n")
	b.WriteString("# TYPE " + f.name + " " + f.kind + "\n")
	for _, s := range f.series {
		b.WriteString(f.name)
		for i, l := range s.labels {
			b.WriteString([]string{"{", ","}[min(i, 1)] + l.name + `="` + escapeLabel(l.value) + `"`)
		}
		if len(s.labels) > 0 {
			b.WriteByte('}')
		}
		b.WriteString(" " + strconv.FormatFloat(s.value, 'g', -1, 64) + "\n")
	}
}

// escapeLabel writes a label's value such that it ends where it should.
func escapeLabel(value string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(strings.ToValidUTF8(value, "�"))
}
