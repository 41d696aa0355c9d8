package console

import (
	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
)

type webhooksPage struct {
	Subscriptions []*delivery.Subscription
	Deliveries    []sentDelivery
	Inbox         []client.ReceivedWebhook
	Failed        *button
}

// sentDelivery is a delivery with the button that sends it again.
type sentDelivery struct {
	client.Delivery
	Resend *button
}

func webhooksPageOf(v *visit) (string, any, error) {
	p := &webhooksPage{}
	var sent client.Deliveries
	if err := v.get("/webhooks/deliveries", some("limit", pageSize), &sent); err != nil {
		return "", nil, err
	}
	for _, d := range sent.Deliveries {
		p.Deliveries = append(p.Deliveries, sentDelivery{d, v.button("resend-delivery", "Send again", [][2]string{{"deliveryId", d.ID}})})
		if d.State == "FAILED" && p.Failed == nil {
			all := v.button("resend-deliveries", "Send all that failed again", [][2]string{{"status", "FAILED"}})
			p.Failed = all
		}
	}
	var inbox client.Inbox
	if err := v.get("/webhooks/inbox", nil, &inbox); err != nil {
		return "", nil, err
	}
	p.Inbox = inbox.Received
	err := v.look(func(act *world.Act) (err error) {
		p.Subscriptions, err = webhooks.ListSubscriptions(act)
		return err
	})
	return "Webhooks", p, err
}
