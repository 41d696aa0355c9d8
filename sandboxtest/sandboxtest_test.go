package sandboxtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/sandboxtest"
)

// register registers a person and gives the id of the customer and of its
// verification's start, or the status of the refusal.
func register(t testing.TB, s *sandboxtest.Sandbox, email string) (customer string, status int) {
	t.Helper()
	body := fmt.Sprintf(`{"firstName": "Anna", "lastName": "Petrauskaitė", "email": %q, "phone": "+37062767557",
		"password": "SecurePass123!", "matchingPassword": "SecurePass123!", "customerCategory": {"code": "STANDARD_INDIVIDUAL"}}`, email)
	var said struct{ Data struct{ CustomerID string } }
	status = post(t, s, "/customer/individual/registration", body, &said)
	return said.Data.CustomerID, status
}

func post(t testing.TB, s *sandboxtest.Sandbox, path, body string, said any) int {
	t.Helper()
	reply, err := s.Client.Post(s.BaseURL+path, "application/json", bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	if err := json.NewDecoder(reply.Body).Decode(said); err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode
}

// TestTenantsOfParallelTests: two hundred tests at once have a tenant each, with the
// same e-mail address in all of them.
func TestTenantsOfParallelTests(t *testing.T) {
	for i := range 200 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.New(t, sandboxtest.WithScenario("kyc-rejected"), sandboxtest.WithFrozenClock(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)))
			if customer, status := register(t, s, "anna@example.com"); status != http.StatusOK || customer == "" {
				t.Fatalf("the registration gives %d", status)
			}
			s.Advance(72 * time.Hour)
			if _, status := register(t, s, "anna@example.com"); status != http.StatusConflict {
				t.Errorf("the same again gives %d", status)
			}
			s.Verify(sandboxtest.Requests{Operation: "registerIndividual", Count: 2})
			s.Verify(sandboxtest.Requests{Operation: "activateIndividual", Never: true})
			if explained := s.Explain(); !strings.Contains(explained, "DUPLICATE_EMAIL") {
				t.Errorf("the refusal is explained as %s", explained)
			}
		})
	}
}

// TestTenantsOfLikeNames: no two tests share a tenant, also where the second of a test's own
// would be called as that of a subtest is, or names are cut.
func TestTenantsOfLikeNames(t *testing.T) {
	seen := map[string]string{}
	have := func(t *testing.T) {
		t.Helper()
		s := sandboxtest.New(t)
		if other, taken := seen[s.Tenant]; taken {
			t.Errorf("the tenant %s is that of %s too", s.Tenant, other)
		}
		seen[s.Tenant] = t.Name()
	}
	have(t)
	have(t)
	long := strings.Repeat("x", 80)
	for _, name := range []string{"2", "3", "a/b", "a-b", "a b", long + "1", long + "2", "4/2", "4-2"} {
		t.Run(name, have)
	}
	for range 3 {
		have(t)
	}
	t.Run("4", func(t *testing.T) {
		have(t)
		have(t)
	})
}

// TestScenarioAsText: a scenario that a test writes itself governs its customers.
func TestScenarioAsText(t *testing.T) {
	s := sandboxtest.New(t, sandboxtest.WithScenarioYAML("name: closed\ndescription: No registrations.\nrules:\n  - on: registerIndividual\n    refuse: DUPLICATE_EMAIL\n"))
	if _, status := register(t, s, "anna@example.com"); status != http.StatusConflict {
		t.Errorf("the registration gives %d", status)
	}
	s.UseScenario("happy-path")
	if _, status := register(t, s, "anna@example.com"); status != http.StatusOK {
		t.Errorf("the registration gives %d under another scenario", status)
	}
}

// TestStrangersGetNoToken: the client fills headers in for the sandbox alone.
func TestStrangersGetNoToken(t *testing.T) {
	s := sandboxtest.New(t)
	stranger := listen(t)
	reply, err := s.Client.Get(stranger.url)
	if err != nil {
		t.Fatal(err)
	}
	_ = reply.Body.Close()
	if got := <-stranger.came; got.Get("Authorization") != "" || got.Get("X-Tenant-ID") != "" {
		t.Errorf("another server is sent %v", got)
	}
}

// TestWhatAFailedTestTells runs a test that fails, in a program of its own.
func TestWhatAFailedTestTells(t *testing.T) {
	if os.Getenv("SANDBOXTEST_FAILS") != "" {
		s := sandboxtest.New(t)
		register(t, s, "anna@example.com")
		register(t, s, "anna@example.com")
		s.Verify(sandboxtest.Requests{Operation: "registerIndividual", Where: map[string]any{"status": 200}, Count: 2})
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	failing := exec.Command(program, "-test.run=^TestWhatAFailedTestTells$", "-test.v")
	failing.Env = append(os.Environ(), "SANDBOXTEST_FAILS=1")
	out, err := failing.CombinedOutput()
	if err == nil {
		t.Fatalf("it does not fail: %s", out)
	}
	for _, part := range []string{
		`1 requests fit \{"operation":"registerIndividual".*wanted exactly 2`, `"pointer":"/status"`,
		`requests of tenant TestWhatAFailedTestTells:\n`, `1 POST /api/v2.1/customer/individual/registration 200\n`,
		`2 POST /api/v2.1/customer/individual/registration 409 DUPLICATE_EMAIL`, `the last refusal, explained:\n`,
	} {
		if !regexp.MustCompile(part).Match(out) {
			t.Errorf("%q is not told:\n%s", part, out)
		}
	}
	for _, secret := range []string{"SecurePass123!", "sandbox-admin"} {
		if bytes.Contains(out, []byte(secret)) {
			t.Errorf("%s is told", secret)
		}
	}
}

// BenchmarkNew is a tenant for a test when the server is there.
func BenchmarkNew(b *testing.B) {
	sandboxtest.New(b)
	for b.Loop() {
		sandboxtest.New(b, sandboxtest.WithScenario("kyc-rejected"))
	}
}
