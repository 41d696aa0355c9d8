package console

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"finhub-sandbox/internal/client"
)

// bodyLine is a line of a body, with what is wrong at it.
type bodyLine struct {
	Text  string
	Wrong []string
}

// markBody breaks a body into lines, with each violation at the value that it is about,
// or at what lacks that value. It gives nothing where a body is no JSON or nothing is
// wrong in it.
func markBody(body string, violations []client.JournalViolation) (lines []bodyLine) {
	if len(violations) == 0 || !json.Valid([]byte(body)) {
		return nil
	}
	for text := range strings.SplitSeq(pretty(body), "\n") {
		lines = append(lines, bodyLine{Text: text})
	}
	at := placesOf(lines)
	marked := false
	for _, v := range violations {
		if !strings.HasPrefix(v.Pointer, "/") {
			continue // It is about something else than the body.
		}
		pointer, said := v.Pointer, v.Message
		line, there := at[pointer]
		for ; !there; line, there = at[pointer] {
			end := strings.LastIndex(pointer, "/")
			pointer, said = pointer[:end], pointer[end+1:]+" "+v.Message
		}
		lines[line].Wrong, marked = append(lines[line].Wrong, said), true
	}
	if !marked {
		return nil
	}
	return lines
}

// placesOf tells at which line each value of indented JSON begins, by its pointer.
func placesOf(lines []bodyLine) map[string]int {
	at := map[string]int{}
	type container struct {
		pointer string
		array   bool
		items   int
	}
	var inside []container
	for i, line := range lines {
		text := strings.TrimSpace(line.Text)
		if strings.HasPrefix(text, "}") || strings.HasPrefix(text, "]") {
			inside = inside[:len(inside)-1]
			continue
		}
		pointer := ""
		if n := len(inside); n > 0 {
			in := &inside[n-1]
			name := fmt.Sprint(in.items)
			if in.items++; !in.array {
				// A line of an object begins with a name.
				token, _ := json.NewDecoder(strings.NewReader(text)).Token()
				name = fmt.Sprint(token)
			}
			pointer = string(jsontext.Pointer(in.pointer).AppendToken(name))
		}
		at[pointer] = i
		if strings.HasSuffix(text, "{") || strings.HasSuffix(text, "[") {
			inside = append(inside, container{pointer: pointer, array: strings.HasSuffix(text, "[")})
		}
	}
	return at
}
