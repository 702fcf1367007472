package graph

import (
	"crypto/sha256"
	"fmt"
	"testing"
)

// TestHash: whatever a graph holds is in its hash, and the order in which it
// was given is not.
func TestHash(t *testing.T) {
	p := func(kv ...any) Properties {
		var out Properties
		for i := 0; i < len(kv); i += 2 {
			out = append(out, Property{kv[i].(string), kv[i+1]})
		}
		return out
	}
	one := func(props Properties) ([]Node, []Edge) {
		return []Node{{ID: "a", Kind: "Role", Properties: props}, {ID: "b", Kind: "Role"}}, []Edge{{From: "a", Kind: "ASSUMES", To: "b"}}
	}
	seen := map[string]string{}
	add := func(what string, nodes []Node, edges []Edge, c Coverage) string {
		t.Helper()
		g, err := New(Run{ID: what}, nodes, edges, c)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[g.Hash()]; ok {
			t.Errorf("%s and %s have the same hash", what, other)
		}
		seen[g.Hash()] = what
		return g.Hash()
	}
	for _, props := range []Properties{nil, p("k", "1"), p("k", int64(1)), p("k", 1.0), p("k", true), p("k", "true"), p("k", []string{"1"}), p("k", []string{"1", ""}),
		p("k", []string{}), p("k", ""), p("k1", ""), p("k", "a", "l", "b"), p("k", "a1:l", "m", "b")} {
		nodes, edges := one(props)
		add(fmt.Sprintf("node with %#v", props), nodes, edges, Coverage{})
		nodes, edges = one(nil)
		if props != nil {
			edges[0].Properties = props
			add(fmt.Sprintf("edge with %#v", props), nodes, edges, Coverage{})
		}
	}
	nodes, edges := one(nil)
	add("coverage", nodes, edges, Coverage{OK: 1})
	nodes, edges = one(nil)
	add("gap", nodes, edges, Coverage{Gaps: []Gap{{Kind: GapDenied}}})
	nodes, edges = one(nil)
	nodes[0].Extra = []string{"Entry"}
	add("label", nodes, edges, Coverage{})
	nodes, edges = one(nil)
	edges[0].From, edges[0].To = "b", "a"
	add("edge back", nodes, edges, Coverage{})

	nodes, edges = one(p("k", "1"))
	x, err := New(Run{ID: "1"}, []Node{nodes[1], nodes[0]}, edges, Coverage{})
	if err != nil {
		t.Fatal(err)
	}
	if seen[x.Hash()] == "" {
		t.Error("run or order of nodes changes the hash")
	}
}

// TestHashInPieces: that a large graph is encoded side by side does not change its
// hash.
func TestHashInPieces(t *testing.T) {
	g := &Graph{coverage: Coverage{OK: 1}}
	for i := range 3*piece + 1 {
		id := fmt.Sprintf("%06d", i)
		g.nodes = append(g.nodes, Node{ID: id, Kind: "Role"})
		g.edges = append(g.edges, Edge{From: id, Kind: "ASSUMES", To: "000000", Properties: Properties{{"n", int64(i)}}})
	}
	var e encoder
	for i := range g.nodes {
		e.node(&g.nodes[i])
	}
	for i := range g.edges {
		e.edge(&g.edges[i])
	}
	e.coverage(g.coverage)
	want := fmt.Sprintf("%x", sha256.Sum256(e.buf))
	for range 20 {
		if got := hashGraph(g); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}
