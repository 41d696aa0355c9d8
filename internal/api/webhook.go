package api

import (
	"encoding/json"
	"strings"
	"time"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
)

type subscriptionView struct {
	ID                  string        `json:"id"`
	WebhookID           string        `json:"webhookId"`
	CustomerID          string        `json:"customerId"`
	Name                string        `json:"subscriptionName"`
	Description         string        `json:"description"`
	EndpointURL         string        `json:"endpointUrl"`
	URL                 string        `json:"url"`
	SubscribedEvents    []string      `json:"subscribedEvents"`
	Events              []string      `json:"events"`
	SignatureAlgorithm  string        `json:"signatureAlgorithm"`
	VerifySSL           bool          `json:"verifySsl"`
	MaxRetryAttempts    *int          `json:"maxRetryAttempts"`
	RetryBackoffSeconds *int          `json:"retryBackoffSeconds"`
	Status              machine.State `json:"status"`
	CreatedAt           string        `json:"createdAt"`
	UpdatedAt           string        `json:"updatedAt"`
	Warnings            []string      `json:"warnings"`
	// Secret is shown once, and only where the sandbox made it up.
	Secret string `json:"secretKey,omitempty"`
}

func viewSubscription(s *delivery.Subscription) subscriptionView {
	v := subscriptionView{
		ID: s.ID, WebhookID: s.ID, CustomerID: s.CustomerID, Name: s.Name, Description: s.Description, EndpointURL: s.URL, URL: s.URL,
		SubscribedEvents: s.Events, Events: s.Events, SignatureAlgorithm: "HMAC-SHA256", VerifySSL: !s.Unverified,
		MaxRetryAttempts: s.Retries, Status: s.State, CreatedAt: machine.Instant(s.Created), UpdatedAt: machine.Instant(s.Created), Warnings: []string{},
	}
	if s.Backoff > 0 {
		v.RetryBackoffSeconds = new(int(time.Duration(s.Backoff) / time.Second))
	}
	if !s.Updated.IsZero() {
		v.UpdatedAt = machine.Instant(s.Updated)
	}
	if strings.HasPrefix(strings.ToLower(s.URL), "http://") {
		v.Warnings = append(v.Warnings, "The address is http: whoever is on the way can read what is sent. FinHub's documentation asks for HTTPS.")
	}
	return v
}

type deliveryView struct {
	DeliveryID     string            `json:"deliveryId"`
	ID             string            `json:"id"`
	SubscriptionID string            `json:"subscriptionId"`
	EventID        string            `json:"eventId"`
	EventType      string            `json:"eventType"`
	URL            string            `json:"url"`
	Status         machine.State     `json:"status"`
	Payload        json.RawMessage   `json:"payload"`
	RequestHeaders map[string]string `json:"requestHeaders"`
	ResponseCode   *int              `json:"responseCode"`
	ResponseBody   *string           `json:"responseBody"`
	ResponseTime   *int64            `json:"responseTime"`
	Attempts       []attemptView     `json:"attempts"`
	CreatedAt      string            `json:"createdAt"`
	NextAttemptAt  *string           `json:"nextAttemptAt"`
}

type attemptView struct {
	Number       int    `json:"attemptNumber"`
	Timestamp    string `json:"timestamp"`
	URL          string `json:"url"`
	ResponseCode *int   `json:"responseCode"`
	Success      bool   `json:"success"`
	Error        string `json:"error,omitempty"`
}

func viewDelivery(act *world.Act, d *delivery.Delivery) deliveryView {
	v := deliveryView{
		DeliveryID: d.ID, ID: d.ID, SubscriptionID: d.SubscriptionID, EventID: d.EventID, EventType: d.EventType, Status: d.State,
		Payload: json.RawMessage(d.Body), RequestHeaders: map[string]string{}, Attempts: []attemptView{}, CreatedAt: machine.Instant(d.Created),
		NextAttemptAt: orNull(instantOrNone(d.Due())),
	}
	if s := act.Subscriptions.Get(act.Unit, d.SubscriptionID); s != nil {
		v.URL = s.URL
	}
	for _, a := range d.Attempts {
		attempt := attemptView{Number: a.Number, Timestamp: machine.Instant(a.At), URL: a.URL, Success: a.Succeeded(), Error: a.Error}
		if a.Status > 0 {
			attempt.ResponseCode = &a.Status
		}
		v.Attempts = append(v.Attempts, attempt)
		v.URL, v.ResponseCode, v.ResponseBody, v.ResponseTime = a.URL, attempt.ResponseCode, nil, nil
		if v.RequestHeaders = a.Headers; a.Headers == nil {
			v.RequestHeaders = map[string]string{}
		}
		if a.Status > 0 {
			v.ResponseBody, v.ResponseTime = &a.Body, new(time.Duration(a.Took).Milliseconds())
		}
	}
	return v
}

// createWebhookSubscription subscribes to events (developer-tools/webhooks). The
// secret is told if the sandbox had to make one up.
func createWebhookSubscription(c *rest.Call, act *world.Act) (rest.Reply, error) {
	s, err := webhooks.Subscribe(act, readWish(c.Body))
	if err != nil {
		return rest.Reply{}, err
	}
	view := viewSubscription(s)
	if !c.Body.Has("secretKey", "secret") {
		view.Secret = s.Secret
	}
	return rest.Reply{Data: &view, Extra: succeeded()}, nil
}

// readWish reads either of the documented bodies.
func readWish(b rest.Body) webhooks.Wish {
	text := func(names ...string) *string {
		value, ok := b.Get(names...).(string)
		if !ok {
			return nil
		}
		return &value
	}
	in := webhooks.Wish{
		CustomerID: text("customerId"), Name: text("subscriptionName"), Description: text("description"), URL: text("endpointUrl", "url"),
		Secret: text("secretKey", "secret"), Algorithm: text("signatureAlgorithm"), Events: b.Strs("subscribedEvents", "events"),
	}
	if b.Has("verifySsl") {
		in.VerifySSL = new(b.Bool("verifySsl"))
	}
	if b.Has("maxRetryAttempts") {
		in.Retries = new(int(b.Int("maxRetryAttempts")))
	}
	if b.Has("retryBackoffSeconds") {
		in.Backoff = new(time.Duration(b.Int("retryBackoffSeconds")) * time.Second)
	}
	return in
}

func subscriptionReply(s *delivery.Subscription, err error) (rest.Reply, error) {
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewSubscription(s)), Extra: succeeded()}, nil
}

// listWebhookSubscriptions lists the subscriptions (developer-tools/webhooks).
func listWebhookSubscriptions(_ *rest.Call, act *world.Act) (rest.Reply, error) {
	list, err := webhooks.ListSubscriptions(act)
	if err != nil {
		return rest.Reply{}, err
	}
	views := []subscriptionView{}
	for _, s := range list {
		views = append(views, viewSubscription(s))
	}
	return rest.Reply{Data: views, Extra: succeeded()}, nil
}

// getWebhookSubscription shows a subscription (developer-tools/webhooks).
func getWebhookSubscription(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return subscriptionReply(webhooks.FindSubscription(act, c.Path("subscriptionId")))
}

// updateWebhookSubscription changes a subscription (developer-tools/webhooks).
func updateWebhookSubscription(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return subscriptionReply(webhooks.UpdateSubscription(act, c.Path("subscriptionId"), readWish(c.Body)))
}

// deleteWebhookSubscription ends a subscription (developer-tools/webhooks).
func deleteWebhookSubscription(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return subscriptionReply(webhooks.Unsubscribe(act, c.Path("subscriptionId")))
}

// listWebhookDeliveries lists what a subscription was told
// (developer-tools/webhooks).
func listWebhookDeliveries(c *rest.Call, act *world.Act) (rest.Reply, error) {
	page, err := webhooks.ListDeliveries(act, c.Path("subscriptionId"), c.QueryInt("limit", pageSize), c.QueryInt("offset", 0))
	if err != nil {
		return rest.Reply{}, err
	}
	views := []deliveryView{}
	for _, d := range page.Items {
		views = append(views, viewDelivery(act, d))
	}
	return rest.Reply{Data: views, Extra: map[string]any{"success": true, "pagination": paginationView{page.Total, page.Limit, page.Offset}}}, nil
}

// getWebhookDelivery shows a delivery with its attempts (developer-tools/webhooks).
func getWebhookDelivery(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := webhooks.FindDelivery(act, c.Path("deliveryId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: new(viewDelivery(act, d)), Extra: succeeded()}, nil
}
