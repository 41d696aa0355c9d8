package console

import (
	"fmt"
	"strings"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/journal"
)

type requestsPage struct {
	Text, Operation, Status, Refusal, Customer string
	List                                       []journal.Entry
	Omitted                                    int
}

func requestList(v *visit) (string, any, error) {
	p := &requestsPage{
		Text: v.query("text"), Operation: v.query("operation"), Status: v.query("status"), Refusal: v.query("refusal"), Customer: v.query("customer"),
	}
	if v.console.Journal == nil {
		return "", nil, v.get("/journal", nil, &client.Journal{})
	}
	p.List, p.Omitted = v.requests(journal.Filter{Text: p.Text, Operation: p.Operation, Status: p.Status, Refusal: p.Refusal, Customer: p.Customer, Limit: pageEntries})
	return "Requests", p, nil
}

// pageEntries is how many requests the page of requests lists.
const pageEntries = 50

type requestPage struct {
	client.JournalEntry
	Why    *client.Explanation
	Curl   string
	Replay *button
	// Marked are the lines of the request's body, if violations stand in it.
	Marked []bodyLine
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
	p.Marked = markBody(p.Request.Body, p.Violations)
	if p.Refusal != "" {
		p.Why = &client.Explanation{}
		if v.get("/explain", some("request", number), p.Why) != nil {
			p.Why = nil // What it was about has gone.
		}
	}
	// Where there is none, the call above was refused.
	if e, ok := v.console.Journal.Entry(v.tenant, p.Number); ok {
		p.Curl = e.Curl()
		p.Replay = v.replayButton(&e)
	}
	return title, p, nil
}

// replayButton sends a request again, and asks for the token that it had unless it is one
// that the control API puts in its place.
func (v *visit) replayButton(e *journal.Entry) *button {
	var fields []field
	replaced := e.Operation == "" || strings.HasPrefix(e.Path, "/_sandbox/") || e.Caller == string(access.Staff) && !v.console.World.Config.NoFixedTokens
	if e.HasToken() && !replaced {
		fields = append(fields, field{Name: "token", Label: "Token", Type: "password", Help: "the journal does not have it", Required: true})
	}
	b := v.button("replay-request", "Send it again", [][2]string{{"number", fmt.Sprint(e.Number)}}, fields...)
	if lacks := e.Lacks(); lacks != "" {
		b.Barred = "The journal does not have " + lacks + ", so it cannot be sent again from here."
	}
	return b
}
