package onboarding_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/onboarding"
	"finhub-sandbox/sandboxtest"
)

const (
	password = "SecurePass123!"
	// staffToken is one of the tokens that every tenant of the sandbox knows.
	staffToken = "sandbox-admin"
	day        = 24 * time.Hour
)

// start gives the test a tenant of its own, whose clock stands until it is moved.
func start(t *testing.T, options ...sandboxtest.Option) (*sandboxtest.Sandbox, *onboarding.Client) {
	t.Helper()
	t.Parallel() // Tenants see nothing of each other.
	options = append(options, sandboxtest.WithFrozenClock(time.Date(2030, 1, 1, 9, 0, 0, 0, time.UTC)))
	sandbox := sandboxtest.New(t, options...)
	// With the sandbox's client a test that fails tells which calls were refused, and why.
	return sandbox, &onboarding.Client{BaseURL: sandbox.BaseURL, Tenant: sandbox.Tenant, Token: staffToken, HTTP: sandbox.Client}
}

func registerAnna(t *testing.T, finhub *onboarding.Client) (onboarding.Customer, onboarding.Verification) {
	t.Helper()
	anna := must(finhub.RegisterPerson(t.Context(), onboarding.Person{
		FirstName: "Anna", LastName: "Petrauskaitė", Email: "anna@example.com", Phone: "+37062767557",
	}, password))(t)
	return anna, must(finhub.VerifyPerson(t.Context(), anna, "24010101"))(t)
}

func TestPersonPays(t *testing.T) {
	sandbox, finhub := start(t)
	anna, verification := registerAnna(t, finhub)
	equal(t, verification.Status, "IN_PROGRESS")
	sandbox.Advance(3 * day) // A review takes one to three.
	equal(t, must(finhub.Verification(t.Context(), verification.ID))(t).Status, "APPROVED")
	if err := finhub.Activate(t.Context(), anna); err != nil {
		t.Fatal(err)
	}
	sandbox.Fund(anna.WalletID, "500.00")
	landlord := onboarding.Payee{Name: "Jonas Petraitis", IBAN: "LT263500098765432109"}
	equal(t, must(finhub.Pay(t.Context(), anna, landlord, 100_00, openLink))(t), "COMPLETED")
	equal(t, must(finhub.Balance(t.Context(), anna))(t), 398_50) // The fee is 1.50.
}

func TestCompanyPays(t *testing.T) {
	sandbox, finhub := start(t)
	medis := must(finhub.RegisterCompany(t.Context(), onboarding.Company{
		Name: "UAB Medis", RegistrationNumber: "304999001", Email: "admin@medis.example",
	}, password))(t)
	if err := finhub.AddPersonnel(t.Context(), medis,
		onboarding.Person{FirstName: "Tomas", LastName: "Jankauskas", Email: "tomas@medis.example"},
		onboarding.Person{FirstName: "Rasa", LastName: "Kazlauskienė", Email: "rasa@medis.example"}); err != nil {
		t.Fatal(err)
	}
	pdf := func(string) []byte { return []byte("%PDF-1.4\n%%EOF\n") }
	verification := must(finhub.VerifyCompany(t.Context(), medis, pdf))(t)
	equal(t, verification.Status, "IN_PROGRESS")
	sandbox.Advance(5 * day) // That of a company takes two to five.
	equal(t, must(finhub.Verification(t.Context(), verification.ID))(t).Status, "APPROVED")
	if err := finhub.Activate(t.Context(), medis); err != nil {
		t.Fatal(err)
	}
	sandbox.Fund(medis.WalletID, "5000.00")
	supplier := onboarding.Payee{Name: "Nordwind Handels GmbH", IBAN: "DE89370400440532013000", Company: true}
	equal(t, must(finhub.Pay(t.Context(), medis, supplier, 1200_00, openLink))(t), "COMPLETED")
	equal(t, must(finhub.Balance(t.Context(), medis))(t), 3798_50)
}

func TestRejectedPersonIsNotActivated(t *testing.T) {
	sandbox, finhub := start(t, sandboxtest.WithScenario("kyc-rejected"))
	anna, verification := registerAnna(t, finhub)
	sandbox.Advance(3 * day)
	rejected := must(finhub.Verification(t.Context(), verification.ID))(t)
	equal(t, rejected.Status, "REJECTED")
	equal(t, rejected.Reason, "DATA_MISMATCH")

	var refused *onboarding.Refused
	if err := finhub.Activate(t.Context(), anna); !errors.As(err, &refused) {
		t.Fatalf("the activation gives %v", err)
	}
	equal(t, refused.Status, http.StatusUnprocessableEntity)
	if len(refused.Suggestions) == 0 || !strings.Contains(refused.Suggestions[0], "new attempt") {
		t.Errorf("what helps is %q", refused.Suggestions)
	}
}

func TestWebhooksAreTakenFromFinHubAlone(t *testing.T) {
	// The first attempt of each webhook is signed with another secret; the second is right.
	sandbox, finhub := start(t, sandboxtest.WithScenario("webhook-forged"))
	const secret = "s3cret"
	var attempts atomic.Int32
	taken := make(chan onboarding.Event, 2)
	handler := onboarding.Receive(secret, func(e onboarding.Event) { taken <- e })
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		attempts.Add(1)
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(receiver.Close)
	if err := finhub.Subscribe(t.Context(), receiver.URL, secret, "verification.approved"); err != nil {
		t.Fatal(err)
	}
	_, verification := registerAnna(t, finhub)
	sandbox.Advance(3 * day) // The webhooks on the way have been answered when it returns.
	equal(t, attempts.Load(), 2)
	if len(taken) != 1 {
		t.Fatalf("%d webhooks were taken", len(taken))
	}
	event := <-taken
	equal(t, event.Type, "verification.approved")
	var about onboarding.Verification
	if err := json.Unmarshal(event.Data, &about); err != nil {
		t.Fatal(err)
	}
	equal(t, about.ID, verification.ID)
}

// openLink gives the code behind a customer's link to a payment, as the page there
// shows it: the token has it in its claims.
func openLink(token string) (string, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", errors.New("the link has no token")
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	var claims struct{ Answer string }
	err = json.Unmarshal(text, &claims)
	return claims.Answer, err
}

// must ends the test if a call has failed.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
