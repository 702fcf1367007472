package embedded

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/schema"
)

// freeze makes the compact form of g, on all processors; the result does not
// depend on their number. It fails only for a graph that no builder makes: one
// with a value of a foreign type, an edge without its ends, or more nodes, edges,
// strings or kinds than the numbers of the format hold.
func freeze(g *graph.Graph) (*frozen, error) {
	return freezeWhile(g, func(*frozen, <-chan struct{}) {})
}

// freezeWhile freezes g and, as soon as all but indexes is there, starts body
// beside the rest; whole is closed when the indexes are there too. When it returns
// an error, body was not started.
func freezeWhile(g *graph.Graph, body func(f *frozen, whole <-chan struct{})) (*frozen, error) {
	f, err := frozenOf(g)
	if err != nil {
		return nil, fmt.Errorf("freeze graph: %w", err)
	}
	indexing := f.prepareIndexes()
	whole := make(chan struct{})
	go body(f, whole)
	inParallel(append(indexing, f.finish)...)
	close(whole)
	return f, nil
}

// frozenOf is g without indexes and without what finish fills.
func frozenOf(g *graph.Graph) (*frozen, error) {
	nodes, edges := g.Nodes(), g.Edges()
	if uint64(len(nodes)) >= math.MaxUint32 || uint64(len(edges)) >= math.MaxUint32 {
		return nil, fmt.Errorf("%d nodes and %d edges are too many for this store", len(nodes), len(edges))
	}
	for i := 1; i < len(nodes); i++ {
		if nodes[i].ID <= nodes[i-1].ID {
			return nil, fmt.Errorf("node id %s is repeated or out of order", nodes[i].ID)
		}
	}
	f := &frozen{about: about{Run: g.Run(), Hash: g.Hash(), Coverage: g.Coverage()}, indexes: map[cypher.KeyID]*textIndex{}}
	nodeRows, edgeRows := gatherers(rowsOfNodes(nodes)), gatherers(rowsOfEdges(edges))
	var labelsErr, edgesErr error
	tasks := []func(){}
	for _, r := range slices.Concat(edgeRows, nodeRows) {
		tasks = append(tasks, r.read)
	}
	inParallel(append(tasks, func() { edgesErr = f.joinEdges(nodes, edges) }, func() { labelsErr = f.readLabels(nodes) })...)
	for _, err := range []error{labelsErr, foreignInNodes(nodes, nodeRows), edgesErr, foreignInEdges(edges, edgeRows)} {
		if err != nil {
			return nil, err
		}
	}
	if err := f.assemble(nodes, builders(nodeRows), builders(edgeRows)); err != nil {
		return nil, err
	}
	return f, nil
}

// rowsOfNodes are the nodes' properties and their kind. A property named id or
// kind beside them would be a second truth and is left out, as the Neo4j store
// does.
func rowsOfNodes(nodes []graph.Node) *rows {
	return &rows{n: len(nodes), at: func(i int) graph.Properties { return nodes[i].Properties },
		more: func(i int) string { return string(nodes[i].Kind) }, moreName: schema.PropKind.Name,
		leaveOut: []string{schema.PropID.Name, schema.PropKind.Name}}
}

func rowsOfEdges(edges []graph.Edge) *rows {
	return &rows{n: len(edges), at: func(i int) graph.Properties { return edges[i].Properties }}
}

func foreignInNodes(nodes []graph.Node, gs []*gatherer) error {
	if g := firstBad(gs); g != nil {
		return fmt.Errorf("node %s: property %s is a %T", nodes[g.badRow].ID, g.bad.Key, g.bad.Value)
	}
	return nil
}

func foreignInEdges(edges []graph.Edge, gs []*gatherer) error {
	if g := firstBad(gs); g != nil {
		e := &edges[g.badRow]
		return fmt.Errorf("edge %s -%s-> %s: property %s is a %T", e.From, e.Kind, e.To, g.bad.Key, g.bad.Value)
	}
	return nil
}

// firstBad is the gatherer that met the first value of a foreign type; of two in
// one row that of the key that sorts first.
func firstBad(gs []*gatherer) *gatherer {
	var first *gatherer
	for _, g := range gs {
		if g.badRow >= 0 && (first == nil || g.badRow < first.badRow || g.badRow == first.badRow && g.bad.Key < first.bad.Key) {
			first = g
		}
	}
	return first
}

// assemble puts the strings and lists of all keys behind one another, those of
// nodes first, and makes columns and rows of edges.
func (f *frozen) assemble(nodes []graph.Node, ofNodes, ofEdges []*keyBuilder) error {
	f.keyNames = keyNames(ofNodes, ofEdges)
	var incomingDone sync.WaitGroup
	incomingDone.Go(func() {
		f.in = incoming(len(nodes), len(f.typeNames), f.from, f.to, f.typ)
		f.out = newAdjacency(len(nodes), f.from, f.typ, nil, nil)
	})
	defer incomingDone.Wait()
	places, err := f.reserve(nodes, slices.Concat(ofNodes, ofEdges))
	if err != nil {
		return err
	}
	tasks := []func(){func() { f.fillIDs(nodes) }}
	for i, k := range ofEdges {
		tasks = append(tasks, f.fill(k, places[len(ofNodes)+i])...)
	}
	for i, k := range ofNodes {
		tasks = append(tasks, f.fill(k, places[i])...)
	}
	f.nodeColumns, f.edgeColumns = make(columns, len(f.keyNames)), make(columns, len(f.keyNames))
	for i, k := range ofNodes {
		tasks = append(tasks, f.setColumns(f.nodeColumns, k, places[i]))
	}
	for i, k := range ofEdges {
		tasks = append(tasks, f.setColumns(f.edgeColumns, k, places[len(ofNodes)+i]))
	}
	inParallel(tasks...)
	return nil
}

func keyNames(of ...[]*keyBuilder) []string {
	names := []string{schema.PropID.Name}
	for _, k := range slices.Concat(of...) {
		names = append(names, k.key)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (f *frozen) setColumns(cs columns, k *keyBuilder, at place) func() {
	key, _ := slices.BinarySearch(f.keyNames, k.key)
	return func() { cs[key] = k.finish(at.text, at.list) }
}

// place is where the strings and lists of a key begin in the tables of the graph.
type place struct {
	text, list, listItem uint32
	bytes                uint64
}

// reserve makes the tables of strings and lists, empty, and says where what goes.
func (f *frozen) reserve(nodes []graph.Node, keys []*keyBuilder) ([]place, error) {
	var size uint64
	for i := range nodes {
		size += uint64(len(nodes[i].ID))
	}
	texts, lists, items := uint64(len(nodes)), uint64(0), uint64(0)
	places := make([]place, len(keys))
	for i, k := range keys {
		places[i] = place{text: uint32(texts), list: uint32(lists), listItem: uint32(items), bytes: size}
		texts += uint64(len(k.dict.ends))
		lists += uint64(len(k.dict.listEnds))
		items += uint64(len(k.dict.listCodes))
		size += k.dict.size()
	}
	if max(texts, lists, items) >= math.MaxUint32 {
		return nil, errors.New("more strings than this store holds")
	}
	f.text = textTable{offsets: make([]uint64, texts+1), bytes: make([]byte, size)}
	f.lists = listTable{offsets: make([]uint32, lists+1), codes: make([]uint32, items)}
	return places, nil
}

func (f *frozen) fillIDs(nodes []graph.Node) {
	end := 0
	for i := range nodes {
		end += copy(f.text.bytes[end:], nodes[i].ID)
		f.text.offsets[i+1] = uint64(end)
	}
}

// fill returns the tasks that copy the strings and lists of a key to their place.
func (f *frozen) fill(k *keyBuilder, at place) []func() {
	d := k.dict
	tasks := []func(){func() {
		for i, end := range d.listEnds {
			f.lists.offsets[int(at.list)+i+1] = at.listItem + end
		}
		for i, code := range d.listCodes {
			f.lists.codes[int(at.listItem)+i] = at.text + code
		}
	}}
	const chunk = 1 << 16
	for from := 0; from < len(d.ends); from += chunk {
		tasks = append(tasks, func() {
			for i := from; i < min(from+chunk, len(d.ends)); i++ {
				copy(f.text.bytes[at.bytes+startOf(d.ends, i):], d.texts.strings[i])
				f.text.offsets[int(at.text)+i+1] = at.bytes + d.ends[i]
			}
		})
	}
	return tasks
}

// readLabels numbers the sets of labels that nodes have.
func (f *frozen) readLabels(nodes []graph.Node) error {
	ofKind, setOf := map[schema.NodeKind]uint16{}, map[string]uint16{}
	var sets [][]string
	f.labels.set = make([]uint16, len(nodes))
	names := map[string]bool{}
	for i := range nodes {
		n := &nodes[i]
		// Without extra labels the kind says it all.
		set, ok := ofKind[n.Kind]
		if ok && len(n.Extra) == 0 {
			f.labels.set[i] = set
			continue
		}
		labels := n.Labels()
		key := labelsKey(labels)
		if set, ok = setOf[key]; !ok {
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
		if len(n.Extra) == 0 {
			ofKind[n.Kind] = set
		}
		f.labels.set[i] = set
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

// joinEdges numbers the ends and kinds of edges.
func (f *frozen) joinEdges(nodes []graph.Node, edges []graph.Edge) error {
	f.from, f.to, f.typ = make([]uint32, len(edges)), make([]uint32, len(edges)), make([]uint16, len(edges))
	kinds := map[schema.EdgeKind]bool{}
	for i := range edges {
		if i == 0 || edges[i].Kind != edges[i-1].Kind {
			kinds[edges[i].Kind] = true
		}
	}
	for k := range kinds {
		f.typeNames = append(f.typeNames, string(k))
	}
	slices.Sort(f.typeNames)
	if len(f.typeNames) > math.MaxUint16 {
		return fmt.Errorf("%d kinds of edges", len(f.typeNames))
	}
	ids, block := newStringTable(), make([]string, 0, blockRows)
	scratch := make([]uint32, 0, blockRows)
	for from := 0; from < len(nodes); from += blockRows {
		block = block[:0]
		for i := range nodes[from:min(from+blockRows, len(nodes))] {
			block = append(block, nodes[from+i].ID)
		}
		scratch = ids.codes(scratch[:0], block)
	}
	types := numbered[cypher.TypeID](f.typeNames)
	var typ cypher.TypeID
	node := 0 // edges are sorted by from, as nodes are by id
	for first := 0; first < len(edges); first += blockRows {
		block = block[:0]
		for i := first; i < min(first+blockRows, len(edges)); i++ {
			e := &edges[i]
			for node < len(nodes) && nodes[node].ID < e.From {
				node++
			}
			if node == len(nodes) || nodes[node].ID != e.From {
				return missingEnd(e)
			}
			if i == 0 || e.Kind != edges[i-1].Kind {
				typ = types[string(e.Kind)]
			}
			f.from[i], f.typ[i] = uint32(node), uint16(typ)
			block = append(block, e.To)
		}
		if _, missing := ids.lookups(f.to[first:first:len(edges)], block); missing >= 0 {
			return missingEnd(&edges[first+missing])
		}
	}
	return nil
}

func missingEnd(e *graph.Edge) error {
	return fmt.Errorf("edge %s -%s-> %s: an end is missing", e.From, e.Kind, e.To)
}

// prepareIndexes returns the tasks that index the properties that the schema
// marks. A key with values that are not strings gets no index: it would find fewer
// nodes than a scan.
func (f *frozen) prepareIndexes() []func() {
	var tasks []func()
	for i, name := range f.keyNames {
		if !indexed[name] || len(f.nodeColumns[i]) != 1 || f.nodeColumns[i][0].kind != textColumn {
			continue
		}
		x := &textIndex{}
		f.indexes[cypher.KeyID(i)] = x
		tasks = append(tasks, func() { *x = *newTextIndex(&f.nodeColumns[i][0], &f.text) })
	}
	return tasks
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
