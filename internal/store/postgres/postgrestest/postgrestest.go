// Package postgrestest gives tests databases of a PostgreSQL server.
package postgrestest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Variable has the URL of a server on which the tests may make databases.
const Variable = "SANDBOX_POSTGRES"

// Server gives the URL of the server; without one the test is skipped.
func Server(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Variable)
	if server == "" {
		t.Skipf(".ci/run postgres runs it: %s has no URL of a PostgreSQL server", Variable)
	}
	return server
}

// Database makes an empty database on the server, drops it when the test ends, and gives
// its URL.
func Database(t testing.TB) string {
	t.Helper()
	server := Server(t)
	// No two tests have the same directory.
	name := fmt.Sprintf("sandbox_%x", sha256.Sum256([]byte(t.TempDir())))[:40]
	Exec(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { Exec(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	return Named(t, server, name)
}

// Named is the URL of another database of a server.
func Named(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// Exec runs statements, and gives the first column of the last one's rows.
func Exec(t testing.TB, database, sql string) (column []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := pgconn.Connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	results, err := c.Exec(ctx, sql).ReadAll()
	if err = cmp.Or(err, c.Close(ctx)); err != nil {
		t.Fatalf("%s: %v", strings.TrimSpace(sql), err)
	}
	for _, row := range results[len(results)-1].Rows {
		column = append(column, string(row[0]))
	}
	return column
}
