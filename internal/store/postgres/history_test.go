package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"finhub-sandbox/internal/store"
	"finhub-sandbox/internal/store/postgres/postgrestest"
)

// step is one thing that a client does with a row: it reads it, or writes it where it has the
// value that is expected.
type step struct {
	tenant            string
	writes            bool
	expected, writing int
}

// came is what a client was told of a step.
type came struct {
	value   int
	written bool
	// unknown tells that nobody knows whether it happened: it may do so at any time later.
	unknown bool
}

// rowModel is a row of each tenant, as one process would have it.
var rowModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		by := map[string][]porcupine.Operation{}
		for _, o := range history {
			by[o.Input.(step).tenant] = append(by[o.Input.(step).tenant], o)
		}
		var parts [][]porcupine.Operation
		for _, part := range by {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return 0 },
	Step: func(state, input, output any) (bool, any) {
		is, s, c := state.(int), input.(step), output.(came)
		switch {
		case !s.writes:
			return c.value == is, is
		case c.unknown && is == s.expected:
			return true, s.writing
		case c.unknown:
			return true, is
		case is != s.expected:
			return !c.written && c.value == is, is
		}
		return c.written, s.writing
	},
}

// take takes a step at a replica. It was not taken if that was refused for sure.
func take(ctx context.Context, r *store.Replica, s step) (c came, taken bool) {
	number := func(tx store.Tx) (n int) {
		text, _ := tx.Get([]byte("n"))
		_, _ = fmt.Sscan(text, &n)
		return n
	}
	var err error
	if s.writes {
		err = r.Update(ctx, s.tenant, func(tx store.Tx) error {
			c.value = number(tx)
			if c.written = c.value == s.expected; c.written {
				tx.Set([]byte("n"), fmt.Sprint(s.writing))
			}
			return nil
		})
	} else {
		err = r.View(ctx, s.tenant, func(tx store.Tx) error { c.value = number(tx); return nil })
	}
	var unwritten *store.Unwritten
	if errors.As(err, &unwritten) && unwritten.Unknown {
		return came{unknown: true}, s.writes
	}
	return c, err == nil
}

// TestHistories: what concurrent clients of several replicas are told is what one process
// could have told them, while answers are lost, and the database goes and comes.
// SANDBOX_TORTURE makes it a minute.
func TestHistories(t *testing.T) {
	while := 5 * time.Second
	if os.Getenv("SANDBOX_TORTURE") != "" {
		while = time.Minute
	}
	url := postgrestest.Database(t)
	var proxies []*postgrestest.Proxy
	var replicas []*store.Replica
	var added atomic.Int64
	for range 3 {
		p := postgrestest.NewProxy(t, url)
		replicas = append(replicas, openReplica(t, openLog(t, p.URL)))
		p.Lose(func(statement []byte) bool { return postgrestest.Adds(statement) && added.Add(1)%7 == 0 })
		proxies = append(proxies, p)
	}
	var mu sync.Mutex
	var history []porcupine.Operation
	began := configOf("").Now()
	now := func() int64 { return int64(configOf("").Now().Sub(began)) }
	ctx, stop := context.WithTimeout(t.Context(), while)
	defer stop()
	var clients sync.WaitGroup
	var values atomic.Int64
	for client := range 9 {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(15, uint64(client)))
			last := map[string]int{}
			for ctx.Err() == nil {
				s := step{tenant: fmt.Sprint("t", random.IntN(3)), writes: random.IntN(3) > 0}
				s.expected, s.writing = last[s.tenant], int(values.Add(1))
				call := now()
				c, taken := take(context.Background(), replicas[(client+random.IntN(2))%3], s)
				returned := now()
				if !taken {
					continue
				}
				if last[s.tenant] = c.value; c.written {
					last[s.tenant] = s.writing
				}
				if c.unknown {
					returned = int64(while) * 100
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: client, Input: s, Call: call, Output: c, Return: returned})
				mu.Unlock()
			}
		})
	}
	random := rand.New(rand.NewPCG(15, 0))
	for pause(ctx, 300*time.Millisecond) == nil {
		p := proxies[random.IntN(len(proxies))]
		p.Gone(true)
		_ = pause(ctx, time.Duration(random.IntN(400))*time.Millisecond)
		p.Gone(false)
	}
	clients.Wait()
	checkHistory(t, history)
}

func checkHistory(t *testing.T, history []porcupine.Operation) {
	t.Helper()
	var written, unknown int
	for _, o := range history {
		c := o.Output.(came)
		if c.written {
			written++
		}
		if c.unknown {
			unknown++
		}
	}
	t.Logf("%d steps, %d of which have written, and of %d nobody knows", len(history), written, unknown)
	if written < 20 {
		t.Error("too little was written")
	}
	if result := porcupine.CheckOperationsTimeout(rowModel, history, time.Minute); result != porcupine.Ok {
		t.Errorf("no order explains what the clients were told: %s", result)
	}
}
