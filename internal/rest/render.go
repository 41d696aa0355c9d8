package rest

import (
	"errors"
	"net/http"
	"strings"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
)

// Style is how an API words its answers: FinHub's envelope for the product,
// plain JSON for the control API.
type Style interface {
	// Status is the HTTP status under which a refusal travels.
	Status(code refusal.Code) int
	success(Reply) any
	refusal(status int, e *refusal.Error, suggestions []string) any
}

// Envelope is the product's style: {code, message, data}.
type Envelope struct{}

// Plain is the control API's style: the data alone, and {error: {code,
// message, hint}}.
type Plain struct{}

type envelope struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data"`
}

func (Envelope) success(r Reply) any {
	message := r.Message
	if message == "" {
		message = "Success"
	}
	data := r.Data
	if data == nil {
		data = struct{}{}
	}
	return &envelope{r.Status, message, data}
}

func (Envelope) refusal(status int, e *refusal.Error, suggestions []string) any {
	data := map[string]any{"refusal": string(e.Code), "suggestions": suggestions}
	if e.Code == refusal.HeadersMissing {
		// This body is documented to the letter: its code is 500 while the
		// HTTP status is 400.
		status = http.StatusInternalServerError
	} else {
		data["error"] = e.Text()
		if e.Details != "" {
			data["details"] = e.Details
		}
	}
	if e.Field != "" {
		data["field"] = e.Field
	}
	if len(e.Faults) > 0 {
		data["errors"] = e.Faults
	}
	for name, value := range e.Data {
		data[name] = value
	}
	return &envelope{Code: status, Message: e.Text(), Data: data}
}

func (Plain) success(r Reply) any { return r.Data }

func (Plain) refusal(_ int, e *refusal.Error, suggestions []string) any {
	body := map[string]any{"code": string(e.Code), "message": e.Text(), "hint": strings.Join(suggestions, " ")}
	if e.Details != "" {
		body["details"] = e.Details
	}
	if len(e.Faults) > 0 {
		body["errors"] = e.Faults
	}
	return map[string]any{"error": body}
}

// suggestions turns what a refusal proposes into methods and paths of the
// document, so that no suggestion can name a path that does not exist.
func suggestions(e *refusal.Error, documents ...*contract.Document) []string {
	var list []string
	for _, call := range e.Next {
		if o := operationIn(documents, call.Operation); o != nil {
			list = append(list, o.Method+" "+o.URL(call.Params)+": "+call.Why)
		}
	}
	if len(list) == 0 {
		list = append(list, refusal.Define(e.Code).Hint)
	}
	return list
}

// operationIn finds an operation in the first document that has it, or nil.
func operationIn(documents []*contract.Document, id string) *contract.Operation {
	for _, d := range documents {
		if d == nil {
			continue
		}
		if o := d.Operation(id); o != nil {
			return o
		}
	}
	return nil
}

// asRefusal finds the refusal in an error; what is none is an internal error,
// whose cause the caller does not see.
func asRefusal(err error) *refusal.Error {
	var r *refusal.Error
	if errors.As(err, &r) {
		return r
	}
	return refusal.New(refusal.Internal, "")
}

// word turns the calls within a refusal's data into paths.
func word(d *contract.Document, value any) any {
	switch v := value.(type) {
	case refusal.Call:
		if o := d.Operation(v.Operation); o != nil {
			return o.URL(v.Params)
		}
		return ""
	case []map[string]any:
		for _, m := range v {
			for name, member := range m {
				m[name] = word(d, member)
			}
		}
	}
	return value
}
