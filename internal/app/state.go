package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/sandbox/world"
)

// stateError says in one line why the file of a state cannot be used.
type stateError struct {
	file, why string
}

func (e *stateError) Error() string {
	return e.file + " " + e.why + ": " + stateRemedy
}

// takeState gives a tenant the state that the configuration names, if the tenant has
// nothing yet: a sandbox that is started again goes on from where it was.
func (a *App) takeState(ctx context.Context) error {
	file := a.config.State
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		var path *os.PathError
		errors.As(err, &path)
		return &stateError{file, "cannot be read (" + path.Err.Error() + ")"}
	}
	// Which tenant it is stands in the text; what is checked is the same for all.
	state, err := a.world.Engine().ReadState("", text)
	if err != nil {
		return &stateError{file, "holds no state that a tenant can be in (" + firstFaults(err) + ")"}
	}
	tenant := world.StateTenant(state)
	if tenant == "" {
		return &stateError{file, "does not say from which tenant it is (/values/seed/tenant)"}
	}
	if err := a.world.Admit(tenant); err != nil {
		return &stateError{file, "is of the tenant " + tenant + ", which --tenants does not name"}
	}
	taken, err := a.world.BeginState(ctx, tenant, text)
	if err == nil && !taken {
		a.log.Info("the tenant has a state already, and keeps it", "tenant", tenant, "file", file)
	}
	return err
}

// firstFaults says what is wrong with a state: of many faults the first.
func firstFaults(err error) string {
	var refused *refusal.Error
	if !errors.As(err, &refused) {
		return err.Error()
	}
	if len(refused.Faults) == 0 {
		return refused.Details
	}
	const few = 3
	var list []string
	for _, f := range refused.Faults[:min(few, len(refused.Faults))] {
		list = append(list, strings.TrimSpace(f.Pointer+" "+f.Message))
	}
	if more := len(refused.Faults) - few; more > 0 {
		list = append(list, fmt.Sprintf("%d more", more))
	}
	return strings.Join(list, "; ")
}
