package control

import (
	"context"
	"strconv"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/rest"
)

// mostEntries is how many entries are shown if the call says nothing.
const mostEntries = 100

type journalView struct {
	Entries []journal.Entry `json:"entries"`
	First   int64           `json:"first"`
	Last    int64           `json:"last"`
	Omitted int             `json:"omitted"`
}

// openJournal gives the journal, or refuses with JOURNAL_OFF.
func (a *API) openJournal() (*journal.Journal, error) {
	if a.info.Journal == nil {
		return nil, refusal.New(refusal.JournalOff, "it was started with --journal 0")
	}
	return a.info.Journal, nil
}

// listJournal shows the tenant's last requests that fit, in the form that is asked for.
func (a *API) listJournal(c *rest.Call) (rest.Reply, error) {
	j, err := a.openJournal()
	if err != nil {
		return rest.Reply{}, err
	}
	f, err := a.readJournalFilter(c)
	if err != nil {
		return rest.Reply{}, err
	}
	page := j.Entries(c.Tenant, f)
	if format := c.Query("format"); format != "" && format != "json" {
		form := journal.FormOf(format)
		return rest.Reply{Stream: &rest.Stream{
			MediaType: form.MediaType,
			Write:     func(_ context.Context, to *rest.Sink) error { return form.Write(to, page.Entries, a.info.Version) },
		}}, nil
	}
	return rest.Reply{Data: &journalView{append([]journal.Entry{}, page.Entries...), page.First, page.Last, page.Omitted}}, nil
}

func (a *API) readJournalFilter(c *rest.Call) (journal.Filter, error) {
	f := journal.Filter{
		Operation: c.Query("operation"), Status: c.Query("status"), Refusal: c.Query("refusal"), Customer: c.Query("customerId"),
		Text: c.Query("text"), After: int64(c.QueryInt("after", 0)), Limit: c.QueryInt("limit", mostEntries),
	}
	if faults := unknownOperation(c, "query.operation", f.Operation); len(faults) > 0 {
		return f, refusal.Invalid(faults)
	}
	text := c.Query("since")
	if text == "" {
		return f, nil
	}
	ago, err := machine.ParseDelay(text)
	if err != nil {
		return f, refusal.Invalid([]refusal.Fault{{Field: "query.since", Message: err.Error()}})
	}
	f.Since = a.info.Now().Add(-ago)
	return f, nil
}

// getJournalEntry shows one entry. It refuses with ENTRY_NOT_FOUND.
func (a *API) getJournalEntry(c *rest.Call) (rest.Reply, error) {
	j, err := a.openJournal()
	if err != nil {
		return rest.Reply{}, err
	}
	e, err := findEntry(j, c.Tenant, c.Path("number"))
	return rest.Reply{Data: e}, err
}

func findEntry(j *journal.Journal, tenant, text string) (*journal.Entry, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, err // What is no number was refused before.
	}
	e, ok := j.Entry(tenant, number)
	if ok {
		return &e, nil
	}
	page := j.Entries(tenant, journal.Filter{Limit: 1})
	if page.Last == 0 {
		return nil, refusal.New(refusal.EntryNotFound, "the journal of this tenant is empty")
	}
	return nil, refusal.New(refusal.EntryNotFound, "the journal of this tenant has the entries %d to %d", page.First, page.Last)
}
