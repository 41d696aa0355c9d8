package fake_test

import (
	"regexp"
	"testing"
	"time"

	"finhub-sandbox/internal/fake"
)

func TestGoldenPeople(t *testing.T) {
	for _, c := range []struct{ got, want any }{
		{fake.NewPerson("acme", 0), fake.Person{
			FirstName: "Jerad", LastName: "Mante", Email: "jerad.mante0@example.com", Phone: "+37065815550", BirthDate: "1970-07-26",
			Address: fake.Address{Street: "Hackett g. 117", City: "Šiauliai", PostalCode: "LT-76341", Country: "LT"},
		}},
		{fake.NewPerson("acme", 1), fake.Person{
			FirstName: "Arlie", LastName: "Spinka", Email: "arlie.spinka1@example.com", Phone: "+37063831062", BirthDate: "1995-01-11",
			Address: fake.Address{Street: "Schiller g. 26", City: "Kaunas", PostalCode: "LT-44275", Country: "LT"},
		}},
		{fake.NewCompany("acme", 0), fake.Company{
			Name: "Bartoletti & Durgan UAB", RegistrationNumber: "384417187", Email: "bartoletti.durgan0@example.com", Phone: "+37061164341",
			Address: fake.Address{Street: "Bode g. 10", City: "Panevėžys", PostalCode: "LT-35265", Country: "LT"},
		}},
	} {
		if c.got != c.want {
			t.Errorf("got  %#v\nwant %#v", c.got, c.want)
		}
	}
}

func TestPeopleAreComplete(t *testing.T) {
	form := map[string]*regexp.Regexp{
		"email":       regexp.MustCompile(`^[a-z]+\.[a-z]+[0-9]+@example\.com$`),
		"phone":       regexp.MustCompile(`^\+3706[0-9]{7}$`),
		"postal code": regexp.MustCompile(`^LT-[0-9]{5}$`),
		"name":        regexp.MustCompile(`^\p{Lu}\S+$`),
		"street":      regexp.MustCompile(`^\S+ g\. [0-9]+$`),
	}
	seen := map[string]bool{}
	for n := range int64(2_000) {
		p := fake.NewPerson("acme", n)
		for value, of := range map[string]string{
			p.Email: "email", p.Phone: "phone", p.PostalCode: "postal code",
			p.FirstName: "name", p.LastName: "name", p.City: "name", p.Street: "street",
		} {
			if !form[of].MatchString(value) {
				t.Errorf("person %d has the %s %q", n, of, value)
			}
		}
		born, err := time.Parse(time.DateOnly, p.BirthDate)
		if err != nil || born.Year() < 1950 || born.Year() > 2004 {
			t.Errorf("person %d was born on %s", n, p.BirthDate)
		}
		if seen[p.Email] {
			t.Errorf("%s comes twice", p.Email)
		}
		seen[p.Email] = true
	}
}

func TestCompaniesAreComplete(t *testing.T) {
	number := regexp.MustCompile(`^3[0-9]{8}$`)
	seen := map[string]bool{}
	for n := range int64(2_000) {
		c := fake.NewCompany("acme", n)
		if !number.MatchString(c.RegistrationNumber) || seen[c.RegistrationNumber] {
			t.Errorf("company %d has the registration number %q", n, c.RegistrationNumber)
		}
		seen[c.RegistrationNumber] = true
		if c.Name == "" || c.Email == "" || c.Phone == "" || c.Street == "" || c.Country != "LT" {
			t.Errorf("company %d lacks something: %+v", n, c)
		}
	}
}

// Another seed gives other people.
func TestSeedsDiffer(t *testing.T) {
	same := 0
	for n := range int64(100) {
		if fake.NewPerson("acme", n).LastName == fake.NewPerson("globex", n).LastName {
			same++
		}
	}
	if same > 10 {
		t.Errorf("%d of 100 people have the same surname under two seeds", same)
	}
}
