package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/statediff"
)

type snapshotsCommand struct{ remote }

type snapshotCommand struct {
	remote
	Name string `arg:"" help:"Name of the snapshot." placeholder:"NAME"`
}

type (
	snapshotTakeCommand    struct{ snapshotCommand }
	snapshotRestoreCommand struct{ snapshotCommand }
	snapshotDeleteCommand  struct{ snapshotCommand }
)

type snapshotForkCommand struct {
	snapshotCommand
	Into string `arg:"" help:"Tenant that goes on from it, and in which nothing has happened yet." placeholder:"TENANT"`
}

func (c snapshotsCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.ListSnapshots.Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, list client.SnapshotList) {
		if len(list.Snapshots) == 0 {
			p.line("tenant %s has no snapshots", list.Tenant)
			return
		}
		var rows [][]string
		for _, s := range list.Snapshots {
			rows = append(rows, []string{s.Name, s.Made, s.At, strconv.Itoa(s.Entities), strconv.FormatInt(s.Bytes, 10)})
		}
		p.table([]string{"NAME", "MADE", "CLOCK", "ENTITIES", "BYTES"}, rows)
	})
}

func (c snapshotTakeCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.TakeSnapshot.Call(ctx, c.client(), nil, c.Name)
	return show(c.remote, reply, err, stdout, stderr, printSnapshot("kept"))
}

func (c snapshotRestoreCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.RestoreSnapshot.Call(ctx, c.client(), nil, c.Name)
	return show(c.remote, reply, err, stdout, stderr, printSnapshot("restored"))
}

func (c snapshotDeleteCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.DeleteSnapshot.Call(ctx, c.client(), nil, c.Name)
	return show(c.remote, reply, err, stdout, stderr, printSnapshot("deleted"))
}

func (c snapshotForkCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.ForkSnapshot.Call(ctx, c.client(), client.ForkTarget{Tenant: c.Into}, c.Name)
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, f client.Fork) {
		printSnapshot("forked")(p, f.Snapshot)
		p.pairs([][2]string{{"tenant", f.Tenant}, {"webhooks", fmt.Sprintf("%d, %s", f.Webhooks.Subscriptions, f.Webhooks.Note)}}...)
	})
}

func printSnapshot(done string) func(*printer, client.Snapshot) {
	return func(p *printer, s client.Snapshot) {
		p.line("snapshot %s is %s: %d entities, the clock at %s", s.Name, done, s.Entities, s.At)
	}
}

type stateDiffCommand struct {
	remote
	Was string `arg:"" help:"A file, @NAME for a snapshot, or @ for the tenant as it is." placeholder:"FILE|@NAME|@"`
	Is  string `arg:"" help:"The other one." placeholder:"FILE|@NAME|@"`
}

// run exits as diff does: 1 when the two differ, 2 when they cannot be compared.
func (c stateDiffCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	var texts [2][]byte
	for i, source := range []string{c.Was, c.Is} {
		var err error
		if texts[i], err = c.read(ctx, source); err != nil {
			return fail(stderr, exitUsage, err.Error())
		}
	}
	list, err := statediff.Of(texts[0], texts[1])
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	p := &printer{out: stdout}
	if c.JSON {
		text, err := json.Marshal(map[string]any{"differences": list})
		if err != nil {
			return fail(stderr, exitUsage, err.Error())
		}
		p.line("%s", text)
	} else {
		printDifferences(p, list)
	}
	if len(list) > 0 {
		return exitFailed
	}
	return exitOK
}

// read gives a state by the word for it.
func (c stateDiffCommand) read(ctx context.Context, source string) ([]byte, error) {
	name, kept := strings.CutPrefix(source, "@")
	if !kept {
		return readFile(source)
	}
	var text bytes.Buffer
	var err error
	if name == "" {
		err = client.ExportState.Copy(ctx, c.client(), &text)
	} else {
		err = client.ExportSnapshot.Copy(ctx, c.client(), &text, name)
	}
	return text.Bytes(), err
}

// printDifferences prints the differences of each entity below its name.
func printDifferences(p *printer, list []statediff.Difference) {
	entity := ""
	for _, d := range list {
		if d.Entity != entity {
			if entity = d.Entity; entity != "" {
				p.line("%s", entity)
			}
		}
		at := d.Pointer
		if entity != "" {
			at = "  /" + strings.Join(strings.Split(d.Pointer, "/")[4:], "/")
		}
		switch {
		case d.Was == nil:
			p.line("+ %s %s", at, brief(d.Is))
		case d.Is == nil:
			p.line("- %s %s", at, brief(d.Was))
		default:
			p.line("~ %s %s -> %s", at, brief(d.Was), brief(d.Is))
		}
	}
}

// brief cuts a value of which the beginning says enough to people.
func brief(value []byte) string {
	const enough = 160
	if text := []rune(string(value)); len(text) > enough {
		return string(text[:enough]) + "…"
	}
	return string(value)
}
