package setting

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/golden"
)

// leaves are the rows of the table with those of groups in place of the groups.
func leaves(rows []Setting) []Setting {
	var list []Setting
	for _, row := range rows {
		if g, ok := row.Form.(Group); ok {
			list = append(list, leaves(g.Members)...)
		} else {
			list = append(list, row)
		}
	}
	return list
}

// sample gives a setting its n-th value.
func sample(t *testing.T, row Setting, s *Settings, n int) {
	t.Helper()
	switch f := row.Form.(type) {
	case Word:
		*f.At(s) = f.Words[n]
	case Text:
		*f.At(s) = fmt.Sprintf("text %d", n)
	case Secret:
		*f.At(s) = fmt.Sprintf("secret %d", n)
	case Delay:
		*f.At(s) = Seconds(60 + n)
	case Delays:
		*f.At(s) = []delivery.Span{60, delivery.Span(1 + n)}
	case Number:
		*f.At(s) = new(f.Least + float64(n)*(f.Most-f.Least))
	case Amount:
		*f.At(s) = int64(100 + n)
	case ByNetwork:
		*f.At(s) = payments.Fees{f.Networks()[0]: int64(n)}
	default:
		t.Fatalf("%s is a %T", row.Name, f)
	}
}

// Each row has a member of its own, and each member a row.
func TestEachMemberHasARow(t *testing.T) {
	taken := map[int]string{}
	for _, row := range leaves(table) {
		var s Settings
		sample(t, row, &s, 1)
		var set []int
		for i := range reflect.TypeFor[Settings]().NumField() {
			if !reflect.ValueOf(s).Field(i).IsZero() {
				set = append(set, i)
			}
		}
		if len(set) != 1 || taken[set[0]] != "" {
			t.Fatalf("%s sets the members %v; %v are set by others", row.Name, set, taken)
		}
		taken[set[0]] = row.Name
	}
	if n := reflect.TypeFor[Settings]().NumField(); len(taken) != n {
		t.Errorf("of %d members only those of %v have a row", n, slices.Sorted(maps.Values(taken)))
	}
}

// Of each setting the first value stands, also one that is as good as none.
func TestComplete(t *testing.T) {
	for _, row := range leaves(table) {
		var first, second, none Settings
		sample(t, row, &first, 0)
		sample(t, row, &second, 1)
		for _, c := range []struct {
			from   []*Settings
			become *Settings
		}{
			{[]*Settings{&first, &second}, &first},
			{[]*Settings{&none, &second, &first}, &second},
			{[]*Settings{&none, &none}, &none},
		} {
			var got Settings
			got.Complete(c.from...)
			if !reflect.DeepEqual(got, *c.become) {
				t.Errorf("%s: got %+v, want %+v", row.Name, got, *c.become)
			}
		}
	}
}

// Fees are joined network by network, and those that they come from stay.
func TestFeesAreJoined(t *testing.T) {
	mine := Settings{Fees: payments.Fees{"SEPA": 1}}
	own, base := mine, Settings{Fees: payments.Fees{"SEPA": 2, "SWIFT": 3}}
	own.Complete(&base)
	if want := (payments.Fees{"SEPA": 1, "SWIFT": 3}); !maps.Equal(own.Fees, want) {
		t.Errorf("got %v, want %v", own.Fees, want)
	}
	if len(mine.Fees) != 1 || len(base.Fees) != 2 || base.Fees["SEPA"] != 2 {
		t.Errorf("left are %v and %v", mine.Fees, base.Fees)
	}
}

// What a tenant has set is kept, and nothing else.
func TestWhatIsKept(t *testing.T) {
	for _, row := range leaves(table) {
		var s Settings
		sample(t, row, &s, 1)
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var again Settings
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		if kept := reflect.DeepEqual(again, s); kept != (row.By&Tenant != 0) {
			t.Errorf("%s is kept: %t; as %s", row.Name, kept, text)
		}
	}
	var old Settings
	if err := json.Unmarshal([]byte(`{"headers":"relaxed","personnel":"required","orderLifeSeconds":300,"tenantKey":"k","tenantSecret":"s","loginKeys":"optional"}`), &old); err != nil {
		t.Fatal(err)
	}
	if want := (Settings{Headers: Relaxed, Personnel: Required, OrderLife: 300, TenantKey: "k", TenantSecret: "s", LoginKeys: Optional}); !reflect.DeepEqual(old, want) {
		t.Errorf("what a data file holds is read as %+v", old)
	}
}

// A tenant is told what it has set, and of a secret only that it is set.
func TestTakeAndTell(t *testing.T) {
	var s Settings
	take := func(sent map[string]any) { s.Take(func(member string) any { return sent[member] }) }
	told := func(want map[string]any) {
		t.Helper()
		got := s.Tell()
		for member, value := range want {
			if got[member] != value {
				t.Errorf("%s is told as %v, want %v", member, got[member], value)
			}
		}
		if _, told := got["tenantSecret"]; told {
			t.Error("the secret is told")
		}
	}
	nothing := map[string]any{"headers": "", "personnel": "", "orderLifeSeconds": int64(0), "tenantKey": "", "tenantSecretSet": false, "loginKeys": ""}
	told(nothing)
	all := map[string]any{"headers": Strict, "personnel": Required, "orderLifeSeconds": 60.0, "tenantKey": "k", "tenantSecret": "s", "loginKeys": Optional}
	take(all)
	everything := map[string]any{"headers": Strict, "personnel": Required, "orderLifeSeconds": int64(60), "tenantKey": "k", "tenantSecretSet": true, "loginKeys": Optional}
	told(everything)
	take(map[string]any{"openingBalance": 5.0})
	told(everything)
	take(map[string]any{"headers": "", "personnel": "", "orderLifeSeconds": 0.0, "tenantKey": "", "tenantSecret": "", "loginKeys": ""})
	told(nothing)
}

// A scenario shows what it can set, under the names of the table.
func TestView(t *testing.T) {
	if got := new(Settings).View(); len(got) != 0 {
		t.Errorf("nothing is shown as %v", got)
	}
	for _, row := range table {
		var s Settings
		rows := leaves([]Setting{row})
		var names []string
		for _, leaf := range rows {
			sample(t, leaf, &s, 1)
			names = append(names, leaf.Name)
		}
		if row.By&Scenario == 0 {
			names = nil
		}
		if got := slices.Sorted(maps.Keys(s.View())); !slices.Equal(got, slices.Sorted(slices.Values(names))) {
			t.Errorf("of %s %v are shown", row.Name, got)
		}
	}
}

// The table of docs/settings.md is this one.
func TestReadme(t *testing.T) {
	const file = "../../docs/settings.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	marked := regexp.MustCompile(`(?s)(<!-- settings, [^\n]* -->\n\n).*?(\n<!-- end of settings -->\n)`)
	if !marked.Match(text) {
		t.Fatal("docs/settings.md has no place for the table of settings")
	}
	want := marked.ReplaceAllLiteral(text, slices.Concat(marked.FindSubmatch(text)[1], []byte(readmeTable()), marked.FindSubmatch(text)[2]))
	golden.Check(t, file, string(want))
}

func readmeTable() string {
	var b strings.Builder
	b.WriteString("| Setting | Values | Set by | Meaning |\n|---|---|---|---|\n")
	for _, row := range table {
		var by []string
		if row.By&Server != 0 {
			by = append(by, code("--"+strings.ToLower(regexp.MustCompile("[A-Z]").ReplaceAllString(row.Name, "-$0"))))
		}
		if row.By&Tenant != 0 {
			by = append(by, "tenant")
		}
		if row.By&Scenario != 0 {
			by = append(by, "scenario")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", code(row.Name), values(row), strings.Join(by, ", "), row.Means)
	}
	return b.String()
}

func code(words ...string) string { return "`" + strings.Join(words, "`, `") + "`" }

// values says what can be written.
func values(row Setting) string {
	switch f := row.Form.(type) {
	case Word:
		return code(f.Words...)
	case Secret:
		return "a text, never shown"
	case Delay:
		if row.By&Tenant != 0 {
			return "a time such as `5m`; for a tenant `" + secondsMember(row.Name) + "`"
		}
		return "a time such as `5m`"
	case Number:
		return fmt.Sprintf("%g to %g", f.Least, f.Most)
	case Amount:
		return "an amount"
	case ByNetwork:
		return "amounts by " + code(f.Networks()...)
	case Group:
		var names []string
		for _, member := range f.Members {
			names = append(names, member.Name)
		}
		if f.Members[0].By&Tenant != 0 {
			return "an object of " + code(names...)
		}
		return "amounts by " + code(names...)
	}
	return "a text"
}
