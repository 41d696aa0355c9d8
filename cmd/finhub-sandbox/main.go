// Command finhub-sandbox is a local stand-in for FinHub's banking API.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/store"
	"finhub-sandbox/spec"
)

// version is set by the linker.
var version = "dev"

type commandLine struct {
	Serve       serveCommand       `cmd:"" help:"Start the sandbox."`
	Spec        specCommand        `cmd:"" help:"Print an OpenAPI document."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask a running sandbox whether it is ready."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

type serveCommand struct {
	Addr           string         `help:"Address to listen on." default:"localhost:8080" env:"SANDBOX_ADDR" placeholder:"HOST:PORT"`
	Data           string         `help:"Data file; without one everything is in memory." env:"SANDBOX_DATA" placeholder:"FILE"`
	Durability     string         `help:"When a commit reaches the disk: ${enum}." enum:"always,second,never" default:"second" env:"SANDBOX_DURABILITY"`
	DelayScale     app.DelayScale `help:"Part of a delay that a running clock waits: 1 is real time, 0 at once, 1s/24h makes a day last a second." default:"1s/24h" env:"SANDBOX_DELAY_SCALE"`
	Headers        string         `help:"Header policy: ${enum}. Relaxed requires X-Tenant-ID and Authorization only." enum:"strict,relaxed" default:"strict" env:"SANDBOX_HEADERS"`
	Seed           string         `help:"Seed of ids, account numbers and tokens: the same seed gives the same." default:"finhub-sandbox" env:"SANDBOX_SEED"`
	CheckResponses bool           `help:"Hold every reply to the document and report what breaks it." env:"SANDBOX_CHECK_RESPONSES"`
	Tenants        []string       `help:"Tenants that may be used, separated by commas; any if left out." env:"SANDBOX_TENANTS"`
	FixedTokens    bool           `help:"Accept the fixed tokens." default:"true" negatable:"" env:"SANDBOX_FIXED_TOKENS"`
	Quiet          bool           `help:"Log no line for each request." short:"q" env:"SANDBOX_QUIET"`
}

type specCommand struct {
	Format  string `help:"Form of the document: ${enum}." enum:"yaml,json" default:"yaml"`
	Control bool   `help:"Print the control API's document instead of the product's."`
}

type healthcheckCommand struct {
	Addr string `help:"Address of the sandbox." default:"localhost:8080" env:"SANDBOX_ADDR" placeholder:"HOST:PORT"`
}

type versionCommand struct{}

// The exit codes: everything else than 0 has one line on standard error.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program: it reads the command line, does one command and gives the
// exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var line commandLine
	exited := -1
	parser := kong.Must(&line,
		kong.Name("finhub-sandbox"),
		kong.Description("A local stand-in for FinHub's banking API v2.1. Unofficial."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		return fail(stderr, exitUsage, usage(err, args))
	}
	switch command := strings.Fields(parsed.Command())[0]; command {
	case "serve":
		return line.Serve.run(ctx, stdout, stderr)
	case "spec":
		return line.Spec.run(stdout, stderr)
	case "healthcheck":
		return line.Healthcheck.run(ctx, stdout, stderr)
	default:
		_, _ = fmt.Fprintln(stdout, version)
		return exitOK
	}
}

func usage(err error, args []string) string {
	help := "finhub-sandbox --help"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") && !strings.Contains(err.Error(), "unexpected argument "+args[0]) {
		help = "finhub-sandbox " + args[0] + " --help"
	}
	return fmt.Sprintf("%s; see %s", strings.ReplaceAll(err.Error(), "\n", " "), help)
}

func fail(stderr io.Writer, code int, message string) int {
	_, _ = fmt.Fprintln(stderr, "finhub-sandbox:", message)
	return code
}

func (c serveCommand) config() app.Config {
	return app.Config{
		Addr: c.Addr, Data: c.Data, Durability: store.Durability(c.Durability), DelayScale: c.DelayScale,
		Relaxed: c.Headers == "relaxed", Seed: c.Seed, CheckResponses: c.CheckResponses, Tenants: c.Tenants,
		NoFixedTokens: !c.FixedTokens, Quiet: c.Quiet, Version: version,
	}
}

func (c serveCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	config := c.config()
	listener, err := app.Listen(config.Addr)
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	sandbox, err := app.Open(config, stderr)
	if err != nil {
		return fail(stderr, exitUsage, errors.Join(errors.New(app.Explain(err, config.Data)), listener.Close()).Error())
	}
	app.Greet(stdout, config, listener.Addr().String(), sandbox.Opened)
	err = errors.Join(sandbox.Serve(ctx, listener), sandbox.Close())
	if err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	return exitOK
}

func (c specCommand) run(stdout, stderr io.Writer) int {
	documents := map[string][]byte{
		"yaml": spec.ProductYAML, "json": spec.Product, "control yaml": spec.ControlYAML, "control json": spec.Control,
	}
	name := c.Format
	if c.Control {
		name = "control " + name
	}
	if _, err := stdout.Write(documents[name]); err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	return exitOK
}

func (c healthcheckCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	answer, err := client.Health(ctx, c.Addr)
	if err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	_, _ = fmt.Fprintln(stdout, answer)
	return exitOK
}
