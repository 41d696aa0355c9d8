package machine

import "strings"

// CanonicalID gives an id in the form in which it is stored: of a UUID the case
// of its letters means nothing (RFC 9562), and some clients write capitals. Other
// ids mean themselves.
func CanonicalID(id string) string {
	if !hasCapital(id) || !isUUID(id) {
		return id
	}
	return strings.ToLower(id)
}

// hasCapital spares the ids that are right already, which most are.
func hasCapital(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			return true
		}
	}
	return false
}

func isUUID(s string) bool {
	if len(s) != len("00000000-0000-0000-0000-000000000000") {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				return false
			}
		}
	}
	return true
}
