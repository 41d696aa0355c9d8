package delivery

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const sample = `{"id":"evt_1","type":"customer.created","timestamp":"2026-01-05T09:00:00.000Z","data":{"customerId":"c"}}`

// What openssl says of the sample.
const (
	hexOfSample      = "ad16fa2695029b2aecd43f9cfd2338bb406eaac003bf0bdc1b6e3bb8dae1c808"
	base64OfSampleAt = "iw9/tk19OIvuRhXrmKV1iOeMfFD38cx/aLaxNsSwjv8="
	standardOfSample = "tsXsLYp9HZ0kVSP4Zoqrg8uXpsR7doEc+8CE2E4gMLw="
)

var sent = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func headerOf(list []Header) http.Header {
	header := http.Header{}
	for _, h := range list {
		header.Set(h.Name, h.Value)
	}
	return header
}

// The recipes come to what another program computes (openssl dgst -sha256 -hmac).
func TestHeaders(t *testing.T) {
	own := Signing{Header: "X-Signature", Value: "t={timestamp},v1={base64}", Content: "{timestamp}.{body}"}
	for _, c := range []struct {
		signing Signing
		secrets []string
		want    string
	}{
		{Default(), []string{"key"}, "X-FinHub-Signature: sha256=" + hexOfSample},
		{Default(), []string{"key", "key"}, "X-FinHub-Signature: sha256=" + hexOfSample + ",sha256=" + hexOfSample},
		{own, []string{"key"}, "X-Signature: t=1767603600,v1=" + base64OfSampleAt},
		{Signing{Standard: true}, []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "webhook-id: evt_1\nwebhook-timestamp: 1767603600\nwebhook-signature: v1," + standardOfSample},
	} {
		var lines []string
		for _, h := range c.signing.Headers("evt_1", sample, sent, c.secrets) {
			lines = append(lines, h.Name+": "+h.Value)
		}
		if got := strings.Join(lines, "\n"); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// A verdict says what is wrong.
func TestVerdicts(t *testing.T) {
	for _, signing := range []Signing{Default(), {Standard: true}} {
		whole := func(body string, secrets ...string) http.Header {
			header := headerOf(signing.Headers("evt_1", body, sent, secrets))
			header.Set(EventIDHeader, "evt_1")
			header.Set(TimestampHeader, "1767603600")
			return header
		}
		pretty := strings.NewReplacer(":{", ": {", ",\"", ", \"").Replace(sample)
		for _, c := range []struct {
			name    string
			header  http.Header
			body    string
			secrets []string
			now     time.Time
			valid   bool
			why     string
		}{
			{"right", whole(sample, "key"), sample, []string{"key"}, sent, true, "signature valid"},
			{"former", whole(sample, "new", "key"), sample, []string{"key"}, sent, true, "signature valid"},
			{"by the former", whole(sample, "key"), sample, []string{"new", "key"}, sent, true, "by the former secret"},
			{"no time", whole(sample, "key"), sample, []string{"key"}, time.Time{}, true, "signature valid"},
			{"no header", http.Header{}, sample, []string{"key"}, sent, false, "there is no header"},
			{"another header", http.Header{"X-Hub-Signature-256": {"x"}}, sample, []string{"key"}, sent, false, "but X-Hub-Signature-256"},
			{"another secret", whole(sample, "other"), sample, []string{"key"}, sent, false, "the secret is another one"},
			{"quoted secret", whole(sample, "key"), sample, []string{`"key"`}, sent, false, "blanks or quotes"},
			{"written anew", whole(sample, "key"), pretty, []string{"key"}, sent, false, "parsed and written again"},
			{"cut", whole(sample, "key"), sample[:40], []string{"key"}, sent, false, "it was cut"},
			{"old", whole(sample, "key"), sample, []string{"key"}, sent.Add(24 * time.Hour), false, "24h0m0s away"},
			{"from the future", whole(sample, "key"), sample, []string{"key"}, sent.Add(-time.Hour), false, "1h0m0s away"},
		} {
			got := signing.Verify(c.header.Get, c.body, c.secrets, c.now)
			if got.Valid != c.valid || !strings.Contains(got.Why, c.why) {
				t.Errorf("standard %t, %s: %+v, want %t, %s", signing.Standard, c.name, got, c.valid, c.why)
			}
		}
	}
}
