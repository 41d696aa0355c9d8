package postgres_test

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"finhub-sandbox/internal/store/postgres"
)

// openAt opens a log at a server of the test's own, and gives why that fails.
func openAt(t *testing.T, mode string, serve func(net.Conn)) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_ = c.SetDeadline(time.Now().Add(10 * time.Second)) //nolint:forbidigo // A deadline of a connection.
			serve(c)
			_ = c.Close()
		}
	}()
	l, err := postgres.Open(t.Context(), configOf("postgres://finhub:s3cret@"+listener.Addr().String()+"/finhub?sslmode="+mode))
	if err == nil {
		t.Error("it opens", l.Close())
	}
	_ = listener.Close()
	<-done
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestNothingIsToldWithoutTLS: a server that refuses the TLS which is asked for learns
// neither user nor password.
func TestNothingIsToldWithoutTLS(t *testing.T) {
	for _, mode := range []string{"require", "verify-ca", "verify-full"} {
		var told []byte
		why := openAt(t, mode, func(c net.Conn) {
			request := make([]byte, 8)
			if _, err := io.ReadFull(c, request); err != nil {
				t.Error(err)
			}
			if _, err := c.Write([]byte("N")); err != nil {
				t.Error(err)
			}
			rest, _ := io.ReadAll(c) // It ends when the client leaves.
			told = append(told, rest...)
		})
		if len(told) > 0 || !strings.Contains(why, "TLS") {
			t.Errorf("sslmode=%s: the server was told %q, and %s", mode, told, why)
		}
	}
}

// TestServersProveThatTheyKnowThePassword: whoever is asked for a password by SCRAM and
// is let in without a proof, or with another, talks to somebody else.
func TestServersProveThatTheyKnowThePassword(t *testing.T) {
	for name, end := range map[string][]pgproto3.BackendMessage{
		"no proof":      {},
		"another proof": {&pgproto3.AuthenticationSASLFinal{Data: []byte("v=c29tZWJvZHkgZWxzZSdzIHByb29m")}},
	} {
		why := openAt(t, "disable", func(c net.Conn) {
			b := pgproto3.NewBackend(c, c)
			if _, err := b.ReceiveStartupMessage(); err != nil {
				t.Error(err)
			}
			say := func(messages ...pgproto3.BackendMessage) {
				for _, m := range messages {
					b.Send(m)
				}
				if err := b.Flush(); err != nil {
					t.Error(err)
				}
			}
			say(&pgproto3.AuthenticationSASL{AuthMechanisms: []string{"SCRAM-SHA-256"}})
			_ = b.SetAuthType(pgproto3.AuthTypeSASL)
			first, err := b.Receive()
			if err != nil {
				t.Error(err)
				return
			}
			_, nonce, _ := strings.Cut(string(first.(*pgproto3.SASLInitialResponse).Data), "r=")
			say(&pgproto3.AuthenticationSASLContinue{Data: []byte("r=" + nonce + "more,s=c2FsdA==,i=4096")})
			_ = b.SetAuthType(pgproto3.AuthTypeSASLContinue)
			if _, err := b.Receive(); err != nil {
				t.Error(err)
			}
			say(slices.Concat(end, []pgproto3.BackendMessage{&pgproto3.AuthenticationOk{}, &pgproto3.ReadyForQuery{TxStatus: 'I'}})...)
			_, _ = b.Receive() // The client leaves.
		})
		if !strings.Contains(why, "prove") {
			t.Errorf("%s: %s", name, why)
		}
	}
}
