package journal

import (
	"fmt"
	"strings"
	"testing"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
)

func secrets() Secrets {
	return Secrets{
		Members:    []string{"password", "fileContent", "otp"},
		Operations: map[string][]string{"activate": {"code"}},
		Plain:      []string{"code", "tokenType", "name"},
	}
}

// TestSecretsOfBodies: whatever stands under a secret name is gone, and nothing else.
func TestSecretsOfBodies(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a member":            {`{"name":"Anna","password":"geheim"}`, `{"name":"Anna","password":"[masked]"}`},
		"nested":              {`[{"user":{"password":"geheim"}}]`, `[{"user":{"password":"[masked]"}}]`},
		"with blanks":         {"{ \"password\" :\n \"geheim\" }", "{ \"password\" :\n \"[masked]\" }"},
		"an escaped quote":    {`{"password":"ge\"heim\\","name":"x"}`, `{"password":"[masked]","name":"x"}`},
		"a name with escapes": {`{"p\u0061ssword":"geheim"}`, `{"p\u0061ssword":"[masked]"}`},
		"a number":            {`{"otp":482913,"name":1}`, `{"otp":"[masked]","name":1}`},
		"an object":           {`{"password":{"value":["geheim",{"a":"b"}]},"name":1}`, `{"password":"[masked]","name":1}`},
		"null":                {`{"password":null,"name":1}`, `{"password":null,"name":1}`},
		"a name of nobody":    {`{"newPasswordAgain":"geheim"}`, `{"newPasswordAgain":"[masked]"}`},
		"a plain name":        {`{"tokenType":"Bearer"}`, `{"tokenType":"Bearer"}`},
		"a token":             {`{"name":"eyJhbGciOiJIUzI1NiJ9.e30.c2ln"}`, `{"name":"[masked]"}`},
		"a text with a colon": {`{"name":"a\":\"b: c"}`, `{"name":"a\":\"b: c"}`},
		"broken off":          {`{"name":"x","password":"gehei`, `{"name":"x","password":"[masked]"`},
		"a one-time code":     {`{"code":"482913","name":1}`, `{"code":"[masked]","name":1}`},
		"a file":              {`{"fileContent":"` + strings.Repeat("A", 2000) + `"}`, `{"fileContent":"[masked: 2002 bytes]"}`},
	} {
		if got := string(newMasker(secrets()).jsonText(nil, []byte(c.text), nil, false)); got != c.want {
			t.Errorf("%s: %s becomes %s, want %s", name, c.text, got, c.want)
		}
	}
}

// TestSecretsOfAnOperation: what is secret in one is none in another.
func TestSecretsOfAnOperation(t *testing.T) {
	m := newMasker(secrets())
	if got := string(m.jsonText(nil, []byte(`{"code":"A1"}`), m.own["activate"], false)); got != `{"code":"[masked]"}` {
		t.Error(got)
	}
	if got := string(m.jsonText(nil, []byte(`{"code":"A1"}`), nil, false)); got != `{"code":"A1"}` {
		t.Error(got)
	}
	if got := string(m.jsonText(nil, []byte(`{"code":200,"data":{"code":"A1"}}`), m.own["activate"], true)); got != `{"code":200,"data":{"code":"[masked]"}}` {
		t.Error(got)
	}
}

// TestSecretsOfOtherTexts: of a body that is no JSON, lines that may have one go.
func TestSecretsOfOtherTexts(t *testing.T) {
	for text, want := range map[string]string{
		"{password: 'geheim'}":           "[masked]\n",
		"name: x\npassword: geheim\n":    "name: x\n[masked]\n",
		"user=anna&password=geheim":      "[masked]\n",
		"{\n'otp': 1,\n'name': 'x'\n}":   "{\n[masked]\n'name': 'x'\n}",
		"token eyJhbGciOiJIUzI1NiJ9.e30": "[masked]\n",
		"p\x00a\x00s\x00s\x00":           "[not shown: 8 bytes that are no text]",
		"\xff\xfep":                      "[not shown: 3 bytes that are no text]",
		"a: b\n":                         "a: b\n",
		"password:\n  geheim\na: b\n":    "[masked]\n[masked]\na: b\n",
		"{'otp'\n:\n1,\n'name': 'x'\n}":  "[masked]\n[masked]\n[masked]\n'name': 'x'\n}",
	} {
		if got := string(newMasker(secrets()).otherText(nil, []byte(text), nil)); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestSecretsOfAddresses: tokens stand in paths and queries too.
func TestSecretsOfAddresses(t *testing.T) {
	m := newMasker(secrets())
	for query, want := range map[string]string{
		"a=b&password=geheim": "a=b&password=[masked]", "pass%77ord=geheim": "pass%77ord=[masked]", "t=%65yJhbGci": "t=[masked]", "access_token=x": "access_token=[masked]", "": "",
	} {
		if got := m.query(query, nil); got != want {
			t.Errorf("%s becomes %s, want %s", query, got, want)
		}
	}
	if got := m.path("/a/abc/verify", "/a/{code}/verify", []string{"code"}); got != "/a/[masked]/verify" {
		t.Error(got)
	}
	if got := m.path("/a/eyJhbGci/verify", "", nil); got != "/a/[masked]/verify" {
		t.Error(got)
	}
	for name, value := range map[string]string{"Authorization": "Bearer abc", "Cookie": "a=b", "X-Api-Key": "1234", "X-Other": "eyJhbGci"} {
		if got := m.header(name, value); strings.Contains(got, value) || !strings.Contains(got, masked) {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := m.header("Accept", "a/b"); got != "a/b" {
		t.Error(got)
	}
}

// TestSecretsBehindWhiteSpace: a body may begin with it, and is JSON all the same.
func TestSecretsBehindWhiteSpace(t *testing.T) {
	j := New(1, secrets())
	body := "\r\n\t {\n  \"password\":\n    \"geheim\",\n  \"name\": \"Anna\"\n}\n"
	j.record(exchange("a", func(x *rest.Exchange) {
		x.Operation, x.ReceivedText, x.SentText = &contract.Operation{ID: "other"}, []byte(body), []byte(body)
	}))
	e, _ := j.Entry("a", 1)
	if want := strings.Replace(body, "geheim", masked, 1); e.Request.Body != want || e.Reply.Body != want {
		t.Errorf("it becomes %q and %q", e.Request.Body, e.Reply.Body)
	}
	r := NewRewriter(secrets())
	r.Value = func(_, _ []byte) []byte { return []byte(`"standin"`) }
	r.Text = func(string) string { return "line\n" }
	if got := string(r.Body([]byte(body), "other")); got != strings.Replace(body, "geheim", "standin", 1) {
		t.Errorf("it is rewritten as %q", got)
	}
}

// TestSecretsOfWords: what is said of a request has no secret of it, wherever it is cut and
// however the secret was spelt.
func TestSecretsOfWords(t *testing.T) {
	long := strings.Repeat("w", maxText-len("gehe")) + "geheim is no password"
	for body, c := range map[string]struct{ said, none string }{
		`{"password":"geheim"}`:              {long, "gehe"},
		`{"password":"ge\u0068eim"}`:         {"geheim is too short", "geheim"},
		`{"password":"a\"b\\c\/d"}`:          {`a"b\c/d is too short`, `a"b`},
		`{"password":"ge\u0068eim", "a":[]}`: {`ge\u0068eim is too short`, `eim`},
	} {
		j := New(1, secrets())
		j.record(exchange("a", func(x *rest.Exchange) {
			x.ReceivedText = []byte(body)
			x.Refusal = &refusal.Error{Code: refusal.RequestInvalid, Details: c.said, Faults: []refusal.Fault{{Field: "body.password", Message: c.said}}}
		}))
		e, _ := j.Entry("a", 1)
		for _, text := range []string{e.Details, e.Violations[0].Message} {
			if strings.Contains(text, c.none) || !strings.Contains(text, masked[:1]) {
				t.Errorf("of %s it is said: %s", body, text)
			}
		}
	}
}

// TestNamesAreLearntWithinBounds: a client that makes up long names has none of them kept.
func TestNamesAreLearntWithinBounds(t *testing.T) {
	m := newMasker(secrets())
	for i := range 2 * maxLearnt {
		long := strings.Repeat("x", longestLearnt) + fmt.Sprint(i)
		if m.sounds(long) || !m.sounds(long+"Password") || m.sounds(fmt.Sprint("n", i)) {
			t.Fatalf("%s is misjudged", long)
		}
	}
	learnt := *m.learnt.Load()
	longest := 0
	for name := range learnt {
		longest = max(longest, len(name))
	}
	if len(learnt) != maxLearnt || longest > longestLearnt {
		t.Errorf("%d names of up to %d bytes are learnt", len(learnt), longest)
	}
}
