package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"finhub-sandbox/internal/client"
)

type stateCommands struct {
	Export stateExportCommand `cmd:"" help:"Write everything that the tenant is as one JSON text, secrets included."`
	Import stateImportCommand `cmd:"" help:"Make an exported state the tenant's."`
	Diff   stateDiffCommand   `cmd:"" help:"Compare two states, entity by entity; exit with 1 when they differ."`

	Snapshots snapshotsCommand       `cmd:"" help:"List the tenant's snapshots."`
	Snapshot  snapshotTakeCommand    `cmd:"" help:"Keep the tenant's state under a name."`
	Restore   snapshotRestoreCommand `cmd:"" help:"Go back to a snapshot."`
	Fork      snapshotForkCommand    `cmd:"" help:"Let another tenant go on from a snapshot."`
	Delete    snapshotDeleteCommand  `cmd:"" help:"Forget a snapshot."`
}

type stateExportCommand struct {
	remote
	File string `arg:"" optional:"" help:"File to write, readable by its owner alone; standard output if left out." placeholder:"FILE"`
}

type stateImportCommand struct {
	remote
	File string `arg:"" help:"File to read; - is standard input." placeholder:"FILE"`
}

func (c stateExportCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	err := c.write(stdout, func(to io.Writer) error { return client.ExportState.Copy(ctx, c.client(), to) })
	if err != nil {
		return fail(stderr, exitOf(err), err.Error())
	}
	return exitOK
}

// write writes a state to where it is to be: a file is whole or what it was.
func (c stateExportCommand) write(stdout io.Writer, export func(io.Writer) error) error {
	if c.File == "" {
		return export(stdout)
	}
	f, err := os.CreateTemp(filepath.Dir(c.File), filepath.Base(c.File)+".*")
	if err != nil {
		return err
	}
	if err := errors.Join(export(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), c.File)
}

func (c stateImportCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	text, err := readFile(c.File)
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	reply, err := client.ImportState.Call(ctx, c.client(), client.JSON(text))
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, s client.StateTaken) {
		p.pairs([][2]string{
			{"tenant", s.Tenant}, {"entities", strconv.Itoa(s.Entities)}, {"timers", strconv.Itoa(s.Timers)}, {"events", strconv.Itoa(s.Events)},
		}...)
	})
}

// readFile reads a file, or standard input.
func readFile(name string) ([]byte, error) {
	if name != "-" {
		return os.ReadFile(name)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(os.Stdin); err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	return text.Bytes(), nil
}
