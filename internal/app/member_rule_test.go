package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"finhub-sandbox/internal/app"
)

// TestTheDocumentTellsEveryRule sends what lies at the edges of the document: for
// each member the least and the most, the shortest and the longest, every word of
// a list, and odd texts. What fits the document must not be refused as
// REQUEST_INVALID for this member, since that would be a rule which only the code
// knows; what does not fit must be. The few rules that no schema can tell are
// listed in the files of testdata/members.
func TestTheDocumentTellsEveryRule(t *testing.T) {
	server := openFlowServer(t, app.Config{})
	documents := memberDocuments(t)
	for _, f := range readMemberFiles(t) {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			r := ruleSweep{world: newMemberWorld(t, server, documents, f), stricter: map[string]bool{}}
			for _, members := range f.Stricter {
				for _, at := range members {
					r.stricter[at] = false
				}
			}
			for _, family := range r.world.members.families {
				if r.world.tries(family.name) {
					r.family(t, family)
				}
			}
			for at, is := range r.stricter {
				if !is {
					t.Errorf("%s is listed as held to more than the document tells, and is not", at)
				}
			}
		})
	}
}

// ruleSweep tries the rules of one file's members.
type ruleSweep struct {
	world *memberWorld
	// stricter are the listed members, and whether they have been met.
	stricter map[string]bool
}

func (r *ruleSweep) family(t *testing.T, family memberFamily) {
	base := r.world.base(t, family)
	for _, m := range r.world.members.members {
		if m.family != family.name || m.at == ".[]" {
			continue
		}
		inside, outside := r.world.edges(m.schema)
		for _, value := range inside {
			r.mustPass(t, family, m, base, value)
		}
		for _, value := range outside {
			r.mustFail(t, family, m, base, value)
		}
	}
}

func (r *ruleSweep) mustPass(t *testing.T, family memberFamily, m member, base, value any) {
	reply := r.world.send(t, r.world.put(base, family, m.at, value), nil)
	r.world.restore(t)
	if reply.status >= http.StatusInternalServerError {
		t.Errorf("%s: %s %s: %s", family.name, m.at, short(value), reply)
	}
	message := faultAt(reply, m.at)
	if message == "" || toldByMark(message) || beyondSchemas()[r.world.formatOf(m.schema)] != "" {
		return
	}
	for _, key := range []string{m.at, family.name + " " + m.at} {
		if _, listed := r.stricter[key]; listed {
			r.stricter[key] = true
			return
		}
	}
	t.Errorf("%s: %s takes %s by the document, and is refused: %s", family.name, m.at, short(value), message)
}

func (r *ruleSweep) mustFail(t *testing.T, family memberFamily, m member, base, value any) {
	reply := r.world.send(t, r.world.put(base, family, m.at, value), nil)
	r.world.restore(t)
	if code, _ := find(reply.value, "data.refusal"); reply.status != http.StatusBadRequest || code == nil && !strings.Contains(reply.String(), "REQUEST_INVALID") {
		t.Errorf("%s: %s does not take %s by the document, and gets %d", family.name, m.at, short(value), reply.status)
	}
}

// beyondSchemas are the formats of which a schema cannot tell all, and what is missing.
func beyondSchemas() map[string]string {
	const years = "no keyword bounds a date: that it lies between the years 1900 and 2200 stands in the descriptions"
	return map[string]string{
		"date": years, "date-time": years, "day-or-instant": years,
		"iban":    "a checksum, and each country's length and structure",
		"bic":     "which of its codes are countries",
		"country": "which codes are countries; of a name only its letters are looked at",
	}
}

func (w *memberWorld) formatOf(schema map[string]any) string {
	for _, part := range w.raw.parts(schema) {
		for _, key := range []string{"x-format", "format"} {
			if format, ok := part[key].(string); ok {
				return format
			}
		}
	}
	return ""
}

func short(value any) string {
	s := text(value)
	if len(s) > 80 {
		return fmt.Sprintf("%s... (%d bytes)", s[:60], len(s))
	}
	return s
}

// faultAt is what a refused request is told about a member; empty for nothing.
func faultAt(reply flowReply, at string) string {
	field := strings.TrimPrefix(strings.ReplaceAll("."+at, "[]", "0"), ".")
	field = strings.TrimPrefix(field, ".")
	for _, where := range []string{"data.errors", "error.errors", "errors"} {
		list, err := find(reply.value, where)
		if err != nil {
			continue
		}
		for _, e := range asList(list) {
			fault, _ := e.(map[string]any)
			if fault["field"] == field {
				return fmt.Sprint(fault["message"])
			}
		}
	}
	return ""
}

// toldByMark reports whether a fault is one of those that the document tells by a
// mark, which a validator of schemas does not know.
func toldByMark(message string) bool {
	return slices.ContainsFunc([]string{"must lie in the past", "the path says", " says", "must be identical"}, func(words string) bool {
		return strings.Contains(message, words)
	})
}

// edges are values at the edges of a schema, within it and beyond it, as a reader
// of the document knows them: of formats those that the standard has.
func (w *memberWorld) edges(schema map[string]any) (inside, outside []any) {
	for _, join := range []string{"anyOf", "oneOf"} {
		for _, a := range asList(schema[join]) {
			in, _ := w.edges(w.raw.resolve(a))
			inside = append(inside, in...)
		}
	}
	if len(inside) > 0 {
		return inside, nil
	}
	if enum := asList(schema["enum"]); enum != nil {
		return enum, []any{"NO_SUCH_WORD"}
	}
	switch schema["type"] {
	case "boolean":
		return []any{true, false}, []any{"yes", 1.0}
	case "integer", "number":
		return numberEdges(schema)
	case "string":
		return textEdges(schema, w.patterns(schema))
	case "array":
		if most, bounded := schema["maxItems"].(float64); bounded && most < 1000 {
			item := w.smallest(w.below(schema, "[]"))
			return nil, []any{slices.Repeat([]any{item}, int(most)+1), "text"}
		}
		return nil, []any{"text"}
	case "object":
		return nil, []any{"text"}
	}
	return nil, nil
}

// patterns are all patterns that a text must match.
func (w *memberWorld) patterns(schema map[string]any) []*regexp.Regexp {
	var list []*regexp.Regexp
	for _, part := range w.raw.parts(schema) {
		if p, ok := part["pattern"].(string); ok {
			list = append(list, regexp.MustCompile(p))
		}
	}
	return list
}

func numberEdges(schema map[string]any) (inside, outside []any) {
	inside = numbers(schema)
	least, most := inside[0].(float64), inside[2].(float64)
	if schema["type"] == "number" && schema["x-multiple-of"] == nil {
		inside = append(inside, least+(min(most, least+10)-least)*0.123456)
	}
	if _, bounded := schema["minimum"]; bounded {
		outside = append(outside, least-1)
	}
	if _, bounded := schema["maximum"]; bounded {
		outside = append(outside, most+1)
	}
	if schema["type"] == "integer" {
		outside = append(outside, least+0.5)
	}
	return inside, append(outside, "many")
}

// oddTexts are texts of all kinds; which of them fit is for a schema to say.
func oddTexts() []string {
	return []string{
		"", "a", "Z", "0", "-", "é", "<b>", "Vilnius Nord", "ABC", "abc", "ZZZ", "123", "12.5", "-1", "+1", "1e3", "0.001",
		"2026-01-01", "2026-85-01", "2026-02-30", "0001-01-01", "9999-12-31", "2026-01-05T09:00:00Z", "2026-13-05T09:00:00Z", "9999-12-31T23:59:59Z", "yesterday",
		"vita@example.com", "a@b", "@", "https://example.com/x", "urn:x:1", "+37060000001", "LT", "XX", "Lithuania", "Nowhere",
		"5887c98c-b5b1-4234-b819-a4987f54aa77", "LT133320012345678901", "GB00XXXX", "COBADEFFXXX", "COBADEFFX", "aaaaaaaa", "Aa1-Aa1-", "36h", "-1h", "1d",
	}
}

// textEdges are texts within and beyond a schema of texts.
func textEdges(schema map[string]any, patterns []*regexp.Regexp) (inside, outside []any) {
	least, _ := schema["minLength"].(float64)
	most, bounded := schema["maxLength"].(float64)
	format, _ := schema["format"].(string)
	candidates := []string{strings.Repeat("x", max(1, int(least))), strings.Repeat("ž", max(1, min(int(most), 5000)))}
	if bounded && most < 100_000 {
		candidates = append(candidates, strings.Repeat("x", int(most)), strings.Repeat("x", int(most)+1))
	}
	if len(patterns) == 0 && format == "" {
		candidates = append(candidates, "0", "-", "<b>")
	} else {
		candidates = append(candidates, oddTexts()...)
	}
	for _, p := range patterns {
		candidates = append(candidates, matching(p.String())...)
	}
	if example, ok := schema["example"].(string); ok {
		candidates = append(candidates, example)
	}
	for _, s := range candidates {
		n := float64(utf8.RuneCountInString(s))
		fits := n >= least && (!bounded || n <= most) && !slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return !p.MatchString(s) })
		is, known := ofFormat(format, s)
		switch {
		case strings.TrimSpace(s) == "":
			// An empty text is one that is missing.
		case fits && is:
			inside = append(inside, s)
		case known && !is || !fits:
			outside = append(outside, s)
		}
	}
	return inside, append(outside, 7.0)
}

// ofFormat reports whether a text has a format, as far as the standard knows it.
func ofFormat(format, s string) (is, known bool) {
	switch format {
	case "date":
		_, err := time.Parse(time.DateOnly, s)
		return err == nil, true
	case "date-time":
		// Several documented instants have no zone, which the standard demands.
		_, err := time.Parse(time.RFC3339Nano, s)
		return err == nil, err == nil || !strings.Contains(s, "T")
	case "uuid":
		return regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString(s), true
	case "email":
		return strings.Count(s, "@") == 1 && len(s) > 2, true
	case "uri":
		u, err := url.Parse(s)
		return err == nil && u.IsAbs(), true
	}
	return true, true
}
