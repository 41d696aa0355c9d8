package coverage

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// Form is a form in which a report is handed to people and to other programs.
type Form struct {
	MediaType string
	Write     func(*Report) string
}

// FormOf gives the form of a name: markdown, junit or html.
func FormOf(name string) Form {
	switch name {
	case "junit":
		return Form{"application/xml", writeJUnit}
	case "html":
		return Form{"text/html", writeHTML}
	}
	return Form{"text/markdown", writeMarkdown}
}

// FormAccepted gives the name of the form that a header Accept asks for; empty if it
// names none.
func FormAccepted(accept string) string {
	for _, name := range []string{"markdown", "junit", "html"} {
		if strings.Contains(accept, FormOf(name).MediaType) && !strings.Contains(accept, "application/json") {
			return name
		}
	}
	return ""
}

// maxGaps is how many gaps of a dimension are told in the forms for people.
const maxGaps = 50

// Gaps are sentences about what was never met, and how many more there are: first what
// a scenario shows. Refusals stand there by their code, since each is shown in one way,
// and replies by their status.
func (d *Dimension) Gaps(most int) (list []string, more int) {
	names, how := d.grouped()
	for _, name := range names {
		if len(list) == most {
			more++
			continue
		}
		g := how[name]
		of := ""
		if len(g.operations) > 0 {
			of = " of " + strings.Join(g.operations[:min(len(g.operations), maxNamed)], ", ")
		}
		if n := len(g.operations) - maxNamed; n > 0 {
			of += fmt.Sprintf(" and %d more", n)
		}
		text := "your application never met " + name + of
		if g.first.Shown != nil {
			text += ": " + g.first.Shown.Text
		}
		list = append(list, text)
	}
	return list, more
}

// gap is what is told in one sentence.
type gap struct {
	first      Item
	operations []string
}

// rank is 0 of what a scenario shows, and 1 of everything else.
func (g *gap) rank() int {
	if g.first.Shown != nil && g.first.Shown.Scenario != "" {
		return 0
	}
	return 1
}

// maxNamed is how many operations a sentence names.
const maxNamed = 4

func (d *Dimension) grouped() (names []string, how map[string]*gap) {
	how = map[string]*gap{}
	for _, one := range d.Items {
		if one.Count > 0 {
			continue
		}
		name, operation := one.Name, ""
		if d.Name == refusals || d.Name == replies {
			operation, name, _ = strings.Cut(one.Name, " ")
		}
		if how[name] == nil {
			how[name] = &gap{first: one}
			names = append(names, name)
		}
		if operation != "" {
			how[name].operations = append(how[name].operations, operation)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return how[a].rank() - how[b].rank() })
	return names, how
}

func writeMarkdown(r *Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Coverage of the sandbox\n\n%.1f %% of what exists was met", r.Share)
	if r.Tenant != "" {
		fmt.Fprintf(&b, " by tenant %s", r.Tenant)
	}
	fmt.Fprintf(&b, ", in %d requests, %d of them to paths that nobody serves. The share is the mean of the dimensions'.\n\n", r.Requests, r.Unknown)
	b.WriteString("| Dimension | Met | Exists | Share |\n|---|---:|---:|---:|\n")
	for _, d := range r.Dimensions {
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f %% |\n", d.Name, d.Met, d.Exists, d.Share)
	}
	if len(r.Habits) > 0 {
		b.WriteString("\n## Habits that lose money\n\n")
		for _, h := range r.Habits {
			fmt.Fprintf(&b, "- **%s** (%s, %s): %s %s\n", h.Name, h.Operation, h.Often(), h.Why, h.Instead)
		}
	}
	for i := range r.Dimensions {
		d := &r.Dimensions[i]
		list, more := d.Gaps(maxGaps)
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## Never met: %s\n\n", d.Name)
		for _, one := range list {
			fmt.Fprintf(&b, "- %s\n", one)
		}
		if more > 0 {
			fmt.Fprintf(&b, "- and %d more\n", more)
		}
	}
	if len(r.Excluded) > 0 {
		b.WriteString("\n## Left out\n\n")
		for _, e := range r.Excluded {
			fmt.Fprintf(&b, "- `%s`: %s\n", e.Item, e.Reason)
		}
	}
	return b.String()
}

// writeJUnit has a test suite for each dimension and a case for each item; one that was
// never met is skipped, which no CI takes for a failure, and a habit has failed.
func writeJUnit(r *Report) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"coverage\">\n")
	for _, d := range r.Dimensions {
		fmt.Fprintf(&b, "  <testsuite name=\"%s\" tests=\"%d\" failures=\"0\" skipped=\"%d\">\n", d.Name, d.Exists, d.Exists-d.Met)
		for _, one := range d.Items {
			if one.Count > 0 {
				fmt.Fprintf(&b, "    <testcase classname=\"%s\" name=\"%s\"/>\n", d.Name, html.EscapeString(one.Name))
				continue
			}
			fmt.Fprintf(&b, "    <testcase classname=\"%s\" name=\"%s\"><skipped message=\"%s\"/></testcase>\n", d.Name, html.EscapeString(one.Name), html.EscapeString(one.Gap()))
		}
		b.WriteString("  </testsuite>\n")
	}
	fmt.Fprintf(&b, "  <testsuite name=\"habits\" tests=\"%d\" failures=\"%d\" skipped=\"0\">\n", len(r.Habits), len(r.Habits))
	for _, h := range r.Habits {
		fmt.Fprintf(&b, "    <testcase classname=\"habits\" name=\"%s\"><failure message=\"%s\"/></testcase>\n",
			html.EscapeString(h.Name+" "+h.Operation), html.EscapeString(h.Why+" "+h.Instead))
	}
	b.WriteString("  </testsuite>\n</testsuites>\n")
	return b.String()
}

const htmlHead = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Coverage of the sandbox</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem; text-align: right; } td:first-child, th:first-child { text-align: left; }
code { background: #8881; padding: 0 .2rem; } meter { width: 12rem; }
</style>
</head>
<body>
<h1>Coverage of the sandbox</h1>
`

func writeHTML(r *Report) string {
	var b strings.Builder
	b.WriteString(htmlHead)
	by := ""
	if r.Tenant != "" {
		by = " by tenant <code>" + html.EscapeString(r.Tenant) + "</code>"
	}
	fmt.Fprintf(&b, "<p>%.1f&nbsp;%% of what exists was met%s, in %d requests, %d of them to paths that nobody serves.</p>\n", r.Share, by, r.Requests, r.Unknown)
	b.WriteString("<table>\n<tr><th>Dimension</th><th>Met</th><th>Exists</th><th>Share</th><th></th></tr>\n")
	for _, d := range r.Dimensions {
		fmt.Fprintf(&b, "<tr><td title=\"%s\">%s</td><td>%d</td><td>%d</td><td>%.1f&nbsp;%%</td><td><meter max=\"100\" value=\"%.1f\"></meter></td></tr>\n", html.EscapeString(d.About), d.Name, d.Met, d.Exists, d.Share, d.Share)
	}
	b.WriteString("</table>\n")
	for _, h := range r.Habits {
		fmt.Fprintf(&b, "<p><strong>%s</strong> (%s, %s): %s %s</p>\n", html.EscapeString(h.Name), html.EscapeString(h.Operation), h.Often(), html.EscapeString(h.Why), html.EscapeString(h.Instead))
	}
	for i := range r.Dimensions {
		d := &r.Dimensions[i]
		fmt.Fprintf(&b, "<details><summary>%s: %d never met</summary>\n<ul>\n", d.Name, d.Exists-d.Met)
		list, _ := d.Gaps(len(d.Items))
		for _, one := range list {
			fmt.Fprintf(&b, "<li>%s</li>\n", html.EscapeString(one))
		}
		b.WriteString("</ul>\n</details>\n")
	}
	for _, e := range r.Excluded {
		fmt.Fprintf(&b, "<p>Left out: <code>%s</code>, %s</p>\n", html.EscapeString(e.Item), html.EscapeString(e.Reason))
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}
