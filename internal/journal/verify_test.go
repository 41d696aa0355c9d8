package journal

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"finhub-sandbox/internal/rest"
)

func posted(body string, status int) *rest.Exchange {
	return exchange("a", func(x *rest.Exchange) {
		x.Operation, x.ReceivedText, x.Status = nil, []byte(body), status
		x.Malformed = false
	})
}

// TestVerify: each expectation against the same three requests.
func TestVerify(t *testing.T) {
	j := New(100, secrets())
	for _, x := range []*rest.Exchange{posted(`{"a":1}`, 200), posted(`{"a":2}`, 400), posted(`{"a":{"b":[1]}}`, 200)} {
		j.record(x)
	}
	one := map[string]any{"a": 1.0}
	status := func(n int) map[string]any { return map[string]any{"status": float64(n)} }
	for name, c := range map[string]struct {
		e     Expectation
		holds bool
		count int
		// first is the first difference of the nearest miss.
		first string
	}{
		"any":           {Expectation{}, true, 3, ""},
		"count":         {Expectation{Pattern: Pattern{Where: status(200)}, Count: new(2)}, true, 2, ""},
		"too few":       {Expectation{Pattern: Pattern{Where: status(200)}, Count: new(3)}, false, 2, "/status 200 400"},
		"too many":      {Expectation{Pattern: Pattern{Where: status(200)}, Count: new(1)}, false, 2, ""},
		"at most":       {Expectation{Pattern: Pattern{Where: status(200)}, AtMost: new(2)}, true, 2, ""},
		"a range":       {Expectation{AtLeast: new(4), AtMost: new(5)}, false, 3, ""},
		"never":         {Expectation{Pattern: Pattern{Where: status(500)}, Never: true}, true, 0, ""},
		"never, broken": {Expectation{Pattern: Pattern{Where: status(400)}, Never: true}, false, 1, ""},
		"a body":        {Expectation{Pattern: Pattern{Body: one}}, true, 1, ""},
		"a body within": {Expectation{Pattern: Pattern{Body: map[string]any{"a": map[string]any{"b": []any{1.0}}}}}, true, 1, ""},
		"another body":  {Expectation{Pattern: Pattern{Body: map[string]any{"a": 3.0}, Where: status(400)}}, false, 0, "/request/body/a 3 2"},
		"in order":      {Expectation{InOrder: []Pattern{{Body: one}, {Where: status(400)}}}, true, 2, ""},
		"out of order":  {Expectation{InOrder: []Pattern{{Where: status(400)}, {Body: one}}}, false, 1, "/request/body/a 1 map[b:[1]]"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 0)
			defer cancel()
			v := j.Verify(ctx, "a", c.e)
			first := ""
			if len(v.Nearest) > 0 && len(v.Nearest[0].Differences) > 0 {
				d := v.Nearest[0].Differences[0]
				first = fmt.Sprint(d.Pointer, " ", d.Expected, " ", d.Got)
			}
			if v.Holds != c.holds || v.Count != c.count || first != c.first {
				t.Errorf("holds %v, counts %d (%s), nearest %q", v.Holds, v.Count, v.Wanted, first)
			}
		})
	}
}

// TestVerifyWaits for what can still come, and no longer.
func TestVerifyWaits(t *testing.T) {
	for name, c := range map[string]struct {
		e     Expectation
		after time.Duration
		holds bool
	}{
		"it comes":           {Expectation{AtLeast: new(1)}, time.Second, true},
		"it does not come":   {Expectation{AtLeast: new(2)}, 3 * time.Second, false},
		"none may come":      {Expectation{Never: true}, time.Second, false},
		"none like it comes": {Expectation{Pattern: Pattern{Where: map[string]any{"method": http.MethodPut}}, Never: true}, 3 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := New(100, secrets())
				go func() {
					time.Sleep(time.Second) //nolint:forbidigo // the time of the bubble
					j.record(posted("{}", 200))
				}()
				began := time.Now() //nolint:forbidigo // the time of the bubble
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				v := j.Verify(ctx, "a", c.e)
				took := time.Since(began) //nolint:forbidigo // the time of the bubble
				if v.Holds != c.holds || took != c.after {
					t.Errorf("holds %v after %v", v.Holds, took)
				}
			})
		})
	}
}
