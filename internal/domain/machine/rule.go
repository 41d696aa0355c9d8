package machine

import "finhub-sandbox/internal/domain/refusal"

// Rule names the rule of a scenario that acted, and where it is written.
type Rule = refusal.Rule
