package webhook

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
)

// names is a server of names that knows these and no others, however they are asked.
type names map[string]string

// resolver asks the server, without a network.
func (n names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go n.serve(far)
		return near, nil
	}}
}

// serve answers questions as RFC 1035 has them over TCP: each with its length before
// it.
func (n names) serve(c net.Conn) {
	defer c.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(c, question); err != nil {
			return
		}
		answer := n.answer(question)
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

// answer gives the address of the name that a question asks for, if it is of the kind
// that is asked for.
func (n names) answer(question []byte) []byte {
	const header = 12
	var labels []string
	at := header
	for question[at] != 0 {
		size := int(question[at])
		labels = append(labels, string(question[at+1:at+1+size]))
		at += 1 + size
	}
	kind := binary.BigEndian.Uint16(question[at+1:])
	end := at + 5
	answer := append([]byte{}, question[:end]...)
	answer[2], answer[3] = 0x81, 0x80 // It is an answer.
	clear(answer[6:header])           // It has no records so far.
	address, known := n[strings.ToLower(strings.Join(labels, "."))]
	if !known {
		answer[3] |= 3 // No such name.
		return answer
	}
	ip := netip.MustParseAddr(address)
	const a, aaaa = 1, 28
	if kind == a && ip.Is4() || kind == aaaa && ip.Is6() {
		answer[7] = 1
		answer = append(answer, 0xc0, header, byte(kind>>8), byte(kind), 0, 1, 0, 0, 0, 0)
		answer = binary.BigEndian.AppendUint16(answer, uint16(len(ip.AsSlice())))
		answer = append(answer, ip.AsSlice()...)
	}
	return answer
}

// listenEverywhere starts an HTTP server at every address of this machine, which tells what
// comes.
func listenEverywhere(t *testing.T) (port string, came chan string) {
	t.Helper()
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	came = make(chan string, 100)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { came <- r.Host })}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, came
}

// call sends a request through the way out that leads to an address.
func call(t *testing.T, d *doors, address string) error {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	door, err := d.of(u, false)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, http.NoBody)
	if err != nil {
		return err
	}
	reply, err := door.RoundTrip(request)
	if err == nil {
		reply.Body.Close()
	}
	return err
}

// Names that lead to refused addresses are refused when they are dialled, and so are
// the spellings that a system's resolver takes for addresses.
func TestNamesOfRefusedAddresses(t *testing.T) {
	known := names{
		"metadata.example.com": "169.254.169.254", "mapped.example.com": "::ffff:169.254.169.254", "translated.example.com": "64:ff9b::a9fe:a9fe", "link.example.com": "fe80::1",
		"nova.example.com": "fd00:ec2::254", "cloud.example.com": "100.100.100.200", "oracle.example.com": "192.0.0.192", "fabric.example.com": "168.63.129.16",
		"group.example.com": "224.0.0.1", "everybody.example.com": "255.255.255.255", "sixtofour.example.com": "2002:a9fe:a9fe::", "all.example.com": "ff02::1",
	}
	d := newDoors(nil, nil, known.resolver())
	for name := range known {
		for _, host := range []string{name, name + ".", strings.ToUpper(name)} {
			if err := call(t, &d, "http://"+host+"/latest/meta-data"); err == nil || !strings.Contains(err.Error(), "is not called") {
				t.Errorf("%s: %v", host, err)
			}
		}
	}
	// As inet_aton reads addresses. Go takes none of these for an address or a name; a
	// system's resolver that does is checked as every other.
	for _, host := range []string{
		"2852039166", "0xa9fea9fe", "0xA9FEA9FE", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376", "025177524776", "169.254.43518", "169.16689662", "0xa9.254.0251.254", "2852039166.",
	} {
		if err := call(t, &d, "http://"+host+"/latest/meta-data"); err == nil {
			t.Errorf("%s is called", host)
		}
	}
}

// Our own listeners are refused under every name of this machine; another one of the
// same address is called.
func TestNamesOfOurOwn(t *testing.T) {
	port, came := listenEverywhere(t)
	known := names{"home.example.com": "127.0.0.1", "six.example.com": "::1", "unspecified.example.com": "0.0.0.0", "localhost": "127.0.0.1"}
	hosts := []string{
		"localhost", "localhost.", "LOCALHOST", "127.0.0.1", "127.0.0.2", "127.1.2.3", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]",
		"home.example.com", "home.example.com.", "HOME.example.com", "six.example.com", "unspecified.example.com",
	}
	machine, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil || prefix.Addr().IsLinkLocalUnicast() {
			continue
		}
		hosts = append(hosts, strings.TrimSuffix(netip.AddrPortFrom(prefix.Addr(), 0).String(), ":0"))
		known[strings.ToLower(machine)] = prefix.Addr().String()
	}
	hosts = append(hosts, machine, machine+".")
	d := newDoors([]string{"/receiver"}, nil, known.resolver())
	d.own.Store(&[]netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:" + port)})
	for _, host := range hosts {
		err := call(t, &d, "http://"+host+":"+port+"/_sandbox/reset")
		if err == nil || !strings.Contains(err.Error(), "the sandbox listens there itself") {
			t.Errorf("%s: %v", host, err)
		}
	}
	if len(came) > 0 {
		t.Errorf("something came to %s", <-came)
	}
	if err := call(t, &d, "http://home.example.com:"+port+"/receiver"); err != nil {
		t.Errorf("a test receiver: %v", err)
	}
	d.own.Store(&[]netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:1")})
	for _, host := range []string{"localhost", "home.example.com", "127.0.0.1"} {
		if err := call(t, &d, "http://"+host+":"+port+"/hooks"); err != nil {
			t.Errorf("%s, where somebody else listens: %v", host, err)
		}
	}
}
