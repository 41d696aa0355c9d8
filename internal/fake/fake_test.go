package fake_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"finhub-sandbox/internal/domain/bank"
	"finhub-sandbox/internal/fake"
)

var version4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// What a seed gives must stay as it is: clients keep recorded replies.
func TestGoldenValues(t *testing.T) {
	for name, c := range map[string]struct{ got, want string }{
		"id":            {fake.ID("acme", "customer", 0), "68bebcc1-f055-4a48-acb0-41b7c9366ce4"},
		"next id":       {fake.ID("acme", "customer", 1), "88fc4a20-82b5-49db-b941-dfc7b262d3a2"},
		"negative id":   {fake.ID("acme", "customer", -1), "ab46c806-9b35-48a0-873a-c0cf7adf948e"},
		"iban":          {fake.IBAN("acme", 0), "LT633320039201310431"},
		"next iban":     {fake.IBAN("acme", 1), "LT203320001004709308"},
		"other bank":    {fake.IBAN("stark", 0), "LT373500099054991752"},
		"code":          {fake.Digits("acme", "code", 0, 6), "872898"},
		"long code":     {fake.Digits("acme", "code", 0, 70), "8728983871150723332849063815298714750594468269474966354234168791049161"},
		"no code":       {fake.Digits("acme", "code", 0, 0), ""},
		"negative code": {fake.Digits("acme", "code", 0, -1), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", name, c.got, c.want)
		}
	}
}

func TestIDsAreUUIDsOfVersionFour(t *testing.T) {
	seen := map[string]bool{}
	for _, seed := range []string{"", "a", "acme", strings.Repeat("long", 100)} {
		for _, kind := range []string{"", "a", "customer", "wallet"} {
			for n := range int64(500) {
				id := fake.ID(seed, kind, n)
				if !version4.MatchString(id) {
					t.Fatalf("%q is not a UUID of version 4", id)
				}
				if seen[id] {
					t.Fatalf("%q comes twice", id)
				}
				seen[id] = true
			}
		}
	}
}

func TestTwinsFindEachOther(t *testing.T) {
	seen := map[string]bool{}
	for n := range int64(1000) {
		id := fake.ID("seed", "customer", n)
		twin := fake.Twin(id)
		if !version4.MatchString(twin) {
			t.Errorf("%s, twin of %s, is no UUID of version 4", twin, id)
		}
		if fake.Twin(twin) != id {
			t.Errorf("%s has the twin %s, whose twin is %s", id, twin, fake.Twin(twin))
		}
		if seen[id] || seen[twin] {
			t.Errorf("%s or %s is another's", id, twin)
		}
		seen[id], seen[twin] = true, true
	}
	for _, other := range []string{"", "anna", strings.Repeat("z", 36), strings.Repeat("1", 37)} {
		if twin := fake.Twin(other); twin != "" {
			t.Errorf("%s has the twin %s", other, twin)
		}
	}
}

// Moving a character from the seed to the kind gives another id.
func TestIDKeepsSeedAndKindApart(t *testing.T) {
	if fake.ID("ab", "c", 1) == fake.ID("a", "bc", 1) {
		t.Error("the two ids are equal")
	}
}

func TestIBANsPassTheCheck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		iban := fake.IBAN(rapid.String().Draw(t, "seed"), rapid.Int64().Draw(t, "n"))
		if err := bank.CheckIBAN(iban); err != nil {
			t.Errorf("%s: %v", iban, err)
		}
		if code := iban[4:9]; iban[:2] != "LT" || (code != "33200" && code != "35000") {
			t.Errorf("%s is not at one of the two banks", iban)
		}
	})
}

func TestIBANsDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inRange := rapid.Int64Range(0, 99_999_999_999)
		seed, a, b := rapid.String().Draw(t, "seed"), inRange.Draw(t, "a"), inRange.Draw(t, "b")
		if (a == b) != (fake.IBAN(seed, a) == fake.IBAN(seed, b)) {
			t.Errorf("numbers %d and %d, IBANs %s and %s", a, b, fake.IBAN(seed, a), fake.IBAN(seed, b))
		}
	})
	seen := map[string]bool{}
	for n := range int64(100_000) {
		iban := fake.IBAN("acme", n)
		if seen[iban] {
			t.Fatalf("%s comes twice", iban)
		}
		seen[iban] = true
	}
}

func TestDigitsAreSpreadEvenly(t *testing.T) {
	const count, each = 100_000, 10_000
	var times [10]int
	for _, d := range fake.Digits("acme", "code", 1, count) {
		times[d-'0']++
	}
	for d, n := range times {
		if n < each*95/100 || n > each*105/100 {
			t.Errorf("%d comes %d times in %d", d, n, count)
		}
	}
}

func BenchmarkID(b *testing.B) {
	b.ReportAllocs()
	n := int64(0)
	for b.Loop() {
		n++
		fake.ID("0f8fad5b-d9cb-469f-a165-70867728950e", "customer", n)
	}
}

func BenchmarkIBAN(b *testing.B) {
	b.ReportAllocs()
	n := int64(0)
	for b.Loop() {
		n++
		fake.IBAN("0f8fad5b-d9cb-469f-a165-70867728950e", n)
	}
}

func BenchmarkNewPerson(b *testing.B) {
	b.ReportAllocs()
	n := int64(0)
	for b.Loop() {
		n++
		fake.NewPerson("0f8fad5b-d9cb-469f-a165-70867728950e", n)
	}
}
