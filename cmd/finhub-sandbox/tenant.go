package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"finhub-sandbox/internal/client"
)

// resetCommand makes a tenant empty.
type resetCommand struct {
	remote
	Everything bool `help:"Take away the tenant's settings and scenarios too."`
}

// fundCommand puts money into a wallet.
type fundCommand struct {
	remote
	Wallet string `arg:"" help:"Id of the wallet."`
	Amount string `arg:"" help:"Amount in the wallet's currency, such as 500.00."`
}

type settingsCommands struct {
	Show settingsShowCommand `cmd:"" help:"Show what the tenant has set itself."`
	Set  settingsSetCommand  `cmd:"" help:"Set some of it."`
}

type settingsShowCommand struct{ remote }

type settingsSetCommand struct {
	remote
	Settings []string `arg:"" help:"Settings, such as headers=relaxed orderLifeSeconds=300; without a value a setting is what it is for all tenants." placeholder:"NAME=VALUE"`
}

func (c resetCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	extent := client.ResetExtent{}
	if c.Everything {
		extent["everything"] = true
	}
	reply, err := client.ResetTenant.Call(ctx, c.client(), extent)
	c.Tenant = "" // That it has nothing is not to be told of one that was just made empty.
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, r client.Reset) {
		p.line("tenant %s is empty again: %d records are gone; scenario %s governs new customers", r.Tenant, r.Removed, r.Scenario)
	})
}

func (c fundCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.FundWallet.Call(ctx, c.client(), client.Fund{Amount: c.Amount}, c.Wallet)
	return show(c.remote, reply, err, stdout, stderr, func(p *printer, f client.Funded) {
		p.pairs([2]string{"wallet", f.WalletID}, [2]string{"balance", f.BalanceFormatted}, [2]string{"transaction", f.TransactionID})
	})
}

func (c settingsShowCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	reply, err := client.GetSettings.Call(ctx, c.client(), nil)
	return show(c.remote, reply, err, stdout, stderr, printSettings)
}

func (c settingsSetCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	change := client.SettingsChange{}
	for _, setting := range c.Settings {
		name, text, ok := strings.Cut(setting, "=")
		if !ok || name == "" {
			return fail(stderr, exitUsage, fmt.Sprintf("%q sets nothing: write NAME=VALUE, such as headers=relaxed", setting))
		}
		if _, twice := change[name]; twice {
			return fail(stderr, exitUsage, name+" is set twice")
		}
		change[name] = settingValue(text)
	}
	reply, err := client.UpdateSettings.Call(ctx, c.client(), change)
	return show(c.remote, reply, err, stdout, stderr, printSettings)
}

// settingValue is what a value means: JSON if it is a number or an object, else text.
func settingValue(text string) any {
	var number json.Number
	var object map[string]any
	switch {
	case json.Unmarshal([]byte(text), &number) == nil && !strings.HasPrefix(text, `"`):
		return number
	case json.Unmarshal([]byte(text), &object) == nil:
		return object
	}
	return text
}

// printSettings prints all settings, whatever they are called; what is not set is a
// dash.
func printSettings(p *printer, s client.Settings) {
	text, err := json.Marshal(s)
	var settings map[string]any
	if err = errors.Join(err, json.Unmarshal(text, &settings)); err == nil {
		p.table([]string{"SETTING", "VALUE"}, settingRows("", settings))
	}
}

// settingRows are the rows of a table, those of inner settings with their path.
func settingRows(path string, settings map[string]any) (rows [][]string) {
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		switch value := settings[name].(type) {
		case map[string]any:
			rows = append(rows, settingRows(path+name+".", value)...)
		case nil:
			rows = append(rows, []string{path + name, ""})
		default:
			rows = append(rows, []string{path + name, fmt.Sprint(value)})
		}
	}
	return rows
}
