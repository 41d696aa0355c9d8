// Package app wires the sandbox together: configuration, listener, driver of
// the clocks, start and stop. It is the only place that reads the wall clock.
package app

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"finhub-sandbox/internal/store"
)

// Config is everything that can be set when the sandbox is started.
type Config struct {
	// Addr is where it listens.
	Addr string
	// Data is the data file; empty keeps everything in memory.
	Data       string
	Durability store.Durability
	// DelayScale is the part of a delay that a running clock waits.
	DelayScale DelayScale
	// Relaxed asks of a request only X-Tenant-ID and Authorization.
	Relaxed bool
	// Seed makes ids, account numbers and tokens.
	Seed string
	// CheckResponses holds every reply to the document and reports what breaks it.
	CheckResponses bool
	// Tenants restricts the tenants; empty allows any.
	Tenants []string
	// NoFixedTokens switches the fixed tokens off.
	NoFixedTokens bool
	// Quiet leaves the line for each request out of the log.
	Quiet   bool
	Version string
	// Now is the wall clock; nil is the real one. Tests give their own.
	Now func() time.Time
}

// DelayScale is how much of a delay a running clock waits: a number (1 is real
// time, 0 is at once), or a quotient of two durations such as 1s/24h, by which
// a day takes a second.
type DelayScale float64

// DefaultDelayScale makes a day last a second.
const DefaultDelayScale = "1s/24h"

// UnmarshalText reads a number or a quotient of durations.
func (d *DelayScale) UnmarshalText(text []byte) error {
	wait, whole, quotient := strings.Cut(string(text), "/")
	if !quotient {
		n, err := strconv.ParseFloat(wait, 64)
		if err != nil || n < 0 || n > 1 {
			return fmt.Errorf("%q is neither a number from 0 to 1 nor a quotient such as %s", text, DefaultDelayScale)
		}
		*d = DelayScale(n)
		return nil
	}
	a, errWait := time.ParseDuration(wait)
	b, errWhole := time.ParseDuration(whole)
	if err := errors.Join(errWait, errWhole); err != nil || a < 0 || b <= 0 || a > b {
		return fmt.Errorf("%q is neither a number from 0 to 1 nor a quotient such as %s", text, DefaultDelayScale)
	}
	*d = DelayScale(float64(a) / float64(b))
	return nil
}

// String says how long a day takes.
func (d DelayScale) String() string {
	return fmt.Sprintf("a day takes %s", time.Duration(float64(24*time.Hour)*float64(d)).Round(time.Millisecond))
}
