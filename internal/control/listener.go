package control

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/webhook"
)

// listenForWebhooks streams what is sent to a subscription of its own, which lasts as
// long as the stream.
func (a *API) listenForWebhooks(c *rest.Call) (rest.Reply, error) {
	return rest.Reply{Stream: &rest.Stream{
		MediaType: "text/event-stream", Patience: a.sender.Patience(),
		Write: func(ctx context.Context, to *rest.Sink) error { return a.listen(ctx, c, to) },
	}}, nil
}

func (a *API) listen(ctx context.Context, c *rest.Call, to *rest.Sink) error {
	a.info.Recorder.Note(c.Tenant, "somebody listened for webhooks (webhook listen), whose subscription is not in it")
	listener := a.sender.NewListener(c.Tenant)
	defer listener.Leave()
	url, events := c.Body.Str("url"), c.Body.Strs("events")
	s, err := world.Do(ctx, a.world, operator(c), func(act *world.Act) (*delivery.Subscription, error) {
		s, err := webhooks.Listen(act, url, events, func(id string) bool { return a.sender.Listens(c.Tenant, id) })
		if err == nil {
			act.OnCommit(func() { listener.Enter(s.ID) })
		}
		return s, err
	})
	if err != nil {
		return err
	}
	err = a.handOn(ctx, to, listener, s)
	_, ended := world.Do(context.WithoutCancel(ctx), a.world, operator(c), func(act *world.Act) (*delivery.Subscription, error) {
		return webhooks.Unsubscribe(act, s.ID)
	})
	if notThere(ended) {
		ended = nil // Somebody else has ended it.
	}
	return errors.Join(err, ended)
}

// notThere reports whether what was to be ended was not there.
func notThere(err error) bool {
	var refused *refusal.Error
	return errors.As(err, &refused) && refused.Code == refusal.SubscriptionNotFound
}

type listeningView struct {
	SubscriptionID string   `json:"subscriptionId"`
	Secret         string   `json:"secret"`
	Events         []string `json:"events"`
}

type handedView struct {
	DeliveryID string       `json:"deliveryId"`
	Number     int          `json:"number"`
	EventID    string       `json:"eventId"`
	EventType  string       `json:"eventType"`
	URL        string       `json:"url"`
	Headers    []headerView `json:"headers"`
	// Body are the very bytes, which JSON writes as base64.
	Body []byte `json:"body"`
}

type headerView struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// handOn writes what comes to a listener, until the context ends.
func (a *API) handOn(ctx context.Context, to *rest.Sink, l *webhook.Listener, s *delivery.Subscription) error {
	if err := tell(to, "listening", listeningView{s.ID, s.Secret, s.Events}); err != nil {
		return err
	}
	for {
		h, more := l.Next(ctx)
		if !more {
			return nil
		}
		v := handedView{h.DeliveryID, h.Number, h.EventID, h.EventType, h.URL, []headerView{}, h.Body}
		for _, header := range h.Headers {
			v.Headers = append(v.Headers, headerView(header))
		}
		if err := tell(to, "webhook", &v); err != nil {
			return err
		}
	}
}

// tell writes one event of a stream and sends it.
func tell(to *rest.Sink, event string, data any) error {
	text, err := json.Marshal(data, json.Deterministic(true))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(to, "event: %s\ndata: %s\n\n", event, text)
	return errors.Join(err, to.Flush())
}

// answerDelivery takes what a listener says of an attempt. It refuses with
// DELIVERY_NOT_FOUND where nobody waits for that.
func (a *API) answerDelivery(c *rest.Call) (rest.Reply, error) {
	answer := webhook.Answer{Status: int(c.Body.Int("status")), Body: c.Body.Str("body"), RetryAfter: c.Body.Str("retryAfter"), Error: c.Body.Str("error")}
	if (answer.Status == 0) == (answer.Error == "") {
		return rest.Reply{}, refusal.Invalid([]refusal.Fault{{Field: "status", Pointer: "/status", Message: "must be there, or else error: what came back, or why nothing did"}})
	}
	a.info.Recorder.Drop(&c.Exchange) // What it says enters as the outcome of the attempt.
	if !a.sender.Answer(c.Tenant, c.Path("deliveryId"), int(c.Body.Int("number")), answer) {
		return rest.Reply{}, refusal.New(refusal.DeliveryNotFound, "nobody waits for the answer to attempt %d of this delivery: it came too late, or was given before", c.Body.Int("number"))
	}
	return rest.Reply{Data: map[string]any{"taken": true}}, nil
}
