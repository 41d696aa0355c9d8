package app_test

import (
	"io"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
)

// openApp opens a sandbox in memory for one test; its delays are whole.
func openApp(t testing.TB) *app.App {
	t.Helper()
	return openAppWith(t, app.Config{Seed: "test", CheckShared: true, Settings: scaled(1)})
}

// openAppWith opens a sandbox for one test and closes it at the test's end.
func openAppWith(t testing.TB, c app.Config) *app.App {
	t.Helper()
	c.WebhookNames = noNames()
	a, err := app.Open(c, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// scaled are settings by which a running clock waits for that part of delays.
func scaled(part float64) setting.Settings { return setting.Settings{DelayScale: &part} }
