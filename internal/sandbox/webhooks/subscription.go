// Package webhooks is who is told what happens: the subscriptions of a tenant, the
// deliveries that its events make, and what becomes of each attempt to send one.
//
// It writes what is to be sent and what came of it, each in one act. It must not
// send anything itself: an act waits for nobody.
package webhooks

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/fake"
	"finhub-sandbox/internal/sandbox/world"
)

// everybody is the scope of a subscription to the events of all customers.
const everybody = "*"

// SubscriptionKind makes the kind of subscriptions.
func SubscriptionKind(*world.World) *engine.Kind[delivery.Subscription, struct{}] {
	return &engine.Kind[delivery.Subscription, struct{}]{
		Collection: engine.Collection[delivery.Subscription]{Name: "subscription", Indexes: []engine.Index[delivery.Subscription]{
			{Name: "scope", Of: func(s *delivery.Subscription) []string { return []string{scopeOf(s.CustomerID)} }},
		}},
		Table:   delivery.SubscriptionTable(),
		Facts:   func(*engine.Unit, *delivery.Subscription, machine.Cause) struct{} { return struct{}{} },
		Subject: func(s *delivery.Subscription) engine.Subject { return engine.Subject{Customer: s.CustomerID} },
	}
}

func scopeOf(customer string) string {
	if customer == "" {
		return everybody
	}
	return customer
}

// Wish is what a request says about a subscription. Members that are nil are not
// said.
type Wish struct {
	CustomerID, Name, Description, URL, Secret, Algorithm *string
	Events                                                []string
	VerifySSL                                             *bool
	Retries                                               *int
	Backoff                                               *time.Duration
}

// maxSubscriptions is how many there are of one scope: an event makes a delivery for
// each.
const maxSubscriptions = 50

// Subscribe makes a subscription; a secret that was not sent is made up. A customer's
// token subscribes to the customer's own events. It refuses with CUSTOMER_NOT_FOUND,
// CUSTOMER_ACCESS_DENIED and REQUEST_INVALID.
func Subscribe(act *world.Act, in Wish) (*delivery.Subscription, error) {
	s := &delivery.Subscription{}
	if in.CustomerID != nil {
		s.CustomerID = machine.CanonicalID(*in.CustomerID)
	}
	if act.Caller.Sort == access.Customer && s.CustomerID == "" {
		s.CustomerID = act.Caller.CustomerID
	}
	if err := checkScope(act, s.CustomerID); err != nil {
		return nil, err
	}
	s.Life = world.NewLife(act, "subscription")
	if err := take(act, s, in); err != nil {
		return nil, err
	}
	if s.Secret == "" {
		s.Secret = madeUpSecret(act, s.Seq)
	}
	act.Unheard = false
	return s, act.Subscriptions.Create(act.Unit, s, delivery.Subscribe, world.By(act))
}

func madeUpSecret(act *world.Act, n int64) string {
	return "whsec_" + strings.ReplaceAll(fake.ID(world.Seed(act), "webhook_secret", n), "-", "")
}

// checkScope refuses a customer whom the tenant has not, or the caller may not touch,
// and one subscription too many.
func checkScope(act *world.Act, customer string) error {
	if customer != "" && !act.Caller.MayActFor(customer) {
		return refusal.New(refusal.CustomerAccessDenied, "the token is customer %s's, the subscription is for %s", act.Caller.CustomerID, customer).At("customerId")
	}
	if customer != "" && act.Customers.Get(act.Unit, customer) == nil {
		return world.NoCustomer(customer)
	}
	if act.Subscriptions.Count(act.Unit, "scope", scopeOf(customer), maxSubscriptions) < maxSubscriptions {
		return nil
	}
	return refusal.Invalid([]refusal.Fault{{Field: "body", Message: fmt.Sprintf("would make more than %d subscriptions, which is the most that there are for one customer, and for all of a tenant's", maxSubscriptions)}})
}

// take takes over what a request says. Secrets of a subscription that has one are
// rotated.
func take(act *world.Act, s *delivery.Subscription, in Wish) error {
	for _, text := range []struct{ to, said *string }{
		{&s.Name, in.Name}, {&s.Description, in.Description}, {&s.URL, in.URL}, {&s.Algorithm, in.Algorithm},
	} {
		if text.said != nil {
			*text.to = *text.said
		}
	}
	if len(in.Events) > 0 {
		s.Events = slices.Clone(in.Events)
		slices.Sort(s.Events)
		s.Events = slices.Compact(s.Events)
	}
	if in.Secret != nil && *in.Secret != "" {
		s.Rotate(*in.Secret, act.Now())
	}
	if in.VerifySSL != nil {
		s.Unverified = !*in.VerifySSL
	}
	if in.Retries != nil {
		s.Retries = in.Retries
	}
	if in.Backoff != nil {
		s.Backoff = delivery.Span(*in.Backoff)
	}
	address, list := "endpointUrl", "subscribedEvents"
	if s.Listener {
		address, list = "url", "events"
	}
	return refusal.Invalid(faultsOf(act, s, address, list))
}

// faultsOf tells what is wrong with a subscription, whose address and events the
// request gives under these names.
func faultsOf(act *world.Act, s *delivery.Subscription, address, list string) (faults []refusal.Fault) {
	fault := func(field, message string, args ...any) {
		faults = append(faults, refusal.Fault{Field: field, Pointer: "/" + field, Message: fmt.Sprintf(message, args...)})
	}
	u, err := url.Parse(s.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		fault(address, "must be an address that begins with https:// or http:// and names a host")
	case !s.Listener && !act.Config.WebhookHosts.Allows(u.Hostname()):
		fault(address, "names the host %s, and this sandbox sends to no others than %s (--webhook-hosts)", u.Hostname(), act.Config.WebhookHosts)
	}
	for i, event := range s.Events {
		if !slices.Contains(delivery.Events(), event) {
			faults = append(faults, refusal.Fault{
				Field: fmt.Sprintf("%s.%d", list, i), Pointer: fmt.Sprintf("/%s/%d", list, i), Message: event + " is no event; there are " + strings.Join(delivery.Events(), ", "),
			})
		}
	}
	return faults
}

// ListSubscriptions lists what the caller may see, the oldest first.
func ListSubscriptions(act *world.Act) ([]*delivery.Subscription, error) {
	list := []*delivery.Subscription{}
	for _, scope := range act.Subscriptions.Values(act.Unit, "scope") {
		for _, s := range act.Subscriptions.By(act.Unit, "scope", scope) {
			if act.Caller.MayActFor(s.CustomerID) {
				list = append(list, s)
			}
		}
	}
	slices.SortFunc(list, func(a, b *delivery.Subscription) int { return int(a.Seq - b.Seq) })
	return list, nil
}

// FindSubscription finds one, or refuses with SUBSCRIPTION_NOT_FOUND.
func FindSubscription(act *world.Act, id string) (*delivery.Subscription, error) {
	s := act.Subscriptions.Get(act.Unit, id)
	if s == nil || !act.Caller.MayActFor(s.CustomerID) {
		return nil, refusal.New(refusal.SubscriptionNotFound, "the tenant has no webhook subscription with this id").
			Suggest("listWebhookSubscriptions", "shows the subscriptions")
	}
	return s, nil
}

// UpdateSubscription changes what a request says and switches the subscription on
// again. Besides what FindSubscription refuses it refuses as Subscribe does.
func UpdateSubscription(act *world.Act, id string, in Wish) (*delivery.Subscription, error) {
	s, err := FindSubscription(act, id)
	if err != nil {
		return s, err
	}
	if in.CustomerID != nil && machine.CanonicalID(*in.CustomerID) != s.CustomerID {
		return s, refusal.Invalid([]refusal.Fault{{Field: "customerId", Pointer: "/customerId", Message: "cannot be changed; subscribe anew"}})
	}
	act.Subscriptions.Save(act.Unit, s)
	if err := take(act, s, in); err != nil {
		return s, err
	}
	s.Updated = act.Now()
	return s, act.Subscriptions.Fire(act.Unit, s, delivery.UpdateSubscription, world.By(act))
}

// Unsubscribe ends a subscription; what it was still to be told is cancelled.
func Unsubscribe(act *world.Act, id string) (*delivery.Subscription, error) {
	s, err := FindSubscription(act, id)
	if err != nil {
		return s, err
	}
	if err := cancelOpen(act, s.ID, world.By(act)); err != nil {
		return s, err
	}
	act.Subscriptions.Remove(act.Unit, s)
	return s, nil
}

// cancelOpen cancels what a subscription has not been told yet.
func cancelOpen(act *world.Act, subscription string, cause machine.Cause) error {
	for _, d := range act.Deliveries.By(act.Unit, "subscription", subscription) {
		if d.Open() {
			if err := act.Deliveries.Fire(act.Unit, d, delivery.Cancel, cause); err != nil {
				return err
			}
		}
	}
	return nil
}
