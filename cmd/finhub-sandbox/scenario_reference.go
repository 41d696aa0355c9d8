package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/scenario"
)

type scenarioSchemaCommand struct{}

type scenarioReferenceCommand struct {
	About string `arg:"" optional:"" help:"A choice point, an operationId, a fact such as customer, or the word faults; without it everything in short." placeholder:"WORD"`
	JSON  bool   `help:"Print everything as JSON." name:"json"`
}

func (scenarioSchemaCommand) run(_ context.Context, stdout, stderr io.Writer) int {
	text, err := app.ScenarioSchema()
	if err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	_, _ = stdout.Write(text)
	return exitOK
}

func (c scenarioReferenceCommand) run(_ context.Context, stdout, stderr io.Writer) int {
	known, err := app.ScenarioReference()
	if err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	if c.JSON {
		text, err := json.Marshal(known)
		if err != nil {
			return fail(stderr, exitFailed, err.Error())
		}
		_, _ = fmt.Fprintln(stdout, string(text))
		return exitOK
	}
	v := reference{printer{out: stdout}, known}
	switch {
	case c.About == "":
		v.all()
	case v.point(c.About), v.operation(c.About), v.fact(c.About), c.About == "faults" && v.faults():
	default:
		message := fmt.Sprintf("scenarios cannot speak about %q", c.About)
		if near := scenario.Nearest(c.About, v.words()); near != "" {
			message += fmt.Sprintf("; did you mean %s?", near)
		}
		return fail(stderr, exitUsage, message)
	}
	return exitOK
}

// reference prints what scenarios can speak about.
type reference struct {
	printer

	known scenario.Reference
}

func (v *reference) operations() []string {
	var names []string
	for _, o := range v.known.Operations {
		names = append(names, o.Operation)
	}
	return names
}

// words are those about which more can be asked.
func (v *reference) words() []string {
	words := []string{"faults"}
	for _, p := range v.known.Points {
		words = append(words, p.Point)
	}
	return slices.Concat(words, v.operations(), v.factNames())
}

// factNames are those of the facts whose members are known, in alphabetical order.
func (v *reference) factNames() []string {
	names := map[string]bool{}
	for _, f := range v.known.Facts {
		name, _, _ := strings.Cut(f.Name, ".")
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func (v *reference) all() {
	var rows [][]string
	for _, p := range v.known.Points {
		rows = append(rows, []string{p.Point, strings.Join(p.Options, ", "), p.Usual(), strings.Join(p.Facts, ", ")})
	}
	v.table([]string{"CHOICE POINT", "OPTIONS", "USUALLY", "CONDITIONS ASK ABOUT"}, rows)
	v.line("\nRules refuse these operations, or let something go wrong with them:\n%s", strings.Join(v.operations(), ", "))
	v.line("\nConditions on operations ask about all facts: %s.", strings.Join(v.factNames(), ", "))
	v.line("Name one of these words for more: its reasons, codes, members and values. Faults are listed under faults.")
}

func (v *reference) point(name string) bool {
	i := slices.IndexFunc(v.known.Points, func(p scenario.PointReference) bool { return p.Point == name })
	if i < 0 {
		return false
	}
	p := v.known.Points[i]
	v.pairs([][2]string{{"choice point", p.Point}, {"machine", p.Machine}, {"usually", p.Usual()}, {"conditions ask about", strings.Join(p.Facts, ", ")}}...)
	var rows [][]string
	for _, option := range p.Options {
		rows = append(rows, []string{option, strings.Join(p.Reasons[option], ", ")})
	}
	v.line("")
	v.table([]string{"OPTION", "REASONS"}, rows)
	return true
}

func (v *reference) operation(name string) bool {
	i := slices.IndexFunc(v.known.Operations, func(o scenario.OperationReference) bool { return o.Operation == name })
	if i < 0 {
		return false
	}
	v.line("%s can be refused with:", name)
	for _, code := range v.known.Operations[i].Refusals {
		v.line("  %s", code)
	}
	return true
}

func (v *reference) fact(name string) bool {
	var rows [][]string
	for _, f := range v.known.Facts {
		if f.Name == name || strings.HasPrefix(f.Name, name+".") || strings.HasPrefix(f.Name, name+"[]") {
			rows = append(rows, []string{f.Name, f.Type, strings.Join(f.Values, ", "), f.Means})
		}
	}
	if rows == nil {
		return false
	}
	v.table([]string{"FACT", "TYPE", "VALUES", "MEANING"}, rows)
	return true
}

func (v *reference) faults() bool {
	show := func(worked string, list []scenario.FaultReference) {
		var rows [][]string
		for _, f := range list {
			rows = append(rows, []string{f.Form, map[bool]string{true: "yes", false: "no"}[f.Works], f.Does})
		}
		v.table([]string{"FAULT", worked, "WHAT HAPPENS"}, rows)
	}
	show("THE WORK IS DONE", v.known.Faults)
	v.line("\nOn webhook.delivery:")
	show("IT IS SENT", v.known.DeliveryFaults)
	return true
}
