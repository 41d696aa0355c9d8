package delivery

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Header is one header of what is sent.
type Header struct{ Name, Value string }

// Signing is how a tenant's deliveries are signed: FinHub's recipe is not public, so
// that it can be set.
type Signing struct {
	// Standard signs as Standard Webhooks 1.0 does; the other members are not looked at
	// then.
	Standard bool
	// Header is the name of the header. Value is its content, in which {hex} and
	// {base64} are the code and {timestamp} the seconds of the instant; Content is what
	// is signed, in which {body} is the body, {id} the event's id.
	Header, Value, Content string
}

// Default is how deliveries are signed if nothing else is set.
func Default() Signing {
	return Signing{Header: "X-FinHub-Signature", Value: "sha256={hex}", Content: "{body}"}
}

// The headers of Standard Webhooks 1.0.
const (
	standardID        = "webhook-id"
	standardTimestamp = "webhook-timestamp"
	standardSignature = "webhook-signature"
)

// Headers are those that sign a body, with each of some secrets.
func (s Signing) Headers(id, body string, at time.Time, secrets []string) []Header {
	seconds := strconv.FormatInt(at.Unix(), 10)
	if !s.Standard {
		return []Header{{s.Header, strings.Join(s.values(id, body, seconds, secrets), ",")}}
	}
	var values []string
	for _, secret := range secrets {
		values = append(values, "v1,"+base64.StdEncoding.EncodeToString(code(standardKey(secret), id+"."+seconds+"."+body)))
	}
	return []Header{{standardID, id}, {standardTimestamp, seconds}, {standardSignature, strings.Join(values, " ")}}
}

func (s Signing) values(id, body, seconds string, secrets []string) []string {
	var values []string
	for _, secret := range secrets {
		sum := code([]byte(secret), strings.NewReplacer("{id}", id, "{timestamp}", seconds, "{body}", body).Replace(s.Content))
		values = append(values, strings.NewReplacer(
			"{hex}", hex.EncodeToString(sum), "{base64}", base64.StdEncoding.EncodeToString(sum), "{timestamp}", seconds, "{id}", id,
		).Replace(s.Value))
	}
	return values
}

// standardKey is the key that a secret of Standard Webhooks stands for; one that is
// none of theirs stands for its own bytes.
func standardKey(secret string) []byte {
	text := strings.TrimPrefix(secret, "whsec_")
	if key, err := base64.StdEncoding.DecodeString(text); err == nil && text != "" {
		return key
	}
	return []byte(secret)
}

func code(key []byte, content string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(content))
	return mac.Sum(nil)
}

// The headers of a delivery that are the sandbox's own.
const (
	EventHeader     = "X-FinHub-Event"
	EventIDHeader   = "X-FinHub-Event-Id"
	DeliveryHeader  = "X-FinHub-Delivery"
	AttemptHeader   = "X-FinHub-Attempt"
	TimestampHeader = "X-FinHub-Timestamp"
)

// Names are those of all headers that tell of a delivery.
func (s Signing) Names() []string {
	names := []string{EventHeader, EventIDHeader, DeliveryHeader, AttemptHeader, TimestampHeader}
	if s.Standard {
		return append(names, standardID, standardTimestamp, standardSignature)
	}
	return append(names, s.Header)
}
