package cypher

import (
	"math/bits"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// pruned finds the ends of a part of variable length, each end once, by breadth-first search. It stands for
// trails where nobody can tell the difference: what is above removes duplicates, no relationship of the part
// is read, and the lower bound is 0 or 1. A shortest walk to a node repeats no node, so it is a trail; only
// the start itself, reached again, needs a closed trail.
type pruned struct {
	estimated
	input    operator
	from, to ast.Slot
	into     bool
	body     body
	exclude  exclusion
	tests    []test
	title    string
}

func (p *pruned) describe() (string, string) {
	return "VarLengthExpand(Pruning,BFS)", p.title + p.body.detail()
}
func (p *pruned) inputs() []operator { return []operator{p.input} }
func (p *pruned) open(rt *run) cursor {
	return &prunedCursor{input: rt.start(p.input), run: rt, op: p}
}

type prunedCursor struct {
	input cursor
	run   *run
	op    *pruned

	active   bool
	source   uint32
	goal     Value
	visited  nodeSet
	level    []uint64 // the nodes of the level being filled, when it may be large
	emit     int      // next of visited.list to give
	depth    int      // of the level being given
	begins   int      // where that level begins in visited.list
	ends     int      // and where it ends
	parents  []parent // beside visited.list, when a path is wanted
	root     map[uint32]rooted
	cycle    int // length of the shortest closed trail found, 0 without
	closing  parent
	startOut bool // the start is still to be given, as the end of a closed trail
}

type parent struct {
	at   int32
	edge uint32
}

// rooted says by which edge of the start a node was reached, and how far it is.
type rooted struct {
	edge  uint32
	depth int
}

func (c *prunedCursor) reset() {
	c.active = false
	c.input.reset()
}

func (c *prunedCursor) next() bool {
	for {
		for c.active {
			end, at, ok := c.step()
			if !ok {
				c.active = false
				break
			}
			if c.op.into && (c.goal.Kind() != value.Node || c.goal.ID() != end) {
				continue
			}
			c.run.row[c.op.to] = value.OfNode(end)
			if c.op.body.path != ast.NoSlot {
				c.path(at)
			}
			if all(c.run, c.op.tests) {
				return true
			}
		}
		if !c.input.next() {
			return false
		}
		c.run.tick()
		c.begin()
	}
}

func (c *prunedCursor) begin() {
	from := c.run.row[c.op.from]
	c.goal = c.run.row[c.op.to]
	if from.Kind() != value.Node {
		return
	}
	c.run.busy(len(c.visited.list) / 16)
	c.active, c.source = true, from.ID()
	c.visited.clear()
	c.parents = c.parents[:0]
	c.root, c.cycle, c.startOut = nil, 0, false
	if c.undirected() && c.op.body.min == 1 {
		c.root = map[uint32]rooted{}
	}
	c.visited.add(c.run, c.source)
	c.parents = append(c.parents, parent{at: -1})
	c.depth, c.begins, c.ends, c.emit = 0, 0, 1, 0
	if c.op.body.min == 1 {
		c.emit = 1
	}
}

func (c *prunedCursor) undirected() bool { return c.op.body.hops[0].dir == Both }

// step gives the next end and its place in visited.list.
func (c *prunedCursor) step() (end uint32, at int, ok bool) {
	for {
		if c.emit < c.ends {
			c.emit++
			return c.visited.list[c.emit-1], c.emit - 1, true
		}
		if c.startOut {
			c.startOut = false
			return c.source, -1, true
		}
		if c.depth == c.op.body.max || !c.grow() {
			if c.cycle > 0 && c.root != nil && (c.op.body.max < 0 || c.cycle <= c.op.body.max) {
				c.cycle = 0
				return c.source, -1, true
			}
			return 0, 0, false
		}
	}
}

// grow fills the next level; false when nothing is reached any more.
func (c *prunedCursor) grow() bool {
	rt, h := c.run, &c.op.body.hops[0]
	begin, end := c.begins, c.ends
	near := adjacency{graph: rt.graph, types: h.types, dir: h.dir}
	for i := begin; i < end; i++ {
		node := c.visited.list[i]
		near.start(node)
		for {
			edge, far, ok := near.next()
			if !ok {
				break
			}
			rt.tick()
			if c.known(far) || !c.op.exclude.allows(rt, edge) {
				continue
			}
			if len(h.tests) > 0 {
				c.op.body.bind(rt, h, node, edge, far)
				if !all(rt, h.tests) {
					continue
				}
			}
			c.reach(i, edge, node, far)
		}
	}
	c.depth++
	c.arrange(end)
	c.begins, c.ends = end, len(c.visited.list)
	return c.ends > end || c.startOut
}

// known says whether looking at the edge is useless: its end was reached, and it closes no trail of interest.
func (c *prunedCursor) known(far uint32) bool {
	if far == c.source {
		return c.op.body.min == 0 || c.root == nil && c.cycle > 0
	}
	return c.root == nil && c.visited.has(far)
}

// reach takes an edge that passed all tests.
func (c *prunedCursor) reach(at int, edge, node, far uint32) {
	if c.root == nil {
		if far == c.source {
			c.cycle, c.startOut, c.closing = c.depth+1, true, parent{at: int32(at), edge: edge}
			return
		}
		c.visited.add(c.run, far)
		if c.op.body.path != ast.NoSlot {
			c.parents = append(c.parents, parent{at: int32(at), edge: edge})
		}
		return
	}
	c.reachUndirected(edge, node, far)
}

// reachUndirected keeps, beside the search, the shortest closed trail through the start: two branches that
// leave the start by different edges and meet, or a loop at the start. Going out and back over one edge is none.
func (c *prunedCursor) reachUndirected(edge, node, far uint32) {
	here := c.root[node]
	if node == c.source {
		here = rooted{edge: edge}
	}
	if far == c.source {
		if node == c.source || here.edge != edge {
			c.closed(here.depth + 1)
		}
		return
	}
	there, seen := c.root[far]
	if !seen {
		c.root[far] = rooted{edge: here.edge, depth: here.depth + 1}
		c.visited.add(c.run, far)
		c.run.grow(32)
		return
	}
	if there.edge != here.edge {
		c.closed(here.depth + 1 + there.depth)
	}
}

func (c *prunedCursor) closed(length int) {
	if c.cycle == 0 || length < c.cycle {
		c.cycle = length
	}
}

// arrange puts a large new level into the order of ids, which makes the next step read memory in order.
func (c *prunedCursor) arrange(begin int) {
	fresh := c.visited.list[begin:]
	words := (c.run.graph.NodeCount() + 63) / 64
	if c.op.body.path != ast.NoSlot || len(fresh) < words {
		return
	}
	if c.level == nil {
		c.run.grow(int64(words) * 8)
		c.level = make([]uint64, words)
	}
	for _, n := range fresh {
		c.level[n/64] |= 1 << (n % 64)
	}
	i := 0
	for w, word := range c.level {
		for word != 0 {
			fresh[i] = uint32(w*64 + bits.TrailingZeros64(word))
			i++
			word &= word - 1
		}
		c.level[w] = 0
	}
}

// path publishes a shortest walk to the end at a place of visited.list; -1 is the closed trail.
func (c *prunedCursor) path(at int) {
	nodes, edges := []uint32{}, []uint32{}
	c.run.busy(c.depth)
	if at < 0 {
		nodes, edges = append(nodes, c.source), append(edges, c.closing.edge)
		at = int(c.closing.at)
	}
	for at >= 0 {
		nodes = append(nodes, c.visited.list[at])
		p := c.parents[at]
		if p.at >= 0 {
			edges = append(edges, p.edge)
		}
		at = int(p.at)
	}
	reverse(nodes)
	reverse(edges)
	c.op.body.publish(c.run, nodes, edges)
}
