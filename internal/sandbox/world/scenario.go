package world

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/engine"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/scenarios"
)

// Where a tenant's scenario comes from.
const (
	FromTenant  = "tenant"
	FromServer  = "server"
	FromBuiltIn = "default"
)

// repertoire are the scenarios that can govern, and what they can speak about.
type repertoire struct {
	catalog scenario.Catalog
	library atomic.Pointer[scenario.Library]
	// fallback is the name of the server's scenario.
	fallback atomic.Pointer[string]

	// own are tenants' scenarios that have been read, by their texts; base is the
	// library over which they were read, and read how many bytes they had.
	mu   sync.Mutex
	base *scenario.Library
	own  map[string]*scenario.Scenario
	read int
}

const (
	// maxRead bounds the tenants' scenarios that are kept in memory, by the bytes of
	// their texts; others are read again when they are needed.
	maxRead = 16 << 20
	// maxOwn is how many scenarios of its own a tenant keeps.
	maxOwn = 100
)

// openRepertoire reads the built-in scenarios.
func (s *World) openRepertoire(tables []machine.Description) error {
	known, err := s.Sights.known()
	if err != nil {
		return err
	}
	catalog, err := scenario.NewCatalog(tables, s.Config.Operations).With(factValues()).Seeing(known)
	if err != nil {
		return err
	}
	s.repertoire.catalog = catalog
	sources, err := scenario.Sources(scenarios.Files)
	if err != nil {
		return err
	}
	library, err := scenario.Load(sources, s.repertoire.catalog, nil)
	if err != nil {
		return err
	}
	s.UseLibrary(library)
	s.repertoire.fallback.Store(&s.Config.DefaultScenario)
	return nil
}

// Catalog is what scenarios can speak about in this sandbox.
func (s *World) Catalog() scenario.Catalog { return s.repertoire.catalog }

// Scenarios are those that every tenant has.
func (s *World) Scenarios() *scenario.Library { return s.repertoire.library.Load() }

// UseLibrary replaces them, at once for whoever is governed by one of them. A
// customer whose scenario is gone follows its tenant's.
func (s *World) UseLibrary(l *scenario.Library) { s.repertoire.library.Store(l) }

// SetDefaultScenario sets the server's scenario; an empty name goes back to the
// built-in default. It refuses with SCENARIO_UNKNOWN.
func (s *World) SetDefaultScenario(name string) error {
	if name != "" && s.Scenarios().Get(name) == nil {
		return s.unknownScenario(tenantScenarios{}, name)
	}
	s.repertoire.fallback.Store(&name)
	return nil
}

// tenantScenarios is what a tenant keeps about scenarios.
type tenantScenarios struct {
	// Active governs new customers for whom nothing else is chosen.
	Active string `json:"active,omitempty"`
	// Own has the digests of the texts of the tenant's own scenarios, by name.
	Own map[string]string `json:"own,omitempty"`
}

const tenantScenariosValue = "scenario"

// ownText is the value under which the text of a tenant's own scenario stands:
// apart, since every request looks at which scenario is active. Reset keeps it by
// how its name begins.
func ownText(name string) string { return tenantScenariosValue + "_text/" + name }

// ReadTenantScenarios reads what a tenant keeps about scenarios.
func ReadTenantScenarios(u *engine.Unit) tenantScenarios {
	var t tenantScenarios
	_, err := u.Value(tenantScenariosValue, &t)
	u.Note(err)
	return t
}

// ScenarioOf finds a scenario by its name: the tenant's own, or one of all
// tenants; nil if there is none.
func ScenarioOf(act *Act, t tenantScenarios, name string) *scenario.Scenario {
	if name == "" {
		return nil
	}
	if digest, ok := t.Own[name]; ok {
		if found := ownScenario(act, name, digest); found != nil {
			return found
		}
	}
	return act.Scenarios().Get(name)
}

// ownScenario reads a tenant's own scenario, once for each text. One that a
// changed library has made wrong is passed over.
func ownScenario(act *Act, name, digest string) *scenario.Scenario {
	r, base := &act.repertoire, act.Scenarios()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.base != base || r.read > maxRead {
		r.base, r.own, r.read = base, map[string]*scenario.Scenario{}, 0
	}
	if found, ok := r.own[digest]; ok {
		return found
	}
	var text string
	_, err := act.Value(ownText(name), &text)
	act.Note(err)
	found, err := act.readScenario(text, base)
	if err != nil {
		found = nil
	}
	r.own[digest], r.read = found, r.read+len(text)
	return found
}

// ownFile is how mistakes in a tenant's own scenario name the file.
const ownFile = "scenario.yaml"

func (s *World) readScenario(text string, base *scenario.Library) (*scenario.Scenario, error) {
	with, err := scenario.Load([]scenario.Source{{File: ownFile, Text: []byte(text)}}, s.repertoire.catalog, base)
	if err != nil {
		return nil, err
	}
	for _, name := range with.Names() {
		if base.Get(name) == nil {
			return with.Get(name), nil
		}
	}
	return nil, errors.New("sandbox: the text holds no scenario")
}

// ActiveScenario is the one that governs a tenant's new customers, and where it
// comes from.
func ActiveScenario(act *Act, t tenantScenarios) (active *scenario.Scenario, source string) {
	if found := ScenarioOf(act, t, t.Active); found != nil {
		return found, FromTenant
	}
	if found := act.Scenarios().Get(*act.repertoire.fallback.Load()); found != nil {
		return found, FromServer
	}
	if found := act.Scenarios().Get(scenario.Default); found != nil {
		return found, FromBuiltIn
	}
	return &scenario.Scenario{Name: scenario.Default}, FromBuiltIn
}

// TenantScenario gives the name of the scenario that governs a tenant's new
// customers, and whether it is the tenant's, the server's or the default.
func TenantScenario(act *Act) (name, source string) {
	active, source := ActiveScenario(act, ReadTenantScenarios(act.Unit))
	return active.Name, source
}

// ListScenarios lists the scenarios that a tenant can name, in alphabetical
// order: its own and those of all tenants.
func ListScenarios(act *Act) (list []*scenario.Scenario, err error) {
	t := ReadTenantScenarios(act.Unit)
	for _, name := range act.ScenarioNames(t) {
		if found := ScenarioOf(act, t, name); found != nil {
			list = append(list, found)
		}
	}
	return list, nil
}

// ScenarioNames lists the scenarios that a tenant can name, in alphabetical order.
func (s *World) ScenarioNames(t tenantScenarios) []string {
	names := slices.AppendSeq(s.Scenarios().Names(), maps.Keys(t.Own))
	slices.Sort(names)
	return slices.Compact(names)
}

// SetTenantScenario lets a scenario govern the customers that a tenant makes
// from now on; an empty name goes back to the server's. It refuses with
// SCENARIO_UNKNOWN.
func SetTenantScenario(act *Act, name string) error {
	t := ReadTenantScenarios(act.Unit)
	if name != "" && ScenarioOf(act, t, name) == nil {
		return act.unknownScenario(t, name)
	}
	t.Active = name
	return act.SetValue(tenantScenariosValue, t)
}

// SetTenantScenarioText gives a tenant a scenario of its own, in place of one
// that it had under the name, and lets it govern as SetTenantScenario does. What
// is wrong with the text is scenario.Mistakes, and nothing has changed.
func SetTenantScenarioText(act *Act, text string) (*scenario.Scenario, error) {
	read, err := act.readScenario(text, act.Scenarios())
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(text))
	t := ReadTenantScenarios(act.Unit)
	if t.Own == nil {
		t.Own = map[string]string{}
	}
	if _, known := t.Own[read.Name]; !known && len(t.Own) >= maxOwn {
		return read, tooManyScenarios()
	}
	t.Active, t.Own[read.Name] = read.Name, hex.EncodeToString(sum[:])
	if err := act.SetValue(ownText(read.Name), text); err != nil {
		return read, err
	}
	return read, act.SetValue(tenantScenariosValue, t)
}

func tooManyScenarios() error {
	return scenario.Mistakes{{File: ownFile, Line: 1, Column: 1, Message: fmt.Sprintf(
		"the tenant has %d scenarios of its own, and keeps no more; a name that is there replaces one, and a reset of everything takes them away", maxOwn)}}
}

func (s *World) unknownScenario(t tenantScenarios, name string) error {
	names := s.ScenarioNames(t)
	return refusal.New(refusal.ScenarioUnknown, "there is no scenario %s; there are %s", name, scenario.DidYouMean(name, names)).
		WithData("scenarios", names)
}

// ChosenScenario is the scenario for a customer that is being made: the one that
// the request names, else that of its e-mail's plus tag, else the tenant's. It
// refuses with SCENARIO_UNKNOWN a name that the request states outright; a tag
// may mean anything.
func ChosenScenario(act *Act, named, email string) (*scenario.Scenario, error) {
	t := ReadTenantScenarios(act.Unit)
	if named != "" {
		if found := ScenarioOf(act, t, named); found != nil {
			return found, nil
		}
		return nil, act.unknownScenario(t, named)
	}
	if found := ScenarioOf(act, t, PlusTag(email)); found != nil {
		return found, nil
	}
	active, _ := ActiveScenario(act, t)
	return active, nil
}

// PlusTag is what stands between the last plus sign and the at sign of an
// e-mail, in lower case.
func PlusTag(email string) string {
	local, _, ok := strings.Cut(email, "@")
	at := strings.LastIndexByte(local, '+')
	if !ok || at < 0 {
		return ""
	}
	return strings.ToLower(local[at+1:])
}

// RootOf is the customer whose scenario governs another: the organization of a
// person who has been added to one.
func RootOf(act *Act, c *onboarding.Customer) *onboarding.Customer {
	if c != nil && c.MemberOf != "" {
		if organization := act.Customers.Get(act.Unit, c.MemberOf); organization != nil {
			return organization
		}
	}
	return c
}

// Governing is the scenario that governs a customer; without one it is the
// tenant's.
func Governing(act *Act, c *onboarding.Customer) *scenario.Scenario {
	t := ReadTenantScenarios(act.Unit)
	if root := RootOf(act, c); root != nil {
		if found := ScenarioOf(act, t, root.Scenario); found != nil {
			return found
		}
	}
	active, _ := ActiveScenario(act, t)
	return active
}
