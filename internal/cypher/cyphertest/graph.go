// Package cyphertest builds small graphs in memory for tests of the query engine. It is plain rather than fast,
// and it is not a store: nothing but tests imports it.
package cyphertest

import (
	"fmt"
	"slices"
	"sort"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// Props are the properties of a node or edge; null values are left out.
type Props map[string]value.Value

// Builder collects nodes and edges. The zero Builder is empty and ready to use.
type Builder struct {
	nodes []node
	edges []edge
}

type node struct {
	labels []string
	props  Props
}

type edge struct {
	from, to int
	kind     string
	props    Props
	gone     bool
}

// Node adds a node and returns its number.
func (b *Builder) Node(labels []string, props Props) int {
	b.nodes = append(b.nodes, node{labels, props})
	return len(b.nodes) - 1
}

// Edge adds an edge and returns its number.
func (b *Builder) Edge(from, to int, kind string, props Props) int {
	b.edges = append(b.edges, edge{from: from, to: to, kind: kind, props: props})
	return len(b.edges) - 1
}

// RemoveEdge removes the first edge of that kind between two nodes.
func (b *Builder) RemoveEdge(from, to int, kind string) {
	for i := range b.edges {
		if e := &b.edges[i]; !e.gone && e.from == from && e.to == to && e.kind == kind {
			e.gone = true
			return
		}
	}
}

// NodeProps is the properties of a node that was added.
func (b *Builder) NodeProps(n int) Props { return b.nodes[n].props }

// Graph is an immutable graph in memory.
type Graph struct {
	labels, types, keys       []string
	labelIDs, typeIDs, keyIDs map[string]int32
	nodeLabels                [][]cypher.LabelID
	byLabel                   [][]uint32
	nodeProps, edgeProps      []map[cypher.KeyID]value.Value
	from, to                  []uint32
	edgeTypes                 []cypher.TypeID
	adjacent                  [2][]neighbours
	indexes                   map[indexKey]index
	counts                    map[countKey]int
}

type neighbours struct {
	nodes, edges []uint32
	// begin is where each type begins; one element more than there are types.
	begin []int
}

type indexKey struct {
	label cypher.LabelID
	key   cypher.KeyID
}

type countKey struct {
	label cypher.LabelID
	typ   cypher.TypeID
	dir   cypher.Direction
}

// Freeze makes the graph. Properties named in indexed get an index over all nodes and over each label.
func (b *Builder) Freeze(indexed ...string) *Graph {
	g := &Graph{labelIDs: map[string]int32{}, typeIDs: map[string]int32{}, keyIDs: map[string]int32{}, indexes: map[indexKey]index{}, counts: map[countKey]int{}}
	b.intern(g)
	for i, n := range b.nodes {
		var ids []cypher.LabelID
		for _, l := range n.labels {
			ids = append(ids, cypher.LabelID(g.labelIDs[l]))
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
		for _, l := range ids {
			g.byLabel[l] = append(g.byLabel[l], uint32(i))
		}
		g.nodeLabels = append(g.nodeLabels, ids)
		g.nodeProps = append(g.nodeProps, g.properties(n.props))
	}
	for _, e := range b.edges {
		if !e.gone {
			g.from, g.to = append(g.from, uint32(e.from)), append(g.to, uint32(e.to))
			g.edgeTypes = append(g.edgeTypes, cypher.TypeID(g.typeIDs[e.kind]))
			g.edgeProps = append(g.edgeProps, g.properties(e.props))
		}
	}
	g.link()
	g.count()
	for _, name := range indexed {
		if k, ok := g.keyIDs[name]; ok {
			g.index(cypher.KeyID(k))
		}
	}
	return g
}

func (b *Builder) intern(g *Graph) {
	labels, types, keys := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, n := range b.nodes {
		for _, l := range n.labels {
			labels[l] = true
		}
		for k := range n.props {
			keys[k] = true
		}
	}
	for _, e := range b.edges {
		if e.gone {
			continue
		}
		types[e.kind] = true
		for k := range e.props {
			keys[k] = true
		}
	}
	g.labels, g.types, g.keys = number(labels, g.labelIDs), number(types, g.typeIDs), number(keys, g.keyIDs)
	g.byLabel = make([][]uint32, len(g.labels))
}

func number(set map[string]bool, ids map[string]int32) []string {
	var names []string
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	for i, name := range names {
		ids[name] = int32(i)
	}
	return names
}

func (g *Graph) properties(props Props) map[cypher.KeyID]value.Value {
	if len(props) == 0 {
		return nil
	}
	m := map[cypher.KeyID]value.Value{}
	for k, v := range props {
		if !v.IsNull() {
			m[cypher.KeyID(g.keyIDs[k])] = v
		}
	}
	return m
}

func (g *Graph) link() {
	for d := range g.adjacent {
		g.adjacent[d] = make([]neighbours, len(g.nodeLabels))
	}
	for e := range g.from {
		g.adjacent[cypher.Out][g.from[e]].edges = append(g.adjacent[cypher.Out][g.from[e]].edges, uint32(e))
		g.adjacent[cypher.In][g.to[e]].edges = append(g.adjacent[cypher.In][g.to[e]].edges, uint32(e))
	}
	for d := range g.adjacent {
		for n := range g.adjacent[d] {
			g.arrange(&g.adjacent[d][n], cypher.Direction(d))
		}
	}
}

func (g *Graph) arrange(a *neighbours, dir cypher.Direction) {
	far := g.to
	if dir == cypher.In {
		far = g.from
	}
	sort.Slice(a.edges, func(i, j int) bool {
		x, y := a.edges[i], a.edges[j]
		if g.edgeTypes[x] != g.edgeTypes[y] {
			return g.edgeTypes[x] < g.edgeTypes[y]
		}
		if far[x] != far[y] {
			return far[x] < far[y]
		}
		return x < y
	})
	a.begin = make([]int, len(g.types)+1)
	for _, e := range a.edges {
		a.nodes = append(a.nodes, far[e])
		a.begin[g.edgeTypes[e]+1]++
	}
	for t := range g.types {
		a.begin[t+1] += a.begin[t]
	}
}

func (g *Graph) count() {
	for e := range g.from {
		for d, end := range []uint32{g.from[e], g.to[e]} {
			for _, l := range append([]cypher.LabelID{cypher.AnyLabel}, g.nodeLabels[end]...) {
				g.counts[countKey{l, g.edgeTypes[e], cypher.Direction(d)}]++
				g.counts[countKey{l, cypher.AnyType, cypher.Direction(d)}]++
			}
		}
	}
}

type index struct {
	nodes map[string][]uint32
	size  int
}

func (g *Graph) index(k cypher.KeyID) {
	for n, props := range g.nodeProps {
		v, ok := props[k]
		if !ok {
			continue
		}
		for _, l := range append([]cypher.LabelID{cypher.AnyLabel}, g.nodeLabels[n]...) {
			at := indexKey{l, k}
			ix, known := g.indexes[at]
			if !known {
				ix.nodes = map[string][]uint32{}
			}
			key := string(value.AppendKey(nil, v))
			ix.nodes[key] = append(ix.nodes[key], uint32(n))
			ix.size++
			g.indexes[at] = ix
		}
	}
}

// Lookup implements cypher.Index.
func (ix index) Lookup(v value.Value) []uint32 {
	if value.Equal(v, v) != value.True {
		return nil
	}
	return ix.nodes[string(value.AppendKey(nil, v))]
}

// Distinct implements cypher.Index.
func (ix index) Distinct() int { return len(ix.nodes) }

// Len implements cypher.Index.
func (ix index) Len() int { return ix.size }

// The methods below implement cypher.Graph.

func (g *Graph) NodeCount() int         { return len(g.nodeLabels) }
func (g *Graph) EdgeCount() int         { return len(g.from) }
func (g *Graph) Labels() []string       { return g.labels }
func (g *Graph) Types() []string        { return g.types }
func (g *Graph) PropertyKeys() []string { return g.keys }

func (g *Graph) LabelID(name string) (cypher.LabelID, bool) {
	id, ok := g.labelIDs[name]
	return cypher.LabelID(id), ok
}

func (g *Graph) TypeID(name string) (cypher.TypeID, bool) {
	id, ok := g.typeIDs[name]
	return cypher.TypeID(id), ok
}

func (g *Graph) KeyID(name string) (cypher.KeyID, bool) {
	id, ok := g.keyIDs[name]
	return cypher.KeyID(id), ok
}

func (g *Graph) NodesWithLabel(l cypher.LabelID) []uint32 { return g.byLabel[l] }

func (g *Graph) HasLabel(n uint32, l cypher.LabelID) bool {
	return slices.Contains(g.nodeLabels[n], l)
}

func (g *Graph) AppendNodeLabels(dst []cypher.LabelID, n uint32) []cypher.LabelID {
	return append(dst, g.nodeLabels[n]...)
}

func (g *Graph) Neighbours(n uint32, t cypher.TypeID, dir cypher.Direction) (nodes, edges []uint32) {
	a := &g.adjacent[dir][n]
	if t == cypher.AnyType {
		return a.nodes, a.edges
	}
	return a.nodes[a.begin[t]:a.begin[t+1]], a.edges[a.begin[t]:a.begin[t+1]]
}

func (g *Graph) EdgeEnds(e uint32) (from, to uint32)               { return g.from[e], g.to[e] }
func (g *Graph) EdgeType(e uint32) cypher.TypeID                   { return g.edgeTypes[e] }
func (g *Graph) NodeID(n uint32) string                            { return fmt.Sprintf("n%d", n) }
func (g *Graph) NodeProperty(n uint32, k cypher.KeyID) value.Value { return g.nodeProps[n][k] }
func (g *Graph) EdgeProperty(e uint32, k cypher.KeyID) value.Value { return g.edgeProps[e][k] }

func (g *Graph) AppendNodeKeys(dst []cypher.KeyID, n uint32) []cypher.KeyID {
	return appendKeys(dst, g.nodeProps[n])
}

func (g *Graph) AppendEdgeKeys(dst []cypher.KeyID, e uint32) []cypher.KeyID {
	return appendKeys(dst, g.edgeProps[e])
}

func appendKeys(dst []cypher.KeyID, props map[cypher.KeyID]value.Value) []cypher.KeyID {
	begin := len(dst)
	for k := range props {
		dst = append(dst, k)
	}
	slices.Sort(dst[begin:])
	return dst
}

func (g *Graph) Index(l cypher.LabelID, k cypher.KeyID) cypher.Index {
	if ix, ok := g.indexes[indexKey{l, k}]; ok {
		return ix
	}
	return nil
}

func (g *Graph) EdgeCountOf(l cypher.LabelID, t cypher.TypeID, dir cypher.Direction) int {
	return g.counts[countKey{l, t, dir}]
}
