package console

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/rest"
)

//go:embed assets
var assets embed.FS

//go:embed templates
var templates embed.FS

// page is one sort of pages of a tenant.
type page struct {
	// path is that below the tenant, as http.ServeMux knows it, and section the part of
	// the navigation in which it stands.
	path, section string
	// file is the template, whose block live is sent again when something has happened.
	file string
	make func(*visit) (title string, data any, err error)
}

// pages are all that a tenant has.
var pages = []page{
	{"{$}", "", "overview", overview},
	{"customers", "customers", "customers", customerList},
	{"customers/{id}", "customers", "customer", customerOne},
	{"requests", "requests", "requests", requestList},
	{"requests/{number}", "requests", "request", requestOne},
	{"clock", "clock", "clock", clockPageOf},
	{"scenarios", "scenarios", "scenarios", scenarioList},
	{"scenarios/{name}", "scenarios", "scenario", scenarioOne},
	{"webhooks", "webhooks", "webhooks", webhooksPageOf},
	{"coverage", "coverage", "coverage", coveragePageOf},
	{"state", "state", "state", statePageOf},
	{"machines", "machines", "machines", machineList},
	{"machines/{name}", "machines", "machine", machineOne},
}

// sections are the entries of the navigation: path and name.
var sections = [][2]string{
	{"", "Overview"}, {"customers", "Customers"}, {"requests", "Requests"}, {"clock", "Clock"}, {"scenarios", "Scenarios"},
	{"webhooks", "Webhooks"}, {"coverage", "Coverage"}, {"state", "State"}, {"machines", "Machines"},
}

// frame is what stands around the data of every page.
type frame struct {
	Title, Section, Tenant string
	// At is the page's own address, to which its buttons lead back.
	At       string
	Sections [][2]string
	Tenants  []string
	Notice   *notice
	Data     any
}

// Path gives the address of something of the tenant.
func (f *frame) Path(parts ...string) string { return pathOf(f.Tenant, parts...) }

func pathOf(tenant string, parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return tenantPath(tenant) + strings.Join(parts, "/")
}

// pageTemplate is a page's template within the frame.
type pageTemplate = template.Template

// readTemplates reads the templates, each page with a frame of its own.
func readTemplates() map[string]*pageTemplate {
	common := template.Must(template.New("").Funcs(functions).ParseFS(templates, "templates/frame.html"))
	files, err := templates.ReadDir("templates")
	if err != nil {
		panic(err) // They are in the binary.
	}
	list := map[string]*pageTemplate{}
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".html")
		if name != "frame" {
			list[name] = template.Must(template.Must(common.Clone()).ParseFS(templates, "templates/"+file.Name()))
		}
	}
	return list
}

// functions are what templates can do beside showing what they are given.
var functions = template.FuncMap{
	"path": pathOf, "when": when, "words": words, "pretty": pretty, "tone": tone, "lower": strings.ToLower, "join": strings.Join,
	"pair":     func(name string, value any) map[string]any { return map[string]any{"Name": name, "Value": value} },
	"duration": func(seconds int64) string { return machine.DelayText(time.Duration(seconds) * time.Second) },
	"named":    func(name string, parts []client.CustomerPart) namedParts { return namedParts{name, parts} },
	"editable": func(text string, put *button) any { return editable{text, put} },
	"choice": func(name, label, value string, options []string) field {
		return field{Name: name, Label: label, Value: value, Options: options}
	},
	"inside": func(f *frame, data any) inFrame { return inFrame{f, data} },
}

// namedParts are parts of a customer under one heading.
type namedParts struct {
	Name  string
	Parts []client.CustomerPart
}

// editable is a scenario that can be changed.
type editable struct {
	Text string
	Put  *button
}

// inFrame is a part of a page that has to know the frame around it.
type inFrame struct {
	Frame *frame
	Data  any
}

// instant is a moment as people read it, and as machines do.
type instant struct{ Date, Text, Exact string }

// when reads a moment, of whatever form; nothing is none.
func when(value any) (i instant) {
	var t time.Time
	switch v := value.(type) {
	case time.Time:
		t = v
	case string:
		t, _ = time.Parse(time.RFC3339Nano, v)
	}
	if t.IsZero() {
		return i
	}
	const date = "2 Jan 2006, "
	return instant{t.UTC().Format(date), t.UTC().Format(date + "15:04:05"), t.UTC().Format(time.RFC3339Nano)}
}

// words makes words of the name of a state.
func words(state any) string {
	text := strings.ReplaceAll(toText(state), "_", " ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.ToLower(text[1:])
}

func toText(value any) string {
	switch v := value.(type) {
	case machine.State:
		return string(v)
	case string:
		return v
	}
	return ""
}

// tones are the states that are told apart by more than their words.
var tones = map[string][]string{
	"good": {"ACTIVE", "APPROVED", "COMPLETED", "DELIVERED", "ACCEPTED", "CONFIRMED", "VERIFIED", "READY"},
	"bad":  {"REJECTED", "FAILED", "BLOCKED", "CLOSED", "EXPIRED", "SUSPENDED", "CANCELLED", "REVOKED", "REMOVED", "DISABLED"},
}

// tone is the class of a state, or of the status of a reply.
func tone(of any) string {
	if status, ok := of.(int); ok {
		switch {
		case status == 0:
			return ""
		case status < http.StatusBadRequest:
			return "good"
		}
		return "bad"
	}
	for name, states := range tones {
		if slices.Contains(states, strings.ToUpper(toText(of))) {
			return name
		}
	}
	return ""
}

// pretty indents a text of JSON; every other stays as it is.
func pretty(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", "  ") != nil {
		return text
	}
	return out.String()
}

// asset serves a file that never changes while the process lives.
func asset(name, kind string) http.Handler {
	text, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // It is in the binary.
	}
	file := rest.NewAsset(kind, text)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { file.ServeHTTP(w, r) })
}

// serve makes a page, and keeps it up to date for who asks for events.
func (s *Console) serve(w http.ResponseWriter, r *http.Request, p page) {
	v := &visit{console: s, request: r, tenant: r.PathValue("tenant")}
	if strings.HasPrefix(r.Header.Get("Accept"), eventStream) {
		s.keep(w, v, p)
		return
	}
	title, data, err := p.make(v)
	if err != nil {
		s.fail(w, r, v, err)
		return
	}
	f := s.frame(v, title, p.section, data)
	f.Notice = s.notices.take(v.tenant, v.query("said"))
	if form, is := data.(interface{ mend(n *notice) }); is {
		form.mend(f.Notice)
	}
	s.write(w, http.StatusOK, p.file, "frame", f)
}

func (s *Console) frame(v *visit, title, section string, data any) *frame {
	at := *v.request.URL
	q := at.Query()
	q.Del("said")
	at.RawQuery = q.Encode()
	tenants := s.tenants(v.context())
	if !slices.Contains(tenants, v.tenant) {
		tenants = append([]string{v.tenant}, tenants...)
	}
	return &frame{Title: title, Section: section, Tenant: v.tenant, At: at.RequestURI(), Sections: sections, Tenants: tenants, Data: data}
}

// fail shows why there is no page.
func (s *Console) fail(w http.ResponseWriter, _ *http.Request, v *visit, err error) {
	var r *refused
	if !errors.As(err, &r) {
		r = &refused{Status: http.StatusInternalServerError, Message: "The page could not be made", Details: err.Error()}
	}
	s.write(w, r.Status, "refused", "frame", s.frame(v, r.Message, "none", r))
}

// write sends a page, or a block of it.
func (s *Console) write(w http.ResponseWriter, status int, file, block string, f *frame) {
	var text bytes.Buffer
	if err := s.templates()[file].ExecuteTemplate(&text, block, f); err != nil {
		http.Error(w, "the page could not be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes()) // Whoever does not take it has left.
}
