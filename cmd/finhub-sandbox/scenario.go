package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/client"
)

type scenarioCommands struct {
	List scenarioListCommand `cmd:"" help:"List the scenarios that the tenant can use."`
	Show scenarioShowCommand `cmd:"" help:"Show a scenario, rule by rule."`
	Lint scenarioLintCommand `cmd:"" help:"Check scenario files; this needs no running sandbox."`
	Use  scenarioUseCommand  `cmd:"" help:"Make a scenario the tenant's active one."`

	Reference scenarioReferenceCommand `cmd:"" help:"Show what a scenario can speak about; this needs no running sandbox."`
	Schema    scenarioSchemaCommand    `cmd:"" help:"Print the JSON Schema of scenarios, for editors; this needs no running sandbox."`
}

type scenarioListCommand struct{ remote }

type scenarioShowCommand struct {
	remote
	Name string `arg:"" help:"Name of the scenario." complete:"scenario"`
}

type scenarioLintCommand struct {
	Files []string `arg:"" help:"Files, or directories of them." placeholder:"FILE"`
	JSON  bool     `help:"Print the result as JSON." name:"json"`
}

type scenarioUseCommand struct {
	remote
	Scenario string `arg:"" help:"Name of a scenario, or a file with one." complete:"scenario"`
}

func (c scenarioListCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.ListScenarios.Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, l client.ScenarioList) {
		var rows [][]string
		for _, s := range l.Scenarios {
			active := " "
			if s.Name == l.Active.Name {
				active = "*"
			}
			rows = append(rows, []string{active, s.Name, s.From, firstSentence(s.Description)})
		}
		p.table([]string{" ", "NAME", "FROM", "DESCRIPTION"}, rows)
		p.line("\n* governs new customers of tenant %s (%s)", l.Active.Tenant, l.Active.Source)
	})
}

// firstSentence is what a list has room for.
func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if head, _, ok := strings.Cut(text, ". "); ok {
		return head + "."
	}
	return text
}

func (c scenarioShowCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.GetScenario.Call(ctx, c.client(), nil, c.Name)
	return show(c.remote, reply, err, stdout, stderr, printScenario)
}

func printScenario(p *printer, s client.Scenario) {
	var settings []string
	for name, value := range s.Settings {
		settings = append(settings, fmt.Sprintf("%s=%v", name, value))
	}
	slices.Sort(settings)
	p.pairs([][2]string{
		{"name", s.Name}, {"description", strings.Join(strings.Fields(s.Description), " ")}, {"from", s.From},
		{"extends", s.Extends}, {"settings", strings.Join(settings, ", ")},
	}...)
	if len(s.Rules) == 0 {
		return
	}
	p.line("")
	var rows [][]string
	for i, r := range s.Rules {
		rows = append(rows, []string{fmt.Sprint(i + 1), r.Name, r.On, r.When, r.Effect})
	}
	p.table([]string{"#", "RULE", "ON", "WHEN", "EFFECT"}, rows)
}

func (c scenarioUseCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	var choice any = client.ScenarioChoice{Name: c.Scenario}
	if isFile(c.Scenario) {
		text, err := os.ReadFile(c.Scenario)
		if err != nil {
			return fail(stderr, exitUsage, err.Error())
		}
		choice = client.YAML(text)
	}
	reply, err := client.UseScenario.Call(ctx, c.client(), choice)
	if faults := mistakes(err, c.Scenario); len(faults) > 0 {
		return printMistakes(stderr, faults)
	}
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, a client.ActiveScenario) {
		p.line("scenario %s governs new customers of tenant %s", a.Name, a.Tenant)
	})
}

// isFile tells a file from the name of a scenario.
func isFile(text string) bool {
	if strings.ContainsRune(text, filepath.Separator) || slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(text)) {
		return true
	}
	found, err := os.Stat(text)
	return err == nil && found.Mode().IsRegular()
}

func printMistakes(stderr io.Writer, faults []place) int {
	for _, f := range faults {
		_, _ = fmt.Fprintln(stderr, f)
	}
	return fail(stderr, exitUsage, counted(len(faults), "mistake"))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (c scenarioLintCommand) run(_ context.Context, stdout, stderr io.Writer) int {
	checked, faults, err := app.Lint(c.Files)
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	var places []place
	for _, f := range faults {
		places = append(places, place(f))
	}
	if c.JSON {
		return lintJSON(stdout, stderr, checked, places)
	}
	if len(places) > 0 {
		return printMistakes(stderr, places)
	}
	for _, f := range checked {
		_, _ = fmt.Fprintf(stdout, "%s: %s, %s: ok\n", f.File, f.Name, counted(f.Rules, "rule"))
	}
	return exitOK
}

func lintJSON(stdout, stderr io.Writer, checked []app.LintedScenario, faults []place) int {
	text, err := json.Marshal(map[string]any{
		"ok": len(faults) == 0, "scenarios": orEmpty(checked), "faults": orEmpty(faults),
	})
	if err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	_, _ = fmt.Fprintln(stdout, string(text))
	if len(faults) > 0 {
		return exitUsage
	}
	return exitOK
}

// orEmpty keeps an empty list from being written as null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
