package webhook

import (
	"net/netip"
	"net/url"
	"testing"

	"finhub-sandbox/internal/sandbox/world"
)

// own is where the sandbox of the tests listens.
var own = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:8080"), netip.MustParseAddrPort("[::1]:8080"), netip.MustParseAddrPort("0.0.0.0:9090")}

// What is not called, in every spelling in which an address can come to the dialler.
func TestRefusedAddresses(t *testing.T) {
	for _, address := range []string{
		// Metadata services and links.
		"169.254.169.254:80", "169.254.169.254:8080", "169.254.0.1:80", "169.254.170.2:80", "[::ffff:169.254.169.254]:80", "[::ffff:a9fe:a9fe]:80",
		"[::169.254.169.254]:80", "[::a9fe:a9fe]:80", "[64:ff9b::169.254.169.254]:80", "[64:ff9b::a9fe:a9fe]:80", "[64:ff9b:1::a9fe:a9fe]:80", "[2002:a9fe:a9fe::]:80",
		"[2002:a9fe:a9fe::1]:443", "[2001:0:1:2:3:4:5601:5601]:80", "[::ffff:0:169.254.169.254]:80", "[fe80::1]:80", "[fe80::1%lo]:80", "[fe80::a9fe:a9fe]:80", "[febf::1]:80",
		"[fd00:ec2::254]:80", "[fd00:0ec2:0:0:0:0:0:0254]:80", "100.100.100.200:80", "[::ffff:100.100.100.200]:80", "192.0.0.192:80", "168.63.129.16:80",
		"[64:ff9b::168.63.129.16]:32526",
		// Groups.
		"224.0.0.1:80", "239.255.255.250:1900", "[ff02::1]:80", "[ff05::2]:80", "255.255.255.255:80", "[::ffff:224.0.0.1]:80", "[ff01::1]:80",
		// Our own listeners.
		"127.0.0.1:8080", "127.0.0.2:8080", "127.255.255.254:8080", "[::1]:8080", "[0:0:0:0:0:0:0:1]:8080", "[::ffff:127.0.0.1]:8080", "[::ffff:7f00:1]:8080",
		"0.0.0.0:8080", "[::]:8080", "[::ffff:0.0.0.0]:8080", "127.0.0.1:9090", "[::1]:9090", "[64:ff9b::127.0.0.1]:8080", "[2002:7f00:1::]:8080", "[::127.0.0.1]:8080",
	} {
		if err := checkAddress(address, &own, false); err == nil {
			t.Errorf("%s is called", address)
		}
	}
}

// What is called: loopback, private and shared addresses are the use.
func TestAllowedAddresses(t *testing.T) {
	for _, address := range []string{
		"127.0.0.1:3000", "[::1]:3000", "[::ffff:127.0.0.1]:3000", "10.0.0.1:8080", "172.16.0.1:8080", "192.168.1.2:80", "100.64.0.1:80", "[fd12::1]:80",
		"93.184.216.34:443", "[2606:2800:220:1::1]:443", "[64:ff9b::93.184.216.34]:80", "0.0.0.0:3000", "192.0.0.1:80",
	} {
		if err := checkAddress(address, &own, false); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"127.0.0.1:8080", "[::1]:8080"} {
		if err := checkAddress(address, &own, true); err != nil {
			t.Errorf("a test receiver at %s: %v", address, err)
		}
	}
}

// Only the exact paths of the test receivers lead home, and only allowed hosts are
// called.
func TestDoors(t *testing.T) {
	d := newDoors([]string{"/api/v2.1/test/webhook-receiver", "/api/v2.1/test/webhook-receiver/fail"}, world.Hosts{"localhost", "*.example.com"}, nil)
	for address, want := range map[string]string{
		"http://localhost:8080/api/v2.1/test/webhook-receiver":                "home",
		"http://localhost:8080/api/v2.1/test/webhook-receiver/fail":           "home",
		"http://localhost:8080/api/v2.1/test/webhook-receiver?x=1":            "home",
		"http://LOCALHOST:8080/api/v2.1/test/webhook-receiver":                "home",
		"http://localhost:8080/_sandbox/reset":                                "out",
		"http://localhost:8080/api/v2.1/test/webhook-receiver/../../_sandbox": "out",
		"http://localhost:8080/api/v2.1/test/webhook-receiver/":               "out",
		"http://localhost:8080/api/v2.1/test/webhook%2Dreceiver":              "out",
		"http://localhost:8080//api/v2.1/test/webhook-receiver":               "out",
		"http://shop.example.com/":                                            "out",
		"http://a.b.example.com./":                                            "out",
		"http://example.com/":                                                 "none",
		"http://localhost.evil.com/":                                          "none",
		"http://shop.example.com.evil.com/":                                   "none",
		"http://user@127.0.0.1/":                                              "none",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		door, err := d.of(u, false)
		got := "out"
		switch {
		case err != nil:
			got = "none"
		case door == d.home[0]:
			got = "home"
		}
		if got != want {
			t.Errorf("%s leads %s, want %s", address, got, want)
		}
	}
}
