package console

import (
	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/recording"
)

type statePage struct {
	Snapshots []keptSnapshot
	Take      *button
	Import    *button
	Reset     []*button
	// Recording is what is recorded; nil if nothing is.
	Recording *recording.Summary
	Record    []*button
}

// keptSnapshot is a snapshot with what can be done with it.
type keptSnapshot struct {
	client.Snapshot
	Buttons []*button
}

func statePageOf(v *visit) (string, any, error) {
	p := &statePage{}
	var list client.SnapshotList
	if err := v.get("/snapshots", nil, &list); err != nil {
		return "", nil, err
	}
	for _, s := range list.Snapshots {
		name := [][2]string{{"name", s.Name}}
		p.Snapshots = append(p.Snapshots, keptSnapshot{s, []*button{
			v.button("restore-snapshot", "Restore", name),
			v.button("fork-snapshot", "Fork", name, field{Name: "tenant", Label: "Into the tenant", Value: v.tenant + "-fork", Required: true}),
			v.button("delete-snapshot", "Forget", name).grave(),
		}})
	}
	p.Take = v.button("take-snapshot", "Keep the state", nil, field{Name: "name", Label: "Name", Value: "before", Required: true})
	p.Import = v.button("import-state", "Import", nil, field{Name: "file", Label: "Exported state", Type: "file", Required: true}).grave()
	p.Reset = []*button{
		v.button("reset-tenant", "Empty the tenant", nil).grave(),
		v.button("reset-tenant", "Empty it, with settings and scenarios", [][2]string{{"everything", "true"}}).grave(),
	}
	p.Record = []*button{v.button("start-recording", "Record", nil)}
	if summary, recorded := v.console.Recorder.Recorded(v.tenant); recorded {
		p.Recording = &summary
		p.Record = []*button{v.button("stop-recording", "Stop, and forget it", nil).grave()}
	}
	return "State", p, nil
}
