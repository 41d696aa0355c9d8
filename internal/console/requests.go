package console

import (
	"fmt"

	"finhub-sandbox/internal/client"
)

type requestsPage struct {
	Text, Operation, Status, Refusal, Customer string
	List                                       []client.JournalEntry
	Omitted                                    int
}

func requestList(v *visit) (string, any, error) {
	p := &requestsPage{
		Text: v.query("text"), Operation: v.query("operation"), Status: v.query("status"), Refusal: v.query("refusal"), Customer: v.query("customer"),
	}
	var page client.Journal
	q := some("text", p.Text, "operation", p.Operation, "status", p.Status, "refusal", p.Refusal, "customerId", p.Customer, "limit", pageSize)
	if err := v.get("/journal", q, &page); err != nil {
		return "", nil, err
	}
	for i := len(page.Entries) - 1; i >= 0; i-- {
		p.List = append(p.List, page.Entries[i])
	}
	p.Omitted = page.Omitted
	return "Requests", p, nil
}

type requestPage struct {
	client.JournalEntry
	Why  *client.Explanation
	Curl string
}

func requestOne(v *visit) (string, any, error) {
	p, number := &requestPage{}, v.request.PathValue("number")
	if err := v.get("/journal/"+escape(number), nil, &p.JournalEntry); err != nil {
		return "", nil, err
	}
	title := fmt.Sprintf("Request %d: %s", p.Number, p.Operation)
	if p.Operation == "" {
		title = fmt.Sprintf("Request %d: %s %s", p.Number, p.Method, p.Path)
	}
	if p.Refusal != "" {
		p.Why = &client.Explanation{}
		if v.get("/explain", some("request", number), p.Why) != nil {
			p.Why = nil // What it was about has gone.
		}
	}
	if e, ok := v.console.Journal.Entry(v.tenant, p.Number); ok {
		p.Curl = e.Curl()
	}
	return title, p, nil
}
