package guide

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Instance is the sandbox for which the first calls are worded.
type Instance struct {
	// Product and Control are host and port of each API.
	Product, Control string
	// Tokens are those that are accepted without a login.
	Tokens []string
	// Tenant is the one in which the calls act.
	Tenant string
}

// hostForm is a host that can stand in a command as it is.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9.:\[\]_-]+$`)

// Host gives a host as it was asked for, if it can stand in a command, or another.
func Host(asked, otherwise string) string {
	if hostForm.MatchString(asked) {
		return asked
	}
	return otherwise
}

// Quickstart words three calls that can be pasted into a shell: a registration, a
// verification, and the day that it takes.
func Quickstart(product []byte, in Instance) (string, error) {
	d, operations, err := read(product)
	if err != nil {
		return "", err
	}
	byID := map[string]operation{}
	for _, o := range operations {
		byID[o.ID] = o
	}
	register, verify := byID["registerIndividual"], byID["submitIndividualVerification"]
	var b strings.Builder
	fmt.Fprintf(&b, "# finhub-sandbox on %s. Everything below can be pasted into a shell.\n#\n# Product: http://%s%s   Control: http://%s/_sandbox   Viewer: http://%s/_sandbox/docs\n", in.Product, in.Product, d.Servers[0].URL, in.Control, in.Control)
	if len(in.Tokens) == 0 {
		b.WriteString("# Fixed tokens are switched off: put the token of a login in the place of TOKEN.\n")
		in.Tokens = []string{"TOKEN"}
	} else {
		fmt.Fprintf(&b, "# Tokens without a login: %s\n", strings.Join(in.Tokens, ", "))
	}
	fmt.Fprintf(&b, "\nAPI=http://%s%s\nHEADERS=(-H 'Authorization: Bearer %s' -H 'Content-Type: application/json'", in.Product, d.Servers[0].URL, in.Tokens[0])
	for _, p := range d.headers(register) {
		value := fmt.Sprint(p.Example)
		if p.Name == "X-Tenant-ID" {
			value = in.Tenant
		}
		fmt.Fprintf(&b, " \\\n  -H '%s: %s'", p.Name, value)
	}
	b.WriteString(")\n\n# 1. Somebody registers.\n")
	fmt.Fprintf(&b, "ID=$(curl -sS \"$API%s\" \"${HEADERS[@]}\" \\\n  -d '%s' \\\n  | sed -E 's/.*\"data\":\\{\"id\":\"([^\"]+)\".*/\\1/')\necho \"customer $ID\"\n", register.path, flat(register.body()))
	b.WriteString("\n# 2. Papers are handed in.\n")
	fmt.Fprintf(&b, "curl -sS \"$API%s\" \"${HEADERS[@]}\" \\\n  -d '%s'\n", strings.ReplaceAll(verify.path, "{customerId}", "$ID"), flat(verify.body()))
	b.WriteString("\n\n# 3. A day passes, and somebody has looked at them.\n")
	fmt.Fprintf(&b, "curl -sS http://%s/_sandbox/clock/advance -H 'X-Tenant-ID: %s' -H 'Content-Type: application/json' -d '{\"by\": \"24h\"}'\n", in.Control, in.Tenant)
	return b.String(), nil
}

// flat writes a body in one line that stands between single quotes.
func flat(body string) string {
	var out bytes.Buffer
	if err := json.Compact(&out, []byte(body)); err != nil {
		return body
	}
	return strings.ReplaceAll(out.String(), "'", `'\''`)
}
