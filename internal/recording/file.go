// Package recording keeps everything by which a run of a tenant can be had again: the state
// at its start, and then every request with its reply, in the order in which they acted.
// What it keeps has stand-ins in the place of secrets. It must not know what any operation
// means, nor change what happens to a request but when.
package recording

import (
	"bytes"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"finhub-sandbox/internal/webhook"
)

// Format is the format of bug files that this version writes, and the newest that it
// reads.
const Format = 1

// MaxBytes bounds a recording.
const MaxBytes = 16 << 20

// File is a bug file: a run of one tenant, for another process to play.
type File struct {
	Format int `json:"format"`
	// Version is that of the sandbox that recorded.
	Version string    `json:"version"`
	Tenant  string    `json:"tenant"`
	Began   time.Time `json:"began"`
	// Incomplete says why the file may not play as it was; none if it is complete.
	Incomplete []string `json:"incomplete"`
	Server     Server   `json:"server"`
	Steps      []*Step  `json:"steps"`
	// Tokens are those that the steps name.
	Tokens map[string]Token `json:"tokens"`
	// State is the tenant's at the beginning, as an export has it.
	State jsontext.Value `json:"state"`
}

// Server is what the sandbox was like, as far as replies depend on it.
type Server struct {
	Headers    string   `json:"headers,omitempty"`
	DelayScale *float64 `json:"delayScale,omitempty"`
	TenantKey  string   `json:"tenantKey,omitempty"`
	// TenantSecret is a stand-in, and TenantKey too.
	TenantSecret string   `json:"tenantSecret,omitempty"`
	FixedTokens  bool     `json:"fixedTokens"`
	Hosts        []string `json:"hosts"`
	// ControlToken is the stand-in of the one that control calls must send, and
	// ControlApart tells that these had a listener of their own.
	ControlToken string `json:"controlToken,omitempty"`
	ControlApart bool   `json:"controlApart,omitzero"`
	// Scenarios are those beside the built-in ones, and Scenario is the name of the one
	// that governed by default.
	Scenarios []Scenario `json:"scenarios,omitempty"`
	Scenario  string     `json:"scenario,omitempty"`
}

// Scenario is a scenario file.
type Scenario struct {
	File string `json:"file"`
	Text string `json:"text"`
}

// Step is what happened next: a request, attempts at webhooks that had been made, or that a
// request which waited for others went on.
type Step struct {
	// Number counts the requests; 0 is none.
	Number int `json:"number,omitzero"`
	// GoesOn is the number of the request that goes on.
	GoesOn int `json:"goesOn,omitzero"`
	// At is the real time by which it went.
	At       time.Time         `json:"at"`
	Request  *Request          `json:"request,omitempty"`
	Reply    *Reply            `json:"reply,omitempty"`
	Attempts []webhook.Outcome `json:"attempts,omitempty"`
	// bytes is how much room it takes in the recording.
	bytes int
}

// Request is one as it came, without its secrets.
type Request struct {
	ID        string      `json:"id"`
	Operation string      `json:"operation,omitempty"`
	Method    string      `json:"method"`
	Host      string      `json:"host"`
	Target    string      `json:"target"`
	Headers   [][2]string `json:"headers"`
	Body      Text        `json:"body,omitzero"`
}

// Reply is what was sent, without its secrets. A status of 0 says that nothing was.
type Reply struct {
	Status  int         `json:"status"`
	Headers [][2]string `json:"headers"`
	Body    Text        `json:"body,omitzero"`
	// Unkept tells that the body was not kept.
	Unkept bool `json:"unkept,omitzero"`
}

// Text is a body. In a file it is a text, or a list of texts, of letters that are repeated,
// and of bytes that are no text, in base64.
type Text []part

type part struct {
	Plain  string `json:"-"`
	Repeat string `json:"repeat,omitempty"`
	Times  int    `json:"times,omitzero"`
	Base64 []byte `json:"base64,omitempty"`
}

// longRun is how often a letter must stand behind itself to be counted instead.
const longRun = 256

// NewText packs a body.
func NewText(body []byte) (t Text) {
	from := 0
	add := func(to int) {
		switch {
		case to == from:
		case utf8.Valid(body[from:to]):
			t = append(t, part{Plain: string(body[from:to])})
		default:
			t = append(t, part{Base64: bytes.Clone(body[from:to])})
		}
	}
	for i := 0; i < len(body); {
		end := i + 1
		for end < len(body) && body[end] == body[i] {
			end++
		}
		if end-i >= longRun && body[i] < utf8.RuneSelf {
			add(i)
			t = append(t, part{Repeat: string(body[i]), Times: end - i})
			from = end
		}
		i = end
	}
	add(len(body))
	return t
}

// Bytes unpacks the body.
func (t Text) Bytes() (body []byte) {
	for _, p := range t {
		body = append(body, p.Plain...)
		body = append(body, p.Base64...)
		body = append(body, bytes.Repeat([]byte(p.Repeat), p.Times)...)
	}
	return body
}

func (t Text) size() (n int) {
	for _, p := range t {
		n += len(p.Plain) + len(p.Base64) + len(p.Repeat)
	}
	return n
}

// MarshalJSONTo writes a body as one text, or as a list of parts.
func (t Text) MarshalJSONTo(to *jsontext.Encoder) error {
	if len(t) == 1 && t[0].Plain != "" {
		return to.WriteToken(jsontext.String(t[0].Plain))
	}
	list := make([]any, len(t))
	for i, p := range t {
		if list[i] = p; p.Plain != "" {
			list[i] = p.Plain
		}
	}
	return json.MarshalEncode(to, list)
}

// UnmarshalJSONFrom reads what MarshalJSONTo writes.
func (t *Text) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	value, err := from.ReadValue()
	if err != nil {
		return err
	}
	list := []jsontext.Value{value}
	if value.Kind() == '[' {
		if err := json.Unmarshal(value, &list); err != nil {
			return err
		}
	}
	size := 0
	for _, value := range list {
		var p part
		into := any(&p)
		if value.Kind() == '"' {
			into = &p.Plain
		}
		if err := json.Unmarshal(value, into); err != nil {
			return err
		}
		if p.Times < 0 || len(p.Repeat) > 1 || p.Times > maxBody-size {
			return errors.New("a body has more than 256 MiB")
		}
		size += p.Times
		*t = append(*t, p)
	}
	return nil
}

// maxBody bounds a body that is unpacked: no operation takes a longer one.
const maxBody = 256 << 20

// Write writes the file: the same for the same run, for people to read.
func (f *File) Write() ([]byte, error) {
	return json.Marshal(f, json.Deterministic(true), jsontext.Multiline(true), jsontext.WithIndent("  "))
}

// Requests is how many requests the file has.
func (f *File) Requests() (n int) {
	for _, s := range f.Steps {
		if s.Request != nil {
			n++
		}
	}
	return n
}

// Seed is that from which the tenant's ids come.
func (f *File) Seed() string {
	var state struct {
		Values struct {
			Seed struct {
				Seed string `json:"seed"`
			} `json:"seed"`
		} `json:"values"`
	}
	if json.Unmarshal(f.State, &state) != nil {
		return "" // What is wrong with it is told when it is taken over.
	}
	return state.Values.Seed.Seed
}

// Read reads a bug file. What is none, or of a format that this version does not know, is
// an error of one line.
func Read(text []byte) (*File, error) {
	var head struct {
		Format int            `json:"format"`
		Steps  jsontext.Value `json:"steps"`
		State  jsontext.Value `json:"state"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, errors.New("is no bug file: it is no JSON object of one")
	}
	switch {
	case head.Format > Format:
		return nil, fmt.Errorf("is a bug file of format %d, and this version reads formats up to %d: play it with a newer one", head.Format, Format)
	case head.Format < 1 || head.Steps.Kind() != '[' || head.State.Kind() != '{':
		return nil, errors.New("is no bug file: it has no format, steps and state of one")
	}
	f := new(File)
	if err := json.Unmarshal(text, f, json.RejectUnknownMembers(true)); err != nil {
		var at *json.SemanticError
		if errors.As(err, &at) {
			return nil, fmt.Errorf("is a bug file with a mistake at %s", at.JSONPointer)
		}
		return nil, errors.New("is a bug file with a mistake")
	}
	for i, s := range f.Steps {
		if s.Number > 0 && s.Request == nil {
			return nil, fmt.Errorf("is a bug file with a mistake at /steps/%d: it has no request", i)
		}
	}
	return f, nil
}
