package gen

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/ingest/read"
	"github.com/postern-sec/postern/internal/analysis"
	"github.com/postern-sec/postern/internal/pipeline"
)

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		out[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b, c := t.TempDir(), t.TempDir(), t.TempDir()
	for dir, seed := range map[string]uint64{a: 1, b: 1, c: 2} {
		if err := Estate(dir, 200, seed); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(files(t, a), files(t, b)); d != "" {
		t.Error(d)
	}
	if cmp.Equal(files(t, a), files(t, c)) {
		t.Error("another seed gives the same estate")
	}
}

// TestWaysArePlanted: the estate is worth searching.
func TestWaysArePlanted(t *testing.T) {
	dir := t.TempDir()
	if err := Estate(dir, 3000, 1); err != nil {
		t.Fatal(err)
	}
	in, err := read.Open(t.Context(), []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	g, _, err := pipeline.Run(t.Context(), in.Documents, in.Gaps, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := analysis.FromGraph(g)
	if err != nil {
		t.Fatal(err)
	}
	ans, err := p.Paths(t.Context(), analysis.PathQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if len(ans.Paths) == 0 {
		t.Error("no path from outside to training data")
	}
}
