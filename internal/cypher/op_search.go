package cypher

import (
	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// search finds the k shortest trails, or the trails of the k smallest lengths, between two bound nodes over
// any path pattern. The pattern is an automaton; the search works on pairs of a state and a node.
//
// From the start, layer d holds the pairs that walks of exactly d edges reach. The layers are kept for the
// next pair with the same start. From the end, trails are enumerated backwards through the layers: a step is
// taken only to a pair of the layer before, so every branch leads to the start unless it repeats an edge.
type search struct {
	estimated
	input    operator
	from, to ast.Slot
	machine  *machine
	k        int64
	groups   bool // k counts lengths, not paths
	path     ast.Slot
	tests    []test
	detail   string
}

// machine is a path pattern as an automaton without empty moves. State 0 is the start; accepting pairs end a path.
type machine struct {
	states []state
	moves  []move
	start  []entry // the states in which a walk of length 0 is
	accept int
	bodies []*body // the parts of variable length, for their lists
	// selfContained is as in body.
	selfContained bool
}

// state lists the moves that leave it and those that enter it.
type state struct {
	outMoves, inMoves []int
}

// entry is a state with the nodes of the pattern that are passed when it is entered.
type entry struct {
	state  int
	passed []passing
}

// passing binds a node of the pattern and tests it.
type passing struct {
	slot  ast.Slot
	tests []test
}

// move is one edge of the automaton.
type move struct {
	from, to int
	hop      *hop
	passed   []passing
	part     int // of bodies, -1 for a relationship of fixed length
}

func (s *search) describe() (string, string) {
	return "StatefulShortestPath(Into)", s.detail
}
func (s *search) inputs() []operator { return []operator{s.input} }
func (s *search) open(rt *run) cursor {
	c := &searchCursor{run: rt, op: s}
	byHop := map[*hop]*verdicts{}
	for i := range s.machine.moves {
		h := s.machine.moves[i].hop
		if byHop[h] == nil {
			byHop[h] = &verdicts{}
		}
		c.verdicts = append(c.verdicts, byHop[h])
	}
	if s.input != nil {
		c.input = rt.start(s.input)
	} else {
		c.input = &argumentCursor{}
	}
	return c
}

type searchCursor struct {
	input cursor
	run   *run
	op    *search

	verdicts []*verdicts // of each move; those of one hop share theirs

	valid  bool
	source uint32
	layers [][]nodeSet // by depth, then state
	used   int         // number of layers filled
	seen   []nodeSet   // by state, over all layers
	closed bool        // the last layer brought nothing new to seen

	active bool
	goal   uint32
	depth  int   // length being enumerated
	left   int64 // paths or lengths still wanted
	hit    bool  // a path of this length was given
	steps  []backstep
	begun  bool
	// begunRow says that the ends of the row in hand were read.
	begunRow bool
	nodes    []uint32
	edges    []uint32
}

// backstep is one move taken backwards, with the alternatives that were not tried.
type backstep struct {
	state int
	node  uint32
	move  int // index into the moves that enter the state
	near  adjacency
	open  bool
	taken *move
	edge  uint32
	far   uint32
}

func (c *searchCursor) reset() {
	c.active, c.begunRow = false, false
	c.input.reset()
}

func (c *searchCursor) next() bool {
	rt, op := c.run, c.op
	for {
		for c.active {
			if !c.advance() {
				c.active = false
				break
			}
			if !c.publish() || !all(rt, op.tests) {
				continue
			}
			c.hit = true
			if !op.groups {
				c.left--
				c.active = c.left > 0
			}
			return true
		}
		c.restore()
		if !c.input.next() {
			return false
		}
		rt.tick()
		from, to := rt.row[op.from], rt.row[op.to]
		if from.Kind() == value.Node && to.Kind() == value.Node {
			c.begin(from.ID(), to.ID())
		}
	}
}

// restore gives the ends back their nodes: tests of relationships of fixed length bind them to others meanwhile.
func (c *searchCursor) restore() {
	if c.begunRow {
		c.run.row[c.op.from], c.run.row[c.op.to] = value.OfNode(c.source), value.OfNode(c.goal)
	}
}

func (c *searchCursor) begin(from, to uint32) {
	c.goal, c.begunRow = to, true
	if !c.valid || c.source != from || !c.op.machine.selfContained {
		c.restart(from)
	}
	c.active, c.goal, c.depth, c.left, c.hit, c.begun = true, to, 0, c.op.k, false, false
}

// restart fills layer 0.
func (c *searchCursor) restart(from uint32) {
	m := c.op.machine
	c.run.busy(c.used * len(m.states))
	for d := 0; d < c.used; d++ {
		for i := range c.layers[d] {
			c.layers[d][i].clear()
		}
	}
	if c.seen == nil {
		c.seen = make([]nodeSet, len(m.states))
	}
	for i := range c.seen {
		c.seen[i].clear()
	}
	c.valid, c.source, c.used, c.closed = true, from, 0, false
	c.addLayer()
	for _, e := range m.start {
		if c.pass(e.passed, from) {
			c.layers[0][e.state].add(c.run, from)
			c.seen[e.state].add(c.run, from)
		}
	}
}

func (c *searchCursor) addLayer() {
	if c.used == len(c.layers) {
		c.layers = append(c.layers, make([]nodeSet, len(c.op.machine.states)))
	}
	c.used++
}

// pass binds and tests the nodes of the pattern that a step passes.
func (c *searchCursor) pass(passed []passing, node uint32) bool {
	for i := range passed {
		c.run.row[passed[i].slot] = value.OfNode(node)
		if !all(c.run, passed[i].tests) {
			return false
		}
	}
	return true
}

// grow fills the next layer; false when it is empty.
func (c *searchCursor) grow() bool {
	m := c.op.machine
	c.addLayer()
	before, layer := c.layers[c.used-2], c.layers[c.used-1]
	fresh, any := false, false
	for s := range before {
		for _, i := range m.states[s].outMoves {
			mv := &m.moves[i]
			near := adjacency{graph: c.run.graph, types: mv.hop.types, dir: mv.hop.dir}
			for _, node := range before[s].list {
				near.start(node)
				for {
					edge, far, ok := near.next()
					if !ok {
						break
					}
					c.run.tick()
					if layer[mv.to].has(far) || !c.tested(i, node, edge, far) {
						continue
					}
					layer[mv.to].add(c.run, far)
					any = true
					fresh = c.seen[mv.to].add(c.run, far) || fresh
				}
			}
		}
	}
	c.closed = !fresh
	return any
}

// tested makes the tests of a move for an edge.
func (c *searchCursor) tested(i int, left, edge, right uint32) bool {
	mv := &c.op.machine.moves[i]
	return c.verdicts[i].test(c.run, mv.hop, c.op.machine.selfContained, left, edge, right) && c.pass(mv.passed, right)
}

// advance goes to the next trail, of this length or of the next one that has any.
func (c *searchCursor) advance() bool {
	for {
		if c.begun {
			if c.backtrack() {
				return true
			}
			if c.hit && c.op.groups {
				if c.left--; c.left == 0 {
					return false
				}
			}
			c.begun, c.hit = false, false
			c.depth++
		}
		if !c.layerAt(c.depth) {
			return false
		}
		if c.layers[c.depth][c.op.machine.accept].has(c.goal) {
			c.begun = true
			c.steps = c.steps[:0]
			if c.depth == 0 {
				c.steps = c.steps[:0]
				return true
			}
			c.push(c.op.machine.accept, c.goal)
			continue
		}
		if c.closed && c.depth == c.used-1 && !c.seen[c.op.machine.accept].has(c.goal) {
			return false
		}
		c.depth++
	}
}

// layerAt makes sure that the layer is filled; false when no walk is that long.
func (c *searchCursor) layerAt(depth int) bool {
	for c.used <= depth {
		if depth > c.run.graph.EdgeCount() || !c.grow() {
			return false
		}
	}
	return true
}

func (c *searchCursor) push(state int, node uint32) {
	c.steps = append(c.steps, backstep{state: state, node: node})
}

// backtrack finds the next trail of the length in hand.
func (c *searchCursor) backtrack() bool {
	for len(c.steps) > 0 {
		at := len(c.steps) - 1
		if !c.try(at) {
			c.steps = c.steps[:at]
			continue
		}
		if len(c.steps) == c.depth {
			return true
		}
		c.push(c.steps[at].taken.from, c.steps[at].far)
	}
	return false
}

// try moves the step to its next alternative.
func (c *searchCursor) try(at int) bool {
	m := c.op.machine
	step := &c.steps[at]
	entering := m.states[step.state].inMoves
	layer := c.layers[c.depth-at-1]
	for ; step.move < len(entering); step.move, step.open = step.move+1, false {
		mv := &m.moves[entering[step.move]]
		if !step.open {
			step.near = adjacency{graph: c.run.graph, types: mv.hop.types, dir: opposite(mv.hop.dir)}
			step.near.start(step.node)
			step.open = true
		}
		for {
			edge, far, ok := step.near.next()
			if !ok {
				break
			}
			c.run.tick()
			if layer[mv.from].has(far) && !c.taken(edge, at) && c.tested(entering[step.move], far, edge, step.node) {
				step.taken, step.edge, step.far = mv, edge, far
				return true
			}
		}
	}
	return false
}

func (c *searchCursor) taken(edge uint32, before int) bool {
	c.run.busy(before / 16)
	for i := range c.steps[:before] {
		if c.steps[i].edge == edge {
			return true
		}
	}
	return false
}

// publish binds every variable of the pattern for the trail in hand; false when a test fails that needs the whole trail.
func (c *searchCursor) publish() bool {
	rt, m := c.run, c.op.machine
	rt.busy(len(c.steps))
	c.nodes, c.edges = append(c.nodes[:0], c.source), c.edges[:0]
	first := m.accept
	if n := len(c.steps); n > 0 {
		first = c.steps[n-1].taken.from
	}
	for _, e := range m.start {
		if e.state == first {
			c.pass(e.passed, c.source)
			break
		}
	}
	for _, b := range m.bodies {
		b.publish(rt, c.nodes[:1], nil)
	}
	begin := 0
	for i := len(c.steps) - 1; i >= 0; i-- {
		s := &c.steps[i]
		mv := s.taken
		c.nodes, c.edges = append(c.nodes, s.node), append(c.edges, s.edge)
		at := len(c.edges)
		if mv.part < 0 {
			rt.row[mv.hop.edge] = value.OfEdge(s.edge)
			begin = at
		} else if i == 0 || c.steps[i-1].taken.part != mv.part {
			if !c.spans(m.bodies[mv.part], c.nodes[begin:at+1], c.edges[begin:at]) {
				return false
			}
			m.bodies[mv.part].publish(rt, c.nodes[begin:at+1], c.edges[begin:at])
			begin = at
		}
		for _, p := range mv.passed {
			rt.row[p.slot] = value.OfNode(s.node)
		}
	}
	c.restore()
	if c.op.path != ast.NoSlot {
		rt.row[c.op.path] = value.OfPath(&value.PathData{Nodes: append([]uint32(nil), c.nodes...), Edges: append([]uint32(nil), c.edges...)})
	}
	return true
}

// spans makes the tests of a body that read more than one hop, for every iteration.
func (c *searchCursor) spans(b *body, nodes, edges []uint32) bool {
	if len(b.spanning) == 0 {
		return true
	}
	for i := range edges {
		h := i % len(b.hops)
		b.bind(c.run, &b.hops[h], nodes[i], edges[i], nodes[i+1])
		if h == len(b.hops)-1 && !all(c.run, b.spanning) {
			return false
		}
	}
	return true
}
