package rest

import (
	"context"
	"log/slog"
	"strings"
)

// log writes the line of an exchange that is over.
func (s *Server) log(ctx context.Context, x *Exchange) {
	level := slog.LevelInfo
	if x.Notice != "" {
		level = slog.LevelWarn
	}
	if !s.Log.Enabled(ctx, level) {
		return
	}
	attributes := make([]slog.Attr, 0, 12)
	add := func(name, value string) { attributes = append(attributes, slog.String(name, value)) }
	add("request", loggable(x.RequestID))
	attributes = append(attributes, x.what()...)
	add("tenant", loggable(x.Tenant))
	attributes = append(attributes, slog.Int("status", x.Status), slog.Duration("took", x.Took))
	if x.Refusal != nil {
		add("refusal", string(x.Refusal.Code))
	}
	rules := x.Rules
	if x.Fault != nil {
		add("scenario", x.Scenario)
		add("fault", string(x.Fault.Kind))
		rules = append(rules, x.Fault.Rule)
	}
	if text := wordRules(rules); text != "" {
		add("rules", text)
	}
	if x.Notice != "" {
		add("notice", x.Notice)
	}
	s.Log.LogAttrs(ctx, level, "request", attributes...)
}

// what names what was called: the operation, or else method and path.
func (x *Exchange) what() []slog.Attr {
	if x.Operation != nil {
		return []slog.Attr{slog.String("operation", x.Operation.ID)}
	}
	return []slog.Attr{slog.String("method", loggable(x.Method)), slog.String("path", loggable(x.Path))}
}

// maxLogged is how much of a text is logged that somebody has sent.
const maxLogged = 512

// tokenMark is how tokens begin.
const tokenMark = "eyJ"

// loggable is a text that somebody has sent as it may stand in the log: its beginning,
// up to what may be a token.
func loggable(text string) string {
	if i := strings.Index(text, tokenMark); i >= 0 {
		text = text[:i] + "[masked]"
	}
	if len(text) > maxLogged {
		text = strings.ToValidUTF8(text[:maxLogged], "") + "…"
	}
	return text
}

// wordRules names rules in one line, without those that have no name.
func wordRules(rules []Rule) string {
	var names []string
	for _, r := range rules {
		if r != (Rule{}) {
			names = append(names, r.String())
		}
	}
	return strings.Join(names, ", ")
}
