package console

import (
	"net/http"
	"strings"

	"finhub-sandbox/internal/headers"
)

// downloads are the files that a tenant can be taken out in: by their names the path of
// the control call that gives each.
var downloads = map[string]string{
	"state.json": "/state", "bug.json": "/recording", "requests.har": "/journal?format=har", "requests.sh": "/journal?format=curl",
	"coverage.html": "/coverage?form=html", "coverage.json": "/coverage?form=json",
}

// download hands a file on as the control API gives it.
func (s *Console) download(w http.ResponseWriter, r *http.Request) {
	v := &visit{console: s, request: r, tenant: r.PathValue("tenant")}
	name := r.PathValue("what")
	path, ok := downloads[name]
	if snapshot, is := strings.CutPrefix(name, "snapshot-"); is {
		path, ok = fill("/snapshots/{name}", func(string) string { return strings.TrimSuffix(snapshot, ".json") }), true
	}
	if !ok {
		s.fail(w, r, v, &refused{Status: http.StatusNotFound, Message: "There is no such file"})
		return
	}
	call, err := v.inner(http.MethodGet, "/_sandbox"+path, "", nil)
	if err != nil {
		s.fail(w, r, v, err)
		return
	}
	s.API.ServeHTTP(&handedOn{ResponseWriter: w, name: v.tenant + "-" + name}, call)
}

// handedOn is an answer that goes on to a file.
type handedOn struct {
	http.ResponseWriter
	name string
	own  http.Header
}

// Header is that of the answer, of which only the type is handed on.
func (h *handedOn) Header() http.Header {
	if h.own == nil {
		h.own = http.Header{}
	}
	return h.own
}

// WriteHeader sends a refusal as it is, and everything else as a file.
func (h *handedOn) WriteHeader(status int) {
	header := h.ResponseWriter.Header()
	header.Set(headers.ContentType, h.own.Get(headers.ContentType))
	if status == http.StatusOK {
		header.Set("Content-Disposition", `attachment; filename="`+strings.Map(plainName, h.name)+`"`)
	}
	h.ResponseWriter.WriteHeader(status)
}

// Unwrap gives what is below to http.ResponseController.
func (h *handedOn) Unwrap() http.ResponseWriter { return h.ResponseWriter }

func plainName(r rune) rune {
	if r == '"' || r == '\\' || r < ' ' || r > '~' {
		return '_'
	}
	return r
}
