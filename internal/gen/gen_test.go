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
		if err := Estate(t.Context(), dir, 200, seed); err != nil {
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
	if err := Estate(t.Context(), dir, 400, 1); err != nil {
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

// TestGraph: the generated graph is repeatable, of the size that was asked for,
// skewed, and has ways from the internet to training data.
func TestGraph(t *testing.T) {
	const n = 12_000
	g, err := Graph(n, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Graph(n, 1)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Graph(n, 2)
	if err != nil {
		t.Fatal(err)
	}
	if g.Hash() != again.Hash() || g.Hash() == other.Hash() {
		t.Error("the graph does not hang on the seed alone")
	}
	if len(g.Nodes()) != n {
		t.Errorf("%d nodes", len(g.Nodes()))
	}
	edges := len(g.Edges())
	if edges < n*EdgesPerNode*8/10 || edges > n*EdgesPerNode*12/10 {
		t.Errorf("%d edges for %d nodes", edges, n)
	}
	out, in := map[string]int{}, map[string]int{}
	for _, e := range g.Edges() {
		if e.Kind.Attack() {
			out[e.From]++
			in[e.To]++
			if len(e.Properties.List("evidence")) == 0 {
				t.Fatalf("no proof: %+v", e)
			}
		}
	}
	for name, degree := range map[string]map[string]int{"out": out, "in": in} {
		most := 0
		for _, d := range degree {
			most = max(most, d)
		}
		if most < 20*edges/n {
			t.Errorf("the largest %s-degree is %d: no hubs", name, most)
		}
	}
	p, err := analysis.FromGraph(g)
	if err != nil {
		t.Fatal(err)
	}
	ans, err := p.Paths(t.Context(), analysis.PathQuery{From: []string{"internet"}})
	if err != nil {
		t.Fatal(err)
	}
	deepest, targets := 0, map[string]bool{}
	for _, x := range ans.Paths {
		deepest = max(deepest, x.Hops)
		targets[x.Target] = true
	}
	if len(targets) < 10 || deepest < 4 {
		t.Errorf("%d targets are reached, by at most %d steps", len(targets), deepest)
	}
	t.Logf("%d edges, %d targets, %d paths, deepest %d", edges, len(targets), len(ans.Paths), deepest)
}
