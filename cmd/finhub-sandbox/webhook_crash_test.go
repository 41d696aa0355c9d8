package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// toldShop is a receiver that counts what it is told, of whom and with which bytes.
type toldShop struct {
	mu      sync.Mutex
	changed *sync.Cond
	// bodies are by event id, customers those of whom it was told.
	bodies    map[string]string
	customers map[string]bool
	faults    []string
	// taken is how many it takes before the others wait for the gate.
	taken int
	gate  chan struct{}
}

func newToldShop() *toldShop {
	s := &toldShop{bodies: map[string]string{}, customers: map[string]bool{}}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *toldShop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // Who sends was killed.
	}
	if gate := s.note(r, string(body)); gate != nil {
		select {
		case <-gate:
		case <-r.Context().Done():
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *toldShop) note(r *http.Request, body string) (wait chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mac := hmac.New(sha256.New, []byte("s3cret"))
	mac.Write([]byte(body))
	if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); r.Header.Get("X-FinHub-Signature") != want {
		s.faults = append(s.faults, "not signed: "+body)
	}
	var event struct {
		ID   string `json:"id"`
		Data struct {
			CustomerID string `json:"customerId"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(body), &event); err != nil {
		s.faults = append(s.faults, err.Error())
	}
	key := r.Header.Get("X-Tenant-ID") + " " + event.ID
	if before, told := s.bodies[key]; told && before != body {
		s.faults = append(s.faults, "another body: "+before+" and "+body)
	}
	s.bodies[key], s.customers[event.Data.CustomerID] = body, true
	s.changed.Broadcast()
	if s.taken--; s.taken < 0 {
		return s.gate
	}
	return nil
}

// open lets so many through, and the others wait until the gate is closed.
func (s *toldShop) open(taken int, gate chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken, s.gate = taken, gate
}

// wait waits until it was told of all of some customers, and gives those of whom it
// was not when the context ends.
func (s *toldShop) wait(ctx context.Context, customers map[string]string) (missing []string) {
	defer context.AfterFunc(ctx, s.changed.Broadcast)()
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		missing = nil
		for id := range customers {
			if !s.customers[id] {
				missing = append(missing, id)
			}
		}
		if len(missing) == 0 || ctx.Err() != nil {
			return missing
		}
		s.changed.Wait()
	}
}

// TestKilledProcessTellsEverything kills the program while webhooks are pending and
// being sent: each event of each acknowledged commit arrives at least once, with one
// and the same body, signed.
func TestKilledProcessTellsEverything(t *testing.T) {
	shop := newToldShop()
	receiver := httptest.NewServer(shop)
	defer receiver.Close()
	file := filepath.Join(t.TempDir(), "state.db")
	server := startServe(t, "--addr=127.0.0.1:0", "--data", file, "--quiet")
	for tenant := range 2 {
		request := newRequest(t, http.MethodPost, "http://"+server.addr+"/api/v2.1/webhooks/subscriptions", fmt.Sprintf("tenant-%d", tenant),
			`{"endpointUrl":"`+receiver.URL+`","secretKey":"s3cret","subscribedEvents":["customer.created"]}`)
		if status, body := send(t, request); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
	}
	server.stop(t)
	acknowledged := map[string]string{}
	for round, load := range kills()[:min(20, len(kills()))] {
		gate := make(chan struct{})
		shop.open(20, gate)
		maps.Copy(acknowledged, loadAndKill(t, file, round, load))
		close(gate)
	}
	shop.open(1<<40, nil)
	again := startServe(t, "--addr=127.0.0.1:0", "--data", file, "--quiet")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	pending := len(acknowledged) - len(shop.bodies)
	if missing := shop.wait(ctx, acknowledged); len(missing) > 0 {
		t.Errorf("of %d of %d acknowledged customers nobody was told: %v", len(missing), len(acknowledged), missing)
	}
	again.stop(t)
	if len(shop.faults) > 0 {
		t.Errorf("%d faults, such as %s", len(shop.faults), strings.Join(shop.faults[:1], ""))
	}
	t.Logf("%d events of acknowledged commits told; about %d were pending at the last kill", len(acknowledged), pending)
}
