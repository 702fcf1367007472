// Package graph holds what Postern knows after one run: nodes, edges and
// coverage, and the contract of the stores that publish and query it.
//
// A Graph is immutable and deterministic: the same facts give the same nodes,
// edges and hash, in whatever order they were added. It is made by a Builder.
package graph

import (
	"github.com/postern-sec/postern/schema"
)

// Value is a property value: string, bool, int64, float64 or []string. Nothing
// else may be stored; both stores can hold these.
type Value any

// Property is one property of a node or an edge.
type Property struct {
	Key   string
	Value Value
}

// Properties are sorted by key, each key once.
type Properties []Property

// Get returns the value of key, or nil.
func (p Properties) Get(key string) Value {
	for i := range p {
		if p[i].Key == key {
			return p[i].Value
		}
	}
	return nil
}

// Text returns the value of key if it is a string, else "".
func (p Properties) Text(key string) string { s, _ := p.Get(key).(string); return s }

// List returns the value of key if it is a list of strings, else nil. The
// caller must not change it.
func (p Properties) List(key string) []string { l, _ := p.Get(key).([]string); return l }

// Map returns the properties as a map that the caller owns. Lists become []any
// of string, as query results have them.
func (p Properties) Map() map[string]any {
	m := make(map[string]any, len(p))
	for _, x := range p {
		if l, ok := x.Value.([]string); ok {
			a := make([]any, len(l))
			for i, s := range l {
				a[i] = s
			}
			m[x.Key] = a
			continue
		}
		m[x.Key] = x.Value
	}
	return m
}

// Node is a member of the graph. Its labels are its kind, the kind's
// categories, and Extra.
type Node struct {
	ID   string
	Kind schema.NodeKind
	// Extra labels beside kind and categories (schema.LabelEntry,
	// schema.LabelTrainingData), sorted.
	Extra []string
	// Properties without id and kind, which every store adds.
	Properties Properties
}

// Labels returns all labels of n, sorted.
func (n Node) Labels() []string { return mergeSorted(n.Kind.Labels(), n.Extra) }

// Edge joins two nodes of the graph.
type Edge struct {
	From, To   string
	Kind       schema.EdgeKind
	Properties Properties
}

// Graph is one run's result. It is immutable: callers must not change what its
// methods return. Safe for concurrent use.
type Graph struct {
	run      Run
	nodes    []Node // by id
	edges    []Edge // by from, kind, to
	coverage Coverage
	hash     string
}

// Run is one collect-to-alert pass. Its id and times are given, never taken
// from a clock, and are not part of the graph's hash.
type Run struct {
	ID    string `json:"id"`              // ULID
	Start string `json:"start,omitempty"` // RFC 3339, UTC
	End   string `json:"end,omitempty"`
}

// Run returns the run that made g.
func (g *Graph) Run() Run { return g.run }

// WithRun returns the same graph as the result of another run. Its hash is the
// same.
func (g *Graph) WithRun(r Run) *Graph {
	out := *g
	out.run = r
	return &out
}

// Nodes returns all nodes sorted by id.
func (g *Graph) Nodes() []Node { return g.nodes }

// Edges returns all edges sorted by from, kind, to.
func (g *Graph) Edges() []Edge { return g.edges }

// Coverage returns what was and was not read.
func (g *Graph) Coverage() Coverage { return g.coverage }

// Hash is a hex SHA-256 over nodes, edges and coverage. Equal hashes mean equal
// graphs.
func (g *Graph) Hash() string { return g.hash }

// Node returns the node with the given id.
func (g *Graph) Node(id string) (Node, bool) {
	i, ok := findNode(g.nodes, id)
	if !ok {
		return Node{}, false
	}
	return g.nodes[i], true
}
