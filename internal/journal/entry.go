package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"finhub-sandbox/internal/domain/machine"
)

// Entry is one request and what became of it, without its secrets.
type Entry struct {
	// Number counts the requests of the tenant.
	Number int64 `json:"number"`
	// Finished reports whether the reply has gone out. Of a request that is still being
	// answered there is only what came first.
	Finished bool `json:"finished"`
	// At is when it came, and Took how long it took, in real time.
	At   time.Time `json:"at"`
	Took float64   `json:"tookMilliseconds"`
	// Instant is when it happened on the tenant's clock; nil if the clock was not
	// looked at.
	Instant *time.Time `json:"instant,omitzero"`
	// Behind is the number of the tenant's last event when it began to change something;
	// negative where it only reads. It is for who puts requests and events in one order.
	Behind int64 `json:"-"`
	// Operation is empty where no operation answers.
	Operation string `json:"operation,omitzero"`
	Method    string `json:"method"`
	// Host is the one by whose name the sandbox was called.
	Host  string `json:"host,omitzero"`
	Path  string `json:"path"`
	Query string `json:"query,omitzero"`
	// Status is 0 if no reply was sent.
	Status  int    `json:"status"`
	Refusal string `json:"refusal,omitzero"`
	Details string `json:"details,omitzero"`
	// Step is the last step that the request came to.
	Step string `json:"step,omitzero"`
	// Scenario governs the customer; Rules are those that acted, the fault's last.
	Scenario    string         `json:"scenario,omitzero"`
	Rules       []machine.Rule `json:"rules,omitzero"`
	Fault       string         `json:"fault,omitzero"`
	Notice      string         `json:"notice,omitzero"`
	Customer    string         `json:"customerId,omitzero"`
	Caller      string         `json:"caller,omitzero"`
	RequestID   string         `json:"requestId"`
	Traceparent string         `json:"traceparent,omitzero"`
	// Violations are the first; Omitted counts the others.
	Violations []Violation `json:"violations,omitzero"`
	Omitted    int         `json:"omittedViolations,omitzero"`
	Request    Message     `json:"request"`
	Reply      Message     `json:"reply"`
}

// Violation is what was wrong with a value of the request.
type Violation struct {
	Field   string `json:"field"`
	Pointer string `json:"pointer,omitzero"`
	Message string `json:"message"`
}

// Message is one direction of an exchange.
type Message struct {
	Headers []Header `json:"headers"`
	// Body is its beginning, without its secrets.
	Body string `json:"body,omitzero"`
	// Bytes counts the whole body as it was, and SHA256 is the digest of the whole
	// without its secrets: of a body with none, that of its bytes.
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256,omitzero"`
	// Cut tells that Body is not the whole.
	Cut bool `json:"cut,omitzero"`
}

// Header is one header.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Header gives the value of a header; empty without it.
func (m Message) Header(name string) string {
	for _, h := range m.Headers {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

func digest(body string) string {
	if body == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}
