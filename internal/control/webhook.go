package control

import (
	"net/http"
	"time"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
)

type deliveryView struct {
	ID             string             `json:"id"`
	SubscriptionID string             `json:"subscriptionId"`
	EventID        string             `json:"eventId"`
	EventType      string             `json:"eventType"`
	CustomerID     string             `json:"customerId"`
	State          machine.State      `json:"state"`
	CreatedAt      time.Time          `json:"createdAt"`
	Next           *time.Time         `json:"next"`
	Fault          delivery.FaultKind `json:"fault,omitempty"`
	Body           string             `json:"body"`
	Attempts       []attemptView      `json:"attempts"`
}

type attemptView struct {
	Number  int                `json:"number"`
	At      time.Time          `json:"at"`
	URL     string             `json:"url"`
	Status  int                `json:"status"`
	Error   string             `json:"error,omitempty"`
	Fault   delivery.FaultKind `json:"fault,omitempty"`
	Headers map[string]string  `json:"headers"`
	Answer  string             `json:"answer"`
}

func viewDelivery(d *delivery.Delivery) deliveryView {
	v := deliveryView{
		ID: d.ID, SubscriptionID: d.SubscriptionID, EventID: d.EventID, EventType: d.EventType, CustomerID: d.CustomerID,
		State: d.State, CreatedAt: d.Created, Body: d.Body, Attempts: []attemptView{},
	}
	if due := d.Due(); !due.IsZero() {
		v.Next = &due
	}
	if d.Fault != nil {
		v.Fault = d.Fault.Kind
	}
	for _, a := range d.Attempts {
		headers := a.Headers
		if headers == nil {
			headers = map[string]string{}
		}
		v.Attempts = append(v.Attempts, attemptView{a.Number, a.At, a.URL, a.Status, a.Error, a.Fault, headers, a.Body})
	}
	return v
}

func viewDeliveries(list []*delivery.Delivery) map[string]any {
	views := []deliveryView{}
	for _, d := range list {
		views = append(views, viewDelivery(d))
	}
	return map[string]any{"deliveries": views}
}

// mostDeliveries is how many deliveries are shown if the call says nothing.
const mostDeliveries = 100

// listDeliveries shows the tenant's newest deliveries that fit.
func listDeliveries(c *rest.Call, act *world.Act) (rest.Reply, error) {
	f, err := readFilter(c.Query)
	if err != nil {
		return rest.Reply{}, err
	}
	f.Limit = c.QueryInt("limit", mostDeliveries)
	list, err := webhooks.AllDeliveries(act, f)
	return rest.Reply{Data: viewDeliveries(list)}, err
}

// readFilter reads which deliveries are meant.
func readFilter(said func(string) string) (webhooks.Filter, error) {
	f := webhooks.Filter{Status: machine.State(said("status")), EventType: said("event"), SubscriptionID: said("subscriptionId")}
	text := said("since")
	if text == "" {
		return f, nil
	}
	var err error
	if f.Since, err = machine.ParseDelay(text); err != nil {
		return f, refusal.Invalid([]refusal.Fault{{Field: "since", Pointer: "/since", Message: err.Error()}})
	}
	return f, nil
}

// resendDelivery sends a delivery again, whatever became of it. It refuses with
// DELIVERY_NOT_FOUND and SUBSCRIPTION_NOT_ACTIVE.
func resendDelivery(c *rest.Call, act *world.Act) (rest.Reply, error) {
	d, err := webhooks.Resend(act, c.Path("deliveryId"))
	if err != nil {
		return rest.Reply{}, err
	}
	return rest.Reply{Data: viewDelivery(d)}, nil
}

// resendDeliveries sends again all deliveries that fit.
func resendDeliveries(c *rest.Call, act *world.Act) (rest.Reply, error) {
	f, err := readFilter(func(name string) string { return c.Body.Str(name) })
	if err != nil {
		return rest.Reply{}, err
	}
	list, err := webhooks.ResendAll(act, f)
	return rest.Reply{Data: viewDeliveries(list)}, err
}

type receivedView struct {
	ID        string            `json:"id"`
	At        time.Time         `json:"at"`
	Receiver  string            `json:"receiver"`
	Valid     bool              `json:"valid"`
	Signature string            `json:"signature"`
	Headers   map[string]string `json:"headers"`
	Body      string            `json:"body"`
}

// listInbox shows what the test receivers got.
func listInbox(_ *rest.Call, act *world.Act) (rest.Reply, error) {
	list, err := webhooks.Inbox(act)
	views := []receivedView{}
	for _, r := range list {
		views = append(views, receivedView{r.ID, r.At, http.MethodPost + " " + r.Receiver, r.Valid, r.Verdict, r.Headers, r.Body})
	}
	return rest.Reply{Data: map[string]any{"received": views}}, err
}
