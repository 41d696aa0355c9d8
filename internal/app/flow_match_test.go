package app_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// Words that stand for what a reply may have.
const (
	anyValue = "*"
	noValue  = "absent"
)

// differences tells how a reply differs from what a flow expects of it, one
// line for each member. In a subset, members that are not expected may be
// there, and a token may be expected by its claims; otherwise every member that
// is not expected is a difference.
func differences(at string, want, got any, subset bool) []string {
	if want == anyValue && subset {
		if got == nil {
			return []string{at + ": expected any value, came null"}
		}
		return nil
	}
	switch want := want.(type) {
	case map[string]any:
		if token, ok := got.(string); ok && subset {
			got = claimsOf(token)
		}
		object, ok := got.(map[string]any)
		if !ok {
			return []string{unlike(at, want, got)}
		}
		return memberDifferences(at, want, object, subset)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return []string{unlike(at, want, got)}
		}
		var found []string
		for i := range want {
			found = append(found, differences(fmt.Sprintf("%s.%d", at, i), want[i], list[i], subset)...)
		}
		return found
	}
	if want != got {
		return []string{unlike(at, want, got)}
	}
	return nil
}

func memberDifferences(at string, want, got map[string]any, subset bool) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		member := strings.TrimPrefix(at+"."+name, ".")
		value, sent := got[name]
		switch {
		case want[name] == noValue && subset:
			if sent {
				found = append(found, fmt.Sprintf("%s: expected nothing, came %s", member, text(value)))
			}
		case !sent:
			found = append(found, fmt.Sprintf("%s: expected %s, came nothing", member, text(want[name])))
		default:
			found = append(found, differences(member, want[name], value, subset)...)
		}
	}
	if subset {
		return found
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, expected := want[name]; !expected {
			found = append(found, fmt.Sprintf("%s: expected nothing, came %s", strings.TrimPrefix(at+"."+name, "."), text(got[name])))
		}
	}
	return found
}

func unlike(at string, want, got any) string {
	if at == "" {
		at = "the reply"
	}
	return fmt.Sprintf("%s: expected %s, came %s", at, text(want), text(got))
}

func text(value any) string {
	out, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(out)
}

// find follows a path such as data.orders.0.id through a reply. A path may go
// on into a token: its members are its claims.
func find(value any, at string) (any, error) {
	for name := range strings.SplitSeq(at, ".") {
		if token, ok := value.(string); ok {
			value = claimsOf(token)
		}
		next, ok := any(nil), false
		switch v := value.(type) {
		case map[string]any:
			next, ok = v[name]
		case []any:
			if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v) {
				next, ok = v[i], true
			}
		}
		if !ok {
			return nil, fmt.Errorf("the reply has no %s (%s)", at, name)
		}
		value = next
	}
	return value, nil
}

func claimsOf(token string) any {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims any
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return nil
	}
	return claims
}

// reference is a kept value within a text: ${name}.
var reference = regexp.MustCompile(`\$\{([^}]*)\}`)

// fill puts kept values into a value. A text that is one reference and nothing
// else becomes the kept value itself, whatever its type.
func fill(value any, kept map[string]any) (any, error) {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, member := range v {
			filled, err := fill(member, kept)
			if err != nil {
				return nil, err
			}
			out[name] = filled
		}
		return out, nil
	case []any:
		out := []any{}
		for _, item := range v {
			filled, err := fill(item, kept)
			if err != nil {
				return nil, err
			}
			out = append(out, filled)
		}
		return out, nil
	case string:
		if m := reference.FindStringSubmatch(v); m != nil && m[0] == v {
			if whole, ok := kept[m[1]]; ok {
				return whole, nil
			}
		}
		return fillText(v, kept)
	}
	return value, nil
}

func fillText(text string, kept map[string]any) (string, error) {
	var missing []string
	filled := reference.ReplaceAllStringFunc(text, func(ref string) string {
		name := ref[2 : len(ref)-1]
		value, ok := kept[name]
		if !ok {
			missing = append(missing, name)
		}
		return fmt.Sprint(value)
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("nothing is kept as %s; kept are %s", strings.Join(missing, ", "), strings.Join(slices.Sorted(maps.Keys(kept)), ", "))
	}
	return filled, nil
}
