package accounts

import (
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/sandbox/world"
)

// SetWalletStatus suspends an active wallet, lets it be active again, or blocks
// it for good. A wallet that has the status already stays as it is. It refuses
// with WALLET_NOT_FOUND, and with WALLET_NOT_ACTIVE what the wallet's table does
// not allow.
func SetWalletStatus(act *world.Act, id string, in world.StatusChange) (wallet *payments.Wallet, err error) {
	a, err := FindAnyAccount(act, id)
	if wallet = a.Wallet; err != nil || wallet.State == in.Status {
		return wallet, err
	}
	return wallet, world.SetStatus(act.Wallets, act.Unit, wallet, payments.WalletTriggers(), in, world.By(act))
}
