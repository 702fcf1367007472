package embedded

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/schema"
)

// dictionaries are shared by all columns of one graph.
type dictionaries struct {
	text  *textBuilder
	lists *listBuilder
}

// freeze makes the compact form of g. It fails only for a graph that no
// builder makes: one with a value of a foreign type, an edge without its ends,
// or more nodes, edges or kinds than the numbers of the format hold.
func freeze(g *graph.Graph) (*frozen, error) {
	nodes, edges := g.Nodes(), g.Edges()
	if uint64(len(nodes)) >= math.MaxUint32 || uint64(len(edges)) >= math.MaxUint32 {
		return nil, fmt.Errorf("freeze graph: %d nodes and %d edges are too many for this store", len(nodes), len(edges))
	}
	// Most strings are ids, names and the proof of one edge each.
	d := &dictionaries{text: newTextBuilder(2*len(nodes) + len(edges)), lists: newListBuilder(len(edges))}
	f := &frozen{about: about{Run: g.Run(), Hash: g.Hash(), Coverage: g.Coverage()}}
	number := make(map[string]uint32, len(nodes))
	for i := range nodes {
		number[nodes[i].ID] = uint32(i)
		d.text.code(nodes[i].ID)
	}
	if len(number) != len(nodes) {
		return nil, fmt.Errorf("freeze graph: %d of %d node ids are repeated", len(nodes)-len(number), len(nodes))
	}
	nodeColumns, edgeColumns := newColumnsBuilder(len(nodes)), newColumnsBuilder(len(edges))
	if err := freezeNodes(f, nodes, nodeColumns, d); err != nil {
		return nil, fmt.Errorf("freeze graph: %w", err)
	}
	if err := freezeEdges(f, edges, number, edgeColumns, d); err != nil {
		return nil, fmt.Errorf("freeze graph: %w", err)
	}
	f.keyNames = keyNames(nodeColumns, edgeColumns)
	var parts sync.WaitGroup
	parts.Go(func() { f.text = d.text.freeze() })
	parts.Go(func() { f.in = incoming(len(nodes), len(f.typeNames), f.from, f.to, f.typ) })
	f.nodeColumns, f.edgeColumns = nodeColumns.freeze(f.keyNames), edgeColumns.freeze(f.keyNames)
	f.lists = listTable{offsets: clipped(d.lists.list.offsets), codes: clipped(d.lists.list.codes)}
	f.out = newAdjacency(len(nodes), f.from, f.typ, nil, nil)
	parts.Wait()
	f.buildIndexes()
	f.finish()
	return f, nil
}

func keyNames(builders ...*columnsBuilder) []string {
	names := []string{schema.PropID.Name}
	for _, b := range builders {
		for k := range b.byKey {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func freezeNodes(f *frozen, nodes []graph.Node, columns *columnsBuilder, d *dictionaries) error {
	setOf := map[string]uint16{}
	var sets [][]string
	f.labels.set = make([]uint16, len(nodes))
	names := map[string]bool{}
	for i := range nodes {
		n := &nodes[i]
		labels := n.Labels()
		key := labelsKey(labels)
		set, ok := setOf[key]
		if !ok {
			if len(sets) > math.MaxUint16 {
				return fmt.Errorf("more than %d different sets of labels", len(sets))
			}
			set = uint16(len(sets))
			setOf[key] = set
			sets = append(sets, labels)
			for _, l := range labels {
				names[l] = true
			}
		}
		f.labels.set[i] = set
		if err := freezeNodeProperties(uint32(i), n, columns, d); err != nil {
			return err
		}
	}
	for l := range names {
		f.labelNames = append(f.labelNames, l)
	}
	slices.Sort(f.labelNames)
	ids := numbered[cypher.LabelID](f.labelNames)
	for _, labels := range sets {
		set := make([]cypher.LabelID, len(labels))
		for i, l := range labels {
			set[i] = ids[l]
		}
		f.labels.sets = append(f.labels.sets, newLabelSet(set, len(f.labelNames)))
	}
	return nil
}

// freezeNodeProperties adds the node's properties and its kind. A property
// named id or kind beside them would be a second truth and is left out, as the
// Neo4j store does.
func freezeNodeProperties(row uint32, n *graph.Node, columns *columnsBuilder, d *dictionaries) error {
	columns.set(row, 0, schema.PropKind.Name, string(n.Kind), d)
	for j, p := range n.Properties {
		if p.Key == schema.PropID.Name || p.Key == schema.PropKind.Name {
			continue
		}
		if !columns.set(row, j+1, p.Key, p.Value, d) {
			return fmt.Errorf("node %s: property %s is a %T", n.ID, p.Key, p.Value)
		}
	}
	return nil
}

func freezeEdges(f *frozen, edges []graph.Edge, number map[string]uint32, columns *columnsBuilder, d *dictionaries) error {
	f.from, f.to, f.typ = make([]uint32, len(edges)), make([]uint32, len(edges)), make([]uint16, len(edges))
	kinds := map[schema.EdgeKind]bool{}
	for i := range edges {
		kinds[edges[i].Kind] = true
	}
	for k := range kinds {
		f.typeNames = append(f.typeNames, string(k))
	}
	slices.Sort(f.typeNames)
	if len(f.typeNames) > math.MaxUint16 {
		return fmt.Errorf("%d kinds of edges", len(f.typeNames))
	}
	types := numbered[cypher.TypeID](f.typeNames)
	var from uint32
	var okFrom bool
	for i := range edges {
		e := &edges[i]
		if i == 0 || e.From != edges[i-1].From {
			from, okFrom = number[e.From]
		}
		to, okTo := number[e.To]
		if !okFrom || !okTo {
			return fmt.Errorf("edge %s -%s-> %s: an end is missing", e.From, e.Kind, e.To)
		}
		f.from[i], f.to[i], f.typ[i] = from, to, uint16(types[string(e.Kind)])
		for j, p := range e.Properties {
			if !columns.set(uint32(i), j, p.Key, p.Value, d) {
				return fmt.Errorf("edge %s -%s-> %s: property %s is a %T", e.From, e.Kind, e.To, p.Key, p.Value)
			}
		}
	}
	return nil
}

// buildIndexes indexes the properties that the schema marks. A key with values
// that are not strings gets no index: it would find fewer nodes than a scan.
func (f *frozen) buildIndexes() {
	f.indexes = map[cypher.KeyID]*textIndex{}
	for i, name := range f.keyNames {
		if !indexed[name] || len(f.nodeColumns[i]) != 1 || f.nodeColumns[i][0].kind != textColumn {
			continue
		}
		f.indexes[cypher.KeyID(i)] = newTextIndex(&f.nodeColumns[i][0], &f.text)
	}
}

var indexed = func() map[string]bool {
	m := map[string]bool{}
	for _, p := range schema.Properties() {
		if p.Indexed && p != schema.PropID {
			m[p.Name] = true
		}
	}
	return m
}()
