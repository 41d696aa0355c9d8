package machine

import "time"

// Instant words an instant as FinHub's replies do: in UTC, with milliseconds.
func Instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
