package journal

import "net/url"

// Rewriter finds secrets in requests and replies as the journal does, and puts something
// else in their place.
type Rewriter struct {
	masker *masker
	// Value gives what stands in the place of the value of a member, as JSON, and Text in
	// that of a secret elsewhere.
	Value func(name, value []byte) []byte
	Text  func(secret string) string
}

// NewRewriter makes one that knows the names of secrets.
func NewRewriter(s Secrets) *Rewriter { return &Rewriter{masker: newMasker(s)} }

// Secret reports whether a member is secret by its name, in any request or reply.
func (r *Rewriter) Secret(member string) bool { return r.masker.isSecret([]byte(member), nil) }

// JSON rewrites the body of an operation's request, or of a reply to one. It need not be
// whole.
func (r *Rewriter) JSON(text []byte, operation string, reply bool) []byte {
	return r.masker.rewrite(nil, text, r.own(operation), reply, func(to, name, value []byte) []byte {
		return append(to, r.Value(name, value)...)
	})
}

// Body rewrites the body of a request, whatever it is: of one that is no JSON each line in
// which a secret may stand.
func (r *Rewriter) Body(text []byte, operation string) []byte {
	if len(text) == 0 || beginsJSON(text) {
		return r.JSON(text, operation, false)
	}
	return r.masker.rewriteLines(nil, text, r.own(operation), func(line []byte) []byte { return []byte(r.Text(string(line))) })
}

// Path rewrites a path, which is encoded, by the template of its operation.
func (r *Rewriter) Path(path, template, operation string) string {
	return r.masker.rewritePath(path, template, r.own(operation), func(secret string) string {
		if plain, err := url.PathUnescape(secret); err == nil {
			secret = plain
		}
		return url.PathEscape(r.Text(secret))
	})
}

// Query rewrites a query, which is encoded.
func (r *Rewriter) Query(query, operation string) string {
	return r.masker.rewriteQuery(query, r.own(operation), func(secret string) string { return url.QueryEscape(r.Text(secret)) })
}

// Header rewrites the value of a header.
func (r *Rewriter) Header(name, value string) string {
	return r.masker.rewriteHeader(name, value, r.Text)
}

func (r *Rewriter) own(operation string) []string {
	if operation == "" {
		return r.masker.any
	}
	return r.masker.own[operation]
}
