package app_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

// TestClientsAtOnce lets several clients live in one tenant at once, all of them
// paying one account, and lets them all try what only one can have: an e-mail,
// and the execution of an order. Afterwards no cent is missing.
func TestClientsAtOnce(t *testing.T) {
	a := openApp(t)
	c := &client{documents: loadDocuments(t), send: inProcess(a.Handler())}
	shared := c.live(t, "crowd", "shared@example.com")
	const clients, lives = 4, 3
	var registered, executed atomic.Int32
	var group sync.WaitGroup
	for n := range clients {
		group.Go(func() {
			for i := range lives {
				c.execute(t, c.live(t, "crowd", fmt.Sprintf("client%d.life%d@example.com", n, i)))
			}
			count(t, c, &registered, httpCall{operation: c.operation("registerIndividual"), tenant: "crowd", token: adminToken, body: map[string]any{
				"firstName": "Anna", "lastName": "Petrauskaite", "email": "wanted@example.com", "phone": "+37062767557",
				"password": password, "matchingPassword": password,
			}})
			count(t, c, &executed, httpCall{
				operation: c.operation("executeOperation"), tenant: "crowd", token: adminToken, path: shared.params(), body: map[string]any{
					"preparedOrderId": shared.order, "authenticationCode": shared.code,
					"consentConfirmation": map[string]any{"consentId": shared.paymentConsent, "confirmed": true},
				},
			})
		})
	}
	group.Wait()
	if registered.Load() != 1 || executed.Load() != 1 {
		t.Errorf("%d registrations with one e-mail and %d executions of one order succeeded", registered.Load(), executed.Load())
	}
	books, err := world.Show(t.Context(), a.World(), access.Caller{Tenant: "crowd"}, accounts.Books)
	if err != nil {
		t.Fatal(err)
	}
	const all = clients*lives + 1
	if books.Unaccounted() != 0 || books.Funded != all*500_000 || books.SentOut != all*10_000 || books.Reserved != 0 {
		t.Errorf("the books are %+v, %d unaccounted for", books, books.Unaccounted())
	}
}

// count counts a success; a refusal is no failure.
func count(t *testing.T, c *client, successes *atomic.Int32, h httpCall) {
	reply, err := c.do(h)
	if err != nil {
		t.Error(err)
	}
	if reply.status < http.StatusBadRequest {
		successes.Add(1)
	}
}

// TestDriverDecidesByItself waits for a decision that nobody asks for: while the
// sandbox serves, its driver makes it.
func TestDriverDecidesByItself(t *testing.T) {
	a := openAppWith(t, app.Config{Seed: "test", Quiet: true, Settings: scaled(1.0 / 86_400_000)})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx, app.Listeners{Product: []net.Listener{listener}}) }()
	c := &client{documents: loadDocuments(t), send: overNetwork(http.DefaultClient, "http://"+listener.Addr().String())}
	l := c.register(t, "demo", "anna@example.com")
	c.on(t, l, "submitIndividualVerification", map[string]any{
		"verificationType": "STANDARD", "verificationData": map[string]any{"documentType": "ID_CARD", "documentNumber": "15202020"},
	})
	for state := ""; !strings.Contains(state, "verification.approved"); {
		if ctx.Err() != nil {
			t.Fatal("no decision was made")
		}
		// A dump, unlike a request, does not itself let time catch up.
		if state, err = a.World().Engine().Dump(t.Context(), "demo"); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
