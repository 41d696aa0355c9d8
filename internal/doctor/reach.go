package doctor

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
)

// reach tells who can call the sandbox: clients of this machine, containers, other names,
// and web pages.
func (e *examination) reach(ctx context.Context) {
	host, port, err := net.SplitHostPort(e.Config.Addr)
	if err != nil {
		return // The address has a finding of its own.
	}
	ip := net.ParseIP(host)
	every := host == "" || ip != nil && ip.IsUnspecified()
	if every || strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback() {
		e.localhost(ctx, host, port)
	}
	e.containers(port, every, strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback())
	e.hosts()
	e.pages()
}

// localhost looks at the name that most clients call, which stands for two addresses.
func (e *examination) localhost(ctx context.Context, host, port string) {
	const check = "localhost"
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	named, err := net.DefaultResolver.LookupHost(ctx, "localhost")
	if err != nil {
		named = nil // It has a finding below.
	}
	if !slices.ContainsFunc(named, func(text string) bool { return net.ParseIP(text).IsLoopback() }) {
		e.add(check, Wrong, fmt.Sprintf("the name localhost leads to %q, which is not this machine", named), "give it 127.0.0.1 and ::1 in /etc/hosts, or call 127.0.0.1")
		return
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		e.add(check, Note, host+" is one of the two addresses of localhost: clients that take the other do not get there", "listen on localhost:"+port+", which is both")
		return
	}
	if e.running == nil || e.Config.ControlAddr != "" {
		e.add(check, OK, fmt.Sprintf("it is %s here", strings.Join(named, " and ")), "")
		return
	}
	var silent []string
	for _, text := range named {
		if addr := net.JoinHostPort(text, port); ask(ctx, addr).health.Version == "" {
			silent = append(silent, addr)
		}
	}
	if len(silent) > 0 {
		e.add(check, Wrong, "the sandbox does not answer on "+strings.Join(silent, " and "), "start it with --addr localhost:"+port+" or :"+port+", or call the other address by number")
		return
	}
	e.add(check, OK, "the sandbox answers on "+strings.Join(named, " and "), "")
}

// containers looks at both sides of a container's wall.
func (e *examination) containers(port string, every, loopback bool) {
	const check = "containers"
	switch {
	case loopback && inContainer():
		e.add(check, Note, "this is a container, and "+e.Config.Addr+" is reached from inside of it only", "for everybody else set SANDBOX_ADDR=:"+port+", and publish the port")
	case loopback:
		e.add(check, Note, "containers do not reach "+e.Config.Addr+" unless they share this machine's network", "to call it from them, start it with --addr :"+port+", and call host.docker.internal:"+port)
	case every && e.Config.ControlAddr == "" && e.Config.ControlToken == "":
		e.add(check, Note, "whoever reaches this machine can call the sandbox, its control API too", "on a network that others use, set --control-token, or --control-addr to an address of localhost")
	default:
		e.add(check, OK, "whoever reaches "+e.Config.Addr+" can call the product", "")
	}
}

// inContainer reports whether this is a container, as engines and clusters mark theirs.
func inContainer() bool {
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(mark); err == nil {
			return true
		}
	}
	return os.Getenv("KUBERNETES_SERVICE_HOST") != ""
}

// hosts looks at the names under which the sandbox may be called.
func (e *examination) hosts() {
	const check = "host names"
	for _, name := range e.Config.Hosts {
		if plain := hostAlone(name); plain != name {
			e.add(check, Wrong, fmt.Sprintf("--hosts has %q, which no request can name", name), "write the name alone: "+plain)
			return
		}
	}
	known := "localhost, addresses, names without a dot and under .internal"
	if len(e.Config.Hosts) > 0 {
		known += ", and " + strings.Join(e.Config.Hosts, ", ")
	}
	e.add(check, OK, "calls may name "+known+"; others are HOST_UNKNOWN until --hosts has them", "")
}

// hostAlone is what of a text is the name of a host, with its port if it has one.
func hostAlone(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		text = u.Host
	}
	text, _, _ = strings.Cut(text, "/")
	return strings.TrimPrefix(strings.TrimSpace(text), "*.")
}

// pages looks at which web pages may call the product.
func (e *examination) pages() {
	const check = "web pages"
	switch own := e.Config.Pages; {
	case own.Off:
		e.add(check, Note, "no page of another origin may call the product", "leave --cors out, or name the page's origin with it")
	case len(own.Origins) > 0:
		e.add(check, OK, "only pages of "+strings.Join(own.Origins, ", ")+" may call the product", "")
	default:
		e.add(check, OK, "pages of localhost on every port, and of --hosts, may call the product; --cors names others. None may call /_sandbox", "")
	}
}
