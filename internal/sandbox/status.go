package sandbox

import (
	"slices"
	"strings"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
)

// StatusChange is a status into which an operator brings a customer or a wallet,
// and why. The reason is one of those that the tables list, or empty.
type StatusChange struct {
	Status machine.State
	Reason string
}

// SetCustomerStatus suspends an active customer, lets it be active again, or
// closes it. A customer that has the status already stays as it is. It refuses
// with CUSTOMER_NOT_FOUND, and with PHASE_ORDER_BROKEN what the customer's table
// does not allow.
func (s *Sandbox) SetCustomerStatus(c access.Caller, id string, in StatusChange) (*onboarding.Customer, error) {
	var customer *onboarding.Customer
	err := s.do(c, func(u *engine.Unit) (err error) {
		if customer, err = s.customer(u, c, id); err != nil || customer.State == in.Status {
			return err
		}
		return setStatus(s.customers, u, customer, onboarding.CustomerTriggers(), in, by(c))
	})
	return customer, err
}

// SetWalletStatus suspends an active wallet, lets it be active again, or blocks
// it for good. A wallet that has the status already stays as it is. It refuses
// with WALLET_NOT_FOUND, and with WALLET_NOT_ACTIVE what the wallet's table does
// not allow.
func (s *Sandbox) SetWalletStatus(c access.Caller, id string, in StatusChange) (*payments.Wallet, error) {
	var wallet *payments.Wallet
	err := s.do(c, func(u *engine.Unit) error {
		a, err := s.anyAccount(u, id)
		if wallet = a.wallet; err != nil || wallet.State == in.Status {
			return err
		}
		return setStatus(s.wallets, u, wallet, payments.WalletTriggers(), in, by(c))
	})
	return wallet, err
}

// setStatus fires the trigger that leads to a status, with a reason that its
// table knows.
func setStatus[T, F any](k *engine.Kind[T, F], u *engine.Unit, e *T, triggers map[machine.State]machine.Trigger, in StatusChange, cause machine.Cause) error {
	reasons := machine.Reasons(k.Table, triggers[in.Status])
	if in.Reason != "" && !slices.Contains(reasons, in.Reason) {
		message := "has no place here: " + string(in.Status) + " has no reasons"
		if len(reasons) > 0 {
			message = "must be one of " + strings.Join(reasons, ", ") + ", the reasons of " + string(in.Status)
		}
		return refusal.Invalid([]refusal.Fault{{Field: "reason", Pointer: "/reason", Message: message}})
	}
	cause.Reason = in.Reason
	return k.Fire(u, e, triggers[in.Status], cause)
}

// endSessions ends every open session in which somebody acts for a customer, and
// every one of the customer's own users, whoever they act for.
func (s *Sandbox) endSessions(u *engine.Unit, customer *onboarding.Customer, cause machine.Cause) error {
	list := s.sessions.By(u, "whose", customer.ID)
	for _, user := range s.users.By(u, "customer", customer.ID) {
		list = append(list, s.sessions.By(u, "whose", user.ID)...)
	}
	for _, session := range list {
		if session.Sort != access.Customer || session.State != access.SessionOpen {
			continue
		}
		if err := s.sessions.Fire(u, session, access.EndSession, machine.Cause{By: cause.By, Reason: cause.Reason}); err != nil {
			return err
		}
	}
	return nil
}

// endVerifications lets the open verifications of a customer who is closed expire,
// and with an organization's those of its people: nobody will decide them.
func (s *Sandbox) endVerifications(u *engine.Unit, customer *onboarding.Customer, cause machine.Cause) {
	ids := []string{customer.ID}
	for _, p := range s.personnel.By(u, "organization", customer.ID) {
		if p.CustomerID != "" && !slices.Contains(ids, p.CustomerID) {
			ids = append(ids, p.CustomerID)
		}
	}
	for _, id := range ids {
		for _, v := range s.verifications.By(u, "customer", id) {
			if v.Open() {
				s.verifications.Then(u, v, onboarding.Expire, machine.Cause{By: cause.By, Reason: cause.Reason})
			}
		}
	}
}

// inBusiness refuses what concerns a customer who is suspended or closed, or one
// of the people of such an organization.
func (s *Sandbox) inBusiness(u *engine.Unit, customer *onboarding.Customer) error {
	if err := customer.InBusiness(); err != nil {
		return err
	}
	if organization := s.root(u, customer); organization != customer {
		return organization.InBusiness()
	}
	return nil
}
