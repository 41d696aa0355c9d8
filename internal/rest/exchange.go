package rest

import (
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
)

// Exchange is one request and what became of it: every request makes one, also
// those that no operation answers. It is filled in from step to step and whole when
// the reply has gone out; what looks back on requests reads it, and nothing else.
type Exchange struct {
	// RequestID is the client's own, or the number that the server gave.
	RequestID string
	// Traceparent is the trace that the client names; empty without one.
	Traceparent string
	// Came is when the request came, and Took how long it took, in real time.
	Came time.Time
	Took time.Duration

	Method, Host string
	URL          *url.URL
	// Path and Query are those of the URL, as they came.
	Path, Query string
	// Operation is nil where no operation answers: on unknown paths, to wrong
	// methods and to OPTIONS, and for files.
	Operation *contract.Operation
	// Tenant is the one that the request names; that it can be one is known from the
	// step of the headers on.
	Tenant string
	Caller access.Caller
	// Named is the customer whom the path names; empty if it names none.
	Named string
	// Customer is the customer whom the request concerns: the one whom the path names, or
	// to whom what it names belongs, or who calls, or has been made by it.
	Customer string

	// Scenario is the name of the scenario that governs the customer whom the request
	// concerns; empty if it concerns none.
	Scenario string
	// Notice is something that the caller should know of the request though it is
	// answered as usual; empty is nothing.
	Notice string
	// Rules are the rules of scenarios that acted on the request, in the order in
	// which they did: those that answered, and those that refused. A fault has its own.
	Rules []Rule
	// Fault is what went wrong with the reply on its way; nil is nothing.
	Fault *Fault

	// Step is the last step that was taken: the one that refused, if one did.
	Step string
	// Status is that of the reply; 0 if none was sent.
	Status int
	// Refusal is what was refused, with its violations; nil if nothing was.
	Refusal *refusal.Error
	// Received and Sent count the bytes of the bodies, as far as they were read and
	// written.
	Received, Sent int64

	// Instant is that of the tenant's clock; zero if nobody has looked at it.
	Instant time.Time
	// Behind is the number of the tenant's last event when the request began to change
	// something; negative where it only reads.
	Behind int64
	// Header and ReplyHeader are those of the request and of its reply.
	Header, ReplyHeader http.Header
	// ReceivedText and SentText are the bodies, as far as they were read and written,
	// and hold until the exchange is over. Malformed tells that the former could not be
	// read as what it was to be. Streams have none.
	ReceivedText, SentText []byte
	Malformed              bool
	// Torn tells that the body did not come whole.
	Torn bool
	// Noted and Recorded are those of the witnesses: of who keeps a journal, and of who
	// records.
	Noted, Recorded any
}

// InTenant is the tenant to which those who look back count the exchange.
func (x *Exchange) InTenant() string { return TenantOf(x.Tenant) }

// TenantOf is the tenant that a name means to those who look back: that of the name, or
// the default one where there is none, or none that there can be.
func TenantOf(named string) string {
	const longest = 128
	if named == "" || len(named) > longest || !utf8.ValidString(named) {
		return DefaultTenant
	}
	return named
}

// Witness is told of every request about which something can be learned: all but
// those for files, for the methods of a path, and those by which somebody only looks
// at the sandbox itself. It must not keep what it is told of.
type Witness interface {
	// Came is told of a request when it has come, with what is known of it then, and
	// Gone when the exchange is over.
	Came(*Exchange)
	Gone(*Exchange)
}

// Rule is a rule of a scenario that acted on a request, and where it is written.
type Rule = refusal.Rule
