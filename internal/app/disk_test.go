package app_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/store"
)

// brokenDisk is a data file that does not take what is written while it is full,
// and does not bring it to the disk while it fails.
type brokenDisk struct {
	store.File
	full, fails atomic.Bool
}

func (d *brokenDisk) through(f store.File) store.File {
	d.File = f
	return d
}

func (d *brokenDisk) WriteAt(p []byte, at int64) (int, error) {
	if d.full.Load() {
		n, _ := d.File.WriteAt(p[:len(p)/2], at)
		return n, syscall.ENOSPC
	}
	return d.File.WriteAt(p, at)
}

func (d *brokenDisk) Sync() error {
	if d.fails.Load() {
		return syscall.EIO
	}
	return d.File.Sync()
}

// onDisk opens a sandbox in which Anna is registered, on a disk that can fail.
func onDisk(t *testing.T, path string) (*localSandbox, *brokenDisk) {
	t.Helper()
	disk := &brokenDisk{}
	p := openLocal(t, app.Config{Settings: scaled(1), Data: path, Durability: store.Always, Through: disk.through})
	p.must("demo", http.MethodPost, registrationPath, registrationOf("anna@example.com"))
	return p, disk
}

const registrationPath = "/api/v2.1/customer/individual/registration"

func registrationOf(email string) string {
	return `{"firstName": "Anna", "lastName": "Petrauskaite", "email": "` + email + `", "phone": "+37062767557",
		"password": "SecurePass123!", "matchingPassword": "SecurePass123!"}`
}

// checkUnwritable sends what would change something, by every kind of call, and
// holds that it is refused with a plain word, and that nothing has changed.
func checkUnwritable(t *testing.T, p *localSandbox, reason string) {
	t.Helper()
	before := p.dump("demo")
	for _, c := range []struct{ method, path, body, code, details string }{
		{http.MethodPost, registrationPath, registrationOf("ben@example.com"), "data.refusal", "data.details"},
		{http.MethodPost, "/_sandbox/clock/freeze", "", "error.code", "error.details"},
		{http.MethodPost, "/_sandbox/clock/advance", `{"by": "1d"}`, "error.code", "error.details"},
		{http.MethodPost, "/_sandbox/reset", "", "error.code", "error.details"},
		{http.MethodPatch, "/_sandbox/settings", `{"headers": "strict"}`, "error.code", "error.details"},
		{http.MethodPut, "/_sandbox/scenario", `{"name": "kyc-rejected"}`, "error.code", "error.details"},
	} {
		a := p.call("demo", c.method, c.path, c.body)
		if a.status != http.StatusServiceUnavailable || a.get(c.code) != "DATA_UNWRITABLE" || !strings.Contains(a.get(c.details), reason) || a.header.Get("Retry-After") == "" {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.text)
		}
	}
	health := p.call("demo", http.MethodGet, "/_sandbox/health", "")
	if health.status != http.StatusServiceUnavailable || health.get("status") != "not ready" || !strings.HasPrefix(health.get("reason"), reason) {
		t.Errorf("health: %d %s", health.status, health.text)
	}
	if counts := p.must("demo", http.MethodGet, "/_sandbox/metrics", ""); !strings.Contains(counts.text, "\nfinhub_sandbox_store_writable 0\n") {
		t.Errorf("the metrics are %s", counts.text)
	}
	if after := p.dump("demo"); after != before {
		t.Errorf("refused calls have changed something:\n%s\nbecame\n%s", before, after)
	}
	if a := p.call("demo", http.MethodGet, "/_sandbox/clock", ""); a.status != http.StatusOK {
		t.Errorf("reading: %d %s", a.status, a.text)
	}
}

// TestAFullDiskIsSaid: 503 with the system's word, not ready, nothing changed, and
// everything works again when there is room. What came due meanwhile comes about.
func TestAFullDiskIsSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	p, disk := onDisk(t, path)
	disk.full.Store(true)
	checkUnwritable(t, p, "no space left on device")
	disk.full.Store(false)
	if health := p.call("demo", http.MethodGet, "/_sandbox/health", ""); health.status != http.StatusOK || health.get("status") != "ready" {
		t.Errorf("with room again: %d %s", health.status, health.text)
	}
	p.must("demo", http.MethodPost, registrationPath, registrationOf("ben@example.com"))
	want := p.dump("demo")
	if err := p.app.Close(); err != nil {
		t.Error(err)
	}
	again := openLocal(t, app.Config{Settings: scaled(1), Data: path})
	if got := again.dump("demo"); got != want {
		t.Errorf("opened again, the state is\n%s\nand was\n%s", got, want)
	}
}

// TestAFailedSyncIsSaid: what did not reach the disk is not acknowledged, and
// nothing is written until the sandbox is started again.
func TestAFailedSyncIsSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	p, disk := onDisk(t, path)
	want := p.dump("demo")
	disk.fails.Store(true)
	checkUnwritable(t, p, "input/output error")
	disk.fails.Store(false)
	checkUnwritable(t, p, "input/output error; nothing is written any more until the sandbox is started again")
	if err := p.app.Close(); err == nil {
		t.Error("it was closed as if all were well")
	}
	again := openLocal(t, app.Config{Settings: scaled(1), Data: path})
	if got := again.dump("demo"); got != want {
		t.Errorf("opened again, the state is\n%s\nand was\n%s", got, want)
	}
}

func (p *localSandbox) dump(tenant string) string {
	p.t.Helper()
	text, err := p.app.World().Engine().Dump(p.t.Context(), tenant)
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}
