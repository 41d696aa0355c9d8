package onboarding

import "testing"

func TestTemplateInForce(t *testing.T) {
	a := &ConsentTemplate{Version: "1", EffectiveDate: "2026-01-01"}
	b := &ConsentTemplate{Version: "2", EffectiveDate: "2026-03-01"}
	c := &ConsentTemplate{Version: "3", EffectiveDate: "2026-03-01"}
	d := &ConsentTemplate{Version: "4", EffectiveDate: "2026-02-01"}
	for _, try := range []struct {
		list []*ConsentTemplate
		day  string
		want string
	}{
		{[]*ConsentTemplate{a}, "2025-12-31", "1"},
		{[]*ConsentTemplate{b, a, c}, "2025-12-31", "1"},
		{[]*ConsentTemplate{a, b}, "2026-01-01", "1"},
		{[]*ConsentTemplate{a, b}, "2026-02-28", "1"},
		{[]*ConsentTemplate{a, b}, "2026-03-01", "2"},
		{[]*ConsentTemplate{b, a}, "2026-03-01", "2"},
		{[]*ConsentTemplate{a, b, c}, "2026-03-02", "3"},
		{[]*ConsentTemplate{a, c, b}, "2026-03-02", "2"},
		{[]*ConsentTemplate{a, b, d}, "2026-02-01", "4"},
		{[]*ConsentTemplate{a, b, d}, "2027-01-01", "2"},
	} {
		if got := TemplateInForce(try.list, try.day).Version; got != try.want {
			t.Errorf("on %s version %s is in force instead of %s", try.day, got, try.want)
		}
	}
}

func TestTemplateNames(t *testing.T) {
	for _, kind := range ConsentTypes() {
		if got, ok := ParseTemplateName(kind.TemplateName()); got != kind || !ok {
			t.Errorf("%s is %s, which is read as %s", kind, kind.TemplateName(), got)
		}
	}
	if DataProcessing.TemplateName() != "DATA_PROCESSING" {
		t.Error(DataProcessing.TemplateName())
	}
}
