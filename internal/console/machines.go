package console

import (
	"html/template"
	"net/http"
	"strings"

	"finhub-sandbox/internal/console/diagram"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/engine"
)

type machinesPage struct {
	List []drawnMachine
}

// drawnMachine is a table with its drawing.
type drawnMachine struct {
	machine.Description
	Title string
	SVG   template.HTML
}

// draw draws a table. What the drawing says comes out of the program's own tables, and is
// escaped there.
func draw(m machine.Description, marks diagram.Marks) drawnMachine {
	title := strings.ReplaceAll(m.Name, "_", " ")
	title = strings.ToUpper(title[:1]) + title[1:]
	return drawnMachine{m, title, template.HTML(diagram.Draw(m, marks).SVG())} //nolint:gosec // see above
}

func machineList(v *visit) (string, any, error) {
	p := &machinesPage{}
	for _, m := range v.console.World.Engine().Machines() {
		p.List = append(p.List, draw(m, diagram.Marks{}))
	}
	return "Machines", p, nil
}

func machineOne(v *visit) (string, any, error) {
	m, ok := tableOf(v.console.World.Engine(), v.request.PathValue("name"))
	if !ok {
		return "", nil, &refused{Status: http.StatusNotFound, Message: "There is no such machine"}
	}
	drawn := draw(m, diagram.Marks{})
	return drawn.Title, drawn, nil
}

func tableOf(e *engine.Engine, name string) (machine.Description, bool) {
	for _, m := range e.Machines() {
		if m.Name == name {
			return m, true
		}
	}
	return machine.Description{}, false
}
