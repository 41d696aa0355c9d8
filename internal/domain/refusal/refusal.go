// Package refusal owns the closed list of reasons for which the sandbox says
// no. Every refusal that a caller can meet is one Code of this list, with the
// documented message and a hint that says what to do about it.
//
// It must not know HTTP: which status a code travels under is a table of
// internal/rest, and how the body looks is the renderer's business there.
package refusal

import (
	"errors"
	"fmt"
	"slices"
)

// Code names one reason for saying no. It is stable: clients and scenarios may
// match on it, so a code is never renamed and never changes its meaning.
type Code string

// Definition is what the list says about a code.
type Definition struct {
	Code Code
	// Message is the text of the envelope's message member. Documented
	// messages are used to the letter.
	Message string
	// Hint says in one sentence what the caller can do; it becomes a
	// suggestion when the place that refused names no call of its own.
	Hint string
}

// Fault is one violation in a request: where it stands and what is wrong.
type Fault struct {
	// Field is the dotted path that a person reads, such as person.email or
	// header.deviceId.
	Field string `json:"field"`
	// Pointer is the JSON pointer into the body; empty outside of a body.
	Pointer string `json:"pointer,omitempty"`
	Message string `json:"message"`
	// File, Line and Column are the place of a fault in a text that people
	// write, such as a scenario.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitzero"`
	Column int    `json:"column,omitzero"`
}

// Call is a suggestion: an operation of the product's document that would help.
// The renderer turns it into a method and a path, so that a suggestion cannot
// name a path that does not exist.
type Call struct {
	Operation string
	Params    map[string]string
	Why       string
	// Waits marks a call that only sees what comes by itself.
	Waits bool
}

// Rule names a rule of a scenario that acted, and where it is written. The zero
// value is none.
type Rule struct {
	// Scenario is the one in which the rule stands, which the one that governs may
	// extend.
	Scenario string `json:"scenario"`
	Name     string `json:"name"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

// String words a rule for the log: its name, and the line of the file.
func (r Rule) String() string {
	if r.File == "" {
		return r.Name
	}
	return fmt.Sprintf("%s of %s (%s:%d)", r.Name, r.Scenario, r.File, r.Line)
}

// Error is one refusal on its way to the caller. The zero value is not useful;
// make one with New.
type Error struct {
	Code Code
	// Message replaces the definition's message where the documented text
	// carries a value, such as the id of an order.
	Message string
	// Details says which state caused the refusal, in a sentence.
	Details string
	// Field names the one member that is at fault, if there is one.
	Field  string
	Faults []Fault
	Next   []Call
	// Data are further members of the reply's data object, such as
	// missingConsents, or requested and available. A Call among them, also
	// within lists of maps, is worded as its path.
	Data map[string]any
	// Rule is the rule of a scenario that refused; only the log tells it.
	Rule Rule
}

// New refuses with a code. The details say what state caused it.
func New(code Code, details string, args ...any) *Error {
	if len(args) > 0 {
		details = fmt.Sprintf(details, args...)
	}
	return &Error{Code: code, Details: short(details, maxText)}
}

// Invalid refuses a request for the faults found in it. It gives nil when there
// are none, so that checks can be gathered first and answered once.
func Invalid(faults []Fault) error { return InvalidAs("", faults) }

// InvalidAs is Invalid for a body that was read as one of several forms.
func InvalidAs(form string, faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	e := New(RequestInvalid, "%d of the request's values cannot be accepted", len(faults))
	if form != "" {
		e.Details += "; the body was read as " + form
	}
	return e.List(faults)
}

// Join makes one refusal of several: what is wrong with the request's values is
// said together, and anything else goes before it. It gives nil for none.
func Join(errs ...error) error {
	var faults []Fault
	for _, err := range errs {
		var e *Error
		switch {
		case err == nil:
		case errors.As(err, &e) && e.Code == RequestInvalid:
			faults = append(faults, e.Faults...)
		default:
			return err
		}
	}
	return Invalid(faults)
}

// Suggest adds a call that would help, with the values of its path parameters as
// name, value pairs.
func (e *Error) Suggest(operation, why string, params ...string) *Error {
	call := Call{Operation: operation, Why: why, Params: map[string]string{}}
	for i := 0; i+1 < len(params); i += 2 {
		call.Params[params[i]] = params[i+1]
	}
	e.Next = append(e.Next, call)
	return e
}

// WithData adds a member to the reply's data object.
func (e *Error) WithData(name string, value any) *Error {
	if e.Data == nil {
		e.Data = map[string]any{}
	}
	e.Data[name] = value
	return e
}

// At names the one member of the request that is at fault.
func (e *Error) At(field string) *Error {
	e.Field = field
	return e
}

// WithMessage replaces the message of the definition.
func (e *Error) WithMessage(message string) *Error {
	e.Message = short(message, maxText)
	return e
}

// Error gives the message and the details, for logs and tests.
func (e *Error) Error() string {
	if e.Details == "" {
		return fmt.Sprintf("%s: %s", e.Code, e.Text())
	}
	return fmt.Sprintf("%s: %s: %s", e.Code, e.Text(), e.Details)
}

// Text is the message that the caller reads.
func (e *Error) Text() string {
	if e.Message != "" {
		return e.Message
	}
	return Define(e.Code).Message
}

// Define looks a code up. An unknown code is a mistake in the program, found by
// the test that compares the list with its users.
func Define(code Code) Definition {
	i := slices.IndexFunc(definitions, func(d Definition) bool { return d.Code == code })
	if i < 0 {
		return Definition{Code: code, Message: "Internal error"}
	}
	return definitions[i]
}

// All lists every definition in the order in which it is documented.
func All() []Definition { return slices.Clone(definitions) }
