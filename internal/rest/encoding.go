package rest

import (
	"bytes"
	"context"
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
	text, err := readAll(http.MaxBytesReader(nil, c.request.Body, limit), c.request.ContentLength)
	c.Received, c.ReceivedText = int64(len(text)), text
	if err != nil {
		// net/http takes a client whose body stops for one that has left. It may wait to
		// hear what was wrong.
		c.request = c.request.WithContext(context.WithoutCancel(c.Context()))
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, refusal.New(refusal.BodyTooLarge, "the body has more than %d bytes", limit)
	}
	c.Torn = err != nil
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
	mediaType, inUTF8 := readMediaType(c.Header.Get(headers.ContentType))
	if slices.Contains(o.Texts, mediaType) {
		c.Text = text
		return nil, nil
	}
	if mediaType != mediaTypeJSON || !inUTF8 {
		return nil, mediaTypeUnsupported(o, c.Header.Get(headers.ContentType))
	}
	return text, checkEncoding(text)
}

// maxTrusted is how much memory is made for a body before it comes, because its
// sender announces its length: whoever sends nothing then should not cost more.
const maxTrusted = 16 << 10

// readAll reads a body whose length has been announced, or is -1.
func readAll(r io.Reader, announced int64) ([]byte, error) {
	if announced < 0 {
		announced = bytes.MinRead
	}
	// With one more the end shows when the last byte does.
	text := make([]byte, 0, min(announced, maxTrusted)+1)
	for {
		n, err := r.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return text, err
		}
		text = slices.Grow(text, 1)
	}
}

const mediaTypeJSON = "application/json"

// readMediaType reads a Content-Type. One that cannot be read gives none; most are of
// a single word.
func readMediaType(sent string) (mediaType string, inUTF8 bool) {
	if sent == mediaTypeJSON {
		return sent, true
	}
	mediaType, params, err := mime.ParseMediaType(sent)
	if err != nil {
		return "", false
	}
	charset := strings.ToLower(params["charset"])
	return mediaType, charset == "" || charset == "utf-8"
}

// mediaTypeUnsupported names what the operation takes.
func mediaTypeUnsupported(o *contract.Operation, sent string) error {
	takes := strings.Join(append([]string{mediaTypeJSON}, o.Texts...), ", ")
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
