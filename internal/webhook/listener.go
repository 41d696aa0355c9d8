package webhook

import (
	"context"
	"errors"
	"sync"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/sandbox/webhooks"
)

// Handed is an attempt as a listener gets it: everything that would have been sent.
type Handed struct {
	DeliveryID, EventID, EventType string
	Number                         int
	URL                            string
	Headers                        []delivery.Header
	Body                           []byte

	answered chan Answer
}

// Answer is what a listener says of an attempt that it has taken to its address: the
// answer there, or why none came.
type Answer struct {
	Status           int
	Body, RetryAfter string
	Error            string
}

// attemptKey names an attempt that is with a listener.
type attemptKey struct {
	tenant, delivery string
	number           int
}

// Listener takes the attempts of one subscription, in place of an address. It is
// never waited for: an attempt that it does not take, or of which it does not tell,
// fails as at an address where nobody answers.
type Listener struct {
	among  *listeners
	tenant string
	// subscription is empty until there is one.
	subscription string
	attempts     chan *Handed
	left         chan struct{}
}

// listeners are those who listen, by their tenant and subscription, and the attempts
// that are with them.
type listeners struct {
	mu   sync.Mutex
	all  map[[2]string]*Listener
	with map[attemptKey]*Handed
}

// NewListener makes a listener of a tenant, which gets nothing before it has entered.
func (s *Sender) NewListener(tenant string) *Listener {
	return &Listener{among: &s.listeners, tenant: tenant, attempts: make(chan *Handed), left: make(chan struct{})}
}

// Enter gives the listener what is sent to a subscription from now on.
func (l *Listener) Enter(subscription string) {
	l.among.mu.Lock()
	defer l.among.mu.Unlock()
	l.subscription = subscription
	l.among.all[[2]string{l.tenant, subscription}] = l
}

// Leave ends it, and whatever waits for it.
func (l *Listener) Leave() {
	l.among.mu.Lock()
	defer l.among.mu.Unlock()
	delete(l.among.all, [2]string{l.tenant, l.subscription})
	close(l.left)
}

// Next waits for the next attempt; there is none when the context has ended.
func (l *Listener) Next(ctx context.Context) (handed *Handed, more bool) {
	select {
	case handed = <-l.attempts:
		return handed, true
	case <-ctx.Done():
		return nil, false
	}
}

// Listens reports whether somebody listens for a subscription.
func (s *Sender) Listens(tenant, subscription string) bool {
	return s.listeners.of(tenant, subscription) != nil
}

// Answer takes what a listener says of an attempt. It reports false where nobody waits
// for that, or not any more.
func (s *Sender) Answer(tenant, delivery string, number int, a Answer) (awaited bool) {
	handed := s.listeners.take(attemptKey{tenant, delivery, number})
	if handed == nil {
		return false
	}
	handed.answered <- a // It has room for the one answer.
	return true
}

func (ls *listeners) of(tenant, subscription string) *Listener {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return ls.all[[2]string{tenant, subscription}]
}

func (ls *listeners) put(key attemptKey, h *Handed) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.with[key] = h
}

func (ls *listeners) take(key attemptKey) *Handed {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	h := ls.with[key]
	delete(ls.with, key)
	return h
}

// errNobodyListens is the outcome of an attempt for a listener that has gone.
var errNobodyListens = errors.New("nobody listens any more: webhook listen has ended")

// hand gives an attempt to whoever listens for its subscription, and waits for what
// came of it.
func (s *Sender) hand(ctx context.Context, due *webhooks.Sending, sent []delivery.Header, body string, attempt *delivery.Attempt) error {
	l := s.listeners.of(due.Tenant, due.SubscriptionID)
	if l == nil {
		return errNobodyListens
	}
	h := &Handed{
		DeliveryID: due.DeliveryID, EventID: due.EventID, EventType: due.EventType, Number: due.Number, URL: due.URL, Headers: sent,
		Body: []byte(body), answered: make(chan Answer, 1),
	}
	key := attemptKey{due.Tenant, due.DeliveryID, due.Number}
	s.listeners.put(key, h)
	defer s.listeners.take(key)
	select {
	case l.attempts <- h:
	case <-l.left:
		return errNobodyListens
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case a := <-h.answered:
		return s.takeAnswer(a, attempt)
	case <-l.left:
		return errNobodyListens
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Sender) takeAnswer(a Answer, attempt *delivery.Attempt) error {
	if a.Error != "" {
		return errors.New(a.Error)
	}
	attempt.Status, attempt.Body = a.Status, plain([]byte(a.Body)[:min(len(a.Body), maxAnswer)])
	attempt.RetryAfter = delivery.Span(retryAfter(a.RetryAfter, s.Now()))
	return nil
}
