package main

import (
	"net/http"
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/delivery"
)

// TestWebhookTrigger makes every event that there is happen, and whoever has subscribed
// is told of it.
func TestWebhookTrigger(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	for _, event := range delivery.Events() {
		t.Run(event, func(t *testing.T) {
			tenant := strings.ReplaceAll(event, ".", "-")
			request := newRequest(t, http.MethodPost, "http://"+server.addr+"/api/v2.1/webhooks/subscriptions", tenant,
				`{"endpointUrl":"http://`+server.addr+`/api/v2.1/test/webhook-receiver","subscribedEvents":["`+event+`"]}`)
			if status, body := send(t, request); status != http.StatusOK {
				t.Fatalf("got %d %s", status, body)
			}
			at := []string{"--addr", server.addr, "--tenant", tenant}
			// Twice: what has happened once is not in the way.
			for range 2 {
				code, stdout, stderr := runCommand(t, append([]string{"webhook", "trigger", event}, at...)...)
				if code != exitOK {
					t.Fatalf("exit code %d, printed %s and %s", code, stdout, stderr)
				}
				contains(t, stdout, []string{event + " has happened, to customer "})
			}
			code, stdout, _ := runCommand(t, append([]string{"webhook", "list"}, at...)...)
			if code != exitOK || strings.Count(stdout, event) < 2 {
				t.Errorf("exit code %d; told is\n%s", code, stdout)
			}
		})
	}
}
