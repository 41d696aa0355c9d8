// Package app wires the sandbox together: configuration, listener, driver of
// the clocks, start and stop. It is the only place that reads the wall clock.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/setting"
	"finhub-sandbox/internal/store"
)

// Config is everything that can be set when the sandbox is started.
type Config struct {
	// Addr is where it listens.
	Addr string
	// Data is the data file; empty keeps everything in memory.
	Data string
	// Database is the URL of a database that several sandboxes share; empty is none. It has
	// a secret.
	Database string
	// LocalReads lets those who read see what this process has of the database, which may be
	// older than what another has answered.
	LocalReads bool
	Durability store.Durability
	// State is the file of an exported state that its tenant has, if that has nothing
	// yet; empty is none.
	State string
	// Settings are for the tenants for whom neither they nor their scenarios have
	// set anything else; what is not set is built in.
	Settings setting.Settings
	// Seed makes ids, account numbers and tokens; without one ids and account
	// numbers come from DefaultSeed, and tokens are signed with a random key.
	Seed string
	// CheckResponses holds every reply to the document and reports what breaks it.
	CheckResponses bool
	// CheckShared holds what only reads to changing nothing of what it reads; tests ask
	// for it.
	CheckShared bool
	// Tenants restricts the tenants; empty allows any.
	Tenants []string
	// NoFixedTokens switches the fixed tokens off.
	NoFixedTokens bool
	// Scenarios are the names, files and directories of the scenarios that are
	// loaded beside the built-in ones. The last name governs new customers;
	// without a name, the only file's scenario does.
	Scenarios []string
	// ScenarioYAML is the text of a scenario that is loaded as a file's is; it governs
	// new customers unless a name does.
	ScenarioYAML string
	// ReadAgain tells that the scenario files are to be read now; nil is nobody.
	ReadAgain <-chan os.Signal
	// ControlAddr is the address of a listener of its own for the control API;
	// empty serves it on Addr.
	ControlAddr string
	// ControlToken must be sent with every control call that shows or changes a
	// tenant; empty asks for none.
	ControlToken string
	// Hosts are further host names by which control calls may name the sandbox.
	Hosts []string
	// Pages are the web pages that may call the product; the zero value are those of
	// this machine and of Hosts.
	Pages Pages
	// WebhookHosts restricts the hosts to which webhooks are sent; empty allows any.
	WebhookHosts []string
	// WebhookTime is how long an attempt to send one may take; 0 is ten seconds.
	WebhookTime time.Duration
	// WebhookNames finds the addresses of hosts to which webhooks are sent; nil is the
	// system's. Tests give one that finds none.
	WebhookNames *net.Resolver
	// Journal is how many of the last requests of each tenant are kept; nil is a
	// thousand, and with 0 there is no journal.
	Journal *int
	// Quiet leaves the lines for requests and timers out of the log.
	Quiet bool
	// LogFormat is the form of the log, LogText or LogJSON; empty is the former.
	LogFormat string
	Version   string
	// Now is the wall clock; nil is the real one. Tests give their own.
	Now func() time.Time
	// Wait waits for the delays of faults; nil waits in real time. Tests give
	// their own.
	Wait func(context.Context, time.Duration) error
	// Through stands between the sandbox and its data file; nil is nothing. Tests
	// give a file that fails.
	Through func(store.File) store.File
	// Store stands between the sandbox and its store; nil is nothing. Tests give one
	// that counts transactions, or runs each twice.
	Store func(store.Store) store.Store
	// BodyTime is how long the body of a request may take to come; 0 is half a
	// minute.
	BodyTime time.Duration
	// Reloaded is told when changed scenario files were taken over, or why they
	// were not. Tests wait for it; nil is nobody.
	Reloaded func(error)
	// LookTime is how often scenario files are looked at where the system tells of
	// no change; 0 is every second.
	LookTime time.Duration
	// StopTime is how long requests may go on when the sandbox is stopped; 0 is two
	// seconds. After it they are cut short, and after twice as long cut off.
	StopTime time.Duration
}

// DefaultSeed makes the ids and account numbers of a sandbox without a seed: the
// same for everybody, so that examples can be followed.
const DefaultSeed = "finhub-sandbox"

// Pages are web pages that may call the product from a browser, as people write them
// at the start: their origins, separated by commas, or off.
type Pages rest.Pages

// UnmarshalText reads a list of origins, or off.
func (p *Pages) UnmarshalText(text []byte) error {
	*p = Pages{}
	if strings.EqualFold(string(text), "off") {
		p.Off = true
		return nil
	}
	for origin := range strings.SplitSeq(string(text), ",") {
		origin = strings.TrimSuffix(strings.TrimSpace(origin), "/")
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Scheme+"://"+strings.ToLower(u.Host) != strings.ToLower(origin) {
			return fmt.Errorf("%q is no origin of web pages, such as https://app.example or http://localhost:3000, nor off", origin)
		}
		p.Origins = append(p.Origins, u.Scheme+"://"+strings.ToLower(u.Host))
	}
	return nil
}

// String is as people write it.
func (p Pages) String() string {
	if p.Off {
		return "off"
	}
	return strings.Join(p.Origins, ",")
}

// DelayScale is the setting delayScale as people write it at the start: a number
// (1 is real time, 0 is at once), or a quotient of two durations such as 1s/24h,
// by which a day takes a second.
type DelayScale float64

// DefaultDelayScale makes a day last a second.
const DefaultDelayScale = "1s/24h"

// UnmarshalText reads a number or a quotient of durations.
func (d *DelayScale) UnmarshalText(text []byte) error {
	wait, whole, quotient := strings.Cut(string(text), "/")
	if !quotient {
		n, err := strconv.ParseFloat(wait, 64)
		if err != nil || !(n >= 0 && n <= 1) { // NaN is neither.
			return fmt.Errorf("%q is neither a number from 0 to 1 nor a quotient such as %s", text, DefaultDelayScale)
		}
		*d = DelayScale(n)
		return nil
	}
	a, errWait := time.ParseDuration(wait)
	b, errWhole := time.ParseDuration(whole)
	if err := errors.Join(errWait, errWhole); err != nil || a < 0 || b <= 0 || a > b {
		return fmt.Errorf("%q is neither a number from 0 to 1 nor a quotient such as %s", text, DefaultDelayScale)
	}
	*d = DelayScale(float64(a) / float64(b))
	return nil
}

// String says how long a day takes.
func (d DelayScale) String() string {
	return fmt.Sprintf("a day takes %s", time.Duration(float64(24*time.Hour)*float64(d)).Round(time.Millisecond))
}
