package journal

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// The objects of an HTTP archive, as http://www.softwareishard.com/blog/har-12-spec
// has them.
type (
	harFile struct {
		Log harLog `json:"log"`
	}
	harLog struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Entries []harEntry `json:"entries"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		Started  string      `json:"startedDateTime"`
		Time     float64     `json:"time"`
		Request  harRequest  `json:"request"`
		Response harResponse `json:"response"`
		Cache    struct{}    `json:"cache"`
		Timings  harTimings  `json:"timings"`
		Comment  string      `json:"comment"`
	}
	harRequest struct {
		Method      string      `json:"method"`
		URL         string      `json:"url"`
		Version     string      `json:"httpVersion"`
		Cookies     []harPair   `json:"cookies"`
		Headers     []harPair   `json:"headers"`
		Query       []harPair   `json:"queryString"`
		Data        *harContent `json:"postData,omitempty"`
		HeadersSize int         `json:"headersSize"`
		BodySize    int64       `json:"bodySize"`
	}
	harResponse struct {
		Status      int        `json:"status"`
		StatusText  string     `json:"statusText"`
		Version     string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Content     harContent `json:"content"`
		Redirect    string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int64      `json:"bodySize"`
	}
	harContent struct {
		Size     int64  `json:"size,omitempty"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
)

const httpVersion = "HTTP/1.1"

// writeHAR writes an HTTP archive of the requests.
func writeHAR(to io.Writer, list []Entry, version string) error {
	file := harFile{harLog{Version: "1.2", Creator: harCreator{"finhub-sandbox", version}, Entries: []harEntry{}}}
	for i := range list {
		file.Log.Entries = append(file.Log.Entries, list[i].har())
	}
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(&file)
}

func (e *Entry) har() harEntry {
	h := harEntry{
		Started: e.At.UTC().Format(time.RFC3339Nano), Time: e.Took, Timings: harTimings{Wait: e.Took}, Comment: e.summary(),
		Request: harRequest{
			Method: e.Method, URL: e.URL(), Version: httpVersion, Cookies: []harPair{}, Headers: harHeaders(e.Request), Query: harQuery(e.Query),
			HeadersSize: -1, BodySize: e.Request.Bytes,
		},
		Response: harResponse{
			Status: e.Status, StatusText: http.StatusText(e.Status), Version: httpVersion, Cookies: []harPair{}, Headers: harHeaders(e.Reply),
			Content:     harContent{Size: e.Reply.Bytes, MimeType: e.Reply.Header("Content-Type"), Text: e.Reply.Body},
			HeadersSize: -1, BodySize: e.Reply.Bytes,
		},
	}
	if e.Request.Body != "" {
		h.Request.Data = &harContent{MimeType: e.Request.Header("Content-Type"), Text: e.Request.Body}
	}
	return h
}

func harHeaders(m Message) []harPair {
	list := make([]harPair, 0, len(m.Headers))
	for _, h := range m.Headers {
		list = append(list, harPair(h))
	}
	return list
}

func harQuery(query string) []harPair {
	list := []harPair{}
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); pair != "" {
			list = append(list, harPair{decoded(name), decoded(value)})
		}
	}
	return list
}
