package postgres

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

// scramName is the proof of a password that is known here: RFC 7677.
const scramName = "SCRAM-SHA-256"

// scram proves a password without telling it, and that the server knows it too. The password
// is taken as it is: PostgreSQL does so too with what SASLprep refuses, and leaves
// ASCII alone.
type scram struct {
	password, nonce string
	// said is what both have said, which is signed, and proof that of the server.
	said, proof []byte
	// checked says that the server has given its proof.
	checked bool
}

// bare is the first message without what says that there is no binding to a channel.
func (s *scram) bare() string { return "n=,r=" + s.nonce }

func (s *scram) first() []byte { return []byte("n,," + s.bare()) }

var errScram = errors.New("the server does not prove that it knows the password")

// maxIterations bounds the work that a server can ask for.
const maxIterations = 1 << 20

// answer gives the proof for what the server has said.
func (s *scram) answer(server []byte) ([]byte, error) {
	if s == nil {
		return nil, errScram
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(string(server), ",") {
		name, value, _ := strings.Cut(part, "=")
		parts[name] = value
	}
	salt, errSalt := base64.StdEncoding.DecodeString(parts["s"])
	iterations, errCount := strconv.Atoi(parts["i"])
	if errors.Join(errSalt, errCount) != nil || iterations < 1 || iterations > maxIterations || len(salt) == 0 ||
		!strings.HasPrefix(parts["r"], s.nonce) || len(parts["r"]) == len(s.nonce) {
		return nil, errScram
	}
	final := "c=biws,r=" + parts["r"]
	s.said = []byte(s.bare() + "," + string(server) + "," + final)
	salted, err := pbkdf2.Key(sha256.New, s.password, salt, iterations, sha256.Size)
	if err != nil {
		return nil, err
	}
	client := mac(salted, []byte("Client Key"))
	stored := sha256.Sum256(client)
	signature := mac(stored[:], s.said)
	for i := range client {
		client[i] ^= signature[i]
	}
	s.proof = mac(mac(salted, []byte("Server Key")), s.said)
	return []byte(final + ",p=" + base64.StdEncoding.EncodeToString(client)), nil
}

// check holds the server to its proof.
func (s *scram) check(server []byte) error {
	text, ok := bytes.CutPrefix(server, []byte("v="))
	if s == nil || !ok {
		return errScram
	}
	proof, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || s.proof == nil || !hmac.Equal(proof, s.proof) {
		return errScram
	}
	s.checked = true
	return nil
}

func mac(key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write(text) // It cannot fail.
	return h.Sum(nil)
}
