package app_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// speedSize is how much TestSpeed measures.
type speedSize struct {
	// rounds are how often each load has its turn, for how many seconds.
	rounds, seconds       int
	starts, lives, timers int
	customers             int
	// listed is how many customers the console has to show, visited so often.
	listed, visits int
}

// TestSpeed measures the sandbox as its users meet it, from outside: the program in
// a process of its own, loaded by others, beside a bare handler in a process of
// its own. It prints each figure beside its goal. That takes some minutes and the
// whole machine, and therefore is done only for make bench; CI tries, with
// SANDBOX_BENCH=try, whether it works.
func TestSpeed(t *testing.T) {
	m := speedSize{rounds: 3, seconds: 2, starts: 9, lives: 10_000, timers: dueTimers, customers: customersFromEnvironment(t, 100_000), listed: 10_000, visits: 41}
	switch os.Getenv("SANDBOX_BENCH") {
	case "":
		t.Skip("make bench runs it")
	case "try":
		m = speedSize{rounds: 1, seconds: 1, starts: 1, lives: 40, timers: 100, customers: 100, listed: 100, visits: 3}
	}
	if _, err := exec.LookPath("wrk"); err != nil {
		t.Fatal("wrk, which makes the load, is not installed; .ci/run bench does so on Debian")
	}
	program := buildProgram(t)
	table := &speedTable{}
	measureStart(t, table, program, m.starts)
	measureLoads(t, table, program, m)
	measureLives(t, table, program, m)
	measureDue(t, table, program, m.timers)
	measureFixtures(t, table, program, m.lives)
	measureWebhooks(t, table, program, m.timers)
	measureGrowth(t, table, program, m)
	measureDurability(t, table, program, m)
	measureConsole(t, table, program, m.listed, m.visits)
	fmt.Print(table)
}

// speedTable is what make bench prints.
type speedTable struct{ loads, figures, notes []string }

// load adds what wrk found about a server, each figure beside its goal.
func (s *speedTable) load(l *load, resident float64) {
	of, ofGoal, p99Goal := "", "", ""
	if l.against != nil {
		of = fmt.Sprintf("%.2f", l.share())
	}
	if l.atLeast > 0 {
		ofGoal = judge(l.share(), fmt.Sprintf("> %.2g", l.atLeast))
	}
	if l.p99 > 0 {
		p99Goal = judge(l.middle(p99), fmt.Sprintf("< %g", l.p99))
	}
	s.loads = append(s.loads, fmt.Sprintf("%-26s %8.0f %5s %-14s %7.2f %7.2f %-13s %7.1f %6.0f",
		l.what, l.middle(perSecond), of, ofGoal, l.middle(p50), l.middle(p99), p99Goal, l.middle(processors), resident))
}

// figure adds one figure; a goal is "< limit" or "> limit", or empty.
func (s *speedTable) figure(what string, value float64, unit, goal string) {
	digits := 2
	if value >= 100 {
		digits = 0
	}
	s.figures = append(s.figures, fmt.Sprintf("%-46s %9s %-3s %s", what, strconv.FormatFloat(value, 'f', digits, 64), unit, judge(value, goal)))
}

// growth adds by how much a load takes longer among many than among few, each of
// whose rounds is a load of its own.
func (s *speedTable) growth(what string, few []*load, many *load) {
	ratio := func(of func(few, many loadRun) float64) float64 {
		var all []float64
		for i, l := range few {
			all = append(all, of(l.runs[0], many.runs[i]))
		}
		return median(all)
	}
	s.figure(what, ratio(func(few, many loadRun) float64 { return few.perSecond / many.perSecond }), "", "< 1.3")
	s.figure("  p99", ratio(func(few, many loadRun) float64 { return many.p99 / few.p99 }), "", "< 1.3")
	s.figure("  processors' time", ratio(func(few, many loadRun) float64 { return many.processors / few.processors }), "", "")
}

func (s *speedTable) note(text string) { s.notes = append(s.notes, text) }

func (s *speedTable) String() string {
	head := fmt.Sprintf("%-26s %8s %5s %-14s %7s %7s %-13s %7s %6s", "wrk, 16 connections", "/s", "of", "goal", "p50 ms", "p99 ms", "goal", "CPU µs", "MB")
	lines := slices.Concat([]string{"", head}, s.loads, s.notes, []string{""}, s.figures, []string{"", ""})
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// judge puts a goal beside whether a value meets it.
func judge(value float64, goal string) string {
	if goal == "" {
		return ""
	}
	limit, _ := strconv.ParseFloat(goal[2:], 64)
	met := "met"
	if goal[0] == '<' && value >= limit || goal[0] == '>' && value <= limit {
		met = "MISSED"
	}
	return goal + " " + met
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
