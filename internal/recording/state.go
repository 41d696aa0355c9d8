package recording

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The places of a state that are treated otherwise than by putting a stand-in there: the
// seed, without which no id could be made again, the digests of passwords, the ids of
// tokens, with which nobody can do anything, and headers, of which the names tell.
const (
	seedPlace    = "/values/seed/seed"
	digestPlace  = "/entities/user/*/secret"
	tokenIDPlace = "/entities/session/*/tokenId"
	headersPlace = "/headers"
)

// stateRewriter disguises an exported state.
type stateRewriter struct {
	d      *disguise
	places []string
	secret func(member string) bool
	digest func(seed, user, password string) string
	seed   string
	// unknown counts the passwords that were not known.
	unknown int
}

// rewrite gives the state with stand-ins in the place of its secrets.
func (r *stateRewriter) rewrite(state []byte) ([]byte, error) {
	var out bytes.Buffer
	in, to := jsontext.NewDecoder(bytes.NewReader(state)), jsontext.NewEncoder(&out)
	for {
		kind, n := in.StackIndex(in.StackDepth())
		token, err := in.ReadToken()
		if errors.Is(err, io.EOF) {
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		if isName := kind == '{' && n%2 == 0; token.Kind() == '"' && !isName {
			token = jsontext.String(r.at(string(in.StackPointer()), token.String()))
		}
		if err := to.WriteToken(token); err != nil {
			return nil, err
		}
	}
}

// at gives what stands at a place.
func (r *stateRewriter) at(pointer, text string) string {
	switch {
	case pointer == seedPlace:
		r.seed = text
		return text
	case fits(digestPlace, pointer):
		return r.password(pointer, text)
	case fits(tokenIDPlace, pointer):
		return text
	case r.secret(pointer[strings.LastIndexByte(pointer, '/')+1:]):
		return r.d.text(text)
	}
	for _, place := range r.places {
		if !strings.HasSuffix(place, headersPlace) && (fits(place, pointer) || fitsBelow(place, pointer)) {
			return r.d.text(text)
		}
	}
	return string(r.d.loose([]byte(text)))
}

// password gives the digest of the stand-in of a user's password, if that was sent while
// it was recorded, and else one that nothing fits.
func (r *stateRewriter) password(pointer, digest string) string {
	user := strings.Split(pointer, "/")[3]
	for _, password := range r.d.passwords {
		if r.digest(r.seed, user, password) == digest {
			return r.digest(r.seed, user, r.d.standIns[password])
		}
	}
	r.unknown++
	return r.d.text(digest)
}

// fits reports whether a pointer is that of a place, in which * stands for any one name.
func fits(place, pointer string) bool {
	names, at := strings.Split(place, "/"), strings.Split(pointer, "/")
	if len(names) != len(at) {
		return false
	}
	for i := range names {
		if names[i] != "*" && names[i] != at[i] {
			return false
		}
	}
	return true
}

// fitsBelow reports whether a pointer leads to something within a place.
func fitsBelow(place, pointer string) bool {
	n := strings.Count(place, "/") + 1
	at := strings.Split(pointer, "/")
	return len(at) > n && fits(place, strings.Join(at[:n], "/"))
}
