// Package analysis finds, ranks and explains attack paths. It works on a
// Projection: the attack edges of one graph, numbered and sorted, the same
// whichever store they were read from, so that its answers are byte-identical
// on all of them.
package analysis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// Node is a node of the projection.
type Node struct {
	ID, Name     string
	Kind         schema.NodeKind
	Environment  string
	Sensitivity  string
	TrainingData string
	Entry        bool // labelled schema.LabelEntry
	Training     bool // labelled schema.LabelTrainingData
}

// Edge is an attack edge as it is described to people. Searches look at the
// projection's columns instead.
type Edge struct {
	From, To   int32 // node numbers
	Kind       schema.EdgeKind
	Verdict    schema.Verdict
	Assumes    schema.Assumption
	Confidence schema.Confidence
	Cost       int32
	Techniques []string
	Witness    []string
	AttackIDs  []string
	Evidence   []string // encoded
	Ports      []string
	Sources    []string
}

// Projection is the attack graph: immutable, safe for concurrent use. Nodes are
// numbered in the order of their ids, edges in the order of from, kind, to, so
// that the edges that leave a node have consecutive numbers. What searches touch
// lies in columns of a few bytes an edge; what only a listed path shows lies
// apart.
type Projection struct {
	Nodes []Node

	outStart []int32 // edges outStart[n] to outStart[n+1] leave node n
	to       []int32
	class    []class
	weight   []uint8 // what the edge adds to the cost of a path
	inStart  []int32 // entries inStart[n] to inStart[n+1] of the next three lead to node n
	inEdge   []int32
	inFrom   []int32
	inClass  []class

	from       []int32
	cost       []uint8
	confidence []uint8 // rank
	remark     []int32 // index into remarks
	evidence   [][]string
	remarks    []remarks
}

// class packs what decides whether an edge may be walked.
type class uint8

const (
	classKind        class = 0x0f // index into attackKinds
	classAssumes           = 4    // shift: the assumption's rank, two bits
	classConditional class = 1 << 6
	// classTrace marks a DERIVES edge from a node that does not hold the content
	// it derives from, only a trace of it.
	classTrace class = 1 << 7
)

// attackKinds are the kinds of attack edges by name, which is the order of edges.
var attackKinds = func() []schema.EdgeKind {
	k := schema.AttackEdgeKinds()
	slices.Sort(k)
	return k
}()

// takers says of each kind whether its edges may be the last of a path to training
// data.
var takers = func() (t [classKind + 1]bool) {
	for i, k := range attackKinds {
		t[i] = k == schema.ReadsData || k == schema.WritesData || k == schema.Derives
	}
	return t
}()

func classOf(e *Edge, from schema.NodeKind) (class, bool) {
	i, ok := slices.BinarySearch(attackKinds, e.Kind)
	// An assumption that this version does not know is taken for the strongest.
	c := class(i) | class(min(e.Assumes.Rank(), len(schema.Assumptions())-1))<<classAssumes
	if e.Verdict != schema.Allow {
		c |= classConditional
	}
	if e.Kind == schema.Derives && !verbatim(from) {
		c |= classTrace
	}
	return c, ok
}

func (c class) kind() schema.EdgeKind      { return attackKinds[c&classKind] }
func (c class) assumes() schema.Assumption { return schema.Assumptions()[c>>classAssumes&3] }
func (c class) takesData() bool            { return takers[c&classKind] }
func (c class) verdict() schema.Verdict {
	if c&classConditional != 0 {
		return schema.Conditional
	}
	return schema.Allow
}

// remarks are the lists of an edge that many edges have in common.
type remarks struct{ techniques, witness, attackIDs, ports, sources []string }

// Edge describes edge number i.
func (p *Projection) Edge(i int32) Edge {
	c, r := p.class[i], &p.remarks[p.remark[i]]
	return Edge{From: p.from[i], To: p.to[i], Kind: c.kind(), Verdict: c.verdict(), Assumes: c.assumes(), Confidence: confidences[p.confidence[i]], Cost: int32(p.cost[i]),
		Techniques: r.techniques, Witness: r.witness, AttackIDs: r.attackIDs, Evidence: p.evidence[i], Ports: r.ports, Sources: r.sources}
}

var confidences = []schema.Confidence{schema.High, schema.Medium, schema.Low}

// Query texts by which a projection is read from any store, the edges kind by
// kind so that no answer is larger than it must be. Rows come in no particular
// order.
const nodeQuery = `MATCH (n:Asset)
RETURN n.id, n.name, n.kind, n.environment, n.sensitivity, n.training_data, n:Entry, n:TrainingData`

const edgeQuery = `MATCH (a:Asset)-[r:%s]->(b:Asset)
RETURN a.id, b.id, r.verdict, r.assumes, r.confidence, r.cost, r.techniques, r.witness, r.attack_ids, r.evidence, r.ports, r.sources`

// Load reads the projection of a store's current graph.
func Load(ctx context.Context, s graph.Store) (*Projection, error) {
	if sc, ok := s.(graph.Scanner); ok {
		return scan(ctx, sc)
	}
	for range loadAttempts {
		before, err := s.Describe(ctx)
		if err != nil {
			return nil, err
		}
		p, loadErr := load(ctx, s)
		after, err := s.Describe(ctx)
		if err != nil {
			return nil, err
		}
		if before.Hash == after.Hash {
			return p, loadErr
		}
	}
	return nil, fmt.Errorf("read attack edges: the store was published to %d times while it was read", loadAttempts)
}

// loadAttempts is how often reading starts anew when another graph is published
// between its queries.
const loadAttempts = 3

func load(ctx context.Context, s graph.Store) (*Projection, error) {
	rows, err := allRows(ctx, s, nodeQuery)
	if err != nil {
		return nil, fmt.Errorf("read nodes: %w", err)
	}
	nodes := make([]Node, len(rows))
	for i, r := range rows {
		nodes[i] = Node{ID: text(r[0]), Name: text(r[1]), Kind: schema.NodeKind(text(r[2])), Environment: text(r[3]),
			Sensitivity: text(r[4]), TrainingData: text(r[5]), Entry: r[6] == true, Training: r[7] == true}
	}
	b := newBuilder(nodes)
	for _, kind := range attackKinds {
		rows, err := allRows(ctx, s, fmt.Sprintf(edgeQuery, kind))
		if err != nil {
			return nil, fmt.Errorf("read %s edges: %w", kind, err)
		}
		for _, r := range rows {
			cost, _ := r[5].(int64)
			err := b.add(text(r[0]), text(r[1]), Edge{Kind: kind, Verdict: schema.Verdict(text(r[2])), Assumes: schema.Assumption(text(r[3])),
				Confidence: schema.Confidence(text(r[4])), Cost: clampCost(cost), Techniques: texts(r[6]), Witness: texts(r[7]), AttackIDs: texts(r[8]),
				Evidence: texts(r[9]), Ports: texts(r[10]), Sources: texts(r[11])})
			if err != nil {
				return nil, err
			}
		}
	}
	return b.finish(), nil
}

func allRows(ctx context.Context, s graph.Store, query string) ([][]any, error) {
	r, err := s.Query(ctx, graph.Query{Text: query, Limits: graph.Limits{Rows: -1, Memory: -1, Time: -1}})
	if err != nil {
		return nil, err
	}
	if !r.Exhaustive {
		return nil, fmt.Errorf("the store cut its answer at %s", r.TruncatedAt)
	}
	return r.Rows, nil
}

func scan(ctx context.Context, s graph.Scanner) (*Projection, error) {
	var nodes []Node
	var b *builder
	err := s.Scan(ctx, func(n *graph.Node) error {
		nodes = append(nodes, nodeOf(n))
		return nil
	}, func(from, to uint32, e *graph.Edge) error {
		if b == nil {
			b = newBuilder(nodes)
		}
		if !e.Kind.Attack() {
			return nil
		}
		x := edgeOf(e)
		x.From, x.To = int32(from), int32(to)
		return b.append(&x)
	})
	if err != nil {
		return nil, err
	}
	if b == nil {
		b = newBuilder(nodes)
	}
	return b.finish(), nil
}

// FromGraph is the projection of a graph in memory.
func FromGraph(g *graph.Graph) (*Projection, error) {
	nodes := make([]Node, len(g.Nodes()))
	for i := range nodes {
		nodes[i] = nodeOf(&g.Nodes()[i])
	}
	b := newBuilder(nodes)
	for i := range g.Edges() {
		e := &g.Edges()[i]
		if !e.Kind.Attack() {
			continue
		}
		if err := b.add(e.From, e.To, edgeOf(e)); err != nil {
			return nil, err
		}
	}
	return b.finish(), nil
}

func nodeOf(n *graph.Node) Node {
	p := n.Properties
	return Node{ID: n.ID, Kind: n.Kind, Name: p.Text(schema.PropName.Name), Environment: p.Text(schema.PropEnvironment.Name),
		Sensitivity: p.Text(schema.PropSensitivity.Name), TrainingData: p.Text(schema.PropTrainingData.Name),
		Entry: slices.Contains(n.Extra, schema.LabelEntry), Training: slices.Contains(n.Extra, schema.LabelTrainingData)}
}

// edgeOf is an edge without its ends.
func edgeOf(e *graph.Edge) Edge {
	out := Edge{Kind: e.Kind}
	for _, p := range e.Properties {
		switch x := p.Value.(type) {
		case string:
			switch p.Key {
			case schema.PropVerdict.Name:
				out.Verdict = schema.Verdict(x)
			case schema.PropAssumes.Name:
				out.Assumes = schema.Assumption(x)
			case schema.PropConfidence.Name:
				out.Confidence = schema.Confidence(x)
			}
		case int64:
			if p.Key == schema.PropCost.Name {
				out.Cost = clampCost(x)
			}
		case []string:
			if list := out.list(p.Key); list != nil {
				*list = x
			}
		}
	}
	return out
}

// list is the list of an edge that is stored under a key, nil for a foreign key.
func (e *Edge) list(key string) *[]string {
	switch key {
	case schema.PropTechniques.Name:
		return &e.Techniques
	case schema.PropWitness.Name:
		return &e.Witness
	case schema.PropAttackIDs.Name:
		return &e.AttackIDs
	case schema.PropEvidence.Name:
		return &e.Evidence
	case schema.PropPorts.Name:
		return &e.Ports
	case schema.PropSources.Name:
		return &e.Sources
	}
	return nil
}

// maxCost bounds what is taken for the cost of an edge; the model has 1 to 10.
const maxCost = 100

func clampCost(c int64) int32 { return int32(min(max(c, 0), maxCost)) }

// Find returns the number of the node with the given id.
func (p *Projection) Find(id string) (int32, bool) {
	i, ok := slices.BinarySearchFunc(p.Nodes, id, func(n Node, id string) int { return cmp.Compare(n.ID, id) })
	return int32(i), ok
}

func text(v any) string { s, _ := v.(string); return s }

func texts(v any) []string {
	l, _ := v.([]any)
	if len(l) == 0 {
		return nil
	}
	out := make([]string, len(l))
	for i, x := range l {
		out[i] = text(x)
	}
	return out
}
