package rest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
)

const textMessage = "must be UTF-8 without control characters"

// checkText refuses a path, a query or a header that is no text, or a header that is
// too long, whatever it is for: it could neither be stored nor be named in a reply.
func (s *Server) checkText(c *Call) error {
	var faults []refusal.Fault
	if !isText(c.Exchange.Path) {
		faults = append(faults, refusal.Fault{Field: "path", Message: textMessage})
	}
	faults = append(faults, c.readQuery()...)
	for name, values := range c.Header {
		if message := headerFault(name, values); message != "" {
			faults = append(faults, refusal.Fault{Field: "header." + strings.ToValidUTF8(name, "?"), Message: message})
		}
	}
	slices.SortFunc(faults, func(a, b refusal.Fault) int { return strings.Compare(a.Field, b.Field) })
	return refusal.Invalid(faults)
}

// headerFault says what is wrong with a header as a text; nothing is empty. Its name
// is made of letters where it came through a socket; a handler of the same process
// may be given anything.
func headerFault(name string, values []string) string {
	if !isText(name) || slices.ContainsFunc(values, isNoText) {
		return textMessage
	}
	if bound := headerBound(name); totalLength(values) > bound {
		return fmt.Sprintf("must have at most %d bytes", bound)
	}
	return ""
}

// headerBound is how long the values of a header may be together. Who acts and
// from where is kept with what happens; the rest is only read. What an operation
// knows may have a narrower bound in the document.
func headerBound(name string) int {
	switch name {
	case headers.User, headers.Scenario:
		return 128
	case headers.UserRoles, headers.ForwardedFor, headers.UserAgent, headers.Origin:
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

// readQuery reads the query and tells what is wrong with it.
func (c *Call) readQuery() []refusal.Fault {
	raw := c.request.URL.RawQuery
	if raw == "" {
		return nil
	}
	var err error
	c.query, err = url.ParseQuery(raw)
	if err != nil {
		// What is not understood would be left out without a word.
		return []refusal.Fault{{Field: "query", Message: "is not a list of name=value, joined by &: " + strings.ToValidUTF8(err.Error(), "?")}}
	}
	var faults []refusal.Fault
	for name, list := range c.query {
		switch {
		case !isText(name) || slices.ContainsFunc(list, isNoText):
			faults = append(faults, refusal.Fault{Field: "query." + strings.ToValidUTF8(name, "?"), Message: textMessage})
		case len(list) > 1:
			faults = append(faults, refusal.Fault{Field: "query." + name, Message: fmt.Sprintf("is sent %d times, and can have one value", len(list))})
		}
	}
	return faults
}

// isText reports whether bytes can be stored and shown. Most are plain ASCII, of
// which a byte says enough.
func isText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return utf8.ValidString(s[i:]) && !strings.ContainsFunc(s[i:], isControl)
		}
	}
	return true
}

func isNoText(s string) bool { return !isText(s) }
