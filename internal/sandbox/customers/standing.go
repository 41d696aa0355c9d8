package customers

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/world"
)

// standsStill is the one value of the index over all notes.
const standsStill = "yes"

// StandingCollection makes the collection of the notes of verifications that stand
// still.
func StandingCollection() engine.Collection[world.Standing] {
	return engine.Collection[world.Standing]{Name: "standing", Indexes: []engine.Index[world.Standing]{
		{Name: "all", Of: func(*world.Standing) []string { return []string{standsStill} }},
	}}
}

// noteStanding keeps the note of a verification as it is now.
func noteStanding(act *world.Act, v *onboarding.Verification, stands bool) {
	noted := act.Standing.Get(act.Unit, v.ID)
	switch {
	case stands && noted == nil:
		act.Standing.Add(act.Unit, &world.Standing{ID: v.ID, Seq: v.Seq})
	case !stands && noted != nil:
		act.Standing.Remove(act.Unit, noted)
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
func ListStanding(act *world.Act) (list []Standing, err error) {
	for _, note := range act.Standing.Some(act.Unit, "all", standsStill, maxStanding) {
		v := act.Verifications.Get(act.Unit, note.ID)
		o := outlook(act, v)
		list = append(list, Standing{
			ID: v.ID, CustomerID: v.CustomerID, State: v.State, Missing: o.Missing, Rejected: o.Rejected, Why: o.String(),
			Call: refusal.Call{Operation: "uploadVerificationDocument", Why: "hand in what is missing", Params: map[string]string{"verificationId": v.ID}},
		})
	}
	return list, nil
}
