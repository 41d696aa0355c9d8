package rest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"finhub-sandbox/internal/headers"
)

// Asset is a text that never changes while the process lives, and is too long to
// be sent again and again: it has a tag by which a client that knows it is told
// so, and is sent compressed to those who can read that.
type Asset struct {
	kind string
	// policy is what a page may load; empty is what holds for everything.
	policy string
	// plain and packed are made at the first request: most processes are never
	// asked for their documents, and should start fast.
	plain, packed func() representation
}

// representation is one form in which an asset travels.
type representation struct {
	tag, encoding string
	text          []byte
}

// NewAsset makes an asset of a media type.
func NewAsset(kind string, text []byte) *Asset {
	tag := sync.OnceValue(func() string {
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:12])
	})
	return &Asset{
		kind:  kind,
		plain: func() representation { return representation{`"` + tag() + `"`, "", text} },
		packed: sync.OnceValue(func() representation {
			return representation{`"` + tag() + `-gzip"`, "gzip", compress(text)}
		}),
	}
}

// Restrict has a page load only what a Content-Security-Policy lets it.
func (a *Asset) Restrict(policy string) *Asset {
	a.policy = policy
	return a
}

func compress(text []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // A buffer takes everything, and the level is a right one.
	}
	return b.Bytes()
}

// send answers with the asset, or that the client has it already.
func (a *Asset) send(c *Call) {
	header := c.to.Header()
	form := a.plain()
	if takesGzip(c.Header.Values(echo.HeaderAcceptEncoding)) {
		form = a.packed()
	}
	header.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	header.Set("Etag", form.tag)
	if a.policy != "" {
		header.Set("Content-Security-Policy", a.policy)
	}
	header.Set(echo.HeaderCacheControl, "no-cache")
	if a.known(c.Header.Values("If-None-Match")) {
		c.to.WriteHeader(http.StatusNotModified)
		return
	}
	if form.encoding != "" {
		header.Set(headers.ContentEncoding, form.encoding)
	}
	c.write(http.StatusOK, a.kind, form.text)
}

// Files serves what a page of an open API loads, outside of any document. It stands
// behind the guard as operations do; what is public, as the page itself may be,
// needs no token. Each file is taken once from the handler.
func (s *Server) Files(prefix string, public bool, h http.Handler) {
	var assets sync.Map
	find := func(c *Call) (Reply, error) {
		name := c.Exchange.Path
		asset, ok := assets.Load(name)
		if !ok {
			file := &capture{header: http.Header{}, status: http.StatusOK}
			h.ServeHTTP(file, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: name}})
			// A name that is only another spelling would fill the memory.
			if file.status != http.StatusOK || path.Clean(name) != name {
				return Reply{}, c.routeUnknown()
			}
			asset, _ = assets.LoadOrStore(name, NewAsset(file.header.Get(headers.ContentType), file.body.Bytes()))
		}
		return Reply{Asset: asset.(*Asset)}, nil
	}
	s.add(http.MethodGet, prefix+"*", &route{door: door{page: true, token: !public}, handler: find})
}

// known reports whether one of the tags is that of the asset in either form: both
// are the same text.
func (a *Asset) known(lines []string) bool {
	for tag := range elements(lines) {
		tag = strings.TrimPrefix(tag, "W/")
		if tag == "*" || tag == a.plain().tag || strings.HasSuffix(tag, `-gzip"`) && tag == a.packed().tag {
			return true
		}
	}
	return false
}

// takesGzip reads Accept-Encoding: a coding with q=0 is refused, and the star
// stands for those that are not named. Without the header nothing is compressed.
func takesGzip(lines []string) bool {
	named, star := -1.0, -1.0
	for element := range elements(lines) {
		coding, parameters, _ := strings.Cut(element, ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(parameters), " ", ""), "q="); ok {
			n, err := strconv.ParseFloat(q, 64)
			if err != nil {
				n = 0 // What is not understood is not taken for a yes.
			}
			weight = n
		}
		switch coding = strings.ToLower(strings.TrimSpace(coding)); {
		case slices.Contains([]string{"gzip", "x-gzip"}, coding):
			named = max(named, weight)
		case coding == "*":
			star = weight
		}
	}
	if named < 0 {
		named = star
	}
	return named > 0
}

// elements walks through the elements of a header whose value is a list.
func elements(lines []string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, line := range lines {
			for element := range strings.SplitSeq(line, ",") {
				if element = strings.TrimSpace(element); element != "" && !yield(element) {
					return
				}
			}
		}
	}
}

// ServeHTTP answers with the asset, for pages.
func (a *Asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.send(&Call{Exchange: Exchange{Header: r.Header}, to: w})
}
