package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/client"
)

type webhookListenCommand struct {
	remote
	ForwardTo   string   `help:"Address of the application." required:"" placeholder:"URL"`
	Events      []string `help:"Types of events, separated by commas; all if left out." placeholder:"EVENT,..."`
	PrintSecret bool     `help:"Print the secret of the signatures first. It is the same whenever the tenant listens."`
}

// Validate refuses an address to which nothing can be taken.
func (c webhookListenCommand) Validate() error {
	u, err := url.Parse(c.ForwardTo)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("--forward-to %q is no address: it begins with http:// or https:// and names a host", c.ForwardTo)
	}
	return nil
}

// answerTime is how long an application may take to answer: as long as the sandbox
// waits.
const answerTime = 10 * time.Second

// maxShownAnswer is how much of an answer is told.
const maxShownAnswer = 4 << 10

func (c webhookListenCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	events, err := client.ListenForWebhooks.Open(ctx, c.client(), client.Listen{URL: c.ForwardTo, Events: c.Events})
	if err != nil {
		return fail(stderr, exitOf(err), err.Error())
	}
	l := listening{webhookListenCommand: c, out: &printer{out: stdout}, to: &http.Client{
		Timeout: answerTime, Transport: &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for err == nil {
		var next client.Message
		if next, err = events.Next(); err == nil {
			err = l.take(ctx, next)
		}
	}
	_ = events.Close() // It is over.
	if ctx.Err() != nil {
		return exitOK // Whoever listened has ended it.
	}
	return fail(stderr, exitFailed, err.Error())
}

// listening is a command while it listens.
type listening struct {
	webhookListenCommand
	out *printer
	to  *http.Client
}

// answered is what an application has answered, of which delivery.
type answered struct {
	DeliveryID string `json:"deliveryId"`
	client.DeliveryAnswer
}

// take takes what comes to the application, and tells the sandbox what came back.
func (l *listening) take(ctx context.Context, m client.Message) error {
	if m.Name == "listening" {
		return l.begin(m)
	}
	h, err := client.Reply[client.HandedWebhook](m.Data).Decode()
	if err != nil || m.Name != "webhook" {
		return err // What is not known is of a later version.
	}
	l.print(h, "-> %s  %s  attempt %d of %s", h.EventType, h.EventID, h.Number, h.DeliveryID)
	began := app.Now()
	a := l.forward(ctx, h)
	took := app.Now().Sub(began).Round(time.Millisecond)
	came := a.Error
	if came == "" {
		came = fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status))
	}
	l.print(answered{h.DeliveryID, a}, "<- %s  %s", came, took)
	_, err = client.AnswerDelivery.Call(ctx, l.client(), a, h.DeliveryID)
	var refused *client.Refusal
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		l.print(refused.ErrorDetail, "   %s", refused.Message)
		return nil // The sandbox has given the attempt up meanwhile.
	}
	return err
}

func (l *listening) begin(m client.Message) error {
	s, err := client.Reply[client.Listening](m.Data).Decode()
	if err != nil {
		return err
	}
	if l.PrintSecret {
		l.print(map[string]string{"secret": s.Secret}, "%s", s.Secret)
	}
	l.print(map[string]any{"subscriptionId": s.SubscriptionID, "events": s.Events, "forwardTo": l.ForwardTo},
		"listening for %s, which go to %s; Ctrl-C ends it", eventCount(len(s.Events)), l.ForwardTo)
	return nil
}

// forward makes one request of an attempt, with its very headers and bytes, and gives
// what is told of that.
func (l *listening) forward(ctx context.Context, h client.HandedWebhook) client.DeliveryAnswer {
	a := client.DeliveryAnswer{Number: h.Number}
	body, err := base64.StdEncoding.DecodeString(h.Body)
	if err != nil {
		a.Error = err.Error()
		return a
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.ForwardTo, bytes.NewReader(body))
	if err != nil {
		a.Error = err.Error()
		return a
	}
	for _, line := range h.Headers {
		request.Header.Set(line.Name, line.Value)
	}
	reply, err := l.to.Do(request)
	if err != nil {
		a.Error = whyNoAnswer(err)
		return a
	}
	text, err := io.ReadAll(io.LimitReader(reply.Body, maxShownAnswer))
	if err = errors.Join(err, reply.Body.Close()); err != nil {
		a.Error = whyNoAnswer(err)
		return a
	}
	a.Status, a.RetryAfter, a.Body = reply.StatusCode, reply.Header.Get("Retry-After"), strings.ToValidUTF8(string(text), "?")
	return a
}

// whyNoAnswer words what is in the way, without the address, which may have a secret
// in it.
func whyNoAnswer(err error) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		if wrapped.Timeout() {
			return fmt.Sprintf("no whole answer came within %s", answerTime)
		}
		err = wrapped.Err
	}
	var network *net.OpError
	if errors.As(err, &network) && network.Addr != nil {
		return fmt.Sprintf("%s %s: %s", network.Op, network.Addr, network.Err)
	}
	return err.Error()
}

// print prints a line for people, or the same as JSON.
func (l *listening) print(value any, format string, args ...any) {
	if !l.JSON {
		l.out.line(format, args...)
		return
	}
	if text, err := json.Marshal(value); err == nil {
		l.out.line("%s", text)
	}
}

func eventCount(n int) string {
	if n == 1 {
		return "one type of events"
	}
	return fmt.Sprintf("%d types of events", n)
}
