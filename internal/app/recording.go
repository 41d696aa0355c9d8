package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"finhub-sandbox/internal/journal"
	"finhub-sandbox/internal/recording"
	"finhub-sandbox/internal/sandbox"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/sandbox/world"
	"finhub-sandbox/internal/scenario"
	"finhub-sandbox/spec"
)

// newRecorder makes what records the runs of tenants.
func (a *App) newRecorder(secrets journal.Secrets) *recording.Recorder {
	var plain []string
	if !a.config.NoFixedTokens {
		for _, token := range sessions.FixedTokens() {
			plain = append(plain, token[0])
		}
	}
	return recording.New(recording.Config{
		Version: a.config.Version, Secrets: secrets, Places: sandbox.Secrets(), Digest: world.DigestUnder, Plain: plain,
		Signed: func(token string) bool { return a.world.Signed(token) },
		Now:    a.config.Now, Key: rand.Text, Server: a.recordedServer,
		Export: a.exportState,
	})
}

// recordedServer is what replies depend on beside the tenant.
func (a *App) recordedServer() recording.Server {
	c := a.config
	s := recording.Server{
		Headers: c.Settings.Headers, DelayScale: c.Settings.DelayScale, TenantKey: c.Settings.TenantKey, TenantSecret: c.Settings.TenantSecret,
		FixedTokens: !c.NoFixedTokens, Hosts: append([]string{}, c.Hosts...), ControlToken: c.ControlToken,
		ControlApart: c.ControlAddr != "",
	}
	for _, addr := range []string{c.Addr, c.ControlAddr} {
		if addr != "" {
			s.Hosts = append(s.Hosts, addr)
		}
	}
	s.Scenario, s.Scenarios = a.loaded()
	return s
}

// loaded gives the scenarios beside the built-in ones, and the name of the one that
// governs by default.
func (a *App) loaded() (governing string, list []recording.Scenario) {
	used := a.used.Load()
	for _, source := range used.sources {
		list = append(list, recording.Scenario{File: source.File, Text: string(source.Text)})
	}
	return used.governing, list
}

// usedScenarios are those that were last taken over.
type usedScenarios struct {
	governing string
	sources   []scenario.Source
}

// noteUsed keeps which scenarios were taken over.
func (a *App) noteUsed() {
	a.used.Store(&usedScenarios{a.scenarios.governing, a.sources})
	if a.recorder != nil {
		a.recorder.NoteAll("scenario files changed while it was recorded")
	}
}

// exportState writes the state of a tenant.
func (a *App) exportState(ctx context.Context, tenant string, to io.Writer) error {
	return a.world.ExportState(ctx, tenant, to)
}

// wallOf is the real time by which a tenant goes.
func (a *App) wallOf(tenant string) time.Time {
	if a.recorder == nil {
		return a.config.Now() // It is being opened.
	}
	return a.recorder.WallOf(tenant)
}

// readSecrets reads the names of secrets that the documents have.
func readSecrets() (s journal.Secrets, err error) {
	if err = json.Unmarshal(spec.Secrets, &s); err != nil {
		return s, fmt.Errorf("names of secrets: %w", err)
	}
	return s, nil
}
