package control

import (
	"cmp"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/sessions"
)

// replayedView is a request that was sent again: what came then, and what comes now.
type replayedView struct {
	Same bool           `json:"same"`
	Then *journal.Entry `json:"then"`
	Now  *journal.Entry `json:"now"`
}

// replayRequest sends a request of the journal again. It refuses with ENTRY_NOT_FOUND,
// JOURNAL_OFF, and ENTRY_UNREPEATABLE where the journal does not have all of it.
func (a *API) replayRequest(c *rest.Call) (rest.Reply, error) {
	j, err := a.openJournal()
	if err != nil {
		return rest.Reply{}, err
	}
	then, err := findEntry(j, c.Tenant, c.Path("number"))
	if err != nil {
		return rest.Reply{}, err
	}
	token, err := a.tokenFor(c, then)
	if err != nil {
		return rest.Reply{}, err
	}
	r, err := then.Again(c.Context(), token)
	if err != nil {
		return rest.Reply{}, unrepeatable("nothing that can be sent: %s", err)
	}
	requestID := a.info.Send(r).Get(headers.RequestID)
	now, ok := j.Behind(c.Tenant, then.Number, requestID)
	if !ok {
		return rest.Reply{}, refusal.New(refusal.EntryNotFound, "it was sent again as %s, and the journal has let go of that", requestID)
	}
	same := then.Status == now.Status && then.Refusal == now.Refusal && then.Reply.Body == now.Reply.Body
	return rest.Reply{Data: &replayedView{same, then, &now}}, nil
}

// tokenFor is what stands for the token of a request: what the call says, that of the call
// itself before a control call, and that of an administrator for one of staff, or one at
// which nobody looks.
func (a *API) tokenFor(c *rest.Call, e *journal.Entry) (string, error) {
	if lacks := e.Lacks(); lacks != "" {
		return "", unrepeatable("the journal does not have %s", lacks)
	}
	token := c.Body.Str("token")
	switch {
	case !e.HasToken() || token != "":
	case strings.HasPrefix(e.Path, "/_sandbox/"):
		token = strings.TrimPrefix(c.Header.Get(headers.Authorization), "Bearer ")
	case e.Operation == "", e.Caller == string(access.Staff) && !a.world.Config.NoFixedTokens:
		token = sessions.TokenAdmin
	default:
		return "", unrepeatable("the journal does not have its token (%s): give one as token", cmp.Or(e.Caller, "of nobody who is known"))
	}
	return token, nil
}

func unrepeatable(details string, values ...any) error {
	return refusal.New(refusal.EntryUnrepeatable, details, values...)
}
