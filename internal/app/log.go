package app

import (
	"context"
	"io"
	"log/slog"
	"strings"

	"finhub-sandbox/internal/engine"
)

// The forms of the log.
const (
	LogText = "text"
	LogJSON = "json"
)

// newLog makes the log. In JSON how long something took is a number of milliseconds,
// as it is in the journal.
func newLog(c Config, to io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if c.Quiet {
		options.Level = slog.LevelWarn
	}
	if c.LogFormat != LogJSON {
		return slog.New(slog.NewTextHandler(to, options))
	}
	options.ReplaceAttr = func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindDuration {
			return slog.Float64(a.Key+"Milliseconds", float64(a.Value.Duration().Microseconds())/1000)
		}
		return a
	}
	return slog.New(slog.NewJSONHandler(to, options))
}

// logTimer writes the line of a timer that has been fired: what it has decided, by
// which rule, and the events that happened.
func (a *App) logTimer(tenant string, t engine.Timer, events []engine.Event) {
	if !a.log.Enabled(context.Background(), slog.LevelInfo) {
		return
	}
	attributes := []slog.Attr{
		slog.String("tenant", tenant), slog.String("kind", t.Entity), slog.String("id", t.ID), slog.String("point", t.Point),
		slog.String("option", t.Option), slog.Time("due", t.Due),
	}
	if t.Rule.Scenario != "" {
		attributes = append(attributes, slog.String("rules", t.Rule.String()))
	}
	var types []string
	for _, e := range events {
		types = append(types, e.Type)
	}
	if len(types) > 0 {
		attributes = append(attributes, slog.String("events", strings.Join(types, ", ")))
	}
	a.log.LogAttrs(context.Background(), slog.LevelInfo, "timer", attributes...)
}
