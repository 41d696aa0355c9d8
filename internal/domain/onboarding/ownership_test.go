package onboarding_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"finhub-sandbox/internal/domain/onboarding"
)

func share(t testing.TB, text string) onboarding.Share {
	t.Helper()
	s, err := onboarding.ParseShare(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseShare(t *testing.T) {
	for text, want := range map[string]string{"0": "0", "25": "25", "33.33": "33.33", "100": "100", "100.000": "100", "0.0001": "0.0001"} {
		if s, err := onboarding.ParseShare(text); err != nil || s.String() != want {
			t.Errorf("%s: got %s, %v", text, s, err)
		}
	}
	for _, value := range []any{"", "-1", "100.01", "1e2", "1/3", "abc", "1000", 100.5, -0.5, true, nil, "33.33333"} {
		if s, err := onboarding.ParseShare(value); err == nil {
			t.Errorf("%v is accepted as %s", value, s)
		}
	}
	if s, err := onboarding.ParseShare(33.4); err != nil || s.String() != "33.4" {
		t.Errorf("a number: got %s, %v", s, err)
	}
}

func TestThirdsAddUp(t *testing.T) {
	third := share(t, "33.3333")
	sum := third.Add(third).Add(third)
	if sum.Whole() || sum.Over() || sum.Rest().String() != "0.0001" {
		t.Errorf("three rounded thirds are %s, and %s is left", sum, sum.Rest())
	}
	if whole := third.Add(third).Add(share(t, "33.3334")); !whole.Whole() {
		t.Errorf("33.3333 twice and 33.3334 are %s", whole)
	}
	// As binary fractions these come to 99.99999999999999.
	if whole := share(t, "33.4").Add(share(t, "33.3")).Add(share(t, "33.3")); !whole.Whole() {
		t.Errorf("33.4, 33.3 and 33.3 are %s", whole)
	}
}

// TestNoOrderOfAdditionsPassesTheWhole cuts a hundred percent into random parts:
// in whatever order they are added, no sum on the way is more than the whole, and
// the last is exactly the whole.
func TestNoOrderOfAdditionsPassesTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const whole = 100_0000
		cuts := rapid.SliceOfN(rapid.Int64Range(0, whole), 0, 12).Draw(t, "cuts")
		var parts []onboarding.Share
		left := int64(whole)
		for _, cut := range cuts {
			part := min(cut, left)
			left -= part
			parts = append(parts, share4(t, part))
		}
		parts = append(parts, share4(t, left))
		var sum onboarding.Share
		for _, p := range rapid.Permutation(parts).Draw(t, "order") {
			if sum = sum.Add(p); sum.Over() {
				t.Fatalf("the sum has come to %s", sum)
			}
		}
		if !sum.Whole() || sum.Rest().String() != "0" {
			t.Fatalf("the parts of the whole are %s", sum)
		}
		if more := sum.Add(share4(t, 1)); !more.Over() {
			t.Fatalf("%s is not over the whole", more)
		}
	})
}

func share4(t *rapid.T, n int64) onboarding.Share {
	s, err := onboarding.ParseShare(fmt.Sprintf("%d.%04d", n/10_000, n%10_000))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBeneficialOwnersThroughCompanies(t *testing.T) {
	person := func(email, percent string) onboarding.Owner {
		return onboarding.Owner{Kind: onboarding.PersonOwner, Name: email, Email: email, Share: share(t, percent)}
	}
	company := func(percent string, owners ...onboarding.Owner) onboarding.Owner {
		return onboarding.Owner{Kind: onboarding.CompanyOwner, Name: "c", Share: share(t, percent), Owners: owners}
	}
	tests := []struct {
		name   string
		owners []onboarding.Owner
		want   string
	}{
		{"directly", []onboarding.Owner{person("a", "25"), person("b", "24.9999"), person("c", "50.0001")}, "a 25 true, b 24.9999 false, c 50.0001 true"},
		{"through one company", []onboarding.Owner{company("50", person("a", "50"), person("b", "50"))}, "a 25 true, b 25 true"},
		{"through two levels", []onboarding.Owner{company("80", company("60", person("a", "60"), person("b", "40")), person("c", "40")), person("d", "20")}, "a 28.8 true, b 19.2 false, c 32 true, d 20 false"},
		{"in several places", []onboarding.Owner{person("a", "15"), company("50", person("A", "20"), person("b", "80")), person("c", "35")}, "a 25 true, b 40 true, c 35 true"},
		{"a company without owners hides them", []onboarding.Owner{company("60"), person("a", "40")}, "a 40 true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for i, b := range onboarding.BeneficialOwners(tt.owners) {
				if i > 0 {
					got += ", "
				}
				got += fmt.Sprintf("%s %s %v", b.Email, b.Share, b.UBO())
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestSharesSurviveStorage(t *testing.T) {
	third := share(t, "33.3333").Of(share(t, "33.3333"))
	text, err := third.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var back onboarding.Share
	if err := back.UnmarshalText(text); err != nil || back.Add(third.Rest()).Rest().String() != "0" {
		t.Errorf("got %s back, %v", back, err)
	}
}

func TestPeopleAreToldApart(t *testing.T) {
	person := func(email, name, birthDate, percent string) onboarding.Owner {
		return onboarding.Owner{Kind: onboarding.PersonOwner, Email: email, Name: name, BirthDate: birthDate, Share: share(t, percent)}
	}
	for _, c := range []struct {
		name string
		a, b onboarding.Owner
		one  bool
	}{
		{"by their e-mails, whatever the case", person("a@example.com", "Ona", "", "10"), person("A@example.com", "Anna", "1990-01-01", "10"), true},
		{"by other e-mails", person("a@example.com", "Ona", "", "10"), person("b@example.com", "Ona", "", "10"), false},
		{"where one has no e-mail", person("a@example.com", "Ona", "", "10"), person("", "Ona", "", "10"), false},
		{"by their names", person("", "Ona", "", "10"), person("", "ONA", "", "10"), true},
		{"by their dates of birth", person("", "Ona", "1990-01-01", "10"), person("", "Ona", "1991-01-01", "10"), false},
	} {
		found := onboarding.BeneficialOwners([]onboarding.Owner{c.a, c.b})
		if one := len(found) == 1; one != c.one || one && found[0].Share.String() != "20" {
			t.Errorf("%s: got %v", c.name, found)
		}
		if behind := found[0].Behind(c.b); behind != c.one {
			t.Errorf("%s: the first is behind the second: %t", c.name, behind)
		}
	}
}

func TestOverfull(t *testing.T) {
	company := func(name, percent string, owners ...onboarding.Owner) onboarding.Owner {
		return onboarding.Owner{Kind: onboarding.CompanyOwner, Name: name, Share: share(t, percent), Owners: owners}
	}
	full := company("top", "1", company("half", "50"), company("other half", "50", company("all", "100")))
	if found, ok := full.Overfull(); ok {
		t.Errorf("%s is overfull", found.Name)
	}
	over := company("top", "1", company("half", "50"), company("other half", "50", company("all", "100"), company("more", "0.0001")))
	if found, ok := over.Overfull(); !ok || found.Name != "other half" {
		t.Errorf("got %s, %t", found.Name, ok)
	}
}
