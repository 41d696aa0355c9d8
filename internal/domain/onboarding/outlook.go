package onboarding

import (
	"fmt"
	"strings"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// Outlook is how a verification stands for somebody who waits for it: what is
// missing of it, and what will decide it when.
type Outlook struct {
	ID       string
	State    machine.State
	HighRisk bool
	// Missing are the required documents that are not there, and Rejected those
	// that have been sent back.
	Missing  []string
	Rejected []*Document
	// Wait is the decision that comes by itself; nil if none is pending.
	Wait *refusal.Wait
}

// open reports whether the verification is not decided yet.
func (o Outlook) open() bool {
	return o.State == VerificationPending || o.State == VerificationInProgress
}

// String says for what the verification waits; nothing if it is decided.
func (o Outlook) String() string {
	switch {
	case !o.open():
		return ""
	case len(o.Missing) > 0:
		return "it waits for " + strings.Join(o.Missing, ", ") + o.rejections()
	case o.Wait != nil:
		return "the decision comes " + o.Wait.When()
	}
	return "nobody has decided"
}

func (o Outlook) rejections() string {
	var list []string
	for _, d := range o.Rejected {
		list = append(list, fmt.Sprintf("; document %s (%s) was rejected: %s", d.ID, d.Type, d.Reason))
	}
	return strings.Join(list, "")
}

// Exists refuses a second verification of a type beside this one.
func (o Outlook) Exists(verificationType string) error {
	e := refusal.New(refusal.VerificationExists, "verification %s of type %s is %s", o.ID, verificationType, o.State).WithData("verificationId", o.ID)
	if len(o.Missing) > 0 {
		e.Details += ": " + o.String()
		o.askFor(e)
	}
	return e.Suggest("getVerification", "shows it", "verificationId", o.ID)
}

// askFor adds to a refusal where the missing documents go.
func (o Outlook) askFor(e *refusal.Error) {
	e.Suggest("uploadVerificationDocument", "upload "+strings.Join(o.Missing, ", "), "verificationId", o.ID).
		WithData("missingDocuments", o.Missing).WithData("uploadUrl", e.Next[len(e.Next)-1])
}

// suggest adds to a refusal what brings the verification on: the documents that are
// missing, the decision that comes by itself, and that of staff.
func (o Outlook) suggest(e *refusal.Error) *refusal.Error {
	if len(o.Missing) > 0 {
		o.askFor(e)
	} else if o.Wait != nil {
		e = e.SuggestWaiting(*o.Wait, "getVerification", "verificationId", o.ID)
	}
	who := "staff"
	if o.HighRisk {
		who = "the power tenant"
	}
	return e.Suggest("approveVerification", "decide it as "+who, "verificationId", o.ID)
}
