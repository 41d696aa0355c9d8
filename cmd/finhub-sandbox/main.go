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
	"time"

	"github.com/alecthomas/kong"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store"
	"finhub-sandbox/spec"
)

const programName = "finhub-sandbox"

// version is set by the linker.
var version = "dev"

type commandLine struct {
	ShowVersion kong.VersionFlag `help:"Print the version." name:"version"`

	Serve       serveCommand       `cmd:"" help:"Start the sandbox."`
	Run         runnerCommand      `cmd:"" help:"Start a sandbox on a free port, run a command against it, and end with the command's exit code."`
	Demo        demoCommand        `cmd:"" help:"Show a life in half a minute: a person who is rejected, tries again, and pays."`
	Scenario    scenarioCommands   `cmd:"" help:"List, show, check and choose scenarios."`
	Clock       clockCommands      `cmd:"" help:"Show and move a tenant's clock."`
	Webhook     webhookCommands    `cmd:"" help:"Take webhooks to an application, look at them, and send them again."`
	Settings    settingsCommands   `cmd:"" help:"Show and change what a tenant has set itself."`
	Customer    customerCommands   `cmd:"" help:"Make customers in any state, and look at them."`
	Fund        fundCommand        `cmd:"" help:"Put money into a wallet."`
	Reset       resetCommand       `cmd:"" help:"Make a tenant empty again, under the same scenario and settings."`
	State       stateCommands      `cmd:"" help:"Keep, compare and go back to a tenant's state."`
	Journal     journalCommands    `cmd:"" help:"Look at the last requests of a tenant."`
	Bug         bugCommands        `cmd:"" help:"Record a run of a tenant in a file."`
	Replay      replayCommand      `cmd:"" help:"Play a bug file in a sandbox of its own; exit with 1 where a reply is another than it was."`
	Verify      verifyCommand      `cmd:"" help:"Verify which requests came; exit code 1 if it does not hold."`
	Wait        waitCommand        `cmd:"" help:"Wait for a state or an event; exit code 1 if it does not come, with what is pending."`
	Coverage    coverageCommands   `cmd:"" help:"Show what an application has never met; exit code 1 if it is too much."`
	Timeline    timelineCommand    `cmd:"" help:"Tell what has happened to a customer, and what is pending."`
	Events      eventsCommand      `cmd:"" help:"List what has happened in a tenant."`
	Explain     explainCommand     `cmd:"" help:"Explain what stands in the way of a call, or a refusal."`
	Magic       magicCommand       `cmd:"" help:"List every value that makes a scenario act."`
	Data        dataCommands       `cmd:"" help:"Save what is whole in a damaged data file."`
	Spec        specCommand        `cmd:"" help:"Print an OpenAPI document."`
	Doctor      doctorCommand      `cmd:"" help:"Examine what serve would need, or has: address, files, who can reach it, clock, variables; exit code 1 if something is wrong. It changes nothing."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask a running sandbox whether it is ready."`
	Completion  completionCommand  `cmd:"" help:"Print what makes a shell complete commands, flags, values and names of scenarios."`
	Complete    completeCommand    `cmd:"" name:"__complete" hidden:"" help:"Print what a word may become."`
	Help        helpCommand        `cmd:"" help:"Print what a command takes."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

type serveCommand struct {
	Addr string `help:"Address to listen on; localhost is both loopback addresses." default:"localhost:8080" env:"SANDBOX_ADDR" placeholder:"HOST:PORT"`
	sandboxFlags
	Quiet bool `help:"Log no lines for requests and timers." short:"q" env:"SANDBOX_QUIET"`
}

// sandboxFlags say what a sandbox is like, wherever it listens.
type sandboxFlags struct {
	Data           string         `help:"Data file; without one everything is in memory." env:"SANDBOX_DATA" placeholder:"FILE"`
	Store          string         `help:"URL of a PostgreSQL database that several sandboxes share, in place of a data file." env:"SANDBOX_STORE" placeholder:"URL"`
	Reads          string         `help:"What reads see with --store: ${enum}. Latest is all that was answered before, by whichever sandbox; local is faster and may be older." enum:"latest,local" default:"latest" env:"SANDBOX_READS"`
	State          string         `help:"File of an exported state, which a tenant has that has nothing yet: the one from which it was exported." env:"SANDBOX_STATE" placeholder:"FILE"`
	Durability     string         `help:"When a commit reaches the disk: ${enum}." enum:"always,second,never" default:"second" env:"SANDBOX_DURABILITY"`
	DelayScale     app.DelayScale `help:"Part of a delay that a running clock waits: 1 is real time, 0 at once, 1s/24h makes a day last a second." default:"1s/24h" env:"SANDBOX_DELAY_SCALE"`
	Headers        string         `help:"Header policy: ${enum}. Relaxed requires X-Tenant-ID and Authorization only." enum:"strict,relaxed" default:"strict" env:"SANDBOX_HEADERS"`
	Seed           string         `help:"Seed of ids, account numbers and tokens: the same seed gives the same. Without one ids are those of finhub-sandbox, and the tokens' key is random." env:"SANDBOX_SEED"`
	CheckResponses bool           `help:"Hold every reply to the document and report what breaks it." env:"SANDBOX_CHECK_RESPONSES"`
	Tenants        []string       `help:"Tenants that may be used, separated by commas; any if left out." env:"SANDBOX_TENANTS"`
	FixedTokens    bool           `help:"Accept the fixed tokens." default:"true" negatable:"" env:"SANDBOX_FIXED_TOKENS"`
	TenantKey      string         `help:"Key that logins must send, where the tenant's settings name no other; any if left out." env:"SANDBOX_TENANT_KEY" placeholder:"KEY"`
	TenantSecret   string         `help:"Secret that logins must send, where the tenant's settings name no other; any if left out." env:"SANDBOX_TENANT_SECRET" placeholder:"SECRET"`
	Scenario       []string       `help:"Scenario to load: the name of a built-in one, a file, or a directory; can be repeated. The last name governs new customers." complete:"scenario" env:"SANDBOX_SCENARIO" placeholder:"NAME|FILE|DIR"`
	ScenarioYAML   string         `help:"Scenario as text, for where no file can be put; it governs new customers unless --scenario names another." name:"scenario-yaml" env:"SANDBOX_SCENARIO_YAML" placeholder:"YAML"`
	ControlAddr    string         `help:"Address of a listener of its own for /_sandbox, which is then not served on --addr." env:"SANDBOX_CONTROL_ADDR" placeholder:"HOST:PORT"`
	ControlToken   string         `help:"Token that control calls must send as bearer token; none if left out." env:"SANDBOX_CONTROL_TOKEN" placeholder:"TOKEN"`
	Hosts          []string       `help:"Further host names by which calls may name the sandbox and whose web pages may call the product, separated by commas." env:"SANDBOX_HOSTS" placeholder:"HOST"`
	Cors           app.Pages      `help:"Origins of the web pages that may call the product from a browser, separated by commas, or off; those of this machine and of --hosts unless set." env:"SANDBOX_CORS" placeholder:"ORIGIN,...|off"`
	WebhookHosts   []string       `help:"Hosts to which webhooks may be sent, *.example.com for all that end so; any unless set." env:"SANDBOX_WEBHOOK_HOSTS" placeholder:"NAME,..."`
	Journal        int            `help:"How many of the last requests of each tenant are kept to be looked at; 0 keeps none." default:"1000" env:"SANDBOX_JOURNAL" placeholder:"ENTRIES"`
	LogFormat      string         `help:"Form of the log: ${enum}. In json the first line of the output says where the sandbox listens." enum:"text,json" default:"text" env:"SANDBOX_LOG_FORMAT"`
}

type specCommand struct {
	Format  string `help:"Form of the document: ${enum}." enum:"yaml,json" default:"yaml"`
	Control bool   `help:"Print the control API's document instead of the product's."`
}

type healthcheckCommand struct {
	Addr string `help:"Address of the sandbox's control API." default:"localhost:8080" env:"SANDBOX_CONTROL_ADDR,SANDBOX_ADDR" placeholder:"HOST:PORT"`
}

// healthTimeout is how long a sandbox that is well may take to say so.
const healthTimeout = 5 * time.Second

type versionCommand struct{}

// command is what every command of the line can do.
type command interface {
	// run does the command and gives the exit code.
	run(ctx context.Context, stdout, stderr io.Writer) int
}

// The exit codes: everything else than 0 has one line on standard error, and
// before it one for each mistake in a scenario.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(exitFailed) // Who asks twice does not want to wait.
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program: it reads the command line, does one command and gives the
// exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var line commandLine
	if err := forgetEmptyVariables(); err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	exited := -1
	parser := kong.Must(&line,
		kong.Name(programName),
		kong.Description("A local stand-in for FinHub's banking API v2.1. Unofficial."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.Vars{"version": version},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		return fail(stderr, exitUsage, usage(err))
	}
	return parsed.Selected().Target.Interface().(command).run(ctx, stdout, stderr)
}

// forgetEmptyVariables lets an empty variable count as one that is not set:
// compose files and CI pass on variables that nobody has given a value.
func forgetEmptyVariables() error {
	var faults []error
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if value == "" && strings.HasPrefix(name, "SANDBOX_") {
			faults = append(faults, os.Unsetenv(name))
		}
	}
	return errors.Join(faults...)
}

func fail(stderr io.Writer, code int, message string) int {
	_, _ = fmt.Fprintln(stderr, "finhub-sandbox:", message)
	return code
}

func (f sandboxFlags) configAt(addr string) app.Config {
	return app.Config{
		Addr: addr, Data: f.Data, Database: f.Store, LocalReads: f.Reads == "local", State: f.State, Durability: store.Durability(f.Durability), Seed: f.Seed, CheckResponses: f.CheckResponses, Tenants: f.Tenants,
		NoFixedTokens: !f.FixedTokens, Version: version,
		Scenarios: f.Scenario, ScenarioYAML: f.ScenarioYAML, ControlAddr: f.ControlAddr, ControlToken: f.ControlToken, Hosts: f.Hosts, Pages: f.Cors, WebhookHosts: f.WebhookHosts, Journal: new(f.Journal), LogFormat: f.LogFormat,
		Settings: setting.Settings{
			DelayScale: new(float64(f.DelayScale)), Headers: f.Headers, TenantKey: f.TenantKey, TenantSecret: f.TenantSecret,
		},
	}
}

func (c serveCommand) config() app.Config {
	config := c.configAt(c.Addr)
	config.Quiet = c.Quiet
	return config
}

func (c serveCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	config := c.config()
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGHUP)
	defer signal.Stop(again)
	config.ReadAgain = again
	sandbox, listeners, err := open(config, stderr)
	if err != nil {
		return fail(stderr, exitUsage, err.Error())
	}
	sandbox.Greet(stdout, listeners)
	go app.TendCollector(ctx)
	if err := errors.Join(sandbox.Serve(ctx, listeners), sandbox.Close()); err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	return exitOK
}

// open opens a sandbox and its listeners. The error is one line that says what to do.
func open(config app.Config, stderr io.Writer) (*app.App, app.Listeners, error) {
	listeners, err := app.Listen(config)
	if err != nil {
		return nil, app.Listeners{}, err
	}
	sandbox, err := app.Open(config, stderr)
	if err != nil {
		return nil, app.Listeners{}, errors.Join(errors.New(app.Explain(err, config.Data)), listeners.Close())
	}
	return sandbox, listeners, nil
}

func (c specCommand) run(_ context.Context, stdout, stderr io.Writer) int {
	document := spec.Product()
	if c.Control {
		document = spec.Control()
	}
	var err error
	if c.Format == "yaml" {
		document, err = spec.YAML(document)
	}
	if err == nil {
		_, err = stdout.Write(document)
	}
	if err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	return exitOK
}

func (c healthcheckCommand) run(ctx context.Context, stdout, stderr io.Writer) int {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	answer, err := client.GetHealth.Call(ctx, client.Client{Addr: c.Addr}, nil)
	if err != nil {
		return fail(stderr, exitFailed, err.Error())
	}
	_, _ = fmt.Fprintln(stdout, string(answer))
	return exitOK
}

func (c versionCommand) run(_ context.Context, stdout, _ io.Writer) int {
	_, _ = fmt.Fprintln(stdout, version)
	return exitOK
}
