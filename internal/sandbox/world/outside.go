package world

import (
	"context"
	"slices"
	"strings"

	"finhub-sandbox/internal/engine"
)

// Outside is the way to those who are told what happens here.
type Outside interface {
	// Ready says that a tenant has something to send. It must not wait.
	Ready(tenant string)
	// Depart says that a tenant's clock is going to be moved (engine.Config).
	Depart(ctx context.Context, tenant string) (settle func(context.Context) ([]engine.Event, error), arrived func())
}

// Nobody is an outside that is told nothing.
type Nobody struct{}

// Ready does nothing.
func (Nobody) Ready(string) {}

// Depart lets nothing happen.
func (Nobody) Depart(context.Context, string) (func(context.Context) ([]engine.Event, error), func()) {
	return nil, func() {}
}

// Hosts are names of hosts; one that begins with a star and a dot stands for all
// names that end so.
type Hosts []string

// Allows reports whether a name is among them, or there are none.
func (h Hosts) Allows(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	return len(h) == 0 || slices.ContainsFunc(h, func(host string) bool {
		host = strings.ToLower(host)
		end, wild := strings.CutPrefix(host, "*")
		return name == host || wild && strings.HasPrefix(end, ".") && strings.HasSuffix(name, end)
	})
}

// String lists them.
func (h Hosts) String() string { return strings.Join(h, ", ") }
