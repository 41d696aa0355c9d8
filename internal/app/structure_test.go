package app_test

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

// layer is one package in the layout: what it may import of ours, and the
// outside modules that it may import.
type layer struct {
	dir     string
	imports []string
	outside []string
	// why gives the reason for each edge and each module that is beyond the
	// layer's own business.
	why string
}

// everythingBelow lets a layer import every package that stands below it.
const everythingBelow = "*"

// layout is the whole module, from the top down: arrows go only downwards.
var layout = []layer{
	{
		dir: "cmd/finhub-sandbox", imports: []string{"internal/app", "internal/client", "internal/coverage", "internal/doctor", "internal/recording", "internal/scenario", "internal/setting", "internal/statediff", "internal/store", "internal/domain/delivery", "spec"},
		outside: []string{"github.com/alecthomas/kong", "github.com/go-json-experiment/json"},
		why:     "spec: the command that prints a document needs no sandbox; setting: some of the flags are settings of tenants; store: the flag of the durability is read here; delivery: what verifies a signature needs no sandbox; scenario: what a misspelt word was to be; json: differences for scripts; recording: a bug file is read before anything is made of it; coverage: reports are joined and compared without a sandbox",
	},
	{
		dir: "sandboxtest", imports: []string{"internal/app", "internal/client", "internal/headers"},
		why: "client: what a test asks of its tenant are control calls, as everybody's are",
	},
	{
		dir:     "internal/generate",
		imports: []string{"internal/contract", "internal/sandbox", "internal/sandbox/world", "internal/scenario", "internal/store", "spec"},
		outside: []string{"github.com/getkin/kin-openapi", "go.yaml.in/yaml/v4"},
		why:     "spec, yaml: what is documented and not served, and the flows, are read for the page of conformance; it is no part of the sandbox, and makes files: the schema of scenarios has what an empty sandbox lets them speak about",
	},
	{
		dir: "internal/doctor", imports: []string{"internal/app", "internal/client", "internal/scenario", "internal/store"},
		why: "app: what keeps a sandbox from starting is found by opening one; store: a data file is read and not changed; scenario: mistakes, and what a misspelt variable was to be",
	},
	{dir: "internal/golden", why: "only tests import it"},
	{dir: "internal/statediff", outside: []string{"github.com/go-json-experiment/json"}, why: "json: it compares texts without knowing what they say"},
	{
		dir: "internal/app", imports: []string{everythingBelow}, outside: []string{"github.com/fsnotify/fsnotify"},
		why: "fsnotify: scenario files are watched, which is the process's business",
	},
	{
		dir: "internal/api",
		imports: []string{
			"internal/fault", "internal/headers", "internal/rest", "internal/sandbox/government", "internal/sandbox/sessions", "internal/sandbox/accounts",
			"internal/sandbox/customers", "internal/sandbox/webhooks", "internal/sandbox/world", "internal/domain/access", "internal/domain/bank",
			"internal/domain/delivery", "internal/domain/machine",
			"internal/domain/money", "internal/domain/onboarding", "internal/domain/payments", "internal/domain/refusal",
		},
	},
	{
		dir: "internal/control",
		imports: []string{
			"internal/client", "internal/coverage", "internal/guide", "internal/headers", "internal/journal", "internal/metrics", "internal/recording", "internal/rest", "internal/sandbox/accounts", "internal/sandbox/customers", "internal/sandbox/explain", "internal/sandbox/fixtures", "internal/sandbox/government", "internal/sandbox/sessions", "internal/sandbox/timeline", "internal/sandbox/webhooks", "internal/sandbox/world", "internal/engine",
			"internal/scenario", "internal/setting", "internal/webhook", "internal/domain/access", "internal/domain/delivery",
			"internal/domain/machine", "internal/domain/money", "internal/domain/onboarding", "internal/domain/payments", "internal/domain/refusal", "spec",
		},
		outside: []string{"github.com/go-json-experiment/json"},
		why:     "client: by which name a listener is called; webhook: who listens takes from its sender; json: what streams is no reply that is written as one; spec: it serves the documents; engine: clocks, events and tables are its own and shown as they are; scenario: so are rules and mistakes",
	},
	{
		dir: "internal/console",
		imports: []string{
			"internal/client", "internal/console/diagram", "internal/headers", "internal/journal", "internal/recording", "internal/rest", "internal/sandbox/customers", "internal/sandbox/fixtures", "internal/sandbox/timeline",
			"internal/sandbox/accounts", "internal/sandbox/webhooks", "internal/sandbox/world", "internal/engine", "internal/domain/access", "internal/domain/machine", "internal/domain/money", "internal/domain/onboarding", "internal/domain/payments", "internal/domain/delivery",
		},
		outside: []string{"github.com/swaggest/swgui", "github.com/go-json-experiment/json"},
		why:     "client: pages are made of what control calls answer, as the command line's tables are; sandbox, domain: some of what is shown of a tenant no control call tells; json: pointers are spelt by it; swgui: the viewer of the documents, of which we take the parts",
	},
	{dir: "internal/console/diagram", imports: []string{"internal/domain/machine"}},
	{dir: "internal/client", imports: []string{"internal/headers"}},
	{
		dir: "internal/recording", imports: []string{"internal/headers", "internal/journal", "internal/rest", "internal/webhook", "internal/domain/refusal"},
		outside: []string{"github.com/go-json-experiment/json"},
		why:     "rest: the exchange is what it keeps; journal: which values are secrets is found there; webhook: what came of attempts is kept too; json: it rewrites states as they pass",
	},
	{dir: "internal/guide", imports: []string{"internal/domain/refusal"}},
	{
		dir: "internal/journal", imports: []string{"internal/headers", "internal/lately", "internal/rest", "internal/domain/machine"},
		outside: []string{"github.com/go-json-experiment/json"},
		why:     "rest: the exchange is what it keeps; machine: the rules that acted are shown as they are; json: how places in bodies are spelt",
	},
	{
		dir: "internal/coverage", imports: []string{"internal/fault", "internal/lately", "internal/rest", "internal/contract", "internal/engine", "internal/domain/delivery", "internal/domain/machine", "internal/domain/refusal"},
		outside: []string{"go.yaml.in/yaml/v4"},
		why:     "yaml: what does not count is written by people; contract, engine, machine: what exists is what documents and tables have; rest: the exchange is what it counts; delivery: which table is that of webhooks",
	},
	{dir: "internal/lately", why: "those who look back each keep something for the tenants that are busy"},
	{
		dir: "internal/webhook",
		imports: []string{
			"internal/headers", "internal/sandbox/webhooks", "internal/sandbox/world", "internal/engine", "internal/domain/access", "internal/domain/delivery",
		},
		why: "engine: what came of an attempt is an event of whoever moves the clock",
	},
	{
		dir:     "internal/rest",
		imports: []string{"internal/contract", "internal/fault", "internal/headers", "internal/domain/access", "internal/domain/machine", "internal/domain/refusal"},
		outside: []string{"github.com/labstack/echo/v4", "github.com/agnivade/levenshtein", "github.com/go-json-experiment/json"},
		why:     "access: the caller is its Caller; machine: ids have one form, in paths as in records; levenshtein: what a misspelt path was to be",
	},
	{
		dir: "internal/contract", outside: []string{"github.com/getkin/kin-openapi", "github.com/go-json-experiment/json"},
	},
	{
		dir: "internal/sandbox",
		imports: []string{
			"internal/sandbox/government", "internal/sandbox/sessions", "internal/sandbox/accounts", "internal/sandbox/customers",
			"internal/sandbox/webhooks", "internal/sandbox/world", "internal/engine", "internal/domain/access", "internal/domain/delivery",
			"internal/domain/machine", "internal/domain/onboarding", "internal/domain/payments", "internal/domain/refusal",
		},
		why: "domain: an imported state is held to what the records of all areas say of each other",
	},
	{
		dir: "internal/sandbox/fixtures",
		imports: []string{
			"internal/sandbox/customers", "internal/sandbox/world", "internal/scenario", "internal/fake", "internal/domain/access", "internal/domain/machine",
			"internal/domain/onboarding", "internal/domain/refusal",
		},
		why: "scenario: what a misspelt word was to be",
	},
	{
		dir: "internal/sandbox/explain",
		imports: []string{
			"internal/sandbox/government", "internal/sandbox/accounts", "internal/sandbox/customers", "internal/sandbox/world", "internal/domain/machine", "internal/domain/onboarding",
		},
		why: "government: whom names concern is known there",
	},
	{
		dir: "internal/sandbox/timeline",
		imports: []string{
			"internal/sandbox/customers", "internal/sandbox/webhooks", "internal/sandbox/world", "internal/engine", "internal/domain/delivery", "internal/domain/machine", "internal/domain/refusal",
		},
		why: "customers, webhooks: what has happened to a customer is known there; engine: events are shown as they are",
	},
	{
		dir: "internal/sandbox/government",
		imports: []string{
			"internal/sandbox/accounts", "internal/sandbox/customers", "internal/sandbox/webhooks", "internal/sandbox/world", "internal/scenario", "internal/fake",
			"internal/domain/access", "internal/domain/delivery", "internal/domain/bank", "internal/domain/machine", "internal/domain/onboarding",
			"internal/domain/payments", "internal/domain/refusal", "internal/engine",
		},
		why: "accounts, customers: conditions ask about the chain to which something belongs",
	},
	{
		dir: "internal/sandbox/webhooks",
		imports: []string{
			"internal/headers", "internal/sandbox/world", "internal/engine", "internal/scenario", "internal/fake", "internal/domain/access",
			"internal/domain/delivery", "internal/domain/machine", "internal/domain/refusal",
		},
		why: "scenario: what conditions see of a delivery stands with the kind",
	},
	{
		dir: "internal/sandbox/sessions",
		imports: []string{
			"internal/sandbox/customers", "internal/sandbox/world", "internal/engine", "internal/fake", "internal/domain/access",
			"internal/domain/machine", "internal/domain/onboarding", "internal/domain/refusal",
		},
		outside: []string{"github.com/golang-jwt/jwt/v5"},
		why:     "customers: who is suspended cannot log in",
	},
	{
		dir: "internal/sandbox/accounts",
		imports: []string{
			"internal/sandbox/customers", "internal/sandbox/world", "internal/engine", "internal/scenario", "internal/fake",
			"internal/domain/access", "internal/domain/bank", "internal/domain/machine", "internal/domain/money",
			"internal/domain/onboarding", "internal/domain/payments", "internal/domain/refusal",
		},
		why: "customers: an account has an owner; scenario: what conditions see of a kind stands with the kind",
	},
	{
		dir: "internal/sandbox/customers",
		imports: []string{
			"internal/sandbox/world", "internal/engine", "internal/scenario", "internal/setting", "internal/fake", "internal/domain/access",
			"internal/domain/bank", "internal/domain/machine", "internal/domain/onboarding", "internal/domain/payments",
			"internal/domain/refusal",
		},
		outside: []string{"github.com/golang-jwt/jwt/v5"},
		why:     "payments: a registration shows the wallet that it opens; jwt: magic links",
	},
	{
		dir: "internal/sandbox/world",
		imports: []string{
			"internal/engine", "internal/scenario", "internal/setting", "internal/fake", "internal/store", "internal/domain/access",
			"internal/domain/bank", "internal/domain/delivery", "internal/domain/machine", "internal/domain/onboarding", "internal/domain/payments",
			"internal/domain/refusal", "scenarios",
		},
		outside: []string{"github.com/golang-jwt/jwt/v5"},
		why:     "store: it is handed one and hands it on to the engine; scenarios: the built-in ones; jwt: it signs tokens",
	},
	{
		dir: "internal/scenario", imports: []string{"internal/fault", "internal/headers", "internal/setting", "internal/domain/delivery", "internal/domain/machine"},
		outside: []string{"github.com/agnivade/levenshtein", "github.com/expr-lang/expr", "github.com/go-json-experiment/json", "go.yaml.in/yaml/v4"},
	},
	{
		dir: "internal/setting", imports: []string{"internal/domain/delivery", "internal/domain/machine", "internal/domain/payments"},
		why: "delivery: how webhooks are signed belongs to it; machine: delays are shown as they are written; payments: fees belong to its networks, and it knows how long orders live",
	},
	{
		dir: "internal/fake", imports: []string{"internal/domain/bank"}, outside: []string{"github.com/brianvoe/gofakeit/v6"},
		why: "bank: invented account numbers have the structure and the checksum of real ones",
	},
	{
		dir: "internal/engine", imports: []string{"internal/store", "internal/domain/machine", "internal/domain/refusal"},
		outside: []string{"github.com/go-json-experiment/json"},
		why:     "json: it reads and writes whole states as they pass",
	},
	{dir: "internal/store/storetest", imports: []string{"internal/store"}},
	{
		dir: "internal/store/postgres", imports: []string{"internal/store"}, outside: []string{"github.com/jackc/pgx/v5"},
		why: "pgx: its connections, and nothing above them: texts and bytes go in and come out",
	},
	{
		dir: "internal/store/postgres/postgrestest", outside: []string{"github.com/jackc/pgx/v5"},
		why: "only tests import it: databases are made and dropped by statements",
	},
	{
		dir: "internal/store", outside: []string{"github.com/tidwall/buntdb", "github.com/tidwall/btree", "github.com/gofrs/flock", "github.com/go-json-experiment/json"},
		why: "flock: two processes must not write one file; btree: BuntDB's own, for the rows of a tenant as it was",
	},
	{
		dir: "internal/domain/onboarding", imports: []string{"internal/domain/access", "internal/domain/machine", "internal/domain/refusal"},
		why: "access: roles are its words",
	},
	{
		dir:     "internal/domain/payments",
		imports: []string{"internal/domain/bank", "internal/domain/machine", "internal/domain/money", "internal/domain/refusal"},
		why:     "bank: account numbers are compared in their normal form",
	},
	{dir: "internal/domain/delivery", imports: []string{"internal/domain/machine", "internal/domain/refusal"}},
	{dir: "internal/domain/access", imports: []string{"internal/domain/machine", "internal/domain/refusal"}},
	{
		dir: "internal/domain/money", outside: []string{"github.com/bojanz/currency"},
		why: "currency: the digits and codes of all currencies are data that somebody else keeps up to date",
	},
	{dir: "internal/domain/bank"},
	{dir: "internal/domain/machine", imports: []string{"internal/domain/refusal"}},
	{dir: "internal/domain/refusal"},
	{dir: "internal/fault"},
	{dir: "internal/headers"},
	{dir: "internal/metrics"},
	{dir: "spec", outside: []string{"go.yaml.in/yaml/v4"}},
	{dir: "scenarios"},
}

// sharedModules are the outside modules that several packages import, with the
// reason.
var sharedModules = map[string]string{
	"github.com/golang-jwt/jwt/v5":       "tokens are signed in one place, and read where those of a session and of a magic link are known",
	"github.com/agnivade/levenshtein":    "how far a word is from another is the same for paths and for scenarios",
	"github.com/getkin/kin-openapi":      "what bundles a document reads it as what loads it does",
	"github.com/go-json-experiment/json": "messages, documents and records are written by one encoder, in one form",
	"github.com/jackc/pgx/v5":            "tests make their databases with the library's own client, and the store speaks by its messages",
	"go.yaml.in/yaml/v4":                 "scenarios, exclusions and flows are read and documents written in one YAML",
}

// layerOf finds a package's place in the layout; -1 if it has none.
func layerOf(dir string) int {
	return slices.IndexFunc(layout, func(l layer) bool { return l.dir == dir })
}

// TestLayout holds every import of the program to the layout.
func TestLayout(t *testing.T) {
	present := map[string]bool{}
	for _, f := range programFiles(t) {
		present[f.dir] = true
		at := layerOf(f.dir)
		if at < 0 {
			t.Errorf("%s: package %s is not in the layout", f.name, f.dir)
			continue
		}
		for _, imported := range f.syntax.Imports {
			if target, ok := literal(imported.Path); ok {
				checkImport(t, f, layout[at], at, target)
			}
		}
	}
	for _, l := range layout {
		if !present[l.dir] {
			t.Errorf("the layout lists %s, which does not exist", l.dir)
		}
	}
}

func checkImport(t *testing.T, f goFile, l layer, at int, target string) {
	t.Helper()
	ours, own := strings.CutPrefix(target, modulePath+"/")
	switch {
	case own && layerOf(ours) <= at:
		t.Errorf("%s imports %s, which does not stand below %s", f.name, ours, l.dir)
	case own && !slices.Contains(l.imports, ours) && !slices.Contains(l.imports, everythingBelow):
		t.Errorf("%s imports %s, which the layout does not allow to %s", f.name, ours, l.dir)
	case !own && strings.Contains(strings.Split(target, "/")[0], "."):
		if !slices.ContainsFunc(l.outside, func(module string) bool { return target == module || strings.HasPrefix(target, module+"/") }) {
			t.Errorf("%s imports %s, which the layout does not allow to %s", f.name, target, l.dir)
		}
	}
}

// TestOutsideModulesHaveOneUser: whoever wants to replace a module has one
// package to look at.
func TestOutsideModulesHaveOneUser(t *testing.T) {
	users := map[string][]string{}
	for _, l := range layout {
		for _, module := range l.outside {
			users[module] = append(users[module], l.dir)
		}
	}
	for module, dirs := range users {
		if len(dirs) > 1 && sharedModules[module] == "" {
			t.Errorf("%s is imported by %v", module, dirs)
		}
	}
}

// TestNobodyElseReadsTheClock: the wall clock is read and waited for in
// internal/app alone; everybody else is given an instant.
func TestNobodyElseReadsTheClock(t *testing.T) {
	clock := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
	for _, f := range programFiles(t) {
		if f.dir == "internal/app" {
			continue
		}
		f.selections(func(n *ast.SelectorExpr, target, name string) {
			if target == "time" && slices.Contains(clock, name) {
				t.Errorf("%s: time.%s belongs to internal/app", f.at(n), name)
			}
		})
	}
}

// TestNothingIsRandom: whatever is invented comes from a seed, so that a run can
// be had again.
func TestNothingIsRandom(t *testing.T) {
	// What may be used of each: that which is given a seed.
	sources := map[string][]string{
		"math/rand":                       {"New", "NewSource", "NewZipf", "Rand", "Source", "Source64", "Zipf"},
		"math/rand/v2":                    {"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"},
		"github.com/brianvoe/gofakeit/v6": {"New", "NewUnlocked", "NewCustom", "Faker"},
		"crypto/rand":                     {},
	}
	// What must be random: a key that nobody else can make, and, of a client that
	// knows nothing of earlier runs, a name that none of them has used.
	unguessed := map[string]string{"internal/app": "crypto/rand.Text", "cmd/finhub-sandbox": "crypto/rand.Text"}
	for _, f := range programFiles(t) {
		f.selections(func(n *ast.SelectorExpr, target, name string) {
			if unguessed[f.dir] == target+"."+name {
				return
			}
			if seeded, random := sources[target]; random && !slices.Contains(seeded, name) {
				t.Errorf("%s: %s.%s does not come from a seed", f.at(n), path.Base(target), name)
			}
		})
	}
}

// TestPointersAreSpeltByTheirLibrary: nobody else knows how a JSON pointer writes a name
// with a slash in it.
func TestPointersAreSpeltByTheirLibrary(t *testing.T) {
	for _, f := range programFiles(t) {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && (strings.Contains(text.Value, "~0") || strings.Contains(text.Value, "~1")) {
				t.Errorf("%s: %s is what jsontext.Pointer is for", f.at(n), text.Value)
			}
			return true
		})
	}
}

// TestNothingHappensAtImport: there are no init functions, and package variables
// are tables that nobody writes to.
func TestNothingHappensAtImport(t *testing.T) {
	files := programFiles(t)
	variables := map[string]map[string]bool{}
	for _, f := range files {
		for _, declaration := range f.syntax.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s: there is an init function", f.at(d))
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					noteVariables(t, f, d, variables)
				}
			}
		}
	}
	for _, f := range files {
		f.writes(func(n ast.Node, dir, name string) {
			if variables[dir][name] {
				t.Errorf("%s: the package variable %s is written to", f.at(n), name)
			}
		})
	}
}

// setFromOutside are variables without a table in them: the linker sets one, the
// command line of tests the other.
var setFromOutside = map[string]string{"cmd/finhub-sandbox": "version", "internal/golden": "update"}

func noteVariables(t *testing.T, f goFile, d *ast.GenDecl, variables map[string]map[string]bool) {
	t.Helper()
	for _, s := range d.Specs {
		spec := s.(*ast.ValueSpec)
		for i, name := range spec.Names {
			if name.Name == "_" {
				continue
			}
			if variables[f.dir] == nil {
				variables[f.dir] = map[string]bool{}
			}
			variables[f.dir][name.Name] = true
			embedded := d.Doc != nil && slices.ContainsFunc(d.Doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
			fixed := i < len(spec.Values) && isTable(spec.Values[i])
			if !embedded && !fixed && setFromOutside[f.dir] != name.Name {
				t.Errorf("%s: the package variable %s is not a table that stays as it is", f.at(name), name.Name)
			}
		}
	}
}

// isTable reports whether a variable begins as something that need not change: a
// map, list or structure written down, a compiled pattern, an error, or what is made
// of such once it is asked for.
func isTable(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.CompositeLit:
		return true
	case *ast.CallExpr:
		selector, ok := x.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		from, _ := selector.X.(*ast.Ident)
		if from == nil {
			return false
		}
		made := from.Name + "." + selector.Sel.Name
		return slices.Contains([]string{"regexp.MustCompile", "errors.New", "strings.NewReplacer", "sync.OnceValue"}, made)
	}
	return false
}

// writes calls visit for every variable that the file may write to: assigned,
// counted up, deleted from, or handed out by address. A local variable of the
// same name counts as well: it had better have a name of its own.
func (f goFile) writes(visit func(n ast.Node, dir, name string)) {
	names := f.imports()
	target := func(n ast.Node, e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
				continue
			case *ast.StarExpr:
				e = x.X
				continue
			case *ast.ParenExpr:
				e = x.X
				continue
			case *ast.SelectorExpr:
				if from, ok := x.X.(*ast.Ident); ok && names[from.Name] != "" {
					visit(n, strings.TrimPrefix(names[from.Name], modulePath+"/"), x.Sel.Name)
					return
				}
				e = x.X
				continue
			case *ast.Ident:
				visit(n, f.dir, x.Name)
			}
			return
		}
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.AssignStmt:
			if x.Tok != token.DEFINE {
				for _, e := range x.Lhs {
					target(n, e)
				}
			}
		case *ast.IncDecStmt:
			target(n, x.X)
		case *ast.UnaryExpr:
			if x.Op == token.AND {
				target(n, x.X)
			}
		case *ast.CallExpr:
			if of, ok := x.Fun.(*ast.Ident); ok && (of.Name == "delete" || of.Name == "clear") && len(x.Args) > 0 {
				target(n, x.Args[0])
			}
		}
		return true
	})
}

// The limits of size. Most of the program is far below them.
const (
	maxFileLines     = 600
	maxFunctionLines = 90
)

// TestSizes keeps files and functions at a length that can be read.
func TestSizes(t *testing.T) {
	for _, f := range programFiles(t) {
		// What is generated grows with the document, and nobody reads it from end to end.
		if n := f.lines(f.syntax); n > maxFileLines && !strings.HasSuffix(f.name, "generated.go") {
			t.Errorf("%s has %d lines, more than %d", f.name, n, maxFileLines)
		}
		for _, declaration := range f.syntax.Decls {
			if d, ok := declaration.(*ast.FuncDecl); ok && f.lines(d) > maxFunctionLines {
				t.Errorf("%s: %s has %d lines, more than %d", f.at(d), d.Name.Name, f.lines(d), maxFunctionLines)
			}
		}
	}
}

// TestPackagesSayWhatTheyAre: a package is named for what it owns, and its
// comment says so.
func TestPackagesSayWhatTheyAre(t *testing.T) {
	grabBags := []string{"util", "utils", "common", "helper", "helpers", "type", "types", "model", "models", "misc", "shared", "base"}
	commented := map[string]bool{}
	for _, f := range programFiles(t) {
		name := f.syntax.Name.Name
		if slices.Contains(grabBags, name) || slices.Contains(grabBags, path.Base(f.dir)) {
			t.Errorf("%s: %s does not say what is in the package", f.name, name)
		}
		want := "Package " + name + " "
		if name == "main" {
			want = "Command " + path.Base(f.dir) + " "
		}
		commented[f.dir] = commented[f.dir] || f.syntax.Doc != nil && strings.HasPrefix(f.syntax.Doc.Text(), want)
	}
	for dir, ok := range commented {
		if !ok {
			t.Errorf("package %s has no comment that says what it owns", dir)
		}
	}
}

// TestNoTypeDoesEverything bounds the methods of a type: one with more has several
// businesses, and everybody leans on it.
func TestNoTypeDoesEverything(t *testing.T) {
	const most = 60
	methods := map[string]int{}
	for _, f := range programFiles(t) {
		for _, declaration := range f.syntax.Decls {
			if d, ok := declaration.(*ast.FuncDecl); ok && d.Recv != nil {
				methods[f.dir+"."+receiver(d)]++
			}
		}
	}
	if len(methods) < 100 {
		t.Fatalf("only %d types have methods", len(methods))
	}
	for of, n := range methods {
		if n > most {
			t.Errorf("%s has %d methods, and %d are the most", of, n, most)
		}
	}
}

// receiver is the name of the type of which a method is.
func receiver(d *ast.FuncDecl) string {
	of := d.Recv.List[0].Type
	for {
		switch x := of.(type) {
		case *ast.StarExpr:
			of = x.X
		case *ast.IndexExpr:
			of = x.X
		case *ast.IndexListExpr:
			of = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
