package refusal

// The codes, in the order of the phases in which a caller meets them.
const (
	RequestInvalid       Code = "REQUEST_INVALID"
	BodyMalformed        Code = "BODY_MALFORMED"
	HeadersMissing       Code = "HEADERS_MISSING"
	BodyTooLarge         Code = "BODY_TOO_LARGE"
	MediaTypeUnsupported Code = "MEDIA_TYPE_UNSUPPORTED"
	RouteUnknown         Code = "ROUTE_UNKNOWN"
	MethodNotAllowed     Code = "METHOD_NOT_ALLOWED"
	NotSimulated         Code = "NOT_SIMULATED"
	RateLimited          Code = "RATE_LIMITED"
	Internal             Code = "INTERNAL"
	DataUnwritable       Code = "DATA_UNWRITABLE"

	TokenMissing         Code = "TOKEN_MISSING"
	TokenInvalid         Code = "TOKEN_INVALID"
	TokenExpired         Code = "TOKEN_EXPIRED"
	SessionEnded         Code = "SESSION_ENDED"
	CredentialsInvalid   Code = "CREDENTIALS_INVALID"
	AccountLocked        Code = "ACCOUNT_LOCKED"
	TenantAccessDenied   Code = "TENANT_ACCESS_DENIED"
	TenantKeyInvalid     Code = "TENANT_KEY_INVALID"
	PermissionDenied     Code = "PERMISSION_DENIED"
	CustomerAccessDenied Code = "CUSTOMER_ACCESS_DENIED"
	PowerTenantRequired  Code = "POWER_TENANT_REQUIRED"

	UserNotFound           Code = "USER_NOT_FOUND"
	SessionNotFound        Code = "SESSION_NOT_FOUND"
	CustomerNotFound       Code = "CUSTOMER_NOT_FOUND"
	VerificationNotFound   Code = "VERIFICATION_NOT_FOUND"
	ConsentNotFound        Code = "CONSENT_NOT_FOUND"
	WalletNotFound         Code = "WALLET_NOT_FOUND"
	WalletNotActivated     Code = "WALLET_NOT_ACTIVATED"
	BeneficiaryNotFound    Code = "BENEFICIARY_NOT_FOUND"
	PaymentConsentNotFound Code = "PAYMENT_CONSENT_NOT_FOUND"
	OrderNotFound          Code = "ORDER_NOT_FOUND"
	SubscriptionNotFound   Code = "SUBSCRIPTION_NOT_FOUND"
	DeliveryNotFound       Code = "DELIVERY_NOT_FOUND"
	SubscriptionNotActive  Code = "SUBSCRIPTION_NOT_ACTIVE"
	SimulatedFailure       Code = "SIMULATED_FAILURE"

	CategorizationInvalid Code = "CATEGORIZATION_INVALID"
	DuplicateEmail        Code = "DUPLICATE_EMAIL"
	DuplicateOrganization Code = "DUPLICATE_ORGANIZATION"

	DirectorNotFound    Code = "DIRECTOR_NOT_FOUND"
	ShareholderNotFound Code = "SHAREHOLDER_NOT_FOUND"
	EmployeeNotFound    Code = "EMPLOYEE_NOT_FOUND"
	DocumentNotFound    Code = "DOCUMENT_NOT_FOUND"
	AdminUserMissing    Code = "ADMIN_USER_MISSING"
	LastAdminUser       Code = "LAST_ADMIN_USER"
	OwnershipExceeded   Code = "OWNERSHIP_EXCEEDED"
	PersonnelIncomplete Code = "PERSONNEL_INCOMPLETE"

	VerificationExists      Code = "VERIFICATION_EXISTS"
	VerificationDecided     Code = "VERIFICATION_DECIDED"
	VerificationNotApproved Code = "VERIFICATION_NOT_APPROVED"
	ConsentsMissing         Code = "CONSENTS_MISSING"
	CustomerAlreadyActive   Code = "CUSTOMER_ALREADY_ACTIVE"
	CustomerNotActive       Code = "CUSTOMER_NOT_ACTIVE"
	PhaseOrderBroken        Code = "PHASE_ORDER_BROKEN"

	WalletNotActive      Code = "WALLET_NOT_ACTIVE"
	DuplicateBeneficiary Code = "DUPLICATE_BENEFICIARY"
	BeneficiaryNotActive Code = "BENEFICIARY_NOT_ACTIVE"
	CurrencyMismatch     Code = "CURRENCY_MISMATCH"

	PaymentConsentRequired  Code = "PAYMENT_CONSENT_REQUIRED"
	PaymentConsentNotActive Code = "PAYMENT_CONSENT_NOT_ACTIVE"
	PaymentConsentDecided   Code = "PAYMENT_CONSENT_DECIDED"
	PaymentConsentExpired   Code = "PAYMENT_CONSENT_EXPIRED"
	PayeeNotAllowed         Code = "PAYEE_NOT_ALLOWED"
	ConsentLimitExceeded    Code = "CONSENT_LIMIT_EXCEEDED"
	CategoryLimitExceeded   Code = "CATEGORY_LIMIT_EXCEEDED"
	InsufficientBalance     Code = "INSUFFICIENT_BALANCE"

	SupportingDocumentsRequired Code = "SUPPORTING_DOCUMENTS_REQUIRED"
	InitiatorCannotApprove      Code = "INITIATOR_CANNOT_APPROVE"
	ApprovalDuplicate           Code = "APPROVAL_DUPLICATE"

	ConsentVersionOutdated Code = "CONSENT_VERSION_OUTDATED"
	// A template is a text to which customers consent.
	ConsentTemplateNotFound Code = "CONSENT_TEMPLATE_NOT_FOUND"
	LastConsentTemplate     Code = "LAST_CONSENT_TEMPLATE"
	MagicLinkInvalid        Code = "MAGIC_LINK_INVALID"
	MagicLinkExpired        Code = "MAGIC_LINK_EXPIRED"

	// A registration can name the scenario by which the customer is to live.
	ScenarioUnknown Code = "SCENARIO_UNKNOWN"

	OrderExpired              Code = "ORDER_EXPIRED"
	OrderAlreadyExecuted      Code = "ORDER_ALREADY_EXECUTED"
	AuthenticationCodeInvalid Code = "AUTHENTICATION_CODE_INVALID"
	ConsentConfirmationWrong  Code = "CONSENT_CONFIRMATION_WRONG"

	// These are the control API's own.
	ClockBackwards    Code = "CLOCK_BACKWARDS"
	TimerLoop         Code = "TIMER_LOOP"
	ClockInterrupted  Code = "CLOCK_INTERRUPTED"
	EntryNotFound     Code = "ENTRY_NOT_FOUND"
	EntryUnrepeatable Code = "ENTRY_UNREPEATABLE"
	RecordingNotFound Code = "RECORDING_NOT_FOUND"
	JournalOff        Code = "JOURNAL_OFF"
	MachineUnknown    Code = "MACHINE_UNKNOWN"
	SnapshotNotFound  Code = "SNAPSHOT_NOT_FOUND"
	TenantNotEmpty    Code = "TENANT_NOT_EMPTY"

	ScenarioInvalid     Code = "SCENARIO_INVALID"
	OriginRefused       Code = "ORIGIN_REFUSED"
	HostUnknown         Code = "HOST_UNKNOWN"
	ControlTokenMissing Code = "CONTROL_TOKEN_MISSING"
)

var definitions = []Definition{
	{RequestInvalid, "Request validation failed", "Mend every member that errors names; the operation's schema is in /_sandbox/docs."},
	{BodyMalformed, "Request body is not valid JSON", "Send one JSON value in UTF-8, without duplicate names and without text after it."},
	{HeadersMissing, "Missing required header(s)", "Send the headers that data.missingHeaders names, or start the sandbox with --headers relaxed."},
	{BodyTooLarge, "Request body is too large", "Send at most 10 MiB of decoded document, and at most 1 MiB of anything else."},
	{MediaTypeUnsupported, "Unsupported media type", "Send the body in a media type that the operation takes, and name it in Content-Type."},
	{RouteUnknown, "No such path", "Look the path up in /_sandbox/docs."},
	{MethodNotAllowed, "Method not allowed", "Use one of the methods that the Allow header names."},
	{NotSimulated, "Not simulated", "Nothing here does this: data.page documents what FinHub does, and /_sandbox/docs has what is simulated."},
	{RateLimited, "Too many requests", "Wait for as many seconds as the Retry-After header says, then send the request again."},
	{Internal, "Internal error", "This is a fault of the sandbox: its log has the request id and the cause."},
	{DataUnwritable, "The data file cannot be written", "Mend what the details say of the disk or the database; /_sandbox/health tells when the sandbox is ready. Then send the request again, unless they say to look first."},

	{TokenMissing, "Authentication required", "Send Authorization: Bearer with the token of a session, or one of the fixed tokens that the sandbox prints at start."},
	{TokenInvalid, "Invalid token", "Log in again and send the token exactly as the session's reply gave it."},
	{TokenExpired, "Token expired", "Refresh the session, or log in again."},
	{SessionEnded, "Session ended", "Log in again: the session was closed or has reached its end."},
	{CredentialsInvalid, "Authentication failed", "Log in with the e-mail and the password of the registration."},
	{AccountLocked, "Account locked", "Wait until data.lockoutTime, move the tenant's clock past it, or let staff end the lock (POST /admin/users/login/reset)."},
	{TenantAccessDenied, "Tenant access denied or categorization not available", "Send the X-Tenant-ID for which the token was issued."},
	{TenantKeyInvalid, "Invalid tenant credentials", "Send the tenantKey and tenantSecret that the tenant's settings name, or the sandbox was started with (--tenant-key, --tenant-secret)."},
	{PermissionDenied, "Insufficient permission", "Use the token of a user who holds one of the roles that data.requiredRoles names."},
	{CustomerAccessDenied, "Access to this customer is denied", "A customer's token acts on its own customer only; use that customer's session, or an administrator's."},
	{PowerTenantRequired, "Power tenant approval required", "Let the power tenant decide, in the sandbox with the token sandbox-power-tenant."},

	{UserNotFound, "User not found", "Use the user id of the registration's reply (data.user.id)."},
	{SessionNotFound, "Session not found", "Use the sessionId of the login's reply."},
	{CustomerNotFound, "Customer not found", "Use the id of the registration's reply (data.id), under the same X-Tenant-ID."},
	{VerificationNotFound, "Verification not found", "Use the verificationId of the reply that opened it, under the same X-Tenant-ID."},
	{ConsentNotFound, "Consent not found", "Use the id of the reply that recorded the consent, under the same X-Tenant-ID."},
	{WalletNotFound, "Wallet not found", "Use a walletId from the customer's list of wallets, under the same X-Tenant-ID."},
	{WalletNotActivated, "Wallet not found", "Activate the customer first: a wallet answers only after activation."},
	{BeneficiaryNotFound, "Beneficiary not found", "Register the payee on the paying account first, and name it by its id, its assetId or its IBAN."},
	{PaymentConsentNotFound, "Payment consent not found", "Use the consentId of the reply that created it, on the account for which it was created."},
	{OrderNotFound, "Prepared order not found", "Prepare the operation first, and execute it with data.preparedOrderId."},

	{SubscriptionNotFound, "Webhook subscription not found", "Use the id of the reply that made the subscription, under the same X-Tenant-ID."},
	{DeliveryNotFound, "Webhook delivery not found", "Use a deliveryId from the list of a subscription's deliveries, under the same X-Tenant-ID."},
	{SimulatedFailure, "This endpoint always fails for testing purposes", "Nothing needs to be done. Receivers that take what comes are beside it."},
	{SubscriptionNotActive, "Webhook subscription is not active", "Switch the subscription on again by an update, or subscribe anew."},

	{CategorizationInvalid, "Categorization validation failed", "Read the tenant's hierarchy and send a category and feature values from it."},
	{DuplicateEmail, "Email already registered", "Register with another e-mail, or log in as the customer who has it."},
	{DuplicateOrganization, "Organization already exists", "Use the organization that data.organizationId names, or register another registration number."},

	{DirectorNotFound, "Director not found", "Use a directorId from the organization's list of directors."},
	{ShareholderNotFound, "Shareholder not found", "Use a shareholderId from the organization's list of shareholders."},
	{EmployeeNotFound, "Employee not found", "Use an employeeId from the organization's list of employees."},
	{DocumentNotFound, "Document not found", "Use a documentId from the organization's list of documents."},
	{AdminUserMissing, "Missing required role 'ADMIN_USER' for BUSINESS_TYPE_CLIENT_TO_TENANT organization. At least one employee must have this role.", "Give the first employee the role ADMIN_USER."},
	{LastAdminUser, "Organization needs an employee with the role ADMIN_USER", "Give another employee the role ADMIN_USER first."},
	{OwnershipExceeded, "Ownership exceeds 100 percent", "Send at most the share that data.available names, or remove a shareholder first."},
	{PersonnelIncomplete, "Organization personnel is incomplete", "Meet each condition that data.missingPersonnel names."},

	{VerificationExists, "Verification already exists", "Go on with the verification that data.verificationId names."},
	{VerificationDecided, "Verification already decided", "A decision stays: open a new verification if a new attempt is needed."},
	{VerificationNotApproved, "Customer verification is not approved", "Have the verification approved first."},
	{ConsentsMissing, "Required consents are missing", "Accept each consent of data.missingConsents at its acceptUrl."},
	{CustomerAlreadyActive, "Customer is already active", "Nothing needs to be done: the customer can be used."},
	{CustomerNotActive, "Customer is not active", "Look at the customer: nothing can be changed about one that is SUSPENDED or CLOSED. In the sandbox the control call setCustomerStatus ends a suspension."},
	{PhaseOrderBroken, "Operation not allowed in the current state", "Do the earlier phases first; data.details names the state."},

	{WalletNotActive, "Wallet is not active", "Use a wallet whose status is ACTIVE."},
	{DuplicateBeneficiary, "Beneficiary already registered", "Use the beneficiary that data.beneficiaryId names."},
	{BeneficiaryNotActive, "Beneficiary is not active", "Register another payee, or look at the list for those that are ACTIVE."},
	{CurrencyMismatch, "Currency not supported by the account", "Use the currency of the account."},

	{PaymentConsentRequired, "Payment consent required", "Create a payment consent for this operation and name it in consent.consentReference."},
	{PaymentConsentNotActive, "Payment consent is not active", "Approve the payment consent, or create a new one."},
	{PaymentConsentDecided, "Payment consent already decided", "Nothing needs to be done, or create a new payment consent."},
	{PaymentConsentExpired, "Payment consent has expired", "Create a new payment consent with a later end date."},
	{PayeeNotAllowed, "Payee not allowed by the payment consent", "Create a payment consent that allows this payee."},
	{ConsentLimitExceeded, "Payment consent limit exceeded", "Send less, or create a payment consent with a higher limit; data.window names the window in which it is exceeded."},
	{CategoryLimitExceeded, "Category limit exceeded", "Send less: the limits belong to the customer's category, and data.window names the window in which they are exceeded."},
	{InsufficientBalance, "Insufficient balance", "Put money on the wallet first; in the sandbox, fund it."},

	{SupportingDocumentsRequired, "Supporting documents required", "Upload a document and name its documentId in supportingDocuments."},
	{InitiatorCannotApprove, "Initiator cannot approve the order", "Let a user approve who neither prepared nor executed the order."},
	{ApprovalDuplicate, "Approval already given by this user", "Let another user approve: each user counts once."},

	{ConsentVersionOutdated, "Consent version is outdated", "Show the customer the present text, and send its version."},
	{ConsentTemplateNotFound, "Consent template not found", "Use a consentId of the tenant's list of templates."},
	{LastConsentTemplate, "A consent needs a template that is in force", "Make another template of the type first, effective today or before."},
	{MagicLinkInvalid, "Magic link is invalid", "Use the token exactly as the link has it, or send a new link."},
	{MagicLinkExpired, "Magic link has expired", "Send a new link; it can hold for up to 1440 minutes."},

	{ScenarioUnknown, "Unknown scenario", "Name one of the scenarios that are loaded; GET /_sandbox/scenarios lists them."},

	{OrderExpired, "Prepared order has expired", "Prepare the operation again: a prepared order lives until its validUntil."},
	{OrderAlreadyExecuted, "Prepared order already executed", "Read the order for its result instead of executing it again."},
	{AuthenticationCodeInvalid, "Invalid authentication code", "Send the answer claim of the payment consent's magicLinkToken."},
	{ConsentConfirmationWrong, "Consent confirmation does not match the order", "Confirm with confirmed: true and the consentId that prepare was given."},

	{ClockBackwards, "Time does not run backwards", "Name a later instant, or reset the tenant first."},
	{TimerLoop, "A timer does not come to rest", "Look at the scenario that answers the choice which data names."},
	{ClockInterrupted, "The clock was stopped on its way", "Move it again: it goes on from where it stands."},
	{EntryNotFound, "No such entry in the journal", "GET /_sandbox/journal lists the entries that are kept."},
	{EntryUnrepeatable, "The request cannot be sent again as it was", "GET /_sandbox/journal?format=curl has it as a command, in which what is masked is to be filled in."},
	{RecordingNotFound, "The tenant is not recorded", "POST /_sandbox/recording begins; what has happened before is not in it."},
	{JournalOff, "The sandbox keeps no journal", "Start it without --journal 0."},
	{MachineUnknown, "No such machine", "GET /_sandbox/machines lists them."},
	{SnapshotNotFound, "No such snapshot", "GET /_sandbox/snapshots lists those of the tenant."},
	{TenantNotEmpty, "The tenant is not empty", "Name another tenant, or empty this one with POST /_sandbox/reset first."},

	{ScenarioInvalid, "Scenario has mistakes", "Mend every mistake that error.errors names; nothing was changed. finhub-sandbox scenario lint finds the same."},
	{OriginRefused, "Control calls from a foreign web page are refused", "Call from a program, or from the sandbox's own pages; what pages of others may call is the product (--cors)."},
	{HostUnknown, "Host name is not the sandbox's", "Call by localhost or an IP address, or start the sandbox with --hosts and this name."},
	{ControlTokenMissing, "Control token required", "Send Authorization: Bearer with the token that the sandbox was started with (--control-token)."},
}
