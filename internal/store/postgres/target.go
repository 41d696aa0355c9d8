package postgres

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// target is where a database is, as its URL says.
type target struct {
	network, addr, host string
	user, password      string
	database            string
	// mode is what TLS is asked for: disable, prefer, require, verify-ca or verify-full.
	mode string
	tls  *tls.Config
	// parameters are further ones of the session, such as search_path.
	parameters map[string]string
	within     time.Duration
	// random gives a text that nobody can know before.
	random func() string
}

// connectTime is how long connecting may take, unless the URL says.
const connectTime = 3 * time.Second

var errURL = errors.New("no URL of a database")

// parseTarget reads a URL of the form that PostgreSQL's own programs take.
func parseTarget(text string) (t target, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return t, errURL
	}
	query := u.Query()
	take := func(name string) string {
		value := query.Get(name)
		query.Del(name)
		return value
	}
	t.host = cmp.Or(u.Hostname(), take("host"), "localhost")
	port := cmp.Or(u.Port(), take("port"), "5432")
	t.network, t.addr = "tcp", net.JoinHostPort(t.host, port)
	if strings.HasPrefix(t.host, "/") {
		t.network, t.addr = "unix", t.host+"/.s.PGSQL."+port
	}
	t.user = cmp.Or(u.User.Username(), take("user"), "postgres")
	t.password, _ = u.User.Password()
	t.password = cmp.Or(t.password, take("password"))
	t.database = cmp.Or(strings.TrimPrefix(u.Path, "/"), take("dbname"), t.user)
	t.within = connectTime
	if text := take("connect_timeout"); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 1 {
			return t, errURL
		}
		t.within = time.Duration(seconds) * time.Second
	}
	if err := t.secure(cmp.Or(take("sslmode"), "prefer"), take("sslrootcert")); err != nil {
		return t, err
	}
	t.parameters = map[string]string{"application_name": "finhub-sandbox"}
	for name := range query {
		t.parameters[name] = query.Get(name)
	}
	return t, nil
}

// secure says how the server is to be known, as the mode of the URL says: up to require
// nobody asks who it is, unless there is a certificate to which it is held.
func (t *target) secure(mode, roots string) error {
	if !slices.Contains([]string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}, mode) {
		return errURL
	}
	t.mode = mode
	t.tls = &tls.Config{ServerName: t.host, MinVersion: tls.VersionTLS12}
	if roots != "" {
		text, err := os.ReadFile(roots)
		if err != nil {
			return err
		}
		t.tls.RootCAs = x509.NewCertPool()
		if !t.tls.RootCAs.AppendCertsFromPEM(text) {
			return errors.New(roots + " has no certificate")
		}
		if mode == "require" {
			t.mode = "verify-ca"
		}
	}
	if t.mode == "verify-full" {
		return nil
	}
	t.tls.InsecureSkipVerify = true // What the mode asks for is looked at below.
	if t.mode == "verify-ca" {
		t.tls.VerifyConnection = func(s tls.ConnectionState) error {
			between := x509.NewCertPool()
			for _, c := range s.PeerCertificates[1:] {
				between.AddCert(c)
			}
			_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: t.tls.RootCAs, Intermediates: between})
			return err
		}
	}
	return nil
}
