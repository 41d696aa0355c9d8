package fake

import (
	"encoding/binary"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/brianvoe/gofakeit/v6"
)

// Person is somebody who does not exist, living in Lithuania.
type Person struct {
	FirstName string
	LastName  string
	// Email differs for any two numbers. No mail reaches its domain.
	Email string
	// Phone is a mobile number in the international form.
	Phone string
	// BirthDate is written as in ISO 8601. Everybody was of age in 2023.
	BirthDate string
	Address
}

// Company is a firm that does not exist, registered in Lithuania.
type Company struct {
	Name string
	// RegistrationNumber has nine digits and differs for any two numbers from 0 to
	// 10^8 - 1.
	RegistrationNumber string
	// Email differs for any two numbers. No mail reaches its domain.
	Email string
	Phone string
	Address
}

// Address is where a person lives or a company is registered.
type Address struct {
	Street     string
	City       string
	PostalCode string
	// Country is a code of ISO 3166.
	Country string
}

// town is a place with the first two digits of its postal codes.
type town struct{ name, post string }

var towns = [...]town{
	{"Vilnius", "01"}, {"Kaunas", "44"}, {"Klaipėda", "91"}, {"Šiauliai", "76"}, {"Panevėžys", "35"}, {"Alytus", "62"},
}

// NewPerson makes up the nth person of a tenant.
func NewPerson(seed string, n int64) Person {
	f := faker(seed, "person", n)
	first, last := f.FirstName(), f.LastName()
	return Person{
		FirstName: first,
		LastName:  last,
		Email:     email(first+"."+last, n),
		Phone:     phone(f),
		BirthDate: birthDate(f),
		Address:   address(f),
	}
}

// NewCompany makes up the nth company of a tenant.
func NewCompany(seed string, n int64) Company {
	f := faker(seed, "company", n)
	// The names that gofakeit has for companies are those of real ones.
	one, other := f.LastName(), f.LastName()
	return Company{
		Name:               one + " & " + other + " UAB",
		RegistrationNumber: registrationNumber(seed, n),
		Email:              email(one+"."+other, n),
		Phone:              phone(f),
		Address:            address(f),
	}
}

// stream is a source of numbers for gofakeit that begins where the digest says.
// Its own constructor would need tens of microseconds to seed, and takes zero to
// mean a random seed.
type stream struct{ *rand.PCG }

func faker(seed, kind string, n int64) *gofakeit.Faker {
	sum := digest(seed, kind, n)
	pcg := rand.NewPCG(binary.BigEndian.Uint64(sum[0:8]), binary.BigEndian.Uint64(sum[8:16]))
	return gofakeit.NewCustom(stream{pcg})
}

// Int63 is the half of Uint64 that the older interface asks for.
func (s stream) Int63() int64 { return int64(s.Uint64() >> 1) }

// Seed does nothing: a stream begins in one place only.
func (s stream) Seed(int64) {}

func address(f *gofakeit.Faker) Address {
	town := towns[f.Number(0, len(towns)-1)]
	return Address{
		Street:     f.LastName() + " g. " + strconv.Itoa(f.Number(1, 120)),
		City:       town.name,
		PostalCode: "LT-" + town.post + padded(uint64(f.Number(100, 399)), 3),
		Country:    "LT",
	}
}

// phone gives a number as Lithuanian mobile networks have them.
func phone(f *gofakeit.Faker) string {
	return "+3706" + padded(uint64(f.Number(0, 9_999_999)), 7)
}

// birthDate counts from a fixed day, so that a person keeps their age whatever
// the clock says.
func birthDate(f *gofakeit.Faker) string {
	const days = 55 * 365
	return time.Date(1950, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, f.Number(0, days)).Format(time.DateOnly)
}

func registrationNumber(seed string, n int64) string {
	sum := digest(seed, "registration number", 0)
	return "3" + padded(scatter(n, binary.BigEndian.Uint64(sum[:8]), companies), 8)
}

// email keeps the letters of a name and adds the number.
func email(name string, n int64) string {
	local := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r == '.':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		default:
			return -1
		}
	}, name)
	return local + strconv.FormatInt(n, 10) + "@example.com"
}
