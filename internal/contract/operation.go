package contract

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
)

// Operation is one operation of a document.
type Operation struct {
	ID     string
	Method string
	// Path is the whole path with the server's base: /api/v2.1/wallets/{walletId}/balance.
	Path    string
	Summary string
	// Callers are those of x-callers: who may call it.
	Callers []string
	// Roles are those of x-roles: one of them is needed, if there are any.
	Roles []string
	// LapsedToken is x-lapsed-token: an expired token of an open session will do.
	LapsedToken bool
	// AnyHost is x-any-host: it may be called under any host name.
	AnyHost bool
	// RawBody is x-raw-body: the bytes of the body matter, and not only what they say.
	RawBody bool
	// OwnBody is x-own-body: the operation reads its body itself, which may be of more
	// values and longer texts than any other, and the schema is for those who send it.
	OwnBody bool
	// Looks is x-looks: it changes nothing, though its method may.
	Looks bool
	// Headers are the header parameters, in the order of the document.
	Headers []Header
	// Refusals are the codes that the operation can give: the names of the
	// examples of its error responses.
	Refusals []string
	// Answers are its documented replies, in the order of their statuses.
	Answers []Answer
	// MaxBody is x-max-body, the largest body in bytes; 0 if unstated.
	MaxBody      int64
	HasBody      bool
	BodyRequired bool
	// Texts are the media types, beside JSON, in which the body may come. Their
	// texts are not checked here: the handler reads them.
	Texts []string

	// rules are what its requests are held to, and replies what its replies are, by
	// their status; both are read at the first call.
	rules   func() *rules
	replies func() map[string]reply
	// replying holds replies to their schemas.
	replying checker
}

// Answer is a documented reply, with the codes that it can carry if it is a refusal.
type Answer struct {
	Status   int
	Refusals []string
}

// Header is a header parameter.
type Header struct {
	Name     string
	Required bool
	// Key is the name as net/http writes it, under which its maps have the header.
	Key string
	// Aliases are other names under which the header is accepted.
	Aliases []string
	// Relaxed headers are not required under the relaxed policy.
	Relaxed bool
}

const jsonType = "application/json"

// method is an operation of a path.
type method struct {
	name string
	at   place
}

// methods are those of a path, in the order of their names.
func (i pathItem) methods() []method {
	all := []method{
		{http.MethodDelete, i.Delete}, {http.MethodGet, i.Get}, {http.MethodPatch, i.Patch}, {http.MethodPost, i.Post}, {http.MethodPut, i.Put},
	}
	return slices.DeleteFunc(all, func(m method) bool { return m.at == place{} })
}

func newOperation(s *source, item pathItem, m method, path string) (*Operation, error) {
	op, err := s.operation(item, m.at)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", m.name, path, err)
	}
	if op.ID == "" {
		return nil, fmt.Errorf("%s %s has no operationId", m.name, path)
	}
	o := &Operation{
		ID: op.ID, Method: m.name, Path: path, Summary: op.Summary, Callers: op.Callers, Roles: op.Roles,
		replying: s.replying, LapsedToken: op.LapsedToken, AnyHost: op.AnyHost, RawBody: op.RawBody, OwnBody: op.OwnBody, Looks: op.Looks, MaxBody: op.MaxBody, Refusals: op.refusals(), Answers: op.answers(),
	}
	for _, p := range op.Parameters {
		if p.In == inHeader {
			// One that is needed under any of its names is not required under this one.
			o.Headers = append(o.Headers, Header{Name: p.Name, Key: http.CanonicalHeaderKey(p.Name), Required: p.Required || p.Needed, Aliases: p.Aliases, Relaxed: p.Relaxed})
		}
	}
	if op.RequestBody != nil {
		o.HasBody, o.BodyRequired = true, op.RequestBody.Required
		for name := range op.RequestBody.Content {
			if name != jsonType {
				o.Texts = append(o.Texts, name)
			}
		}
		slices.Sort(o.Texts)
	}
	o.rules = sync.OnceValue(func() *rules { return once(s, item, m, (*source).rules) })
	o.replies = sync.OnceValue(func() map[string]reply { return once(s, item, m, (*source).replies) })
	return o, nil
}

// once reads more of an operation than the start has. The text has not changed
// since, so that an error is one that a test has missed.
func once[T any](s *source, item pathItem, m method, read func(*source, *operation) (T, error)) T {
	s.reading.Lock()
	defer s.reading.Unlock()
	op, err := s.operation(item, m.at)
	if err != nil {
		panic(err)
	}
	value, err := read(s, op)
	if err != nil {
		panic(fmt.Errorf("operation %s: %w", op.ID, err))
	}
	return value
}

func (op *operation) refusals() []string {
	var codes []string
	for status, r := range op.Responses {
		if !isRefusal(status) {
			continue
		}
		for _, m := range r.Content {
			for code := range m.Examples {
				codes = append(codes, code)
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func (op *operation) answers() (list []Answer) {
	for text, r := range op.Responses {
		status, err := strconv.Atoi(text)
		if err != nil {
			continue
		}
		a := Answer{Status: status}
		for _, m := range r.Content {
			if isRefusal(text) {
				a.Refusals = slices.AppendSeq(a.Refusals, maps.Keys(m.Examples))
			}
		}
		slices.Sort(a.Refusals)
		a.Refusals = slices.Compact(a.Refusals)
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b Answer) int { return a.Status - b.Status })
	return list
}

func isRefusal(status string) bool {
	n, err := strconv.Atoi(status)
	return err == nil && n >= 400
}
