package app_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/contract"
)

// What may become of a request that is made to become much: bytes of a refusal,
// bytes of a success or of the state beside those of a file, and bytes that are
// used on the way.
const (
	mostRefusal = 20 << 10
	mostKept    = 48 << 10
	mostUsed    = 64 << 20
)

// TestWhatBytesBecome sends every operation bodies, headers, queries and paths that
// are long, deep or many, in the place of everything that its examples have, and
// holds what becomes of them within the bounds above.
func TestWhatBytesBecome(t *testing.T) {
	if raceDetector {
		t.Skip("it measures memory, of which the detector takes as much again")
	}
	w := &measured{fuzzWorld: newFuzzWorld(t), examples: bodyExamples(t)}
	w.client.unchecked = true // The document is other tests' business, and takes the time of these.
	w.addCompany(t)
	for _, o := range w.client.operations() {
		call := httpCall{operation: o, tenant: fuzzTenant, token: adminToken, path: w.alive.params(), query: url.Values{}, header: map[string]string{"X-User-Roles": "ADMIN"}}
		if o.ID != "createAdminSession" {
			call.path["organizationId"] = w.company
		}
		if strings.HasPrefix(o.ID, "upload") {
			call.path["verificationId"] = w.waiting.verification
		}
		t.Run(o.ID, func(t *testing.T) {
			w.measurePlaces(t, call)
			if !o.HasBody {
				return
			}
			for name, body := range madeMuch() {
				call.raw = []byte(body)
				if status := w.measure(t, name, call); strings.HasPrefix(name, "nested") && status != http.StatusBadRequest {
					t.Errorf("%s: %d", name, status)
				}
			}
			if examples := w.examples[o.ID]; len(examples) > 0 {
				w.measureExample(t, call, adapted(examples[0], w.alive.replacements()))
				w.measureForms(t, call, examples)
			}
		})
	}
}

// madeMuch are bodies that no example is like.
func madeMuch() map[string]string {
	long, name := strings.Repeat("x", 200_000), strings.Repeat("n", 16_000)
	return map[string]string{
		"nested":                   strings.Repeat(`{"a":`, 4_900) + "1" + strings.Repeat("}", 4_900),
		"nested lists":             strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000),
		"unfinished":               strings.Repeat("[", 50_000),
		"a list of empty objects":  "[" + strings.Repeat("{},", 4_900) + "{}]",
		"a list of objects":        "[" + strings.Repeat(`{"a":{"b":1}},`, 1_600) + "{}]",
		"a list of texts":          "[" + strings.Repeat(`"x",`, 4_900) + "1]",
		"more objects":             "[" + strings.Repeat("{},", 300_000) + "{}]",
		"members":                  "{" + manyMembers(4_900) + "}",
		"more members":             "{" + manyMembers(30_000) + "}",
		"a long text":              `"` + long + `"`,
		"an unknown long text":     `{"unknown":"` + long + `"}`,
		"a long name twice":        `{"` + long + `":1,"` + long + `":2}`,
		"faults below a long name": `{"` + name + `":[` + strings.Repeat(`"\u0001",`, 4_000) + `1]}`,
		"numbers below names":      strings.Repeat(`{"`+name[:250]+`":`, 30) + "[" + strings.Repeat("1e1,", 4_000) + "1e999]" + strings.Repeat("}", 30),
		"numbers below long names": strings.Repeat(`{"`+name+`":`, 30) + "[" + strings.Repeat("1e1,", 4_000) + "1e999]" + strings.Repeat("}", 30),
		"faults below names":       strings.Repeat(`{"`+name[:250]+`":`, 30) + "[" + strings.Repeat(`"\u0001",`, 4_000) + "1]" + strings.Repeat("}", 30),
	}
}

// measureExample puts too much in the place of each member of an example.
func (w *measured) measureExample(t *testing.T, call httpCall, example any) {
	long := strings.Repeat("x", 200_000)
	instead := map[string]any{
		"a long text":            long,
		"an object":              map[string]any{"a": long[:1_000]},
		"a long member":          map[string]any{"unknown": long[:15_000]},
		"a longer member":        map[string]any{"unknown": long},
		"many members":           members(4_000, "x"),
		"many long members":      members(100, long[:9_000]),
		"many texts":             slices.Repeat([]any{"x"}, 4_000),
		"many objects":           slices.Repeat([]any{map[string]any{}}, 4_000),
		"many numbers in a list": slices.Repeat([]any{1.5}, 4_000),
	}
	places := placesIn(example, "")
	for _, at := range slices.Sorted(maps.Keys(places)) {
		for name, value := range instead {
			if _, isText := value.(string); !isText && !places[at] && name != "an object" {
				continue // In the place of a text, one kind of other value is enough.
			}
			w.measureBody(t, at+" "+name, call, adapted(example, map[string]any{at: value}))
		}
	}
	if object, ok := example.(map[string]any); ok {
		for name, value := range instead {
			more := maps.Clone(object)
			more["metadata"], more["unknown"] = value, value
			w.measureBody(t, "beside it "+name, call, more)
		}
	}
}

// measureForms puts a long text into each member that one form of a body knows and
// another one may not, so that it is no fault there.
func (w *measured) measureForms(t *testing.T, call httpCall, forms []any) {
	for _, form := range forms {
		object, _ := adapted(form, w.alive.replacements()).(map[string]any)
		for _, other := range forms {
			members, _ := other.(map[string]any)
			for name := range members {
				if _, known := object[name]; object != nil && !known {
					body := maps.Clone(object)
					body[name] = strings.Repeat("x", 100_000)
					w.measureBody(t, "in another form "+name, call, body)
				}
			}
		}
	}
}

func members(n int, value any) map[string]any {
	object := map[string]any{}
	for i := range n {
		object[fmt.Sprintf("m%d", i)] = value
	}
	return object
}

// placesIn gives the dotted names of a value's members, and whether more members
// or items stand in them.
func placesIn(value any, at string) map[string]bool {
	places := map[string]bool{}
	add := func(name string, member any) {
		within := strings.TrimPrefix(at+"."+name, ".")
		more := placesIn(member, within)
		places[within] = len(more) > 0
		maps.Copy(places, more)
	}
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			add(name, member)
		}
	case []any:
		for _, item := range v[:min(1, len(v))] {
			add("0", item)
		}
	}
	return places
}

func (w *measured) measureBody(t *testing.T, name string, call httpCall, body any) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	call.raw = raw
	w.measure(t, name, call)
}

// measurePlaces makes everything long that is not the body.
func (w *measured) measurePlaces(t *testing.T, call httpCall) {
	long := strings.Repeat("a", 60_000)
	headers := []string{"User-Agent", "Accept", "Accept-Language", "Cookie", "Referer", "Origin", "Idempotency-Key", "X-Request-Id", "X-Sandbox-Scenario", "Content-Type", "X-User-ID", "X-User-Roles"}
	for _, h := range call.operation.Headers {
		headers = append(append(headers, h.Name), h.Aliases...)
	}
	for _, name := range headers {
		c := call
		for _, value := range []string{long, strings.Repeat("a,", 20_000)} {
			c.header = map[string]string{"X-User-Roles": "ADMIN", name: value}
			w.measure(t, "header "+name, c)
		}
	}
	for _, name := range append(queryNames(call.operation), "unknown") {
		c := call
		c.query = url.Values{name: {long}}
		w.measure(t, "query "+name, c)
	}
	c := call
	c.query = url.Values{}
	for i := range 5_000 {
		c.query.Set(fmt.Sprintf("q%d", i), "1")
	}
	w.measure(t, "many queries", c)
	for name := range call.path {
		c := call
		c.path = maps.Clone(call.path)
		c.path[name] = long
		w.measure(t, "path "+name, c)
		c.path[name] = strings.Repeat("%/", 8_000)
		w.measure(t, "path of escapes "+name, c)
	}
}

func (w *measured) measure(t *testing.T, name string, call httpCall) (status int) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	reply, err := w.client.do(call)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > mostUsed {
		t.Errorf("%s: %d bytes use %d MB", name, len(call.raw), used>>20)
	}
	if reply.status >= http.StatusBadRequest {
		if len(reply.raw) > mostRefusal {
			t.Errorf("%s: %d bytes get a refusal of %d: %.200s", name, len(call.raw), len(reply.raw), reply)
		}
		return reply.status
	}
	state := w.dump(t)
	if kept := len(state) - len(w.state); kept > mostKept || len(reply.raw) > mostKept && call.operation.Method != http.MethodGet {
		t.Errorf("%s: %d bytes get a reply of %d, and %d are kept", name, len(call.raw), len(reply.raw), kept)
	}
	if state != w.state {
		w.begin(t)
		w.addCompany(t)
	}
	return reply.status
}

// measured is a world with an organization in it.
type measured struct {
	*fuzzWorld
	examples map[string][]any
	company  string
}

// addCompany makes the organization, which has the same id each time.
func (w *measured) addCompany(t *testing.T) {
	t.Helper()
	reply := w.client.must(t, httpCall{operation: w.client.operation("registerOrganization"), tenant: fuzzTenant, token: adminToken, body: w.examples["registerOrganization"][0]})
	w.company, w.state = textAt(reply.value, "data.id"), w.dump(t)
}

// TestAFileIsNotKept hands in a file of several megabytes.
func TestAFileIsNotKept(t *testing.T) {
	w := newFuzzWorld(t)
	file := "%PDF-1.4\n" + strings.Repeat(" ", 4<<20) + "%%EOF\n"
	w.client.must(t, httpCall{
		operation: w.client.operation("uploadVerificationDocument"), tenant: fuzzTenant, token: adminToken, path: map[string]string{"verificationId": w.waiting.verification},
		body: map[string]any{"documentType": "PASSPORT", "fileName": "passport.pdf", "mimeType": "application/pdf", "fileContent": base64.StdEncoding.EncodeToString([]byte(file))},
	})
	if kept := len(w.dump(t)) - len(w.state); kept > mostKept {
		t.Errorf("%d bytes are kept", kept)
	}
}

func queryNames(o *contract.Operation) []string {
	var names []string
	o.CheckParams(func(in, name string) (string, bool) {
		if in == "query" {
			names = append(names, name)
		}
		return "", false
	})
	return names
}

func manyMembers(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"m%d":1`, i)
	}
	return strings.Join(list, ",")
}
