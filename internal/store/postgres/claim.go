package postgres

import (
	"context"
	"time"
)

// claimTime is how long it is tried to release something.
const claimTime = 3 * time.Second

// Claim claims something of a tenant for this process, unless another has, and that not
// longer ago than a while.
func (l *Log) Claim(ctx context.Context, tenant, what string, within time.Duration) (claimed bool, err error) {
	for range 2 {
		_, _, err = l.exec(ctx, "INSERT INTO finhub_sandbox_claim (tenant, what, node) VALUES ($1::text, $2::text, $3::text)", tenant, what, l.Node)
		if stateOf(err) != uniqueViolation {
			return err == nil, err
		}
		_, left, err := l.exec(ctx, "DELETE FROM finhub_sandbox_claim WHERE tenant = $1::text AND what = $2::text AND at < now() - $3::bigint * interval '1 millisecond'", tenant, what, within.Milliseconds())
		if err != nil || left == 0 {
			return false, err
		}
	}
	return false, nil
}

// Release lets others claim it.
func (l *Log) Release(ctx context.Context, tenant, what string) error {
	ctx, cancel := context.WithTimeout(ctx, claimTime)
	defer cancel()
	_, _, err := l.exec(ctx, "DELETE FROM finhub_sandbox_claim WHERE tenant = $1::text AND what = $2::text AND node = $3::text", tenant, what, l.Node)
	return err
}
