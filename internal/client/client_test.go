package client_test

import (
	"testing"

	"finhub-sandbox/internal/client"
)

// TestReach: who listens on every address is called by a name, on the listener's own port.
func TestReach(t *testing.T) {
	for _, c := range [][3]string{
		{":8080", "localhost", "localhost:8080"},
		{"0.0.0.0:8080", "sandbox.corp.example:80", "sandbox.corp.example:8080"},
		{"[::]:8080", "[::1]:9090", "[::1]:8080"},
		{":8080", "[::1]", "[::1]:8080"},
		{"127.0.0.1:8080", "localhost:9090", "127.0.0.1:8080"},
		{"sandbox.corp.example:8080", "localhost", "sandbox.corp.example:8080"},
		{"nonsense", "localhost", "nonsense"},
	} {
		if got := client.Reach(c[0], c[1]); got != c[2] {
			t.Errorf("%s is called at %s by who says %s, not at %s", c[0], got, c[1], c[2])
		}
	}
}
