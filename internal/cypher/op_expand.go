package cypher

import (
	"sort"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// adjacency walks the edges at a node, of some types, in one or both directions, each edge once.
type adjacency struct {
	graph Graph
	types typeSet
	dir   Direction

	node  uint32
	phase int
	nodes []uint32
	edges []uint32
	at    int
}

func (a *adjacency) start(node uint32) {
	a.node, a.phase, a.nodes, a.edges, a.at = node, 0, nil, nil, 0
}

// next is the next edge and its far end.
func (a *adjacency) next() (edge, far uint32, ok bool) {
	for {
		for a.at < len(a.edges) {
			i := a.at
			a.at++
			// A self-loop stands in both directions; it was given with the outgoing ones.
			if a.dir == Both && a.incoming() && a.nodes[i] == a.node {
				continue
			}
			return a.edges[i], a.nodes[i], true
		}
		if !a.load() {
			return 0, 0, false
		}
	}
}

// phases is the number of lists per direction.
func (a *adjacency) phases() int {
	if a.types.any {
		return 1
	}
	return len(a.types.ids)
}

// incoming says whether the list in hand is the second half of Both.
func (a *adjacency) incoming() bool { return a.phase > a.phases() }

func (a *adjacency) load() bool {
	n := a.phases()
	total := n
	if a.dir == Both {
		total = 2 * n
	}
	if a.phase >= total {
		return false
	}
	dir, typ := a.dir, AnyType
	if dir == Both {
		dir = Out
		if a.phase >= n {
			dir = In
		}
	}
	if !a.types.any {
		typ = a.types.ids[a.phase%n]
	}
	a.nodes, a.edges = a.graph.Neighbours(a.node, typ, dir)
	a.at = 0
	a.phase++
	return true
}

// exclusion is what an edge must differ from: edges and paths bound elsewhere in the same MATCH.
type exclusion struct {
	edges []ast.Slot
	paths []ast.Slot
}

func (x *exclusion) allows(rt *run, edge uint32) bool {
	for _, s := range x.edges {
		if v := rt.row[s]; v.Kind() == value.Edge && v.ID() == edge {
			return false
		}
	}
	for _, s := range x.paths {
		if p := rt.row[s].Path(); p != nil {
			rt.busy(len(p.Edges) / 16)
			for _, e := range p.Edges {
				if e == edge {
					return false
				}
			}
		}
	}
	return true
}

// expand follows the edges of one relationship from a bound node. With into, the far end is bound too.
type expand struct {
	estimated
	input          operator
	from, edge, to ast.Slot
	types          typeSet
	dir            Direction
	into           bool
	exclude        exclusion
	tests          []test
	detail         string
}

func (e *expand) describe() (string, string) {
	if e.into {
		return "Expand(Into)", e.detail
	}
	return "Expand(All)", e.detail
}
func (e *expand) inputs() []operator { return []operator{e.input} }
func (e *expand) open(rt *run) cursor {
	c := &expandCursor{input: rt.start(e.input), run: rt, op: e}
	c.adjacent = adjacency{graph: rt.graph, types: e.types, dir: e.dir}
	return c
}

type expandCursor struct {
	input    cursor
	run      *run
	op       *expand
	adjacent adjacency
	active   bool
	found    []uint32 // edges of Into still to give
}

func (c *expandCursor) reset() {
	c.active, c.found = false, nil
	c.input.reset()
}

func (c *expandCursor) next() bool {
	if c.op.into {
		return c.nextInto()
	}
	rt, row, op := c.run, c.run.row, c.op
	for {
		for c.active {
			edge, far, ok := c.adjacent.next()
			if !ok {
				c.active = false
				break
			}
			rt.tick()
			if !op.exclude.allows(rt, edge) {
				continue
			}
			row[op.edge], row[op.to] = value.OfEdge(edge), value.OfNode(far)
			if all(rt, op.tests) {
				return true
			}
		}
		if !c.input.next() {
			return false
		}
		rt.tick()
		if from := row[op.from]; from.Kind() == value.Node {
			c.adjacent.start(from.ID())
			c.active = true
		}
	}
}

// nextInto joins two bound nodes. It looks the target up in the sorted neighbours of the end with fewer edges.
func (c *expandCursor) nextInto() bool {
	rt, row, op := c.run, c.run.row, c.op
	for {
		for len(c.found) > 0 {
			edge := c.found[0]
			c.found = c.found[1:]
			rt.tick()
			if !op.exclude.allows(rt, edge) {
				continue
			}
			row[op.edge] = value.OfEdge(edge)
			if all(rt, op.tests) {
				return true
			}
		}
		if !c.input.next() {
			return false
		}
		rt.tick()
		from, to := row[op.from], row[op.to]
		c.found = c.found[:0:0]
		if from.Kind() == value.Node && to.Kind() == value.Node {
			c.found = edgesBetween(rt, c.found, from.ID(), to.ID(), op.types, op.dir)
		}
	}
}

// edgesBetween appends the edges that join two nodes.
func edgesBetween(rt *run, dst []uint32, from, to uint32, types typeSet, dir Direction) []uint32 {
	if dir == Both {
		dst = edgesBetween(rt, dst, from, to, types, Out)
		if from == to {
			return dst
		}
		return edgesBetween(rt, dst, from, to, types, In)
	}
	ids := types.ids
	if types.any {
		ids = allTypes(rt.graph)
	}
	for _, t := range ids {
		nodes, edges := rt.graph.Neighbours(from, t, dir)
		target := to
		if back, backEdges := rt.graph.Neighbours(to, t, Out+In-dir); len(back) < len(nodes) {
			nodes, edges, target = back, backEdges, from
		}
		i := sort.Search(len(nodes), func(i int) bool { return nodes[i] >= target })
		for ; i < len(nodes) && nodes[i] == target; i++ {
			rt.tick()
			dst = append(dst, edges[i])
		}
	}
	return dst
}

func allTypes(g Graph) []TypeID {
	ids := make([]TypeID, len(g.Types()))
	for i := range ids {
		ids[i] = TypeID(i)
	}
	return ids
}

// endpoints binds the ends of an edge that is already bound, in each orientation that fits.
type endpoints struct {
	estimated
	input            operator
	edge, from, to   ast.Slot
	boundFrom, bound bool // which ends are bound already
	types            typeSet
	dir              Direction
	exclude          exclusion
}

func (*endpoints) describe() (string, string) { return "ProjectEndpoints", "" }
func (e *endpoints) inputs() []operator       { return []operator{e.input} }
func (e *endpoints) open(rt *run) cursor {
	return &endpointsCursor{input: rt.start(e.input), run: rt, op: e}
}

type endpointsCursor struct {
	input   cursor
	run     *run
	op      *endpoints
	pending [][2]uint32
}

func (c *endpointsCursor) reset() {
	c.pending = nil
	c.input.reset()
}

func (c *endpointsCursor) next() bool {
	rt, row, op := c.run, c.run.row, c.op
	for {
		for len(c.pending) > 0 {
			ends := c.pending[0]
			c.pending = c.pending[1:]
			if op.boundFrom && !isNode(row[op.from], ends[0]) || op.bound && !isNode(row[op.to], ends[1]) {
				continue
			}
			if op.from == op.to && ends[0] != ends[1] {
				continue
			}
			row[op.from], row[op.to] = value.OfNode(ends[0]), value.OfNode(ends[1])
			return true
		}
		if !c.input.next() {
			return false
		}
		rt.tick()
		v := row[op.edge]
		if v.Kind() != value.Edge || !op.types.has(rt.graph.EdgeType(v.ID())) || !op.exclude.allows(rt, v.ID()) {
			continue
		}
		from, to := rt.graph.EdgeEnds(v.ID())
		if op.dir != In {
			c.pending = append(c.pending, [2]uint32{from, to})
		}
		if op.dir == In || op.dir == Both && from != to {
			c.pending = append(c.pending, [2]uint32{to, from})
		}
	}
}

func isNode(v Value, id uint32) bool { return v.Kind() == value.Node && v.ID() == id }

// paths assembles a path value from the parts of a pattern.
type paths struct {
	estimated
	input operator
	slot  ast.Slot
	nodes []ast.Slot
	links []ast.Slot // an edge, or the path of a part of variable length
}

func (*paths) describe() (string, string) { return "PathProjection", "" }
func (p *paths) inputs() []operator       { return []operator{p.input} }
func (p *paths) open(rt *run) cursor {
	return &pathsCursor{cursor: rt.start(p.input), run: rt, op: p}
}

type pathsCursor struct {
	cursor
	run *run
	op  *paths
}

func (c *pathsCursor) next() bool {
	if !c.cursor.next() {
		return false
	}
	rt, row := c.run, c.run.row
	rt.tick()
	path := &value.PathData{Nodes: []uint32{row[c.op.nodes[0]].ID()}}
	for i, s := range c.op.links {
		if part := row[s].Path(); part != nil {
			rt.busy(len(part.Edges) / 16)
			path.Edges = append(path.Edges, part.Edges...)
			path.Nodes = append(path.Nodes, part.Nodes[1:]...)
			continue
		}
		path.Edges = append(path.Edges, row[s].ID())
		path.Nodes = append(path.Nodes, row[c.op.nodes[i+1]].ID())
	}
	row[c.op.slot] = value.OfPath(path)
	return true
}
