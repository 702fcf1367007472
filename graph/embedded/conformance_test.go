package embedded

import (
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/storetest"
	"github.com/postern-sec/postern/schema"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) graph.Store {
		s, err := Open(t.TempDir(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestFromGraph(t *testing.T) {
	g := numberedGraph(3)
	s := FromGraph(g)
	defer s.Close(t.Context())
	r, err := s.Query(t.Context(), graph.Query{Text: "MATCH (n:Role {name: '3'}) RETURN count(n)"})
	if err != nil || len(r.Rows) != 1 || r.Rows[0][0] != int64(len(g.Nodes())) {
		t.Errorf("%v, %v", r, err)
	}
	if d, err := s.Describe(t.Context()); err != nil || d.Hash != g.Hash() {
		t.Errorf("%v, %v", d, err)
	}
	if err := s.Publish(t.Context(), numberedGraph(4)); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Describe(t.Context()); err != nil || d.Hash != numberedGraph(4).Hash() {
		t.Errorf("%v, %v", d, err)
	}
	bad, err := graph.New(graph.Run{}, []graph.Node{{ID: "a", Kind: schema.Role, Properties: graph.Properties{{Key: "x", Value: []int{1}}}}}, nil, graph.Coverage{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := FromGraph(bad).Describe(t.Context()); err == nil {
		t.Error("a graph with a value of a foreign type: no error")
	}
}
