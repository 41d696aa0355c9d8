package postgres

import (
	"context"
	"crypto/md5" //nolint:gosec // Some poolers ask for passwords in no better form.
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// conn is a connection to the database. After an error that is no refusal it is broken.
type conn struct {
	net.Conn
	*pgproto3.Frontend
	broken bool
}

// refused is what the database says no with.
type refused struct{ state, message string }

func (r *refused) Error() string { return r.message + " (SQLSTATE " + r.state + ")" }

// connect connects to the database.
func (t *target) connect(ctx context.Context) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, t.within)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, t.network, t.addr)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw}
	defer c.within(ctx)()
	err = c.startTLS(ctx, t)
	if err == nil { // A server that is not the one is told nothing.
		err = c.start(t)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// within gives up what the connection does when a context ends, until done.
func (c *conn) within(ctx context.Context) (done func()) {
	raw := c.Conn
	stop := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	return func() {
		if !stop() {
			c.broken = true // Its deadline has passed, or is about to.
		}
	}
}

// startTLS asks the server for TLS. It takes everything else for somebody in between.
func (c *conn) startTLS(ctx context.Context, t *target) error {
	if t.network == "unix" || t.mode == "disable" || t.mode == "allow" {
		return nil
	}
	request, err := (&pgproto3.SSLRequest{}).Encode(nil)
	if err != nil {
		return err
	}
	answer := make([]byte, 1)
	if _, err = c.Write(request); err == nil {
		_, err = io.ReadFull(c.Conn, answer)
	}
	switch {
	case err != nil:
		return err
	case answer[0] == 'N' && t.mode == "prefer":
		return nil
	case answer[0] != 'S':
		return errors.New("the server does not speak TLS, which sslmode=" + t.mode + " asks for")
	}
	secure := tls.Client(c.Conn, t.tls)
	c.Conn = secure
	return secure.HandshakeContext(ctx)
}

// start tells the server who calls, and proves it.
func (c *conn) start(t *target) error {
	c.Frontend = pgproto3.NewFrontend(c.Conn, c.Conn)
	parameters := map[string]string{"user": t.user, "database": t.database, "client_encoding": "UTF8"}
	for name, value := range t.parameters {
		parameters[name] = value
	}
	c.Send(&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: parameters})
	if err := c.Flush(); err != nil {
		return err
	}
	var proof *scram
	for {
		message, err := c.Receive()
		if err != nil {
			return err
		}
		switch m := message.(type) {
		case *pgproto3.AuthenticationCleartextPassword:
			c.Send(&pgproto3.PasswordMessage{Password: t.password})
		case *pgproto3.AuthenticationMD5Password:
			c.Send(&pgproto3.PasswordMessage{Password: "md5" + md5Of(md5Of(t.password+t.user)+string(m.Salt[:]))})
		case *pgproto3.AuthenticationSASL:
			if !slices.Contains(m.AuthMechanisms, scramName) {
				return fmt.Errorf("the server asks for a proof by %v, and only %s is known", m.AuthMechanisms, scramName)
			}
			proof = &scram{password: t.password, nonce: t.random()}
			c.Send(&pgproto3.SASLInitialResponse{AuthMechanism: scramName, Data: proof.first()})
		case *pgproto3.AuthenticationSASLContinue:
			final, err := proof.answer(m.Data)
			if err != nil {
				return err
			}
			c.Send(&pgproto3.SASLResponse{Data: final})
		case *pgproto3.AuthenticationSASLFinal:
			if err := proof.check(m.Data); err != nil {
				return err
			}
		case *pgproto3.ErrorResponse:
			return &refused{m.Code, m.Message}
		case *pgproto3.ReadyForQuery:
			if proof != nil && !proof.checked {
				return errScram
			}
			return nil
		case *pgproto3.AuthenticationOk, *pgproto3.ParameterStatus, *pgproto3.BackendKeyData, *pgproto3.NoticeResponse:
		default:
			return fmt.Errorf("the server asks for a proof that is not known (%T)", m)
		}
		if err := c.Flush(); err != nil {
			return err
		}
	}
}

func md5Of(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // See above.
	return hex.EncodeToString(sum[:])
}

// end says that there is no more to come, and closes the connection.
func (c *conn) end() {
	if !c.broken {
		c.Send(&pgproto3.Terminate{})
		_ = c.Flush() // It is closed in any case.
	}
	_ = c.Close()
}

// result is what came of a statement.
type result struct {
	rows    [][][]byte
	changed int64
}

// exec sends one statement with its parameters.
func (c *conn) exec(ctx context.Context, sql string, values [][]byte, formats, results []int16) (result, error) {
	c.SendParse(&pgproto3.Parse{Query: sql})
	c.SendBind(&pgproto3.Bind{ParameterFormatCodes: formats, Parameters: values, ResultFormatCodes: results})
	c.SendExecute(&pgproto3.Execute{})
	c.SendSync(&pgproto3.Sync{})
	return c.finish(ctx)
}

// execAll sends several statements.
func (c *conn) execAll(ctx context.Context, sql string) error {
	c.SendQuery(&pgproto3.Query{String: sql})
	_, err := c.finish(ctx)
	return err
}

// finish sends what is to be sent, and reads until the server is ready for more.
func (c *conn) finish(ctx context.Context) (r result, err error) {
	defer c.within(ctx)()
	if err := c.Flush(); err != nil {
		c.broken = true
		return r, err
	}
	for {
		message, broken := c.Receive()
		if broken != nil {
			c.broken = true
			return r, errors.Join(err, broken)
		}
		switch m := message.(type) {
		case *pgproto3.DataRow:
			row := make([][]byte, len(m.Values))
			for i, value := range m.Values {
				row[i] = slices.Clone(value) // It holds until the next message.
			}
			r.rows = append(r.rows, row)
		case *pgproto3.CommandComplete:
			r.changed = changedOf(m.CommandTag)
		case *pgproto3.ErrorResponse:
			err = &refused{m.Code, m.Message}
		case *pgproto3.ReadyForQuery:
			return r, err
		}
	}
}

// changedOf is the number at the end of what the server says of a statement.
func changedOf(tag []byte) int64 {
	at := len(tag)
	for at > 0 && tag[at-1] >= '0' && tag[at-1] <= '9' {
		at--
	}
	n, _ := number(tag[at:]) // Without one there was nothing to count.
	return n
}
