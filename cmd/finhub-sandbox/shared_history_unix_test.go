//go:build unix

package main

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/store/postgres/postgrestest"
)

// TestSharedHistories lets clients live the lives of customers against two processes that
// share a database, while processes are killed and stopped, answers of the database are
// lost, and the database is restarted: what all of them were told is what one process could
// have told them, the ledgers agree, and both processes show the same in the end.
// SANDBOX_TORTURE makes it two minutes; SANDBOX_POSTGRES_RESTART is the command that
// restarts the server.
func TestSharedHistories(t *testing.T) {
	while := 10 * time.Second
	if os.Getenv("SANDBOX_TORTURE") != "" {
		while = 2 * time.Minute
	}
	s := newSharedLives(t)
	ctx, stop := context.WithTimeout(t.Context(), while)
	defer stop()
	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(15, uint64(client)))
			for ctx.Err() == nil {
				s.act(client, random)
			}
		})
	}
	s.disturb(ctx)
	clients.Wait()
	s.settle()
	s.check(while)
}

// sharedLives are the lives of customers in one tenant, seen from outside.
type sharedLives struct {
	*testing.T
	nodes [2]*sharedNode
	began time.Time
	http  http.Client

	mu        sync.Mutex
	history   []porcupine.Operation
	customers []*contested
	disturbed map[string]int
}

// sharedNode is one of the processes, behind a proxy of its own.
type sharedNode struct {
	proxy   *postgrestest.Proxy
	program *exec.Cmd
	addr    atomic.Pointer[string]

	mu sync.Mutex
	// cut has the proxy lose the next answer to a commit, and everything after it.
	cut bool
}

// lose has the database go behind the next commit, or come back.
func (n *sharedNode) lose(cut bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cut = cut; !cut {
		n.proxy.Gone(false)
	}
}

// cuts reports whether the answer to this commit is the last that is lost.
func (n *sharedNode) cuts() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	was := n.cut
	if n.cut = false; was {
		n.proxy.Gone(true)
	}
	return was
}

const sharedTenant = "team"

func newSharedLives(t *testing.T) *sharedLives {
	t.Helper()
	url := postgrestest.Database(t)
	s := &sharedLives{T: t, http: http.Client{Timeout: 7 * time.Second}, began: app.Now(), disturbed: map[string]int{}}
	var added atomic.Int64
	for i := range s.nodes {
		n := &sharedNode{proxy: postgrestest.NewProxy(t, url)}
		n.proxy.Lose(func(statement []byte) bool {
			adds := postgrestest.Adds(statement)
			if adds && n.cuts() {
				return true
			}
			lost := adds && added.Add(1)%50 == 0
			if lost {
				s.count("answers lost")
			}
			return lost
		})
		s.nodes[i] = n
		s.start(n)
		t.Cleanup(func() { s.kill(n) })
	}
	if code, body := s.call(0, http.MethodPost, "/_sandbox/clock/freeze", ""); code != http.StatusOK {
		t.Fatalf("the clock is not stopped: %d %s", code, body)
	}
	return s
}

func (s *sharedLives) start(n *sharedNode) {
	program, addr := startProcess(s.T, "serve", "--addr=127.0.0.1:0", "--store", n.proxy.URL, "--quiet")
	n.program = program
	n.addr.Store(&addr)
}

func (s *sharedLives) kill(n *sharedNode) {
	_ = n.program.Process.Kill()
	_ = n.program.Wait()
}

func (s *sharedLives) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disturbed[what]++
}

// disturb does what can go wrong, one after the other, until the time is over.
func (s *sharedLives) disturb(ctx context.Context) {
	random := rand.New(rand.NewPCG(15, 100))
	rest := func(most time.Duration) bool {
		pause, cancel := context.WithTimeout(ctx, time.Duration(random.Int64N(int64(most))))
		defer cancel()
		<-pause.Done()
		return ctx.Err() == nil
	}
	for n := 0; rest(time.Second); n++ {
		node := s.nodes[random.IntN(len(s.nodes))]
		switch what := []string{"processes killed", "databases restarted", "processes stopped", "databases gone"}[n%4]; what {
		case "processes killed":
			s.kill(node)
			s.start(node)
			s.count(what)
		case "processes stopped":
			_ = node.program.Process.Signal(syscall.SIGSTOP)
			rest(2 * time.Second)
			_ = node.program.Process.Signal(syscall.SIGCONT)
			s.count(what)
		case "databases gone":
			node.lose(true)
			rest(8 * time.Second)
			node.lose(false)
			s.count(what)
		case "databases restarted":
			if command := os.Getenv("SANDBOX_POSTGRES_RESTART"); command != "" {
				if text, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil {
					s.Errorf("the database is not restarted: %v: %s", err, text)
				}
				s.count(what)
			}
		}
	}
}

// settle waits until both processes answer again, and looks at every customer at both.
func (s *sharedLives) settle() {
	for at := range s.nodes {
		s.nodes[at].proxy.Lose(nil)
		for status, tries := 0, 0; status != http.StatusOK; tries++ {
			if status, _ = s.call(at, http.MethodGet, "/_sandbox/clock", ""); tries > 100 {
				s.Fatalf("process %d answers %d", at, status)
			}
		}
		for _, c := range s.customers {
			if c.id == "" {
				continue
			}
			shown := s.do(at, at, c, deed{kind: "look"})
			if !shown.done {
				s.Errorf("process %d does not show %s", at, c.name)
			}
			c.active = shown.active
		}
	}
}

// call sends a request to one of the processes; status is 0 if no whole reply came.
func (s *sharedLives) call(at int, method, path, body string) (status int, text string) {
	reply, err := s.http.Do(newRequest(s.T, method, "http://"+*s.nodes[at].addr.Load()+path, sharedTenant, body))
	if err != nil {
		return 0, err.Error()
	}
	defer reply.Body.Close()
	whole, err := io.ReadAll(reply.Body)
	if err != nil {
		return 0, err.Error()
	}
	return reply.StatusCode, string(whole)
}

// check looks whether one process could have told all this, and at the books.
func (s *sharedLives) check(while time.Duration) {
	kinds, unknown := map[string]int{}, 0
	for _, o := range s.history {
		if was := o.Output.(told); was.done {
			kinds[o.Input.(deed).kind]++
		} else if was.unknown {
			unknown++
		}
	}
	s.Logf("%d customers; %d deeds, done %v, and of %d nobody knew; %v", len(s.customers), len(s.history), kinds, unknown, s.disturbed)
	for _, kind := range []string{"register", "approve", "activate", "prepare", "execute"} {
		if least := int(while / (5 * time.Second)); kinds[kind] < least {
			s.Errorf("%s was done %d times, which is less than %d", kind, kinds[kind], least)
		}
	}
	if result := porcupine.CheckOperationsTimeout(lifeModel, s.history, time.Minute); result != porcupine.Ok {
		s.Errorf("no order explains what the clients were told: %s", result)
		s.explain()
	}
	for at := range s.nodes {
		s.audit(at)
	}
}

// explain prints what was told of the customers that no order explains.
func (s *sharedLives) explain() {
	for _, part := range lifeModel.Partition(s.history) {
		if porcupine.CheckOperations(lifeModel, part) {
			continue
		}
		for _, o := range part {
			s.Logf("%10s to %10s, client %d: %+v: %+v", time.Duration(o.Call), time.Duration(o.Return), o.ClientId, o.Input, o.Output)
		}
	}
}

// audit adds up what one process shows of the money: each wallet's ledger comes to its
// balance, no order is paid twice, an order is completed if and only if its ledger has it,
// and the tenant has what its wallets have.
func (s *sharedLives) audit(at int) {
	var whole int64
	for _, c := range s.customers {
		if !c.active {
			continue // Its wallet cannot be used, and has no ledger.
		}
		var ledger struct {
			Data struct {
				Lines []entry `json:"transactions"`
			} `json:"data"`
		}
		s.read(at, http.MethodPost, "/api/v2.1/wallets/transactions", `{"walletId":"`+c.wallet+`","limit":100}`, &ledger)
		balance, faults := audit(ledger.Data.Lines)
		for _, fault := range faults {
			s.Errorf("process %d, %s: %s", at, c.name, fault)
		}
		for _, id := range c.orders {
			var order struct {
				Data struct {
					Status string `json:"status"`
				} `json:"data"`
			}
			s.read(at, http.MethodGet, "/api/v2.1/fintrans/"+c.wallet+"/orders/"+id, "", &order)
			paid := slices.ContainsFunc(ledger.Data.Lines, func(e entry) bool { return e.OrderID == id })
			if paid != (order.Data.Status == "COMPLETED") {
				s.Errorf("process %d, %s: order %s is %s, and its ledger %+v", at, c.name, id, order.Data.Status, ledger.Data.Lines)
			}
		}
		whole += balance
	}
	var tenant struct {
		Data struct {
			Balances struct {
				Total struct {
					Value json.Number `json:"value"`
				} `json:"total"`
			} `json:"balances"`
		} `json:"data"`
	}
	s.read(at, http.MethodPost, "/api/v2.1/wallets/balance", "", &tenant)
	if shown, err := tenant.Data.Balances.Total.Value.Float64(); err != nil || int64(shown*100+0.5) != whole {
		s.Errorf("process %d: the tenant has %s, and its wallets %d cents", at, tenant.Data.Balances.Total.Value, whole)
	}
}

func (s *sharedLives) read(at int, method, path, body string, into any) {
	s.Helper()
	status, text := s.call(at, method, path, body)
	if err := json.Unmarshal([]byte(text), into); err != nil || status != http.StatusOK {
		s.Errorf("process %d: %s %s is answered with %d %s", at, method, path, status, text)
	}
}
