package cypher

import (
	"math"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// Guesses where the graph has no statistics: the share of rows that passes an equality and another condition.
const (
	guessEqual = 0.1
	guessOther = 0.3
)

// access is a way to find the nodes of a slot.
type access struct {
	kind   scanKind
	rows   float64
	labels []LabelID
	index  Index
	seek   ast.Expr
	in     bool
	pred   *predicate
	label  string // that the access guarantees
	detail string
	// correlated says that the value sought depends on the row.
	correlated bool
}

func (mp *matchPlan) selectivity(pred *predicate) float64 {
	n := float64(max(1, mp.graph.NodeCount()))
	if pred.label != "" {
		if l, ok := mp.graph.LabelID(pred.label); ok {
			return float64(len(mp.graph.NodesWithLabel(l))) / n
		}
		return 0
	}
	if cmp, ok := pred.expr.(*ast.Compare); ok && len(cmp.Ops) == 1 && cmp.Ops[0] == "=" {
		return guessEqual
	}
	return guessOther
}

// access picks the way to the nodes of a slot that yields the fewest.
func (mp *matchPlan) access(slot ast.Slot) access {
	best := access{kind: scanAll, rows: float64(mp.graph.NodeCount())}
	for _, pred := range mp.preds {
		if pred.done || pred.node != slot {
			continue
		}
		if a, ok := mp.labelAccess(pred); ok && a.rows < best.rows || ok && best.kind == scanAll {
			best = a
		}
	}
	for _, pred := range mp.preds {
		if pred.done {
			continue
		}
		if a, ok := mp.indexAccess(slot, pred); ok && (a.rows < best.rows || best.kind != scanIndex && a.rows <= best.rows) {
			best = a
		}
	}
	return best
}

// labelAccess reads a label predicate as a scan: of one label, or of the union of several.
func (mp *matchPlan) labelAccess(pred *predicate) (access, bool) {
	has, ok := pred.expr.(*ast.HasLabels)
	if !ok {
		return access{}, false
	}
	names, ok := unionOfLabels(has.Labels)
	if !ok {
		return access{}, false
	}
	a := access{kind: scanLabel, pred: pred, detail: ":" + strings.Join(names, "|"), label: pred.label}
	for _, name := range names {
		if l, known := mp.graph.LabelID(name); known {
			a.labels = append(a.labels, l)
			a.rows += float64(len(mp.graph.NodesWithLabel(l)))
		}
	}
	return a, true
}

func unionOfLabels(l *ast.LabelExpr) ([]string, bool) {
	switch l.Op {
	case ast.LabelName:
		return []string{l.Name}, true
	case ast.LabelOr:
		var names []string
		for _, arg := range l.Args {
			some, ok := unionOfLabels(arg)
			if !ok {
				return nil, false
			}
			names = append(names, some...)
		}
		return names, true
	}
	return nil, false
}

// indexAccess reads a predicate node.key = value or node.key IN list as a seek in an index.
func (mp *matchPlan) indexAccess(slot ast.Slot, pred *predicate) (access, bool) {
	prop, sought, in := propertyTest(pred.expr, slot)
	if prop == nil || ast.Refers(sought, slot) || mp.readsHidden(sought) || !mp.readable(sought) {
		return access{}, false
	}
	key, ok := mp.graph.KeyID(prop.Key)
	if !ok {
		return access{}, false
	}
	a := access{kind: scanIndex, seek: sought, in: in, pred: pred}
	for _, name := range mp.labels[slot] {
		if l, known := mp.graph.LabelID(name); known && a.index == nil {
			if a.index = mp.graph.Index(l, key); a.index != nil {
				a.label, a.detail = name, ":"+name+"("+prop.Key+")"
			}
		}
	}
	if a.index == nil {
		if a.index = mp.graph.Index(AnyLabel, key); a.index == nil {
			return access{}, false
		}
		a.detail = "(" + prop.Key + ")"
	}
	a.rows = float64(a.index.Len()) / float64(max(1, a.index.Distinct()))
	if in {
		a.rows *= listLength(sought)
	}
	a.correlated = mp.correlated(sought)
	return a, true
}

// propertyTest takes apart node.key = value, value = node.key and node.key IN list.
func propertyTest(e ast.Expr, slot ast.Slot) (prop *ast.Prop, sought ast.Expr, in bool) {
	ofSlot := func(e ast.Expr) *ast.Prop {
		if p, ok := e.(*ast.Prop); ok {
			if v, plain := p.X.(*ast.Var); plain && v.Slot == slot {
				return p
			}
		}
		return nil
	}
	switch e := e.(type) {
	case *ast.Compare:
		if len(e.Ops) != 1 || e.Ops[0] != "=" {
			return nil, nil, false
		}
		if p := ofSlot(e.Operands[0]); p != nil {
			return p, e.Operands[1], false
		}
		return ofSlot(e.Operands[1]), e.Operands[0], false
	case *ast.Binary:
		if e.Op == "IN" {
			return ofSlot(e.L), e.R, true
		}
	}
	return nil, nil, false
}

// readable says whether everything that the expression reads of this MATCH is bound.
func (mp *matchPlan) readable(e ast.Expr) bool {
	ok := true
	ast.Walk(e, func(x ast.Expr) bool {
		if v, isVar := x.(*ast.Var); isVar && mp.declared[v.Slot] && !mp.bound[v.Slot] {
			ok = false
		}
		return ok
	})
	return ok
}

func (mp *matchPlan) correlated(e ast.Expr) bool {
	found := false
	ast.Walk(e, func(x ast.Expr) bool {
		if v, isVar := x.(*ast.Var); isVar && mp.bound[v.Slot] {
			found = true
		}
		return !found
	})
	return found
}

func listLength(e ast.Expr) float64 {
	switch e := e.(type) {
	case *ast.ListLit:
		return float64(len(e.Items))
	case *ast.Literal:
		if e.Value.Kind() == value.List {
			return float64(e.Value.Len())
		}
	}
	return 10
}

// nodeRows estimates how many nodes satisfy everything that is demanded of a slot alone.
func (mp *matchPlan) nodeRows(slot ast.Slot) float64 {
	a := mp.access(slot)
	rows := a.rows
	for _, pred := range mp.preds {
		if pred != a.pred && !pred.done && len(pred.deps) == 1 && pred.deps[0] == slot && !(pred.label != "" && pred.label == a.label) {
			rows *= mp.selectivity(pred)
		}
	}
	return rows
}

// fanOut estimates the rows that following a link from one end makes of one row.
func (mp *matchPlan) fanOut(pl *planLink, from ast.Slot) float64 {
	to, dir := pl.to, pl.dir
	if from == pl.to {
		to, dir = pl.from, opposite(pl.dir)
	}
	degree := mp.degreeOf(pl.types, from, dir)
	if pl.variable() {
		degree = mp.variableFanOut(pl, degree)
	}
	share := mp.nodeRows(to) / float64(max(1, mp.graph.NodeCount()))
	// A node that is demanded by equality may well be at the end of the link; never expect nothing.
	return degree * math.Max(share, 1e-4)
}

func (mp *matchPlan) degreeOf(types typeSet, from ast.Slot, dir Direction) float64 {
	label, sources := AnyLabel, float64(max(1, mp.graph.NodeCount()))
	for _, name := range mp.labels[from] {
		if l, ok := mp.graph.LabelID(name); ok {
			if n := float64(len(mp.graph.NodesWithLabel(l))); n < sources {
				label, sources = l, math.Max(1, n)
			}
		}
	}
	edges := 0
	count := func(t TypeID) {
		if dir != In {
			edges += mp.graph.EdgeCountOf(label, t, Out)
		}
		if dir != Out {
			edges += mp.graph.EdgeCountOf(label, t, In)
		}
	}
	if types.any {
		count(AnyType)
	} else {
		for _, t := range types.ids {
			count(t)
		}
	}
	return float64(edges) / sources
}

func (mp *matchPlan) variableFanOut(pl *planLink, degree float64) float64 {
	depth := 8.0
	if pl.link.Length.Max >= 0 {
		depth = math.Min(depth, float64(pl.link.Length.Max)*float64(len(pl.link.Inner.Links)))
	}
	// A search visits each node a few times at most, and an enumeration beyond that is cut by its limit: what
	// counts for the choice is from how many nodes it starts.
	return math.Min(math.Pow(math.Max(degree, 1.1), depth), 2*float64(max(1, mp.graph.NodeCount())))
}

// work estimates the edges looked at when a link is followed from one node.
func (mp *matchPlan) work(pl *planLink, from ast.Slot) float64 {
	dir := pl.dir
	if from == pl.to {
		dir = opposite(pl.dir)
	}
	degree := mp.degreeOf(pl.types, from, dir)
	if pl.variable() {
		return mp.variableFanOut(pl, degree)
	}
	return degree
}

// linkCost is what following the link next costs, infinite when it cannot be followed from what is bound.
func (mp *matchPlan) linkCost(pl *planLink, bound map[ast.Slot]bool) float64 {
	fixedBound := !pl.variable() && bound[pl.slot]
	from, to := bound[pl.from], bound[pl.to]
	if !from && !to && !fixedBound || pl.variable() && !mp.bodyReadable(pl) {
		return math.Inf(1)
	}
	if mp.hidden[pl.slot] && fixedBound {
		return math.Inf(1)
	}
	switch {
	case fixedBound, from && to && !pl.variable():
		return 0
	case from && to:
		return 1
	case from:
		return mp.fanOut(pl, pl.from)
	}
	return mp.fanOut(pl, pl.to)
}

// bodyReadable says whether what the body of a part of variable length reads from outside is bound.
func (mp *matchPlan) bodyReadable(pl *planLink) bool {
	ok := true
	read := func(e ast.Expr) bool {
		if v, isVar := e.(*ast.Var); isVar && mp.declared[v.Slot] && !mp.bound[v.Slot] {
			ok = false
		}
		return ok
	}
	ast.WalkPart(pl.link.Inner, read)
	ast.Walk(pl.link.InnerWhere, read)
	return ok
}

// simulate estimates the rows that the component of a start makes in all when links are followed greedily.
func (mp *matchPlan) simulate(start ast.Slot) float64 {
	bound := map[ast.Slot]bool{start: true}
	for s := range mp.bound {
		bound[s] = true
	}
	rows := mp.nodeRows(start)
	total := mp.access(start).rows + rows
	done := map[*planLink]bool{}
	for {
		var best *planLink
		bestCost := math.Inf(1)
		for _, pl := range mp.links {
			if pl.done || done[pl] {
				continue
			}
			if cost := mp.linkCost(pl, bound); cost < bestCost {
				best, bestCost = pl, cost
			}
		}
		if best == nil {
			return total
		}
		done[best] = true
		from := best.from
		if !bound[from] {
			from = best.to
		}
		if !(bound[best.from] && bound[best.to]) {
			total += rows * mp.work(best, from)
		}
		bound[best.from], bound[best.to] = true, true
		if bestCost > 0 {
			rows *= bestCost
		}
		total += rows
	}
}
