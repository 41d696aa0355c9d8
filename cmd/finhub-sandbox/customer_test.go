package main

import (
	"encoding/json"
	"strings"
	"testing"

	"finhub-sandbox/internal/client"
)

// TestCustomerVerbs makes customers, more than one call does, and looks at them.
func TestCustomerVerbs(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0", "--quiet")
	t.Setenv("SANDBOX_ADDR", server.addr)
	t.Setenv("SANDBOX_TENANT", "demo")
	code, stdout, stderr := runCommand(t, "customer", "create", "REJECTED", "--kind=organization", "--reason=SANCTIONS_HIT", "--json")
	var made client.MadeCustomers
	if err := json.Unmarshal([]byte(stdout), &made); code != exitOK || err != nil || len(made.Customers) != 1 {
		t.Fatalf("exit code %d, %v, printed %q and %q", code, err, stdout, stderr)
	}
	company := made.Customers[0]
	if company.Reason != "SANCTIONS_HIT" || company.TemporaryPassword == "" {
		t.Errorf("made is %+v", company)
	}
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"customer", "create", "--email=anna@example.com", "--password=SecurePass123!"}, exitOK, []string{"individual  ACTIVE  APPROVED      happy-path  anna@example.com"}},
		{[]string{"customer", "create", "PENDING_VERIFICATION", "-n", "230"}, exitOK, []string{"230 customers were made in tenant demo"}},
		{[]string{"customer", "list", "--text=ANNA@"}, exitOK, []string{"anna@example.com"}},
		{[]string{"customer", "list", "--state=REJECTED"}, exitOK, []string{company.CustomerID}},
		{[]string{"customer", "list", "--state=CLOSED"}, exitOK, []string{"tenant demo has no such customers"}},
		{[]string{"customer", "list", "--limit=3"}, exitOK, []string{"there may be more"}},
		{[]string{"customer", "show", company.CustomerID}, exitOK, []string{"registration number  " + company.RegistrationNumber, "BUSINESS_VERIFICATION", "SANCTIONS_HIT", "DIRECTOR"}},
	} {
		code, stdout, stderr := runCommand(t, c.args...)
		if code != c.code || stderr != "" {
			t.Errorf("%v: exit code %d, printed %q", c.args, code, stderr)
		}
		contains(t, stdout, c.says)
		if strings.Contains(stdout, "Tmp-") {
			t.Errorf("%v prints a password", c.args)
		}
	}
	code, stdout, _ = runCommand(t, "customer", "list", "--limit=5000", "--json")
	var page client.CustomerPage
	if err := json.Unmarshal([]byte(stdout), &page); code != exitOK || err != nil || len(page.Customers) != 232 || page.Next != "" {
		t.Errorf("exit code %d, %v, %d customers and %q", code, err, len(page.Customers), page.Next)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"customer", "create", "ACTVE"}, exitUsage, "did you mean ACTIVE?"},
		{[]string{"customer", "create", "ACTIVATING", "--scenario=happy-path"}, exitUsage, "what leads there: activation-delayed, activation-fails"},
		{[]string{"customer", "create", "--email=anna@example.com"}, exitFailed, "anna@example.com"},
		{[]string{"customer", "create", "--email=ona@example.com", "-n", "150"}, exitUsage, "no two customers can have it"},
		{[]string{"customer", "create", "-n", "0"}, exitUsage, "--count"},
		{[]string{"customer", "list", "--limit=0"}, exitUsage, "--limit"},
		{[]string{"customer", "show", "nobody"}, exitUsage, "nobody"},
	} {
		code, stdout, stderr := runCommand(t, c.args...)
		if code != c.code || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: exit code %d, printed %q and %q", c.args, code, stdout, stderr)
		}
	}
}

// TestProgress draws a bar over itself, and only on a terminal.
func TestProgress(t *testing.T) {
	var drawn strings.Builder
	bar := progress{&drawn, 200}
	bar.at(50)
	bar.at(200)
	bar.end()
	want := "\r[##########..............................] 50 of 200\r[########################################] 200 of 200\r\x1b[K"
	if drawn.String() != want {
		t.Errorf("it draws %q, want %q", drawn.String(), want)
	}
	var piped strings.Builder
	bar = newProgress(&piped, 10_000)
	bar.at(500)
	bar.end()
	if piped.String() != "" {
		t.Errorf("to a pipe it writes %q", piped.String())
	}
}
