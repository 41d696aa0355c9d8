package rest

import (
	"errors"
	"strings"

	"finhub-sandbox/internal/domain/refusal"
)

// subjects are the names under which requests say what a refusal is about, where
// the place that refused knows only the value: ids mean the same in paths and in
// bodies, whatever a page calls them.
var subjects = map[refusal.Code][]string{
	refusal.UserNotFound:           {"userId"},
	refusal.SessionNotFound:        {"sessionId"},
	refusal.CustomerNotFound:       {"customerId", "organizationId"},
	refusal.CustomerAccessDenied:   {"customerId", "organizationId"},
	refusal.VerificationNotFound:   {"verificationId"},
	refusal.ConsentNotFound:        {"consentId"},
	refusal.WalletNotFound:         {"accountId", "walletId"},
	refusal.BeneficiaryNotFound:    {"beneficiaryId"},
	refusal.PaymentConsentNotFound: {"consentId", "consent.consentReference"},
	refusal.OrderNotFound:          {"orderId", "preparedOrderId"},
	refusal.DirectorNotFound:       {"directorId"},
	refusal.ShareholderNotFound:    {"shareholderId"},
	refusal.EmployeeNotFound:       {"employeeId"},
	refusal.DocumentNotFound:       {"documentId"},
	refusal.MagicLinkInvalid:       {"token"},
	refusal.MagicLinkExpired:       {"token"},

	refusal.MediaTypeUnsupported: {"header.Content-Type"},
	refusal.TenantAccessDenied:   {"header.X-Tenant-ID"},
	refusal.TokenMissing:         {"header.Authorization"},
	refusal.TokenInvalid:         {"header.Authorization"},
	refusal.TokenExpired:         {"header.Authorization"},
	refusal.SessionEnded:         {"header.Authorization"},
	refusal.ScenarioUnknown:      {"header." + ScenarioHeader},
}

// nameField names the one member of the request that is at fault, unless the place
// that refused has done so: in the path if it is there, and else in the body.
func nameField(call *Call, err error) {
	var e *refusal.Error
	if !errors.As(err, &e) || e.Field != "" {
		return
	}
	if len(e.Faults) == 1 {
		e.Field = e.Faults[0].Field
		return
	}
	for _, name := range subjects[e.Code] {
		switch {
		case strings.HasPrefix(name, "header."):
			e.Field = name
		case strings.Contains(call.Operation.Path, "{"+name+"}"):
			e.Field = "path." + name
		default:
			continue
		}
		return
	}
	for _, name := range subjects[e.Code] {
		if call.Body.Has(name) {
			e.Field = name
			return
		}
	}
}
