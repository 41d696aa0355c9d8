package recording_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/recording"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/webhook"
)

const state = `{"values": {"seed": {"seed": "s"}}}`

// now is the real time, which stands still.
func now() time.Time { return time.Unix(1_700_000_000, 0) }

// begun is a recorder of one tenant without anything in it.
func begun(t *testing.T) (*recording.Recorder, recording.Summary) {
	t.Helper()
	r := recording.New(recording.Config{
		Secrets: journal.Secrets{}, Now: now, Key: func() string { return "key" },
		Signed: func(string) bool { return false }, Digest: func(_, _, password string) string { return password },
		Export: func(_ context.Context, _ string, to io.Writer) error {
			_, err := io.WriteString(to, state)
			return err
		},
		Server: func() recording.Server { return recording.Server{} },
	})
	summary, err := r.Start(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	return r, summary
}

// outcomes are what came of one attempt, whose answer has so many bytes.
func outcomes(n int) []webhook.Outcome {
	return []webhook.Outcome{{DeliveryID: "d", Attempt: delivery.Attempt{Number: 1, Body: strings.Repeat("ab", n/2), Headers: map[string]string{"X-Name": "value"}}}}
}

// ended is the recorder's last word, and what its file has.
func ended(t *testing.T, r *recording.Recorder) (recording.Summary, *recording.File) {
	t.Helper()
	text, err := r.File("demo")
	if err != nil {
		t.Fatal(err)
	}
	f, err := recording.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := r.Stop("demo")
	if err != nil {
		t.Fatal(err)
	}
	return summary, f
}

// request has its turn, and lets meanwhile happen in it.
func request(t *testing.T, r *recording.Recorder, meanwhile func(within context.Context, x *rest.Exchange)) {
	t.Helper()
	x := &rest.Exchange{Tenant: "demo", URL: &url.URL{Path: "/x"}, Method: http.MethodGet, Status: http.StatusOK, Came: now()}
	within, end, err := r.Turn(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	meanwhile(within, x)
	end()
	r.Gone(x)
}

// TestWebhooksAreBounded: what came of webhooks counts as requests do, and nothing is kept
// of it behind the bound, where a request waits for it either.
func TestWebhooksAreBounded(t *testing.T) {
	for name, send := range map[string]func(*recording.Recorder){
		"by themselves": func(r *recording.Recorder) { r.Enter("demo", outcomes(1<<20))(true) },
		"for a request": func(r *recording.Recorder) {
			request(t, r, func(within context.Context, _ *rest.Exchange) { r.Leave(within)(outcomes(1 << 20)) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := begun(t)
			request(t, r, func(context.Context, *rest.Exchange) {})
			for range 40 {
				send(r)
			}
			request(t, r, func(context.Context, *rest.Exchange) {})
			summary, f := ended(t, r)
			attempts := 0
			for _, s := range f.Steps {
				attempts += len(s.Attempts)
			}
			if attempts != 15 || summary.Requests != f.Requests() || summary.Bytes > recording.MaxBytes || summary.Bytes < attempts<<20 {
				t.Errorf("%d attempts and %d requests are kept: %+v", attempts, f.Requests(), summary)
			}
			if len(f.Incomplete) != 1 || !strings.Contains(f.Incomplete[0], "16777216 bytes") || !slices.Equal(f.Incomplete, summary.Incomplete) {
				t.Errorf("it says %q and %q", f.Incomplete, summary.Incomplete)
			}
		})
	}
}

// TestARequestIsKeptWholeOrNot: what came while a request waited is not kept without it,
// when the recording comes to its bound before it is answered.
func TestARequestIsKeptWholeOrNot(t *testing.T) {
	r, _ := begun(t)
	request(t, r, func(context.Context, *rest.Exchange) {})
	request(t, r, func(within context.Context, _ *rest.Exchange) {
		for range 4 {
			r.Leave(within)(outcomes(1 << 20))
		}
		r.Leave(within)(outcomes(recording.MaxBytes))
	})
	summary, f := ended(t, r)
	if len(f.Steps) != 1 || f.Requests() != 1 || summary.Requests != 1 || summary.Bytes > 1<<20 || !strings.Contains(f.Incomplete[0], "request 2 and what came after it") {
		t.Errorf("%d steps, %q, %+v", len(f.Steps), f.Incomplete, summary)
	}
}

// TestWhatIsDroppedGivesItsRoomBack: attempts of which nobody is told, and requests that
// are let out.
func TestWhatIsDroppedGivesItsRoomBack(t *testing.T) {
	r, before := begun(t)
	for range 40 {
		r.Enter("demo", outcomes(1<<20))(false)
	}
	for range 40 {
		request(t, r, func(_ context.Context, x *rest.Exchange) {
			x.ReceivedText = []byte(strings.Repeat("ab", 1<<19))
			r.Drop(x)
		})
	}
	summary, f := ended(t, r)
	if len(f.Steps) > 0 || len(f.Incomplete) > 0 || summary.Bytes != before.Bytes || summary.Requests != 0 {
		t.Errorf("%d steps, %q, %+v instead of %+v", len(f.Steps), f.Incomplete, summary, before)
	}
}
