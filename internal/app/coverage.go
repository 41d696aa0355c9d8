package app

import (
	"slices"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/coverage"
	"finhub-sandbox/internal/rest"
)

// openCoverage begins to count what requests meet, of what the document, the tables and
// the built-in scenarios have.
func (a *App) openCoverage(product *contract.Document) *coverage.Coverage {
	var faults []int
	for _, name := range a.builtIn.Names() {
		for _, rule := range a.builtIn.Get(name).Rules {
			if rule.Fault != nil && rule.Fault.Status != 0 && !slices.Contains(faults, rule.Fault.Status) {
				faults = append(faults, rule.Fault.Status)
			}
		}
	}
	engine := a.world.Engine()
	return coverage.New(coverage.What{Product: product, Tables: engine.Machines(), Passages: engine.Passages(), Faults: faults}, a.config.Now)
}

// Coverage gives what requests have met to those who end with it.
func (a *App) Coverage() *coverage.Coverage { return a.coverage }

// witnesses are several, told in their order.
type witnesses []rest.Witness

// Came tells all of them.
func (w witnesses) Came(x *rest.Exchange) {
	for _, one := range w {
		one.Came(x)
	}
}

// Gone tells all of them.
func (w witnesses) Gone(x *rest.Exchange) {
	for _, one := range w {
		one.Gone(x)
	}
}
