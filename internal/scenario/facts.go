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
// a comparison with one that is not known does not hold. The tag means says of a member
// what its name does not.
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
	ID           string            `expr:"id"`
	Type         string            `expr:"type"`
	Email        string            `expr:"email"`
	Phone        string            `expr:"phone"`
	Name         string            `expr:"name"`
	Category     string            `expr:"category"`
	Risk         string            `expr:"risk" means:"the category's"`
	State        string            `expr:"state"`
	Age          int               `expr:"age" means:"in years, at the tenant's time; of an organization none is known"`
	AgeKnown     bool              `expr:"ageKnown" means:"a comparison with an age that is not known never holds"`
	DateOfBirth  string            `expr:"dateOfBirth" means:"as 1990-05-14; of an organization the day of its incorporation"`
	Nationality  string            `expr:"nationality" means:"a code such as LT, or what was sent if it is no country's code or English name"`
	Country      string            `expr:"country" means:"that of the first address, as a code"`
	PEP          bool              `expr:"pep" means:"politically exposed, by its features, or as one of the people of an organization"`
	RiskScore    int               `expr:"riskScore" means:"the one that was chosen for the category; 0 without one"`
	Features     map[string]string `expr:"features" means:"what was chosen for the category, by key: customer.features.monitoring"`
	LegalForm    string            `expr:"legalForm" means:"an organization's"`
	Industry     string            `expr:"industry" means:"an organization's"`
	Member       bool              `expr:"member" means:"whether it is the record of a person of an organization"`
	Organization string            `expr:"organization" means:"name of that organization"`
	Position     string            `expr:"position" means:"the person's position there"`
	Number       int               `expr:"number" means:"which of those with the position, counted from 1"`
	Share        float64           `expr:"share" means:"what a shareholder owns, directly and through companies, in percent"`
	UBO          bool              `expr:"ubo" means:"whether the person is an ultimate beneficial owner there"`
	Roles        []string          `expr:"roles" means:"an employee's"`
	People       []Person          `expr:"people" means:"those of the organization: the customer, or the one to which the customer belongs"`
}

// Person is one position that somebody has in an organization.
type Person struct {
	Position    string   `expr:"position"`
	Number      int      `expr:"number" means:"which of those with the position, counted from 1"`
	Kind        string   `expr:"kind" means:"CORPORATE is a company among the shareholders"`
	Name        string   `expr:"name"`
	Email       string   `expr:"email"`
	Age         int      `expr:"age"`
	AgeKnown    bool     `expr:"ageKnown"`
	DateOfBirth string   `expr:"dateOfBirth"`
	Nationality string   `expr:"nationality"`
	Country     string   `expr:"country" means:"that of a company or of a person's address, else the nationality"`
	PEP         bool     `expr:"pep"`
	Share       float64  `expr:"share" means:"what a shareholder owns, directly and through companies, in percent"`
	UBO         bool     `expr:"ubo"`
	Roles       []string `expr:"roles"`
}

// Verification is the verification that is concerned, or the one that counts for
// the customer.
type Verification struct {
	Type      string     `expr:"type"`
	Attempt   int        `expr:"attempt" means:"how often the customer has been verified, from 1"`
	Level     string     `expr:"level"`
	State     string     `expr:"state"`
	HighRisk  bool       `expr:"highRisk"`
	Documents []Document `expr:"documents" means:"the papers that count for it"`
}

// Document is the document that is reviewed, or one of a verification.
type Document struct {
	Type     string `expr:"type"`
	FileName string `expr:"fileName"`
	MimeType string `expr:"mimeType"`
	Size     int    `expr:"size" means:"in bytes"`
	State    string `expr:"state"`
	Category string `expr:"category"`
	Number   string `expr:"number" means:"as was said about the paper"`
	Country  string `expr:"country" means:"as was said about the paper"`
	Expiry   string `expr:"expiry" means:"as was said about the paper"`
	Expired  bool   `expr:"expired" means:"whether it does not hold any more, at the tenant's time"`
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
	Balance   int64  `expr:"balance" means:"in minor units"`
	Available int64  `expr:"available" means:"in minor units"`
}

// Beneficiary is the payee: one that is registered, or whom an order names.
type Beneficiary struct {
	Name       string `expr:"name"`
	PartyType  string `expr:"partyType"`
	IBAN       string `expr:"iban"`
	BIC        string `expr:"bic"`
	Country    string `expr:"country" means:"as registered, or the IBAN's"`
	Bank       string `expr:"bank"`
	Currency   string `expr:"currency"`
	Network    string `expr:"network"`
	State      string `expr:"state"`
	Screening  string `expr:"screening"`
	Registered bool   `expr:"registered" means:"whether it is a registered payee"`
}

// PaymentConsent is the payment consent that was made, or under which an order is.
type PaymentConsent struct {
	Type     string `expr:"type"`
	Kind     string `expr:"kind"`
	Title    string `expr:"title"`
	State    string `expr:"state"`
	Used     int64  `expr:"used" means:"how often it has been used"`
	Approval bool   `expr:"approval" means:"whether others have to approve"`
}

// Order is the payment that settles, or that a request asks for. Amount and Fee
// are in minor units; Source and Target are IBANs, or ids of accounts without one.
type Order struct {
	Type         string `expr:"type"`
	Amount       int64  `expr:"amount" means:"in minor units"`
	Fee          int64  `expr:"fee" means:"in minor units"`
	Currency     string `expr:"currency"`
	Network      string `expr:"network"`
	Reference    string `expr:"reference"`
	Description  string `expr:"description"`
	Purpose      string `expr:"purpose"`
	Source       string `expr:"source" means:"an IBAN, or the id of an account without one"`
	Target       string `expr:"target" means:"an IBAN, or the id of an account without one"`
	Counterparty string `expr:"counterparty"`
	State        string `expr:"state"`
	Documents    int    `expr:"documents" means:"how many supporting documents"`
}

// Request is the request that is refused or met by a fault.
type Request struct {
	Operation   string `expr:"operation"`
	Method      string `expr:"method"`
	Path        string `expr:"path"`
	Caller      string `expr:"caller"`
	User        string `expr:"user" means:"id of the user who calls"`
	PowerTenant bool   `expr:"powerTenant" means:"whether a power tenant makes the request"`
}

// Event is what a webhook tells.
type Event struct {
	Type string `expr:"type"`
	ID   string `expr:"id"`
}

// Delivery is a webhook that is about to be sent.
type Delivery struct {
	Attempt      int    `expr:"attempt" means:"counts the times that it is sent, from 1"`
	State        string `expr:"state"`
	Subscription string `expr:"subscription" means:"name of the subscription"`
	URL          string `expr:"url" means:"address of the subscription"`
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
