package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/coverage"
)

type coverageCommands struct {
	Show  coverageShowCommand  `cmd:"" default:"withargs" help:"Show what the tenant's requests have met of all that exists, and how to meet the rest."`
	Merge coverageMergeCommand `cmd:"" help:"Join the reports (--json) of several runs."`
}

// coverageOutput is what becomes of a report.
type coverageOutput struct {
	Form      string   `help:"Form: ${enum}." enum:"table,markdown,junit,html" default:"table"`
	FailUnder *float64 `help:"Exit with 1 if the share is less." placeholder:"PERCENT"`
	Baseline  string   `help:"A report (--json): exit with 1 if something that it has met was not met now." placeholder:"FILE"`
	Exclude   string   `help:"YAML file with what does not count, each with its reason." placeholder:"FILE"`
	Summary   string   `hidden:"" env:"GITHUB_STEP_SUMMARY"`
}

type coverageShowCommand struct {
	remote
	coverageOutput
}

type coverageMergeCommand struct {
	coverageOutput
	JSON  bool     `help:"Print the report as JSON." name:"json"`
	Files []string `arg:"" help:"Reports, of runs against the same version of the sandbox." placeholder:"FILE"`
}

func (c coverageShowCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.GetCoverage.Call(ctx, c.client(), nil)
	if err != nil {
		return fail(stderr, exitOf(err), err.Error())
	}
	var report coverage.Report
	if err := json.Unmarshal(reply, &report); err != nil {
		return fail(stderr, exitFailed, fmt.Sprintf("the reply is not understood, is this another version of the sandbox? (%v)", err))
	}
	return c.show(&report, c.JSON, stdout, stderr)
}

func (c coverageMergeCommand) run(_ context.Context, stdout, stderr io.Writer) int {
	var list []*coverage.Report
	for _, name := range c.Files {
		report, err := readReport(name)
		if err != nil {
			return fail(stderr, exitUsage, err.Error())
		}
		list = append(list, report)
	}
	whole, err := coverage.Merge(list...)
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	return c.show(whole, c.JSON, stdout, stderr)
}

// readReport reads a report that coverage --json has written.
func readReport(name string) (*coverage.Report, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	var report coverage.Report
	if err := json.Unmarshal(text, &report); err != nil || len(report.Dimensions) == 0 {
		return nil, fmt.Errorf("%s is no report of finhub-sandbox coverage --json", name)
	}
	return &report, nil
}

// show prints a report, and judges it.
func (c coverageOutput) show(report *coverage.Report, asJSON bool, stdout, stderr io.Writer) int {
	baseline, err := c.prepare(report)
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	switch {
	case asJSON:
		text, err := json.MarshalIndent(report, "", " ")
		if err != nil {
			return fail(stderr, exitFailed, err.Error())
		}
		_, _ = fmt.Fprintln(stdout, string(text))
	case c.Form == "table":
		printCoverage(&printer{out: stdout}, report)
	default:
		_, _ = io.WriteString(stdout, coverage.FormOf(c.Form).Write(report))
	}
	if err := c.summarize(report); err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	return c.judge(report, baseline, stderr)
}

// prepare leaves out what does not count, and reads the baseline; it is nil without one.
func (c coverageOutput) prepare(report *coverage.Report) (*coverage.Report, error) {
	if c.FailUnder != nil && (*c.FailUnder < 0 || *c.FailUnder > 100) {
		return nil, fmt.Errorf("--fail-under is a share from 0 to 100, not %v", *c.FailUnder)
	}
	if c.Exclude != "" {
		text, err := readFile(c.Exclude)
		if err != nil {
			return nil, err
		}
		list, err := coverage.ReadExclusions(text)
		if err == nil {
			err = report.Exclude(list)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Exclude, err)
		}
	}
	if c.Baseline == "" {
		return nil, nil //nolint:nilnil // no baseline is no mistake
	}
	return readReport(c.Baseline)
}

// summarize appends the report to the summary of a CI job, if it has one.
func (c coverageOutput) summarize(report *coverage.Report) error {
	if c.Summary == "" {
		return nil
	}
	f, err := os.OpenFile(c.Summary, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, coverage.FormOf("markdown").Write(report)+"\n")
	return errors.Join(err, f.Close())
}

func (c coverageOutput) judge(report, baseline *coverage.Report, stderr io.Writer) int {
	if c.FailUnder != nil && report.Share < *c.FailUnder {
		return fail(stderr, exitFailed, fmt.Sprintf("the coverage is %.1f %%, and less than %v %%", report.Share, *c.FailUnder))
	}
	if baseline == nil {
		return exitOK
	}
	if lost := report.Losses(baseline); len(lost) > 0 {
		return fail(stderr, exitFailed, fmt.Sprintf("what %s has met and this run has not: %s", c.Baseline, strings.Join(lost, ", ")))
	}
	return exitOK
}

// tableGaps is how many gaps of a dimension stand in the table.
const tableGaps = 5

func printCoverage(p *printer, report *coverage.Report) {
	rows := make([][]string, 0, len(report.Dimensions)+1)
	for _, d := range report.Dimensions {
		rows = append(rows, []string{d.Name, fmt.Sprint(d.Met), fmt.Sprint(d.Exists), fmt.Sprintf("%.1f %%", d.Share)})
	}
	rows = append(rows, []string{"mean", "", "", fmt.Sprintf("%.1f %%", report.Share)})
	p.table([]string{"DIMENSION", "MET", "EXISTS", "SHARE"}, rows)
	for _, h := range report.Habits {
		p.line("\n%s (%s, %s): %s %s", h.Name, h.Operation, h.Often(), h.Why, h.Instead)
	}
	for i := range report.Dimensions {
		d := &report.Dimensions[i]
		gaps, more := d.Gaps(tableGaps)
		if len(gaps) == 0 {
			continue
		}
		p.line("\n%s:", d.Name)
		for _, g := range gaps {
			p.line("  %s", g)
		}
		if more > 0 {
			p.line("  and %d more (--form markdown or html)", more)
		}
	}
}
