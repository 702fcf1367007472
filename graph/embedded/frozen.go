package embedded

import (
	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// frozen is a graph in the form that queries run on. It is immutable; any
// number of goroutines may read it. It implements cypher.Graph.
//
// Nodes are numbered in the order of their ids, edges in the order of
// graph.CompareEdges, so numbers are the same whatever made the graph.
type frozen struct {
	about about
	text  textTable
	lists listTable

	labelNames, typeNames, keyNames []string // sorted
	labelIDs                        map[string]cypher.LabelID
	typeIDs                         map[string]cypher.TypeID
	keyIDs                          map[string]cypher.KeyID

	labels   labelTable
	from, to []uint32 // by edge
	typ      []uint16 // by edge
	out, in  adjacency

	nodeColumns, edgeColumns columns
	idKey                    int // place of "id" in keyNames
	indexes                  map[cypher.KeyID]*textIndex
	ids                      idIndex
	// counts of edges by direction, type and label; the last of each is the
	// one for any. See edgeCounts.
	counts []int
}

// about is what a frozen graph knows beside nodes and edges.
type about struct {
	Run      graph.Run      `json:"run"`
	Hash     string         `json:"hash"`
	Coverage graph.Coverage `json:"coverage"`
}

// finish fills everything that is derived from what is stored.
func (f *frozen) finish() {
	f.labelIDs, f.typeIDs, f.keyIDs = numbered[cypher.LabelID](f.labelNames), numbered[cypher.TypeID](f.typeNames), numbered[cypher.KeyID](f.keyNames)
	f.idKey = int(f.keyIDs["id"])
	f.lists.cells = newListCells(f.lists.len())
	f.labels.fill(len(f.labelNames))
	self := ascending(max(f.NodeCount(), f.EdgeCount()))
	f.out.far, f.out.edge = f.to, self[:f.EdgeCount():f.EdgeCount()]
	f.ids = idIndex{text: &f.text, self: self, nodes: f.NodeCount()}
	f.countEdges()
}

func numbered[T ~int32](names []string) map[string]T {
	m := make(map[string]T, len(names))
	for i, n := range names {
		m[n] = T(i)
	}
	return m
}

// NodeCount implements cypher.Graph.
func (f *frozen) NodeCount() int { return len(f.labels.set) }

// EdgeCount implements cypher.Graph.
func (f *frozen) EdgeCount() int { return len(f.to) }

// Labels implements cypher.Graph.
func (f *frozen) Labels() []string { return f.labelNames }

// Types implements cypher.Graph.
func (f *frozen) Types() []string { return f.typeNames }

// PropertyKeys implements cypher.Graph.
func (f *frozen) PropertyKeys() []string { return f.keyNames }

// LabelID implements cypher.Graph.
func (f *frozen) LabelID(name string) (cypher.LabelID, bool) {
	id, ok := f.labelIDs[name]
	return id, ok
}

// TypeID implements cypher.Graph.
func (f *frozen) TypeID(name string) (cypher.TypeID, bool) { id, ok := f.typeIDs[name]; return id, ok }

// KeyID implements cypher.Graph.
func (f *frozen) KeyID(name string) (cypher.KeyID, bool) { id, ok := f.keyIDs[name]; return id, ok }

// NodesWithLabel implements cypher.Graph.
func (f *frozen) NodesWithLabel(label cypher.LabelID) []uint32 { return f.labels.nodes[label] }

// HasLabel implements cypher.Graph.
func (f *frozen) HasLabel(node uint32, label cypher.LabelID) bool {
	return f.labels.sets[f.labels.set[node]].has(label)
}

// AppendNodeLabels implements cypher.Graph.
func (f *frozen) AppendNodeLabels(dst []cypher.LabelID, node uint32) []cypher.LabelID {
	return append(dst, f.labels.sets[f.labels.set[node]].ids...)
}

// Neighbours implements cypher.Graph.
func (f *frozen) Neighbours(node uint32, typ cypher.TypeID, dir cypher.Direction) (nodes, edges []uint32) {
	a := &f.out
	if dir == cypher.In {
		a = &f.in
	}
	if typ == cypher.AnyType {
		return a.all(node)
	}
	return a.of(node, uint16(typ))
}

// EdgeEnds implements cypher.Graph.
func (f *frozen) EdgeEnds(edge uint32) (from, to uint32) { return f.from[edge], f.to[edge] }

// EdgeType implements cypher.Graph.
func (f *frozen) EdgeType(edge uint32) cypher.TypeID { return cypher.TypeID(f.typ[edge]) }

// NodeID implements cypher.Graph.
func (f *frozen) NodeID(node uint32) string { return f.text.at(node) }

// NodeProperty implements cypher.Graph.
func (f *frozen) NodeProperty(node uint32, key cypher.KeyID) value.Value {
	if int(key) == f.idKey {
		return value.OfString(f.text.at(node))
	}
	return f.nodeColumns.get(node, int(key), f)
}

// EdgeProperty implements cypher.Graph.
func (f *frozen) EdgeProperty(edge uint32, key cypher.KeyID) value.Value {
	return f.edgeColumns.get(edge, int(key), f)
}

// AppendNodeKeys implements cypher.Graph.
func (f *frozen) AppendNodeKeys(dst []cypher.KeyID, node uint32) []cypher.KeyID {
	for k := range f.keyNames {
		if k == f.idKey || f.nodeColumns.has(node, k) {
			dst = append(dst, cypher.KeyID(k))
		}
	}
	return dst
}

// AppendEdgeKeys implements cypher.Graph.
func (f *frozen) AppendEdgeKeys(dst []cypher.KeyID, edge uint32) []cypher.KeyID {
	for k := range f.keyNames {
		if f.edgeColumns.has(edge, k) {
			dst = append(dst, cypher.KeyID(k))
		}
	}
	return dst
}

// Index implements cypher.Graph. There are indexes over all nodes only: every
// node has the label Asset, and a label is a cheap filter on what an index
// finds.
func (f *frozen) Index(label cypher.LabelID, key cypher.KeyID) cypher.Index {
	if label != cypher.AnyLabel {
		return nil
	}
	if int(key) == f.idKey {
		return &f.ids
	}
	if x := f.indexes[key]; x != nil {
		return x
	}
	return nil
}

// EdgeCountOf implements cypher.Graph.
func (f *frozen) EdgeCountOf(label cypher.LabelID, typ cypher.TypeID, dir cypher.Direction) int {
	return f.counts[f.countAt(label, typ, dir)]
}

func (f *frozen) countAt(label cypher.LabelID, typ cypher.TypeID, dir cypher.Direction) int {
	l, t, d := int(label), int(typ), 0
	if label == cypher.AnyLabel {
		l = len(f.labelNames)
	}
	if typ == cypher.AnyType {
		t = len(f.typeNames)
	}
	if dir == cypher.In {
		d = 1
	}
	return (d*(len(f.typeNames)+1)+t)*(len(f.labelNames)+1) + l
}

// countEdges counts by set of labels first, then adds the sets up: a node's
// labels are walked once a set instead of once an edge.
func (f *frozen) countEdges() {
	f.counts = make([]int, 2*(len(f.typeNames)+1)*(len(f.labelNames)+1))
	for d, a := range []*adjacency{&f.out, &f.in} {
		dir := cypher.Out
		if d == 1 {
			dir = cypher.In
		}
		perSet := make([]int, len(f.labels.sets)*len(f.typeNames))
		for node, set := range f.labels.set {
			for r := a.firstRun[node]; r < a.firstRun[node+1]; r++ {
				perSet[int(set)*len(f.typeNames)+int(a.runType[r])] += int(a.runEnd[r] - a.start(r))
			}
		}
		for i, n := range perSet {
			set, typ := &f.labels.sets[i/len(f.typeNames)], cypher.TypeID(i%len(f.typeNames))
			for _, t := range []cypher.TypeID{typ, cypher.AnyType} {
				f.counts[f.countAt(cypher.AnyLabel, t, dir)] += n
				for _, l := range set.ids {
					f.counts[f.countAt(l, t, dir)] += n
				}
			}
		}
	}
}

// describe tells of the graph.
func (f *frozen) describe() graph.Description {
	d := graph.Description{Run: f.about.Run, Hash: f.about.Hash, Coverage: f.about.Coverage, Nodes: map[string]int{}, Edges: map[string]int{}}
	if k, ok := f.keyIDs["kind"]; ok {
		for _, c := range f.nodeColumns[k] {
			for _, code := range c.codes {
				d.Nodes[f.text.at(code)]++
			}
		}
	}
	for i, name := range f.typeNames {
		d.Edges[name] = f.EdgeCountOf(cypher.AnyLabel, cypher.TypeID(i), cypher.Out)
	}
	return d
}
