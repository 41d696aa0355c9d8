package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store"
	"finhub-sandbox/internal/store/postgres/postgrestest"
)

// TestSharedSpeed measures what sharing a database costs, beside the embedded store in the
// same run, if SANDBOX_BENCH is measure. It calls handlers, without a network.
func TestSharedSpeed(t *testing.T) {
	onlyMeasured(t)
	for _, of := range []struct {
		name   string
		config app.Config
	}{
		{"in memory", app.Config{}},
		{"data file, durability always", app.Config{Data: t.TempDir() + "/state.db", Durability: store.Always}},
		{"shared, reads latest", app.Config{Database: postgrestest.Database(t)}},
		{"shared, reads local", app.Config{Database: postgrestest.Database(t), LocalReads: true}},
	} {
		l := openUnderLoad(t, of.config)
		many := l.perSecond(64, func(n int64) { l.register(fmt.Sprint("t", n%200), n) })
		hot := l.perSecond(32, func(n int64) { l.register("hot", n) })
		apart := l.perSecond(32, func(n int64) { l.look(fmt.Sprint("t", n%200)) })
		one := l.perSecond(32, func(int64) { l.look("hot") })
		t.Logf("%-28s per second: %6.0f registrations in 200 tenants, %6.0f in one; %6.0f reads in 200 tenants, %6.0f in one", of.name, many, hot, apart, one)
	}
}

func onlyMeasured(t *testing.T) {
	t.Helper()
	if os.Getenv("SANDBOX_BENCH") != "measure" {
		t.Skip("it measures for minutes: SANDBOX_BENCH=measure")
	}
}

// TestSharedGrowth measures what a tenant costs that has more and more customers, beside the
// embedded store in the same run, if SANDBOX_BENCH is measure: registrations, reads of a
// customer, and the first look of another process, which has to load the tenant.
func TestSharedGrowth(t *testing.T) {
	onlyMeasured(t)
	for _, of := range []struct {
		name   string
		config app.Config
	}{{"in memory", app.Config{}}, {"shared", app.Config{Database: postgrestest.Database(t)}}} {
		l := openUnderLoad(t, of.config)
		l.while = 2 * time.Second // It adds customers, too.
		var customers atomic.Int64
		register := func(int64) { l.register("team", customers.Add(1)) }
		var first any
		if err := json.Unmarshal([]byte(l.answer("team", http.MethodPost, registrationPath, registrationOf("first@example.com"))), &first); err != nil {
			t.Fatal(err)
		}
		for _, size := range []int64{10, 50_000, 100_000} {
			var wait sync.WaitGroup
			for range 32 {
				wait.Go(func() {
					for customers.Load() < size {
						register(0)
					}
				})
			}
			wait.Wait()
			before := customers.Load()
			registrations := l.perSecond(32, register)
			reads := l.perSecond(32, func(int64) {
				l.call("team", http.MethodGet, "/api/v2.1/wallets/customer/"+textAt(first, "data.id"), "")
			})
			loads := "-"
			if of.config.Database != "" {
				began := time.Now()
				openUnderLoad(t, of.config).look("team")
				loads = time.Since(began).Round(time.Millisecond).String()
			}
			t.Logf("%-10s %7d customers: %6.0f registrations and %6.0f reads a second; another process answers first after %s", of.name, before, registrations, reads, loads)
		}
	}
}

// underLoad is a sandbox under load.
type underLoad struct {
	testing.TB
	handler http.Handler
	// while is how long each thing is done.
	while time.Duration
}

func openUnderLoad(t testing.TB, config app.Config) underLoad {
	t.Helper()
	config.Version, config.Quiet, config.Journal = "test", true, new(int)
	config.Settings.Headers = setting.Relaxed
	opened, err := app.Open(config, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return underLoad{t, opened.Handler(), 5 * time.Second}
}

func (l underLoad) call(tenant, method, path, body string) { l.answer(tenant, method, path, body) }

func (l underLoad) answer(tenant, method, path, body string) string {
	r := httptest.NewRequest(method, "http://localhost:8080"+path, strings.NewReader(body))
	r.Header.Set("X-Tenant-ID", tenant)
	r.Header.Set("Authorization", "Bearer sandbox-admin")
	r.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	l.handler.ServeHTTP(recorder, r)
	if recorder.Code/100 != 2 {
		l.Errorf("%s %s: %d %s", method, path, recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

func (l underLoad) register(tenant string, n int64) {
	l.call(tenant, http.MethodPost, registrationPath, registrationOf(fmt.Sprintf("anna%d@example.com", n)))
}

func (l underLoad) look(tenant string) {
	l.call(tenant, http.MethodGet, "/api/v2.1/customer/individual/categorization/hierarchy/"+tenant, "")
}

// perSecond has so many clients do something for a while, and says how often they did.
func (l underLoad) perSecond(clients int, do func(n int64)) float64 {
	var done atomic.Int64
	var wait sync.WaitGroup
	began := time.Now()
	for range clients {
		wait.Go(func() {
			for time.Since(began) < l.while {
				do(done.Add(1))
			}
		})
	}
	wait.Wait()
	return float64(done.Load()) / time.Since(began).Seconds()
}
