package schema

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files and generated documentation")

// TestNamesGolden pins every stored name. A name that was stored once is
// stored in other people's graphs, queries and alert rules.
func TestNamesGolden(t *testing.T) {
	var b strings.Builder
	section := func(title string, names []string) {
		b.WriteString("# " + title + "\n")
		slices.Sort(names)
		for _, n := range names {
			b.WriteString(n + "\n")
		}
	}
	var cats, kinds, attack, facts, props []string
	for _, c := range Categories() {
		cats = append(cats, string(c.Name))
	}
	for _, k := range NodeKinds() {
		kinds = append(kinds, string(k.Name))
	}
	for _, k := range EdgeKinds() {
		if k.Attack {
			attack = append(attack, string(k.Name))
		} else {
			facts = append(facts, string(k.Name))
		}
	}
	for _, p := range Properties() {
		props = append(props, p.Name+" "+string(p.Type))
	}
	section("categories", cats)
	section("labels", []string{LabelEntry, LabelTrainingData})
	section("node kinds", kinds)
	section("attack edge kinds", attack)
	section("fact edge kinds", facts)
	section("properties", props)
	section("synthetic ids", OutsideIDs())
	golden(t, filepath.Join("testdata", "names.golden"), b.String())
}

// TestDocPage keeps the page of kinds and edges equal to the tables.
func TestDocPage(t *testing.T) {
	golden(t, filepath.Join("..", "docs", "model.md"), Markdown())
}

// TestGraphQLVocabulary keeps the enums of the API equal to the tables.
func TestGraphQLVocabulary(t *testing.T) {
	golden(t, filepath.Join("graphql", "vocabulary.graphqls"), GraphQL())
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is stale: run go test ./schema -update, and read the difference aloud", path)
	}
}

// TestConstantsHaveRows parses the package: a constant without a row in its
// table would be a kind that no document, enum or constraint knows.
func TestConstantsHaveRows(t *testing.T) {
	rows := map[string]map[string]bool{"NodeKind": {}, "EdgeKind": {}, "Category": {}}
	for _, k := range NodeKinds() {
		rows["NodeKind"][string(k.Name)] = true
	}
	for _, k := range EdgeKinds() {
		rows["EdgeKind"][string(k.Name)] = true
	}
	for _, c := range Categories() {
		rows["Category"][string(c.Name)] = true
	}
	found := map[string]int{}
	for _, file := range []string{"node.go", "edge.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			typ, ok := v.Type.(*ast.Ident)
			if !ok || rows[typ.Name] == nil {
				return true
			}
			for _, x := range v.Values {
				lit, ok := x.(*ast.BasicLit)
				if !ok {
					continue
				}
				name := strings.Trim(lit.Value, `"`)
				found[typ.Name]++
				if !rows[typ.Name][name] {
					t.Errorf("%s %s has no row", typ.Name, name)
				}
			}
			return true
		})
	}
	for typ, r := range rows {
		if found[typ] != len(r) {
			t.Errorf("%s: %d constants, %d rows", typ, found[typ], len(r))
		}
	}
}

func TestTablesAreSound(t *testing.T) {
	seen := map[string]bool{}
	once := func(name string) {
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
	}
	for _, l := range NodeLabels() {
		once(l)
	}
	for _, k := range NodeKinds() {
		for _, c := range k.Categories {
			if !slices.ContainsFunc(Categories(), func(i CategoryInfo) bool { return i.Name == c }) {
				t.Errorf("%s: no category %s", k.Name, c)
			}
		}
		if k.Doc == "" {
			t.Errorf("%s: no meaning", k.Name)
		}
	}
	for _, k := range EdgeKinds() {
		once(string(k.Name))
		if k.Doc == "" || k.From == "" || k.To == "" {
			t.Errorf("%s: no meaning or direction", k.Name)
		}
		if k.Attack && k.Lineage {
			t.Errorf("%s: an attack edge is not a lineage fact", k.Name)
		}
	}
	if n := len(AttackEdgeKinds()); n != 14 {
		t.Errorf("%d attack edge kinds; path queries list 14", n)
	}
	props := map[string]bool{}
	for _, p := range Properties() {
		if props[p.Name] {
			t.Errorf("property %s is there twice", p.Name)
		}
		props[p.Name] = true
		if !p.Node && !p.Edge || p.Doc == "" {
			t.Errorf("property %s: on nothing, or no meaning", p.Name)
		}
	}
}

func TestParseARN(t *testing.T) {
	for _, tc := range []struct {
		in        string
		ok        bool
		typ, id   string
		partition string
	}{
		{"arn:aws:iam::123456789012:role/path/name", true, "role", "path/name", "aws"},
		{"arn:aws-cn:lambda:cn-north-1:123456789012:function:f:alias", true, "function", "f:alias", "aws-cn"},
		{"arn:aws:s3:::bucket", true, "", "bucket", "aws"},
		{"arn:aws:apigateway:us-east-1::/restapis/abc", true, "", "restapis/abc", "aws"},
		{"arn:aws:s3:::", false, "", "", ""},
		{"arn:aws:iam:role", false, "", "", ""},
		{"urn:aws:s3:::b", false, "", "", ""},
		{"", false, "", "", ""},
	} {
		a, ok := ParseARN(tc.in)
		if ok != tc.ok {
			t.Errorf("ParseARN(%q): %v", tc.in, ok)
			continue
		}
		if !ok {
			continue
		}
		if a.String() != tc.in || a.ResourceType() != tc.typ || a.ResourceID() != tc.id || a.Partition != tc.partition {
			t.Errorf("ParseARN(%q) = %+v, type %q, id %q", tc.in, a, a.ResourceType(), a.ResourceID())
		}
	}
}

func FuzzParseARN(f *testing.F) {
	f.Add("arn:aws:iam::123456789012:role/x")
	f.Fuzz(func(t *testing.T, s string) {
		if a, ok := ParseARN(s); ok && a.String() != s {
			t.Errorf("%q comes back as %q", s, a.String())
		}
	})
}

func TestCapabilityRoundTrip(t *testing.T) {
	env, ok := CapabilityEnvironment(AdminCapabilityID("123456789012"))
	if !ok || env != "123456789012" {
		t.Errorf("%q %v", env, ok)
	}
	if _, ok := CapabilityEnvironment("internet"); ok {
		t.Error("internet is no capability")
	}
}
