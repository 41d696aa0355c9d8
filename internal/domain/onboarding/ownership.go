package onboarding

import (
	"errors"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Share is a part of a company in percent, exact: thirds of a hundred, given
// with whatever decimals, add up to what they add up to.
type Share struct{ percent *big.Rat }

var shareForm = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,4})?$`)

// ParseShare reads a percentage from 0 to 100, given as a text or a number.
func ParseShare(value any) (Share, error) {
	text := ""
	switch v := value.(type) {
	case string:
		text = v
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	if !shareForm.MatchString(text) {
		return Share{}, errors.New("must be a percentage from 0 to 100 with at most four decimals")
	}
	percent, _ := new(big.Rat).SetString(text)
	if percent.Cmp(hundred()) > 0 {
		return Share{}, errors.New("must be at most 100")
	}
	return Share{percent}, nil
}

func hundred() *big.Rat { return big.NewRat(100, 1) }

func (s Share) rat() *big.Rat {
	if s.percent == nil {
		return new(big.Rat)
	}
	return s.percent
}

// Add gives the sum of two shares.
func (s Share) Add(other Share) Share { return Share{new(big.Rat).Add(s.rat(), other.rat())} }

// Rest is what is left of the whole.
func (s Share) Rest() Share { return Share{new(big.Rat).Sub(hundred(), s.rat())} }

// Of gives this share of another one: half of a half is a quarter.
func (s Share) Of(other Share) Share {
	product := new(big.Rat).Mul(s.rat(), other.rat())
	return Share{product.Quo(product, hundred())}
}

// AtLeast compares with a whole percentage.
func (s Share) AtLeast(percent int64) bool { return s.rat().Cmp(big.NewRat(percent, 1)) >= 0 }

// Over reports whether the share is more than the whole.
func (s Share) Over() bool { return s.rat().Cmp(hundred()) > 0 }

// Compare is negative if the share is smaller than another one, positive if it is
// larger.
func (s Share) Compare(other Share) int { return s.rat().Cmp(other.rat()) }

// Whole reports whether the share is exactly the whole.
func (s Share) Whole() bool { return s.rat().Cmp(hundred()) == 0 }

// String writes the percentage with as few decimals as it needs, at most four,
// as which products of shares are rounded.
func (s Share) String() string {
	text := s.rat().FloatString(4)
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// Float gives the number that String writes, for replies only: sums are made of
// shares.
func (s Share) Float() float64 {
	f, _ := strconv.ParseFloat(s.String(), 64)
	return f
}

// MarshalText writes the exact fraction.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.rat().RatString()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Share) UnmarshalText(text []byte) error {
	percent, ok := new(big.Rat).SetString(string(text))
	if !ok {
		return errors.New("not a share: " + string(text))
	}
	s.percent = percent
	return nil
}

// The kinds of shareholders.
const (
	PersonOwner  = "INDIVIDUAL"
	CompanyOwner = "CORPORATE"
)

// Owner is somebody who holds a share of a company: a person, or a company that
// discloses its own owners.
type Owner struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	// BirthDate tells persons of the same name apart who have no e-mail.
	BirthDate string `json:"birthDate,omitempty"`
	Country   string `json:"country,omitempty"`
	PEP       bool   `json:"pep,omitempty"`
	Share     Share  `json:"share"`
	// Owners are those of a company.
	Owners []Owner `json:"owners,omitempty"`
}

// Disclosed reports whether the chains of companies end in persons who own the
// whole of each. It is so for a person.
func (o Owner) Disclosed() bool {
	if o.Kind != CompanyOwner {
		return true
	}
	return Sum(o.Owners).Whole() && !slices.ContainsFunc(o.Owners, func(owner Owner) bool { return !owner.Disclosed() })
}

// Overfull finds the first company of the chain whose owners hold more than the
// whole of it.
func (o Owner) Overfull() (company Owner, found bool) {
	if Sum(o.Owners).Over() {
		return o, true
	}
	for _, owner := range o.Owners {
		if company, found = owner.Overfull(); found {
			return company, true
		}
	}
	return Owner{}, false
}

// Sum adds up the shares of owners.
func Sum(owners []Owner) Share {
	var sum Share
	for _, o := range owners {
		sum = sum.Add(o.Share)
	}
	return sum
}

// UBOThreshold is the share from which a person is an ultimate beneficial owner,
// in percent.
const UBOThreshold = 25

// BeneficialOwner is a person with everything that it holds, directly and
// through companies.
type BeneficialOwner struct {
	Name, Email, BirthDate, Country string
	PEP                             bool
	Share                           Share
}

// UBO reports whether the person is an ultimate beneficial owner.
func (b BeneficialOwner) UBO() bool { return b.Share.AtLeast(UBOThreshold) }

// BeneficialOwners finds every person behind the owners, through all levels of
// companies. A person who stands in several places is one, with the sum of its
// shares.
func BeneficialOwners(owners []Owner) []BeneficialOwner {
	var found []BeneficialOwner
	collect(owners, Share{hundred()}, &found)
	return found
}

func collect(owners []Owner, of Share, found *[]BeneficialOwner) {
	for _, o := range owners {
		share := o.Share.Of(of)
		if o.Kind == CompanyOwner {
			collect(o.Owners, share, found)
			continue
		}
		i := slices.IndexFunc(*found, func(b BeneficialOwner) bool { return b.Is(o) })
		if i < 0 {
			*found = append(*found, BeneficialOwner{o.Name, o.Email, o.BirthDate, o.Country, o.PEP, share})
			continue
		}
		b := &(*found)[i]
		b.Share, b.PEP = b.Share.Add(share), b.PEP || o.PEP
		// The riskier country counts, wherever it stands.
		if !RiskyCountry(b.Country) {
			b.Country = o.Country
		}
	}
}

// Is reports whether an owner is this person: by e-mail, or where neither has one
// by name and date of birth.
func (b BeneficialOwner) Is(o Owner) bool { return b.IsPerson(o.Email, o.Name, o.BirthDate) }

// IsPerson reports whether this is who is described so.
func (b BeneficialOwner) IsPerson(email, name, birthDate string) bool {
	if b.Email != "" || email != "" {
		return strings.EqualFold(b.Email, email)
	}
	return strings.EqualFold(b.Name, name) && b.BirthDate == birthDate
}

// Behind reports whether the person stands behind an owner, or is the owner.
func (b BeneficialOwner) Behind(o Owner) bool {
	return slices.ContainsFunc(BeneficialOwners([]Owner{o}), func(other BeneficialOwner) bool {
		return b.IsPerson(other.Email, other.Name, other.BirthDate)
	})
}

// OwnerCountries lists the countries of the companies among the owners, through
// all levels, that are listed as risky.
func OwnerCountries(owners []Owner) []RiskReason {
	var reasons []RiskReason
	for _, o := range owners {
		if o.Kind == CompanyOwner && RiskyCountry(o.Country) {
			reasons = append(reasons, RiskReason{HighRiskCountry, o.Name + ", " + o.Country})
		}
		reasons = append(reasons, OwnerCountries(o.Owners)...)
	}
	return reasons
}
