package rest

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strings"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/headers"
)

// readBody reads the body within its bounds. Nobody reads the body of an
// operation that has none.
func readBody(c *Call) ([]byte, error) {
	o := c.Operation
	if !o.HasBody {
		return nil, nil
	}
	limit := o.MaxBody
	if limit == 0 {
		limit = maxBody
	}
	text, err := io.ReadAll(http.MaxBytesReader(nil, c.request.Body, limit))
	c.Received = int64(len(text))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, refusal.New(refusal.BodyTooLarge, "the body has more than %d bytes", limit)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, refusal.New(refusal.BodyMalformed, "the body did not come in time: %d of its bytes did", len(text))
	}
	if err != nil {
		return nil, refusal.New(refusal.BodyMalformed, "the body ended too early: %v", err)
	}
	if len(text) == 0 {
		return nil, nil
	}
	if coding := c.Header.Get(headers.ContentEncoding); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, refusal.New(refusal.MediaTypeUnsupported, "Content-Encoding is %q; the operation takes a body as it is, not compressed", coding).
			At("header." + headers.ContentEncoding)
	}
	mediaType, params, err := mime.ParseMediaType(c.Header.Get(headers.ContentType))
	charset := strings.ToLower(params["charset"])
	if err == nil && slices.Contains(o.Texts, mediaType) {
		c.Text = text
		return nil, nil
	}
	if err != nil || mediaType != "application/json" || charset != "" && charset != "utf-8" {
		return nil, mediaTypeUnsupported(o, c.Header.Get(headers.ContentType))
	}
	return text, checkEncoding(text)
}

// mediaTypeUnsupported names what the operation takes.
func mediaTypeUnsupported(o *contract.Operation, sent string) error {
	takes := strings.Join(append([]string{"application/json"}, o.Texts...), ", ")
	return refusal.New(refusal.MediaTypeUnsupported, "Content-Type is %q; the operation takes %s in UTF-8", sent, takes)
}

// encodings are how a body begins that is JSON in another form than UTF-8.
var encodings = []struct{ beginning, name string }{
	{"\xef\xbb\xbf", "a byte order mark"},
	{"\xff\xfe", "the byte order mark of UTF-16"},
	{"\xfe\xff", "the byte order mark of UTF-16"},
	{"\x00", "a zero byte, as UTF-16 and UTF-32 do"},
	{"{\x00", "a zero byte behind the brace, as UTF-16 does"},
	{"[\x00", "a zero byte behind the bracket, as UTF-16 does"},
	{"\x1f\x8b", "the mark of gzip, and no Content-Encoding says so"},
}

// checkEncoding names the form of a body that its sender did not mean to send:
// the decoder would only tell a byte that it does not expect.
func checkEncoding(text []byte) error {
	for _, e := range encodings {
		if bytes.HasPrefix(text, []byte(e.beginning)) {
			return refusal.New(refusal.BodyMalformed, "the body begins with %s", e.name)
		}
	}
	return nil
}
