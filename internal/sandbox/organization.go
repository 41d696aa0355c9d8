package sandbox

import (
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/engine"
)

// OrganizationDetail is an organization with everything that belongs to it.
type OrganizationDetail struct {
	Customer     *onboarding.Customer
	Admin        *access.User
	Wallet       *payments.Wallet
	Category     onboarding.Category
	Verification *onboarding.Verification
	Personnel    []Appointed
	// Needs are the documents of its verification, Documents those that count for
	// it, and RiskReasons why it is of high risk.
	Needs       []onboarding.Requirement
	RiskReasons []onboarding.RiskReason
	Documents   []*onboarding.Document
}

// Organization gives an organization. It refuses with CUSTOMER_NOT_FOUND.
func (s *Sandbox) Organization(c access.Caller, id string) (OrganizationDetail, error) {
	var d OrganizationDetail
	err := s.show(c, func(u *engine.Unit) (err error) {
		d, err = s.organizationDetail(u, c, id)
		return err
	})
	return d, err
}

func (s *Sandbox) organizationDetail(u *engine.Unit, c access.Caller, id string) (OrganizationDetail, error) {
	customer, err := s.organization(u, c, id)
	if err != nil {
		return OrganizationDetail{}, err
	}
	if err := s.customers.Look(u, customer); err != nil {
		return OrganizationDetail{}, err
	}
	d := OrganizationDetail{
		Customer: customer, Admin: s.users.Get(u, customer.UserID), Wallet: s.wallets.Get(u, customer.WalletID),
		Verification: s.latestVerification(u, id),
	}
	d.Documents = s.countingDocuments(u, customer, d.Verification)
	d.Category, _ = onboarding.FindCategory(customer.Category)
	d.Needs, d.RiskReasons = s.verificationNeeds(u, customer, onboarding.BusinessVerification, asked(d.Verification))
	for _, p := range s.activePersonnel(u, id) {
		member := Appointed{Record: p}
		s.completeAppointed(u, &member)
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
func (s *Sandbox) VerifyOrganization(c access.Caller, organizationID string, in VerificationRequest) (VerificationDetail, error) {
	if err := mayManage(c); err != nil {
		return VerificationDetail{}, err
	}
	return s.withVerification(c, func(u *engine.Unit) (*onboarding.Verification, error) {
		organization, err := s.organization(u, c, organizationID)
		if err != nil {
			return nil, err
		}
		if in.Complete != nil {
			in.Complete(organization.Company)
			s.customers.Save(u, organization)
		}
		in.Type = onboarding.BusinessVerification
		return s.openVerification(u, c, organization, in)
	})
}

// ActivateOrganization makes an organization active, and its wallet with it. It
// refuses with PERMISSION_DENIED and as Activate does; PERSONNEL_INCOMPLETE only
// where the tenant's settings require the personnel.
func (s *Sandbox) ActivateOrganization(c access.Caller, organizationID string, in Activation) (Activated, error) {
	if err := mayManage(c); err != nil {
		return Activated{}, err
	}
	return s.activate(c, organizationID, in, s.organization)
}

// CheckOrganization tells whether an organization is ready to be activated by this
// caller.
func (s *Sandbox) CheckOrganization(c access.Caller, organizationID string) (Readiness, error) {
	var r Readiness
	err := s.show(c, func(u *engine.Unit) (err error) {
		r, err = s.readiness(u, c, organizationID, s.organization)
		return err
	})
	return r, err
}
