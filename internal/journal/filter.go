package journal

import (
	"strconv"
	"strings"
	"time"
)

// Filter says which entries are meant; its zero value means all.
type Filter struct {
	Operation, Refusal, Customer string
	// Status is a status such as 404, or a class such as 4xx.
	Status string
	// Text stands somewhere in what was sent or answered, in any case.
	Text string
	// Since is when an entry came at the earliest, in real time.
	Since time.Time
	// After is a number behind which entries are meant.
	After int64
	// Limit is how many of the newest are given; 0 is all.
	Limit int
}

func (f *Filter) fits(e *Entry) bool {
	return (f.Operation == "" || f.Operation == e.Operation) &&
		(f.Refusal == "" || f.Refusal == e.Refusal) &&
		(f.Customer == "" || strings.EqualFold(f.Customer, e.Customer)) &&
		(f.Status == "" || fitsStatus(f.Status, e.Status)) &&
		!e.At.Before(f.Since) &&
		(f.Text == "" || e.has(strings.ToLower(f.Text)))
}

func fitsStatus(wanted string, status int) bool {
	got := strconv.Itoa(status)
	class, ok := strings.CutSuffix(wanted, "xx")
	return got == wanted || ok && len(got) == 3 && got[:1] == class
}

// has reports whether a text, in lower case, stands in what was sent or answered.
func (e *Entry) has(text string) bool {
	in := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	for _, s := range []string{e.Path, e.Query, e.Operation, e.RequestID, e.Traceparent, e.Details, e.Refusal, e.Request.Body, e.Reply.Body} {
		if in(s) {
			return true
		}
	}
	for _, v := range e.Violations {
		if in(v.Field) || in(v.Message) {
			return true
		}
	}
	for _, r := range e.Rules {
		if in(r.Scenario) || in(r.Name) {
			return true
		}
	}
	return false
}
