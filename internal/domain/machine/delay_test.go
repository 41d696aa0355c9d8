package machine_test

import (
	"testing"
	"time"

	"finhub-sandbox/internal/domain/machine"
)

func TestParseDelay(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "36h": 36 * time.Hour, "1d12h": 36 * time.Hour, "1.5d": 36 * time.Hour, "90s": 90 * time.Second, "250ms": 250 * time.Millisecond,
	} {
		if got, err := machine.ParseDelay(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "36", "-1h", "1w", "h", "1h 2m", "1.2.3h", "99999999999d", "1e9h"} {
		if got, err := machine.ParseDelay(text); err == nil {
			t.Errorf("%q is accepted as %v", text, got)
		}
	}
}
