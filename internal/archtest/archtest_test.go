// Package archtest keeps the direction of imports. The table is policy: nobody
// edits it to make a build pass. A new package needs a line here.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/postern-sec/postern/"

// layers, from the lowest. A package may import packages of lower layers, and of
// its own layer where allowed says so.
var layers = [][]string{
	{"schema", "web"},
	{"graph", "internal/iam/aws", "internal/network", "internal/cypher"},
	{"ingest", "queries"},
	{"internal/lineage", "internal/attack", "internal/analysis", "internal/posture"},
	{"internal/pipeline", "internal/alerting", "internal/state", "internal/api"},
	{"internal/server", "internal/demo", "internal/gen"},
	{"internal/cli"},
	{"cmd/postern"},
}

// allowed lists imports within one layer, and nothing else is allowed there but
// a package and those below its own folder.
var allowed = map[string][]string{
	"graph/embedded":  {"internal/cypher"},
	"graph/neo4j":     {"internal/cypher"},
	"graph/internal":  {"internal/cypher"},
	"internal/attack": {"internal/lineage"},
}

// owners are third-party modules that only one folder may import.
var owners = map[string]string{
	"github.com/neo4j/neo4j-go-driver": "graph/neo4j",
	"github.com/aws/aws-sdk-go-v2":     "ingest/aws",
	"github.com/aws/smithy-go":         "ingest/aws",
	"github.com/99designs/gqlgen":      "internal/api",
	"github.com/vektah/gqlparser":      "internal/api",
	"github.com/spf13/cobra":           "internal/cli",
}

// pure packages import the standard library and schema only (and what stands in
// their own folder): they know no store, no driver, no SDK.
var pure = []string{"schema", "internal/cypher", "internal/iam", "internal/network"}

// testHelpers may be imported by tests anywhere.
var testHelpers = []string{"internal/sharedtest", "internal/longtest", "internal/neo4jtest", "internal/mototest", "graph/storetest", "graph/graphtext"}

func TestImportsPointDown(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (strings.HasPrefix(name, ".") && path != root || name == "node_modules" || name == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(rel))
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := forbidden(pkg, imp); why != "" {
				t.Errorf("%s imports %s: %s", rel, imp, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Fatalf("only %d files were looked at", files)
	}
}

// forbidden says why pkg may not import imp; empty when it may.
func forbidden(pkg, imp string) string {
	if isHelper(pkg) {
		return ""
	}
	for mod, owner := range owners {
		if imp == mod || strings.HasPrefix(imp, mod+"/") {
			if !under(pkg, owner) {
				return "only " + owner + " may"
			}
		}
	}
	for _, p := range pure {
		if under(pkg, p) && strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") && !strings.HasPrefix(imp, module) {
			return p + " imports the standard library and schema only"
		}
	}
	to, ours := strings.CutPrefix(imp, module)
	if !ours {
		return ""
	}
	if isHelper(to) && to != "graph/graphtext" {
		return "only tests may"
	}
	if under(to, pkg) || under(pkg, to) {
		return ""
	}
	from, target := layerOf(pkg), layerOf(to)
	switch {
	case from < 0:
		return "the package has no layer; add it to archtest"
	case target < 0:
		return to + " has no layer; add it to archtest"
	case target < from:
		return ""
	case target == from && (sameFolder(pkg, to, layers[from]) || allowedWithin(pkg, to, layers[from])):
		return ""
	}
	return "imports point down: see the table of layers"
}

// allowedWithin looks a pair of one layer up in allowed.
func allowedWithin(pkg, to string, layer []string) bool {
	for from, targets := range allowed {
		if under(pkg, from) && (slices.Contains(targets, to) || slices.Contains(targets, folderIn(to, layer))) {
			return true
		}
	}
	return false
}

func isHelper(pkg string) bool {
	return slices.ContainsFunc(testHelpers, func(h string) bool { return under(pkg, h) })
}

func under(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

func layerOf(pkg string) int {
	for i, l := range layers {
		if folderIn(pkg, l) != "" {
			return i
		}
	}
	return -1
}

func folderIn(pkg string, layer []string) string {
	for _, folder := range layer {
		if under(pkg, folder) {
			return folder
		}
	}
	return ""
}

func sameFolder(a, b string, layer []string) bool { return folderIn(a, layer) == folderIn(b, layer) }

func TestTheTableForbids(t *testing.T) {
	for _, tc := range []struct{ pkg, imp string }{
		{"schema", module + "graph"},
		{"internal/cypher", module + "graph"},
		{"internal/iam/aws", "github.com/aws/aws-sdk-go-v2/aws"},
		{"graph", module + "internal/cypher"},
		{"internal/attack", module + "internal/api"},
		{"graph/embedded", "github.com/neo4j/neo4j-go-driver/v5/neo4j"},
		{"internal/server", "github.com/99designs/gqlgen/graphql"},
		{"internal/nowhere", module + "schema"},
		{"internal/network", module + "internal/iam/aws"},
		{"ingest/aws", module + "internal/sharedtest"},
	} {
		if forbidden(tc.pkg, tc.imp) == "" {
			t.Errorf("%s may import %s", tc.pkg, tc.imp)
		}
	}
	for _, tc := range []struct{ pkg, imp string }{
		{"graph/embedded", module + "internal/cypher"},
		{"graph/embedded", module + "internal/cypher/value"},
		{"ingest/aws", "github.com/aws/aws-sdk-go-v2/service/ec2"},
		{"internal/cli", module + "internal/server"},
		{"internal/network/aws", module + "internal/network"},
		{"ingest", module + "internal/iam/aws"},
	} {
		if why := forbidden(tc.pkg, tc.imp); why != "" {
			t.Errorf("%s may not import %s: %s", tc.pkg, tc.imp, why)
		}
	}
}
