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
func noteStanding(act *Act, v *onboarding.Verification, stands bool) {
	noted := act.standing.Get(act.Unit, v.ID)
	switch {
	case stands && noted == nil:
		act.standing.Add(act.Unit, &standing{v.ID, v.Seq})
	case !stands && noted != nil:
		act.standing.Remove(act.Unit, noted)
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

// ListStanding lists the verifications of a tenant that wait for documents, the
// oldest first: nothing decides them, however far the clock is moved.
func ListStanding(act *Act) (list []Standing, err error) {
	for _, note := range act.standing.Some(act.Unit, "all", standsStill, maxStanding) {
		v := act.verifications.Get(act.Unit, note.ID)
		o := outlook(act, v)
		list = append(list, Standing{
			ID: v.ID, CustomerID: v.CustomerID, State: v.State, Missing: o.Missing, Rejected: o.Rejected, Why: o.String(),
			Call: refusal.Call{Operation: "uploadVerificationDocument", Params: map[string]string{"verificationId": v.ID}},
		})
	}
	return list, nil
}
