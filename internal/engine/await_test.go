package engine

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// TestWaiting: a commit wakes those of its tenant alone, nobody misses one that comes
// behind the look, and who leaves leaves nothing behind.
func TestWaiting(t *testing.T) {
	e := &Engine{}
	const who = 8
	var there, woken sync.WaitGroup
	there.Add(who)
	for range who {
		woken.Go(func() {
			looks := 0
			err := e.Await(t.Context(), "a", func() (bool, error) {
				if looks++; looks == 1 {
					there.Done()
				}
				return looks == 2, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	there.Wait()
	e.waiting.wake("b")
	e.waiting.wake("a")
	woken.Wait()
	ended, end := context.WithCancel(t.Context())
	end()
	if err := e.Await(ended, "b", func() (bool, error) { return false, nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	failed := errors.New("failed")
	if err := e.Await(t.Context(), "b", func() (bool, error) { return false, failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
	if len(e.waiting.of) > 0 || e.waiting.some.Load() != 0 {
		t.Errorf("%d are still waited for", len(e.waiting.of))
	}
}
