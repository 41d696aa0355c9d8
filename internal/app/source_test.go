package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// moduleRoot is the top of the repository, seen from this package.
const moduleRoot = "../.."

// modulePath is the module's name, as imports spell it.
const modulePath = "finhub-sandbox"

// goFile is one Go file of the module.
type goFile struct {
	// name is the path from the top of the module, and dir its directory: the
	// package as the layout table spells it.
	name, dir string
	test      bool
	syntax    *ast.File
	set       *token.FileSet
}

// goFiles parses every Go file of the module.
func goFiles(t testing.TB) []goFile {
	t.Helper()
	var files []goFile
	set := token.NewFileSet()
	err := filepath.WalkDir(moduleRoot, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() && name != moduleRoot && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules") {
			return fs.SkipDir
		}
		if entry.IsDir() && name != moduleRoot && hasModule(name) {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(base, ".go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		inModule, err := filepath.Rel(moduleRoot, name)
		if err != nil {
			return err
		}
		inModule = filepath.ToSlash(inModule)
		syntax, err := parser.ParseFile(set, inModule, text, parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, goFile{inModule, path.Dir(inModule), strings.HasSuffix(base, "_test.go"), syntax, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// hasModule reports whether a directory is the top of another module.
func hasModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// programFiles are the Go files that become part of the program.
func programFiles(t testing.TB) []goFile {
	t.Helper()
	var files []goFile
	for _, f := range goFiles(t) {
		if !f.test {
			files = append(files, f)
		}
	}
	return files
}

// at gives the place of a node as a person looks it up.
func (f goFile) at(n ast.Node) string {
	p := f.set.Position(n.Pos())
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// lines is how many lines a node takes.
func (f goFile) lines(n ast.Node) int {
	return f.set.Position(n.End()).Line - f.set.Position(n.Pos()).Line + 1
}

// imports gives the import paths by the names under which the file uses them.
func (f goFile) imports() map[string]string {
	names := map[string]string{}
	for _, spec := range f.syntax.Imports {
		target, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(target)
		// The base of a versioned path is its version: the name is before it.
		if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
			name = path.Base(path.Dir(target))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = target
	}
	return names
}

// selections calls visit for every pkg.Name in the file, with the import path of
// pkg.
func (f goFile) selections(visit func(n *ast.SelectorExpr, target, name string)) {
	names := f.imports()
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok {
			if target, imported := names[x.Name]; imported {
				visit(selector, target, selector.Sel.Name)
			}
		}
		return true
	})
}

// literal gives the text of a string literal.
func literal(e ast.Expr) (string, bool) {
	basic, ok := e.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(basic.Value)
	return text, err == nil
}
