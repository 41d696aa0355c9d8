package onboarding

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
)

// Event is what a webhook tells of.
type Event struct {
	// ID is the same in every attempt, so that who is told twice can know.
	ID   string          `json:"id"`
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// Subscribe lets FinHub tell an address of events.
func (c *Client) Subscribe(ctx context.Context, url, secret string, events ...string) error {
	return c.post(ctx, "/webhooks/subscriptions", object{"endpointUrl": url, "secretKey": secret, "subscribedEvents": events}, nil)
}

// Receive takes webhooks, and hands those that FinHub has signed to take. What is not
// answered with success comes again.
func Receive(secret string, take func(Event)) http.Handler {
	const most = 1 << 20
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if !signed(secret, body, r.Header.Get("X-FinHub-Signature")) {
			http.Error(w, "the signature is wrong", http.StatusUnauthorized)
			return
		}
		var event Event
		if err := json.Unmarshal(body, &event); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		take(event)
		w.WriteHeader(http.StatusNoContent)
	})
}

// signed reports whether a signature is that of a body, byte for byte as it came: who
// parses it first and writes it again signs something else.
func signed(secret string, body []byte, signature string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	// A comparison that ends at the first difference tells a forger how far it got.
	return hmac.Equal([]byte("sha256="+hex.EncodeToString(mac.Sum(nil))), []byte(signature))
}
