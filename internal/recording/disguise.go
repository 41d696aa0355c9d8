package recording

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// disguise puts stand-ins in the place of secrets: the same for the same secret, so that
// what fits together still does. A stand-in has the form of its secret, letter for letter
// and digit for digit, so that it breaks the same rules and keeps the same; only tokens,
// which nobody but the sandbox can make, stand as names that whoever plays them fills in.
type disguise struct {
	key []byte
	// signed reports whether the sandbox has signed a token.
	signed func(token string) bool
	// plain are tokens that are no secrets.
	plain []string
	// standIns are by the secrets, and taken are those that stand for something.
	standIns map[string]string
	taken    map[string]bool
	// long are the secrets that are looked for in any text: values of members. What comes as
	// a token and is none may be anything that has been said before.
	long      []string
	passwords []string
	tokens    map[string]Token
}

// Token is what a bug file says of a token in place of it.
type Token struct {
	// Claims are those of a token that the sandbox has signed; a foreign one has none.
	Claims map[string]any `json:"claims,omitempty"`
	// Foreign tells that the sandbox has not signed it.
	Foreign bool `json:"foreign,omitzero"`
}

// answerClaim is the claim of a token that is itself a secret: the code by which a payment
// consent is confirmed.
const answerClaim = "answer"

// The bounds of a disguise: how many secrets are looked for in any text, from which
// length on, and how often another stand-in is tried.
const (
	maxLong  = 10_000
	minLong  = 8
	maxTries = 100
)

// tokenForm is how tokens are named.
const tokenForm = "token.%d.jwt"

// wholeToken finds tokens in any text.
var wholeToken = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)

// dataURL finds files in any text.
var dataURL = regexp.MustCompile(`data:[a-z]+/[a-z.+-]+;base64,[A-Za-z0-9+/=]+`)

func newDisguise(key string, signed func(string) bool, plain []string) *disguise {
	return &disguise{key: []byte(key), signed: signed, plain: plain, standIns: map[string]string{}, taken: map[string]bool{}, tokens: map[string]Token{}}
}

// value disguises the value of a member.
func (d *disguise) value(name, value []byte) []byte {
	if value[0] != '"' {
		return d.loose(d.letters(value, true))
	}
	var secret string
	if json.Unmarshal(value, &secret) != nil {
		secret = string(bytes.Trim(value, `"`)) // It breaks off.
	}
	var standIn string
	if isFile(string(name)) {
		standIn = file(secret)
	} else {
		standIn = d.text(secret)
		d.find(strings.Clone(secret))
	}
	if strings.Contains(strings.ToLower(string(name)), "password") && !slices.Contains(d.passwords, secret) && len(d.passwords) < maxLong {
		d.passwords = append(d.passwords, secret)
	}
	quoted, err := jsontext.AppendQuote(nil, standIn)
	if err != nil {
		return []byte(`""`)
	}
	return quoted
}

// text gives the stand-in of a secret.
func (d *disguise) text(secret string) string {
	switch {
	case secret == "" || slices.Contains(d.plain, secret):
		return secret
	case d.standIns[secret] != "":
		return d.standIns[secret]
	case wholeToken.FindString(secret) == secret:
		return d.keep(secret, d.token(secret))
	case strings.HasPrefix(secret, "data:"):
		return file(secret)
	case wholeToken.MatchString(secret):
		return string(d.tokensIn([]byte(secret)))
	}
	return d.keep(secret, d.form(secret))
}

func (d *disguise) keep(secret, standIn string) string {
	secret = strings.Clone(secret)
	d.standIns[secret], d.taken[standIn] = standIn, true
	return standIn
}

// find lets a secret be looked for in any text from now on.
func (d *disguise) find(secret string) {
	if len(secret) >= minLong && len(d.long) < maxLong && d.standIns[secret] != "" && !slices.Contains(d.long, secret) {
		d.long = append(d.long, secret)
	}
}

// form gives a stand-in in the form of a secret that stands for nothing yet.
func (d *disguise) form(secret string) (standIn string) {
	for try := range maxTries {
		d.key = append(d.key[:len(d.key):len(d.key)], byte(try))
		standIn = string(d.letters([]byte(secret), false))
		d.key = d.key[:len(d.key)-1]
		if standIn != secret && !d.taken[standIn] {
			return standIn
		}
	}
	return standIn // There are so few of this form that it says nothing.
}

// letters gives other letters and digits of the same sort in the place of those of a
// text; literals leave out what would make another value of a number, true or null.
func (d *disguise) letters(text []byte, literals bool) []byte {
	out := bytes.Clone(text)
	hex := isHex(text)
	var random []byte
	for i, b := range out {
		if i%sha256.Size == 0 {
			mac := hmac.New(sha256.New, d.key)
			mac.Write(text)
			mac.Write(binary.BigEndian.AppendUint32(nil, uint32(i)))
			random = mac.Sum(nil)
		}
		n := random[i%sha256.Size]
		switch {
		case b >= '1' && b <= '9':
			out[i] = '1' + n%9
		case b == '0' && !literals:
			out[i] = '0' + n%10
		case literals:
		case hex && b >= 'a' && b <= 'f':
			out[i] = 'a' + n%6
		case b >= 'a' && b <= 'z':
			out[i] = 'a' + n%26
		case b >= 'A' && b <= 'Z':
			out[i] = 'A' + n%26
		}
	}
	return out
}

func isHex(text []byte) bool {
	return !bytes.ContainsFunc(text, func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'f') })
}

// token names a token, and notes what whoever plays it makes another of.
func (d *disguise) token(token string) string {
	name := fmt.Sprintf(tokenForm, len(d.tokens)+1)
	d.tokens[name] = Token{Foreign: true}
	if !d.signed(token) {
		return name
	}
	claims, ok := ClaimsOf(token)
	if !ok {
		return name
	}
	if answer, ok := claims[answerClaim].(string); ok {
		claims[answerClaim] = d.text(answer)
	}
	d.tokens[name] = Token{Claims: claims}
	return name
}

// tokenParts are the header, the claims and the signature.
const tokenParts = 3

// ClaimsOf reads what a token says.
func ClaimsOf(token string) (claims map[string]any, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != tokenParts {
		return nil, false
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	return claims, err == nil && json.Unmarshal(text, &claims) == nil
}

func (d *disguise) tokensIn(text []byte) []byte {
	return wholeToken.ReplaceAllFunc(text, func(token []byte) []byte { return []byte(d.text(string(token))) })
}

// loose disguises what stands anywhere in a text: tokens, files, and secrets that are
// known.
func (d *disguise) loose(text []byte) []byte {
	if bytes.Contains(text, []byte("eyJ")) {
		text = d.tokensIn(text)
	}
	if bytes.Contains(text, []byte(";base64,")) {
		text = dataURL.ReplaceAllFunc(text, func(url []byte) []byte { return []byte(file(string(url))) })
	}
	for _, secret := range d.long {
		if bytes.Contains(text, []byte(secret)) {
			text = bytes.ReplaceAll(text, []byte(secret), []byte(d.standIns[secret]))
		}
	}
	return text
}

// isFile reports whether a member of a name is a file.
func isFile(name string) bool {
	return name == "file" || name == "fileContent" || strings.HasSuffix(name, "Image")
}

// heads are how files in base64 begin by which their format is told.
var heads = []string{"JVBERi0", "iVBORw0KGgo", "/9j/"}

// file empties a file in base64: its format, its length, and whether it can be read stay.
func file(text string) string {
	head := 0
	if i := strings.Index(text, ";base64,"); i >= 0 && strings.HasPrefix(text, "data:") {
		head = i + len(";base64,")
	}
	content := []byte(text[head:])
	fill := byte('A')
	if _, err := base64.StdEncoding.Strict().DecodeString(string(content)); err != nil {
		fill = '/' // Its last bits are set, where none may be.
	}
	begin := 0
	for _, magic := range heads {
		if strings.HasPrefix(text[head:], magic) {
			begin = len(magic)
		}
	}
	for i := begin; i < len(content); i++ {
		if b := content[i]; b == '+' || b == '/' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' {
			content[i] = fill
		}
	}
	return text[:head] + string(content)
}
