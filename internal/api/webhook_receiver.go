package api

import (
	"net/http"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	edge "finhub-sandbox/internal/fault"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/webhooks"
	"finhub-sandbox/internal/sandbox/world"
)

// receiveTestWebhook takes what is sent to it (developer-tools/testing).
func receiveTestWebhook(c *rest.Call, act *world.Act) (rest.Reply, error) {
	return rest.Reply{Message: "Webhook received successfully", Extra: map[string]any{"success": true, "receivedAt": machine.Instant(act.Now())}},
		webhooks.Receive(act, c.Operation.Path, c.Header, string(c.Raw))
}

// failTestWebhook takes nothing (developer-tools/testing).
func failTestWebhook(*rest.Call, *world.Act) (rest.Reply, error) {
	said := refusal.Define(refusal.SimulatedFailure)
	return rest.Reply{
		Status: http.StatusInternalServerError, Message: said.Message,
		Data:  map[string]any{"error": said.Message, "details": "whatever is sent here is not taken", "refusal": said.Code, "suggestions": []string{said.Hint}},
		Extra: map[string]any{"success": false, "error": map[string]any{"code": said.Code, "message": said.Message}},
	}, nil
}

// usualDelay is how late delayTestWebhook is if it is not told.
const usualDelay = 5000

// delayTestWebhook takes what is sent to it, late (developer-tools/testing).
func delayTestWebhook(c *rest.Call, act *world.Act) (rest.Reply, error) {
	reply, err := receiveTestWebhook(c, act)
	reply.Fault = &rest.Fault{Kind: edge.Delay, Delay: time.Duration(c.QueryInt("delay", usualDelay)) * time.Millisecond}
	return reply, err
}
