// Package client talks to a running sandbox over its control API, for the
// command line.
package client

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// timeout bounds one call; the sandbox is near.
const timeout = 5 * time.Second

// Health asks the sandbox at an address whether it is ready, and says how it
// answered.
func Health(ctx context.Context, addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("%q is no address: it needs a host and a port, such as localhost:8080", addr)
	}
	if host == "" {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/_sandbox/health", http.NoBody)
	if err != nil {
		return "", err
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("no sandbox answers on %s", addr)
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, 1<<16))
	if closeErr := reply.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", err
	}
	if reply.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers %s: is that a sandbox?", addr, reply.Status)
	}
	return string(body), nil
}
