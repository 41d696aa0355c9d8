package delivery

import "time"

// maxBackoff is the longest that the doubling comes to.
const maxBackoff = 24 * time.Hour

// Schedule is how long after each failed attempt the next one follows; when it is
// used up, the delivery has failed.
type Schedule []Span

// ScheduleOf gives the schedule of a subscription: what it says itself, else that of
// its tenant, if that has one, else the usual one.
func ScheduleOf(s *Subscription, tenant []Span) Schedule {
	if s.Retries == nil && s.Backoff == 0 && len(tenant) > 0 {
		return tenant
	}
	retries, wait := DefaultRetries, Span(DefaultBackoff)
	if s.Retries != nil {
		retries = *s.Retries
	}
	if s.Backoff > 0 {
		wait = s.Backoff
	}
	schedule := Schedule{}
	for range retries {
		schedule = append(schedule, wait)
		wait = min(2*wait, Span(maxBackoff))
	}
	return schedule
}

// After gives the wait before the attempt that follows so many failed ones, and
// whether there is one. The receiver's own wish for a longer wait is heeded.
func (s Schedule) After(failed int, asked Span) (wait time.Duration, more bool) {
	if failed > len(s) {
		return 0, false
	}
	return time.Duration(max(s[failed-1], min(asked, Span(maxBackoff)))), true
}

// Span is a length of time, which is kept as a number.
type Span time.Duration
