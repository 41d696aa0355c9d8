// Package delivery owns what a webhook is: which events there are to subscribe to,
// what is sent of one, how that is signed, when it is sent again, and the lives of a
// subscription and of a delivery.
//
// It knows no HTTP and no clock: who sends, and when, is the business of others.
package delivery

import (
	"bytes"
	"encoding/json"
	"time"
)

// Events lists the types of everything that can be subscribed to, in the order of
// a customer's life.
func Events() []string {
	return []string{
		"customer.created", "customer.updated", "customer.activated", "customer.suspended",
		"organization.created", "organization.updated", "organization.activated", "organization.suspended",
		"personnel.added", "personnel.removed",
		"verification.created", "verification.approved", "verification.rejected", "verification.expired",
		"consent.accepted", "consent.expired", "wallet.activated", "beneficiary.created",
		"payment_consent.created", "payment_consent.activated", "payment_consent.revoked", "payment_consent.exhausted", "payment_consent.expired",
		"transaction.prepared", "transaction.processing", "transaction.completed", "transaction.failed", "transaction.expired",
	}
}

// Event is something that has happened, as receivers are told of it.
type Event struct {
	// ID is the same in every delivery of the event, and nobody else's.
	ID        string         `json:"id"`
	Type      string         `json:"type"`
	Timestamp string         `json:"timestamp"`
	Data      map[string]any `json:"data"`
}

// NewEvent makes what is told of an event. Members without a value are left out.
func NewEvent(id, kind string, at time.Time, data map[string]string) Event {
	e := Event{ID: id, Type: kind, Timestamp: at.UTC().Format("2006-01-02T15:04:05.000Z"), Data: map[string]any{}}
	for name, value := range data {
		if value != "" {
			e.Data[name] = value
		}
	}
	return e
}

// Body gives the bytes that are sent of an event, in every attempt the same.
func (e Event) Body() (string, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e); err != nil {
		return "", err
	}
	return string(bytes.TrimRight(b.Bytes(), "\n")), nil
}
