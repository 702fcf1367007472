package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

func run(n int) graph.Run {
	return graph.Run{ID: fmt.Sprintf("01J%023d", n), Start: "2026-01-02T03:04:05Z", End: "2026-01-02T03:05:00Z"}
}

// small is a graph that people can read: the internet reaches a notebook,
// whose role reads a bucket with training data.
func small() *graph.Graph {
	b := graph.NewBuilder()
	b.Node(schema.InternetID, schema.Internet).Label(schema.LabelEntry)
	b.Node("nb", schema.Notebook).Set(schema.PropName, "notes").Set(schema.PropDirectInternet, true).Set(schema.PropHopLimit, 2)
	b.Node("role", schema.Role).Append(schema.PropTags, "b=2", "a=1")
	b.Node("bucket", schema.Bucket).Label(schema.LabelTrainingData).Set(schema.PropTrainingData, "derived")
	b.Refer("other", schema.Bucket)
	b.Edge("nb", schema.HasRole, "role")
	b.Attack(attack(schema.InternetID, schema.Exposes, "nb", schema.Allow))
	b.Attack(attack("nb", schema.RunsAs, "role", schema.Allow))
	b.Attack(attack("role", schema.ReadsData, "bucket", schema.Conditional))
	b.DocumentRead()
	b.Gap(graph.Gap{Kind: graph.GapDenied, Service: "s3", Operation: "GetBucketPolicy", Resource: "other", Message: "AccessDenied"})
	return b.Freeze(run(1))
}

func attack(from string, kind schema.EdgeKind, to string, v schema.Verdict) graph.AttackEdge {
	e := graph.AttackEdge{From: from, To: to, Kind: kind, Technique: "t-1", Verdict: v, Assumes: schema.AssumesNothing,
		Confidence: schema.High, Cost: 2, AttackIDs: []string{"T1078"},
		Evidence: []graph.Evidence{{Document: "policy/" + from, Statement: "0", Summary: "“Allow” <everything> & more"}}}
	if v == schema.Conditional {
		e.Witness = []string{"aws:SourceIp IpAddress 10.0.0.0/8"}
	}
	return e
}

// versioned is a graph of n nodes and edges that all say which version they
// are of, so a mix of two is seen.
func versioned(version, n int) *graph.Graph {
	b := graph.NewBuilder()
	id := func(i int) string { return fmt.Sprintf("node/%04d", i) }
	for i := range n {
		b.Node(id(i), schema.Role).Set(schema.PropName, fmt.Sprint("v", version)).Set(schema.PropRegion, fmt.Sprint("r", n))
	}
	for i := range n {
		e := attack(id(i), schema.Assumes, id((i+1)%n), schema.Allow)
		e.Variant = fmt.Sprint("v", version)
		b.Attack(e)
	}
	return b.Freeze(run(version))
}

// world is a random graph that changes step by step.
type world struct {
	rng   *rand.Rand
	nodes map[string]graph.Node
	edges map[string]graph.Edge
	step  int
}

func newWorld(seed uint64) *world {
	return &world{rng: rand.New(rand.NewPCG(seed, 1)), nodes: map[string]graph.Node{}, edges: map[string]graph.Edge{}}
}

var (
	worldKinds = []schema.NodeKind{schema.Role, schema.Bucket, schema.Notebook, schema.Policy, schema.Model}
	worldEdges = []schema.EdgeKind{schema.Assumes, schema.ReadsData, schema.HasPolicy, schema.Serves}
)

func (w *world) id() string { return fmt.Sprintf("arn:aws:x::%d", w.rng.IntN(40)) }

// change adds, changes and removes some nodes and edges.
func (w *world) change() {
	w.step++
	for range 12 {
		n := graph.Node{ID: w.id(), Kind: worldKinds[w.rng.IntN(len(worldKinds))], Properties: w.properties()}
		if w.rng.IntN(4) == 0 {
			n.Extra = []string{schema.LabelTrainingData}
		}
		w.nodes[n.ID] = n
	}
	for range 20 {
		e := graph.Edge{From: w.id(), To: w.id(), Kind: worldEdges[w.rng.IntN(len(worldEdges))], Properties: w.properties()}
		_, from := w.nodes[e.From]
		_, to := w.nodes[e.To]
		if from && to {
			w.edges[e.From+" "+string(e.Kind)+" "+e.To] = e
		}
	}
	delete(w.nodes, w.id())
	for range 3 {
		delete(w.edges, w.id()+" "+string(worldEdges[w.rng.IntN(len(worldEdges))])+" "+w.id())
	}
	for key, e := range w.edges {
		_, from := w.nodes[e.From]
		_, to := w.nodes[e.To]
		if !from || !to {
			delete(w.edges, key)
		}
	}
}

func (w *world) properties() graph.Properties {
	var p graph.Properties
	if w.rng.IntN(2) == 0 {
		p = append(p, graph.Property{Key: "cost", Value: int64(w.rng.IntN(5))})
	}
	if w.rng.IntN(2) == 0 {
		p = append(p, graph.Property{Key: "name", Value: fmt.Sprint("name ", w.rng.IntN(5))})
	}
	if w.rng.IntN(2) == 0 {
		p = append(p, graph.Property{Key: "tags", Value: []string{"a", fmt.Sprint(w.rng.IntN(3))}})
	}
	return p
}

func (w *world) graph(t *testing.T) *graph.Graph {
	t.Helper()
	var nodes []graph.Node
	var edges []graph.Edge
	for _, n := range w.nodes {
		nodes = append(nodes, n)
	}
	for _, e := range w.edges {
		edges = append(edges, e)
	}
	return must(t, nodes, edges, w.step)
}

func must(t *testing.T, nodes []graph.Node, edges []graph.Edge, n int) *graph.Graph {
	t.Helper()
	g, err := graph.New(run(n), nodes, edges, graph.Coverage{OK: n})
	if err != nil {
		t.Fatal(err)
	}
	return g
}
