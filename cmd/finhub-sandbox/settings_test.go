package main

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
)

// TestReadmeListsEverySetting holds the table of docs/settings.md to the flags of serve:
// each with its variable and, where it has one, its default.
func TestReadmeListsEverySetting(t *testing.T) {
	text, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(--[a-z-]+)` \\| `([A-Z_]+)` \\| (.+?) \\|").FindAllStringSubmatch(string(text), -1) {
		listed[row[1]] = row[2:]
	}
	// Some defaults read better in words.
	inWords := map[string]string{"true": "on"}
	for _, flag := range serveFlags(kong.Must(new(commandLine))) {
		name := "--" + flag.Name
		row, ok := listed[name]
		if !ok {
			t.Errorf("the table of settings lacks %s", name)
			continue
		}
		delete(listed, name)
		if got := strings.Join(flag.Envs, ","); got != row[0] {
			t.Errorf("the page names the variable %s for %s, which is %s", row[0], name, got)
		}
		want := inWords[flag.Default]
		if want == "" {
			want = fmt.Sprintf("`%s`", flag.Default)
		}
		if flag.Default != "" && row[1] != want {
			t.Errorf("the page names the default %s for %s, which is %s", row[1], name, want)
		}
	}
	for name := range listed {
		t.Errorf("the table of settings has %s, which serve does not know", name)
	}
}

func serveFlags(parser *kong.Kong) []*kong.Flag {
	return parser.Model.Children[slices.IndexFunc(parser.Model.Children, func(n *kong.Node) bool { return n.Name == "serve" })].Flags
}

// TestEveryFlagIsPassedOn gives each flag of serve another value than it has by
// itself: the sandbox must be configured otherwise.
func TestEveryFlagIsPassedOn(t *testing.T) {
	config := func(args ...string) app.Config {
		t.Helper()
		var line commandLine
		if _, err := kong.Must(&line).Parse(append([]string{"serve"}, args...)); err != nil {
			t.Fatal(err)
		}
		return line.Serve.config()
	}
	usual := config()
	for _, flag := range serveFlags(kong.Must(new(commandLine))) {
		another := "--" + flag.Name + "=1"
		switch {
		case flag.Tag.Negatable != "":
			another = "--no-" + flag.Name
		case flag.IsBool():
			another = "--" + flag.Name
		case flag.Enum != "":
			values := slices.DeleteFunc(flag.EnumSlice(), func(value string) bool { return value == flag.Default })
			another = "--" + flag.Name + "=" + values[0]
		case flag.Name == "cors":
			another = "--cors=off"
		}
		if reflect.DeepEqual(config(another), usual) {
			t.Errorf("%s changes nothing", another)
		}
	}
}

// TestFlagsOfSettings holds the flags of serve to the table of settings: each
// setting of the server has one, which sets it and nothing else.
func TestFlagsOfSettings(t *testing.T) {
	parse := func(args ...string) setting.Settings {
		t.Helper()
		var line commandLine
		if _, err := kong.Must(&line).Parse(append([]string{"serve"}, args...)); err != nil {
			t.Fatal(err)
		}
		return line.Serve.config().Settings
	}
	usual := parse()
	usual.Complete(setting.BuiltIn())
	if !reflect.DeepEqual(&usual, setting.BuiltIn()) {
		t.Errorf("without flags the settings are %+v", usual)
	}
	flags := map[string]*kong.Flag{}
	for _, flag := range serveFlags(kong.Must(new(commandLine))) {
		flags[flag.Name] = flag
	}
	for _, row := range setting.Of(setting.Server | setting.Tenant | setting.Scenario) {
		name := strings.ToLower(regexp.MustCompile("[A-Z]").ReplaceAllString(row.Name, "-$0"))
		flag := flags[name]
		if (flag != nil) != (row.By&setting.Server != 0) {
			t.Errorf("serve has --%s: %t", name, flag != nil)
		}
		if flag == nil {
			continue
		}
		got, want := setting.Settings{}, setting.Settings{}
		switch f := row.Form.(type) {
		case setting.Word:
			word := f.Words[len(f.Words)-1]
			got, *f.At(&want) = parse("--"+name+"="+word), word
			if flag.Enum != strings.Join(f.Words, ",") {
				t.Errorf("--%s takes %s", name, flag.Enum)
			}
		case setting.Number:
			got, *f.At(&want) = parse("--"+name+"="+fmt.Sprint(f.Most)), &f.Most
		case setting.Text:
			got, *f.At(&want) = parse("--"+name+"=text"), "text"
		case setting.Secret:
			got, *f.At(&want) = parse("--"+name+"=text"), "text"
		}
		got.Complete(setting.BuiltIn())
		want.Complete(setting.BuiltIn())
		if !reflect.DeepEqual(got, want) {
			t.Errorf("--%s sets %+v, want %+v", name, got, want)
		}
	}
}

// TestOpenLoginsAreTold at the start: whoever switches the fixed tokens off
// believes the door shut.
func TestOpenLoginsAreTold(t *testing.T) {
	for _, c := range []struct {
		args []string
		open bool
	}{
		{nil, false},
		{[]string{"--no-fixed-tokens"}, true},
		{[]string{"--no-fixed-tokens", "--tenant-key=k3y"}, false},
	} {
		server := startServe(t, append([]string{"--addr=127.0.0.1:0"}, c.args...)...)
		if strings.Contains(server.greeting, "OPEN") != c.open {
			t.Errorf("serve %q says\n%s", c.args, server.greeting)
		}
	}
}
