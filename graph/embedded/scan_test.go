package embedded

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
)

// TestScan compares what a scan hands over with the graph, from memory and from a
// file.
func TestScan(t *testing.T) {
	g := estate(t, 300, 2000)
	mixed, err := graph.New(graph.Run{}, []graph.Node{
		{ID: "a", Kind: "Role", Properties: graph.Properties{{Key: "name", Value: int64(1)}, {Key: "x", Value: 1.5}}},
		{ID: "b", Kind: "Role", Extra: []string{"Entry"}, Properties: graph.Properties{{Key: "name", Value: ""}, {Key: "x", Value: []string{}}}},
	}, []graph.Edge{{From: "a", To: "a", Kind: "ASSUMES"}, {From: "a", To: "b", Kind: "CONTROLS", Properties: graph.Properties{{Key: "big", Value: int64(1) << 40}, {Key: "yes", Value: false}}}}, graph.Coverage{})
	if err != nil {
		t.Fatal(err)
	}
	for name, g := range map[string]*graph.Graph{"estate": g, "mixed types": mixed} {
		dir := t.TempDir()
		published, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := published.Publish(t.Context(), g); err != nil {
			t.Fatal(err)
		}
		fresh, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*Store{FromGraph(g), fresh} {
			nodes, edges := scanned(t, s, g)
			if d := cmp.Diff(g.Nodes(), nodes); d != "" {
				t.Errorf("%s: nodes:\n%s", name, d)
			}
			if d := cmp.Diff(g.Edges(), edges); d != "" {
				t.Errorf("%s: edges:\n%s", name, d)
			}
		}
	}
}

func scanned(t *testing.T, s *Store, g *graph.Graph) (nodes []graph.Node, edges []graph.Edge) {
	t.Helper()
	err := s.Scan(t.Context(), func(n *graph.Node) error {
		c := *n
		c.Properties = kept(n.Properties)
		nodes = append(nodes, c)
		return nil
	}, func(from, to uint32, e *graph.Edge) error {
		if g.Nodes()[from].ID != e.From || g.Nodes()[to].ID != e.To {
			t.Errorf("edge %s -%s-> %s has the ends %d and %d", e.From, e.Kind, e.To, from, to)
		}
		c := *e
		c.Properties = kept(e.Properties)
		edges = append(edges, c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return nodes, edges
}

// kept is a copy as graphs have it: nil instead of empty.
func kept(p graph.Properties) graph.Properties {
	if len(p) == 0 {
		return nil
	}
	return slices.Clone(p)
}

func TestScanEnds(t *testing.T) {
	s := FromGraph(estate(t, 300, 2000))
	all := func(*graph.Node) error { return nil }
	none := errors.New("no more")
	seen := 0
	err := s.Scan(t.Context(), all, func(_, _ uint32, _ *graph.Edge) error {
		seen++
		return none
	})
	if !errors.Is(err, none) || seen != 1 {
		t.Errorf("%v after %d edges, want the error of the first", err, seen)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Scan(ctx, all, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	empty, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := empty.Scan(t.Context(), all, nil); !errors.Is(err, graph.ErrNoGraph) {
		t.Errorf("%v, want %v", err, graph.ErrNoGraph)
	}
	s.Close(t.Context())
	if err := s.Scan(t.Context(), all, nil); err == nil {
		t.Error("a closed store scans")
	}
}
