// Package api has one handler for every operation of the product's document,
// named after its operationId, and the views that the handlers answer with. A
// handler reads parameters and body, calls one verb of internal/sandbox, and
// turns what it gets into a view: rules do not belong here.
package api

import (
	"time"

	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox"
)

// API answers the product's operations.
type API struct{ sandbox *sandbox.Sandbox }

// New makes the product's API over a sandbox.
func New(s *sandbox.Sandbox) *API { return &API{sandbox: s} }

// Handlers gives the handlers by operationId.
func (a *API) Handlers() map[string]rest.Handler {
	return map[string]rest.Handler{
		"createAdminSession":             a.createAdminSession,
		"createIndividualSession":        a.createIndividualSession,
		"getIndividualSession":           a.getIndividualSession,
		"refreshIndividualSession":       a.refreshIndividualSession,
		"deleteIndividualSession":        a.deleteIndividualSession,
		"getCategorizationHierarchy":     a.getCategorizationHierarchy,
		"registerIndividual":             a.registerIndividual,
		"submitIndividualVerification":   a.submitIndividualVerification,
		"initiateIndividualVerification": a.initiateIndividualVerification,
		"createVerification":             a.createVerification,
		"getVerification":                a.getVerification,
		"uploadVerificationDocument":     a.uploadVerificationDocument,
		"approveVerification":            a.approveVerification,
		"acceptIndividualConsent":        a.acceptIndividualConsent,
		"getConsentStatus":               a.getConsentStatus,
		"resendConsentVerification":      a.resendConsentVerification,
		"sendConsentMagicLink":           a.sendConsentMagicLink,
		"verifyConsent":                  a.verifyConsent,
		"checkIndividualActivation":      a.checkIndividualActivation,
		"activateIndividual":             a.activateIndividual,

		"registerOrganization":           a.registerOrganization,
		"getOrganization":                a.getOrganization,
		"createOrganizationSession":      a.createOrganizationSession,
		"addDirector":                    a.addDirector,
		"addDirectors":                   a.addDirector,
		"listDirectors":                  a.listDirectors,
		"removeDirector":                 a.removeDirector,
		"addShareholders":                a.addShareholders,
		"listShareholders":               a.listShareholders,
		"removeShareholder":              a.removeShareholder,
		"updateShareholder":              a.updateShareholder,
		"addEmployee":                    a.addEmployee,
		"addEmployees":                   a.addEmployee,
		"listEmployees":                  a.listEmployees,
		"updateEmployeeRoles":            a.updateEmployeeRoles,
		"removeEmployee":                 a.removeEmployee,
		"listOrganizationDocuments":      a.listOrganizationDocuments,
		"uploadOrganizationDocument":     a.uploadOrganizationDocument,
		"getOrganizationDocument":        a.getOrganizationDocument,
		"deleteOrganizationDocument":     a.deleteOrganizationDocument,
		"verifyOrganization":             a.verifyOrganization,
		"submitOrganizationVerification": a.verifyOrganization,
		"getVerificationRequirements":    a.getVerificationRequirements,
		"getPersonnelStatus":             a.getPersonnelStatus,
		"acceptOrganizationConsent":      a.acceptOrganizationConsent,
		"checkOrganizationActivation":    a.checkOrganizationActivation,
		"activateOrganization":           a.activateOrganization,
		"getWalletStatus":                a.getWalletStatus,

		"getCustomerWallets":     a.getCustomerWallets,
		"getWalletBalance":       a.getWalletBalance,
		"listWalletTransactions": a.listWalletTransactions,
		"getAccountBalance":      a.getAccountBalance,
		"getAllowedOperations":   a.getAllowedOperations,
		"createBeneficiary":      a.createBeneficiary,
		"listBeneficiaries":      a.listBeneficiaries,
		"updateBeneficiary":      a.updateBeneficiary,
		"deleteBeneficiary":      a.deleteBeneficiary,
		"createPaymentConsent":   a.createPaymentConsent,
		"listPaymentConsents":    a.listPaymentConsents,
		"getPaymentConsent":      a.getPaymentConsent,
		"revokePaymentConsent":   a.revokePaymentConsent,
		"approvePaymentConsent":  a.approvePaymentConsent,
		"validatePaymentConsent": a.validatePaymentConsent,
		"prepareOperation":       a.prepareOperation,
		"executeOperation":       a.executeOperation,
		"getOrder":               a.getOrder,
	}
}

// instant words a time of the tenant, in UTC with milliseconds.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// instantOrNone words a time that may not have come yet.
func instantOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return instant(t)
}
