package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/sandbox/webhooks"
)

// timeout is how long an attempt may take, in real time.
const timeout = 10 * time.Second

// maxAnswer is how much is kept of an answer's body.
const maxAnswer = 4 << 10

// send makes one attempt, and reports what came of it. It was not made if the context
// ended meanwhile.
func (s *Sender) send(ctx context.Context, due *webhooks.Sending) (attempt delivery.Attempt, made bool) {
	if due.Fault == delivery.Drop {
		return delivery.Attempt{Error: "it was lost on its way, as the scenario has it"}, true
	}
	within := s.Patience()
	bounded, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	sent := s.headers(due)
	attempt.Headers = map[string]string{}
	for _, h := range sent {
		attempt.Headers[h.Name] = h.Value
	}
	began := s.Now()
	err := s.post(bounded, due, sent, &attempt)
	attempt.Took = delivery.Span(s.Now().Sub(began))
	if err == nil && due.Fault == delivery.Duplicate {
		var second delivery.Attempt
		_ = s.post(bounded, due, sent, &second) // What comes of the first counts.
	}
	if ctx.Err() != nil {
		return attempt, false
	}
	if err != nil {
		attempt.Status, attempt.Error = 0, explain(bounded, err, within)
	}
	return attempt, true
}

// headers are those that are sent, in their order.
func (s *Sender) headers(due *webhooks.Sending) []delivery.Header {
	at, secrets := s.Now(), due.Secrets
	switch due.Fault {
	case delivery.StaleTimestamp:
		at = at.Add(-delivery.Stale)
	case delivery.BadSignature:
		secrets = []string{"forged " + due.EventID}
	}
	return append([]delivery.Header{
		{Name: headers.ContentType, Value: "application/json"}, {Name: headers.UserAgent, Value: "finhub-sandbox"},
		{Name: headers.SpelledTenant, Value: due.Tenant},
		{Name: delivery.EventHeader, Value: due.EventType}, {Name: delivery.EventIDHeader, Value: due.EventID},
		{Name: delivery.DeliveryHeader, Value: due.DeliveryID}, {Name: delivery.AttemptHeader, Value: strconv.Itoa(due.Number)},
		{Name: delivery.TimestampHeader, Value: strconv.FormatInt(at.Unix(), 10)},
	}, due.Signing.Headers(due.EventID, due.Body, at, secrets)...)
}

// post sends the body once.
func (s *Sender) post(ctx context.Context, due *webhooks.Sending, sent []delivery.Header, attempt *delivery.Attempt) error {
	body := due.Body
	if due.Fault == delivery.Truncated {
		body = body[:len(body)/2]
	}
	if due.Listener {
		return s.hand(ctx, due, sent, body, attempt)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, due.URL, strings.NewReader(body))
	if err != nil {
		return err
	}
	for _, h := range sent {
		request.Header.Set(h.Name, h.Value)
	}
	door, err := s.doors.of(request.URL, due.Unverified)
	if err != nil {
		return err
	}
	// A round trip follows no redirect.
	reply, err := door.RoundTrip(request)
	if err != nil {
		return err
	}
	defer func() { _ = reply.Body.Close() }() // What was to be read of it has been.
	text, err := io.ReadAll(io.LimitReader(reply.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("the answer broke off: %w", err)
	}
	_, _ = io.CopyN(io.Discard, reply.Body, maxAnswer) // A connection whose answer is read can be used again.
	attempt.Status, attempt.Body = reply.StatusCode, plain(text)
	attempt.RetryAfter = delivery.Span(retryAfter(reply.Header.Get("Retry-After"), s.Now()))
	return nil
}

// plain makes a text of what a receiver answers, whatever that is.
func plain(text []byte) string {
	if utf8.Valid(text) {
		return string(text)
	}
	return strings.ToValidUTF8(string(text), "�")
}

// retryAfter reads a number of seconds, or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 366*24*3600)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// explain words why no answer came, without the address, which may have a secret in
// it.
func explain(ctx context.Context, err error, within time.Duration) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Sprintf("no whole answer came within %s", within)
	}
	var unknown *net.DNSError
	if errors.As(err, &unknown) {
		return fmt.Sprintf("the host %s is not found", unknown.Name)
	}
	var network *net.OpError
	if errors.As(err, &network) && network.Addr != nil {
		return fmt.Sprintf("%s %s: %s", network.Op, network.Addr, network.Err) // Our own port is nobody's business.
	}
	return err.Error()
}
