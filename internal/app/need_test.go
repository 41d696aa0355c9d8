package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
)

// needCases are the facts of one table: those with which each trigger is applied,
// and for each of its needs what harms them so that it is the first that is not
// met. A need that differs from trigger to trigger has the trigger before its name.
type needCases[F any] struct {
	table *machine.Table[F]
	good  map[machine.Trigger]func() F
	harms map[string]func(*F)
}

// harm finds what harms a need; the name is noted as used.
func (c needCases[F]) harm(on machine.Trigger, need string, used map[string]bool) func(*F) {
	for _, name := range []string{string(on) + " " + need, need} {
		if harm := c.harms[name]; harm != nil {
			used[name] = true
			return harm
		}
	}
	return nil
}

// TestEveryNeedRefusesByItself takes one need after the other away, in every row of
// every table: it must refuse, with its code and with calls of the documents or the
// reason why none helps, and nothing else may.
func TestEveryNeedRefusesByItself(t *testing.T) {
	product, control := documents(t)
	calls := func(t *testing.T, n string, e *refusal.Error, helpless string) {
		t.Helper()
		if (len(e.Next) == 0) && helpless == "" {
			t.Errorf("%s is not met, no call is suggested, and nothing says why none helps", n)
		}
		for _, call := range e.Next {
			checkCall(t, n, call, product, control)
		}
	}
	tested := slices.Concat(
		sweep(t, customerNeeds(), calls), sweep(t, sessionNeeds(), calls), sweep(t, verificationNeeds(), calls), sweep(t, personnelNeeds(), calls),
		sweep(t, beneficiaryNeeds(), calls), sweep(t, paymentConsentNeeds(), calls), sweep(t, orderNeeds(), calls),
		sweep(t, deliveryNeeds(), calls),
	)
	for _, m := range tables() {
		for _, row := range m.Transitions {
			if len(row.Needs) > 0 && !slices.Contains(tested, m.Name) {
				t.Errorf("the needs of %s are not tested", m.Name)
			}
		}
	}
}

// sweep harms every need of a table and gives the table's name.
func sweep[F any](t *testing.T, c needCases[F], calls func(*testing.T, string, *refusal.Error, string)) []string {
	t.Helper()
	t.Run(c.table.Name, func(t *testing.T) {
		used := map[string]bool{}
		for _, row := range c.table.Rows {
			if len(row.Needs) > 0 {
				c.sweepRow(t, row, used, calls)
			}
		}
		for name := range c.harms {
			if !used[name] {
				t.Errorf("%s is harmed, and no row needs it", name)
			}
		}
	})
	return []string{c.table.Name}
}

func (c needCases[F]) sweepRow(t *testing.T, row machine.Row[F], used map[string]bool, calls func(*testing.T, string, *refusal.Error, string)) {
	t.Helper()
	for _, on := range row.On {
		good := c.good[on]
		if good == nil {
			t.Errorf("%s has needs, and no facts meet them", on)
			continue
		}
		if _, err := c.table.Fire(row.From[0], on, good()); (err != nil) != (row.Refuse != "") {
			t.Errorf("%s with good facts: %v", on, err)
		}
		for _, n := range row.Needs {
			for _, part := range append([]machine.Need[F]{n}, n.Parts...) {
				harm := c.harm(on, part.Name, used)
				if harm == nil {
					t.Errorf("%s needs %s, and nothing harms it", on, part.Name)
					continue
				}
				facts := good()
				harm(&facts)
				e := c.refused(t, row, on, n, part.Name, facts)
				if e != nil {
					calls(t, string(on)+": "+part.Name, e, n.Helpless)
				}
			}
		}
	}
}

// refused holds the table to an unmet need, or to a part of one, and gives what that
// says.
func (c needCases[F]) refused(t *testing.T, row machine.Row[F], on machine.Trigger, n machine.Need[F], name string, facts F) *refusal.Error {
	t.Helper()
	standing := machine.FindStanding(c.table.Needs(row.From[0], on, facts), name)
	if row.Refuse != "" {
		standing = machine.FindStanding(machine.Stand(row.Needs, facts), name)
	}
	if standing == nil || standing.Met || standing.Refusal == nil {
		t.Errorf("%s: %s is harmed, and stands as %+v", on, name, standing)
		return nil
	}
	if standing.Refusal.Code != n.Code {
		t.Errorf("%s: %s is refused with %s, its code is %s", on, name, standing.Refusal.Code, n.Code)
	}
	_, err := c.table.Fire(row.From[0], on, facts)
	var e *refusal.Error
	switch {
	case n.Advisory:
		if err != nil {
			t.Errorf("%s: %s is advisory, and refused: %v", on, name, err)
		}
	case !errors.As(err, &e):
		t.Errorf("%s: %s is not met, and nothing refuses: %v", on, name, err)
	case row.Refuse == "" && name == n.Name && e.Error() != standing.Refusal.Error():
		t.Errorf("%s: %s is not met, and another need refuses: %v", on, name, err)
	case row.Refuse != "" && len(e.Next) != len(standing.Refusal.Next):
		t.Errorf("%s: the calls of %s are not told: %v", on, name, e.Next)
	}
	return standing.Refusal
}

// checkCall checks that a suggested call is one of the documents', with a value for
// every parameter of its path.
func checkCall(t *testing.T, need string, call refusal.Call, documents ...*contract.Document) {
	t.Helper()
	for _, d := range documents {
		o := d.Operation(call.Operation)
		if o == nil {
			continue
		}
		if url := o.URL(call.Params); strings.ContainsAny(url, "{}") || strings.Contains(url, "//") {
			t.Errorf("%s: %s leads to %s", need, call.Operation, url)
		}
		if call.Why == "" {
			t.Errorf("%s: nothing says why %s helps", need, call.Operation)
		}
		return
	}
	t.Errorf("%s suggests %s, which is no operation", need, call.Operation)
}
