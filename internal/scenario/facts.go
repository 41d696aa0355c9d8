package scenario

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Facts are what conditions can ask about. A fact of which nothing is known is
// its type's nothing: an empty text, 0, false, no items. Ages alone are different:
// a comparison with one that is not known does not hold.
type Facts struct {
	Customer       Customer       `expr:"customer"`
	Verification   Verification   `expr:"verification"`
	Document       Document       `expr:"document"`
	Consent        Consent        `expr:"consent"`
	Wallet         Wallet         `expr:"wallet"`
	Beneficiary    Beneficiary    `expr:"beneficiary"`
	PaymentConsent PaymentConsent `expr:"paymentConsent"`
	Order          Order          `expr:"order"`
	Request        Request        `expr:"request"`
	Event          Event          `expr:"event"`
	Delivery       Delivery       `expr:"delivery"`
	Clock          Clock          `expr:"clock"`
}

// Customer is the customer whom it concerns.
type Customer struct {
	ID       string `expr:"id"`
	Type     string `expr:"type"`
	Email    string `expr:"email"`
	Phone    string `expr:"phone"`
	Name     string `expr:"name"`
	Category string `expr:"category"`
	// Risk is the category's.
	Risk  string `expr:"risk"`
	State string `expr:"state"`
	// Age is in years, at the tenant's time; of an organization none is known.
	Age      int  `expr:"age"`
	AgeKnown bool `expr:"ageKnown"`
	// DateOfBirth is written as 1990-05-14; of an organization it is the day of its
	// incorporation.
	DateOfBirth string `expr:"dateOfBirth"`
	// Nationality and Country are codes such as LT, or what was sent if it is no
	// country's code or English name; Country is that of the first address.
	Nationality string `expr:"nationality"`
	Country     string `expr:"country"`
	// PEP tells that the customer is politically exposed, by its features, or as
	// one of the people of an organization.
	PEP bool `expr:"pep"`
	// RiskScore is the one that was chosen for the category; 0 without one.
	RiskScore int `expr:"riskScore"`
	// Features are the values that were chosen for the category, by their keys.
	Features map[string]string `expr:"features"`
	// LegalForm and Industry are an organization's.
	LegalForm string `expr:"legalForm"`
	Industry  string `expr:"industry"`
	// Member reports whether it is the record of a person of an organization, which
	// has the name Organization. The other members say what the person is there: in
	// which position, the how manieth of those, with what share in percent.
	Member       bool     `expr:"member"`
	Organization string   `expr:"organization"`
	Position     string   `expr:"position"`
	Number       int      `expr:"number"`
	Share        float64  `expr:"share"`
	UBO          bool     `expr:"ubo"`
	Roles        []string `expr:"roles"`
	// People are those of the organization: the customer, or the one to which the
	// customer belongs.
	People []Person `expr:"people"`
}

// Person is one position that somebody has in an organization.
type Person struct {
	Position string `expr:"position"`
	// Number counts the people of a position, from 1.
	Number int `expr:"number"`
	// Kind is INDIVIDUAL, or CORPORATE for a company among the shareholders.
	Kind        string `expr:"kind"`
	Name        string `expr:"name"`
	Email       string `expr:"email"`
	Age         int    `expr:"age"`
	AgeKnown    bool   `expr:"ageKnown"`
	DateOfBirth string `expr:"dateOfBirth"`
	Nationality string `expr:"nationality"`
	// Country is that of a company or of a person's address, else the nationality.
	Country string `expr:"country"`
	PEP     bool   `expr:"pep"`
	// Share is what a shareholder owns, directly and through companies, in percent.
	Share float64  `expr:"share"`
	UBO   bool     `expr:"ubo"`
	Roles []string `expr:"roles"`
}

// Verification is the verification that is concerned, or the one that counts for
// the customer.
type Verification struct {
	Type      string     `expr:"type"`
	Attempt   int        `expr:"attempt"`
	Level     string     `expr:"level"`
	State     string     `expr:"state"`
	HighRisk  bool       `expr:"highRisk"`
	Documents []Document `expr:"documents"`
}

// Document is the document that is reviewed, or one of a verification.
type Document struct {
	Type     string `expr:"type"`
	FileName string `expr:"fileName"`
	MimeType string `expr:"mimeType"`
	Size     int    `expr:"size"`
	State    string `expr:"state"`
	Category string `expr:"category"`
	// Number, Country and Expiry are what was said about a paper.
	Number  string `expr:"number"`
	Country string `expr:"country"`
	Expiry  string `expr:"expiry"`
	// Expired tells that it does not hold any more, at the tenant's time.
	Expired bool `expr:"expired"`
}

// Consent is the onboarding consent that is concerned.
type Consent struct {
	Type    string `expr:"type"`
	Version string `expr:"version"`
	State   string `expr:"state"`
}

// Wallet is the wallet that is concerned, or the customer's product wallet.
// Amounts are in minor units.
type Wallet struct {
	ID        string `expr:"id"`
	Purpose   string `expr:"purpose"`
	State     string `expr:"state"`
	IBAN      string `expr:"iban"`
	Currency  string `expr:"currency"`
	Balance   int64  `expr:"balance"`
	Available int64  `expr:"available"`
}

// Beneficiary is the payee: one that is registered, or whom an order names.
type Beneficiary struct {
	Name      string `expr:"name"`
	PartyType string `expr:"partyType"`
	IBAN      string `expr:"iban"`
	BIC       string `expr:"bic"`
	// Country is as registered, or the IBAN's.
	Country   string `expr:"country"`
	Bank      string `expr:"bank"`
	Currency  string `expr:"currency"`
	Network   string `expr:"network"`
	State     string `expr:"state"`
	Screening string `expr:"screening"`
	// Registered reports whether it is a registered payee.
	Registered bool `expr:"registered"`
}

// PaymentConsent is the payment consent that was made, or under which an order is.
type PaymentConsent struct {
	Type  string `expr:"type"`
	Kind  string `expr:"kind"`
	Title string `expr:"title"`
	State string `expr:"state"`
	// Used is how often it has been used, Approval whether others have to approve.
	Used     int64 `expr:"used"`
	Approval bool  `expr:"approval"`
}

// Order is the payment that settles, or that a request asks for. Amount and Fee
// are in minor units; Source and Target are IBANs, or ids of accounts without one.
type Order struct {
	Type         string `expr:"type"`
	Amount       int64  `expr:"amount"`
	Fee          int64  `expr:"fee"`
	Currency     string `expr:"currency"`
	Network      string `expr:"network"`
	Reference    string `expr:"reference"`
	Description  string `expr:"description"`
	Purpose      string `expr:"purpose"`
	Source       string `expr:"source"`
	Target       string `expr:"target"`
	Counterparty string `expr:"counterparty"`
	State        string `expr:"state"`
	// Documents counts the supporting documents.
	Documents int `expr:"documents"`
}

// Request is the request that is refused or met by a fault.
type Request struct {
	Operation string `expr:"operation"`
	Method    string `expr:"method"`
	Path      string `expr:"path"`
	Caller    string `expr:"caller"`
	// User is the id of the user who calls.
	User string `expr:"user"`
	// PowerTenant tells that a power tenant makes the request.
	PowerTenant bool `expr:"powerTenant"`
}

// Event is what a webhook tells.
type Event struct {
	Type string `expr:"type"`
	ID   string `expr:"id"`
}

// Delivery is a webhook that is about to be sent.
type Delivery struct {
	// Attempt counts the times that it is sent, from 1.
	Attempt int    `expr:"attempt"`
	State   string `expr:"state"`
	// Subscription is the name of the subscription, and URL its address.
	Subscription string `expr:"subscription"`
	URL          string `expr:"url"`
}

// Clock is the tenant's time, in UTC.
type Clock struct {
	Date    string `expr:"date"`
	Weekday string `expr:"weekday"`
	Hour    int    `expr:"hour"`
	Day     int    `expr:"day"`
	Month   int    `expr:"month"`
	Year    int    `expr:"year"`
}

// ClockAt is the clock at an instant.
func ClockAt(t time.Time) Clock {
	t = t.UTC()
	return Clock{
		Date: t.Format(time.DateOnly), Weekday: strings.ToUpper(t.Weekday().String()),
		Hour: t.Hour(), Day: t.Day(), Month: int(t.Month()), Year: t.Year(),
	}
}

// AgeAt is how many years have passed since a day such as 1990-05-14, and whether
// that can be told.
func AgeAt(dateOfBirth string, now time.Time) (years int, known bool) {
	born, err := time.Parse(time.DateOnly, dateOfBirth)
	if err != nil || born.After(now) {
		return 0, false
	}
	now = now.UTC()
	years = now.Year() - born.Year()
	if now.Month() < born.Month() || now.Month() == born.Month() && now.Day() < born.Day() {
		years--
	}
	return years, true
}

// vocabulary is what conditions can name: the members of each fact, and those of
// the items of the facts that are lists of things.
type vocabulary struct {
	// members are by fact, such as customer; items by list, such as customer.people.
	members, items map[string][]string
}

func newVocabulary() vocabulary {
	v := vocabulary{members: map[string][]string{}, items: map[string][]string{}}
	facts := reflect.TypeFor[Facts]()
	for i := range facts.NumField() {
		fact := facts.Field(i)
		name := fact.Tag.Get("expr")
		v.members[name] = membersOf(fact.Type)
		for j := range fact.Type.NumField() {
			field := fact.Type.Field(j)
			if field.Type.Kind() == reflect.Slice && field.Type.Elem().Kind() == reflect.Struct {
				v.items[name+"."+field.Tag.Get("expr")] = membersOf(field.Type.Elem())
			}
		}
	}
	return v
}

func membersOf(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		names = append(names, t.Field(i).Tag.Get("expr"))
	}
	return names
}

// Members gives the members of every fact, by the fact's name, and of the items of
// every fact that is a list, by the names of both.
func Members() (facts, items map[string][]string) {
	v := newVocabulary()
	return v.members, v.items
}

// lists names the facts that are lists of things.
func (v vocabulary) lists() []string { return slices.Sorted(maps.Keys(v.items)) }
