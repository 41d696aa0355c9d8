package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/sandbox/world"
)

// visit is a request for a page of a tenant.
type visit struct {
	console *Console
	request *http.Request
	tenant  string
}

func (v *visit) context() context.Context { return v.request.Context() }

// query gives a parameter of the page.
func (v *visit) query(name string) string { return v.request.URL.Query().Get(name) }

// refused is an answer of the control API that says no.
type refused struct {
	Status  int
	Code    string              `json:"code"`
	Message string              `json:"message"`
	Details string              `json:"details"`
	Hint    string              `json:"hint"`
	Errors  []client.FieldError `json:"errors"`
}

// Error says what was refused.
func (r *refused) Error() string { return strings.TrimSpace(r.Message + ": " + r.Details) }

// answer is a reply of the control API, in memory.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header              { return a.header }
func (a *answer) WriteHeader(status int)           { a.status = status }
func (a *answer) Write(text []byte) (int, error)   { return a.body.Write(text) }
func (a *answer) refused() bool                    { return a.status >= http.StatusBadRequest }
func (a *answer) decode(into any) error            { return json.Unmarshal(a.body.Bytes(), into) }
func newAnswer() *answer                           { return &answer{header: http.Header{}, status: http.StatusOK} }
func controlPath(path string, q url.Values) string { return withQuery("/_sandbox"+path, q) }

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// inner makes a request to the control API.
func (v *visit) inner(method, target, mediaType string, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(v.context(), method, "http://localhost"+target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set(headers.Tenant, v.tenant)
	if v.console.Token != "" {
		r.Header.Set(headers.Authorization, "Bearer "+v.console.Token)
	}
	if mediaType != "" {
		r.Header.Set(headers.ContentType, mediaType)
	}
	return r, nil
}

// call makes a call, and gives its answer unless that is a refusal.
func (v *visit) call(method, target, mediaType string, body []byte) (*answer, error) {
	r, err := v.inner(method, target, mediaType, body)
	if err != nil {
		return nil, err
	}
	a := newAnswer()
	v.console.API.ServeHTTP(a, r)
	if !a.refused() {
		return a, nil
	}
	var said struct {
		Error refused `json:"error"`
	}
	if err := a.decode(&said); err != nil {
		return nil, fmt.Errorf("the refusal of %s is not understood: %w", target, err)
	}
	said.Error.Status = a.status
	return nil, &said.Error
}

// get reads what the control API shows at a path.
func (v *visit) get(path string, q url.Values, into any) error {
	a, err := v.call(http.MethodGet, controlPath(path, q), "", nil)
	if err != nil {
		return err
	}
	return a.decode(into)
}

// look reads of the tenant what no control call shows, and changes nothing.
func (v *visit) look(verb func(*world.Act) error) error {
	operator := access.Caller{Sort: access.Staff, Tenant: v.tenant, UserID: "sandbox-control", PowerTenant: true}
	_, err := world.Show(v.context(), v.console.World, operator, func(act *world.Act) (struct{}, error) { return struct{}{}, verb(act) })
	return err
}

// some are the parameters that have a value, of name, value pairs.
func some(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

// escape writes a text as a part of a path.
func escape(text string) string { return url.PathEscape(text) }
