package store

import (
	"bytes"
	"strings"
)

// Escape makes a text a part of a key: parts between slashes cannot run into each
// other.
func Escape(part string) string {
	if !strings.ContainsAny(part, "/%") {
		return part
	}
	return strings.NewReplacer("%", "%25", "/", "%2F").Replace(part)
}

// Unescape is the reverse of Escape.
func Unescape(part string) string { return strings.NewReplacer("%25", "%", "%2F", "/").Replace(part) }

// AppendInt appends a number to a key such that keys sort by it. It must not be
// negative.
func AppendInt(key []byte, n int64) []byte {
	const digits = "0000000000000000000"
	at := len(key)
	key = append(key, digits...)
	for i := len(key) - 1; i >= at; i-- {
		key[i] += byte(n % 10)
		n /= 10
	}
	return key
}

// PrefixEnd is the first key behind all that have the prefix: the end of a range.
// It is nil, the end of all, if there is none.
func PrefixEnd(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			end := bytes.Clone(prefix[:i+1])
			end[i]++
			return end
		}
	}
	return nil
}
