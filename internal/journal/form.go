package journal

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// Form is a form in which entries are handed to other programs.
type Form struct {
	MediaType string
	// Write writes entries; version is the sandbox's.
	Write func(to io.Writer, list []Entry, version string) error
}

// FormOf gives the form of a name: ndjson, har or curl.
func FormOf(name string) Form {
	switch name {
	case "har":
		return Form{"application/har+json", writeHAR}
	case "curl":
		return Form{"text/plain", writeCurl}
	}
	return Form{"application/x-ndjson", writeLines}
}

// writeLines writes an entry a line.
func writeLines(to io.Writer, list []Entry, _ string) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	for i := range list {
		if err := encoder.Encode(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

// URL is where the request went.
func (e *Entry) URL() string {
	u := "http://" + e.Host + (&url.URL{Path: e.Path}).EscapedPath()
	if e.Query != "" {
		u += "?" + e.Query
	}
	return u
}

// writeCurl writes commands that send the requests again. What was masked is for
// whoever runs them to fill in; a bearer token is taken from $TOKEN.
func writeCurl(to io.Writer, list []Entry, _ string) error {
	for i := range list {
		if _, err := fmt.Fprintf(to, "# %s\n%s\n", list[i].summary(), list[i].Curl()); err != nil {
			return err
		}
	}
	return nil
}

// summary is the entry in a line.
func (e *Entry) summary() string {
	said := []string{fmt.Sprint(e.Number), e.Operation}
	if e.Operation == "" {
		said[1] = "no operation"
	}
	if e.Status != 0 {
		said = append(said, fmt.Sprint(e.Status))
	}
	said = append(said, e.Refusal)
	if e.Request.Cut {
		said = append(said, "(the body is cut)")
	}
	return strings.TrimRight(strings.Join(said, " "), " ")
}

// unsent are headers that whoever sends a request makes anew.
var unsent = map[string]bool{"Content-Length": true, "Accept-Encoding": true, "Connection": true}

// Curl is a command that sends the same again, as far as it is kept.
func (e *Entry) Curl() string {
	method := e.Method
	if strings.ContainsFunc(method, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		method = quote(method) // A method may have $ and backticks.
	}
	parts := []string{"curl -g -X " + method + " " + quote(e.URL())}
	for _, h := range e.Request.Headers {
		switch {
		case unsent[h.Name]:
		case h.Name == "Authorization" && h.Value == "Bearer "+masked:
			parts = append(parts, `-H "Authorization: Bearer $TOKEN"`)
		default:
			parts = append(parts, "-H "+quote(h.Name+": "+h.Value))
		}
	}
	if e.Request.Body != "" {
		parts = append(parts, "--data-raw "+quote(e.Request.Body))
	}
	return strings.Join(parts, " \\\n  ")
}

// quote makes one word of a text for a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
