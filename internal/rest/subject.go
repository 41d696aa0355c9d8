package rest

import (
	"strings"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
)

// subjects are the names under which requests say what a refusal is about, where
// the place that refused knows only the value: ids mean the same in paths and in
// bodies, whatever a page calls them.
var subjects = map[refusal.Code][]string{
	refusal.UserNotFound:            {"userId"},
	refusal.SessionNotFound:         {"sessionId"},
	refusal.CustomerNotFound:        {"customerId", "organizationId"},
	refusal.CustomerAccessDenied:    {"customerId", "organizationId"},
	refusal.VerificationNotFound:    {"verificationId"},
	refusal.ConsentNotFound:         {"consentId"},
	refusal.ConsentTemplateNotFound: {"consentId"},
	refusal.WalletNotFound:          {"accountId", "walletId"},
	refusal.BeneficiaryNotFound:     {"beneficiaryId"},
	refusal.PaymentConsentNotFound:  {"consentId", "consent.consentReference"},
	refusal.OrderNotFound:           {"orderId", "preparedOrderId"},
	refusal.DirectorNotFound:        {"directorId"},
	refusal.ShareholderNotFound:     {"shareholderId"},
	refusal.EmployeeNotFound:        {"employeeId"},
	refusal.DocumentNotFound:        {"documentId"},
	refusal.SubscriptionNotFound:    {"subscriptionId"},
	refusal.DeliveryNotFound:        {"deliveryId"},
	refusal.EntryNotFound:           {"number"},
	refusal.MagicLinkInvalid:        {"token"},
	refusal.MagicLinkExpired:        {"token"},

	refusal.MediaTypeUnsupported: {"header." + headers.ContentType},
	refusal.TenantAccessDenied:   {"header." + headers.SpelledTenant},
	refusal.TokenMissing:         {"header." + headers.Authorization},
	refusal.TokenInvalid:         {"header." + headers.Authorization},
	refusal.TokenExpired:         {"header." + headers.Authorization},
	refusal.SessionEnded:         {"header." + headers.Authorization},
	refusal.ScenarioUnknown:      {"header." + headers.Scenario},
}

// nameField names the one member of the request that is at fault, unless the place
// that refused has done so: in the path if it is there, and else in the body.
func nameField(c *Call, e *refusal.Error) {
	if e.Field != "" || c.Operation == nil {
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
		case strings.Contains(c.Operation.Path, "{"+name+"}"):
			e.Field = "path." + name
		default:
			continue
		}
		return
	}
	for _, name := range subjects[e.Code] {
		if c.Body.Has(name) {
			e.Field = name
			return
		}
	}
}
