package sandbox

import "finhub-sandbox/internal/domain/payments"

// SetWalletStatus suspends an active wallet, lets it be active again, or blocks
// it for good. A wallet that has the status already stays as it is. It refuses
// with WALLET_NOT_FOUND, and with WALLET_NOT_ACTIVE what the wallet's table does
// not allow.
func SetWalletStatus(act *Act, id string, in StatusChange) (wallet *payments.Wallet, err error) {
	a, err := findAnyAccount(act, id)
	if wallet = a.wallet; err != nil || wallet.State == in.Status {
		return wallet, err
	}
	return wallet, setStatus(act.wallets, act.Unit, wallet, payments.WalletTriggers(), in, by(act))
}
