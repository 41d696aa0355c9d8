package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"finhub-sandbox/spec"
)

// fate is what becomes of a documented operation here: an operation that serves it, or the
// refusal as not simulated. One whose path nobody could read has neither.
type fate struct {
	spec.Surfaced
	by      *conforming
	missing *spec.Documented
}

// readSurface tells what becomes of every documented operation, and which operations are
// further paths of ours. An operation that is forgotten is an error, and so is one that is
// refused as documented and is not.
func readSurface(root, base string, operations []*conforming, missing []spec.Documented) (fates []fate, further []*conforming, err error) {
	text, err := os.ReadFile(filepath.Join(root, "spec/surface.yaml"))
	if err != nil {
		return nil, nil, err
	}
	list, err := spec.ReadSurface(text)
	if err != nil {
		return nil, nil, fmt.Errorf("spec/surface.yaml: %w", err)
	}
	served, refused := map[string]*conforming{}, map[string]*spec.Documented{}
	for _, c := range operations {
		served[callForm(base, c.call)] = c
	}
	for i, d := range missing {
		refused[spec.CallForm(d.Method, base+d.Path)] = &missing[i]
	}
	for _, s := range list {
		call := spec.CallForm(s.Method, s.Path)
		f := fate{s, served[call], refused[call]}
		if s.Path != "" && (f.by == nil) == (f.missing == nil) {
			return nil, nil, fmt.Errorf("spec/surface.yaml: %s has to be an operation, or a row of spec/documented.yaml, and not both", call)
		}
		delete(served, call)
		delete(refused, call)
		fates = append(fates, f)
	}
	for call := range refused {
		return nil, nil, fmt.Errorf("spec/documented.yaml: %s is no row of spec/surface.yaml", call)
	}
	for _, c := range operations {
		if served[callForm(base, c.call)] != nil {
			further = append(further, c)
		}
	}
	return fates, further, nil
}

// callForm is the call of an operation with its whole path.
func callForm(base, call string) string {
	method, path, _ := strings.Cut(call, " ")
	if !strings.HasPrefix(path, "/api/") {
		path = base + path
	}
	return spec.CallForm(method, path)
}

// writeSurface writes the whole list, and what becomes of each.
func writeSurface(b *strings.Builder, fates []fate, further []*conforming) {
	b.WriteString("\n## All documented operations\n\n" +
		"What is told of an operation: request and reply (full), one of them (shape), or that it is there (name). " +
		"A test calls each of them.\n\n| | Call | Generations | Told | Here |\n|---:|---|---|---|---|\n")
	for _, f := range fates {
		call, here := "`"+f.Method+" "+f.Path+"`", ""
		switch {
		case f.Path == "":
			call, here = f.About, "no page that could be read tells its path"
		case f.by != nil:
			here = f.by.id
		case f.missing.Planned:
			here = "`NOT_SIMULATED`: FinHub only plans it"
		default:
			here = "`NOT_SIMULATED`: not built"
		}
		fmt.Fprintf(b, "| %d | %s | %s | %s | %s |\n", f.Number, call, strings.Join(f.Generations, ", "), f.Told, here)
	}
	if len(further) == 0 {
		return
	}
	b.WriteString("\nWhere a page leaves open under which of two paths an operation is, both answer. These are the second ones:\n\n")
	for _, c := range further {
		fmt.Fprintf(b, "- %s: `%s`\n", c.id, c.call)
	}
}

// counted are the rows of the counts that are about the surface.
func counted(fates []fate, further []*conforming) string {
	served, refused, planned, unread := 0, 0, 0, 0
	for _, f := range fates {
		switch {
		case f.by != nil:
			served++
		case f.Path == "":
			unread++
		default:
			refused++
			if f.missing.Planned {
				planned++
			}
		}
	}
	return fmt.Sprintf("| Operations documented | %d |\n| of them simulated | %d |\n| refused as not simulated | %d |\n| of those, that FinHub itself only plans | %d |\n"+
		"| under a path that no page tells | %d |\n| Second paths beside them | %d |\n", len(fates), served, refused, planned, unread, len(further))
}
