package app_test

import (
	"fmt"
	"math"
	"net/http"
)

// sums holds what the sandbox adds up over a tenant and its customers to the books.
func (a *auditor) sums(t *auditedTenant) error {
	var lines [2]auditedSum
	for _, w := range t.wallets {
		i := 0
		if t.customers[w.customer].company != nil {
			i = 1
		}
		lines[i].total, lines[i].held = lines[i].total+w.balance, lines[i].held+w.reserved
	}
	all := auditedSum{lines[0].total + lines[1].total, lines[0].held + lines[1].held}
	ask := func(operation string, body any) (any, error) {
		reply, err := a.client.do(httpCall{operation: a.client.operation(operation), tenant: t.name, token: powerToken, body: body})
		if err == nil && reply.status != http.StatusOK {
			err = fmt.Errorf("%s of %s answers %s", operation, t.name, reply)
		}
		return valueAt(reply.value, "data"), err
	}
	whole, err := ask("getTenantBalance", nil)
	if err != nil {
		return err
	}
	byLine, err := ask("getBalanceByLine", nil)
	if err != nil {
		return err
	}
	classes, err := ask("classifyWallets", nil)
	if err != nil {
		return err
	}
	children, err := ask("getChildrenBalance", nil)
	if err != nil {
		return err
	}
	for _, shown := range []struct {
		name  string
		parts []any
		want  auditedSum
	}{
		{"the tenant", []any{whole}, all}, {"its one child", listAt(children, "children"), all},
		{"organizations", listAt(byLine, "linesOfBusiness")[:1], lines[1]}, {"individuals", listAt(byLine, "linesOfBusiness")[1:], lines[0]},
		{"classes of organizations", listAt(classes, "classes")[:2], lines[1]}, {"classes of individuals", listAt(classes, "classes")[2:], lines[0]},
	} {
		if got := sumOf(shown.parts); got != shown.want {
			return fmt.Errorf("%s: %s have %+v together, and the books %+v", t.name, shown.name, got, shown.want)
		}
	}
	for _, id := range sortedKeys(t.customers) {
		c := t.customers[id]
		if !c.active {
			continue
		}
		shown, err := ask("getCustomerBalance", map[string]any{"customerId": id})
		if err != nil {
			return err
		}
		var want auditedSum
		for _, w := range t.wallets {
			if w.customer == id {
				want.total, want.held = want.total+w.balance, want.held+w.reserved
			}
		}
		if got := sumOf([]any{shown}); got != want {
			return fmt.Errorf("%s has %+v together, and the books %+v", id, got, want)
		}
	}
	return nil
}

// auditedSum is what lies on several wallets, and what orders hold of it.
type auditedSum struct{ total, held int64 }

func sumOf(parts []any) (sum auditedSum) {
	at := func(part any, name string) int64 {
		major, _ := valueAt(part, "balances."+name+".value").(float64)
		return int64(math.Round(major * 100))
	}
	for _, part := range parts {
		sum.total += at(part, "total")
		sum.held += at(part, "reserved") + at(part, "pending")
	}
	return sum
}
