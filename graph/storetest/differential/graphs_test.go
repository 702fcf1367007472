package differential

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// The schema's names that random graphs and queries are made of. Few, so that
// patterns match.
var (
	kinds     = []schema.NodeKind{schema.Role, schema.Bucket, schema.Notebook, schema.Model}
	edgeKinds = []schema.EdgeKind{schema.Assumes, schema.ReadsData, schema.HasPolicy}
	labels    = []string{"Role", "Bucket", "Notebook", "Model", "Asset", "Principal", "DataStore", "Entry"}
	names     = []string{"alpha", "beta", "Gamma", "ga mma", ""}
)

// score is a float on nodes; the schema has none of its own.
const score = "score"

// randomGraph makes up to eight nodes and seventeen edges, with loops, edges side by side,
// and properties that are missing here and there.
func randomGraph(t *testing.T, rng *rand.Rand) *graph.Graph {
	t.Helper()
	var nodes []graph.Node
	for i := range 4 + rng.IntN(5) {
		n := graph.Node{ID: fmt.Sprint("n", i), Kind: kinds[rng.IntN(len(kinds))]}
		if rng.IntN(3) == 0 {
			n.Extra = []string{schema.LabelEntry}
		}
		n.Properties = some(rng, graph.Properties{
			{Key: "collected", Value: rng.IntN(2) == 0},
			{Key: "imds_hop_limit", Value: int64(rng.IntN(5) - 1)},
			{Key: "name", Value: names[rng.IntN(len(names))]},
			{Key: score, Value: float64(rng.IntN(9)-3) / 2},
			{Key: "tags", Value: []string{"a", "b", "c"}[rng.IntN(3):]},
		})
		nodes = append(nodes, n)
	}
	seen := map[string]bool{}
	var edges []graph.Edge
	for i := range 6 + rng.IntN(12) {
		e := graph.Edge{From: nodes[rng.IntN(len(nodes))].ID, To: nodes[rng.IntN(len(nodes))].ID, Kind: edgeKinds[rng.IntN(len(edgeKinds))]}
		if key := e.From + " " + string(e.Kind) + " " + e.To; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		e.Properties = some(rng, graph.Properties{
			{Key: "cost", Value: int64(rng.IntN(4))},
			{Key: "variant", Value: fmt.Sprint("e", i)},
			{Key: "verdict", Value: []string{"allow", "conditional"}[rng.IntN(2)]},
			{Key: "witness", Value: []string{"x", "y"}[:1+rng.IntN(2)]},
		})
		edges = append(edges, e)
	}
	g, err := graph.New(graph.Run{}, nodes, edges, graph.Coverage{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// some leaves out a fifth of p.
func some(rng *rand.Rand, p graph.Properties) graph.Properties {
	var out graph.Properties
	for _, x := range p {
		if rng.IntN(5) > 0 {
			out = append(out, x)
		}
	}
	return out
}
