package app_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// spoiler makes requests wrong.
type spoiler struct {
	random *rand.Rand
	// others are right requests of the same operation.
	others []wireRequest
}

func pickOf[T any](s spoiler, list []T) T { return list[s.random.IntN(len(list))] }

func (s spoiler) chance(percent int) bool { return s.random.IntN(100) < percent }

// spoil makes one thing of a request wrong, most often of its body.
func (s spoiler) spoil(r *wireRequest) {
	switch n := s.random.IntN(100); {
	case n < 55 && len(r.body) > 0:
		s.spoilJSON(r)
	case n < 68 && len(r.body) > 0:
		r.body = s.spoilBytes(r.body)
	case n < 80:
		s.spoilHeader(r)
	case n < 92:
		s.spoilTarget(r)
	case n < 96:
		s.spoilFrame(r)
	default:
		r.method = pickOf(s, []string{
			"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND", "X", "P\x00ST", "GÉT", strings.Repeat("A", 300),
		})
	}
}

// texts are such as somebody's code does not expect.
func (s spoiler) text() string {
	return pickOf(s, []string{
		"", " ", "\t", "0", "-1", "1e1", "null", "true", "undefined", "NaN", "{}", "[]", "'", `"`, `\`, "${jndi:ldap://x}", "{{7*7}}", "%s%n", "<b>", "../..",
		"; drop table customers", "\x00", "\x7f", "a\u0085b", "\u202eabc", "\ufeffabc", "é", "e\u0301", "👩‍👩‍👧‍👦", "ﬁ", "İ", "\u2028", "ＡＢＣ", "\U0010ffff", "\ufffd",
		"2026-02-30", "0000-00-00", "9999-12-31T23:59:59Z", "10000-01-01", "2026-01-05T09:00:00+99:99", "PT1H", strings.Repeat("9", 40),
		"LT000000000000000000", "00000000-0000-0000-0000-000000000000", "happy-path", "happy-path ", "nope", "EUR", "eur", "ZZZ", "a@b", "a@b.c\r\nX: y",
		"9999999999999999999999999999", "-0", "0x10", "1_000", "١٢٣", "1e400", ".5", "5.", "+5", "1,5", strings.Repeat("a", 300), strings.Repeat("é", 5_000),
		strings.Repeat("(", 2_000), strings.Repeat("\u0301", 500), "data:image/png;base64,AAAA", "JVBERi0xLjQKJSVFT0YK", "36h", "1000000d", "-1h", "0", "idle",
	})
}

// spoilBytes changes a body as bytes, whatever it is.
func (s spoiler) spoilBytes(body []byte) []byte {
	i := s.random.IntN(len(body))
	j := i + s.random.IntN(len(body)-i+1)
	out := bytes.Clone(body)
	switch s.random.IntN(14) {
	case 0:
		out[i] ^= 1 << s.random.IntN(8)
	case 1:
		out[i] = byte(s.random.IntN(256))
	case 2:
		return out[:i]
	case 3:
		return slices.Delete(out, i, j)
	case 4:
		return slices.Insert(out, i, body[i:j]...)
	case 5:
		return append(out, pickOf(s, []string{"}", "{}", "null", " ", "\x00", "//", ",", "]", "\n\n"})...)
	case 6:
		return slices.Insert(out, i, []byte(pickOf(s, []string{"\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x00", `\u0000`, `\ud800`, `\`, "\n", "\u00a0", "/**/"}))...)
	case 7:
		return append([]byte("\xef\xbb\xbf"), out...)
	case 8:
		var wide []byte
		for _, unit := range utf16.Encode([]rune(string(body))) {
			wide = append(wide, byte(unit), byte(unit>>8))
		}
		return wide
	case 9:
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write(body)
		_ = w.Close()
		return packed.Bytes()
	case 10:
		return []byte(strings.Repeat(pickOf(s, []string{"[", `{"a":`, `[{"a":`, "[[],", "\"", "1", " "}), 1+s.random.IntN(40_000)))
	case 11:
		return bytes.ReplaceAll(out, []byte(`"`), []byte(pickOf(s, []string{"'", "", `\"`, "“"})))
	case 12:
		return []byte("a=b&" + url.QueryEscape(string(body)))
	case 13:
		return pickOf(s, s.others).body
	}
	return out
}

func (s spoiler) spoilHeader(r *wireRequest) {
	if len(r.headers) == 0 {
		// The last was taken away before.
		r.headers = append(r.headers, [2]string{"X-Tenant-ID", s.text()})
		return
	}
	i := s.random.IntN(len(r.headers))
	h := r.headers[i]
	set := func(name, value string) {
		r.headers = slices.DeleteFunc(r.headers, func(h [2]string) bool { return strings.EqualFold(h[0], name) })
		r.headers = append(r.headers, [2]string{name, value})
	}
	switch s.random.IntN(16) {
	case 0, 1:
		r.headers = slices.Delete(r.headers, i, i+1)
	case 2:
		r.headers = append(r.headers, h)
	case 3:
		r.headers = append(r.headers, [2]string{h[0], s.text()})
	case 4, 5:
		r.headers[i][1] = s.text()
	case 6:
		r.headers[i][1] = h[1] + pickOf(s, []string{"\xff", "\x00", "\x01", " x", ",y", "\r\n folded", "\u00e9", "\x7f"})
	case 7:
		r.headers[i][1] = strings.Repeat(pickOf(s, []string{"a", "é", " ", ","}), 1<<s.random.IntN(18))
	case 8:
		r.headers[i][0] = h[0] + pickOf(s, []string{" ", "\x00", "é", "(", "_", ""})
	case 9:
		set("Content-Type", pickOf(s, []string{
			"", "text/plain", "application/xml", "application/json; charset=utf-16", "application/json; charset=", "application/json;;", "application/yaml",
			"multipart/form-data; boundary=x", "APPLICATION/JSON", "application/json; charset=\"utf-8", "*/*", "application/x-www-form-urlencoded",
		}))
	case 10:
		set("Authorization", pickOf(s, []string{
			"", "Bearer", "Bearer ", "bearer sandbox-admin", "Basic eDp5", "Bearer sandbox-power-tenant", "Bearer sandbox-compliance", "Bearer a.b.c", "Bearer sandbox-admin,Bearer x",
			"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "Bearer " + strings.Repeat("x", 9_000), "Bearer \xff",
		}))
	case 11:
		set("X-Tenant-ID", pickOf(s, []string{"", "other", "OTHER", "a/b", "..", "a b", strings.Repeat("t", 129), "é", "\xff", "%00", "t:1", "*", "x,y"}))
	case 12:
		set(pickOf(s, []string{"Accept-Encoding", "If-None-Match", "Range", "Origin", "Expect", "Content-Encoding", "X-HTTP-Method-Override", "X-Request-Id", "X-Sandbox-Scenario", "X-User-ID", "X-User-Roles", "Cookie", "Upgrade", "Connection", "Access-Control-Request-Method"}), s.text())
	case 13:
		set("Host", pickOf(s, []string{"", "evil.example", "localhost:1", "127.0.0.1", "[::1]", "a b", "\xff", "localhost, evil.example", strings.Repeat("h", 5_000)}))
	case 14:
		for range 1 + s.random.IntN(400) {
			r.headers = append(r.headers, [2]string{"X-More", "value"})
		}
	case 15:
		set("X-Sandbox-Scenario", pickOf(s, []string{"happy-path", "kyc-rejected", "no-such-scenario", "", "Happy-Path", strings.Repeat("s", 200)}))
	}
}

// spoilTarget changes the path or the query.
func (s spoiler) spoilTarget(r *wireRequest) {
	path, query, _ := strings.Cut(r.target, "?")
	segments := strings.Split(path, "/")
	if len(segments) == 1 {
		segments = append(segments, "")
	}
	i := 1 + s.random.IntN(len(segments)-1)
	strange := pickOf(s, []string{
		"", ".", "..", "%00", "%ff", "%2F", "%2e%2e", "%", "%zz", "%C3%A9", "é", "\xff", "{customerId}", "*", "null", "undefined", "-1", "0", ";a=b", "a;b", "a+b", "a%20b", ":",
		strings.Repeat("a", 5_000), strings.Repeat("%41", 3_000), "\\", "%5c", "%0d%0aX:y", "<x>", "🙂", "%F0%9F%99%82",
	})
	switch s.random.IntN(12) {
	case 0, 1, 2:
		segments[i] = strange
	case 3:
		segments[i] = strings.ToUpper(segments[i])
	case 4:
		segments[i] += strange
	case 5:
		segments = slices.Insert(segments, i, strange)
	case 6:
		segments = slices.Delete(segments, i, i+1)
	case 7:
		segments[i] = percentEncoded(segments[i])
	case 8:
		path = pickOf(s, []string{"http://localhost" + path, "//evil.example" + path, "*", path + "/", "/" + path, path + "#x", "x" + path, path + "?"})
		r.target = path
		return
	case 9, 10:
		query = s.query(query)
	case 11:
		other := strings.Split(pickOf(s, s.others).target, "/")
		segments[i] = pickOf(s, other)
	}
	if r.target = strings.Join(segments, "/"); query != "" {
		r.target += "?" + query
	}
}

func percentEncoded(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.WriteString("%")
		b.WriteString(strings.ToUpper(string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15])))
	}
	return b.String()
}

func (s spoiler) query(query string) string {
	name := pickOf(s, []string{"limit", "offset", "page", "size", "status", "type", "from", "to", "startDate", "endDate", "currency", "includeInactive", "tenantId", "%00", "\xff", "a[b]", "", "limit"})
	value := url.QueryEscape(s.text())
	switch s.random.IntN(6) {
	case 0:
		value = pickOf(s, []string{"%ff", "%", "%zz", "+5", "1;2", "1&limit=2", "=", "%00"})
	case 1:
		return strings.Repeat("a=b&", 1+s.random.IntN(3_000)) + name + "=" + value
	}
	return strings.TrimPrefix(query+"&"+name+"="+value, "&")
}

// spoilFrame changes how the request is put on the wire.
func (s spoiler) spoilFrame(r *wireRequest) {
	switch s.random.IntN(6) {
	case 0:
		r.version = pickOf(s, []string{"HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/1.9", "http/1.1", "HTTP/11", "", "HTTP/1.1 x"})
	case 1:
		r.length = len(r.body) + 1 + s.random.IntN(2_000)
	case 2:
		r.length = s.random.IntN(len(r.body) + 1)
	case 3:
		r.headers = append(r.headers, [2]string{"Transfer-Encoding", pickOf(s, []string{"chunked", "gzip", "identity", "chunked, chunked", "Chunked ", ""})})
	case 4:
		r.headers = append(r.headers, [2]string{"Transfer-Encoding", "chunked"})
		r.body = chunked(r.body, 1+s.random.IntN(len(r.body)+1))
	case 5:
		r.headers = append(r.headers, [2]string{"Content-Length", pickOf(s, []string{"-1", "0", "1e1", "99999999999999999999", "x", " 5"})})
	}
}

func chunked(body []byte, size int) []byte {
	var b bytes.Buffer
	for part := range slices.Chunk(body, size) {
		fmt.Fprintf(&b, "%x\r\n", len(part))
		b.Write(part)
		b.WriteString("\r\n")
	}
	b.WriteString("0\r\n\r\n")
	return b.Bytes()
}
