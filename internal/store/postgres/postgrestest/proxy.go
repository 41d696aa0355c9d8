package postgrestest

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy stands between a client and the server, and can lose what passes.
type Proxy struct {
	// URL is that of the database by way of the proxy.
	URL string

	listener net.Listener
	server   string
	mu       sync.Mutex
	open     map[net.Conn]struct{}
	gone     bool
	// lose tells of which statements the answer is lost.
	lose func(statement []byte) bool
}

// NewProxy makes a proxy before a database, until the test ends.
func NewProxy(t testing.TB, database string) *Proxy {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{server: u.Host, open: map[net.Conn]struct{}{}}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	u.Host = p.listener.Addr().String()
	p.URL = u.String() + "?sslmode=disable"
	go p.accept()
	t.Cleanup(func() {
		_ = p.listener.Close()
		p.Gone(true)
	})
	return p
}

// Gone cuts all connections and takes no others, or takes some again.
func (p *Proxy) Gone(gone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = gone
	if gone {
		for c := range p.open {
			_ = c.Close()
		}
	}
}

// Lose loses the answer to statements of which lose says so, and the connection with it.
func (p *Proxy) Lose(lose func(statement []byte) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lose = lose
}

func (p *Proxy) loses(text []byte) bool {
	p.mu.Lock()
	lose := p.lose
	p.mu.Unlock()
	return lose != nil && lose(text)
}

// Adds reports whether a statement adds to the log.
func Adds(statement []byte) bool {
	return bytes.Contains(statement, []byte("INSERT INTO finhub_sandbox_log")) && !bytes.Contains(statement, []byte("WHERE false"))
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		p.mu.Lock()
		if err != nil || p.gone {
			_ = client.Close()
			if err == nil {
				_ = server.Close()
			}
			p.mu.Unlock()
			continue
		}
		p.open[client], p.open[server] = struct{}{}, struct{}{}
		p.mu.Unlock()
		var lost sync.Mutex
		losing := false
		end := func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			_, _ = client.Close(), server.Close()
			delete(p.open, client)
			delete(p.open, server)
		}
		go pass(client, server, end, func(text []byte) bool {
			lost.Lock()
			defer lost.Unlock()
			losing = losing || p.loses(text)
			return true
		})
		go pass(server, client, end, func([]byte) bool {
			lost.Lock()
			defer lost.Unlock()
			return !losing
		})
	}
}

// pass hands on what comes, as long as it may.
func pass(from, to net.Conn, end func(), may func([]byte) bool) {
	defer end()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil || !may(buf[:n]) {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
