package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"finhub-sandbox/internal/store"
	"finhub-sandbox/internal/store/postgres"
	"finhub-sandbox/internal/store/postgres/postgrestest"
	"finhub-sandbox/internal/store/storetest"
)

var nodes atomic.Int64

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d): //nolint:forbidigo // Only internal/app has another, and a statement is sent again in real time.
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func configOf(url string) postgres.Config {
	return postgres.Config{
		URL: url, Node: fmt.Sprint("n", nodes.Add(1)), Wait: pause, Random: rand.Text,
		Now: time.Now, //nolint:forbidigo // The clocks of two machines are compared.
	}
}

func openLog(t *testing.T, url string) *postgres.Log {
	t.Helper()
	l, err := postgres.Open(t.Context(), configOf(url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func openReplica(t *testing.T, l *postgres.Log) *store.Replica {
	t.Helper()
	r, err := store.OpenReplica(t.Context(), l, store.ReplicaOptions{Node: fmt.Sprint("r", nodes.Add(1))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		l := openLog(t, postgrestest.Database(t))
		open := func() store.Store { return openReplica(t, l) }
		return open(), open
	})
}

// counts adds one to a number so many times, from some replicas at once, and gives how often
// that was acknowledged and how often nobody knows.
func counts(t *testing.T, times int, replicas ...*store.Replica) (acknowledged, unknown int64) {
	t.Helper()
	var sure, unsure atomic.Int64
	var wait sync.WaitGroup
	for _, r := range replicas {
		wait.Go(func() {
			for range times {
				err := r.Update(t.Context(), "t", func(tx store.Tx) error {
					text, _ := tx.Get([]byte("n"))
					n, _ := strconv.Atoi(text)
					tx.Set([]byte("n"), strconv.Itoa(n+1))
					return nil
				})
				var unwritten *store.Unwritten
				switch {
				case err == nil:
					sure.Add(1)
				case errors.As(err, &unwritten) && unwritten.Unknown:
					unsure.Add(1)
				case !errors.As(err, &unwritten):
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	return sure.Load(), unsure.Load()
}

func counted(t *testing.T, r *store.Replica) (n int64) {
	t.Helper()
	if err := r.View(t.Context(), "t", func(tx store.Tx) error {
		text, _ := tx.Get([]byte("n"))
		n, _ = strconv.ParseInt(text, 10, 64)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestConcurrentReplicas: each number is given once, whoever counts.
func TestConcurrentReplicas(t *testing.T) {
	url := postgrestest.Database(t)
	a, b, c := openReplica(t, openLog(t, url)), openReplica(t, openLog(t, url)), openReplica(t, openLog(t, url))
	sure, unsure := counts(t, 50, a, b, c)
	if sure != 150 || unsure != 0 {
		t.Errorf("%d are acknowledged and %d unknown", sure, unsure)
	}
	for _, r := range []*store.Replica{a, b, c, openReplica(t, openLog(t, url))} {
		if n := counted(t, r); n != sure {
			t.Errorf("it is counted to %d, want %d", n, sure)
		}
	}
}

// TestLostAnswers: a commit whose answer is lost has happened once, and is not done again.
func TestLostAnswers(t *testing.T) {
	url := postgrestest.Database(t)
	proxy := postgrestest.NewProxy(t, url)
	lossy, other := openReplica(t, openLog(t, proxy.URL)), openReplica(t, openLog(t, url))
	var added, lost atomic.Int64
	proxy.Lose(func(statement []byte) bool {
		loses := postgrestest.Adds(statement) && added.Add(1)%3 == 0
		if loses {
			lost.Add(1)
		}
		return loses
	})
	sure, unsure := counts(t, 60, lossy, other)
	if n := counted(t, other); n != 120 || sure != 120 || unsure != 0 {
		t.Errorf("it is counted to %d; %d are acknowledged, and %d unknown", n, sure, unsure)
	}
	if lost.Load() < 10 {
		t.Errorf("only %d answers were lost", lost.Load())
	}
}

// TestDatabaseGone: what is refused has not happened, and it heals by itself.
func TestDatabaseGone(t *testing.T) {
	url := postgrestest.Database(t)
	proxy := postgrestest.NewProxy(t, url)
	r := openReplica(t, openLog(t, proxy.URL))
	if sure, _ := counts(t, 5, r); sure != 5 {
		t.Fatalf("%d are acknowledged", sure)
	}
	proxy.Gone(true)
	var unwritten *store.Unwritten
	err := r.Update(t.Context(), "t", func(tx store.Tx) error { tx.Set([]byte("n"), "100"); return nil })
	if !errors.As(err, &unwritten) || !unwritten.Remote {
		t.Errorf("what cannot be added gives %v", err)
	}
	if err := r.View(t.Context(), "t", func(store.Tx) error { t.Error("something is read"); return nil }); !errors.As(err, &unwritten) {
		t.Errorf("what cannot be compared gives %v", err)
	}
	if _, err := r.Behind(t.Context()); err == nil {
		t.Error("it is said to be there")
	}
	proxy.Gone(false)
	if n := counted(t, r); n != 5 && n != 100 {
		t.Errorf("it is counted to %d", n)
	}
	if _, err := r.Behind(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestBases: what has become a base is read as the log was, by whoever comes late.
func TestBases(t *testing.T) {
	url := postgrestest.Database(t)
	a, err := store.OpenReplica(t.Context(), openLog(t, url), store.ReplicaOptions{Node: "a"})
	if err != nil {
		t.Fatal(err)
	}
	late := openReplica(t, openLog(t, url))
	if n := counted(t, late); n != 0 {
		t.Errorf("it is counted to %d", n)
	}
	stale := openReplica(t, openLog(t, url))
	if sure, _ := counts(t, 1, a); sure != 1 || counted(t, stale) != 1 {
		t.Error("it is not counted to 1")
	}
	large := strings.Repeat("x", 1<<20)
	for i := range 9 {
		if err := a.Update(t.Context(), "t", func(tx store.Tx) error { tx.Set(fmt.Appendf(nil, "large%d", i), large); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil { // Then its bases are written.
		t.Fatal(err)
	}
	if got := postgrestest.Exec(t, url, "SELECT count(*) > 0 AND min(version) >= 4 FROM finhub_sandbox_base WHERE last"); got[0] != "t" {
		t.Fatalf("there is a base: %q", got)
	}
	postgrestest.Exec(t, url, "UPDATE finhub_sandbox_log SET at = at - interval '1 hour'")
	// The rows before the base go when there is another.
	postgrestest.Exec(t, url, "DELETE FROM finhub_sandbox_log WHERE version > 0 AND version < (SELECT max(version) FROM finhub_sandbox_base WHERE last)")
	// What is free behind the last that these know of was taken, and has gone.
	for _, r := range []*store.Replica{stale, late, openReplica(t, openLog(t, url))} {
		if sure, _ := counts(t, 3, r); sure != 3 {
			t.Errorf("%d are acknowledged", sure)
		}
	}
	last := openReplica(t, openLog(t, url))
	if n := counted(t, last); n != 10 {
		t.Errorf("it is counted to %d, want 10", n)
	}
	if err := last.View(t.Context(), "t", func(tx store.Tx) error {
		for i := range 9 {
			if value, _ := tx.Get(fmt.Appendf(nil, "large%d", i)); value != large {
				t.Errorf("row %d has %d bytes", i, len(value))
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// TestTrouble: what keeps a database from being used is one line that says what to do, and
// has no password.
func TestTrouble(t *testing.T) {
	for _, c := range []struct{ name, before, user, want string }{
		{"newer", "", "", "written by a newer version"},
		{"foreign", "CREATE TABLE finhub_sandbox_log (a int)", "", "not the sandbox's"},
		{"foreign schema", "CREATE TABLE finhub_sandbox_schema (version int)", "", "cannot be used"},
		{"no rights", "DROP ROLE IF EXISTS sandbox_poor; CREATE ROLE sandbox_poor LOGIN PASSWORD 'hush'", "sandbox_poor:hush", "grant CREATE"},
		{"read only", "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$", "", "takes no commits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := postgrestest.Database(t)
			if c.name == "newer" {
				openLog(t, url)
				c.before = "INSERT INTO finhub_sandbox_schema (version) VALUES (99)"
			}
			postgrestest.Exec(t, url, c.before)
			if c.user != "" {
				url = strings.Replace(url, "postgres@", c.user+"@", 1)
			}
			checkTrouble(t, url, c.want)
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		checkTrouble(t, "postgres://anna:hush@127.0.0.1:1/none", "cannot be reached")
	})
	t.Run("no URL", func(t *testing.T) { checkTrouble(t, "postgres//anna:hush@there", "not understood") })
	t.Run("another protocol", func(t *testing.T) { checkTrouble(t, "mysql://anna:hush@there/none", "not understood") })
}

// TestRights: what docs/shared.md says that a user needs is enough, and without any of it
// the start says so.
func TestRights(t *testing.T) {
	url := postgrestest.Database(t)
	openLog(t, url)
	role := "sandbox_" + strings.ToLower(rand.Text())
	postgrestest.Exec(t, url, "CREATE ROLE "+role+" LOGIN PASSWORD 'hush'")
	t.Cleanup(func() { postgrestest.Exec(t, url, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	as := strings.Replace(url, "postgres@", role+":hush@", 1)
	const tables = "finhub_sandbox_log, finhub_sandbox_base, finhub_sandbox_claim, finhub_sandbox_schema"
	rights := []string{"SELECT ON finhub_sandbox_schema", "USAGE ON SEQUENCE finhub_sandbox_log_seq_seq", "UPDATE ON finhub_sandbox_log"}
	for _, table := range []string{"finhub_sandbox_log", "finhub_sandbox_base", "finhub_sandbox_claim"} {
		for _, right := range []string{"SELECT", "INSERT", "DELETE"} {
			rights = append(rights, right+" ON "+table)
		}
	}
	for _, right := range rights {
		postgrestest.Exec(t, url, "GRANT SELECT, INSERT, UPDATE, DELETE ON "+tables+" TO "+role+"; GRANT USAGE ON SEQUENCE finhub_sandbox_log_seq_seq TO "+role)
		postgrestest.Exec(t, url, "REVOKE "+right+" FROM "+role)
		t.Run(right, func(t *testing.T) { checkTrouble(t, as, "does not let the user "+role) })
	}
	postgrestest.Exec(t, url, "GRANT SELECT, INSERT, UPDATE, DELETE ON "+tables+" TO "+role+"; GRANT USAGE ON SEQUENCE finhub_sandbox_log_seq_seq TO "+role)
	r := openReplica(t, openLog(t, as))
	for n := range 3 {
		if err := r.Update(t.Context(), "poor", func(tx store.Tx) error { tx.Set([]byte("row"), strconv.Itoa(n)); return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

func checkTrouble(t *testing.T, url, want string) {
	t.Helper()
	_, err := postgres.Open(t.Context(), configOf(url))
	var trouble *postgres.Trouble
	if !errors.As(err, &trouble) || !strings.Contains(trouble.Error(), want) || strings.ContainsAny(trouble.Error(), "\n\r") || strings.Contains(trouble.Error(), "hush") {
		t.Errorf("got %q, want %q in one line", err, want)
	}
}

// TestPasswords: a password is proved, in whichever of three ways the server asks for that,
// and another is refused.
func TestPasswords(t *testing.T) {
	url := postgrestest.Database(t)
	rules := postgrestest.Exec(t, url, "SELECT array_to_string(user_name, ',') || ' ' || auth_method FROM pg_hba_file_rules")
	for _, way := range []string{"scram-sha-256", "md5", "password"} {
		role := "sandbox_" + way[:3]
		if !slices.Contains(rules, role+" "+way) {
			t.Skipf("the server does not ask %s for a password", role)
		}
		encryption := way
		if way == "password" {
			encryption = "scram-sha-256"
		}
		postgrestest.Exec(t, url, "DROP ROLE IF EXISTS "+role)
		postgrestest.Exec(t, url, "SET password_encryption = '"+encryption+"'; CREATE ROLE "+role+" SUPERUSER LOGIN PASSWORD 'pencil'")
		t.Cleanup(func() {
			postgrestest.Exec(t, url, "REASSIGN OWNED BY "+role+" TO postgres; DROP OWNED BY "+role+"; DROP ROLE "+role)
		})
		openLog(t, strings.Replace(url, "postgres@", role+":pencil@", 1))
		checkTrouble(t, strings.Replace(url, "postgres@", role+":hush@", 1), "cannot be reached")
	}
}

// TestTLS: the connection is as safe as the URL asks for.
func TestTLS(t *testing.T) {
	url := postgrestest.Database(t)
	roots := os.Getenv("SANDBOX_POSTGRES_ROOTS")
	if roots == "" {
		t.Skip("the server has no certificate: SANDBOX_POSTGRES_ROOTS")
	}
	for _, query := range []string{"?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca&sslrootcert=" + roots, "?sslmode=verify-full&sslrootcert=" + roots} {
		openLog(t, url+query)
	}
	for _, query := range []string{"?sslmode=verify-full", "?sslmode=verify-ca"} {
		checkTrouble(t, url+query, "certificate")
	}
	// The certificate is of another name.
	named := strings.Replace(url, "127.0.0.1", "localhost", 1)
	checkTrouble(t, named+"?sslmode=verify-full&sslrootcert="+roots, "certificate")
	openLog(t, named+"?sslmode=verify-ca&sslrootcert="+roots)
	proxied := postgrestest.NewProxy(t, url)
	openLog(t, proxied.URL) // sslmode=disable
	if got := postgrestest.Exec(t, url, "SELECT count(*) FROM pg_stat_ssl WHERE ssl AND pid <> pg_backend_pid()"); got[0] == "0" {
		t.Error("nothing was encrypted")
	}
}
