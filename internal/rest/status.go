package rest

import (
	"net/http"

	"finhub-sandbox/internal/domain/refusal"
)

// statuses is the one place where a refusal meets HTTP.
var statuses = map[refusal.Code]int{
	refusal.RequestInvalid:       http.StatusBadRequest,
	refusal.BodyMalformed:        http.StatusBadRequest,
	refusal.HeadersMissing:       http.StatusBadRequest,
	refusal.BodyTooLarge:         http.StatusRequestEntityTooLarge,
	refusal.MediaTypeUnsupported: http.StatusUnsupportedMediaType,
	refusal.RouteUnknown:         http.StatusNotFound,
	refusal.MethodNotAllowed:     http.StatusMethodNotAllowed,
	refusal.NotSimulated:         http.StatusNotImplemented,
	refusal.RateLimited:          http.StatusTooManyRequests,
	refusal.Internal:             http.StatusInternalServerError,
	refusal.DataUnwritable:       http.StatusServiceUnavailable,

	refusal.TokenMissing:         http.StatusUnauthorized,
	refusal.TokenInvalid:         http.StatusUnauthorized,
	refusal.TokenExpired:         http.StatusUnauthorized,
	refusal.SessionEnded:         http.StatusUnauthorized,
	refusal.CredentialsInvalid:   http.StatusUnauthorized,
	refusal.AccountLocked:        http.StatusUnauthorized,
	refusal.TenantAccessDenied:   http.StatusForbidden,
	refusal.TenantKeyInvalid:     http.StatusForbidden,
	refusal.PermissionDenied:     http.StatusForbidden,
	refusal.CustomerAccessDenied: http.StatusForbidden,
	refusal.PowerTenantRequired:  http.StatusForbidden,

	refusal.UserNotFound:           http.StatusNotFound,
	refusal.SessionNotFound:        http.StatusNotFound,
	refusal.CustomerNotFound:       http.StatusNotFound,
	refusal.VerificationNotFound:   http.StatusNotFound,
	refusal.ConsentNotFound:        http.StatusNotFound,
	refusal.WalletNotFound:         http.StatusNotFound,
	refusal.WalletNotActivated:     http.StatusNotFound,
	refusal.BeneficiaryNotFound:    http.StatusNotFound,
	refusal.PaymentConsentNotFound: http.StatusNotFound,
	// The documented answer to an unknown order is 400, not 404.
	refusal.OrderNotFound: http.StatusBadRequest,

	refusal.SubscriptionNotFound:  http.StatusNotFound,
	refusal.DeliveryNotFound:      http.StatusNotFound,
	refusal.SubscriptionNotActive: http.StatusConflict,
	refusal.SimulatedFailure:      http.StatusInternalServerError,

	refusal.CategorizationInvalid: http.StatusBadRequest,
	refusal.DuplicateEmail:        http.StatusConflict,
	refusal.DuplicateOrganization: http.StatusConflict,

	refusal.DirectorNotFound:    http.StatusNotFound,
	refusal.ShareholderNotFound: http.StatusNotFound,
	refusal.EmployeeNotFound:    http.StatusNotFound,
	refusal.DocumentNotFound:    http.StatusNotFound,
	refusal.AdminUserMissing:    http.StatusBadRequest,
	refusal.LastAdminUser:       http.StatusConflict,
	refusal.OwnershipExceeded:   http.StatusUnprocessableEntity,
	refusal.PersonnelIncomplete: http.StatusUnprocessableEntity,

	refusal.VerificationExists:      http.StatusConflict,
	refusal.VerificationDecided:     http.StatusConflict,
	refusal.VerificationNotApproved: http.StatusUnprocessableEntity,
	refusal.ConsentsMissing:         http.StatusBadRequest,
	refusal.CustomerAlreadyActive:   http.StatusConflict,
	refusal.CustomerNotActive:       http.StatusUnprocessableEntity,
	refusal.PhaseOrderBroken:        http.StatusUnprocessableEntity,

	refusal.WalletNotActive:      http.StatusUnprocessableEntity,
	refusal.DuplicateBeneficiary: http.StatusConflict,
	refusal.BeneficiaryNotActive: http.StatusUnprocessableEntity,
	refusal.CurrencyMismatch:     http.StatusBadRequest,

	refusal.PaymentConsentRequired:  http.StatusUnprocessableEntity,
	refusal.PaymentConsentNotActive: http.StatusUnprocessableEntity,
	refusal.PaymentConsentDecided:   http.StatusConflict,
	refusal.PaymentConsentExpired:   http.StatusGone,
	refusal.PayeeNotAllowed:         http.StatusForbidden,
	refusal.ConsentLimitExceeded:    http.StatusBadRequest,
	refusal.CategoryLimitExceeded:   http.StatusBadRequest,
	refusal.InsufficientBalance:     http.StatusBadRequest,

	refusal.SupportingDocumentsRequired: http.StatusUnprocessableEntity,
	refusal.InitiatorCannotApprove:      http.StatusForbidden,
	refusal.ApprovalDuplicate:           http.StatusConflict,

	refusal.ConsentVersionOutdated:  http.StatusConflict,
	refusal.ConsentTemplateNotFound: http.StatusNotFound,
	refusal.LastConsentTemplate:     http.StatusConflict,
	refusal.MagicLinkInvalid:        http.StatusNotFound,
	refusal.MagicLinkExpired:        http.StatusGone,
	// The product is given the name as a value; Plain has it in the path.
	refusal.ScenarioUnknown: http.StatusBadRequest,

	refusal.OrderExpired:              http.StatusGone,
	refusal.OrderAlreadyExecuted:      http.StatusConflict,
	refusal.AuthenticationCodeInvalid: http.StatusBadRequest,
	refusal.ConsentConfirmationWrong:  http.StatusBadRequest,

	refusal.ClockBackwards:    http.StatusConflict,
	refusal.TimerLoop:         http.StatusUnprocessableEntity,
	refusal.ClockInterrupted:  http.StatusServiceUnavailable,
	refusal.EntryNotFound:     http.StatusNotFound,
	refusal.EntryUnrepeatable: http.StatusConflict,
	refusal.RecordingNotFound: http.StatusNotFound,
	refusal.JournalOff:        http.StatusConflict,
	refusal.MachineUnknown:    http.StatusNotFound,
	refusal.SnapshotNotFound:  http.StatusNotFound,
	refusal.TenantNotEmpty:    http.StatusConflict,

	refusal.ScenarioInvalid:     http.StatusBadRequest,
	refusal.OriginRefused:       http.StatusForbidden,
	refusal.HostUnknown:         http.StatusForbidden,
	refusal.ControlTokenMissing: http.StatusUnauthorized,
}

// Status is that of Status.
func (Envelope) Status(code refusal.Code) int { return Status(code) }

// Status is that of Status, but for what the control API finds by its name in
// the path, where the product is given the name as a value.
func (Plain) Status(code refusal.Code) int {
	if code == refusal.ScenarioUnknown {
		return http.StatusNotFound
	}
	return Status(code)
}

// Status is the HTTP status under which a refusal travels.
func Status(code refusal.Code) int {
	if status, ok := statuses[code]; ok {
		return status
	}
	return http.StatusInternalServerError
}
