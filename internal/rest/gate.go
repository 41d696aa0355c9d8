package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"finhub-sandbox/internal/domain/refusal"
)

// gate stands before the router: a path, a query or a header that is no text, or a
// header that is too long, is refused here, whatever it is for, since it could
// neither be stored nor be named in a reply.
func gate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := refusal.Invalid(gateFaults(c.Request())); err != nil {
			return err
		}
		spellPath(c.Request().URL)
		return next(c)
	}
}

// spellPath encodes a path as the router knows it: a letter that a client has
// percent-encoded is that letter (RFC 3986, 6.2.2.2). A slash within a segment
// stays encoded.
func spellPath(u *url.URL) {
	if u.RawPath == "" {
		return
	}
	segments := strings.Split(u.RawPath, "/")
	for i, segment := range segments {
		if text, err := url.PathUnescape(segment); err == nil {
			segments[i] = url.PathEscape(text)
		}
	}
	u.RawPath = strings.Join(segments, "/")
}

const textMessage = "must be UTF-8 without control characters"

func gateFaults(r *http.Request) []refusal.Fault {
	var faults []refusal.Fault
	if !isText(r.URL.Path) {
		faults = append(faults, refusal.Fault{Field: "path", Message: textMessage})
	}
	faults = append(faults, queryFaults(r.URL.RawQuery)...)
	for name, values := range r.Header {
		if slices.ContainsFunc(values, func(v string) bool { return !isText(v) }) {
			faults = append(faults, refusal.Fault{Field: "header." + name, Message: textMessage})
		} else if bound, sent := headerBound(name), totalLength(values); sent > bound {
			faults = append(faults, refusal.Fault{Field: "header." + name, Message: fmt.Sprintf("must have at most %d bytes", bound)})
		}
	}
	slices.SortFunc(faults, func(a, b refusal.Fault) int { return strings.Compare(a.Field, b.Field) })
	return faults
}

// headerBound is how long the values of a header may be together. Who acts and
// from where is kept with what happens; the rest is only read. What an operation
// knows may have a narrower bound in the document.
func headerBound(name string) int {
	switch name {
	case "X-User-Id", "X-Sandbox-Scenario":
		return 128
	case "X-User-Roles", "X-Forwarded-For", "User-Agent", "Origin":
		return 1 << 10
	}
	return 8 << 10
}

func totalLength(values []string) int {
	n := 0
	for _, v := range values {
		n += len(v)
	}
	return n
}

func queryFaults(raw string) []refusal.Fault {
	if raw == "" {
		return nil
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		// What is not understood would be left out without a word.
		return []refusal.Fault{{Field: "query", Message: "is not a list of name=value, joined by &: " + strings.ToValidUTF8(err.Error(), "?")}}
	}
	var faults []refusal.Fault
	for name, list := range values {
		switch {
		case !isText(name) || slices.ContainsFunc(list, func(v string) bool { return !isText(v) }):
			faults = append(faults, refusal.Fault{Field: "query." + strings.ToValidUTF8(name, "?"), Message: textMessage})
		case len(list) > 1:
			faults = append(faults, refusal.Fault{Field: "query." + name, Message: fmt.Sprintf("is sent %d times, and can have one value", len(list))})
		}
	}
	return faults
}

// isText reports whether bytes can be stored and shown.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, isControl)
}
