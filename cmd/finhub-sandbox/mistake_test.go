package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// leaves are all commands that can be given, without the words for shells.
func leaves(t *testing.T) []*kong.Node {
	t.Helper()
	list := model().Leaves(true)
	if len(list) < 50 {
		t.Fatalf("there are only %d commands", len(list))
	}
	return list
}

// namesOf are the words with which a command is called.
func namesOf(node *kong.Node) []string {
	return strings.Fields(strings.TrimPrefix(node.FullPath(), programName))
}

// given are the words of a command with every argument and flag that it needs.
func given(node *kong.Node) []string {
	args := namesOf(node)
	for _, flag := range node.Flags {
		if flag.Required {
			args = append(args, "--"+flag.Name+"=x")
		}
	}
	for _, argument := range node.Positional {
		switch {
		case !argument.Required:
		case argument.Enum != "":
			args = append(args, argument.EnumSlice()[0])
		default:
			args = append(args, "1") // Where a number is wanted, it is one.
		}
	}
	return args
}

// TestEveryMistakeOfTheCallerEndsWith2 makes of every command what can be wrong on a
// command line: nothing happens, and one line says what is wrong.
func TestEveryMistakeOfTheCallerEndsWith2(t *testing.T) {
	tried := map[string]int{}
	for _, node := range leaves(t) {
		wrong := func(kind string, args []string, says string) {
			tried[kind]++
			code, stdout, stderr := runOnce(args...)
			if code != exitUsage || stdout != "" {
				t.Errorf("%s: %q ends with %d and prints %q", kind, args, code, stdout)
			}
			checkLine(t, stderr, says)
		}
		passes := slices.ContainsFunc(node.Positional, func(a *kong.Positional) bool { return a.Passthrough })
		wrong("unknown flag", append(namesOf(node), "--no-such-flag"), "--no-such-flag")
		if args := given(node); !passes {
			wrong("unknown flag behind all", append(args, "--no-such-flag"), "--no-such-flag")
		}
		if len(given(node)) > len(namesOf(node)) && node.Parent.DefaultCmd != node {
			wrong("something missing", namesOf(node), "")
		}
		if len(node.Positional) == 0 {
			wrong("too much", append(given(node), "superfluous"), "superfluous")
		}
		for _, flag := range node.Flags {
			kind := flag.Target.Kind().String()
			switch {
			case flag.Enum != "", kind == "int", kind == "int64", kind == "float64":
				wrong("bad value", append(namesOf(node), "--"+flag.Name+"=nonsense"), "--"+flag.Name)
			case !flag.IsBool():
				wrong("no value", append(namesOf(node), "--"+flag.Name), "--"+flag.Name)
			}
		}
	}
	for kind, n := range tried {
		t.Logf("%s: %d times", kind, n)
	}
}

// commandOf is the command that words begin with.
func commandOf(words []string) *kong.Node {
	node := model().Node
	for _, word := range words {
		if child := childOf(node, word); child != nil {
			node = child
		}
	}
	return node
}

// TestWhatTheSandboxDoesNotKnowEndsWith2: names and values of which only the sandbox
// knows that they are wrong.
func TestWhatTheSandboxDoesNotKnowEndsWith2(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0")
	none := t.TempDir() + "/none"
	covered := map[string]bool{}
	for _, c := range []struct {
		line, says string
	}{
		{"scenario show kyc-rejectd", "did you mean kyc-rejected"},
		{"scenario use kyc-rejectd", "did you mean kyc-rejected"},
		{"scenario use " + none + ".yaml", "no such file"},
		{"clock freeze --at=noon", "at"},
		{"clock advance --by=long", "by"},
		{"clock advance --to=noon", "to"},
		{"clock advance --until=customer.activted", "did you mean customer.activated"},
		{"webhook resend nope", "no webhook delivery"},
		{"webhook list --since=long", "since"},
		{"settings set headers=loose", "headers"},
		{"settings set headrs=strict", "headrs"},
		{"settings set headers", "NAME=VALUE"},
		{"customer create ACTVE", "ACTVE"},
		{"customer create ACTIVE --scenario=kyc-rejectd", "did you mean kyc-rejected"},
		{"customer show nope", "no customer nope"},
		{"fund nope 1.00", "nope"},
		{"fund nope much", "amount"},
		{"state restore nope", "nope"},
		{"state fork nope other", "nope"},
		{"state delete nope", "nope"},
		{"state diff nope @", "nope"},
		{"state import " + none, "no such file"},
		{"journal --status=much", "status"},
		{"journal --since=long", "since"},
		{"journal --operation=nope", "nope"},
		{"replay " + none, "no such file"},
		{"verify --operation=nope", "nope"},
		{"verify --status=much", "status"},
		{"verify --count=2 --within=long", "within"},
		{"wait customer nope ACTIVE", "nope"},
		{"wait customer nope ACTVE", "did you mean ACTIVE"},
		{"wait customer.activted", "did you mean customer.activated"},
		{"coverage --exclude=" + none, "no such file"},
		{"coverage --baseline=" + none, "no such file"},
		{"coverage merge " + none, "no such file"},
		{"timeline nope", "nope"},
		{"events --type=customer.activted", "did you mean customer.activated"},
		{"events --since=long", "since"},
		{"events --limit=0", "limit"},
		{"explain nope", "nope"},
		{"explain NOPE", "NOPE"},
		{"explain --request=99", "entries 1 to"},
		{"data salvage " + none + " --to=" + none + ".new", "no such file"},
		{"help clok", "did you mean"},
		{"help clock advnce", "did you mean"},
		{"completion tcsh", "bash"},
		{"magic --addr=localhost", "such as localhost:8080"},
		{"reset --addr=localhost", "such as localhost:8080"},
	} {
		args := strings.Fields(c.line)
		covered[args[0]] = true
		if !strings.Contains(c.line, "--addr") && slices.Contains(flagsOf(commandOf(args)), "--addr") {
			args = append(args, "--addr="+server.addr)
		}
		code, stdout, stderr := runCommand(t, args...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, c.says) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q ends with %d, prints %q and says %q", c.line, code, stdout, stderr)
		}
	}
	// What these can get wrong is seen without a sandbox.
	for _, name := range []string{"serve", "run", "demo", "bug", "doctor", "spec", "healthcheck", "version"} {
		covered[name] = true
	}
	for _, name := range commandsOf(model().Node) {
		if !covered[name] {
			t.Errorf("nothing is wrong with %s", name)
		}
	}
}

// TestATenantThatNobodyHasUsedIsTold, on standard error, whatever the verb.
func TestATenantThatNobodyHasUsedIsTold(t *testing.T) {
	server := startServe(t, "--addr=127.0.0.1:0")
	send(t, registrationOf(t, server.addr, "acme", "anna@example.com"))
	for _, c := range []struct {
		line string
		code int
		told bool
	}{
		{"customer list --tenant=acme", exitOK, false},
		{"customer list --tenant=acm", exitOK, true},
		{"customer list --tenant=acm --json", exitOK, true},
		{"customer list", exitOK, false},
		{"customer list --tenant=sandbox", exitOK, false},
		{"events --tenant=acm", exitOK, true},
		{"journal --tenant=acm", exitOK, true},
		{"timeline nope --tenant=acm", exitUsage, true},
		{"timeline nope --tenant=acme", exitUsage, false},
		{"events --type=nope --tenant=acm", exitUsage, false},
		{"clock freeze --tenant=new", exitOK, false},
	} {
		code, stdout, stderr := runCommand(t, append(strings.Fields(c.line), "--addr="+server.addr)...)
		if told := strings.Contains(stderr, "nobody has used it"); code != c.code || told != c.told || strings.Contains(stdout, "nobody") {
			t.Errorf("%q ends with %d and says %q", c.line, code, stderr)
		}
	}
}

func TestHelpOfACommand(t *testing.T) {
	for line, says := range map[string]string{"help": "Commands:", "help clock": "advance", "help clock advance": "--until", "help run": "--[no-]fixed-tokens"} {
		asked := append(strings.Fields(line)[1:], "--help")
		_, want, _ := runOnce(asked...)
		code, stdout, stderr := runOnce(strings.Fields(line)...)
		if code != exitOK || stdout != want || !strings.Contains(stdout, says) || stderr != "" {
			t.Errorf("%s ends with %d, %q and prints %q", line, code, stderr, stdout)
		}
	}
}

// What is not quite right is told what it was to be, also where it is far from it.
func TestDidYouMean(t *testing.T) {
	for line, meant := range map[string]string{
		"sevre":                   "serve",
		"scenrios":                "scenario",
		"explain --custmr=x":      "--customer",
		"serve --prot=80":         "",
		"serve --delayscale=1":    "--delay-scale",
		"serve --no-fixed-token":  "--no-fixed-tokens",
		"coverage --fail-undr=40": "--fail-under",
		"nothing-like-it":         "",
	} {
		code, _, stderr := runOnce(strings.Fields(line)...)
		if code != exitUsage || strings.Contains(stderr, "did you mean") != (meant != "") || !strings.Contains(stderr, meant) {
			t.Errorf("%s ends with %d: %s", line, code, stderr)
		}
	}
}
