package control

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
)

type machineSummary struct {
	Name     string            `json:"name"`
	Initial  machine.State     `json:"initial"`
	States   []machine.State   `json:"states"`
	Triggers []machine.Trigger `json:"triggers"`
	Events   []string          `json:"events"`
}

type machineView struct {
	machineSummary
	Transitions []machine.Transition `json:"transitions"`
	Mermaid     string               `json:"mermaid"`
}

// listMachines lists every table by which the sandbox works.
func (a *API) listMachines(*rest.Call) (rest.Reply, error) {
	var list []machineSummary
	for _, d := range a.world.Engine().Machines() {
		list = append(list, summarize(d))
	}
	return rest.Reply{Data: list}, nil
}

// getMachine shows one table, row by row and drawn. It refuses with
// MACHINE_UNKNOWN.
func (a *API) getMachine(c *rest.Call) (rest.Reply, error) {
	for _, d := range a.world.Engine().Machines() {
		if d.Name == c.Path("name") {
			return rest.Reply{Data: machineView{summarize(d), d.Transitions, d.Mermaid()}}, nil
		}
	}
	return rest.Reply{}, refusal.New(refusal.MachineUnknown, "%s is none of the machines", c.Path("name"))
}

func summarize(d machine.Description) machineSummary {
	return machineSummary{d.Name, d.States[0], d.States, d.Triggers, d.Events()}
}
