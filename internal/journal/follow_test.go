package journal

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// feed is a reader that may leave after so many events.
type feed struct {
	mu   sync.Mutex
	text bytes.Buffer
	end  context.CancelFunc
	// leaves is after how many events it does; 0 is never.
	leaves, came int
	// block, if it is not nil, is waited for by who writes.
	block chan struct{}
}

func (f *feed) Write(piece []byte) (int, error) {
	if f.block != nil {
		<-f.block
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.leaves > 0 && f.came >= f.leaves {
		return 0, context.Canceled
	}
	n, err := f.text.Write(piece)
	if f.came++; f.came == f.leaves {
		f.end()
	}
	return n, err
}

func (f *feed) Flush() error { return nil }

func (f *feed) End() { f.end() }

// events are those that have come, in a line each: type and number.
func (f *feed) events() (list []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for event := range strings.SplitSeq(strings.TrimSuffix(f.text.String(), "\n\n"), "\n\n") {
		id, kind := "", ""
		for line := range strings.SplitSeq(event, "\n") {
			if v, ok := strings.CutPrefix(line, "id: "); ok {
				id = v
			}
			if v, ok := strings.CutPrefix(line, "event: "); ok {
				kind = v
			}
		}
		if kind != "" {
			list = append(list, strings.TrimSpace(kind+" "+id))
		}
	}
	return list
}

// follow begins a stream, whose end can be waited for.
func follow(t *testing.T, j *Journal, after int64, f *feed) (ended chan struct{}) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	f.end, ended = end, make(chan struct{})
	go func() {
		defer close(ended)
		if err := j.Follow(ctx, "a", after, Filter{}, f); err != nil {
			t.Error(err)
		}
	}()
	return ended
}

// TestFollow: the order is that of the numbers, gaps are said, and who takes long holds
// the others back for a while only.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := New(3, secrets())
		for range 5 {
			j.record(exchange("a", nil))
		}
		f := &feed{}
		ended := follow(t, j, 0, f)
		synctest.Wait()
		slow := exchange("a", nil)
		j.Came(slow)
		j.record(exchange("a", nil))
		synctest.Wait()
		if got := fmt.Sprint(f.events()); got != "[gap request 3 request 4 request 5]" {
			t.Errorf("before it is finished: %s", got)
		}
		time.Sleep(2 * patience) //nolint:forbidigo // the time of the bubble
		synctest.Wait()
		j.Gone(slow)
		synctest.Wait()
		if got := fmt.Sprint(f.events()); got != "[gap request 3 request 4 request 5 request 6 request 7 completed]" {
			t.Errorf("afterwards: %s", got)
		}
		f.end()
		<-ended
		again := &feed{}
		ended = follow(t, j, 100, again)
		synctest.Wait()
		if got := fmt.Sprint(again.events()); got != "[restart gap request 5 request 6 request 7]" {
			t.Errorf("a reader of another time: %s", got)
		}
		again.end()
		<-ended
		if n := len(j.ledgers.Find("a").readers); n != 0 {
			t.Errorf("%d readers are left", n)
		}
	})
}

// TestASlowReaderIsDropped when what it waits for has to go.
func TestASlowReaderIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := New(3, secrets())
		f := &feed{block: make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		f.end = func() {
			cancel()
			close(f.block)
		}
		j.record(exchange("a", nil))
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = j.Follow(ctx, "a", 0, Filter{}, f)
		}()
		synctest.Wait()
		for range 10 {
			if ctx.Err() != nil {
				break
			}
			j.record(exchange("a", nil))
			synctest.Wait()
		}
		<-ended
		if ctx.Err() == nil {
			t.Error("it was not dropped")
		}
	})
}

// TestAReaderThatComesBack a hundred times while requests come has each of them once.
func TestAReaderThatComesBack(t *testing.T) {
	const requests, visits = 5_000, 100
	j := New(requests, secrets())
	var writing sync.WaitGroup
	for range 4 {
		writing.Go(func() {
			for range requests / 4 {
				j.record(exchange("a", nil))
			}
		})
	}
	var got []int64
	for visit := 1; visit <= visits; visit++ {
		f := &feed{leaves: requests / visits}
		<-follow(t, j, int64(len(got)), f)
		for _, event := range f.events() {
			n, err := strconv.ParseInt(strings.TrimPrefix(event, "request "), 10, 64)
			if err != nil {
				t.Fatalf("event %q", event)
			}
			got = append(got, n)
		}
	}
	writing.Wait()
	for i, n := range got {
		if n != int64(i+1) {
			t.Fatalf("at place %d comes %d", i, n)
		}
	}
	if len(got) != requests {
		t.Errorf("%d came, of %d", len(got), requests)
	}
}

// TestWhatIsLostIsNotCompleted: an entry that was sent unfinished and has to go before it is
// finished is not sent again.
func TestWhatIsLostIsNotCompleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := New(3, secrets())
		f := &feed{}
		ended := follow(t, j, 0, f)
		j.Came(exchange("a", nil))
		time.Sleep(2 * patience) //nolint:forbidigo // the time of the bubble
		for range 4 {
			j.record(exchange("a", nil))
			synctest.Wait()
		}
		if got := fmt.Sprint(f.events()); got != "[request 1 request 2 request 3 request 4 request 5]" {
			t.Errorf("there came %s", got)
		}
		f.end()
		<-ended
	})
}

// TestAReaderOfAForgottenTenantEnds, also one that comes while it is forgotten.
func TestAReaderOfAForgottenTenantEnds(t *testing.T) {
	l := newLedger(3, new(atomic.Int64))
	l.close()
	dropped := 0
	if _, err := l.admit(&reader{ledger: l, drop: func() { dropped++ }}, 0); err != nil || dropped != 1 {
		t.Errorf("it is dropped %d times, %v", dropped, err)
	}
}
