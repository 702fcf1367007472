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
	"strings"

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

// Edge is an attack edge of the projection. From and To are node numbers.
type Edge struct {
	From, To   int32
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
// numbered in the order of their ids, edges in the order of from, kind, to.
type Projection struct {
	Nodes []Node
	Edges []Edge
	// out and in hold edge numbers grouped by their from and to node.
	outStart, inStart []int32
	outEdge, inEdge   []int32
}

// Query texts by which a projection is read from any store. Rows come in no
// particular order.
const nodeQuery = `MATCH (n:Asset)
RETURN n.id, n.name, n.kind, n.environment, n.sensitivity, n.training_data, n:Entry, n:TrainingData`

var edgeQuery = `MATCH (a:Asset)-[r:` + attackTypes() + `]->(b:Asset)
RETURN a.id, b.id, type(r), r.verdict, r.assumes, r.confidence, r.cost, r.techniques, r.witness, r.attack_ids, r.evidence, r.ports, r.sources`

func attackTypes() string {
	var s []string
	for _, k := range schema.AttackEdgeKinds() {
		s = append(s, string(k))
	}
	return strings.Join(s, "|")
}

// Load reads the projection of a store's current graph.
func Load(ctx context.Context, s graph.Store) (*Projection, error) {
	all := graph.Limits{Rows: -1, Memory: -1, Time: -1}
	nodes, err := s.Query(ctx, graph.Query{Text: nodeQuery, Limits: all})
	if err != nil {
		return nil, fmt.Errorf("read nodes: %w", err)
	}
	edges, err := s.Query(ctx, graph.Query{Text: edgeQuery, Limits: all})
	if err != nil {
		return nil, fmt.Errorf("read attack edges: %w", err)
	}
	if !nodes.Exhaustive || !edges.Exhaustive {
		return nil, fmt.Errorf("read attack edges: the store cut its answer at %s", cmp.Or(nodes.TruncatedAt, edges.TruncatedAt))
	}
	ns := make([]Node, len(nodes.Rows))
	for i, r := range nodes.Rows {
		ns[i] = Node{ID: text(r[0]), Name: text(r[1]), Kind: schema.NodeKind(text(r[2])), Environment: text(r[3]),
			Sensitivity: text(r[4]), TrainingData: text(r[5]), Entry: r[6] == true, Training: r[7] == true}
	}
	rows := make([]namedEdge, len(edges.Rows))
	for i, r := range edges.Rows {
		cost, _ := r[6].(int64)
		rows[i] = namedEdge{text(r[0]), text(r[1]), Edge{Kind: schema.EdgeKind(text(r[2])), Verdict: schema.Verdict(text(r[3])),
			Assumes: schema.Assumption(text(r[4])), Confidence: schema.Confidence(text(r[5])), Cost: int32(cost),
			Techniques: texts(r[7]), Witness: texts(r[8]), AttackIDs: texts(r[9]), Evidence: texts(r[10]), Ports: texts(r[11]), Sources: texts(r[12])}}
	}
	return build(ns, rows)
}

// FromGraph is the projection of a graph in memory.
func FromGraph(g *graph.Graph) (*Projection, error) {
	ns := make([]Node, 0, len(g.Nodes()))
	for _, n := range g.Nodes() {
		ns = append(ns, Node{ID: n.ID, Kind: n.Kind, Name: n.Properties.Text(schema.PropName.Name), Environment: n.Properties.Text(schema.PropEnvironment.Name),
			Sensitivity: n.Properties.Text(schema.PropSensitivity.Name), TrainingData: n.Properties.Text(schema.PropTrainingData.Name),
			Entry: slices.Contains(n.Extra, schema.LabelEntry), Training: slices.Contains(n.Extra, schema.LabelTrainingData)})
	}
	var rows []namedEdge
	for _, e := range g.Edges() {
		if !e.Kind.Attack() {
			continue
		}
		p := e.Properties
		cost, _ := p.Get(schema.PropCost.Name).(int64)
		rows = append(rows, namedEdge{e.From, e.To, Edge{Kind: e.Kind, Verdict: schema.Verdict(p.Text(schema.PropVerdict.Name)),
			Assumes: schema.Assumption(p.Text(schema.PropAssumes.Name)), Confidence: schema.Confidence(p.Text(schema.PropConfidence.Name)), Cost: int32(cost),
			Techniques: p.List(schema.PropTechniques.Name), Witness: p.List(schema.PropWitness.Name), AttackIDs: p.List(schema.PropAttackIDs.Name),
			Evidence: p.List(schema.PropEvidence.Name), Ports: p.List(schema.PropPorts.Name), Sources: p.List(schema.PropSources.Name)}})
	}
	return build(ns, rows)
}

type namedEdge struct {
	from, to string
	Edge
}

func build(nodes []Node, rows []namedEdge) (*Projection, error) {
	slices.SortFunc(nodes, func(a, b Node) int { return cmp.Compare(a.ID, b.ID) })
	number := make(map[string]int32, len(nodes))
	for i := range nodes {
		number[nodes[i].ID] = int32(i)
	}
	p := &Projection{Nodes: nodes, Edges: make([]Edge, len(rows))}
	for i := range rows {
		from, ok := number[rows[i].from]
		to, ok2 := number[rows[i].to]
		if !ok || !ok2 {
			return nil, fmt.Errorf("edge %s -%s-> %s: an end is no asset", rows[i].from, rows[i].Kind, rows[i].to)
		}
		p.Edges[i] = rows[i].Edge
		p.Edges[i].From, p.Edges[i].To = from, to
	}
	slices.SortFunc(p.Edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.To, b.To))
	})
	p.outStart, p.outEdge = group(len(nodes), len(p.Edges), func(i int) int32 { return p.Edges[i].From })
	p.inStart, p.inEdge = group(len(nodes), len(p.Edges), func(i int) int32 { return p.Edges[i].To })
	return p, nil
}

// group lists edge numbers by one of their ends, as offsets and entries.
func group(nodes, edges int, end func(int) int32) (start, list []int32) {
	start = make([]int32, nodes+1)
	for i := range edges {
		start[end(i)+1]++
	}
	for i := range nodes {
		start[i+1] += start[i]
	}
	list = make([]int32, edges)
	next := slices.Clone(start[:nodes])
	for i := range edges {
		n := end(i)
		list[next[n]] = int32(i)
		next[n]++
	}
	return start, list
}

// Out returns the numbers of the edges that leave node n.
func (p *Projection) Out(n int32) []int32 { return p.outEdge[p.outStart[n]:p.outStart[n+1]] }

// In returns the numbers of the edges that lead to node n.
func (p *Projection) In(n int32) []int32 { return p.inEdge[p.inStart[n]:p.inStart[n+1]] }

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
