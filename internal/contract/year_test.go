package contract_test

import (
	"strings"
	"testing"

	"finhub-sandbox/internal/contract"
)

// TestDatesHaveBounds tries every format of dates and instants beyond what can be
// stored and written: an instant near the year 9999 becomes the year 10000 in
// another zone, which JSON has no form for.
func TestDatesHaveBounds(t *testing.T) {
	for format, values := range map[string]map[string]string{
		"date":           {"1900-01-01": "", "2200-12-31": "", "1899-12-31": "before", "2201-01-01": "after", "9999-12-31": "after", "0000-01-01": "before"},
		"date-time":      {"2200-12-31T23:59:59Z": "", "2200-12-31T23:59:59-01:00": "after", "9999-12-31T23:59:59-12:00": "after", "0000-01-01T00:00:00+14:00": "before"},
		"day-or-instant": {"2200-12-31": "", "2200-12-31T23:59": "", "2201-01-01T00:00": "after", "9999-12-31T23:59-12:00": "after", "9999-12-31": "after"},
	} {
		document := strings.Replace(rules, `"day": {"type": "string", "format": "date"}`, `"day": {"type": "string", "format": "`+format+`"}`, 1)
		d, err := contract.Load([]byte(document), nil)
		if err != nil {
			t.Fatal(err)
		}
		for value, want := range values {
			_, list := d.Operation("o").CheckBody(decoded(t, `{"name": "a", "day": "`+value+`"}`), contract.Sent{})
			if (want == "") != (len(list) == 0) || want != "" && !strings.Contains(list[0].Message, want) {
				t.Errorf("%s %s: %v, want %q", format, value, list, want)
			}
		}
	}
}
