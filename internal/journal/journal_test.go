package journal

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
)

// exchange is one request to a tenant that is answered at once.
func exchange(tenant string, change func(*rest.Exchange)) *rest.Exchange {
	x := &rest.Exchange{
		Tenant: tenant, Method: http.MethodPost, Path: "/api/v2.1/things", RequestID: "req-1", Came: time.Unix(1_700_000_000, 0),
		Header: http.Header{"Accept": {"application/json"}}, ReplyHeader: http.Header{"Content-Type": {"application/json"}},
		ReceivedText: []byte("{}"), Received: 2, SentText: []byte("[]"), Sent: 2, Status: http.StatusOK,
	}
	if change != nil {
		change(x)
	}
	return x
}

func (j *Journal) record(x *rest.Exchange) {
	j.Came(x)
	j.Gone(x)
}

// TestAnEntryStandsThereWhenItsRequestComes, and is finished later.
func TestAnEntryStandsThereWhenItsRequestComes(t *testing.T) {
	j := New(10, secrets())
	x := exchange("a", nil)
	j.Came(x)
	e, ok := j.Entry("a", 1)
	if !ok || e.Finished || e.Path != "/api/v2.1/things" || e.RequestID != "req-1" {
		t.Fatalf("before: %v %+v", ok, e)
	}
	x.Refusal = refusal.New(refusal.DuplicateEmail, "it is geheim")
	x.Operation, x.ReceivedText = nil, []byte(`{"password":"geheim"}`)
	j.Gone(x)
	e, _ = j.Entry("a", 1)
	if !e.Finished || e.Status != http.StatusOK || e.Refusal != "DUPLICATE_EMAIL" || e.Reply.Body != "[]" || e.Request.Header("Accept") != "application/json" {
		t.Errorf("after: %+v", e)
	}
	if strings.Contains(e.Details+e.Request.Body, "geheim") {
		t.Errorf("it tells %q and %q", e.Details, e.Request.Body)
	}
}

// TestTheBounds: whatever is sent, a tenant's entries stay within theirs, and what they
// are said to take is what they take.
func TestTheBounds(t *testing.T) {
	violations := make([]refusal.Fault, 10_000)
	for i := range violations {
		violations[i] = refusal.Fault{Field: fmt.Sprint("field", i), Message: strings.Repeat("m", 5_000)}
	}
	for name, change := range map[string]func(*rest.Exchange){
		"small": nil,
		"huge bodies": func(x *rest.Exchange) {
			x.ReceivedText = []byte("{" + strings.Repeat(`"a":1,`, 50_000))
			x.SentText = x.ReceivedText
		},
		"long texts": func(x *rest.Exchange) { x.SentText = []byte(`{"a":"` + strings.Repeat("ü", 100_000) + `"}`) },
		"many headers": func(x *rest.Exchange) {
			for i := range 500 {
				x.Header[fmt.Sprint("X-Header-", i)] = []string{strings.Repeat("v", 100)}
			}
		},
		"long paths": func(x *rest.Exchange) {
			x.Path, x.Query = strings.Repeat("/ü", 30_000), strings.Repeat("a=b&", 30_000)
		},
		"10,000 violations": func(x *rest.Exchange) { x.Refusal = &refusal.Error{Code: refusal.RequestInvalid, Faults: violations} },
	} {
		t.Run(name, func(t *testing.T) {
			j := New(1_000, secrets())
			before := heap()
			requests := 1_100
			if change != nil {
				requests = 300 // None of them is small.
			}
			for range requests {
				j.record(exchange("a", change))
			}
			l := j.ledgers.Find("a")
			if l.bytes > maxBytes || len(l.kept()) > 1_000 || len(l.kept()) < 10 {
				t.Errorf("%d entries take %d bytes", len(l.kept()), l.bytes)
			}
			var sum int64
			for _, r := range l.kept() {
				sum += r.size()
			}
			if sum != l.bytes || l.bytes != j.bytes.Load() {
				t.Errorf("the entries take %d bytes, counted are %d and %d", sum, l.bytes, j.bytes.Load())
			}
			j.scratch = sync.Pool{}
			if grown := heap() - before; grown > maxBytes*5/4 {
				t.Errorf("the memory in use has grown by %d bytes", grown)
			}
			runtime.KeepAlive(j)
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestABodyThatIsCut is told with its whole length and digest, and ends with a letter.
func TestABodyThatIsCut(t *testing.T) {
	j := New(10, secrets())
	whole := `{"a":"` + strings.Repeat("ü", 40_000) + `"}`
	j.record(exchange("a", func(x *rest.Exchange) { x.SentText, x.Sent = []byte(whole), int64(len(whole)) }))
	e, _ := j.Entry("a", 1)
	if m := e.Reply; !m.Cut || len(m.Body) > maxBody || m.Bytes != int64(len(whole)) || m.SHA256 != digest(whole) || strings.ToValidUTF8(m.Body, "") != m.Body {
		t.Errorf("%d bytes of %d, cut: %v, %s", len(m.Body), m.Bytes, m.Cut, m.SHA256)
	}
}

// TestABodyThatIsNoText is shown all the same, within the bounds of a body.
func TestABodyThatIsNoText(t *testing.T) {
	j := New(10, secrets())
	j.record(exchange("a", func(x *rest.Exchange) { x.SentText = []byte("{\"a\":\"\xff\"}") }))
	j.record(exchange("a", func(x *rest.Exchange) { x.SentText = []byte("{" + strings.Repeat("\xffa", maxBody/2)) }))
	if e, _ := j.Entry("a", 1); e.Reply.Body != "{\"a\":\"\uFFFD\"}" {
		t.Errorf("it becomes %q", e.Reply.Body)
	}
	if e, _ := j.Entry("a", 2); !e.Reply.Cut || len(e.Reply.Body) > maxBody || !utf8.ValidString(e.Reply.Body) {
		t.Errorf("it becomes %d bytes, cut: %v", len(e.Reply.Body), e.Reply.Cut)
	}
}

// TestTenantsAreBounded: the idlest lose their journals, whether by their number or by
// what they take, and nothing is counted of those.
func TestTenantsAreBounded(t *testing.T) {
	j := New(1_000, secrets())
	for i := range maxTenants + 10 {
		j.record(exchange(fmt.Sprint("t", i), nil))
		j.record(exchange("busy", nil))
	}
	if n := len(j.ledgers.Names()); n > maxTenants {
		t.Errorf("%d tenants", n)
	}
	if _, ok := j.Entry("busy", 1); !ok {
		t.Error("the busy one has lost its journal")
	}
	if p := j.Entries("t0", Filter{}); p.Last != 0 {
		t.Errorf("the idlest still has %+v", p)
	}
	large := func(x *rest.Exchange) { x.SentText = []byte("{" + strings.Repeat(`"a":1,`, 20_000)) }
	for i := range 10 {
		for range 150 {
			j.record(exchange(fmt.Sprint("large", i), large))
		}
	}
	var sum int64
	for _, tenant := range j.ledgers.Names() {
		sum += j.ledgers.Find(tenant).bytes
	}
	if sum > maxAll || sum != j.bytes.Load() {
		t.Errorf("all take %d, counted are %d", sum, j.bytes.Load())
	}
}

// TestLookingOpensNoJournal: who asks about a tenant that nobody has called, or waits for its
// first request, lets no other go, and misses nothing.
func TestLookingOpensNoJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := New(10, secrets())
		for i := range maxTenants {
			j.record(exchange(fmt.Sprint("t", i), nil))
		}
		over, end := context.WithCancel(t.Context())
		end()
		for i := range 10 {
			stranger := fmt.Sprint("stranger", i)
			j.Entries(stranger, Filter{})
			j.Entry(stranger, 1)
			j.Verify(over, stranger, Expectation{Never: true})
			j.Clear(stranger)
		}
		for _, comes := range []bool{false, true} {
			f := &feed{}
			ended, next := follow(t, j, 0, f), j.Next("a")
			synctest.Wait()
			if tenants := j.ledgers.Names(); len(tenants) != maxTenants || j.ledgers.Find("t0") == nil || len(j.awaited) != 1 {
				t.Errorf("there are %d tenants: %v", len(tenants), tenants)
			}
			if comes {
				j.record(exchange("a", nil))
				<-next
				synctest.Wait()
				if got := fmt.Sprint(f.events()); got != "[request 1]" {
					t.Errorf("there came %s", got)
				}
			}
			f.end()
			<-ended
			if len(j.awaited) != 0 {
				t.Errorf("%d are awaited by nobody", len(j.awaited))
			}
		}
	})
}

// TestFilters: each leaves what it says.
func TestFilters(t *testing.T) {
	j := New(100, secrets())
	came := time.Unix(1_700_000_000, 0)
	for i := range 10 {
		j.record(exchange("a", func(x *rest.Exchange) {
			x.Status, x.Customer, x.Came = 200+i*40, fmt.Sprint("c", i%2), came.Add(time.Duration(i)*time.Minute)
			x.SentText = fmt.Appendf(nil, `{"name":"Anna-%d"}`, i)
			if i == 3 {
				x.Refusal = refusal.New(refusal.OrderNotFound, "no such")
			}
		}))
	}
	for _, c := range []struct {
		f    Filter
		want []int64
	}{
		{Filter{}, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{Filter{Status: "280"}, []int64{3}},
		{Filter{Status: "4xx"}, []int64{6, 7, 8}},
		{Filter{Refusal: "ORDER_NOT_FOUND"}, []int64{4}},
		{Filter{Customer: "C1"}, []int64{2, 4, 6, 8, 10}},
		{Filter{Text: "anna-7"}, []int64{8}},
		{Filter{Since: came.Add(8 * time.Minute)}, []int64{9, 10}},
		{Filter{After: 7}, []int64{8, 9, 10}},
		{Filter{Limit: 2}, []int64{9, 10}},
		{Filter{Operation: "other"}, nil},
	} {
		var got []int64
		p := j.Entries("a", c.f)
		for _, e := range p.Entries {
			got = append(got, e.Number)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) || p.First != 1 || p.Last != 10 {
			t.Errorf("%+v gives %v, want %v", c.f, got, c.want)
		}
		if c.f.Limit == 2 && p.Omitted != 8 {
			t.Errorf("%d are omitted", p.Omitted)
		}
	}
}

// TestAJournalIsForMany: those who write, read and empty it at once do not meet.
func TestAJournalIsForMany(t *testing.T) {
	j := New(50, secrets())
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 500 {
				j.record(exchange(fmt.Sprint("t", i%2), nil))
			}
		})
		all.Go(func() {
			for range 100 {
				for _, e := range j.Entries(fmt.Sprint("t", i%2), Filter{}).Entries {
					if e.Finished && e.Reply.Body != "[]" {
						t.Errorf("an entry has %+v", e)
					}
				}
			}
		})
	}
	all.Go(func() { j.Clear("t0") })
	all.Wait()
	if p := j.Entries("t1", Filter{}); p.Last != 1_000 || len(p.Entries) != 50 {
		t.Errorf("there are %d of %d", len(p.Entries), p.Last)
	}
}
