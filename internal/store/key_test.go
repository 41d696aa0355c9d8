package store_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"finhub-sandbox/internal/store"
)

func TestPartsOfKeysDoNotRunIntoEachOther(t *testing.T) {
	seen := map[string]string{}
	for _, part := range []string{"a", "a/b", "a%2Fb", "a%252Fb", "a%b", "a//b", "%", "/", "%2F", "%25", ""} {
		escaped := store.Escape(part)
		if other, taken := seen[escaped]; taken || bytes.ContainsRune([]byte(escaped), '/') {
			t.Errorf("%q becomes %q, and so does %q", part, escaped, other)
		}
		if seen[escaped] = part; store.Unescape(escaped) != part {
			t.Errorf("%q comes back as %q", part, store.Unescape(escaped))
		}
	}
}

func TestKeysSortByTheirNumbers(t *testing.T) {
	var keys []string
	for _, n := range []int64{0, 1, 9, 10, 99, 100, 123_456_789_012, math.MaxInt64} {
		keys = append(keys, string(store.AppendInt([]byte("k/"), n)))
	}
	if !slices.IsSorted(keys) || keys[3] != "k/0000000000000000010" || keys[7] != "k/9223372036854775807" {
		t.Errorf("got %q", keys)
	}
}

func TestTheEndOfAPrefix(t *testing.T) {
	for prefix, want := range map[string]string{"a": "b", "a/": "a0", "a\xff": "b", "a\xfe\xff\xff": "a\xff"} {
		given := []byte(prefix)
		if got := store.PrefixEnd(given); string(got) != want || string(given) != prefix {
			t.Errorf("the end of %q is %q, want %q", prefix, got, want)
		}
	}
	for _, all := range [][]byte{nil, []byte("\xff")} {
		if got := store.PrefixEnd(all); got != nil {
			t.Errorf("the end of %q is %q, and there is none", all, got)
		}
	}
}
