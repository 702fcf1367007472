package read_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/aws"
	"github.com/postern-sec/postern/ingest/read"
)

var update = flag.Bool("update", false, "write what is found as what is wanted")

// TestCases reads each folder of testdata/cases: input is what a user gives,
// want.txt what is found in it. A fact is printed with its state, so that none
// and not collected are told apart.
func TestCases(t *testing.T) {
	folders, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			in, err := read.Open(t.Context(), []string{filepath.Join(folder, "input")})
			if err != nil {
				t.Fatal(err)
			}
			got := dump(in)
			file := filepath.Join(folder, "want.txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("run with -update if this is meant (-want +got):\n%s", d)
			}
		})
	}
}

// TestOrder maps the documents of each case in other orders: nothing changes.
func TestOrder(t *testing.T) {
	folders, err := filepath.Glob("testdata/cases/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			in, err := read.Open(t.Context(), []string{filepath.Join(folder, "input")})
			if err != nil {
				t.Fatal(err)
			}
			want := dump(in)
			rnd := rand.New(rand.NewPCG(1, 2))
			for range 5 {
				rnd.Shuffle(len(in.Documents), reflect.Swapper(in.Documents))
				rnd.Shuffle(len(in.Gaps), reflect.Swapper(in.Gaps))
				if d := cmp.Diff(want, dump(in)); d != "" {
					t.Fatalf("another order, other facts:\n%s", d)
				}
			}
		})
	}
}

// facts maps inputs as a run does.
func facts(in *read.Inputs) *ingest.Facts {
	f := ingest.NewFacts()
	for _, g := range in.Gaps {
		f.Graph.Gap(g)
	}
	aws.Map(in.Documents, f)
	return f
}

// dump prints what was found. Calls that nobody made are left out unless they
// concern a resource: they are the same in every small case.
func dump(in *read.Inputs) string {
	docs := append([]ingest.Document{}, in.Documents...)
	ingest.SortDocuments(docs)
	f := facts(in)
	g := f.Graph.Freeze(graph.Run{})
	var b strings.Builder
	for _, d := range docs {
		fmt.Fprintf(&b, "document %s: %s %s %s %s %q", d.Source, d.Account, d.Region, d.Service, d.Operation, d.Parameters)
		if d.Failure != nil {
			fmt.Fprintf(&b, " failed: %s", d.Failure.Code)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "ok %d\n", g.Coverage().OK)
	for _, x := range g.Coverage().Gaps {
		if x.Kind != graph.GapNotCollected || x.Resource != "" || x.File != "" {
			fmt.Fprintf(&b, "gap %s: %s %s %s %s %s %s: %s\n", x.Kind, x.Account, x.Region, x.Service, x.Operation, x.Resource, x.File, x.Message)
		}
	}
	for _, n := range g.Nodes() {
		fmt.Fprintf(&b, "node %s %s", n.Kind, n.ID)
		for _, p := range n.Properties {
			if p.Key != "gaps" {
				fmt.Fprintf(&b, " %s=%v", p.Key, p.Value)
			}
		}
		b.WriteString("\n")
	}
	for _, e := range g.Edges() {
		fmt.Fprintf(&b, "edge %s %s %s\n", e.From, e.Kind, e.To)
	}
	show(&b, "permissions", reflect.ValueOf(f.AWSPermissions))
	show(&b, "environments", reflect.ValueOf(f.Environments))
	show(&b, "declarations", reflect.ValueOf(f.Declarations))
	sort.Slice(f.Stores, func(i, j int) bool { return f.Stores[i].ID < f.Stores[j].ID })
	show(&b, "stores", reflect.ValueOf(f.Stores))
	return b.String()
}

// show prints every field that says something, one a line.
func show(b *strings.Builder, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			show(b, path, v.Elem())
		}
	case reflect.Struct:
		if state := v.FieldByName("State"); state.IsValid() && v.FieldByName("Value").IsValid() {
			switch s := fmt.Sprint(state.Interface()); {
			case s == "none":
				fmt.Fprintf(b, "%s: none\n", path)
			case s == "known" && (v.FieldByName("Value").IsZero() || emptyList(v.FieldByName("Value"))):
				fmt.Fprintf(b, "%s: known, empty\n", path)
			case s == "known":
				show(b, path, v.FieldByName("Value"))
			}
			return
		}
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Source" && name != "Evidence" {
				show(b, path+"."+name, v.Field(i))
			}
		}
	case reflect.Map:
		keys := v.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
		for _, k := range keys {
			show(b, path+"["+k.String()+"]", v.MapIndex(k))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			if v.Len() > 0 {
				fmt.Fprintf(b, "%s: %s\n", path, bytes.Join(bytes.Fields(v.Bytes()), []byte(" ")))
			}
			return
		}
		for i := range v.Len() {
			show(b, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	default:
		if !v.IsZero() {
			fmt.Fprintf(b, "%s: %v\n", path, v.Interface())
		}
	}
}

func emptyList(v reflect.Value) bool {
	return (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}
