package customers

import (
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/world"
)

// OrganizationDetail is an organization with everything that belongs to it.
type OrganizationDetail struct {
	Customer     *onboarding.Customer
	Admin        *access.User
	Wallet       *payments.Wallet
	Category     onboarding.Category
	Verification *onboarding.Verification
	Personnel    []PersonnelDetail
	// Needs are the documents of its verification, Documents those that count for
	// it, and RiskReasons why it is of high risk.
	Needs       []onboarding.Requirement
	RiskReasons []onboarding.RiskReason
	Documents   []*onboarding.Document
}

// GetOrganization gives an organization. It refuses with CUSTOMER_NOT_FOUND.
func GetOrganization(act *world.Act, id string) (d OrganizationDetail, err error) {
	return organizationDetail(act, id)
}

func organizationDetail(act *world.Act, id string) (OrganizationDetail, error) {
	customer, err := findOrganization(act, id)
	if err != nil {
		return OrganizationDetail{}, err
	}
	if err := act.Customers.CountRead(act.Unit, customer); err != nil {
		return OrganizationDetail{}, err
	}
	d := OrganizationDetail{
		Customer: customer, Admin: act.Users.Get(act.Unit, customer.UserID), Wallet: act.Wallets.Get(act.Unit, customer.WalletID),
		Verification: LatestVerification(act, id),
	}
	d.Documents = countingDocuments(act, customer, d.Verification)
	d.Category, _ = onboarding.FindCategory(customer.Category)
	d.Needs, d.RiskReasons = verificationNeeds(act, customer, onboarding.BusinessVerification, asked(d.Verification))
	for _, p := range activePersonnel(act, id) {
		member := PersonnelDetail{Record: p}
		completePersonnel(act, &member)
		d.Personnel = append(d.Personnel, member)
	}
	return d, nil
}

// managers are the roles of which one is needed to start the verification of an
// organization and to activate it.
func managers() []string {
	return []string{access.RoleAdminUser, access.RoleCompliance}
}

// mayManage refuses a caller without one of the managers' roles.
func mayManage(c access.Caller) error {
	if e := managing(c).MayManage(); e != nil {
		return e
	}
	return nil
}

// VerifyOrganization opens the verification of an organization (KYB). Documents
// that the organization has already count for it. It refuses with
// PERMISSION_DENIED, CUSTOMER_NOT_FOUND and VERIFICATION_EXISTS.
func VerifyOrganization(act *world.Act, organizationID string, in VerificationRequest) (VerificationDetail, error) {
	if err := mayManage(act.Caller); err != nil {
		return VerificationDetail{}, err
	}
	return withVerification(act, func() (*onboarding.Verification, error) {
		organization, err := findOrganization(act, organizationID)
		if err != nil {
			return nil, err
		}
		if in.Complete != nil {
			in.Complete(organization.Company)
			act.Customers.Save(act.Unit, organization)
		}
		in.Type = onboarding.BusinessVerification
		return openVerification(act, organization, in)
	})
}

// ActivateOrganization makes an organization active, and its wallet with it. It
// refuses with PERMISSION_DENIED and as Activate does; PERSONNEL_INCOMPLETE only
// where the tenant's settings require the personnel.
func ActivateOrganization(act *world.Act, organizationID string, in Activation) (Activated, error) {
	if err := mayManage(act.Caller); err != nil {
		return Activated{}, err
	}
	return activate(act, organizationID, in, findOrganization)
}

// CheckOrganization reports whether an organization is ready to be activated by this
// caller.
func CheckOrganization(act *world.Act, organizationID string) (Readiness, error) {
	return readiness(act, organizationID, findOrganization)
}
