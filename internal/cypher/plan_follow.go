package cypher

import (
	"fmt"
	"math"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
)

// begin binds the first node of a component.
func (mp *matchPlan) begin(op operator, slot ast.Slot, a access) operator {
	s := &scan{input: op, slot: slot, kind: a.kind, labels: a.labels, index: a.index, in: a.in, detail: a.detail}
	if a.seek != nil {
		s.seek = mp.compiler.expr(a.seek)
	}
	s.estimated = estimated(op.estimate() * a.rows)
	mp.bound[slot] = true
	if a.pred != nil {
		a.pred.done = true
	}
	for _, pred := range mp.preds {
		// A scan of one label, or an index of that label, makes the test of the label superfluous.
		if a.label != "" && pred.node == slot && pred.label == a.label {
			pred.done = true
		}
	}
	return s
}

// follow binds what a link leads to.
func (mp *matchPlan) follow(op operator, pl *planLink) operator {
	var next operator
	switch {
	case pl.variable():
		next = mp.followVariable(op, pl)
	case mp.bound[pl.slot]:
		next = &endpoints{estimated: estimated(op.estimate()), input: op, edge: pl.slot, from: pl.from, to: pl.to,
			boundFrom: mp.bound[pl.from], bound: mp.bound[pl.to], types: pl.types, dir: pl.dir, exclude: mp.exclusionFor(pl)}
	default:
		next = mp.followEdge(op, pl)
	}
	pl.done = true
	mp.bound[pl.from], mp.bound[pl.to], mp.bound[pl.slot] = true, true, true
	return next
}

func (mp *matchPlan) followEdge(op operator, pl *planLink) operator {
	e := &expand{input: op, from: pl.from, edge: pl.slot, to: pl.to, types: pl.types, dir: pl.dir, exclude: mp.exclusionFor(pl), detail: linkText(pl)}
	if !mp.bound[pl.from] || mp.bound[pl.to] && mp.degreeOf(pl.types, pl.to, opposite(pl.dir)) < mp.degreeOf(pl.types, pl.from, pl.dir) {
		e.from, e.to, e.dir = pl.to, pl.from, opposite(pl.dir)
	}
	e.into = mp.bound[e.to]
	if e.into {
		e.estimated = estimated(op.estimate() * 0.5)
	} else {
		e.estimated = estimated(op.estimate() * math.Max(0.01, mp.fanOut(pl, e.from)))
	}
	return e
}

func linkText(pl *planLink) string {
	var names []string
	collect := func(l *ast.Link) {
		for _, leaf := range l.Types.Names(nil) {
			names = append(names, leaf.Name)
		}
	}
	collect(pl.link)
	if pl.link.Inner != nil {
		for _, l := range pl.link.Inner.Links {
			collect(l)
		}
	}
	return clipText(":" + strings.Join(names, "|"))
}

func (mp *matchPlan) followVariable(op operator, pl *planLink) operator {
	from, to, reversed := pl.from, pl.to, false
	if !mp.bound[from] {
		from, to, reversed = to, from, true
	}
	into := mp.bound[to]
	b := mp.body(pl, reversed)
	rows := estimated(op.estimate() * math.Max(0.01, mp.fanOut(pl, from)))
	if into {
		rows = estimated(op.estimate())
	}
	exclude := mp.exclusionFor(pl)
	for _, g := range pl.link.Groups {
		mp.bound[g.List] = true
	}
	if mp.prunable(pl, &b) {
		rows = estimated(math.Min(float64(rows), op.estimate()*float64(mp.graph.NodeCount())))
		return &pruned{estimated: rows, input: op, from: from, to: to, into: into, body: b, exclude: exclude, title: linkText(pl)}
	}
	return &trails{estimated: rows, input: op, from: from, to: to, into: into, body: b, exclude: exclude, title: linkText(pl)}
}

// prunable says whether each end is wanted once only, so that breadth-first search may stand for the
// enumeration of trails: see operator pruned for the argument.
func (mp *matchPlan) prunable(pl *planLink, b *body) bool {
	if !mp.calm || len(b.hops) != 1 || b.min > 1 || len(b.groups) > 0 {
		return false
	}
	for _, other := range mp.links {
		if other != pl && !other.done && !mp.isSearch(other.part) && other.types.overlaps(pl.types) {
			return false
		}
	}
	pathWanted := b.path != ast.NoSlot
	if pathWanted && !mp.onlyLengthWanted(pl) {
		return false
	}
	if b.hops[0].dir != Both {
		return true
	}
	return !pathWanted && mp.readsEdgeOnly(pl)
}

// onlyLengthWanted says whether the path is read as min(length(path)) and nowhere else: a shortest path to
// each end is enough then.
func (mp *matchPlan) onlyLengthWanted(pl *planLink) bool {
	v := pl.part.Var
	for _, other := range mp.links {
		if other != pl && !mp.isSearch(other.part) && other.types.overlaps(pl.types) && !other.done {
			return false
		}
		// Two parts of variable length in one path would have to be shortest together.
		if other != pl && other.part == pl.part && other.variable() {
			return false
		}
	}
	return v != nil && mp.uses[v.Slot] > 0 && mp.uses[v.Slot] == mp.lengthUses[v.Slot]
}

// readsEdgeOnly says whether the tests of the body do not depend on the direction in which an edge is walked.
func (mp *matchPlan) readsEdgeOnly(pl *planLink) bool {
	inner := pl.link.Inner
	ends := [2]ast.Slot{inner.Nodes[0].Var.Slot, inner.Nodes[1].Var.Slot}
	for _, n := range inner.Nodes {
		if n.Labels != nil || n.Props != nil || n.Where != nil {
			return false
		}
	}
	for _, e := range []ast.Expr{inner.Links[0].Props, inner.Links[0].Where, pl.link.InnerWhere} {
		if ast.Refers(e, ends[0]) || ast.Refers(e, ends[1]) {
			return false
		}
	}
	for _, h := range pl.perHop {
		if h.ofNodes {
			return false
		}
	}
	return true
}

// body compiles the repeated part of a link for a search from its left or right end.
func (mp *matchPlan) body(pl *planLink, reversed bool) body {
	l := pl.link
	b := body{min: 1, max: 1, reversed: reversed, path: ast.NoSlot, selfContained: true}
	inner := l.Inner
	if inner == nil {
		// shortestPath over a relationship of fixed length.
		inner = &ast.PathPart{Nodes: []*ast.NodePattern{anonymous(pl.from), anonymous(pl.to)}, Links: []*ast.Link{l}}
	}
	if l.Length != nil {
		b.min, b.max = int(min(l.Length.Min, math.MaxInt32)), int(min(l.Length.Max, math.MaxInt32))
	}
	if l.Inner != nil && mp.pathNeeded(pl) {
		b.path = l.PathSlot
	}
	for _, g := range l.Groups {
		if mp.uses[g.List] > 0 {
			b.groups = append(b.groups, groupOf(g, inner))
		}
	}
	mp.hops(&b, pl, inner)
	return b
}

func anonymous(slot ast.Slot) *ast.NodePattern {
	return &ast.NodePattern{Var: &ast.Binding{Slot: slot}}
}

// pathNeeded says whether somebody reads the path of a part: the path variable, or another link that must not repeat its relationships.
func (mp *matchPlan) pathNeeded(pl *planLink) bool {
	if mp.isSearch(pl.part) {
		return false
	}
	if pl.part.Var != nil && mp.uses[pl.part.Var.Slot] > 0 {
		return true
	}
	for _, other := range mp.links {
		if other != pl && !other.done && !mp.isSearch(other.part) && other.types.overlaps(pl.types) {
			return true
		}
	}
	return len(mp.hidden) > 0
}

func groupOf(g ast.Group, inner *ast.PathPart) groupSlot {
	for i, n := range inner.Nodes {
		if n.Var.Slot == g.Inner {
			return groupSlot{list: g.List, offset: i}
		}
	}
	for i, l := range inner.Links {
		if l.Var.Slot == g.Inner {
			return groupSlot{list: g.List, offset: i, isEdge: true}
		}
	}
	panic("cypher: a group without a variable in its body")
}

// hops compiles the relationships of a body in the order of the search; each test is made at the first hop
// at which all that it reads is bound.
func (mp *matchPlan) hops(b *body, pl *planLink, inner *ast.PathPart) {
	n := len(inner.Links)
	for i := range inner.Links {
		at, left, right := i, i, i+1
		if b.reversed {
			at = n - 1 - i
			left, right = at+1, at
		}
		dir := direction(inner.Links[at].Dir)
		if b.reversed {
			dir = opposite(dir)
		}
		b.hops = append(b.hops, hop{types: mp.compiler.typeSet(inner.Links[at].Types), dir: dir,
			left: inner.Nodes[left].Var.Slot, edge: inner.Links[at].Var.Slot, right: inner.Nodes[right].Var.Slot})
	}
	var demands []ast.Expr
	for i, node := range inner.Nodes {
		demands = append(demands, elementPredicates(node.Var.Slot, node.Labels, node.Props, node.Where)...)
		if i < n {
			link := inner.Links[i]
			demands = append(demands, elementPredicates(link.Var.Slot, nil, link.Props, link.Where)...)
		}
	}
	if pl.link.Inner != nil {
		demands = append(demands, ast.Conjuncts(nil, inner.Where)...)
		demands = append(demands, ast.Conjuncts(nil, pl.link.InnerWhere)...)
	}
	for _, e := range demands {
		at := mp.hopOf(e, b.hops)
		if mp.isSearch(pl.part) && spans(e, b.hops, at) {
			b.spanning = append(b.spanning, mp.hopTest(e, b))
			continue
		}
		b.hops[at].tests = append(b.hops[at].tests, mp.hopTest(e, b))
	}
	for i := range b.hops {
		for _, condition := range pl.perHop {
			b.selfContained = b.selfContained && mp.contained(condition.quantifier.Where, b, condition.quantifier.Var.Slot)
			b.hops[i].tests = append(b.hops[i].tests, condition.compile(mp, &b.hops[i]))
		}
	}
}

// hopOf is the first hop at which everything that the condition reads of the body is bound.
func (mp *matchPlan) hopOf(e ast.Expr, hops []hop) int {
	last := 0
	ast.Walk(e, func(x ast.Expr) bool {
		if v, ok := x.(*ast.Var); ok {
			for i, h := range hops {
				if v.Slot == h.edge || v.Slot == h.right && v.Slot != h.left {
					last = max(last, i)
				}
			}
		}
		return true
	})
	return last
}

// spans says whether the condition reads more of the body than one hop.
func spans(e ast.Expr, hops []hop, at int) bool {
	for i, h := range hops {
		for _, slot := range []ast.Slot{h.left, h.edge, h.right} {
			own := hops[at]
			if i != at && slot != own.left && slot != own.right && ast.Refers(e, slot) {
				return true
			}
		}
	}
	return false
}

// hopTest compiles a condition on the body; its slots count as bound meanwhile.
func (mp *matchPlan) hopTest(e ast.Expr, b *body) test {
	defer mp.enter()()
	for _, h := range b.hops {
		mp.bound[h.left], mp.bound[h.edge], mp.bound[h.right] = true, true, true
	}
	b.selfContained = b.selfContained && mp.contained(e, b, ast.NoSlot)
	return mp.compiler.condition(e)
}

// contained says whether the condition reads nothing that changes from row to row, apart from the body's own slots.
func (mp *matchPlan) contained(e ast.Expr, b *body, extra ast.Slot) bool {
	own := map[ast.Slot]bool{extra: true}
	for _, h := range b.hops {
		own[h.left], own[h.edge], own[h.right] = true, true, true
	}
	ok := true
	ast.Walk(e, func(x ast.Expr) bool {
		switch x := x.(type) {
		case *ast.Var:
			if !own[x.Slot] && (mp.bound[x.Slot] || mp.declared[x.Slot]) {
				ok = false
			}
		case *ast.Call:
			ok = ok && x.Name != "rand"
		}
		return ok
	})
	return ok
}

// hopCondition is all(...) or none(...) over the nodes or relationships of a path, tested at every step.
type hopCondition struct {
	quantifier *ast.Quantifier
	ofNodes    bool
}

func (h hopCondition) compile(mp *matchPlan, step *hop) test {
	from := step.edge
	if h.ofNodes {
		from = step.right
	}
	holds := h.holds(mp)
	slot := h.quantifier.Var.Slot
	return func(rt *run) bool {
		rt.row[slot] = rt.row[from]
		return holds(rt)
	}
}

// holds tests the element in the quantifier's own slot.
func (h hopCondition) holds(mp *matchPlan) test {
	if h.quantifier.Op == "all" {
		return mp.compiler.condition(h.quantifier.Where)
	}
	where := mp.compiler.expr(h.quantifier.Where)
	return func(rt *run) bool { return where(rt).IsFalse() }
}

// pushPerHop makes a condition on all elements of a path part of the search, when the path has one link of
// variable length and nothing else; then it need not be tested again.
func (mp *matchPlan) pushPerHop(e ast.Expr) bool {
	for _, pl := range mp.links {
		path, edges := ast.NoSlot, ast.NoSlot
		if pl.part.Var != nil && len(pl.part.Links) == 1 {
			path = pl.part.Var.Slot
		}
		if pl.link.Var != nil && pl.variable() {
			edges = pl.link.Var.Slot
		}
		if !pl.variable() || mp.isSearch(pl.part) && !isLegacy(pl.part) {
			continue
		}
		q, ofNodes := ast.PerHop(e, path, edges)
		if q == nil || !mp.onlyOuter(q.Where, q.Var.Slot) {
			continue
		}
		pl.perHop = append(pl.perHop, hopCondition{q, ofNodes})
		if ofNodes {
			mp.firstNode(pl, q)
		}
		ast.Walk(e, func(x ast.Expr) bool {
			if v, ok := x.(*ast.Var); ok && (v.Slot == path || v.Slot == edges) {
				mp.uses[v.Slot]--
			}
			return true
		})
		if pl.part.Var != nil && mp.uses[pl.part.Var.Slot] == 0 {
			mp.dropPath(pl.part)
		}
		return true
	}
	return false
}

func isLegacy(part *ast.PathPart) bool {
	return part.Selector == ast.LegacyShortest || part.Selector == ast.LegacyAllShortest
}

func (mp *matchPlan) dropPath(part *ast.PathPart) {
	for i := range mp.paths {
		if mp.paths[i] == part {
			mp.paths[i] = nil
		}
	}
}

// onlyOuter says whether the condition reads nothing of this MATCH but its own element.
func (mp *matchPlan) onlyOuter(e ast.Expr, own ast.Slot) bool {
	ok := true
	ast.Walk(e, func(x ast.Expr) bool {
		if v, isVar := x.(*ast.Var); isVar && v.Slot != own && mp.declared[v.Slot] {
			ok = false
		}
		return ok
	})
	return ok
}

// firstNode demands the condition of both ends: the search tests the node that each step leads to, which
// leaves out the one it starts from, whichever end that is.
func (mp *matchPlan) firstNode(pl *planLink, q *ast.Quantifier) {
	for _, slot := range []ast.Slot{pl.from, pl.to} {
		list := &ast.ListLit{Pos: q.Pos, Items: []ast.Expr{&ast.Var{Pos: q.Pos, Slot: slot}}}
		mp.require(&ast.Quantifier{Pos: q.Pos, Op: q.Op, Var: q.Var, List: list, Where: q.Where})
	}
}

// searchFor plans a path with a selector between its two bound ends.
func (mp *matchPlan) searchFor(op operator, part *ast.PathPart) operator {
	from, to := part.Nodes[0].Var.Slot, part.Nodes[len(part.Nodes)-1].Var.Slot
	path := ast.NoSlot
	if part.Var != nil {
		mp.bound[part.Var.Slot] = true
		if mp.uses[part.Var.Slot] > 0 {
			path = part.Var.Slot
		}
	}
	defer mp.bindPart(part)
	rows := estimated(op.estimate() * math.Max(1, math.Min(float64(part.K), 10)))
	if isLegacy(part) {
		pl := mp.linkOf(part)
		return &shortest{estimated: rows, input: op, from: from, to: to, body: mp.body(pl, false), all: part.Selector == ast.LegacyAllShortest,
			at: part.Pos, path: path, tests: nil}
	}
	s := mp.statefulSearch(op, part, path)
	s.from, s.to, s.estimated = from, to, rows
	if !s.simple(part) {
		return s
	}
	general := *s
	general.input = nil
	return &shortest{estimated: rows, input: op, from: from, to: to, body: *s.machine.bodies[0], all: s.groups, general: &general, at: part.Pos, path: path}
}

// simple says whether breadth-first search from both ends finds what is wanted: paths of the smallest length
// over one repeated relationship.
func (s *search) simple(part *ast.PathPart) bool {
	return s.k == 1 && len(part.Links) == 1 && len(s.machine.bodies) == 1 && len(s.machine.bodies[0].hops) == 1 && s.machine.bodies[0].min <= 1 && len(s.tests) == 0
}

func (mp *matchPlan) bindPart(part *ast.PathPart) {
	for _, n := range part.Nodes {
		mp.bound[n.Var.Slot] = true
	}
	for _, l := range part.Links {
		if l.Inner == nil {
			mp.bound[l.Var.Slot] = true
		}
		for _, g := range l.Groups {
			mp.bound[g.List] = true
		}
	}
}

// linkOf is the plan's link of a path with exactly one.
func (mp *matchPlan) linkOf(part *ast.PathPart) *planLink {
	for _, pl := range mp.links {
		if pl.part == part {
			return pl
		}
	}
	return mp.newLink(part, 0)
}

// statefulSearch compiles a path pattern to an automaton.
func (mp *matchPlan) statefulSearch(op operator, part *ast.PathPart, path ast.Slot) *search {
	s := &search{input: op, k: part.K, path: path, detail: selectorText(part)}
	switch part.Selector {
	case ast.SelectAllShortest:
		s.groups, s.k = true, 1
	case ast.SelectGroups:
		s.groups = true
	}
	var elements []element
	contained := true
	for i, l := range part.Links {
		pl := mp.newLink(part, i)
		b := mp.body(pl, false)
		contained = contained && b.selfContained
		e := element{}
		if l.Inner == nil {
			e.hop = &b.hops[0]
			e.hop.left, e.hop.right = part.Nodes[i].Var.Slot, part.Nodes[i+1].Var.Slot
		} else {
			e.body = &b
		}
		if i+1 < len(part.Nodes)-1 {
			n := part.Nodes[i+1]
			tests, own := mp.nodeTests(n)
			contained = contained && own
			e.node = []passing{{slot: n.Var.Slot, tests: tests}}
		}
		elements = append(elements, e)
	}
	m, err := newMachine(elements)
	if err != nil {
		panic(ast.Errorf(ast.Limit, "PatternTooLong", part.Pos, "%v", err))
	}
	m.selfContained = contained
	s.machine = m
	restore := mp.enter()
	mp.bindPart(part)
	for _, e := range ast.Conjuncts(nil, part.Where) {
		s.tests = append(s.tests, mp.compiler.condition(e))
	}
	restore()
	return s
}

func selectorText(part *ast.PathPart) string {
	switch part.Selector {
	case ast.SelectAllShortest:
		return "ALL SHORTEST"
	case ast.SelectGroups:
		return fmt.Sprintf("SHORTEST %d GROUPS", part.K)
	}
	return fmt.Sprintf("SHORTEST %d", part.K)
}

// nodeTests compiles what a node inside a searched path must satisfy.
func (mp *matchPlan) nodeTests(n *ast.NodePattern) (tests []test, contained bool) {
	defer mp.enter()()
	mp.bound[n.Var.Slot] = true
	contained = true
	b := &body{hops: []hop{{left: n.Var.Slot, edge: n.Var.Slot, right: n.Var.Slot}}}
	for _, e := range elementPredicates(n.Var.Slot, n.Labels, n.Props, n.Where) {
		tests = append(tests, mp.compiler.condition(e))
		contained = contained && mp.contained(e, b, ast.NoSlot)
	}
	return tests, contained
}
