package main

import (
	"time"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/sandbox"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/internal/store"
)

// scenarioSchema makes the schema by which editors complete and check scenario
// files: what the scenarios of an empty sandbox can speak about, which knows the
// product's bundled document.
func scenarioSchema(product []byte) ([]byte, error) {
	document, err := contract.Load(product, nil)
	if err != nil {
		return nil, err
	}
	operations := map[string][]string{}
	for _, o := range document.Operations {
		operations[o.ID] = o.Refusals
	}
	state, _, err := store.Open(store.Options{})
	if err != nil {
		return nil, err
	}
	empty, err := sandbox.New(world.Config{Store: state, Wall: func() time.Time { return time.Time{} }, Operations: operations})
	if err != nil {
		return nil, err
	}
	return scenario.Schema(empty.Catalog())
}
