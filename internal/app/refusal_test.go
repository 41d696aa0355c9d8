package app_test

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"testing"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
)

// codesByName reads the list of refusals: the constants' names with their codes.
func codesByName(t *testing.T, files []goFile) map[string]string {
	t.Helper()
	codes := map[string]string{}
	for _, f := range files {
		if f.dir != "internal/domain/refusal" {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != len(spec.Names) {
				return true
			}
			for i, name := range spec.Names {
				if text, ok := literal(spec.Values[i]); ok {
					codes[name.Name] = text
				}
			}
			return true
		})
	}
	if len(codes) != len(refusal.All()) {
		t.Fatalf("read %d codes of %d", len(codes), len(refusal.All()))
	}
	return codes
}

// TestWhatTheCodeRefusesIsDocumented compares the refusals that the program can
// give with those that operations list, both ways: a client reads the list.
func TestWhatTheCodeRefusesIsDocumented(t *testing.T) {
	files := programFiles(t)
	codes := codesByName(t, files)
	given := map[string]string{}
	for _, f := range files {
		// The table of statuses names every code without giving any.
		if f.name == "internal/rest/status.go" {
			continue
		}
		f.selections(func(n *ast.SelectorExpr, target, name string) {
			if name == "Invalid" {
				// It refuses for the faults in a request.
				name = "RequestInvalid"
			}
			if code := codes[name]; target == modulePath+"/internal/domain/refusal" && code != "" && given[code] == "" {
				given[code] = f.at(n)
			}
		})
	}
	product, control := documents(t)
	listed := map[string]bool{}
	for _, d := range []*contract.Document{product, control} {
		for _, o := range d.Operations {
			for _, code := range o.Refusals {
				listed[code] = true
			}
		}
	}
	// What no operation lists because no operation was reached; the document's
	// description tells of them.
	routing := []string{string(refusal.RouteUnknown), string(refusal.MethodNotAllowed), string(refusal.NotSimulated)}
	for code, where := range given {
		if !listed[code] && !slices.Contains(routing, code) {
			t.Errorf("%s: %s can be given, but no operation lists it", where, code)
		}
	}
	for code := range listed {
		if given[code] == "" {
			t.Errorf("operations list %s, but nothing gives it", code)
		}
	}
}

// TestSuggestionsNameOperations reads every suggestion in the program: it must
// name an operation of the document and fill in its path.
func TestSuggestionsNameOperations(t *testing.T) {
	product, control := documents(t)
	found := 0
	for _, f := range programFiles(t) {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			if selector, ok := call.Fun.(*ast.SelectorExpr); !ok || selector.Sel.Name != "Suggest" {
				return true
			}
			// An operation that is computed is one of those that a function
			// names; they are looked at below.
			if operation, ok := literal(call.Args[0]); ok {
				found++
				d := product
				if control.Operation(operation) != nil {
					d = control
				}
				checkSuggestion(t, d, f.at(call), operation, call.Args[2:])
			}
			return true
		})
	}
	if found < 10 {
		t.Errorf("found %d suggestions only: does this test still read them?", found)
	}
	for _, operation := range []string{"acceptIndividualConsent", "activateIndividual"} {
		if product.Operation(operation) == nil {
			t.Errorf("%s, which is suggested to individuals, is no operation", operation)
		}
	}
}

// filledLater are path parameters that another place fills in than the one that
// suggests.
var filledLater = map[string][]string{
	// The domain does not know its tenant; internal/sandbox does.
	"getCategorizationHierarchy": {"tenantId"},
}

func checkSuggestion(t *testing.T, d *contract.Document, where, operation string, params []ast.Expr) {
	t.Helper()
	o := d.Operation(operation)
	if o == nil {
		t.Errorf("%s suggests %s, which is no operation", where, operation)
		return
	}
	given := slices.Clone(filledLater[operation])
	for i := 0; i < len(params); i += 2 {
		if name, ok := literal(params[i]); ok {
			given = append(given, name)
		}
	}
	if len(params)%2 != 0 {
		t.Errorf("%s suggests %s with a parameter that has no value", where, operation)
	}
	var needed []string
	for _, match := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(o.Path, -1) {
		needed = append(needed, match[1])
	}
	for _, name := range needed {
		if !slices.Contains(given, name) {
			t.Errorf("%s suggests %s without its %s", where, operation, name)
		}
	}
	for _, name := range given {
		if !slices.Contains(needed, name) {
			t.Errorf("%s suggests %s with %s, which its path does not have", where, operation, name)
		}
	}
}

// TestMessagesAreTheirOwn finds two codes that a caller could not tell apart by
// message and hint together.
func TestMessagesAreTheirOwn(t *testing.T) {
	seen := map[string]refusal.Code{}
	for _, d := range refusal.All() {
		key := fmt.Sprint(d.Message, "|", d.Hint)
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s say the same", other, d.Code)
		}
		seen[key] = d.Code
	}
}
