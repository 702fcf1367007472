package neo4j

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/storetest"
)

var unexported = cmp.AllowUnexported(entry{}, edgeEntry{}, difference{}, edgeID{}, nodeChange{})

func estateEntries(t testing.TB, seed uint64) []entry {
	t.Helper()
	g, err := storetest.Estate(seed, 60, 300)
	if err != nil {
		t.Fatal(err)
	}
	return entries(g)
}

func TestBuckets(t *testing.T) {
	all := estateEntries(t, 1)
	var back []entry
	for _, b := range split(all, 8) {
		got, err := decodeBucket(encodeBucket(b))
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, got...)
	}
	sortEntries(back)
	if d := cmp.Diff(all, back, unexported, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
}

// TestDifference applies the difference between two random sets of entries to
// the one and expects the other.
func TestDifference(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		old, wanted := mutate(rng, estateEntries(t, 1)), mutate(rng, estateEntries(t, 1))
		d := &difference{}
		d.add(old, wanted)
		got := contents(old)
		for _, e := range d.dropEdges {
			delete(got, fmt.Sprint("edge ", e))
		}
		for _, id := range d.dropNodes {
			delete(got, "node "+id)
		}
		want := contents(wanted)
		for _, id := range d.addNodes {
			got["node "+id] = want["node "+id]
		}
		for _, n := range d.setNodes {
			got["node "+n.id] = want["node "+n.id]
		}
		for _, e := range slices.Concat(d.addEdges, d.setEdges) {
			got[fmt.Sprint("edge ", e)] = want[fmt.Sprint("edge ", e)]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d:\n%s", seed, diff)
		}
		nothing := &difference{}
		nothing.add(wanted, wanted)
		if nothing.size() != 0 {
			t.Fatalf("seed %d: a difference to itself: %+v", seed, nothing)
		}
	}
}

func mutate(rng *rand.Rand, all []entry) []entry {
	var out []entry
	for _, e := range all {
		if rng.IntN(5) == 0 {
			continue
		}
		if rng.IntN(5) == 0 {
			e.print[0]++
		}
		e.edges = slices.DeleteFunc(slices.Clone(e.edges), func(edgeEntry) bool { return rng.IntN(5) == 0 })
		for i := range e.edges {
			if rng.IntN(5) == 0 {
				e.edges[i].print[0]++
			}
		}
		out = append(out, e)
	}
	return out
}

func contents(all []entry) map[string]fingerprint {
	m := map[string]fingerprint{}
	for _, e := range all {
		m["node "+e.id] = e.print
		for _, x := range e.edges {
			m[fmt.Sprint("edge ", edgeID{e.id, x.kind, x.to})] = x.print
		}
	}
	return m
}

// TestFingerprints: whatever the database keeps of a node or edge is in its
// fingerprint.
func TestFingerprints(t *testing.T) {
	base := graph.Properties{{Key: "a", Value: "1"}, {Key: "l", Value: []string{"x", "y"}}}
	seen := map[fingerprint]string{}
	add := func(what string, p fingerprint) {
		if other, ok := seen[p]; ok {
			t.Errorf("%s and %s have the same fingerprint", what, other)
		}
		seen[p] = what
	}
	add("node", printNode("id", []string{"A", "B"}, base))
	add("other id", printNode("id2", []string{"A", "B"}, base))
	add("other labels", printNode("id", []string{"A"}, base))
	add("joined labels", printNode("id", []string{"AB"}, base))
	add("int for text", printNode("id", []string{"A", "B"}, graph.Properties{{Key: "a", Value: int64(1)}, base[1]}))
	add("float for text", printNode("id", []string{"A", "B"}, graph.Properties{{Key: "a", Value: 1.0}, base[1]}))
	add("bool", printNode("id", []string{"A", "B"}, graph.Properties{{Key: "a", Value: true}, base[1]}))
	add("other list", printNode("id", []string{"A", "B"}, graph.Properties{base[0], {Key: "l", Value: []string{"xy"}}}))
	add("list order", printNode("id", []string{"A", "B"}, graph.Properties{base[0], {Key: "l", Value: []string{"y", "x"}}}))
	add("edge", printEdge(graph.Edge{From: "a", Kind: "K", To: "b", Properties: base}))
	add("edge back", printEdge(graph.Edge{From: "b", Kind: "K", To: "a", Properties: base}))
}

func FuzzDecodeBucket(f *testing.F) {
	f.Add([]byte{})
	g, err := storetest.Estate(1, 5, 10)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encodeBucket(entries(g)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := decodeBucket(b); err != nil && !errors.Is(err, graph.ErrCorrupt) {
			t.Errorf("%v is not ErrCorrupt", err)
		}
	})
}
