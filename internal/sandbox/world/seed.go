package world

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// seedValue is the value that a tenant has whose state came from elsewhere: what it
// makes up from now on must go on from there.
const seedValue = "seed"

// Origin is what a tenant's ids, invented data and digests are made from.
type Origin struct {
	// Seed is that of the sandbox, and Tenant the tenant in it.
	Seed   string `json:"seed"`
	Tenant string `json:"tenant"`
}

// origin is that of the act's tenant: its own, unless its state came from elsewhere.
func (act *Act) origin() Origin {
	if act.from != (Origin{}) {
		return act.from
	}
	act.from = act.naturalOrigin(act.Tenant())
	_, err := act.Value(seedValue, &act.from)
	act.Note(err)
	return act.from
}

func (s *World) naturalOrigin(tenant string) Origin { return Origin{s.Config.Seed, tenant} }

// Seed is what a tenant's invented data is made from.
func Seed(act *Act) string {
	from := act.origin()
	return from.Seed + "/" + from.Tenant
}

// Digest is what is kept of a password. It is keyed and bound to its user, so
// that equal passwords look different, but deliberately not slow: these are
// test accounts, and a slow digest would be most of the cost of a registration.
// Its key comes from the seed even where that of the tokens does not, so that the
// same requests leave the same state.
func Digest(act *Act, userID, password string) string {
	key := act.passwordKey
	if from := act.origin(); from.Seed != act.Config.Seed {
		key = derivedKey(from.Seed)
	}
	return digest(key, userID, password)
}

// DigestUnder is what Digest gives in a tenant of that seed.
func DigestUnder(seed, userID, password string) string {
	return digest(derivedKey(seed), userID, password)
}

func digest(key []byte, userID, password string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(userID + "\x00" + password))
	return hex.EncodeToString(mac.Sum(nil))
}
