package journal

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// bearer is how a header names a token.
const bearer = "Bearer "

// HasToken reports whether the request came with a token, which the journal does not have.
func (e *Entry) HasToken() bool { return e.Request.Header("Authorization") == bearer+masked }

// Lacks names what is not kept of the request beside its token, so that it cannot be sent
// again as it was; nothing if all else is there.
func (e *Entry) Lacks() string {
	body := e.Request.Body
	switch {
	case !e.Finished:
		return "its end: it is still being answered"
	case e.Request.Cut:
		return "the whole of its body, which was cut"
	case strings.Contains(body, masked), int64(len(body)) != e.Request.Bytes, digest(body) != e.Request.SHA256:
		return "its body without a mask"
	case strings.Contains(e.Path+e.Query, masked), len(e.Path) > maxText, len(e.Query) > maxText:
		return "its whole path"
	}
	for _, h := range e.Request.Headers {
		if strings.Contains(h.Value, masked) && (h.Name != "Authorization" || !e.HasToken()) {
			return "the header " + h.Name
		}
	}
	return ""
}

// Again makes the request once more, with a token in place of its own. It lacks nothing.
func (e *Entry) Again(ctx context.Context, token string) (*http.Request, error) {
	u := url.URL{Scheme: "http", Host: "localhost", Path: e.Path, RawQuery: e.Query}
	r, err := http.NewRequestWithContext(ctx, e.Method, u.String(), strings.NewReader(e.Request.Body))
	if err != nil {
		return nil, err
	}
	r.Host = e.Host
	for _, h := range e.Request.Headers {
		switch {
		case unsent[h.Name], h.Name == "X-Request-Id":
		case h.Name == "Authorization" && e.HasToken():
			r.Header.Set(h.Name, bearer+token)
		default:
			r.Header.Add(h.Name, h.Value)
		}
	}
	return r, nil
}

// Behind gives the first entry behind a number that has a request id.
func (j *Journal) Behind(tenant string, after int64, requestID string) (Entry, bool) {
	for _, e := range j.Entries(tenant, Filter{After: after}).Entries {
		if e.RequestID == requestID {
			return e, true
		}
	}
	return Entry{}, false
}
