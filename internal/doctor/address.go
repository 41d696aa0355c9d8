package doctor

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/client"
)

// patience is how long something that is near may take to answer.
const patience = 2 * time.Second

// addresses looks at the addresses on which the sandbox is to listen: they are free, or
// somebody answers there.
func (e *examination) addresses(ctx context.Context) {
	if e.Config.ControlAddr == "" {
		e.address(ctx, "address", "--addr", e.Config.Addr)
		return
	}
	e.address(ctx, "control address", "--control-addr", e.Config.ControlAddr)
	e.address(ctx, "address", "--addr", e.Config.Addr)
}

func (e *examination) address(ctx context.Context, check, flag, addr string) {
	listeners, err := app.Listen(app.Config{Addr: addr})
	if err == nil {
		var own []string
		for _, l := range listeners.Product {
			own = append(own, l.Addr().String())
		}
		if err = listeners.Close(); err == nil {
			e.add(check, OK, addr+" is free: serve would listen on "+strings.Join(own, " and "), "")
			return
		}
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		// The flag that it names is that of the one address.
		told := app.TroubleOf(err, "")
		var trouble *app.Trouble
		if errors.As(err, &trouble) {
			told = trouble
		}
		e.add(check, Wrong, told.Found, strings.ReplaceAll(told.Do, "--addr", flag))
		return
	}
	another := "choose another address with " + flag
	who := ask(ctx, addr)
	switch {
	case who.health.Version == "" && e.running != nil && check == "address":
		e.add(check, OK, addr+" is that of the sandbox whose control address that is, or of another program", "")
	case who.health.Version == "":
		e.add(check, Wrong, fmt.Sprintf("%s is taken by %s", addr, who.stranger()), "stop that program, or "+another)
	case who.status != http.StatusOK:
		e.running = who
		e.add(check, Wrong, fmt.Sprintf("%s is that of finhub-sandbox %s, which is not ready: %s", addr, who.health.Version, who.health.Reason), "see its log, make room on its disk if that is full, and start it again")
	case who.health.Version != e.Config.Version:
		e.running = who
		e.add(check, Note, fmt.Sprintf("%s is that of finhub-sandbox %s, which is ready; this program is %s", addr, who.health.Version, e.Config.Version), "use a program of the same version, or stop the other sandbox; for a second one "+another)
	default:
		e.running = who
		e.add(check, OK, fmt.Sprintf("%s is that of finhub-sandbox %s, which has been ready for %s; a second one needs another %s", addr, who.health.Version, who.health.Uptime, flag), "")
	}
}

// answer is what somebody says who was asked for a sandbox's health.
type answer struct {
	// spoke tells that it was HTTP.
	spoke  bool
	status int
	// server is what it calls itself, and date its clock.
	server string
	date   time.Time
	health client.Health
}

// ask asks who listens at an address.
func ask(ctx context.Context, addr string) *answer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	said := &answer{}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+client.Reach(addr, "localhost")+"/_sandbox/health", nil)
	if err != nil {
		return said
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return said
	}
	defer func() { _ = reply.Body.Close() }() // All that is wanted of it has been read.
	said.spoke, said.status, said.server = true, reply.StatusCode, reply.Header.Get("Server")
	said.date, _ = http.ParseTime(reply.Header.Get("Date")) // Without one there is nothing to compare.
	const most = 1 << 16
	if text, err := io.ReadAll(io.LimitReader(reply.Body, most)); err != nil || json.Unmarshal(text, &said.health) != nil {
		said.health = client.Health{}
	}
	return said
}

// stranger says what is there that is no sandbox.
func (a *answer) stranger() string {
	if !a.spoke {
		return "a program that does not answer as a web server"
	}
	return fmt.Sprintf("another web server (%s, status %d)", cmp.Or(a.server, "without a name"), a.status)
}
