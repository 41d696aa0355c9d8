package webhook

import (
	"context"
	"time"

	"finhub-sandbox/internal/sandbox/webhooks"
)

// Claims are for several processes that send the same deliveries: one claims an attempt
// before it makes it, and releases it when what came of it is kept.
type Claims interface {
	Claim(ctx context.Context, due *webhooks.Sending) bool
	Release(due *webhooks.Sending)
	// Left gives the tenants in which another may have left something.
	Left() []string
}

// claimed is how long an attempt that another process makes is left alone.
const claimed = 100 * time.Millisecond

// claim reports whether an attempt is this process's to be made. One for a listener is made
// where that listens. What another has made meanwhile is not made again.
func (s *Sender) claim(ctx context.Context, due *webhooks.Sending) bool {
	if s.Claims == nil {
		return true
	}
	if due.Listener && !s.Listens(due.Tenant, due.SubscriptionID) || !s.Claims.Claim(ctx, due) {
		return false
	}
	is, err := s.due(ctx, due.Tenant, due.SubscriptionID)
	if err == nil && is != nil && is.DeliveryID == due.DeliveryID && is.Number == due.Number && is.Epoch == due.Epoch {
		return true
	}
	s.release(due)
	return false
}

func (s *Sender) release(sent ...*webhooks.Sending) {
	if s.Claims == nil {
		return
	}
	for _, due := range sent {
		s.Claims.Release(due)
	}
}
