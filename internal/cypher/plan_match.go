package cypher

import (
	"math"

	"github.com/postern-sec/postern/internal/cypher/ast"
)

// matchPlan is the work of planning one MATCH: what is still to be bound and what is still to be tested.
type matchPlan struct {
	*planner
	// nodes are the slots of the pattern's nodes in the order of the text; labels what must hold of them.
	nodes  []ast.Slot
	labels map[ast.Slot][]string
	links  []*planLink
	preds  []*predicate
	paths  []*ast.PathPart // with a variable that somebody reads
	search []*ast.PathPart // with a selector
	// declared is every slot that this MATCH binds.
	declared map[ast.Slot]bool
	// calm says that repeated rows do no harm.
	calm bool
	// hidden is the slots that the plan being made must not read, because it is computed once for many rows.
	hidden map[ast.Slot]bool
}

// planLink is a relationship or a part of variable length between two nodes.
type planLink struct {
	link     *ast.Link
	part     *ast.PathPart
	from, to ast.Slot
	types    typeSet // of all relationships in it
	dir      Direction
	done     bool
	perHop   []hopCondition
	// slot is where other links find what this one must not repeat: an edge, or a path.
	slot ast.Slot
}

func (l *planLink) variable() bool { return l.link.Inner != nil }

// predicate is one conjunct of what the MATCH demands.
type predicate struct {
	expr ast.Expr
	deps []ast.Slot
	done bool
	// label is the name of a predicate that tests a single label of node.
	label string
	node  ast.Slot
}

func (p *planner) match(op operator, m *ast.Match, calm bool) operator {
	mp := &matchPlan{planner: p, labels: map[ast.Slot][]string{}, declared: map[ast.Slot]bool{}, hidden: map[ast.Slot]bool{}, calm: calm}
	for _, part := range m.Pattern.Parts {
		mp.declare(part)
	}
	for _, part := range m.Pattern.Parts {
		mp.collect(part)
	}
	for _, e := range ast.Conjuncts(nil, m.Where) {
		if !mp.pushPerHop(e) {
			mp.require(e)
		}
	}
	return mp.build(op)
}

// declare notes every slot that a part binds and that is not bound yet.
func (mp *matchPlan) declare(part *ast.PathPart) {
	note := func(b *ast.Binding) {
		if b != nil && !mp.bound[b.Slot] {
			mp.declared[b.Slot] = true
		}
	}
	note(part.Var)
	for _, n := range part.Nodes {
		note(n.Var)
	}
	for _, l := range part.Links {
		if l.Inner == nil {
			note(l.Var)
			continue
		}
		mp.declared[l.PathSlot] = true
		for _, g := range l.Groups {
			mp.declared[g.List] = true
		}
	}
}

// collect takes a part into the plan.
func (mp *matchPlan) collect(part *ast.PathPart) {
	last := len(part.Nodes) - 1
	for i, n := range part.Nodes {
		if part.Selector == ast.SelectAll || i == 0 || i == last {
			mp.node(n)
		}
	}
	if part.Selector != ast.SelectAll {
		mp.search = append(mp.search, part)
		for _, l := range part.Links {
			mp.rebound(l)
		}
		if len(part.Links) == 1 && isLegacy(part) {
			mp.links = append(mp.links, mp.newLink(part, 0))
			mp.links[len(mp.links)-1].done = true
		}
		return
	}
	if part.Var != nil && mp.uses[part.Var.Slot] > 0 {
		mp.paths = append(mp.paths, part)
	}
	for i, l := range part.Links {
		mp.links = append(mp.links, mp.newLink(part, i))
		mp.rebound(l)
		if l.Inner == nil {
			for _, e := range elementPredicates(l.Var.Slot, nil, l.Props, l.Where) {
				mp.require(e)
			}
		}
	}
	for _, e := range ast.Conjuncts(nil, part.Where) {
		mp.require(e)
	}
	if n := part.Nodes[0].Var; len(part.Links) == 0 && mp.bound[n.Slot] {
		// Nothing else looks whether an earlier OPTIONAL MATCH has left it null.
		mp.uses[n.Slot]++
		mp.require(&ast.IsNull{Pos: n.Pos, X: &ast.Var{Pos: n.Pos, Slot: n.Slot}, Not: true})
	}
}

// rebound makes a list of relationships equal to the one of an earlier clause.
func (mp *matchPlan) rebound(l *ast.Link) {
	if l.Rebound == ast.NoSlot {
		return
	}
	list := l.Groups[0].List
	mp.uses[list]++
	mp.require(&ast.Compare{Pos: l.Pos, Ops: []string{"="}, Operands: []ast.Expr{&ast.Var{Slot: list}, &ast.Var{Slot: l.Rebound}}})
}

func (mp *matchPlan) newLink(part *ast.PathPart, i int) *planLink {
	l := part.Links[i]
	pl := &planLink{link: l, part: part, from: part.Nodes[i].Var.Slot, to: part.Nodes[i+1].Var.Slot, dir: direction(l.Dir)}
	if l.Inner == nil {
		pl.types, pl.slot = mp.compiler.typeSet(l.Types), l.Var.Slot
		return pl
	}
	pl.slot = l.PathSlot
	for _, inner := range l.Inner.Links {
		set := mp.compiler.typeSet(inner.Types)
		pl.types.any = pl.types.any || set.any
		pl.types.ids = append(pl.types.ids, set.ids...)
	}
	return pl
}

func direction(d ast.Direction) Direction {
	return [...]Direction{ast.Right: Out, ast.Left: In, ast.Either: Both}[d]
}

func (mp *matchPlan) node(n *ast.NodePattern) {
	slot := n.Var.Slot
	known := false
	for _, s := range mp.nodes {
		known = known || s == slot
	}
	if !known {
		mp.nodes = append(mp.nodes, slot)
	}
	for _, e := range elementPredicates(slot, n.Labels, n.Props, n.Where) {
		mp.require(e)
	}
}

// elementPredicates is what a node or relationship of a pattern demands, as conjuncts.
func elementPredicates(slot ast.Slot, labels *ast.LabelExpr, props, where ast.Expr) []ast.Expr {
	var list []ast.Expr
	var split func(l *ast.LabelExpr)
	split = func(l *ast.LabelExpr) {
		if l == nil {
			return
		}
		if l.Op == ast.LabelAnd {
			for _, arg := range l.Args {
				split(arg)
			}
			return
		}
		list = append(list, &ast.HasLabels{Pos: l.Pos, X: &ast.Var{Pos: l.Pos, Slot: slot}, Labels: l})
	}
	split(labels)
	if m, ok := props.(*ast.MapLit); ok {
		for i, key := range m.Keys {
			prop := &ast.Prop{Pos: m.Pos, X: &ast.Var{Pos: m.Pos, Slot: slot}, Key: key}
			list = append(list, &ast.Compare{Pos: m.Pos, Ops: []string{"="}, Operands: []ast.Expr{prop, m.Values[i]}})
		}
	}
	return ast.Conjuncts(list, where)
}

// require adds a conjunct.
func (mp *matchPlan) require(e ast.Expr) {
	pred := &predicate{expr: e, node: ast.NoSlot}
	seen := map[ast.Slot]bool{}
	ast.Walk(e, func(x ast.Expr) bool {
		if v, ok := x.(*ast.Var); ok && mp.declared[v.Slot] && !seen[v.Slot] {
			seen[v.Slot] = true
			pred.deps = append(pred.deps, v.Slot)
		}
		return true
	})
	if has, ok := e.(*ast.HasLabels); ok {
		if v, plain := has.X.(*ast.Var); plain {
			pred.node = v.Slot
			mp.labels[v.Slot] = append(mp.labels[v.Slot], impliedLabels(has.Labels)...)
			if has.Labels.Op == ast.LabelName {
				pred.label = has.Labels.Name
			}
		}
	}
	mp.preds = append(mp.preds, pred)
}

// impliedLabels is the labels that a node certainly has when the expression holds.
func impliedLabels(l *ast.LabelExpr) []string {
	if l.Op == ast.LabelName {
		return []string{l.Name}
	}
	return nil
}

// ready says whether the predicate can be tested now.
func (mp *matchPlan) ready(pred *predicate) bool {
	for _, s := range pred.deps {
		if !mp.bound[s] {
			return false
		}
	}
	return !mp.readsHidden(pred.expr)
}

func (mp *matchPlan) readsHidden(e ast.Expr) bool {
	if len(mp.hidden) == 0 {
		return false
	}
	found := false
	ast.Walk(e, func(x ast.Expr) bool {
		if v, ok := x.(*ast.Var); ok && mp.hidden[v.Slot] {
			found = true
		}
		return !found
	})
	return found
}

// takeTests compiles the predicates that became testable.
func (mp *matchPlan) takeTests() (tests []test, selectivity float64) {
	selectivity = 1
	for _, pred := range mp.preds {
		if pred.done || !mp.ready(pred) {
			continue
		}
		pred.done = true
		tests = append(tests, mp.compiler.condition(pred.expr))
		selectivity *= mp.selectivity(pred)
	}
	return tests, selectivity
}

// settle filters by what became testable and assembles the paths whose parts are all bound.
func (mp *matchPlan) settle(op operator) operator {
	for {
		if tests, selectivity := mp.takeTests(); len(tests) > 0 {
			op = filtered(op, tests, selectivity)
		}
		assembled := false
		for i, part := range mp.paths {
			if part != nil && mp.complete(part) {
				op = mp.assemble(op, part)
				mp.paths[i] = nil
				assembled = true
			}
		}
		if !assembled {
			return op
		}
	}
}

// filtered makes an operator test its own rows where it can, which saves a step per row, and puts a filter behind it otherwise.
func filtered(op operator, tests []test, selectivity float64) operator {
	switch o := op.(type) {
	case *scan:
		o.tests = append(o.tests, tests...)
		o.estimated *= estimated(selectivity)
		return o
	case *expand:
		o.tests = append(o.tests, tests...)
		return o
	case *trails:
		o.tests = append(o.tests, tests...)
		return o
	case *pruned:
		o.tests = append(o.tests, tests...)
		return o
	}
	return &filter{estimated: estimated(op.estimate() * selectivity), input: op, tests: tests}
}

func (mp *matchPlan) complete(part *ast.PathPart) bool {
	for _, n := range part.Nodes {
		if !mp.bound[n.Var.Slot] {
			return false
		}
	}
	for _, pl := range mp.links {
		if pl.part == part && !pl.done {
			return false
		}
	}
	return true
}

func (mp *matchPlan) assemble(op operator, part *ast.PathPart) operator {
	p := &paths{estimated: estimated(op.estimate()), input: op, slot: part.Var.Slot}
	for _, n := range part.Nodes {
		p.nodes = append(p.nodes, n.Var.Slot)
	}
	for _, l := range part.Links {
		if l.Inner != nil {
			p.links = append(p.links, l.PathSlot)
		} else {
			p.links = append(p.links, l.Var.Slot)
		}
	}
	mp.bound[part.Var.Slot] = true
	return p
}

// build binds everything, always continuing from what is bound when something is connected to it.
func (mp *matchPlan) build(op operator) operator {
	op = mp.settle(op)
	op = mp.connect(op, nil)
	for {
		start, component := mp.nextComponent()
		if component == nil {
			break
		}
		op = mp.join(op, start, component)
	}
	for _, part := range mp.search {
		op = mp.settle(mp.searchFor(op, part))
	}
	for _, pred := range mp.preds {
		if !pred.done {
			panic(ast.Errorf(ast.Unsupported, "UnsupportedPredicate", pred.expr.At(), "this condition refers to a part of the pattern that depends on it"))
		}
	}
	return op
}

// connect follows links from bound nodes until none is left; with within, only links between those nodes.
func (mp *matchPlan) connect(op operator, within map[ast.Slot]bool) operator {
	for {
		var best *planLink
		bestCost := math.Inf(1)
		for _, pl := range mp.links {
			if pl.done || within != nil && !within[pl.from] {
				continue
			}
			if cost := mp.linkCost(pl, mp.bound); cost < bestCost {
				best, bestCost = pl, cost
			}
		}
		if best == nil {
			return op
		}
		op = mp.settle(mp.follow(op, best))
	}
}

// nextComponent picks the start of the cheapest part of the pattern that is not connected to what is bound.
func (mp *matchPlan) nextComponent() (start ast.Slot, component map[ast.Slot]bool) {
	best := math.Inf(1)
	for _, slot := range mp.nodes {
		if mp.bound[slot] {
			continue
		}
		if cost := mp.simulate(slot); cost < best {
			best, start = cost, slot
			component = map[ast.Slot]bool{}
		}
	}
	if component == nil {
		return ast.NoSlot, nil
	}
	component[start] = true
	for changed := true; changed; {
		changed = false
		for _, pl := range mp.links {
			if !pl.done && component[pl.from] != component[pl.to] {
				component[pl.from], component[pl.to] = true, true
				changed = true
			}
		}
	}
	return start, component
}

// join plans a component. It is chained to what is there when that is one row or the component's start is
// found by it; else the component is computed once and joined.
func (mp *matchPlan) join(op operator, start ast.Slot, component map[ast.Slot]bool) operator {
	access := mp.access(start)
	if op.estimate() <= 1.5 || access.correlated || access.rows <= 1 || mp.componentReads(component) {
		op = mp.settle(mp.begin(op, start, access))
		return mp.connect(op, component)
	}
	outer := mp.bound
	restore := mp.enter()
	for s := range outer {
		mp.hidden[s] = true
	}
	inner := mp.settle(mp.begin(&argument{1}, start, mp.access(start)))
	inner = mp.connect(inner, component)
	p := &product{input: op, inner: inner}
	for s := range mp.bound {
		if !outer[s] {
			p.slots = append(p.slots, s)
		}
	}
	sortSlots(p.slots)
	restore()
	mp.hidden = map[ast.Slot]bool{}
	mp.joinKeys(p)
	for _, s := range p.slots {
		mp.bound[s] = true
	}
	p.estimated = estimated(op.estimate() * inner.estimate())
	if len(p.left) > 0 {
		p.estimated = estimated(math.Max(op.estimate(), inner.estimate()))
	}
	return mp.settle(mp.distinctEdges(p, component))
}

// componentReads says whether a part of variable length in the component reads what is bound outside, so
// that the component cannot be computed once for all rows.
func (mp *matchPlan) componentReads(component map[ast.Slot]bool) bool {
	for _, pl := range mp.links {
		if pl.done || !component[pl.from] || !pl.variable() {
			continue
		}
		found := false
		ast.WalkPart(pl.link.Inner, func(e ast.Expr) bool {
			if v, ok := e.(*ast.Var); ok && mp.bound[v.Slot] {
				found = true
			}
			return true
		})
		ast.Walk(pl.link.InnerWhere, func(e ast.Expr) bool {
			if v, ok := e.(*ast.Var); ok && mp.bound[v.Slot] {
				found = true
			}
			return true
		})
		if found {
			return true
		}
	}
	return false
}
