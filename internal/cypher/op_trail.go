package cypher

import (
	"fmt"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// hop is one relationship inside a part of variable length, with the slots of the body that it binds and
// the tests that can be made as soon as it is bound. Left and right are in the direction of the search.
type hop struct {
	types             typeSet
	dir               Direction
	left, edge, right ast.Slot
	tests             []test
}

// body is the repeated part of a pattern: hops in the order of the search.
type body struct {
	hops     []hop
	min, max int // iterations; max -1 is no bound
	// reversed says that the search runs from the right end of the pattern to the left.
	reversed bool
	// path takes the path of the whole part in the order of the pattern, NoSlot when nobody reads it.
	path   ast.Slot
	groups []groupSlot
	// spanning are the tests that read more than one hop. The search for shortest paths, whose states know
	// one hop only, makes them on whole paths; the enumeration of trails makes them at the last hop instead.
	spanning []test
	// selfContained says that the tests read nothing but the hop itself and constants, so that their
	// answer for an edge can be remembered.
	selfContained bool
}

// groupSlot takes the list of the values of one variable of the body.
type groupSlot struct {
	list   ast.Slot
	isEdge bool
	offset int // position in the body, in the order of the pattern
}

func (b *body) detail() string {
	upper := ""
	if b.max >= 0 {
		upper = fmt.Sprint(b.max)
	}
	return fmt.Sprintf("{%d,%s}", b.min, upper)
}

// bind writes the slots of one hop.
func (b *body) bind(rt *run, h *hop, left, edge, right uint32) {
	rt.row[h.left], rt.row[h.edge], rt.row[h.right] = value.OfNode(left), value.OfEdge(edge), value.OfNode(right)
}

// publish writes the path and the group lists for a walk in the order of the search.
func (b *body) publish(rt *run, nodes, edges []uint32) {
	rt.busy(len(edges) / 16)
	if b.path != ast.NoSlot {
		p := &value.PathData{Nodes: append([]uint32(nil), nodes...), Edges: append([]uint32(nil), edges...)}
		if b.reversed {
			reverse(p.Nodes)
			reverse(p.Edges)
		}
		rt.row[b.path] = value.OfPath(p)
	}
	if len(b.groups) == 0 {
		return
	}
	size := len(b.hops)
	times := len(edges) / size
	for _, g := range b.groups {
		rt.busy(len(edges) / 4)
		items := make([]Value, times)
		for i := range items {
			at := i*size + g.offset
			if g.isEdge {
				if b.reversed {
					at = len(edges) - 1 - at
				}
				items[i] = value.OfEdge(edges[at])
				continue
			}
			if b.reversed {
				at = len(nodes) - 1 - at
			}
			items[i] = value.OfNode(nodes[at])
		}
		rt.row[g.list] = value.OfList(items)
	}
}

func reverse(list []uint32) {
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
}

// trails enumerates the walks of a part of variable length that repeat no edge, by depth-first search.
type trails struct {
	estimated
	input    operator
	from, to ast.Slot
	into     bool
	body     body
	exclude  exclusion
	tests    []test
	title    string
}

func (t *trails) describe() (string, string) {
	if t.into {
		return "VarLengthExpand(Into)", t.title + t.body.detail()
	}
	return "VarLengthExpand(All)", t.title + t.body.detail()
}
func (t *trails) inputs() []operator { return []operator{t.input} }
func (t *trails) open(rt *run) cursor {
	return &trailsCursor{input: rt.start(t.input), run: rt, op: t}
}

type trailsCursor struct {
	input  cursor
	run    *run
	op     *trails
	active bool
	fresh  bool // the walk without edges has not been looked at
	nodes  []uint32
	edges  []uint32
	stack  []adjacency
	guide  *distances
	goal   Value
}

func (c *trailsCursor) reset() {
	c.active = false
	c.input.reset()
}

func (c *trailsCursor) next() bool {
	rt, row, op := c.run, c.run.row, c.op
	for {
		for c.active {
			if !c.advance() {
				c.active = false
				break
			}
			n := len(c.edges)
			end := value.OfNode(c.nodes[n])
			if n%len(op.body.hops) != 0 || n/len(op.body.hops) < op.body.min {
				continue
			}
			if op.into && c.goal != end {
				continue
			}
			row[op.to] = end
			op.body.publish(rt, c.nodes, c.edges)
			if all(rt, op.tests) {
				return true
			}
		}
		if !c.input.next() {
			return false
		}
		rt.tick()
		c.begin()
	}
}

func (c *trailsCursor) begin() {
	from := c.run.row[c.op.from]
	c.goal = c.run.row[c.op.to]
	if from.Kind() != value.Node || c.op.into && c.goal.Kind() != value.Node {
		return
	}
	c.active, c.fresh = true, true
	c.nodes, c.edges, c.stack = append(c.nodes[:0], from.ID()), c.edges[:0], c.stack[:0]
	if c.op.into {
		c.goal = value.OfNode(c.goal.ID())
		c.guide = c.guideTo(c.goal.ID())
	}
}

// advance goes to the next walk in depth-first order, a walk before its continuations.
func (c *trailsCursor) advance() bool {
	if c.fresh {
		c.fresh = false
		c.push()
		return true
	}
	for len(c.stack) > 0 {
		top := len(c.stack) - 1
		edge, far, ok := c.stack[top].next()
		if !ok {
			c.stack = c.stack[:top]
			if top > 0 {
				c.edges, c.nodes = c.edges[:top-1], c.nodes[:top]
			}
			continue
		}
		c.run.tick()
		// The stack has one level more than the walk has edges while the last level is tried.
		c.edges, c.nodes = c.edges[:top], c.nodes[:top+1]
		if !c.allowed(edge, far) {
			continue
		}
		c.edges, c.nodes = append(c.edges, edge), append(c.nodes, far)
		c.push()
		return true
	}
	return false
}

// push opens the level behind the end of the walk, unless the walk is as long as allowed.
func (c *trailsCursor) push() {
	size, n := len(c.op.body.hops), len(c.edges)
	h := &c.op.body.hops[n%size]
	next := adjacency{graph: c.run.graph, types: h.types, dir: h.dir}
	if c.op.body.max < 0 || n < c.op.body.max*size {
		next.start(c.nodes[n])
	} else {
		next.phase = 1 << 30 // nothing to give
	}
	c.stack = append(c.stack, next)
	c.run.grow(0)
}

// allowed says whether the edge can continue the walk.
func (c *trailsCursor) allowed(edge, far uint32) bool {
	c.run.busy(len(c.edges) / 16)
	for _, e := range c.edges {
		if e == edge {
			return false
		}
	}
	rt, b := c.run, &c.op.body
	if !c.op.exclude.allows(rt, edge) {
		return false
	}
	n, size := len(c.edges), len(b.hops)
	if c.guide != nil && !c.guide.reaches(far, b.max*size-n-1, b.max >= 0) {
		return false
	}
	h := &b.hops[n%size]
	if len(h.tests) == 0 {
		return true
	}
	for i := n - n%size; i < n; i++ {
		b.bind(rt, &b.hops[i-(n-n%size)], c.nodes[i], c.edges[i], c.nodes[i+1])
	}
	b.bind(rt, h, c.nodes[n], edge, far)
	return all(rt, h.tests)
}

// distances is how far nodes are from a goal, backwards over the edges of a body, as a lower bound that
// ignores all tests: a walk that cannot reach the goal any more is cut.
type distances struct {
	run   *run
	goal  uint32
	depth map[uint32]int
}

// guideTo searches backwards from the goal as far as the bound of the part goes. Large neighbourhoods are
// not worth it: then there is no guide.
func (c *trailsCursor) guideTo(goal uint32) *distances {
	const most = 200_000
	if c.guide != nil && c.guide.goal == goal {
		return c.guide
	}
	b := &c.op.body
	d := &distances{run: c.run, goal: goal, depth: map[uint32]int{goal: 0}}
	frontier := []uint32{goal}
	for depth := 1; len(frontier) > 0 && (b.max < 0 || depth <= b.max*len(b.hops)); depth++ {
		var next []uint32
		for i := range b.hops {
			back := adjacency{graph: c.run.graph, types: b.hops[i].types, dir: opposite(b.hops[i].dir)}
			for _, node := range frontier {
				back.start(node)
				for {
					_, far, ok := back.next()
					if !ok {
						break
					}
					c.run.tick()
					if _, known := d.depth[far]; !known {
						d.depth[far] = depth
						next = append(next, far)
					}
				}
			}
		}
		if len(d.depth) > most {
			return nil
		}
		frontier = next
	}
	return d
}

// reaches says whether the goal may be reached from a node within so many edges.
func (d *distances) reaches(node uint32, left int, bounded bool) bool {
	depth, ok := d.depth[node]
	return ok && (!bounded || depth <= left)
}

func opposite(dir Direction) Direction {
	switch dir {
	case Out:
		return In
	case In:
		return Out
	}
	return Both
}
