package webhook

import (
	"context"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/sandbox/webhooks"
)

// Outcome is what came of an attempt.
type Outcome struct {
	DeliveryID string           `json:"deliveryId"`
	Attempt    delivery.Attempt `json:"attempt"`
}

// Turns lets what changes a tenant happen one after another, where somebody asks for that.
type Turns interface {
	// Leave lets others have their turn, while the request of a context waits for them. It
	// has it again when back returns, which is told with what came of that.
	Leave(ctx context.Context) (back func([]Outcome))
	// Enter waits for the turn to take over outcomes, which is over with end, and says
	// whether anybody was told of them.
	Enter(tenant string, came []Outcome) (end func(told bool))
}

// anytime are the turns of who does not ask for any.
type anytime struct{}

func (anytime) Leave(context.Context) func([]Outcome)   { return func([]Outcome) {} }
func (anytime) Enter(string, []Outcome) func(told bool) { return func(bool) {} }

// outcomes are what attempts came to, with what their deliveries get of it.
func outcomes(sent []*webhooks.Sending, attempts []delivery.Attempt) []Outcome {
	list := make([]Outcome, len(sent))
	for i, s := range sent {
		a := attempts[i]
		a.Number, a.At, a.URL, a.Fault = s.Number, s.At, s.URL, s.Fault
		list[i] = Outcome{s.DeliveryID, a}
	}
	return list
}

// TakeOver lets outcomes enter which another sandbox had.
func (s *Sender) TakeOver(ctx context.Context, tenant string, came []Outcome) error {
	var sent []*webhooks.Sending
	var attempts []delivery.Attempt
	for _, o := range came {
		a := o.Attempt
		sent = append(sent, &webhooks.Sending{Tenant: tenant, DeliveryID: o.DeliveryID, Number: a.Number, At: a.At, URL: a.URL, Fault: a.Fault, Epoch: s.World.Engine().Epoch(tenant)})
		attempts = append(attempts, a)
	}
	_, err := s.settle(ctx, tenant, sent, attempts)
	return err
}
