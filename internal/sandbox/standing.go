package sandbox

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// standing notes that a verification stands still until documents come, so that
// those that do are found without looking at all the others.
type standing struct {
	ID  string `json:"id"`
	Seq int64  `json:"seq"`
}

// Key is what the note is stored under: the id of its verification.
func (n *standing) Key() (id string, seq int64) { return n.ID, n.Seq }

// standsStill is the one value of the index over all notes.
const standsStill = "yes"

func standingCollection() engine.Collection[standing] {
	return engine.Collection[standing]{Name: "standing", Indexes: []engine.Index[standing]{
		{Name: "all", Of: func(*standing) []string { return []string{standsStill} }},
	}}
}

// noteStanding keeps the note of a verification as it is now.
func (s *Sandbox) noteStanding(u *engine.Unit, v *onboarding.Verification, stands bool) {
	noted := s.standing.Get(u, v.ID)
	switch {
	case stands && noted == nil:
		s.standing.Add(u, &standing{v.ID, v.Seq})
	case !stands && noted != nil:
		s.standing.Remove(u, noted)
	}
}

// Standing is something that no passing of time brings on.
type Standing struct {
	ID, CustomerID string
	State          machine.State
	Missing        []string
	Rejected       []*onboarding.Document
	// Why says for what it waits, and Call brings it.
	Why  string
	Call refusal.Call
}

// maxStanding is how many are shown.
const maxStanding = 50

// StandingStill lists the verifications of a tenant that wait for documents, the
// oldest first: nothing decides them, however far the clock is moved.
func (s *Sandbox) StandingStill(tenant string) (list []Standing, err error) {
	err = s.engine.Read(tenant, func(u *engine.Unit) error {
		for _, note := range s.standing.Some(u, "all", standsStill, maxStanding) {
			v := s.verifications.Get(u, note.ID)
			o := s.outlook(u, v)
			list = append(list, Standing{
				ID: v.ID, CustomerID: v.CustomerID, State: v.State, Missing: o.Missing, Rejected: o.Rejected, Why: o.String(),
				Call: refusal.Call{Operation: "uploadVerificationDocument", Params: map[string]string{"verificationId": v.ID}},
			})
		}
		return nil
	})
	return list, err
}
