package analysis

import (
	"context"
	"reflect"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/internal/gen"
)

// queriesOnly is a store without Scan.
type queriesOnly struct{ graph.Store }

// TestLoad: a projection is the same whether it comes from the graph, from a scan
// of a store or from its queries.
func TestLoad(t *testing.T) {
	g, err := gen.Graph(3000, 1)
	if err != nil {
		t.Fatal(err)
	}
	want, err := FromGraph(g)
	if err != nil {
		t.Fatal(err)
	}
	s := embedded.FromGraph(g)
	defer s.Close(context.WithoutCancel(t.Context()))
	if _, ok := graph.Store(s).(graph.Scanner); !ok {
		t.Fatal("the embedded store does not scan")
	}
	for name, st := range map[string]graph.Store{"scan": s, "queries": queriesOnly{s}} {
		got, err := Load(t.Context(), st)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Nodes, want.Nodes) || len(got.to) != len(want.to) {
			t.Fatalf("%s: %d nodes and %d edges, want %d and %d", name, len(got.Nodes), len(got.to), len(want.Nodes), len(want.to))
		}
		for i := range int32(len(want.to)) {
			if !reflect.DeepEqual(got.Edge(i), want.Edge(i)) {
				t.Fatalf("%s: edge %d is %+v, want %+v", name, i, got.Edge(i), want.Edge(i))
			}
		}
		if !reflect.DeepEqual(got.inStart, want.inStart) || !reflect.DeepEqual(got.inEdge, want.inEdge) || !reflect.DeepEqual(got.weight, want.weight) {
			t.Errorf("%s: the columns differ", name)
		}
	}
}
