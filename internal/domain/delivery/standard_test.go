package delivery

import (
	"net/http"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// The public library of Standard Webhooks takes what is signed, with either secret
// during a rotation, and nothing else.
func TestStandardWebhooksVerify(t *testing.T) {
	const secret, former = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
	now := time.Now() //nolint:forbidigo // the library looks at the wall clock
	header := http.Header{}
	for _, h := range (Signing{Standard: true}).Headers("evt_1", sample, now, []string{secret, former}) {
		header.Set(h.Name, h.Value)
	}
	for _, known := range []string{secret, former} {
		library, err := standard.NewWebhook(known)
		if err != nil {
			t.Fatal(err)
		}
		if err := library.Verify([]byte(sample), header); err != nil {
			t.Errorf("by %s: %v", known, err)
		}
		if err := library.Verify([]byte(sample+" "), header); err == nil {
			t.Error("another body is taken")
		}
	}
	stranger, err := standard.NewWebhook("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Verify([]byte(sample), header); err == nil {
		t.Error("another secret takes it")
	}
}
