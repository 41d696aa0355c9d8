package payments

import (
	"errors"

	"finhub-sandbox/internal/domain/refusal"
)

// explain lets more be said about a refusal on its way to the caller: tables
// refuse without knowing which aggregate they are asked about.
func explain(err error, more func(*refusal.Error)) error {
	var e *refusal.Error
	if errors.As(err, &e) {
		more(e)
	}
	return err
}
