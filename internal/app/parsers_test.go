package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// parses is how functions are called that read what others have written.
var parses = regexp.MustCompile(`^(Open|Read|Parse|Decode|Load|Unmarshal|Sniff|Detect)([A-Z]|$)`)

// notParsers have such a name and read nothing that a stranger wrote.
var notParsers = map[string]string{
	"postgis.Open":        "an address from the configuration",
	"postgis.OpenWatched": "an address from the configuration",
	"policy.Load":         "data of the binary itself",
	"policy.LoadFS":       "data of the binary itself",
	"httpapi.OpenAPI":     "writes",
	"geofiletest.Read":    "of tests",
	"geo.ParseEPSG":       "numbers that ParseCRS has split",
	"seal.Open":           "what the service itself sealed",
	"archive.OpenSealed":  "by way of Open",
	"raster.OpenHGT":      "by way of Open",
	"areaplan.OpenRules":  "data of the binary itself",
}

// Every function that reads bytes or texts of strangers is named in a fuzz
// target's file of its package: a reader without one fails here.
func TestEveryParserIsFuzzed(t *testing.T) {
	type known struct{ readers, fuzzed map[string]bool }
	packages := map[string]*known{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		if packages[dir] == nil {
			packages[dir] = &known{map[string]bool{}, map[string]bool{}}
		}
		if strings.HasSuffix(path, "_test.go") {
			fuzzes := false
			names := map[string]bool{}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					fuzzes = fuzzes || strings.HasPrefix(n.Name.Name, "Fuzz")
				case *ast.Ident:
					names[n.Name] = true
				}
				return true
			})
			for name := range names {
				packages[dir].fuzzed[name] = packages[dir].fuzzed[name] || fuzzes
			}
			return nil
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() && parses.MatchString(f.Name.Name) && takesText(f) {
				packages[dir].readers[f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	readers := 0
	for dir, k := range packages {
		for name := range k.readers {
			if notParsers[filepath.Base(dir)+"."+name] != "" {
				continue
			}
			readers++
			if !k.fuzzed[name] {
				t.Errorf("%s.%s reads what strangers write, and no fuzz target of its package names it", filepath.Base(dir), name)
			}
		}
	}
	if readers < 18 {
		t.Errorf("only %d readers were found", readers)
	}
}

// takesText tells whether a function takes bytes, a stream, a text or a file's name.
func takesText(f *ast.FuncDecl) bool {
	for _, p := range f.Type.Params.List {
		switch p := p.Type.(type) {
		case *ast.ArrayType:
			if e, ok := p.Elt.(*ast.Ident); ok && e.Name == "byte" {
				return true
			}
		case *ast.Ident:
			if p.Name == "string" {
				return true
			}
		case *ast.SelectorExpr:
			if p.Sel.Name == "Reader" || p.Sel.Name == "ReaderAt" {
				return true
			}
		}
	}
	return false
}
