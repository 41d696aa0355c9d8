package control

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/rest"
)

// explainedRequest is a request of the journal, and what came of it.
type explainedRequest struct {
	Number   int64          `json:"number"`
	Outcome  outcome        `json:"outcome"`
	Method   string         `json:"method"`
	Path     string         `json:"path"`
	Status   int            `json:"status"`
	Refusal  string         `json:"refusal,omitzero"`
	Details  string         `json:"details,omitzero"`
	Fault    string         `json:"fault,omitzero"`
	Customer string         `json:"customerId,omitzero"`
	Scenario string         `json:"scenario,omitzero"`
	Rules    []machine.Rule `json:"rules,omitzero"`
}

type outcome string

const (
	outcomeRefused  outcome = "refused"
	outcomeFaulted  outcome = "faulted"
	outcomeAnswered outcome = "answered"
	outcomePending  outcome = "pending"
)

func outcomeOf(e *journal.Entry) outcome {
	switch {
	case !e.Finished:
		return outcomePending
	case e.Refusal != "":
		return outcomeRefused
	case e.Fault != "":
		return outcomeFaulted
	}
	return outcomeAnswered
}

// aboutRequest completes what is asked by what a request of the journal was, and shows
// what came of it. It refuses with ENTRY_NOT_FOUND and JOURNAL_OFF.
func (a *API) aboutRequest(c *rest.Call, tenant string, q question) (question, *explainedRequest, error) {
	if c.Query("request") == "" {
		return q, nil, nil
	}
	j, err := a.openJournal()
	if err != nil {
		return q, nil, err
	}
	e, err := findEntry(j, tenant, c.Query("request"))
	if err != nil {
		return q, nil, err
	}
	if q.operation == "" && q.path == "" {
		q.operation, q.method, q.path = e.Operation, e.Method, e.Path
		q.done = q.refusal == "" && e.Refusal == ""
	}
	if q.refusal == "" {
		q.refusal = e.Refusal
	}
	return q, &explainedRequest{
		e.Number, outcomeOf(e), e.Method, e.Path, e.Status, e.Refusal, e.Details, e.Fault, e.Customer, e.Scenario, e.Rules,
	}, nil
}
