package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// Secrets names the members of bodies, and the parameters, whose values no journal has.
type Secrets struct {
	// Members are secret wherever they stand.
	Members []string `json:"members"`
	// Operations have the names that are secret in requests of an operation alone.
	Operations map[string][]string `json:"operations"`
	// Plain are not secret, whatever they sound like.
	Plain []string `json:"plain"`
}

// masker takes secrets out of texts.
type masker struct {
	// known says of names whether they are secret.
	known map[string]bool
	// own are those of an operation's requests, and any of all operations.
	own map[string][]string
	any []string
	// learnt says the same of names that no document has, and is copied to be changed.
	learnt atomic.Pointer[map[string]bool]
}

// maxLearnt bounds the names that are learnt, and longestLearnt each of them: a client can
// make up what it likes, and what is learnt stays.
const (
	maxLearnt     = 512
	longestLearnt = 64
)

func newMasker(s Secrets) *masker {
	m := &masker{known: map[string]bool{}, own: s.Operations}
	m.learnt.Store(&map[string]bool{})
	for _, name := range s.Plain {
		m.known[name] = false
	}
	for _, name := range s.Members {
		m.known[name] = true
	}
	for _, names := range s.Operations {
		m.any = append(m.any, names...)
	}
	return m
}

// masked stands in the place of a secret.
const masked = "[masked]"

// longSecret is how long a secret must be for its length to be told: that of a file
// says which it was, and that of a password would say something of it.
const longSecret = 1 << 10

// words are those by which a name that no document has sounds secret.
var words = []string{"password", "passwd", "pwd", "passphrase", "secret", "token", "credential", "authorization", "apikey", "api-key", "api_key", "privatekey", "cookie"}

// SoundsSecret reports whether something of a name should not be shown.
func SoundsSecret(name string) bool {
	name = strings.ToLower(name)
	return name == "otp" || name == "pin" || slices.ContainsFunc(words, func(word string) bool { return strings.Contains(name, word) })
}

// sounds reports what SoundsSecret does, without much work for names that come often.
func (m *masker) sounds(name string) bool {
	learnt := *m.learnt.Load()
	secret, ok := learnt[name]
	if ok {
		return secret
	}
	secret = SoundsSecret(name)
	if len(learnt) < maxLearnt && len(name) <= longestLearnt {
		more := maps.Clone(learnt)
		more[strings.Clone(name)] = secret
		m.learnt.Store(&more)
	}
	return secret
}

// isSecret reports whether a name is that of a secret: the documents know, and of what
// they do not have its sound decides.
func (m *masker) isSecret(name []byte, own []string) bool {
	secret, known := m.known[string(name)]
	if !known {
		return m.sounds(string(name)) || slices.Contains(own, string(name))
	}
	return secret || len(own) > 0 && slices.Contains(own, string(name))
}

// beginsJSON reports whether a text begins as an object or a list does.
func beginsJSON(text []byte) bool {
	i := skipSpace(text, 0)
	return i < len(text) && (text[i] == '{' || text[i] == '[')
}

// jsonText adds a JSON text without its secrets: the values of members with secret
// names, whatever they are, and tokens under any name. It need not be whole. In replies
// what only the operation has as a secret is a text: the envelope has a code too.
func (m *masker) jsonText(to, text []byte, own []string, reply bool) []byte {
	return m.rewrite(to, text, own, reply, addMask)
}

// addMask adds the mask of a value.
func addMask(to, _, value []byte) []byte {
	return append(append(append(to, '"'), maskOf(len(value))...), '"')
}

// rewrite is jsonText with what put adds in the place of a secret.
func (m *masker) rewrite(to, text []byte, own []string, reply bool, put func(to, name, value []byte) []byte) []byte {
	done := 0
	for i := 0; ; {
		colon := bytes.IndexByte(text[i:], ':')
		if colon < 0 {
			return append(to, text[done:]...)
		}
		i += colon + 1
		name, ok := nameBefore(text[:i-1])
		if !ok {
			continue
		}
		start := skipSpace(text, i)
		if !m.isSecret(name, own) && !isToken(text[start:]) && !isOneTimeCode(name, text[start:]) || reply && start < len(text) && text[start] != '"' {
			continue
		}
		end := endOfValue(text, start)
		if end > start && text[start] != 'n' { // What is null is no secret.
			to = append(to, text[done:start]...)
			to = put(to, name, text[start:end])
			done = end
		}
		i = end
	}
}

func maskOf(length int) string {
	if length < longSecret {
		return masked
	}
	return fmt.Sprintf("[masked: %d bytes]", length)
}

// tokenMark is how a JWT begins: with a brace and a quote, in base64.
const tokenMark = "eyJ"

func isToken(text []byte) bool {
	return len(text) > len(tokenMark) && text[0] == '"' && string(text[1:1+len(tokenMark)]) == tokenMark
}

// isOneTimeCode reports whether a member is a code of digits, as authentication codes
// are; bodies of which little is read may have them under that name too.
func isOneTimeCode(name, text []byte) bool {
	if string(name) != "code" || len(text) < len(`"1234"`) || text[0] != '"' {
		return false
	}
	digits := 0
	for digits < len(text)-2 && text[1+digits] >= '0' && text[1+digits] <= '9' {
		digits++
	}
	return digits >= 4 && text[1+digits] == '"'
}

// nameBefore gives the string with which a text ends, which a colon makes a name.
func nameBefore(text []byte) ([]byte, bool) {
	end := len(text) - 1
	for end >= 0 && isSpace(text[end]) {
		end--
	}
	if end < 1 || text[end] != '"' {
		return nil, false
	}
	start := bytes.LastIndexByte(text[:end], '"')
	if start < 0 {
		return nil, false
	}
	name := text[start+1 : end]
	if bytes.IndexByte(name, '\\') >= 0 {
		name = unescape(name)
	}
	return name, true
}

// unescape reads the escapes of letters in a name: an A can be written as \u0041.
func unescape(name []byte) []byte {
	plain := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		var r rune
		if name[i] == '\\' && i+5 < len(name) && name[i+1] == 'u' {
			if _, err := fmt.Sscanf(string(name[i+2:i+6]), "%04x", &r); err == nil {
				plain = utf8.AppendRune(plain, r)
				i += 5
				continue
			}
		}
		plain = append(plain, name[i])
	}
	return plain
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\r' || b == '\t' }

func skipSpace(text []byte, i int) int {
	for i < len(text) && isSpace(text[i]) {
		i++
	}
	return i
}

// endOfValue gives the place behind a JSON value that begins at i; of one that breaks
// off it is the end of the text.
func endOfValue(text []byte, i int) int {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"':
			i = endOfString(text, i+1)
		case '{', '[':
			depth++
			i++
		case '}', ']', ',':
			if depth == 0 {
				return i
			}
			if text[i] != ',' {
				depth--
			}
			i++
		default:
			i++
			if depth == 0 && i < len(text) && isSpace(text[i]) {
				return i
			}
			continue
		}
		if depth == 0 {
			return i
		}
	}
	return i
}

// endOfString gives the place behind the quote that ends a string.
func endOfString(text []byte, i int) int {
	for {
		n := bytes.IndexByte(text[min(i, len(text)):], '"')
		if n < 0 {
			return len(text)
		}
		i += n + 1
		before := i - 2
		for before >= 0 && text[before] == '\\' {
			before--
		}
		if (i-2-before)%2 == 0 {
			return i
		}
	}
}

// otherText adds a text that was meant to be JSON and is none, or one of another form:
// line by line, and nothing of a line in which something sounds secret, since nobody
// can say where in it the secret ends.
func (m *masker) otherText(to, text []byte, own []string) []byte {
	if !isShowable(text) {
		return fmt.Appendf(to, "[not shown: %d bytes that are no text]", len(text))
	}
	return m.rewriteLines(to, text, own, func([]byte) []byte { return []byte(masked + "\n") })
}

// rewriteLines gives a text with what hide gives for lines in which a secret may stand.
func (m *masker) rewriteLines(to, text []byte, own []string, hide func(line []byte) []byte) []byte {
	name := func(word []byte) bool { return m.isSecret(word, own) }
	open := false // The line before ends with the name of a secret, whose value comes.
	for line := range bytes.Lines(text) {
		words := bytes.FieldsFunc(line, isBoundary)
		secret := slices.ContainsFunc(words, name)
		if open || secret || bytes.Contains(line, []byte(tokenMark)) {
			to = append(to, hide(line)...)
		} else {
			to = append(to, line...)
		}
		if len(words) > 0 {
			open = name(words[len(words)-1])
		}
	}
	return to
}

// isBoundary reports whether a letter cannot be one of a name.
func isBoundary(r rune) bool {
	return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

func isShowable(text []byte) bool {
	return utf8.Valid(text) && !bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' })
}

// query gives a query without the values of secret names and without tokens.
func (m *masker) query(query string, own []string) string {
	return m.rewriteQuery(query, own, maskText)
}

// maskText is what stands in the place of any secret.
func maskText(string) string { return masked }

// rewriteQuery is query with what hide gives for a secret.
func (m *masker) rewriteQuery(query string, own []string, hide func(string) string) string {
	if query == "" {
		return ""
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if m.isSecret([]byte(decoded(name)), own) || strings.Contains(decoded(value), tokenMark) {
			pairs[i] = name + "=" + hide(decoded(value))
		}
	}
	return strings.Join(pairs, "&")
}

// decoded is a part of a query as it is read; what is none is itself.
func decoded(part string) string {
	if text, err := url.QueryUnescape(part); err == nil {
		return text
	}
	return part
}

// path gives a path without tokens and, where a parameter of its template is secret,
// without that.
func (m *masker) path(path, template string, own []string) string {
	return m.rewritePath(path, template, own, maskText)
}

// rewritePath is path with what hide gives for a secret.
func (m *masker) rewritePath(path, template string, own []string, hide func(string) string) string {
	if len(own) == 0 && !strings.Contains(path, tokenMark) {
		return path
	}
	segments, names := strings.Split(path, "/"), strings.Split(template, "/")
	for i, segment := range segments {
		secret := i < len(names) && strings.HasPrefix(names[i], "{") && slices.Contains(own, strings.Trim(names[i], "{}"))
		if secret || strings.Contains(segment, tokenMark) {
			segments[i] = hide(segment)
		}
	}
	return strings.Join(segments, "/")
}

// header gives the value of a header that can be shown: of what tells who somebody is
// only the scheme.
func (m *masker) header(name, value string) string {
	return m.rewriteHeader(name, value, maskText)
}

// rewriteHeader is header with what hide gives for a secret.
func (m *masker) rewriteHeader(name, value string, hide func(string) string) string {
	if !m.sounds(name) && !strings.Contains(value, tokenMark) {
		return value
	}
	if scheme, secret, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return scheme + " " + hide(secret)
	}
	return hide(value)
}

// hider gives what takes the secrets of a request's body out of words about it.
func (m *masker) hider(body []byte, own []string) func(string) string {
	var secrets []string
	text := []byte(nil)
	if len(body) > 0 && len(body) <= maxBody {
		text = body
	}
	for i := 0; ; {
		colon := bytes.IndexByte(text[i:], ':')
		if colon < 0 {
			break
		}
		i += colon + 1
		start := skipSpace(text, i)
		if name, ok := nameBefore(text[:i-1]); ok && m.isSecret(name, own) {
			for _, secret := range spellings(text[start:endOfValue(text, start)]) {
				if len(secret) >= shortestSecret {
					secrets = append(secrets, secret)
				}
			}
		}
	}
	return func(said string) string {
		for _, secret := range secrets {
			said = strings.ReplaceAll(said, secret, masked)
		}
		return said
	}
}

// spellings gives a JSON value as words about it may have it: as it came, and, of a string
// with escapes, as it reads.
func spellings(value []byte) []string {
	list := []string{strings.Trim(string(value), `"`)}
	var plain string
	if bytes.IndexByte(value, '\\') >= 0 && json.Unmarshal(value, &plain) == nil {
		list = append(list, plain)
	}
	return list
}

// shortestSecret is how long a text must be to be looked for: a shorter one stands in
// any words.
const shortestSecret = 4
