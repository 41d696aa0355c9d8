package access

import (
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// The states of a session. A session that has reached its end is over without
// anybody ending it: that is told by the clock, not stored.
const (
	SessionOpen  machine.State = "OPEN"
	SessionEnded machine.State = "ENDED"
)

// What can be asked of a session.
const (
	OpenSession    machine.Trigger = "open"
	RefreshSession machine.Trigger = "refresh"
	EndSession     machine.Trigger = "end"
)

// Rows name their states and triggers with these.
type (
	in = []machine.State
	on = []machine.Trigger
)

// The documented lifetimes: a token's, and a session's, which a refresh renews.
const (
	TokenLife   = time.Hour
	SessionLife = 24 * time.Hour
)

// Session is one login.
type Session struct {
	machine.Life
	Sort       Sort     `json:"sort"`
	UserID     string   `json:"userId"`
	CustomerID string   `json:"customerId"`
	Roles      []string `json:"roles"`
	// Refresh is the refresh token of the present token.
	Refresh string `json:"refresh"`
	// TokenID is the jti of the present token; older ones do not hold any more.
	TokenID   string    `json:"tokenId"`
	IssuedAt  time.Time `json:"issuedAt"`
	ExpiresAt time.Time `json:"expiresAt"`
	ClientIP  string    `json:"clientIp,omitempty"`
	UserAgent string    `json:"userAgent,omitempty"`
	Platform  string    `json:"platform,omitempty"`
}

// Over reports whether the session has reached its end.
func (s *Session) Over(now time.Time) bool { return !now.Before(s.ExpiresAt) }

// SessionFacts are what the session's table needs to know.
type SessionFacts struct{ Over bool }

// SessionTable is the life of a session.
func SessionTable() *machine.Table[SessionFacts] {
	return &machine.Table[SessionFacts]{
		Name:      "session",
		Otherwise: refusal.SessionEnded,
		Rows: []machine.Row[SessionFacts]{
			{From: in{machine.None}, On: on{OpenSession}, To: SessionOpen},
			{From: in{SessionOpen}, On: on{RefreshSession}, To: machine.Same, Needs: []machine.Need[SessionFacts]{sessionRunning()}},
			{From: in{SessionOpen}, On: on{EndSession}, To: SessionEnded},
		},
	}
}

func sessionRunning() machine.Need[SessionFacts] {
	return machine.Need[SessionFacts]{
		Name: "session.running", Code: refusal.SessionEnded, Helpless: "only another login helps, which needs the password",
		Unmet: func(f SessionFacts) *refusal.Error {
			if !f.Over {
				return nil
			}
			return refusal.New(refusal.SessionEnded, "the session has reached its end, 24 hours after it was opened or refreshed")
		},
	}
}
