package payments

import (
	"errors"

	"finhub-sandbox/internal/domain/refusal"
)

// sentOtherwise is why no call helps against what a request itself says.
const sentOtherwise = "the same call helps, with other values"

// asRefusal gives the refusal that an error is, or nil.
func asRefusal(err error) *refusal.Error {
	var e *refusal.Error
	_ = errors.As(err, &e)
	return e
}

// ofCode gives the refusal that an error is, if it is of the code.
func ofCode(err error, code refusal.Code) *refusal.Error {
	if e := asRefusal(err); e != nil && e.Code == code {
		return e
	}
	return nil
}

// exceptOfCode gives the refusal that an error is, unless it is of the code.
func exceptOfCode(err error, code refusal.Code) *refusal.Error {
	if e := asRefusal(err); e != nil && e.Code != code {
		return e
	}
	return nil
}

// explain lets more be said about a refusal on its way to the caller: tables
// refuse without knowing which aggregate they are asked about.
func explain(err error, more func(*refusal.Error)) error {
	var e *refusal.Error
	if errors.As(err, &e) {
		more(e)
	}
	return err
}
