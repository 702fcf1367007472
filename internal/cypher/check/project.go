package check

import (
	"sort"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// project checks WITH or RETURN and returns the scope behind it.
func (c *checker) project(p *ast.Project, s, outer *scope) *scope {
	c.star(p, s)
	next := newScope(outer)
	prints, written := make([]string, len(p.Items)), make([]string, len(p.Items))
	var nameless *ast.Item
	for i, item := range p.Items {
		written[i] = ast.Fingerprint(item.Expr)
		t := c.expr(&item.Expr, s, place{aggregates: true})
		item.Aggregates = aggregates(item.Expr)
		p.Aggregating = p.Aggregating || item.Aggregates
		v, plain := item.Expr.(*ast.Var)
		if ast.NamedBy(item.Expr) == nil && !item.Alias && !p.Return && nameless == nil {
			nameless = item
		}
		if next.vars[item.Name] != nil {
			failf("ColumnNameConflict", item.Pos, "two columns are named %s", item.Name)
		}
		prints[i] = ast.Fingerprint(item.Expr)
		declared := &variable{typ: t}
		if plain {
			declared.slot = v.Slot
		} else {
			declared.slot = c.newSlot()
		}
		if hidden := outer.find(item.Name); hidden != nil && hidden.slot != declared.slot && !outer.open {
			failf("VariableAlreadyBound", item.Pos, "%s is a variable from outside of the subquery; use another name", item.Name)
		}
		item.Slot = declared.slot
		next.set(item.Name, declared)
		p.Keep = append(p.Keep, item.Slot)
	}
	usedOutside(p, outer)
	groups := &grouping{checker: c, project: p, before: s, after: next, prints: prints}
	if p.Aggregating {
		for _, item := range p.Items {
			if item.Aggregates {
				groups.rewrite(&item.Expr)
			}
		}
	}
	for i := range p.Order {
		sortedColumn(&p.Order[i].Expr, p, written)
	}
	c.order(p, s, next, groups)
	c.bounds(p)
	c.condition(&p.Where, overlay(next, s), place{aggregates: p.Aggregating, barred: "WHERE"})
	if p.Where != nil && (p.Aggregating || p.Distinct) {
		groups.where(&p.Where)
	}
	if nameless != nil {
		fail(ast.Errorf(ast.Semantic, "NoExpressionAlias", nameless.Pos, "an expression in WITH needs a name").Hint("write %s AS name", nameless.Name))
	}
	return next
}

// usedOutside refuses RETURN * in a CALL (x) whose clauses use x: it would return it, as Neo4j has it. A WITH that names
// its columns ends the use.
func usedOutside(p *ast.Project, outer *scope) {
	for _, name := range outer.order {
		if p.Star && p.Return && outer.used[name] {
			failf("VariableAlreadyBound", p.Pos, "RETURN * of a subquery would return %s from outside", name)
		}
	}
	if !p.Star {
		clear(outer.used)
	}
}

// star puts the variables of * before the written items, in the order of their names.
func (c *checker) star(p *ast.Project, s *scope) {
	if !p.Star {
		return
	}
	names := append([]string(nil), s.order...)
	sort.Strings(names)
	if len(names) == 0 && p.Return && len(p.Items) == 0 {
		failf("NoVariablesInScope", p.Pos, "RETURN * with no variable in scope")
	}
	written := map[string]bool{}
	for _, item := range p.Items {
		written[item.Name] = true
	}
	var items []*ast.Item
	for _, name := range names {
		if written[name] { // WITH *, 1 AS x gives x anew
			continue
		}
		items = append(items, &ast.Item{Pos: p.Pos, Name: name, Expr: &ast.Var{Pos: p.Pos, Name: name, Slot: ast.NoSlot}})
	}
	p.Items = append(items, p.Items...)
}

// overlay sees the names of the upper scope before those of the lower one.
func overlay(upper, lower *scope) *scope {
	both := newScope(lower)
	for _, name := range upper.order {
		both.set(name, upper.vars[name])
	}
	return both
}

func aggregates(e ast.Expr) bool {
	found := false
	ast.Walk(e, func(x ast.Expr) bool {
		if call, ok := x.(*ast.Call); ok && call.Aggregate {
			found = true
		}
		_, nested := x.(*ast.Subquery)
		return !found && !nested
	})
	return found
}

// sortedColumn makes a key of ORDER BY that is written like a column that column, before names are looked up:
// RETURN n.id AS n ORDER BY n.id sorts by the id, as in Neo4j.
func sortedColumn(key *ast.Expr, p *ast.Project, written []string) {
	if _, plain := (*key).(*ast.Var); plain {
		return
	}
	for i, print := range written {
		if item := p.Items[i]; print == ast.Fingerprint(*key) && item.Alias {
			*key = &ast.Var{Pos: (*key).At(), Name: item.Name, Slot: ast.NoSlot}
			return
		}
	}
}

func (c *checker) order(p *ast.Project, s, next *scope, groups *grouping) {
	both := overlay(next, s)
	for i := range p.Order {
		key := &p.Order[i].Expr
		c.expr(key, both, place{aggregates: p.Aggregating, barred: "ORDER BY; it is not projected"})
		if p.Aggregating || p.Distinct {
			groups.sortKey(key)
		}
	}
}

// bounds checks SKIP and LIMIT, which must not depend on the row.
func (c *checker) bounds(p *ast.Project) {
	for _, e := range []*ast.Expr{&p.Skip, &p.Limit} {
		if *e == nil {
			continue
		}
		ast.Walk(*e, func(x ast.Expr) bool {
			switch x.(type) {
			case *ast.Subquery, *ast.PatternComp, *ast.PatternPred:
				failf("NonConstantExpression", x.At(), "SKIP and LIMIT cannot depend on a pattern")
			}
			return true
		})
		t := c.expr(e, &scope{constant: true}, place{barred: "SKIP and LIMIT"})
		c.want(t, TInt, *e, "SKIP or LIMIT")
		if lit, ok := (*e).(*ast.Literal); ok && lit.Value.Kind() == value.Int && lit.Value.Int() < 0 {
			failf("NegativeIntegerArgument", lit.Pos, "SKIP and LIMIT cannot be negative")
		}
	}
}

// grouping rewrites the expressions that stand behind an aggregation in terms of its results.
type grouping struct {
	*checker
	project       *ast.Project
	before, after *scope
	prints        []string
}

// item is the projected item with this fingerprint, nil without. With leaves, only variables and properties count as grouping keys.
func (g *grouping) item(e ast.Expr, leaves bool) *ast.Item {
	if leaves {
		switch x := e.(type) {
		case *ast.Var, *ast.Prop:
		case *ast.Call:
			if !x.Aggregate {
				return nil
			}
		default:
			return nil
		}
	}
	print := ast.Fingerprint(e)
	for i, item := range g.project.Items {
		if g.prints[i] == print {
			return item
		}
	}
	return nil
}

// rewrite replaces the aggregates of an item by slots of their own, and its grouping keys by theirs.
func (g *grouping) rewrite(e *ast.Expr) {
	ast.Rewrite(e, func(x ast.Expr) ast.Expr {
		if call, ok := x.(*ast.Call); ok && call.Aggregate {
			return g.aggregate(call)
		}
		if item := g.item(x, true); item != nil && !item.Aggregates {
			return &ast.Var{Pos: x.At(), Name: item.Name, Slot: item.Slot}
		}
		if v, ok := x.(*ast.Var); ok && g.own(v.Slot) {
			g.ambiguous(v)
		}
		return nil
	})
}

func (g *grouping) aggregate(call *ast.Call) ast.Expr {
	print := ast.Fingerprint(call)
	for _, known := range g.project.Aggs {
		if ast.Fingerprint(known.Call) == print {
			return &ast.Var{Pos: call.Pos, Slot: known.Slot}
		}
	}
	agg := ast.Agg{Call: call, Slot: g.newSlot()}
	g.project.Aggs = append(g.project.Aggs, agg)
	return &ast.Var{Pos: call.Pos, Slot: agg.Slot}
}

func (g *grouping) ambiguous(v *ast.Var) {
	fail(ast.Errorf(ast.Semantic, "AmbiguousAggregationExpression", v.Pos, "%s stands beside an aggregate without being grouped by", v.Name).
		Hint("put the expression into a column, or a WITH, of its own"))
}

// own says whether the slot is a variable from before the projection that is not visible behind it.
func (g *grouping) own(slot ast.Slot) bool {
	for _, v := range g.after.vars {
		if v.slot == slot {
			return false
		}
	}
	for _, v := range g.before.vars {
		if v.slot == slot {
			return true
		}
	}
	return false
}

// sortKey lets a key of ORDER BY refer to what is projected, by name or by the same expression.
func (g *grouping) sortKey(e *ast.Expr) {
	if item := g.item(*e, false); item != nil {
		*e = &ast.Var{Pos: (*e).At(), Name: item.Name, Slot: item.Slot}
		return
	}
	g.projected(e, aggregates(*e))
}

// where is sortKey for WHERE, which sees the aggregates of columns and no others.
func (g *grouping) where(e *ast.Expr) {
	before := len(g.project.Aggs)
	g.projected(e, false)
	if len(g.project.Aggs) > before {
		call := g.project.Aggs[before].Call
		fail(ast.Errorf(ast.Semantic, "InvalidAggregation", call.Pos, "the aggregate %s stands in no column", call.Name).
			Hint("aggregate in WITH and use the result behind it"))
	}
}

func (g *grouping) projected(e *ast.Expr, leaves bool) {
	ast.Rewrite(e, func(x ast.Expr) ast.Expr {
		if item := g.item(x, leaves); item != nil {
			return &ast.Var{Pos: x.At(), Name: item.Name, Slot: item.Slot}
		}
		if call, ok := x.(*ast.Call); ok && call.Aggregate {
			g.visible(call, false)
			return g.aggregate(call)
		}
		if v, ok := x.(*ast.Var); ok {
			g.visible(v, leaves)
		}
		return nil
	})
}

// visible refuses variables that are gone behind the projection.
func (g *grouping) visible(e ast.Expr, grouped bool) {
	ast.Walk(e, func(x ast.Expr) bool {
		v, ok := x.(*ast.Var)
		if !ok || !g.own(v.Slot) {
			return true
		}
		if grouped {
			for _, item := range g.project.Items {
				if !item.Aggregates && ast.Refers(item.Expr, v.Slot) {
					g.ambiguous(v)
				}
			}
		}
		failf("UndefinedVariable", v.Pos, "the variable %s is not visible behind the projection", v.Name)
		return false
	})
}
