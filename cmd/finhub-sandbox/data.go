package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"finhub-sandbox/internal/store"
)

type dataCommands struct {
	Salvage dataSalvageCommand `cmd:"" help:"Save what is whole in a damaged data file; this needs no running sandbox."`
}

type dataSalvageCommand struct {
	File string `arg:"" help:"The damaged data file, which is only read."`
	To   string `help:"New data file, for every commit before the damage." required:"" placeholder:"NEW"`
}

func (c dataSalvageCommand) run(_ context.Context, stdout, stderr io.Writer) int {
	saved, err := store.Salvage(c.File, c.To)
	switch {
	case errors.Is(err, store.ErrNothingWhole):
		return fail(stderr, exitFailed, fmt.Sprintf("nothing of %s can be saved: %v", c.File, err))
	case errors.Is(err, fs.ErrExist):
		return fail(stderr, exitUsage, fmt.Sprintf("%s is there already: choose another name with --to", c.To))
	case err != nil:
		return fail(stderr, exitUsage, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	found, restored, lost := "", "", "nothing"
	if saved.Damage != nil {
		found = saved.Damage.Error()
	}
	if saved.Restored {
		restored = "line ends, which had been converted"
	}
	if saved.LostBytes > 0 {
		lost = fmt.Sprintf("%d bytes behind them, with at least %d commits", saved.LostBytes, saved.LostCommits)
	}
	p := &printer{stdout}
	p.pairs([][2]string{
		{"found", found}, {"restored", restored}, {"saved", fmt.Sprintf("%d commits, %d bytes, in %s", saved.Commits, saved.Bytes, c.To)},
		{"lost", lost}, {"start", "finhub-sandbox serve --data " + c.To},
	}...)
	return exitOK
}
