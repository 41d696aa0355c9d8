package recording

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"finhub-sandbox/internal/journal"
)

// Matcher fills in what a bug file has stand-ins for, and holds replies to those that were
// recorded. Where a reply has a secret of its own making, its stand-in means that from
// then on.
type Matcher struct {
	tokens map[string]Token
	// sign makes a token of claims.
	sign     func(claims map[string]any) (string, error)
	bound    map[string]string
	rewriter *journal.Rewriter
}

// Difference is where a reply parts from the one that was recorded.
type Difference struct {
	// Pointer is /status, /headers/ and a name, or /body and where in it.
	Pointer  string `json:"pointer"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

// maxDifferences bounds those that are told.
const maxDifferences = 20

// absent stands for what is not there.
const absent = "(nothing)"

// hidden stands in the place of secrets where two texts are compared without them.
const hidden = `"[secret]"`

// NewMatcher makes a matcher for a file.
func NewMatcher(f *File, secrets journal.Secrets, sign func(map[string]any) (string, error)) *Matcher {
	m := &Matcher{tokens: f.Tokens, sign: sign, bound: map[string]string{}, rewriter: journal.NewRewriter(secrets)}
	m.rewriter.Value = func([]byte, []byte) []byte { return []byte(hidden) }
	return m
}

// tokenName finds the names of tokens.
var tokenName = regexp.MustCompile(`token\.\d+\.jwt`)

// foreignToken is one that the sandbox has not signed.
const foreignToken = "." + "e30" + "." + "AAAA"

// Fill gives a text with what its stand-ins mean.
func (m *Matcher) Fill(text string) string {
	for standIn, means := range m.bound {
		if !tokenName.MatchString(standIn) {
			text = strings.ReplaceAll(text, standIn, means)
		}
	}
	return tokenName.ReplaceAllStringFunc(text, m.token)
}

func (m *Matcher) token(name string) string {
	if known := m.bound[name]; known != "" {
		return known
	}
	made := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + foreignToken
	if claims := m.tokens[name].Claims; claims != nil {
		filled := maps.Clone(claims)
		if answer, ok := claims[answerClaim].(string); ok {
			filled[answerClaim] = m.Fill(answer)
		}
		if signed, err := m.sign(filled); err == nil {
			made = signed
		}
	}
	m.bound[name] = made
	return made
}

// Differences tells where a reply is another than was recorded; none if it is the same.
func (m *Matcher) Differences(operation string, want, got *Reply) (list []Difference) {
	add := func(pointer, expected, got string) {
		if len(list) < maxDifferences {
			list = append(list, Difference{pointer, expected, got})
		}
	}
	if want.Status != got.Status {
		add("/status", strconv.Itoa(want.Status), strconv.Itoa(got.Status))
	}
	m.headers(want.Headers, got.Headers, add)
	if want.Unkept {
		return list
	}
	m.bodies(operation, want.Body.Bytes(), got.Body.Bytes(), add)
	return list
}

// headers compares headers, each with all of its values.
func (m *Matcher) headers(want, got [][2]string, add func(pointer, expected, got string)) {
	names := map[string][2][]string{}
	for i, list := range [][][2]string{want, got} {
		for _, h := range list {
			of := names[h[0]]
			value := h[1]
			if i == 0 {
				value = m.Fill(value)
			}
			of[i] = append(of[i], value)
			names[h[0]] = of
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if of := names[name]; !slices.Equal(of[0], of[1]) {
			add("/headers/"+name, orAbsent(strings.Join(of[0], ", "), len(of[0])), orAbsent(strings.Join(of[1], ", "), len(of[1])))
		}
	}
}

func orAbsent(text string, n int) string {
	if n == 0 {
		return absent
	}
	return text
}

func (m *Matcher) bodies(operation string, want, got []byte, add func(pointer, expected, got string)) {
	if bytes.Equal(want, got) {
		return
	}
	var a, b any
	if json.Unmarshal(want, &a) == nil && json.Unmarshal(got, &b) == nil {
		found := false
		m.values("/body", "", a, b, func(pointer, expected, got string) {
			found = true
			add(pointer, expected, got)
		})
		if found || m.Fill(string(want)) == string(got) {
			return
		}
	}
	if x, y := m.without(want, operation), m.without(got, operation); !bytes.Equal(x, y) {
		add("/body", brief(x), brief(y))
	}
}

// without gives a body without its secrets.
func (m *Matcher) without(body []byte, operation string) []byte {
	body = m.rewriter.JSON(body, operation, true)
	body = wholeToken.ReplaceAll(body, []byte(hidden))
	return tokenName.ReplaceAll(body, []byte(hidden))
}

// brief cuts a body around which the beginning says enough.
func brief(body []byte) string {
	const enough = 500
	if len(body) > enough {
		return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(string(body[:enough]), ""), len(body))
	}
	return string(body)
}

// values compares two JSON values, and binds the secrets in them.
func (m *Matcher) values(pointer, name string, want, got any, add func(pointer, expected, got string)) {
	switch a := want.(type) {
	case map[string]any:
		if b, ok := got.(map[string]any); ok {
			m.objects(pointer, a, b, add)
			return
		}
	case []any:
		if b, ok := got.([]any); ok {
			for i := range max(len(a), len(b)) {
				at := pointer + "/" + strconv.Itoa(i)
				switch {
				case i >= len(b):
					add(at, written(a[i]), absent)
				case i >= len(a):
					add(at, absent, written(b[i]))
				default:
					m.values(at, name, a[i], b[i], add)
				}
			}
			return
		}
	case string:
		if b, ok := got.(string); ok && m.bind(name, a, b) {
			return
		}
	default:
		if want == got {
			return
		}
	}
	add(pointer, written(want), written(got))
}

func (m *Matcher) objects(pointer string, want, got map[string]any, add func(pointer, expected, got string)) {
	both := maps.Clone(want)
	maps.Copy(both, got)
	for _, name := range slices.Sorted(maps.Keys(both)) {
		at := string(jsontext.Pointer(pointer).AppendToken(name))
		a, wanted := want[name]
		b, there := got[name]
		switch {
		case !there:
			add(at, written(a), absent)
		case !wanted:
			add(at, absent, written(b))
		default:
			m.values(at, name, a, b, add)
		}
	}
}

func written(value any) string {
	text, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		return fmt.Sprint(value)
	}
	return brief(text)
}

// bind reports whether a text is what was recorded, as far as that can be said: where it has
// a secret, its stand-in means that from now on.
func (m *Matcher) bind(name, want, got string) bool {
	if want == got || !tokenName.MatchString(want) && m.Fill(want) == got {
		return true
	}
	names, tokens := tokenName.FindAllString(want, -1), wholeToken.FindAllString(got, -1)
	if len(names) > 0 && len(names) == len(tokens) {
		if tokenName.ReplaceAllString(want, hidden) != wholeToken.ReplaceAllString(got, hidden) {
			return false
		}
		for i := range names {
			if known := m.bound[names[i]]; known != "" && known != tokens[i] {
				return false
			}
			m.bindToken(names[i], tokens[i])
		}
		return true
	}
	if !m.rewriter.Secret(name) || m.bound[want] != "" {
		return false
	}
	m.bound[want] = got
	return true
}

// bindToken lets a name mean a token, and the stand-in of its answer the answer.
func (m *Matcher) bindToken(name, token string) {
	m.bound[name] = token
	standIn, known := m.tokens[name].Claims[answerClaim].(string)
	claims, _ := ClaimsOf(token)
	if answer, ok := claims[answerClaim].(string); ok && known && m.bound[standIn] == "" && standIn != answer {
		m.bound[standIn] = answer
	}
}
