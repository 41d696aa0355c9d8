package app_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store"
)

// TestOpening fills a data file with up to half a million customers, and prints
// how long it takes to open and how much memory that needs, at its peak and
// afterwards. It takes minutes and gigabytes, and runs only for make opening.
func TestOpening(t *testing.T) {
	if os.Getenv("SANDBOX_OPENING") == "" {
		t.Skip("make opening runs it")
	}
	program, path := buildProgram(t), filepath.Join(t.TempDir(), "state.db")
	customers := 0
	t.Logf("%9s %9s %9s %12s %9s %9s", "customers", "file MB", "opened s", "processors s", "live MB", "peak MB")
	for _, want := range []int{50_000, 100_000, 200_000, 350_000, 500_000} {
		a, err := app.Open(app.Config{Data: path, Durability: store.Never, Quiet: true, Seed: "opening", Settings: setting.Settings{Headers: setting.Relaxed, DelayScale: new(1.0)}}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		c := &client{documents: loadDocuments(t), send: inProcess(a.Handler()), unchecked: true}
		for ; customers < want; customers++ {
			c.register(t, "bench", fmt.Sprintf("customer%d@example.com", customers))
		}
		var memory runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&memory)
		live := float64(memory.HeapAlloc) / (1 << 20)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		a, c = nil, nil
		runtime.GC()
		s := startOnce(t, program, "--data", path)
		t.Logf("%9d %9.0f %9.2f %12.2f %9.0f %9.0f", customers, float64(info.Size())/(1<<20), s.took.Seconds(), s.computed.Seconds(), live, s.peak)
		if s.peak > 2*live {
			t.Errorf("opening takes %.1f times what the state takes", s.peak/live)
		}
	}
}
