package world

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

// Sign makes an HS256 token of the claims.
func (s *World) Sign(claims map[string]any) (string, error) {
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims)).SignedString(s.key)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return token, nil
}

// Signed reports whether this sandbox has signed a token, whatever it says.
func (s *World) Signed(token string) bool {
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithoutClaimsValidation()).
		Parse(token, func(*jwt.Token) (any, error) { return s.key, nil })
	return err == nil
}

// ReadToken gives the claims of a token that this sandbox has signed; what is none
// is an error, which TokenFault explains. Whether the token is still good, and for
// whom, is for the caller to find out each time: what is remembered of a token is
// what its very bytes say, and that the sandbox has signed them.
func ReadToken[C any, P interface {
	*C
	jwt.Claims
}](s *World, token string) (C, error) {
	if known, ok := s.tokens.find(token).(C); ok {
		return known, nil
	}
	var c C
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithoutClaimsValidation()).
		ParseWithClaims(token, P(&c), func(*jwt.Token) (any, error) { return s.key, nil })
	if err == nil {
		s.tokens.keep(token, c)
	}
	return c, err
}

// TokenFault says why a token of this sandbox cannot be used.
func TokenFault(err error) string {
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return "the token is not signed by this sandbox; without --seed or --data each start has a key of its own"
	case errors.Is(err, jwt.ErrTokenMalformed):
		return "the token is neither a JWT nor one of the fixed tokens"
	}
	return "the token cannot be used"
}

// maxTokens is how many tokens each of the two halves of readTokens holds.
const maxTokens = 1024

// readTokens has the claims of tokens that have been read. When the newer half is
// full the older one is forgotten; what is still in use moves into the newer again.
type readTokens struct {
	mu           sync.Mutex
	newer, older map[string]any
}

// find gives the claims of a token, or nil.
func (r *readTokens) find(token string) any {
	r.mu.Lock()
	defer r.mu.Unlock()
	claims, ok := r.newer[token]
	if !ok {
		if claims, ok = r.older[token]; ok {
			r.add(token, claims)
		}
	}
	return claims
}

func (r *readTokens) keep(token string, claims any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// A token is a part of a request's header, which would be kept with it.
	r.add(strings.Clone(token), claims)
}

func (r *readTokens) add(token string, claims any) {
	if len(r.newer) >= maxTokens || r.newer == nil {
		r.newer, r.older = make(map[string]any), r.newer
	}
	r.newer[token] = claims
}
