package journal

import (
	"net/http"
	"strings"
	"testing"

	"finhub-sandbox/internal/rest"
)

// TestWhatCanBeSentAgain: what was kept whole comes as it was, but for what belongs to one
// message, and what was not is named.
func TestWhatCanBeSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*rest.Exchange)
		lacks  string
	}{
		"whole":              {func(*rest.Exchange) {}, ""},
		"a secret":           {func(x *rest.Exchange) { x.ReceivedText = []byte(`{"password":"geheim12"}`) }, "its body without a mask"},
		"bytes":              {func(x *rest.Exchange) { x.ReceivedText = []byte("{\"a\":\"\xff\"}") }, "its body without a mask"},
		"longer than kept":   {func(x *rest.Exchange) { x.ReceivedText = []byte(`{"a":"` + strings.Repeat("b", maxBody) + `"}`) }, "the whole of its body, which was cut"},
		"a secret parameter": {func(x *rest.Exchange) { x.Query = "password=geheim12" }, "its whole path"},
		"a secret header":    {func(x *rest.Exchange) { x.Header.Set("X-Api-Key", "geheim12") }, "the header X-Api-Key"},
	} {
		t.Run(name, func(t *testing.T) {
			j := New(10, secrets())
			j.record(exchange("a", func(x *rest.Exchange) {
				x.Method, x.Path, x.Query, x.Host, x.ReceivedText = http.MethodPost, "/a b", "x=1", "shop.example", []byte(`{"a":1}`)
				x.Header = http.Header{"Authorization": {"Bearer secret-token"}, "X-Request-Id": {"one"}, "Content-Length": {"7"}, "X-Many": {"1", "2"}}
				c.change(x)
				x.Received = int64(len(x.ReceivedText))
			}))
			e, _ := j.Entry("a", 1)
			if lacks := e.Lacks(); lacks != c.lacks || !e.HasToken() {
				t.Fatalf("it lacks %q, a token: %v, of %+v", lacks, e.HasToken(), e.Request)
			}
			if c.lacks != "" {
				return
			}
			r, err := e.Again(t.Context(), "other")
			if err != nil {
				t.Fatal(err)
			}
			body := make([]byte, r.ContentLength)
			_, err = r.Body.Read(body)
			if err != nil || string(body) != `{"a":1}` || r.Method != http.MethodPost || r.URL.EscapedPath() != "/a%20b" || r.URL.RawQuery != "x=1" || r.Host != "shop.example" {
				t.Errorf("it becomes %+v with %q, %v", r, body, err)
			}
			h := r.Header
			if len(h) != 2 || h.Get("Authorization") != "Bearer other" || len(h["X-Many"]) != 2 {
				t.Errorf("its headers become %v", h)
			}
		})
	}
}
