package app_test

import (
	"net/http"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
)

// TestInstantsHaveBounds gives every control call that takes an instant or a
// duration what no clock can be set to: each is a 400, and the tenant works as
// before.
func TestInstantsHaveBounds(t *testing.T) {
	instants := []string{
		"0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1899-12-31T00:00:00Z", "1999-12-31T23:59:59Z", "2201-01-01T00:00:00Z", "2262-04-12T00:00:00Z",
		"9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "10000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-05T09:00:60Z",
		"2026-01-05T09:00:00", "2026-01-05", "tomorrow", " ", "1767603600",
	}
	durations := []string{"0", "0s", "-1h", "1e3h", "99999999999h", "9223372036854775807ns", "101y", "2000000h", "h", "1 h", "NaN", "NaNh"}
	p := openLocal(t, app.Config{})
	p.must("demo", http.MethodPost, "/_sandbox/clock/freeze", `{}`)
	was := p.must("demo", http.MethodGet, "/_sandbox/clock", "").text
	for _, c := range []struct {
		path, member string
		bad          []string
	}{
		{"freeze", "at", instants}, {"advance", "to", instants}, {"advance", "by", durations},
	} {
		for _, bad := range c.bad {
			body := `{"` + c.member + `": "` + bad + `"}`
			got := p.call("demo", http.MethodPost, "/_sandbox/clock/"+c.path, body)
			if got.status != http.StatusBadRequest || !strings.Contains(got.text, `"field":"`+c.member+`"`) {
				t.Errorf("%s %s: %d %s", c.path, body, got.status, got.text)
			}
			if now := p.must("demo", http.MethodGet, "/_sandbox/clock", "").text; now != was {
				t.Fatalf("%s %s changed the clock:\n%s\n%s", c.path, body, was, now)
			}
		}
	}
	if got := p.call("demo", http.MethodPost, "/_sandbox/clock/advance", `{"until": "verification.aproved"}`); got.status != http.StatusBadRequest || !strings.Contains(got.text, "did you mean verification.approved?") {
		t.Errorf("an event that does not exist: %d %s", got.status, got.text)
	}
	// A hundred years more than once reach the end, and stop before it.
	p.must("demo", http.MethodPost, "/_sandbox/clock/advance", `{"by": "36500d"}`)
	if got := p.call("demo", http.MethodPost, "/_sandbox/clock/advance", `{"by": "36500d"}`); got.status != http.StatusBadRequest {
		t.Errorf("past the end: %d %s", got.status, got.text)
	}
	late := p.must("demo", http.MethodGet, "/_sandbox/clock", "").get("now")
	if now := p.must("demo", http.MethodPost, "/_sandbox/clock/run", "").get("now"); now < late {
		t.Errorf("run went back from %s to %s", late, now)
	}
}
