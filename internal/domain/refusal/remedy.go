package refusal

import "slices"

// Remedy is what meets a refusal whatever the state: the operations of the documents
// that make what is missing, and the reason why a call alone does not help where
// none does.
type Remedy struct {
	Calls  []string
	Reason string
}

// RemedyOf tells what meets a code, of every code one or the other.
func RemedyOf(code Code) Remedy {
	if i := slices.IndexFunc(remedies, func(r remedy) bool { return slices.Contains(r.codes, code) }); i >= 0 {
		return Remedy{remedies[i].calls, remedies[i].reason}
	}
	return Remedy{}
}

// Group are codes that the same meets.
type Group struct {
	Codes  []Code
	Remedy Remedy
}

// Groups lists every code of the list, by what meets it.
func Groups() (list []Group) {
	for _, r := range remedies {
		list = append(list, Group{slices.Clone(r.codes), Remedy{r.calls, r.reason}})
	}
	return list
}

type remedy struct {
	codes  []Code
	calls  []string
	reason string
}

var remedies = []remedy{
	{codes: []Code{
		RequestInvalid, BodyMalformed, HeadersMissing, BodyTooLarge, MediaTypeUnsupported, RouteUnknown, MethodNotAllowed, CurrencyMismatch,
		OwnershipExceeded, AdminUserMissing, ScenarioInvalid, ConsentConfirmationWrong, HostUnknown, OriginRefused, ClockBackwards, TimerLoop,
	}, reason: "the request itself has to be sent otherwise"},
	{codes: []Code{NotSimulated}, reason: "no call does that; data.instead, where there is one, comes nearest"},
	{codes: []Code{CredentialsInvalid, TenantKeyInvalid, AuthenticationCodeInvalid, ControlTokenMissing}, reason: "what only the caller knows has to be sent"},
	{codes: []Code{PermissionDenied, CustomerAccessDenied, PowerTenantRequired, TenantAccessDenied, InitiatorCannotApprove, ApprovalDuplicate}, reason: "another caller has to ask"},
	{codes: []Code{
		CustomerAlreadyActive, VerificationDecided, VerificationExists, DuplicateEmail, DuplicateOrganization, DuplicateBeneficiary,
		PaymentConsentDecided, OrderAlreadyExecuted,
	}, reason: "what was asked for is so already, and stays so"},
	{codes: []Code{Internal, DataUnwritable, RateLimited, SimulatedFailure, ClockInterrupted}, reason: "nothing is wrong with the request"},
	{codes: []Code{TokenMissing, TokenInvalid, TokenExpired, SessionEnded}, calls: []string{"createAdminSession", "createIndividualSession", "createOrganizationSession"}},
	{codes: []Code{SessionNotFound}, calls: []string{"createIndividualSession", "createOrganizationSession"}},
	{codes: []Code{AccountLocked}, calls: []string{"resetLogin", "advanceClock"}},
	{codes: []Code{CustomerNotFound, UserNotFound}, calls: []string{"registerIndividual", "registerOrganization"}},
	{codes: []Code{VerificationNotFound}, calls: []string{"createVerification"}},
	{codes: []Code{VerificationNotApproved}, calls: []string{"createVerification", "verifyOrganization", "advanceClock"}},
	{codes: []Code{ConsentNotFound, ConsentsMissing}, calls: []string{"acceptIndividualConsent", "acceptOrganizationConsent"}},
	{codes: []Code{ConsentVersionOutdated}, calls: []string{"listConsentTemplates"}},
	{codes: []Code{ConsentTemplateNotFound, LastConsentTemplate}, calls: []string{"createConsentTemplate"}},
	{codes: []Code{MagicLinkInvalid, MagicLinkExpired}, calls: []string{"sendConsentMagicLink"}},
	{codes: []Code{WalletNotFound, WalletNotActivated}, calls: []string{"activateIndividual", "activateOrganization"}},
	{codes: []Code{CustomerNotActive}, calls: []string{"setCustomerStatus"}},
	{codes: []Code{WalletNotActive}, calls: []string{"setWalletStatus"}},
	{codes: []Code{BeneficiaryNotFound, BeneficiaryNotActive}, calls: []string{"createBeneficiary"}},
	{codes: []Code{PaymentConsentNotFound, PaymentConsentRequired, PaymentConsentNotActive, PaymentConsentExpired, PayeeNotAllowed, ConsentLimitExceeded}, calls: []string{"createPaymentConsent"}},
	{codes: []Code{OrderNotFound, OrderExpired}, calls: []string{"prepareOperation"}},
	{codes: []Code{CategoryLimitExceeded}, calls: []string{"getAllowedOperations", "advanceClock"}},
	{codes: []Code{InsufficientBalance}, calls: []string{"fundWallet"}},
	{codes: []Code{DocumentNotFound, SupportingDocumentsRequired}, calls: []string{"uploadOrganizationDocument"}},
	{codes: []Code{PersonnelIncomplete}, calls: []string{"addDirector", "addEmployee", "addShareholders"}},
	{codes: []Code{DirectorNotFound}, calls: []string{"addDirector"}},
	{codes: []Code{ShareholderNotFound}, calls: []string{"addShareholders"}},
	{codes: []Code{EmployeeNotFound, LastAdminUser}, calls: []string{"addEmployee"}},
	{codes: []Code{SubscriptionNotFound}, calls: []string{"createWebhookSubscription"}},
	{codes: []Code{DeliveryNotFound}, reason: "deliveries are made by the events to which somebody has subscribed"},
	{codes: []Code{SubscriptionNotActive}, reason: "a new subscription is told of what comes"},
	{codes: []Code{CategorizationInvalid}, calls: []string{"getCategorizationHierarchy"}},
	{codes: []Code{PhaseOrderBroken}, calls: []string{"executeOperation"}},
	{codes: []Code{ScenarioUnknown}, calls: []string{"listScenarios"}},
	{codes: []Code{MachineUnknown}, calls: []string{"listMachines"}},
	{codes: []Code{SnapshotNotFound}, calls: []string{"takeSnapshot", "listSnapshots"}},
	{codes: []Code{TenantNotEmpty}, calls: []string{"resetTenant"}},
	{codes: []Code{RecordingNotFound}, calls: []string{"startRecording"}},
	{codes: []Code{EntryNotFound}, reason: "what the journal has let go of does not come back; listJournal has what is kept"},
	{codes: []Code{EntryUnrepeatable}, reason: "what the journal does not keep has to be sent by who knows it"},
	{codes: []Code{JournalOff}, reason: "the sandbox has to be started with a journal (--journal)"},
}
