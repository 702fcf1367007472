package pipeline_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest/read"
	"github.com/postern-sec/postern/internal/pipeline"
	"github.com/postern-sec/postern/schema"
)

// TestStores reads an account whose AI data lies in every kind of place: data
// capture, the three kinds of vector store, a feature group's offline store,
// behind an access point, behind access control lists, in lists of objects.
// want.txt was written from the account's description: who reads and writes what,
// and nobody else. Each place has a principal that nearly gets there.
func TestStores(t *testing.T) {
	b, err := os.ReadFile("testdata/stores/files.json")
	if err != nil {
		t.Fatal(err)
	}
	var files map[string]json.RawMessage
	if err := json.Unmarshal(b, &files); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, body := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	in, err := read.Open(t.Context(), []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	g, _, err := pipeline.Run(t.Context(), in.Documents, in.Gaps, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got, lists []string
	for _, e := range g.Edges() {
		if (e.Kind == schema.ReadsData || e.Kind == schema.WritesData) && !strings.HasPrefix(e.From, "capability:") {
			got = append(got, fmt.Sprintf("%s %s %s %s", e.From, e.Kind, e.To, e.Properties.Text(schema.PropVerdict.Name)))
		}
	}
	slices.Sort(got)
	want, err := os.ReadFile("testdata/stores/want.txt")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Fields(string(want)), strings.Fields(strings.Join(got, "\n"))); d != "" {
		t.Errorf("who reads and writes what (-want +got):\n%s", d)
	}
	for _, x := range g.Coverage().Gaps {
		if x.Kind == graph.GapNotUnderstood {
			t.Errorf("not understood: %+v", x)
		}
		if strings.Contains(x.Message, "the list is not read") {
			lists = append(lists, x.Resource)
		}
	}
	if len(lists) != 2 {
		t.Errorf("two jobs train on lists of objects, and gaps name %v", lists)
	}
}
