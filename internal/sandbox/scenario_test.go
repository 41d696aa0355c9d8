package sandbox

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/sandbox/customers"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/store"
)

// stage is a sandbox with a frozen clock on which scenarios are tried, in tenant
// t.
type stage struct {
	*testing.T
	opened
	staff access.Caller
}

func newStage(t *testing.T, config world.Config, texts ...string) *stage {
	t.Helper()
	if config.Store == nil {
		state, _, err := store.Open(store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		config.Store = state
	}
	config.Wall, config.Seed, config.Settings.DelayScale = func() time.Time { return payday }, "stage", new(1.0)
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	g := &stage{T: t, opened: opened{s}, staff: access.Caller{Sort: access.Staff, Tenant: "t", UserID: "staff", PowerTenant: true, Roles: []string{access.RoleAdminUser}}}
	g.load(texts...)
	if _, err := s.Engine().Freeze(context.Background(), "t", &payday); err != nil {
		t.Fatal(err)
	}
	return g
}

// load puts scenarios over those that there are.
func (g *stage) load(texts ...string) {
	g.Helper()
	var sources []scenario.Source
	for i, text := range texts {
		sources = append(sources, scenario.Source{File: fmt.Sprintf("%d.yaml", i), Text: []byte(text)})
	}
	library, err := scenario.Load(sources, g.Catalog(), g.Scenarios())
	g.ok(err)
	g.UseLibrary(library)
}

func (g *stage) ok(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

func (g *stage) refused(err error, code refusal.Code) refusal.Error {
	g.Helper()
	var e *refusal.Error
	if !errors.As(err, &e) || e.Code != code {
		g.Fatalf("got %v, want %s", err, code)
	}
	return *e
}

// register makes an individual.
func (g *stage) register(email, named string) customers.Registered {
	g.Helper()
	out, err := g.Register(g.staff, customers.Registration{Email: email, Name: "Anna", Password: "p", Scenario: named, Person: onboarding.Person{FirstName: "Anna", LastName: "P"}})
	g.ok(err)
	return out
}

func (g *stage) advance(by string) []string {
	g.Helper()
	d, err := machine.ParseDelay(by)
	g.ok(err)
	happened, err := g.Engine().Advance(context.Background(), "t", engine.Target{By: d})
	g.ok(err)
	var list []string
	for _, e := range happened.Events {
		list = append(list, strings.TrimSuffix(e.Type+" "+e.Reason, " "))
	}
	return list
}

func (g *stage) governs(customerID, want string) {
	g.Helper()
	if got, err := g.GoverningScenario("t", customerID); err != nil || got != want {
		g.Errorf("governed by %q (%v), want %q", got, err, want)
	}
}

func (g *stage) tenantHas(want, source string) {
	g.Helper()
	if name, from := g.TenantScenario("t"); name != want || from != source {
		g.Errorf("the tenant has %s from %s, want %s from %s", name, from, want, source)
	}
}

func nothing(name string) string { return "name: " + name + "\ndescription: Nothing happens.\n" }

func TestWhichScenarioGoverns(t *testing.T) {
	g := newStage(t, world.Config{}, nothing("named"), nothing("tagged"), nothing("tenants"), nothing("servers"))
	g.tenantHas("happy-path", world.FromBuiltIn)
	g.governs(g.register("a@example.com", "").Customer.ID, "happy-path")

	g.ok(g.SetDefaultScenario("servers"))
	g.tenantHas("servers", world.FromServer)
	old := g.register("b@example.com", "").Customer.ID
	g.governs(old, "servers")

	g.ok(g.SetTenantScenario("t", "tenants"))
	g.tenantHas("tenants", world.FromTenant)
	g.governs(g.register("c@example.com", "").Customer.ID, "tenants")
	g.governs(g.register("d+tagged@example.com", "").Customer.ID, "tagged")
	g.governs(g.register("d+x+TAGGED@example.com", "").Customer.ID, "tagged")
	g.governs(g.register("e+newsletter@example.com", "").Customer.ID, "tenants")
	g.governs(g.register("f+tagged@example.com", "named").Customer.ID, "named")
	// It was fixed when the customer was made.
	g.governs(old, "servers")

	g.ok(g.SetTenantScenario("t", ""))
	g.tenantHas("servers", world.FromServer)
}

func TestAnUnknownScenarioIsRefused(t *testing.T) {
	g := newStage(t, world.Config{}, nothing("known"))
	before, _ := g.Engine().Dump(t.Context(), "t")
	_, err := g.Register(g.staff, customers.Registration{Email: "a@example.com", Scenario: "unknown"})
	e := g.refused(err, refusal.ScenarioUnknown)
	names, _ := e.Data["scenarios"].([]string)
	if !slices.Contains(names, "known") || !slices.Contains(names, "happy-path") || !strings.Contains(e.Details, "known") {
		t.Errorf("the refusal does not name what there is: %+v", e)
	}
	g.refused(g.SetTenantScenario("t", "unknown"), refusal.ScenarioUnknown)
	g.refused(g.SetDefaultScenario("unknown"), refusal.ScenarioUnknown)
	if after, _ := g.Engine().Dump(t.Context(), "t"); after != before {
		t.Error("a refused scenario has changed something")
	}
}

func TestPeopleAreGovernedAsTheirOrganization(t *testing.T) {
	g := newStage(t, world.Config{}, nothing("strict"))
	out, err := g.Register(g.staff, customers.Registration{
		Email: "office@medis.example", Name: "Medis", Scenario: "strict", Company: &onboarding.Company{LegalName: "Medis", RegistrationNumber: "1"},
	})
	g.ok(err)
	people, err := g.AddPersonnel(g.staff, out.Customer.ID, []customers.PersonnelRequest{{
		Position: onboarding.Director, Email: "rasa@medis.example", Person: onboarding.Person{FirstName: "Rasa", LastName: "K"},
	}})
	g.ok(err)
	g.governs(people[0].Record.CustomerID, "strict")
}

const rejectsOnce = `
name: mine
description: Rejected once.
extends: happy-path
rules:
  - {on: verification.outcome, times: 1, decide: REJECTED, reason: %s, after: 1h}
`

func TestATenantHasItsOwnScenarios(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	state, _, err := store.Open(store.Options{Path: path, Durability: store.Always})
	if err != nil {
		t.Fatal(err)
	}
	g := newStage(t, world.Config{Store: state})
	mine, err := g.SetTenantScenarioText("t", fmt.Sprintf(rejectsOnce, "DATA_MISMATCH"))
	g.ok(err)
	if mine.Name != "mine" {
		t.Errorf("read %s", mine.Name)
	}
	g.tenantHas("mine", world.FromTenant)
	if name, _ := g.TenantScenario("other"); name != "happy-path" {
		t.Errorf("another tenant has %s", name)
	}
	if g.Scenarios().Get("mine") != nil {
		t.Error("every tenant has it now")
	}
	anna := g.register("anna@example.com", "").Customer.ID

	var mistakes scenario.Mistakes
	if _, err := g.SetTenantScenarioText("t", "name: worse\nrules: [{on: nothing}]\n"); !errors.As(err, &mistakes) {
		t.Errorf("got %v, want mistakes", err)
	}
	if _, err := g.SetTenantScenarioText("t", nothing("happy-path")); !errors.As(err, &mistakes) {
		t.Errorf("a name of all tenants was taken: %v", err)
	}
	g.tenantHas("mine", world.FromTenant)

	g.ok(state.Close())
	state, _, err = store.Open(store.Options{Path: path})
	g.ok(err)
	t.Cleanup(func() { state.Close() })
	g = newStage(t, world.Config{Store: state})
	g.tenantHas("mine", world.FromTenant)
	g.governs(anna, "mine")
	_, err = g.SubmitVerification(g.staff, anna, customers.Submission{DocumentType: "PASSPORT", DocumentNumber: "1"})
	g.ok(err)
	if got := fmt.Sprint(g.advance("2h")); got != "[verification.rejected DATA_MISMATCH]" {
		t.Errorf("got %s", got)
	}
	// Another text under the name governs those who had it.
	_, err = g.SetTenantScenarioText("t", strings.Replace(fmt.Sprintf(rejectsOnce, "SUSPECTED_FRAUD"), "times: 1", "times: 2", 1))
	g.ok(err)
	_, err = g.SubmitVerification(g.staff, anna, customers.Submission{DocumentType: "PASSPORT", DocumentNumber: "2"})
	g.ok(err)
	if got := fmt.Sprint(g.advance("2h")); got != "[verification.rejected SUSPECTED_FRAUD]" {
		t.Errorf("got %s", got)
	}
	list, err := g.ListScenarios("t")
	g.ok(err)
	if !slices.ContainsFunc(list, func(s *scenario.Scenario) bool { return s.Name == "mine" }) {
		t.Error("the tenant's own scenario is not listed")
	}
}

func TestALibraryIsReplacedAtOnce(t *testing.T) {
	g := newStage(t, world.Config{DefaultScenario: "later"})
	builtIn := g.Scenarios()
	g.tenantHas("happy-path", world.FromBuiltIn)
	g.load("name: later\ndescription: It takes a week.\nrules: [{on: verification.outcome, after: 7d}]\n")
	g.tenantHas("later", world.FromServer)
	anna := g.register("anna@example.com", "").Customer.ID
	_, err := g.SetTenantScenarioText("t", "name: own\nextends: later\n")
	g.ok(err)
	jonas := g.register("jonas@example.com", "").Customer.ID
	g.governs(jonas, "own")
	// What it extends is gone, and with it the tenant's own.
	g.UseLibrary(builtIn)
	g.governs(anna, "happy-path")
	g.governs(jonas, "happy-path")
	g.load("name: later\ndescription: It takes two.\nrules: [{on: verification.outcome, after: 14d}]\n")
	g.governs(anna, "later")
	g.governs(jonas, "own")
	_, err = g.SubmitVerification(g.staff, jonas, customers.Submission{DocumentType: "PASSPORT", DocumentNumber: "1"})
	g.ok(err)
	if got := g.advance("8d"); len(got) > 0 {
		t.Errorf("the former rule has acted: %v", got)
	}
}

func TestPlusTags(t *testing.T) {
	for email, want := range map[string]string{
		"anna+kyc-rejected@example.com": "kyc-rejected", "anna+a+B@example.com": "b", "anna@example.com": "",
		"anna@ex+ample.com": "", "": "", "+x@example.com": "x", "anna+@example.com": "", "no address": "",
	} {
		if got := world.PlusTag(email); got != want {
			t.Errorf("%q has the tag %q, want %q", email, got, want)
		}
	}
}

// TestATenantKeepsSoManyScenarios: with as many as it keeps, only those that are
// there can be replaced.
func TestATenantKeepsSoManyScenarios(t *testing.T) {
	g := newBank(t)
	const kept = 100
	for i := range kept {
		if _, err := g.SetTenantScenarioText("t", fmt.Sprintf("name: own-%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := g.SetTenantScenarioText("t", "name: one-more")
	if err == nil || !strings.Contains(err.Error(), "keeps no more") {
		t.Errorf("one more: %v", err)
	}
	if name, _ := g.TenantScenario("t"); name != fmt.Sprintf("own-%d", kept-1) {
		t.Errorf("the scenario is %s", name)
	}
	if _, err := g.SetTenantScenarioText("t", "name: own-0\ndescription: again"); err != nil {
		t.Errorf("one that is there: %v", err)
	}
	if _, err := g.SetTenantScenarioText("other", "name: one-more"); err != nil {
		t.Errorf("another tenant's: %v", err)
	}
}
