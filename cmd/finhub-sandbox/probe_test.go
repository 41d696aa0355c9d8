package main

import (
	"errors"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"finhub-sandbox/internal/app"
)

// TestProbesSeeReadiness asks as those do who start a sandbox and wait for it: of one that
// is ready each says so, and of one that cannot write, or is not there, none does. The
// address is localhost, which some take for the one loopback address and some for the other.
func TestProbesSeeReadiness(t *testing.T) {
	ready := "localhost:" + portOf(t, startServe(t, "--addr=localhost:0").addr)
	unready := pretender(t, http.StatusServiceUnavailable, `{"status": "unready", "version": "dev", "uptime": "1s", "reason": "no space left on device"}`, app.Now())
	absent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := absent.Addr().String()
	absent.Close()
	for _, command := range []string{
		"curl -sf ADDR/_sandbox/health",
		"curl -sf --head ADDR/_sandbox/health",
		"wget -q --tries=1 -O - http://ADDR/_sandbox/health",
		"wget -q --tries=1 --spider http://ADDR/_sandbox/health",
		"wait-on --timeout 2000 --interval 50 http://ADDR/_sandbox/health",
		"wait-on --timeout 2000 --interval 50 http-get://ADDR/_sandbox/health",
	} {
		t.Run(command, func(t *testing.T) {
			program, args, _ := strings.Cut(command, " ")
			path := tool(t, program)
			for addr, want := range map[string]bool{ready: true, unready: false, gone: false} {
				var exited *exec.ExitError
				asked := exec.Command(path, strings.Fields(strings.ReplaceAll(args, "ADDR", addr))...)
				if out, err := asked.CombinedOutput(); err != nil && !errors.As(err, &exited) || (err == nil) != want {
					t.Errorf("%s: %v, %s", asked, err, out)
				}
			}
		})
	}
	// What the image's health check and compose run, and what a kubelet sends.
	for addr, want := range map[string]bool{ready: true, unready: false, gone: false} {
		if code, _, stderr := runCommand(t, "healthcheck", "--addr", addr); (code == exitOK) != want {
			t.Errorf("healthcheck of %s ends with %d: %s", addr, code, stderr)
		}
		r, err := http.NewRequest(http.MethodGet, "http://"+addr+"/_sandbox/health", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host, r.Close = "10.244.0.7:8080", true
		r.Header.Set("User-Agent", "kube-probe/1.34")
		r.Header.Set("Accept", "*/*")
		reply, err := http.DefaultClient.Do(r)
		if err == nil {
			reply.Body.Close()
		}
		if well := err == nil && reply.StatusCode >= 200 && reply.StatusCode < 400; well != want {
			t.Errorf("a kubelet's probe of %s: %v, %v", addr, reply, err)
		}
	}
}

func portOf(t *testing.T, addr string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return port
}
