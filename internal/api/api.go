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

// Handler does one operation within the act of its request.
type Handler func(*rest.Call, *sandbox.Act) (rest.Reply, error)

// Handlers gives the handlers by operationId. They are called in the act of their
// request (Within).
func Handlers() map[string]rest.Handler {
	handlers := map[string]rest.Handler{}
	for id, handler := range operations() {
		handlers[id] = serve(handler)
	}
	return handlers
}

// operations has the handler of each operation of the document.
func operations() map[string]Handler {
	return map[string]Handler{
		"createAdminSession":             createAdminSession,
		"createIndividualSession":        createIndividualSession,
		"getIndividualSession":           getIndividualSession,
		"refreshIndividualSession":       refreshIndividualSession,
		"deleteIndividualSession":        deleteIndividualSession,
		"getCategorizationHierarchy":     getCategorizationHierarchy,
		"registerIndividual":             registerIndividual,
		"submitIndividualVerification":   submitIndividualVerification,
		"initiateIndividualVerification": initiateIndividualVerification,
		"createVerification":             createVerification,
		"getVerification":                getVerification,
		"uploadVerificationDocument":     uploadVerificationDocument,
		"approveVerification":            approveVerification,
		"acceptIndividualConsent":        acceptIndividualConsent,
		"getConsentStatus":               getConsentStatus,
		"resendConsentVerification":      resendConsentVerification,
		"sendConsentMagicLink":           sendConsentMagicLink,
		"verifyConsent":                  verifyConsent,
		"checkIndividualActivation":      checkIndividualActivation,
		"activateIndividual":             activateIndividual,

		"registerOrganization":           registerOrganization,
		"getOrganization":                getOrganization,
		"createOrganizationSession":      createOrganizationSession,
		"addDirector":                    addDirector,
		"addDirectors":                   addDirector,
		"listDirectors":                  listDirectors,
		"removeDirector":                 removeDirector,
		"addShareholders":                addShareholders,
		"listShareholders":               listShareholders,
		"removeShareholder":              removeShareholder,
		"updateShareholder":              updateShareholder,
		"addEmployee":                    addEmployee,
		"addEmployees":                   addEmployee,
		"listEmployees":                  listEmployees,
		"updateEmployeeRoles":            updateEmployeeRoles,
		"removeEmployee":                 removeEmployee,
		"listOrganizationDocuments":      listOrganizationDocuments,
		"uploadOrganizationDocument":     uploadOrganizationDocument,
		"getOrganizationDocument":        getOrganizationDocument,
		"deleteOrganizationDocument":     deleteOrganizationDocument,
		"verifyOrganization":             verifyOrganization,
		"submitOrganizationVerification": verifyOrganization,
		"getVerificationRequirements":    getVerificationRequirements,
		"getPersonnelStatus":             getPersonnelStatus,
		"acceptOrganizationConsent":      acceptOrganizationConsent,
		"checkOrganizationActivation":    checkOrganizationActivation,
		"activateOrganization":           activateOrganization,
		"getWalletStatus":                getWalletStatus,

		"getCustomerWallets":     getCustomerWallets,
		"getWalletBalance":       getWalletBalance,
		"listWalletTransactions": listWalletTransactions,
		"getAccountBalance":      getAccountBalance,
		"getAllowedOperations":   getAllowedOperations,
		"createBeneficiary":      createBeneficiary,
		"listBeneficiaries":      listBeneficiaries,
		"updateBeneficiary":      updateBeneficiary,
		"deleteBeneficiary":      deleteBeneficiary,
		"createPaymentConsent":   createPaymentConsent,
		"listPaymentConsents":    listPaymentConsents,
		"getPaymentConsent":      getPaymentConsent,
		"revokePaymentConsent":   revokePaymentConsent,
		"approvePaymentConsent":  approvePaymentConsent,
		"validatePaymentConsent": validatePaymentConsent,
		"prepareOperation":       prepareOperation,
		"executeOperation":       executeOperation,
		"getOrder":               getOrder,
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
