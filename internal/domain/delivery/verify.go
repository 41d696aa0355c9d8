package delivery

import (
	"bytes"
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// tolerance is how far a timestamp may be from now.
const tolerance = 5 * time.Minute

// Verdict says whether a signature holds, and if not, what is probably wrong.
type Verdict struct {
	Valid bool
	// Why is a sentence for people.
	Why string
}

// Verify holds what was received to a secret. header gives a header by its name; a
// zero now does not look at how old it is.
func (s Signing) Verify(header func(name string) string, body string, secrets []string, now time.Time) Verdict {
	id, seconds, value := header(EventIDHeader), header(TimestampHeader), header(s.Header)
	name := s.Header
	if s.Standard {
		id, seconds, value, name = header(standardID), header(standardTimestamp), header(standardSignature), standardSignature
	}
	if value == "" {
		return Verdict{Why: s.missing(header, name)}
	}
	at, err := strconv.ParseInt(seconds, 10, 64)
	if seconds != "" && err != nil {
		return Verdict{Why: fmt.Sprintf("the timestamp %q is no number of seconds", seconds)}
	}
	for i, secret := range secrets {
		if !s.signs(id, body, time.Unix(at, 0), secret, value) {
			continue
		}
		if age := now.Sub(time.Unix(at, 0)); seconds != "" && !now.IsZero() && age.Abs() > tolerance {
			return Verdict{Why: fmt.Sprintf("the signature is right, and the timestamp is %s away from now: it was sent again by somebody, or held back", age.Abs().Round(time.Second))}
		}
		if i > 0 {
			return Verdict{true, "signature valid, by the former secret"}
		}
		return Verdict{true, "signature valid"}
	}
	return Verdict{Why: s.wrong(id, body, time.Unix(at, 0), secrets, value)}
}

// signs reports whether a secret gives one of the signatures that were sent.
func (s Signing) signs(id, body string, at time.Time, secret, value string) bool {
	separator := ","
	if s.Standard {
		separator = " "
	}
	made := s.Headers(id, body, at, []string{secret})
	for sent := range strings.SplitSeq(value, separator) {
		if hmac.Equal([]byte(strings.TrimSpace(sent)), []byte(made[len(made)-1].Value)) {
			return true
		}
	}
	// A value may have the separator in itself.
	return hmac.Equal([]byte(value), []byte(made[len(made)-1].Value))
}

// missing says what to do about a signature that is not there.
func (s Signing) missing(header func(string) string, name string) string {
	for _, other := range []string{Default().Header, standardSignature, "X-Hub-Signature-256", "Stripe-Signature"} {
		if other != name && header(other) != "" {
			return fmt.Sprintf("there is no header %s, but %s: the wrong header is looked at, or the tenant signs in another way", name, other)
		}
	}
	return fmt.Sprintf("there is no header %s", name)
}

// wrong says why no secret fits: the body was parsed and written again, was cut, or
// the secret is another.
func (s Signing) wrong(id, body string, at time.Time, secrets []string, value string) string {
	for _, secret := range secrets {
		for _, other := range rewritten(body) {
			if s.signs(id, other, at, secret, value) {
				return "the signature is that of the same JSON written otherwise: the body was parsed and written again before it was verified; verify the bytes as they came"
			}
		}
		for _, trimmed := range []string{strings.TrimSpace(secret), strings.Trim(secret, `"'`)} {
			if trimmed != secret && s.signs(id, body, at, trimmed, value) {
				return "the secret has blanks or quotes around it that do not belong to it"
			}
		}
	}
	if !json.Valid([]byte(body)) {
		return "the body is no whole JSON text: it was cut on its way"
	}
	return "the signature is not that of this body under this secret: the secret is another one, or the body was changed"
}

// rewritten gives a JSON text as it may have been before or after somebody parsed
// it.
func rewritten(body string) []string {
	var list []string
	var compact, wide bytes.Buffer
	if json.Compact(&compact, []byte(body)) == nil {
		list = append(list, compact.String())
	}
	if json.Indent(&wide, []byte(body), "", "  ") == nil {
		list = append(list, wide.String())
	}
	var value any
	if json.Unmarshal([]byte(body), &value) == nil {
		if text, err := json.Marshal(value); err == nil {
			list = append(list, string(text))
		}
	}
	var event Event
	if json.Unmarshal([]byte(body), &event) == nil {
		if text, err := event.Body(); err == nil {
			list = append(list, text)
		}
	}
	return list
}
