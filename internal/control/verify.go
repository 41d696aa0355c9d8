package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/rest"
)

type verdictView struct {
	Holds   bool       `json:"holds"`
	Wanted  string     `json:"wanted"`
	Count   int        `json:"count"`
	Numbers []int64    `json:"numbers"`
	Nearest []missView `json:"nearest"`
}

type missView struct {
	Number      int64            `json:"number"`
	Operation   string           `json:"operation,omitzero"`
	Method      string           `json:"method"`
	Path        string           `json:"path"`
	Status      int              `json:"status"`
	Differences []differenceView `json:"differences"`
}

type differenceView struct {
	Pointer  string `json:"pointer"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

// verifyRequests holds the journal to an expectation, and waits as long as it is told.
func (a *API) verifyRequests(c *rest.Call) (rest.Reply, error) {
	j, err := a.openJournal()
	if err != nil {
		return rest.Reply{}, err
	}
	within, err := readWithin(c.Body)
	if err != nil {
		return rest.Reply{}, err
	}
	expected := readExpectation(c.Body)
	faults := unknownOperation(c, "operation", expected.Operation)
	for i, p := range expected.InOrder {
		faults = append(faults, unknownOperation(c, fmt.Sprintf("inOrder.%d.operation", i), p.Operation)...)
	}
	if len(faults) > 0 {
		return rest.Reply{}, refusal.Invalid(faults)
	}
	ctx, cancel := context.WithTimeout(c.Context(), within)
	defer cancel()
	v := j.Verify(ctx, c.Tenant, expected)
	view := verdictView{Holds: v.Holds, Wanted: v.Wanted, Count: v.Count, Numbers: append([]int64{}, v.Numbers...), Nearest: []missView{}}
	for _, m := range v.Nearest {
		miss := missView{Number: m.Entry.Number, Operation: m.Entry.Operation, Method: m.Entry.Method, Path: m.Entry.Path, Status: m.Entry.Status}
		for _, d := range m.Differences {
			miss.Differences = append(miss.Differences, differenceView{d.Pointer, asJSON(d.Expected), asJSON(d.Got)})
		}
		view.Nearest = append(view.Nearest, miss)
	}
	return rest.Reply{Data: &view}, nil
}

// unknownOperation finds fault with a name that no operation has: no request would ever
// be one of it, and whoever expects none would be content.
func unknownOperation(c *rest.Call, field, name string) []refusal.Fault {
	if name == "" || c.Described(name) != nil {
		return nil
	}
	return []refusal.Fault{{Field: field, Message: name + " is no operation of the documents"}}
}

// readWithin reads how long to wait; nothing is not at all.
func readWithin(b rest.Body) (time.Duration, error) {
	text := b.Str("within")
	if text == "" {
		return 0, nil
	}
	return machine.ParseDelay(text)
}

func readExpectation(b rest.Body) journal.Expectation {
	e := journal.Expectation{
		Pattern: readPattern(b), Count: readCount(b, "count"), AtLeast: readCount(b, "atLeast"), AtMost: readCount(b, "atMost"), Never: b.Bool("never"),
	}
	for _, p := range b.Objects("inOrder") {
		e.InOrder = append(e.InOrder, readPattern(p))
	}
	return e
}

func readPattern(b rest.Body) journal.Pattern {
	return journal.Pattern{Operation: b.Str("operation"), Where: b.Object("where"), Body: b.Get("body")}
}

func readCount(b rest.Body, name string) *int {
	if !b.Has(name) {
		return nil
	}
	return new(int(b.Int(name)))
}

// streamJournal sends entries as they come, and first those behind the last that the
// reader has.
func (a *API) streamJournal(c *rest.Call) (rest.Reply, error) {
	j, err := a.openJournal()
	if err != nil {
		return rest.Reply{}, err
	}
	f, err := a.readJournalFilter(c)
	if err != nil {
		return rest.Reply{}, err
	}
	after := int64(c.QueryInt("after", journal.Newest))
	if last := c.Header.Get("Last-Event-ID"); last != "" {
		if after, err = strconv.ParseInt(last, 10, 64); err != nil || after < 0 {
			return rest.Reply{}, refusal.Invalid([]refusal.Fault{{Field: "header.Last-Event-ID", Message: "must be the number of an entry"}})
		}
	}
	return rest.Reply{Status: http.StatusOK, Stream: &rest.Stream{
		MediaType: "text/event-stream",
		Write: func(ctx context.Context, to *rest.Sink) error {
			err := j.Follow(ctx, c.Tenant, after, f, to)
			if errors.Is(err, journal.ErrTooManyReaders) {
				return refusal.New(refusal.RateLimited, "%d streams of this tenant's journal are open", journal.MaxReaders)
			}
			return err
		},
	}}, nil
}

// asJSON words a value that has come out of a JSON text.
func asJSON(value any) string {
	text, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		panic(err)
	}
	return string(text)
}
