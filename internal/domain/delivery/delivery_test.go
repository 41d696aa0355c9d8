package delivery

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
)

// TestEveryStateAndTrigger says of each state what each trigger does, of which "-" is
// a refusal.
func TestEveryStateAndTrigger(t *testing.T) {
	facts := Facts{SubscriptionID: "s", Subscribed: SubscriptionActive, Next: time.Unix(60, 0)}
	triggers := []machine.Trigger{Begin, Send, Repeat, Succeed, Retry, GiveUp, Cancel, Resend}
	for state, want := range map[machine.State][]machine.State{
		machine.None: {Pending, "-", "-", "-", "-", "-", "-", "-"},
		Pending:      {"-", Pending, "-", Delivered, Retrying, Failed, Cancelled, Pending},
		Retrying:     {"-", Retrying, Retrying, Delivered, Retrying, Failed, Cancelled, Retrying},
		Delivered:    {"-", "-", "-", "-", "-", "-", "-", Pending},
		Failed:       {"-", "-", "-", "-", "-", "-", "-", Pending},
		Cancelled:    {"-", "-", "-", Cancelled, Cancelled, Cancelled, "-", Pending},
	} {
		for i, on := range triggers {
			step, err := Table().Fire(state, on, facts)
			got := step.To
			if err != nil {
				got = "-"
			}
			if got != want[i] {
				t.Errorf("%s in %q gives %s, want %s", on, state, got, want[i])
			}
		}
	}
	if all := Table().Triggers(); !slices.Equal(all, triggers) {
		t.Errorf("the table has the triggers %v", all)
	}
	if err := Table().Validate(); err != nil {
		t.Error(err)
	}
}

// Nothing is sent again to whom nobody is told.
func TestResendNeedsASubscriber(t *testing.T) {
	for _, subscribed := range []machine.State{machine.None, SubscriptionInactive} {
		for _, state := range []machine.State{Pending, Retrying, Delivered, Failed, Cancelled} {
			if _, err := Table().Fire(state, Resend, Facts{SubscriptionID: "s", Subscribed: subscribed}); err == nil {
				t.Errorf("%s is sent again while the subscription is %q", state, subscribed)
			}
		}
	}
}

// An attempt leads to what its answer and the schedule say.
func TestAttempted(t *testing.T) {
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	schedule := Schedule{Span(time.Minute), Span(time.Hour)}
	for _, c := range []struct {
		failures int
		attempt  Attempt
		want     machine.Trigger
		wait     time.Duration
	}{
		{0, Attempt{Status: 200}, Succeed, 0},
		{0, Attempt{Status: 299}, Succeed, 0},
		{2, Attempt{Status: 204}, Succeed, 0},
		{0, Attempt{Status: 199}, Retry, time.Minute},
		{0, Attempt{Status: 301}, Retry, time.Minute},
		{0, Attempt{Status: 500}, Retry, time.Minute},
		{0, Attempt{Error: "no answer"}, Retry, time.Minute},
		{1, Attempt{Status: 500}, Retry, time.Hour},
		{2, Attempt{Status: 500}, GiveUp, 0},
		{0, Attempt{Status: 410}, GiveUp, 0},
		{0, Attempt{Status: 429, RetryAfter: Span(2 * time.Hour)}, Retry, 2 * time.Hour},
		{1, Attempt{Status: 503, RetryAfter: Span(time.Minute)}, Retry, time.Hour},
		{0, Attempt{Status: 503, RetryAfter: Span(1000 * time.Hour)}, Retry, 24 * time.Hour},
		{2, Attempt{Status: 503, RetryAfter: Span(time.Minute)}, GiveUp, 0},
	} {
		d := &Delivery{Failures: c.failures}
		c.attempt.At = at
		on := d.Attempted(c.attempt, schedule)
		if on != c.want || c.wait > 0 && !d.Next.Equal(at.Add(c.wait)) {
			t.Errorf("%+v after %d failures: %s, next at %s; want %s after %s", c.attempt, c.failures, on, d.Next, c.want, c.wait)
		}
	}
}

// A delivery keeps its newest attempts, and goes on counting.
func TestAttemptsAreKept(t *testing.T) {
	d := &Delivery{}
	for range maxAttempts + 5 {
		d.Attempted(Attempt{Number: d.Number(), Status: 500}, nil)
	}
	if len(d.Attempts) != maxAttempts || d.Number() != maxAttempts+6 || d.Attempts[0].Number != 6 {
		t.Errorf("%d are kept, from %d on; the next is %d", len(d.Attempts), d.Attempts[0].Number, d.Number())
	}
}

func TestSchedule(t *testing.T) {
	own := []Span{1, 2}
	zero, one, twenty := 0, 1, 20
	for _, c := range []struct {
		s    Subscription
		want string
	}{
		{Subscription{}, "[1ns 2ns]"},
		{Subscription{Retries: &zero}, "[]"},
		{Subscription{Retries: &one}, "[30s]"},
		{Subscription{Backoff: Span(time.Minute)}, "[1m0s 2m0s 4m0s 8m0s]"},
		{Subscription{Retries: &twenty, Backoff: Span(9 * time.Hour)}, "[9h0m0s 18h0m0s 24h0m0s 24h0m0s"},
	} {
		var waits []time.Duration
		for _, w := range ScheduleOf(&c.s, own) {
			waits = append(waits, time.Duration(w))
		}
		if got := fmt.Sprint(waits); len(got) < len(c.want) || got[:len(c.want)] != c.want {
			t.Errorf("%+v: %s, want %s", c.s, got, c.want)
		}
	}
	if usual := ScheduleOf(&Subscription{}, nil); len(usual) != 4 || time.Duration(usual[3]) != 4*time.Minute {
		t.Errorf("usually %v", usual)
	}
}
