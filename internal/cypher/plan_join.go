package cypher

import (
	"sort"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

func sortSlots(slots []ast.Slot) {
	sort.Slice(slots, func(i, j int) bool { return slots[i] < slots[j] })
}

// joinKeys turns equalities between the two sides of a product into keys of a hash join.
func (mp *matchPlan) joinKeys(p *product) {
	inner := map[ast.Slot]bool{}
	for _, s := range p.slots {
		inner[s] = true
	}
	for _, pred := range mp.preds {
		cmp, ok := pred.expr.(*ast.Compare)
		if pred.done || !ok || len(cmp.Ops) != 1 || cmp.Ops[0] != "=" {
			continue
		}
		for _, sides := range [][2]ast.Expr{{cmp.Operands[0], cmp.Operands[1]}, {cmp.Operands[1], cmp.Operands[0]}} {
			if mp.readsOnly(sides[0], func(s ast.Slot) bool { return mp.bound[s] }) && mp.readsOnly(sides[1], func(s ast.Slot) bool { return inner[s] }) {
				p.left = append(p.left, mp.compiler.expr(sides[0]))
				p.right = append(p.right, mp.compiler.expr(sides[1]))
				pred.done = true
				break
			}
		}
	}
}

// readsOnly says whether the expression reads at least one slot, all of them allowed, and makes none of its own.
func (mp *matchPlan) readsOnly(e ast.Expr, allowed func(ast.Slot) bool) bool {
	some, ok := false, true
	ast.Walk(e, func(x ast.Expr) bool {
		if v, isVar := x.(*ast.Var); isVar {
			some = true
			ok = ok && allowed(v.Slot)
		}
		return ok
	})
	return some && ok
}

// distinctEdges tests that no relationship of the joined component equals one that was bound before in this MATCH.
func (mp *matchPlan) distinctEdges(p *product, component map[ast.Slot]bool) operator {
	var tests []test
	for _, a := range mp.links {
		if !a.done || !component[a.from] || mp.isSearch(a.part) {
			continue
		}
		for _, b := range mp.links {
			if b.done && !component[b.from] && !mp.isSearch(b.part) && a.types.overlaps(b.types) {
				tests = append(tests, disjoint(a.slot, b.slot))
			}
		}
	}
	if len(tests) == 0 {
		return p
	}
	return &filter{estimated: p.estimated, input: p, tests: tests, detail: "relationships differ"}
}

func (mp *matchPlan) isSearch(part *ast.PathPart) bool { return part.Selector != ast.SelectAll }

// disjoint tests that two slots, each an edge or a path, share no edge.
func disjoint(a, b ast.Slot) test {
	return func(rt *run) bool {
		x := exclusion{edges: []ast.Slot{a}, paths: []ast.Slot{a}}
		if v := rt.row[b]; v.Kind() == value.Edge {
			return x.allows(rt, v.ID())
		}
		if p := rt.row[b].Path(); p != nil {
			for _, e := range p.Edges {
				if !x.allows(rt, e) {
					return false
				}
			}
		}
		return true
	}
}

// exclusionFor is what the relationships of a link must differ from: those of links bound before it in the same plan.
func (mp *matchPlan) exclusionFor(pl *planLink) exclusion {
	var x exclusion
	for _, other := range mp.links {
		if other == pl || !other.done || mp.isSearch(other.part) || mp.hidden[other.slot] || !other.types.overlaps(pl.types) {
			continue
		}
		if other.variable() {
			x.paths = append(x.paths, other.slot)
		} else {
			x.edges = append(x.edges, other.slot)
		}
	}
	return x
}
