package console

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"finhub-sandbox/internal/headers"
)

// maxState bounds an exported state that is imported.
const maxState = 256 << 20

// action is a control call that a button makes.
type action struct {
	name string
	// method and path are those of the call; {name} in the path is a field of the form.
	method, path string
	// members are the fields of the form that the body has, if they are filled in. Behind
	// a colon stands what is no text, always what is sent though it is empty, and secret
	// what is never shown.
	members []string
	// raw is the field that is the whole body, and mediaType that of the body; empty is
	// JSON.
	raw, mediaType string
	// command is the same on the command line: each part is left out of which a field
	// is not filled in. None where there is no such command.
	command []string
	// done says what has happened.
	done string
}

// actions are all buttons.
var actions = []*action{
	{
		name: "freeze-clock", method: http.MethodPost, path: "/clock/freeze", members: []string{"at"}, command: []string{"clock freeze", "--at {at}"}, done: "The clock stands still",
	},
	{name: "run-clock", method: http.MethodPost, path: "/clock/run", command: []string{"clock run"}, done: "The clock runs"},
	{
		name: "advance-clock", method: http.MethodPost, path: "/clock/advance", members: []string{"by", "to", "until"},
		command: []string{"clock advance", "--by {by}", "--to {to}", "--until {until}"}, done: "The clock was moved",
	},
	{
		name: "make-customers", method: http.MethodPost, path: "/customers",
		members: []string{"kind", "state", "count:int", "category", "scenario", "reason", "email", "firstName", "lastName", "legalName"},
		command: []string{
			"customer create", "{state}", "--kind {kind}", "--count {count}", "--category {category}", "--scenario {scenario}", "--reason {reason}",
			"--email {email}", "--first-name {firstName}", "--last-name {lastName}", "--legal-name {legalName}",
		}, done: "Made",
	},
	{
		name: "set-customer-status", method: http.MethodPost, path: "/customers/{customerId}/status", members: []string{"status", "reason"}, done: "The customer's status was set",
	},
	{
		name: "set-wallet-status", method: http.MethodPost, path: "/wallets/{walletId}/status", members: []string{"status", "reason"}, done: "The wallet's status was set",
	},
	{
		name: "fund-wallet", method: http.MethodPost, path: "/wallets/{walletId}/fund", members: []string{"amount"}, command: []string{"fund {walletId} {amount}"},
		done: "Money was put on the wallet",
	},
	{
		name: "use-scenario", method: http.MethodPut, path: "/scenario", members: []string{"name:always"}, command: []string{"scenario use {name}"}, done: "The scenario was chosen",
	},
	{
		name: "put-scenario", method: http.MethodPut, path: "/scenario", raw: "text", mediaType: "application/yaml", command: []string{"scenario use scenario.yaml"},
		done: "The scenario is the tenant's, and was chosen",
	},
	{
		name: "resend-delivery", method: http.MethodPost, path: "/webhooks/deliveries/{deliveryId}/resend", command: []string{"webhook resend {deliveryId}"},
		done: "The delivery is sent again",
	},
	{
		name: "resend-deliveries", method: http.MethodPost, path: "/webhooks/resend", members: []string{"status"}, command: []string{"webhook resend --failed"},
		done: "What has failed is sent again",
	},
	{
		name: "take-snapshot", method: http.MethodPost, path: "/snapshots/{name}", command: []string{"state snapshot {name}"}, done: "The state was kept",
	},
	{
		name: "restore-snapshot", method: http.MethodPost, path: "/snapshots/{name}/restore", command: []string{"state restore {name}"}, done: "The tenant is as it was",
	},
	{
		name: "fork-snapshot", method: http.MethodPost, path: "/snapshots/{name}/fork", members: []string{"tenant"}, command: []string{"state fork {name} {tenant}"},
		done: "The other tenant goes on from the snapshot",
	},
	{
		name: "delete-snapshot", method: http.MethodDelete, path: "/snapshots/{name}", command: []string{"state delete {name}"}, done: "The snapshot was forgotten",
	},
	{
		name: "import-state", method: http.MethodPut, path: "/state", raw: "file", mediaType: "application/json", command: []string{"state import state.json"},
		done: "The state is the tenant's",
	},
	{
		name: "reset-tenant", method: http.MethodPost, path: "/reset", members: []string{"everything:bool"}, command: []string{"reset", "--everything={everything}"},
		done: "The tenant is empty",
	},
	{
		name: "replay-request", method: http.MethodPost, path: "/journal/{number}/replay", members: []string{"token:secret"},
		command: []string{"journal replay {number}", "--token {token}"}, done: "It was sent again",
	},
	{name: "start-recording", method: http.MethodPost, path: "/recording", command: []string{"bug start"}, done: "The tenant is recorded"},
	{name: "stop-recording", method: http.MethodDelete, path: "/recording", command: []string{"bug stop"}, done: "The recording was forgotten"},
}

// actionOf finds an action by its name; nil if there is none.
func actionOf(name string) *action {
	for _, a := range actions {
		if a.name == name {
			return a
		}
	}
	return nil
}

// target is the path of the call.
func (a *action) target(form url.Values) string {
	return "/_sandbox" + fill(a.path, func(name string) string { return url.PathEscape(form.Get(name)) })
}

// shown are the fields of a form without what is secret in them.
func (a *action) shown(form url.Values) url.Values {
	shown := maps.Clone(form)
	for _, member := range a.members {
		if name, secret := strings.CutSuffix(member, ":secret"); secret && form.Get(name) != "" {
			shown.Set(name, strings.ToUpper(name))
		}
	}
	return shown
}

// fill puts values in the places of their names.
func fill(text string, value func(name string) string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		out.WriteString(value(name))
		text = after
	}
}

// body is the body of the call; nothing is none.
func (a *action) body(form url.Values) (text []byte, mediaType string) {
	if a.raw != "" {
		return []byte(form.Get(a.raw)), a.mediaType
	}
	members := map[string]any{}
	for _, member := range a.members {
		name, kind, _ := strings.Cut(member, ":")
		value := form.Get(name)
		switch {
		case value == "" && kind != "always":
		case kind == "int":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil {
				members[name] = n
				continue
			}
			members[name] = value // The control API says what is wrong with it.
		case kind == "bool":
			members[name] = value == "true"
		default:
			members[name] = value
		}
	}
	if len(a.members) == 0 {
		return nil, ""
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(members); err != nil {
		panic(err) // Texts, numbers and truth values can be written.
	}
	return bytes.TrimSpace(out.Bytes()), jsonType
}

const jsonType = "application/json"

// curl is the call for a shell.
func (a *action) curl(r *http.Request, tenant string, token bool, form url.Values) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	parts := []string{"curl", "-X", a.method, quote(scheme + r.Host + a.target(form)), "-H", quote("X-Tenant-ID: " + tenant)}
	if token {
		parts = append(parts, "-H", `"Authorization: Bearer $SANDBOX_CONTROL_TOKEN"`)
	}
	body, mediaType := a.body(form)
	if mediaType != "" {
		parts = append(parts, "-H", quote(headers.ContentType+": "+mediaType))
	}
	switch {
	case a.raw == "text":
		parts = append(parts, "--data-binary", "@scenario.yaml")
	case a.raw == "file":
		parts = append(parts, "--data-binary", "@state.json")
	case body != nil:
		parts = append(parts, "-d", quote(string(body)))
	}
	return strings.Join(parts, " ")
}

// commandLine is the same as a command; empty where there is none.
func (a *action) commandLine(r *http.Request, tenant string, form url.Values) string {
	if len(a.command) == 0 {
		return ""
	}
	parts := []string{"finhub-sandbox"}
	for _, part := range a.command {
		whole := true
		text := fill(part, func(name string) string {
			value := form.Get(name)
			whole = whole && value != ""
			return quote(value)
		})
		if whole {
			parts = append(parts, text)
		}
	}
	if len(parts) == 1 {
		return "" // What it is about is nothing that the command line can say.
	}
	parts = append(parts, "--tenant", quote(tenant))
	if r.Host != "localhost:8080" {
		parts = append(parts, "--addr", quote(r.Host))
	}
	return strings.Join(parts, " ")
}

// quote writes a text as one word of a shell.
func quote(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@=+,", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// field is an entry of a button's form.
type field struct {
	Name, Label, Type, Value, Help string
	Options                        []string
	Required                       bool
}

// button is a form that makes a control call.
type button struct {
	Do, Label string
	Fields    []field
	// Said are the values that nobody is asked for, as name, value pairs.
	Said [][2]string
	// Grave tells that something is lost with it.
	Grave         bool
	Curl, Command string
	// Barred is why it cannot be pushed; empty if it can.
	Barred string
	// File tells that a file is sent.
	File bool
}

// button makes the form of an action. Values that are filled in already stand in what is
// shown for the shell.
func (v *visit) button(name, label string, said [][2]string, fields ...field) *button {
	a := actionOf(name)
	form := url.Values{}
	for _, one := range said {
		form.Set(one[0], one[1])
	}
	b := &button{Do: name, Label: label, Fields: fields, Said: said, File: a.raw == "file"}
	for _, f := range fields {
		value := f.Value
		if len(f.Options) > 0 {
			value = cmp.Or(value, f.Options[0])
		}
		if value == "" && f.Required {
			value = strings.ToUpper(f.Name)
		}
		form.Set(f.Name, value)
	}
	b.Curl = a.curl(v.request, v.tenant, v.console.Token != "", form)
	b.Command = a.commandLine(v.request, v.tenant, form)
	return b
}

// grave marks a button with which something is lost.
func (b *button) grave() *button { b.Grave = true; return b }

// do makes the control call of a button, and leads back to where it stands.
func (s *Console) do(w http.ResponseWriter, r *http.Request) {
	v := &visit{console: s, request: r, tenant: r.PathValue("tenant")}
	a := actionOf(r.PathValue("action"))
	if a == nil {
		s.fail(w, r, v, &refused{Status: http.StatusNotFound, Message: "There is no such button"})
		return
	}
	form, err := readForm(w, r, a.raw == "file")
	if err != nil {
		s.fail(w, r, v, &refused{Status: http.StatusBadRequest, Message: "The form could not be read", Details: err.Error()})
		return
	}
	body, mediaType := a.body(form)
	reply, err := v.call(a.method, a.target(form), mediaType, body)
	shown := a.shown(form)
	n := &notice{
		Title: a.done, Curl: a.curl(r, v.tenant, s.Token != "", shown), Command: a.commandLine(r, v.tenant, shown), Text: form.Get("text"), tenant: v.tenant,
	}
	var said *refused
	switch {
	case errors.As(err, &said):
		n.Title, n.Refused = said.Message, said
	case err != nil:
		s.fail(w, r, v, err)
		return
	default:
		n.tell(r.PathValue("action"), v, reply)
	}
	http.Redirect(w, r, back(form.Get("back"), v.tenant, s.notices.add(n)), http.StatusSeeOther)
}

// back is where a button leads, with the number of what it has to say.
func back(to, tenant, said string) string {
	to = ownPath(to)
	if to == Path+"/" {
		to = tenantPath(tenant)
	}
	u, err := url.Parse(to)
	if err != nil {
		return tenantPath(tenant)
	}
	q := u.Query()
	q.Set("said", said)
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

func readForm(w http.ResponseWriter, r *http.Request, file bool) (url.Values, error) {
	if !file {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		err := r.ParseForm()
		for _, values := range r.PostForm {
			// Browsers send line breaks as the network has them.
			values[0] = strings.ReplaceAll(values[0], "\r\n", "\n")
		}
		return r.PostForm, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxState)
	parts, err := r.MultipartReader()
	form := url.Values{}
	for err == nil {
		part, failed := parts.NextPart()
		if failed == io.EOF {
			return form, nil
		}
		if err = failed; err == nil {
			var text []byte
			text, err = io.ReadAll(part)
			form.Set(part.FormName(), string(text))
		}
	}
	return nil, err
}
