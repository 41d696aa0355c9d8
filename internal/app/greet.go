package app

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/template"

	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/internal/setting"
)

const greeting = `finhub-sandbox {{.Config.Version}} listens on http://{{.Addr}}
  product      http://{{.Addr}}/api/v2.1
  documents    http://{{.Control}}/_sandbox/docs
  control      http://{{.Control}}/_sandbox{{if .Config.ControlToken}}, with the control token{{end}}
  scenario     {{.Scenario}}
  state        {{.State}}
  delays       {{.Delays}} on a running clock
  headers      {{.Headers}}
  seed         {{.Seed}}
  tenants      {{.Tenants}}
  replies      {{.Replies}}
{{- with .Logins}}
  logins       {{.}}
{{- end}}
{{- range .Tokens}}
  token        {{index . 0}}: {{index . 1}}
{{- end}}

Try:
  curl -s http://{{.Addr}}/api/v2.1/customer/individual/categorization/hierarchy/demo{{if not .Config.NoFixedTokens}} -H 'Authorization: Bearer sandbox-admin'{{end}} -H 'X-Tenant-ID: demo'{{if not .Relaxed}} -H 'X-Forwarded-For: 127.0.0.1' -H 'X-Forwarded-From: curl' -H 'platform: web' -H 'deviceId: laptop'{{end}}
`

// Greet prints where the sandbox listens, what it is set to, and what to try
// first; in JSON as one line of the log's form.
func (a *App) Greet(w io.Writer, l Listeners) {
	if a.config.LogFormat == LogJSON {
		a.announce(w, l)
		return
	}
	c, settings := a.config, a.config.Settings
	settings.Complete(setting.BuiltIn())
	relaxed := settings.Headers == setting.Relaxed
	data := map[string]any{
		"Config": c, "Addr": l.Product[0].Addr().String(), "Control": l.controlAddr().String(), "Scenario": a.scenarios.String(),
		"State": a.state(), "Delays": DelayScale(*settings.DelayScale), "Relaxed": relaxed, "Headers": "strict: every documented header is required",
		"Seed": cmp.Or(c.Seed, DefaultSeed+" for ids, a random key for tokens"), "Tenants": "any", "Replies": "not checked", "Tokens": sessions.FixedTokens(),
	}
	if relaxed {
		data["Headers"] = "relaxed: X-Tenant-ID and Authorization are required"
	}
	if len(c.Tenants) > 0 {
		data["Tenants"] = strings.Join(c.Tenants, ", ")
	}
	if c.CheckResponses {
		data["Replies"] = "held to the document"
	}
	if c.NoFixedTokens {
		data["Tokens"] = nil
		if settings.TenantKey == "" && settings.TenantSecret == "" {
			data["Logins"] = "OPEN: whoever can call can log in as an administrator; --tenant-key and --tenant-secret close them"
		}
	}
	// A greeting that cannot be printed is no reason not to serve.
	_ = template.Must(template.New("greeting").Parse(greeting)).Execute(w, data)
}

// announce says in one line what a program must know that has started the sandbox.
func (a *App) announce(w io.Writer, l Listeners) {
	c := a.config
	c.Quiet = false
	product, control := l.Product[0].Addr().String(), l.controlAddr().String()
	newLog(c, w).Info("listening", "version", c.Version, "address", product, "controlAddress", control, "product", "http://"+product+"/api/v2.1",
		"control", "http://"+control+"/_sandbox", "scenario", a.scenarios.String(), "state", a.state(), "seed", cmp.Or(c.Seed, DefaultSeed))
}

// state says where the state is kept.
func (a *App) state() string {
	c, opened := a.config, a.Opened
	if a.shared != nil {
		return a.shared.log.String() + ", shared with whoever uses it"
	}
	if c.Data == "" {
		return "in memory, lost at the end"
	}
	text := fmt.Sprintf("%s, durability %s, %d records read", c.Data, c.Durability, opened.Records)
	if opened.Dropped > 0 {
		text += fmt.Sprintf("; DROPPED the last %d bytes, which were not a whole commit", opened.Dropped)
	}
	return text
}
