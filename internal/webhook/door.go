package webhook

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync/atomic"
	"syscall"

	"finhub-sandbox/internal/sandbox/world"
)

// doors are the ways out. To the sandbox's own test receivers there are others than
// to everybody else, so that no connection which was opened to one of them is used
// for another of our paths.
type doors struct {
	receivers []string
	hosts     world.Hosts
	own       *atomic.Pointer[[]netip.AddrPort]
	resolver  *net.Resolver
	// out and home are without and with certificates that prove nothing.
	out, home [2]*http.Transport
}

func newDoors(receivers []string, hosts world.Hosts, resolver *net.Resolver) doors {
	d := doors{receivers: receivers, hosts: hosts, own: &atomic.Pointer[[]netip.AddrPort]{}, resolver: resolver}
	for i, unverified := range []bool{false, true} {
		d.out[i], d.home[i] = d.door(false, unverified), d.door(true, unverified)
	}
	return d
}

// door makes a way out. Where a connection goes is looked at when it is opened, when
// every name has become an address.
func (d *doors) door(home, unverified bool) *http.Transport {
	own, resolver := d.own, d.resolver
	dialer := &net.Dialer{Resolver: resolver, Control: func(_, address string, _ syscall.RawConn) error { return checkAddress(address, own.Load(), home) }}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
		//nolint:gosec // a subscription can ask for it (verifySsl)
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: unverified},
		MaxIdleConnsPerHost: beside, IdleConnTimeout: timeout, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
	}
}

// of finds the way to an address.
func (d *doors) of(u *url.URL, unverified bool) (*http.Transport, error) {
	if !d.hosts.Allows(u.Hostname()) {
		return nil, fmt.Errorf("the host %s is not called: --webhook-hosts names %s", u.Hostname(), d.hosts)
	}
	ways := d.out
	if slices.Contains(d.receivers, u.EscapedPath()) {
		ways = d.home
	}
	if unverified {
		return ways[1], nil
	}
	return ways[0], nil
}

// KeepFrom says at which addresses the sandbox listens itself: they are kept from
// webhooks.
func (s *Sender) KeepFrom(addresses []net.Addr) {
	own := []netip.AddrPort{}
	for _, a := range addresses {
		if at, err := netip.ParseAddrPort(a.String()); err == nil {
			own = append(own, at)
		}
	}
	s.doors.own.Store(&own)
}

// metadata are the addresses at which clouds tell their machines secrets, beside the
// link-local ones.
var metadata = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("192.0.0.192"), netip.MustParseAddr("168.63.129.16"),
}

// checkAddress refuses an address that is not called: of metadata services, of links
// and groups, and our own, unless it is one of a test receiver (home). Loopback and
// private addresses are called, since receivers that are being developed are there.
func checkAddress(address string, own *[]netip.AddrPort, home bool) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%s is no address: %w", address, err)
	}
	for _, ip := range spellings(to.Addr()) {
		switch {
		case ip.IsLinkLocalUnicast(), slices.Contains(metadata, ip):
			return fmt.Errorf("%s is not called: it is link-local, or that of a metadata service", address)
		case ip.IsMulticast(), ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
			return fmt.Errorf("%s is not called: it is that of a group", address)
		case !home && own != nil && ours(ip, to.Port(), *own):
			return fmt.Errorf("%s is not called: the sandbox listens there itself, and only its test receivers are called", address)
		}
	}
	return nil
}

// The networks whose IPv6 addresses stand for IPv4 ones, which begin at a byte.
var embedded = []struct {
	network netip.Prefix
	at      int
	flipped bool
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12, false},
	{netip.MustParsePrefix("64:ff9b:1::/48"), 12, false},
	{netip.MustParsePrefix("::/96"), 12, false},
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12, false},
	{netip.MustParsePrefix("2002::/16"), 2, false},
	{netip.MustParsePrefix("2001::/32"), 12, true},
}

// spellings gives an address, and those for which it stands.
func spellings(ip netip.Addr) []netip.Addr {
	ip = ip.WithZone("").Unmap()
	list := []netip.Addr{ip}
	if !ip.Is6() {
		return list
	}
	bytes := ip.As16()
	for _, e := range embedded {
		if !e.network.Contains(ip) {
			continue
		}
		four := [4]byte(bytes[e.at : e.at+4])
		if e.flipped {
			for i := range four {
				four[i] ^= 0xff
			}
		}
		list = append(list, netip.AddrFrom4(four))
	}
	return list
}

// ours reports whether the sandbox listens at an address of this machine.
func ours(ip netip.Addr, port uint16, own []netip.AddrPort) bool {
	if !slices.ContainsFunc(own, func(o netip.AddrPort) bool { return o.Port() == port }) {
		return false
	}
	if ip.IsLoopback() || ip.IsUnspecified() {
		return true
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return true // Nobody knows, and one subscription too few does no harm.
	}
	return slices.ContainsFunc(addresses, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && prefix.Addr().WithZone("").Unmap() == ip
	})
}
