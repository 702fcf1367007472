package cypher

import (
	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// shortest finds one shortest path, or all of them, between two bound nodes over a body of one relationship
// with a lower bound of 0 or 1, by breadth-first search from both ends.
type shortest struct {
	estimated
	input    operator
	from, to ast.Slot
	body     body
	all      bool
	// general answers for equal ends; nil for shortestPath and allShortestPaths, where equal ends are an error.
	general *search
	at      ast.Pos
	path    ast.Slot // the path variable of the pattern, NoSlot without
	start   []test   // of the first node
	tests   []test
}

func (s *shortest) describe() (string, string) {
	name := "ShortestPath(Bidirectional,BFS)"
	if s.all {
		name = "AllShortestPaths(Bidirectional,BFS)"
	}
	return name, s.body.detail()
}
func (s *shortest) inputs() []operator { return []operator{s.input} }
func (s *shortest) open(rt *run) cursor {
	c := &shortestCursor{input: rt.start(s.input), run: rt, op: s}
	h := s.body.hops[0]
	if s.general != nil {
		c.general = s.general.open(rt)
	}
	shared := &verdicts{}
	c.forward = half{run: rt, verdicts: shared, body: &s.body, near: adjacency{graph: rt.graph, types: h.types, dir: h.dir}}
	c.backward = half{run: rt, verdicts: shared, body: &s.body, near: adjacency{graph: rt.graph, types: h.types, dir: opposite(h.dir)}, back: true}
	return c
}

// half is a breadth-first search from one end that can be continued level by level, and asked again for the same end.
type half struct {
	run  *run
	body *body
	near adjacency
	back bool
	// verdicts are shared by the two halves.
	verdicts *verdicts

	valid  bool
	source uint32
	// depth holds base+distance for nodes reached in this search; smaller numbers are of older searches.
	depth    []int32
	base     int32
	level    int
	frontier []uint32
	spare    []uint32
}

func (h *half) begin(source uint32) {
	n := h.run.graph.NodeCount()
	if h.depth == nil {
		h.run.grow(int64(n) * 4)
		h.depth = make([]int32, n)
		h.base = 1
	} else {
		h.base += int32(h.level) + 2
	}
	if h.base > 1<<30 {
		clear(h.depth)
		h.base = 1
	}
	h.valid, h.source, h.level = true, source, 0
	h.depth[source] = h.base
	h.frontier = append(h.frontier[:0], source)
}

// distance is how far a node is, -1 when it was not reached.
func (h *half) distance(node uint32) int {
	if d := h.depth[node]; d >= h.base {
		return int(d - h.base)
	}
	return -1
}

// passes makes the tests of the body for an edge walked away from this end.
func (h *half) passes(near, edge, far uint32) bool {
	if h.back {
		near, far = far, near
	}
	return h.verdicts.test(h.run, &h.body.hops[0], h.body.selfContained, near, edge, far)
}

// grow adds one level.
func (h *half) grow() {
	next := h.spare[:0]
	mark := h.base + int32(h.level) + 1
	for _, node := range h.frontier {
		h.near.start(node)
		for {
			edge, far, ok := h.near.next()
			if !ok {
				break
			}
			h.run.tick()
			if h.depth[far] < h.base && h.passes(node, edge, far) {
				h.depth[far] = mark
				next = append(next, far)
			}
		}
	}
	h.level++
	h.frontier, h.spare = next, h.frontier
}

type shortestCursor struct {
	input             cursor
	general           cursor
	run               *run
	op                *shortest
	forward, backward half

	active    bool
	delegated bool // the general search answers for this row
	length    int
	split     int      // distance of a middle from the start
	middles   []uint32 // nodes at which the two halves meet, still to be tried
	started   bool     // the first path through the first middle was asked for
	steps     []choice // from the middle back to the start, then from the middle on to the end
	nodes     []uint32
	edges     []uint32
}

// choice is one step of the path in hand, with the alternatives that were not tried yet.
type choice struct {
	near      adjacency
	node      uint32
	edge, far uint32
}

func (c *shortestCursor) reset() {
	c.active, c.delegated = false, false
	c.input.reset()
}

func (c *shortestCursor) next() bool {
	rt, op := c.run, c.op
	for {
		if c.delegated {
			if c.general.next() {
				return true
			}
			c.delegated = false
		}
		for c.active {
			if !c.advance() {
				c.active = false
				break
			}
			c.publish()
			if all(rt, op.tests) {
				c.active = op.all
				return true
			}
		}
		if !c.input.next() {
			return false
		}
		rt.tick()
		from, to := rt.row[op.from], rt.row[op.to]
		if from.Kind() != value.Node || to.Kind() != value.Node {
			continue
		}
		if from.ID() != to.ID() {
			if all(rt, op.start) {
				c.search(from.ID(), to.ID())
			}
			continue
		}
		if op.general == nil && op.body.min == 0 {
			if all(rt, op.start) {
				c.alone(from.ID())
				if all(rt, op.tests) {
					return true
				}
			}
			continue
		}
		if op.general == nil {
			runtimeError(op.at, "ArgumentError", "ShortestPathCommonEndNodes", "shortestPath is asked for a path from a node to itself; exclude it with WHERE a <> b")
		}
		c.general.reset()
		c.delegated = true
	}
}

// alone publishes the path of one node.
func (c *shortestCursor) alone(node uint32) {
	c.length, c.split, c.middles, c.steps = 0, 0, []uint32{node}, c.steps[:0]
	c.publish()
}

// search sets length, split and middles for the pair, if they are joined.
func (c *shortestCursor) search(from, to uint32) {
	if !c.op.body.selfContained {
		c.forward.valid, c.backward.valid = false, false
	}
	// An end that was searched from before is asked again: many targets of one source cost one search.
	switch {
	case c.forward.valid && c.forward.source == from:
		if d := c.reach(&c.forward, to); d >= 0 {
			c.found(d, d, []uint32{to})
		}
	case c.backward.valid && c.backward.source == to:
		if d := c.reach(&c.backward, from); d >= 0 {
			c.found(d, 0, []uint32{from})
		}
	default:
		c.forward.begin(from)
		c.backward.begin(to)
		c.bidirectional()
	}
}

func (c *shortestCursor) within(length int) bool { return c.op.body.max < 0 || length <= c.op.body.max }

// reach continues one half until it has the goal; -1 when the goal is out of reach.
func (c *shortestCursor) reach(h *half, goal uint32) int {
	for h.distance(goal) < 0 && len(h.frontier) > 0 && c.within(h.level+1) {
		h.grow()
	}
	if d := h.distance(goal); c.within(d) {
		return d
	}
	return -1
}

func (c *shortestCursor) bidirectional() {
	f, b := &c.forward, &c.backward
	for len(f.frontier) > 0 && len(b.frontier) > 0 && c.within(f.level+b.level+1) {
		grown, other := f, b
		if len(b.frontier) < len(f.frontier) {
			grown, other = b, f
		}
		grown.grow()
		var middles []uint32
		for _, node := range grown.frontier {
			if other.distance(node) == other.level {
				middles = append(middles, node)
			}
		}
		if len(middles) > 0 {
			c.found(f.level+b.level, f.level, middles)
			return
		}
	}
}

func (c *shortestCursor) found(length, split int, middles []uint32) {
	c.active, c.started, c.length, c.split, c.middles, c.steps = true, false, length, split, middles, c.steps[:0]
}

// advance goes to the next path.
func (c *shortestCursor) advance() bool {
	for len(c.middles) > 0 {
		if !c.started {
			c.started = true
			c.open()
		}
		for len(c.steps) > 0 {
			if !c.try() {
				c.steps = c.steps[:len(c.steps)-1]
				continue
			}
			if len(c.steps) == c.length {
				return true
			}
			c.open()
		}
		c.middles, c.started = c.middles[1:], false
	}
	return false
}

// open adds a step: backwards as long as the start is not reached, then forwards from the middle.
func (c *shortestCursor) open() {
	at := len(c.steps)
	step := choice{node: c.middles[0]}
	if at != 0 && at != c.split {
		step.node = c.steps[at-1].far
	}
	step.near = c.backward.near
	if at >= c.split {
		step.near = c.forward.near
	}
	step.near.start(step.node)
	c.steps = append(c.steps, step)
}

// try moves the last step to its next alternative.
func (c *shortestCursor) try() bool {
	at := len(c.steps) - 1
	step := &c.steps[at]
	for {
		edge, far, ok := step.near.next()
		if !ok {
			return false
		}
		c.run.tick()
		if at < c.split {
			if c.forward.distance(far) != c.split-at-1 || !c.backward.passes(step.node, edge, far) {
				continue
			}
		} else if c.backward.distance(far) != c.length-at-1 || !c.forward.passes(step.node, edge, far) {
			continue
		}
		step.edge, step.far = edge, far
		return true
	}
}

func (c *shortestCursor) publish() {
	c.nodes, c.edges = c.nodes[:0], c.edges[:0]
	for i := c.split - 1; i >= 0; i-- {
		c.nodes, c.edges = append(c.nodes, c.steps[i].far), append(c.edges, c.steps[i].edge)
	}
	c.nodes = append(c.nodes, c.middles[0])
	for i := c.split; i < c.length; i++ {
		c.nodes, c.edges = append(c.nodes, c.steps[i].far), append(c.edges, c.steps[i].edge)
	}
	c.op.body.publish(c.run, c.nodes, c.edges)
	if c.op.path != ast.NoSlot {
		c.run.row[c.op.path] = value.OfPath(&value.PathData{Nodes: append([]uint32(nil), c.nodes...), Edges: append([]uint32(nil), c.edges...)})
	}
}
