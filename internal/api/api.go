// Package api has one handler for every operation of the product's document,
// named after its operationId, and the views that the handlers answer with. A
// handler reads parameters and body, calls one verb of internal/sandbox, and
// turns what it gets into a view: rules do not belong here.
package api

import (
	"maps"
	"time"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/government"
	"finhub-sandbox/internal/sandbox/world"
)

// Handler does one operation within the act of its request.
type Handler func(*rest.Call, *world.Act) (rest.Reply, error)

// Handlers gives the handlers by operationId. They are called in the act of their
// request (Within).
func Handlers() map[string]rest.Handler {
	handlers := map[string]rest.Handler{}
	parameters := government.Parameters()
	for id, o := range operations() {
		handlers[id] = serve(o, parameters)
	}
	return handlers
}

// operation is what is done for an operation of the document, and what it says of
// itself to scenarios besides what its parameters name.
type operation struct {
	handle Handler
	// names completes whom and what a request names.
	names func(*rest.Call, government.Asked) government.Asked
	// tells describes the thing that a request would make.
	tells func(*rest.Call, *government.Details)
}

// operations has each operation of the document.
func operations() map[string]operation {
	all := operationsOfLives()
	maps.Copy(all, operationsBesideLives())
	return all
}

// operationsOfLives are those by which customers come and pay.
func operationsOfLives() map[string]operation {
	return map[string]operation{
		"createAdminSession":             {handle: createAdminSession},
		"createIndividualSession":        {handle: createIndividualSession},
		"getIndividualSession":           {handle: getIndividualSession},
		"refreshIndividualSession":       {handle: refreshIndividualSession},
		"deleteIndividualSession":        {handle: deleteIndividualSession},
		"getCategorizationHierarchy":     {handle: getCategorizationHierarchy},
		"registerIndividual":             {handle: registerIndividual, names: namesIndividual, tells: tellsIndividual},
		"submitIndividualVerification":   {handle: submitIndividualVerification, tells: tellsSubmission},
		"initiateIndividualVerification": {handle: initiateIndividualVerification},
		"createVerification":             {handle: createVerification, tells: tellsVerification},
		"getVerification":                {handle: getVerification},
		"uploadVerificationDocument":     {handle: uploadVerificationDocument, tells: tellsUpload},
		"approveVerification":            {handle: approveVerification},
		"acceptIndividualConsent":        {handle: acceptIndividualConsent, tells: tellsConsent},
		"getConsentStatus":               {handle: getConsentStatus},
		"resendConsentVerification":      {handle: resendConsentVerification},
		"sendConsentMagicLink":           {handle: sendConsentMagicLink},
		"verifyConsent":                  {handle: verifyConsent},
		"checkIndividualActivation":      {handle: checkIndividualActivation},
		"activateIndividual":             {handle: activateIndividual},

		"registerOrganization":           {handle: registerOrganization, names: namesOrganization, tells: tellsOrganization},
		"getOrganization":                {handle: getOrganization},
		"createOrganizationSession":      {handle: createOrganizationSession},
		"addDirector":                    {handle: addDirector, names: namesPeople},
		"addDirectors":                   {handle: addDirector, names: namesPeople},
		"listDirectors":                  {handle: listDirectors},
		"removeDirector":                 {handle: removeDirector},
		"addShareholders":                {handle: addShareholders, names: namesPeople},
		"listShareholders":               {handle: listShareholders},
		"removeShareholder":              {handle: removeShareholder},
		"updateShareholder":              {handle: updateShareholder},
		"addEmployee":                    {handle: addEmployee, names: namesPeople},
		"addEmployees":                   {handle: addEmployee, names: namesPeople},
		"listEmployees":                  {handle: listEmployees},
		"updateEmployeeRoles":            {handle: updateEmployeeRoles},
		"removeEmployee":                 {handle: removeEmployee},
		"listOrganizationDocuments":      {handle: listOrganizationDocuments},
		"uploadOrganizationDocument":     {handle: uploadOrganizationDocument, tells: tellsOrganizationUpload},
		"getOrganizationDocument":        {handle: getOrganizationDocument},
		"deleteOrganizationDocument":     {handle: deleteOrganizationDocument},
		"verifyOrganization":             {handle: verifyOrganization},
		"submitOrganizationVerification": {handle: verifyOrganization},
		"getVerificationRequirements":    {handle: getVerificationRequirements},
		"getPersonnelStatus":             {handle: getPersonnelStatus},
		"acceptOrganizationConsent":      {handle: acceptOrganizationConsent, tells: tellsConsent},
		"checkOrganizationActivation":    {handle: checkOrganizationActivation},
		"activateOrganization":           {handle: activateOrganization},
		"getWalletStatus":                {handle: getWalletStatus},

		"getCustomerWallets":      {handle: getCustomerWallets},
		"getWalletBalance":        {handle: getWalletBalance},
		"listWalletTransactions":  {handle: listWalletTransactions},
		"getAccountBalance":       {handle: getAccountBalance},
		"getAllowedOperations":    {handle: getAllowedOperations},
		"createBeneficiary":       {handle: createBeneficiary, tells: tellsPayee},
		"listBeneficiaries":       {handle: listBeneficiaries},
		"listWalletBeneficiaries": {handle: listWalletBeneficiaries},
		"updateBeneficiary":       {handle: updateBeneficiary},
		"deleteBeneficiary":       {handle: deleteBeneficiary},
		"createPaymentConsent":    {handle: createPaymentConsent, tells: tellsPaymentConsent},
		"listPaymentConsents":     {handle: listPaymentConsents},
		"getPaymentConsent":       {handle: getPaymentConsent},
		"revokePaymentConsent":    {handle: revokePaymentConsent},
		"approvePaymentConsent":   {handle: approvePaymentConsent},
		"validatePaymentConsent":  {handle: validatePaymentConsent},
		"prepareOperation":        {handle: prepareOperation, tells: tellsPreparation},
		"executeOperation":        {handle: executeOperation, names: namesOrder},
		"getOrder":                {handle: getOrder},
	}
}

// operationsBesideLives are those of staff and of who is told, the wallet service's, and
// older paths.
func operationsBesideLives() map[string]operation {
	return map[string]operation{
		"listCustomerTransactions": {handle: listWalletTransactions},
		"listAssetTransactions":    {handle: listWalletTransactions},
		"listTransactionsByType":   {handle: listTransactionsByType},
		"getCustomerBalance":       {handle: getCustomerBalance},
		"listLinkedAssets":         {handle: listLinkedAssets},
		"getTenantBalance":         {handle: getTenantBalance},
		"getBalanceByLine":         {handle: getBalanceByLine},
		"listTenantWallets":        {handle: listTenantWallets},
		"listTenantAssets":         {handle: listTenantAssets},
		"classifyWallets":          {handle: classifyWallets},
		"getChildrenBalance":       {handle: getChildrenBalance},

		"resetLogin":                  {handle: resetLogin},
		"updateCredentials":           {handle: updateCredentials},
		"logInAdministrator":          {handle: logInAdministrator},
		"logInByEmail":                {handle: logInByEmail},
		"listPersonAddresses":         {handle: listPersonAddresses},
		"updatePersonAddress":         {handle: updatePersonAddress},
		"listPersonContacts":          {handle: listPersonContacts},
		"updatePersonContact":         {handle: updatePersonContact},
		"listConsentTemplates":        {handle: listConsentTemplates},
		"createConsentTemplate":       {handle: createConsentTemplate},
		"getConsentTemplate":          {handle: getConsentTemplate},
		"updateConsentTemplate":       {handle: updateConsentTemplate},
		"deleteConsentTemplate":       {handle: deleteConsentTemplate},
		"getRaciMatrix":               {handle: getRaciMatrix},
		"getCustomerSummary":          {handle: getCustomerSummary},
		"registerIndividualEarlier":   {handle: registerIndividual, names: namesIndividual, tells: tellsIndividual},
		"getEarlierHierarchy":         {handle: getCategorizationHierarchy},
		"getOwnHierarchy":             {handle: getOwnHierarchy},
		"acceptConsent":               {handle: acceptConsentByID, tells: tellsConsentByID},
		"acceptIndividualConsentById": {handle: acceptConsentByID, tells: tellsConsentByID},
		"getIndividualConsentStatus":  {handle: getIndividualConsentStatus},
		"uploadIndividualDocument":    {handle: uploadIndividualDocument, tells: tellsUpload},
		"uploadActivationDocument":    {handle: uploadActivationDocument, tells: tellsUpload},
		"approveIndividualActivation": {handle: approveIndividualActivation},
		"getTransferWallets":          {handle: getTransferWallets},
		"getTransferOperations":       {handle: getTransferOperations, names: namesTransferPayer},
		"executeWalletTransfer":       {handle: executeWalletTransfer, tells: tellsWalletTransfer},
		"createTransferBeneficiary":   {handle: createTransferBeneficiary, tells: tellsNetworkPayee},
		"createTransfer":              {handle: createTransfer, tells: tellsTransfer},
		"prepareTransfer":             {handle: prepareTransfer, tells: tellsEarlierTransfer},
		"createNestedBeneficiary":     {handle: createNestedBeneficiary, tells: tellsNetworkPayee},
		"createPaymentConsentEarlier": {handle: createPaymentConsentEarlier, tells: tellsNamedPaymentConsent},
		"updateOrganization":          {handle: updateOrganization},
		"updateOrganizationEntity":    {handle: updateOrganizationEntity},

		"createWebhookSubscription": {handle: createWebhookSubscription},
		"createWebhook":             {handle: createWebhookSubscription},
		"listWebhookSubscriptions":  {handle: listWebhookSubscriptions},
		"getWebhookSubscription":    {handle: getWebhookSubscription},
		"updateWebhookSubscription": {handle: updateWebhookSubscription},
		"deleteWebhookSubscription": {handle: deleteWebhookSubscription},
		"listWebhookDeliveries":     {handle: listWebhookDeliveries},
		"getWebhookDelivery":        {handle: getWebhookDelivery},
		"receiveTestWebhook":        {handle: receiveTestWebhook},
		"failTestWebhook":           {handle: failTestWebhook},
		"delayTestWebhook":          {handle: delayTestWebhook},
	}
}

// instantOrNone words a time that may not have come yet.
func instantOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return machine.Instant(t)
}

// extra are the members that some pages have beside the envelope's.
type extra struct {
	ConsentID   string          `json:"consentId,omitzero"`
	Pagination  *paginationView `json:"pagination,omitzero"`
	RedirectURL string          `json:"redirectUrl,omitzero"`
	Success     bool            `json:"success,omitzero"`
	Timestamp   string          `json:"timestamp,omitzero"`
}

// succeeded is the one that older pages have.
func succeeded() *extra { return &extra{Success: true} }
