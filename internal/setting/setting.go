// Package setting owns what can be set for a tenant: one table that says of each
// setting who may set it, what its values are and what it means, and how one set
// of settings stands in for what another leaves open. It reads neither files nor
// requests; those who do go by the table.
package setting

import (
	"time"

	"finhub-sandbox/internal/domain/delivery"
	"finhub-sandbox/internal/domain/payments"
)

// Settings hold a value for each setting. A zero member is not set. The members
// that tenants may set are kept as JSON.
type Settings struct {
	Headers        string        `json:"headers,omitzero"`
	Personnel      string        `json:"personnel,omitzero"`
	DelayScale     *float64      `json:"-"`
	OrderLife      Seconds       `json:"orderLifeSeconds,omitzero"`
	OpeningBalance int64         `json:"-"`
	PerTransaction int64         `json:"-"`
	Daily          int64         `json:"-"`
	Monthly        int64         `json:"-"`
	Fees           payments.Fees `json:"-"`
	TenantKey      string        `json:"tenantKey,omitzero"`
	TenantSecret   string        `json:"tenantSecret,omitzero"`
	LoginKeys      string        `json:"loginKeys,omitzero"`
	// Schedule and what follows is about webhooks.
	Schedule        []delivery.Span `json:"schedule,omitzero"`
	Signature       string          `json:"signature,omitzero"`
	SignatureHeader string          `json:"signatureHeader,omitzero"`
	SignatureValue  string          `json:"signatureValue,omitzero"`
	SignedContent   string          `json:"signedContent,omitzero"`
}

// The words of the settings that have words.
const (
	Strict   = "strict"
	Relaxed  = "relaxed"
	Advisory = "advisory"
	Required = "required"
	Optional = "optional"
	FinHub   = "finhub"
	Standard = "standard"
)

// By is a set of those who may set a setting.
type By int

// Those who may: the server by a flag of its start, a tenant, a scenario for the
// tenants whose active one it is.
const (
	Server By = 1 << iota
	Tenant
	Scenario
)

// Setting is a row of the table.
type Setting struct {
	// Name is how scenarios and requests call it.
	Name string
	// By says who may set it.
	By    By
	Form  Form
	Means string
}

// table is every setting, in the order in which they are listed to people.
var table = []Setting{
	{"headers", Server | Tenant | Scenario, Word{Text{func(s *Settings) *string { return &s.Headers }}, []string{Strict, Relaxed}},
		"The header policy."},
	{"personnel", Tenant | Scenario, Word{Text{func(s *Settings) *string { return &s.Personnel }}, []string{Advisory, Required}},
		"What missing personnel means when an organization is activated."},
	{"delayScale", Server | Scenario, Number{func(s *Settings) **float64 { return &s.DelayScale }, 0, 1},
		"The part of a delay that a running clock waits; 0 is at once."},
	{"orderLife", Tenant | Scenario, Delay{func(s *Settings) *Seconds { return &s.OrderLife }},
		"How long a prepared order can be executed."},
	{"openingBalance", Scenario, Amount{func(s *Settings) *int64 { return &s.OpeningBalance }},
		"What a wallet holds when it is activated. In major units: 250 or 99.95."},
	{"limits", Scenario, Group{[]Setting{
		{Name: "perTransaction", Form: Amount{func(s *Settings) *int64 { return &s.PerTransaction }}},
		{Name: "daily", Form: Amount{func(s *Settings) *int64 { return &s.Daily }}},
		{Name: "monthly", Form: Amount{func(s *Settings) *int64 { return &s.Monthly }}},
	}},
		"Limits that replace those of every category. In major units: 250 or 99.95."},
	{"fees", Scenario, ByNetwork{func(s *Settings) *payments.Fees { return &s.Fees }},
		"Fees that replace those of a network. In major units: 250 or 99.95."},
	{"tenantKey", Server | Tenant, Text{func(s *Settings) *string { return &s.TenantKey }},
		"The key that a login must send; any if empty."},
	{"tenantSecret", Server | Tenant, Secret{Text{func(s *Settings) *string { return &s.TenantSecret }}},
		"The secret that a login must send; any if empty."},
	{"loginKeys", Tenant, Word{Text{func(s *Settings) *string { return &s.LoginKeys }}, []string{Required, Optional}},
		"Whether a login must send a key and a secret at all."},
	{"webhooks", Tenant, Group{[]Setting{
		{By: Tenant, Name: "schedule", Form: Delays{func(s *Settings) *[]delivery.Span { return &s.Schedule }}},
		{By: Tenant, Name: "signature", Form: Word{Text{func(s *Settings) *string { return &s.Signature }}, []string{FinHub, Standard}}},
		{By: Tenant, Name: "signatureHeader", Form: Text{func(s *Settings) *string { return &s.SignatureHeader }}},
		{By: Tenant, Name: "signatureValue", Form: Text{func(s *Settings) *string { return &s.SignatureValue }}},
		{By: Tenant, Name: "signedContent", Form: Text{func(s *Settings) *string { return &s.SignedContent }}},
	}},
		"When webhooks are sent again, as 30s, 5m, 2h, and how they are signed: `finhub`, of which header, value and signed content can be set, or `standard` (Standard Webhooks 1.0)."},
}

// Of lists the settings that somebody may set.
func Of(by By) []Setting {
	var list []Setting
	for _, s := range table {
		if s.By&by != 0 {
			list = append(list, s)
		}
	}
	return list
}

// BuiltIn are the settings of a server that was started without any. What a
// limit or a fee is without a setting depends on the category and the network.
func BuiltIn() *Settings {
	signing := delivery.Default()
	return &Settings{
		Headers: Strict, Personnel: Advisory, DelayScale: new(float64(time.Second) / float64(24*time.Hour)),
		OrderLife: Seconds(payments.OrderLife / time.Second), LoginKeys: Required,
		Signature: FinHub, SignatureHeader: signing.Header, SignatureValue: signing.Value, SignedContent: signing.Content,
	}
}

// Complete sets what s leaves open, each setting from the first of the others that
// has it.
func (s *Settings) Complete(others ...*Settings) {
	for _, other := range others {
		for _, row := range table {
			row.Form.complete(s, other)
		}
	}
}

// View is what people see of a scenario's settings: those that it makes, and no
// others.
func (s *Settings) View() map[string]any {
	view := map[string]any{}
	for _, row := range Of(Scenario) {
		row.Form.show(s, row.Name, view)
	}
	return view
}

// Take takes over what a request says of the tenant's settings. Sent gives its
// members, nil for what it leaves out; an empty value is one, and means that
// nothing is set.
func (s *Settings) Take(sent func(member string) any) {
	for _, row := range Of(Tenant) {
		row.Form.(wire).take(s, row.Name, sent)
	}
}

// Tell is what a reply says of the tenant's settings, also of those that are not
// set.
func (s *Settings) Tell() map[string]any {
	reply := map[string]any{}
	for _, row := range Of(Tenant) {
		row.Form.(wire).tell(s, row.Name, reply)
	}
	return reply
}
