package cypher

import (
	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// cursorOf is the run's cursor of a plan inside an expression, opened at its first use.
func (rt *run) cursorOf(id int, op operator) cursor {
	for len(rt.subplans) <= id {
		rt.subplans = append(rt.subplans, nil)
	}
	if rt.subplans[id] == nil {
		rt.subplans[id] = rt.start(op)
	}
	return rt.subplans[id]
}

func (c *compiler) patternComprehension(e *ast.PatternComp) eval {
	match := &ast.Match{Pos: e.Pos, Pattern: e.Pattern, Where: e.Where}
	leave := c.plan.enter()
	op, id := c.plan.subplan(match, false)
	mapped := c.expr(e.Map)
	leave()
	return func(rt *run) Value {
		cur := rt.cursorOf(id, op)
		cur.reset()
		var items []Value
		for cur.next() {
			items = append(items, mapped(rt))
			rt.tick()
			rt.room(int64(len(items)) * cellBytes)
		}
		return rt.list(items)
	}
}

func (c *compiler) patternPredicate(e *ast.PatternPred) eval {
	if degree := c.degree(e.Pattern, nil); degree != nil {
		return func(rt *run) Value { return value.OfBool(degree(rt, true) > 0) }
	}
	leave := c.plan.enter()
	op, id := c.plan.subplan(&ast.Match{Pos: e.Pos, Pattern: e.Pattern}, true)
	leave()
	return exists(op, id)
}

func exists(op operator, id int) eval {
	return func(rt *run) Value {
		cur := rt.cursorOf(id, op)
		cur.reset()
		return value.OfBool(cur.next())
	}
}

func (c *compiler) subquery(e *ast.Subquery) eval {
	if e.Op != "COLLECT" && len(e.Query.Parts) == 1 && len(e.Query.Parts[0].Clauses) == 1 {
		if m, ok := e.Query.Parts[0].Clauses[0].(*ast.Match); ok && !m.Optional {
			if degree := c.degree(m.Pattern, m.Where); degree != nil {
				if e.Op == "EXISTS" {
					return func(rt *run) Value { return value.OfBool(degree(rt, true) > 0) }
				}
				return func(rt *run) Value { return value.OfInt(degree(rt, false)) }
			}
		}
	}
	op, id := c.plan.subquery(e.Query, e.Op == "EXISTS")
	switch e.Op {
	case "EXISTS":
		return exists(op, id)
	case "COUNT":
		return func(rt *run) Value {
			cur := rt.cursorOf(id, op)
			cur.reset()
			n := int64(0)
			for cur.next() {
				n++
			}
			return value.OfInt(n)
		}
	}
	slot := e.Query.Slots[0]
	return func(rt *run) Value {
		cur := rt.cursorOf(id, op)
		cur.reset()
		var items []Value
		for cur.next() {
			items = append(items, rt.row[slot])
			rt.tick()
			rt.room(int64(len(items)) * cellBytes)
		}
		return rt.list(items)
	}
}

// degree compiles the pattern (n)-[:T]->() without further conditions, whose matches are counted without
// visiting them; nil when the pattern has another form. With any, the count may stop at the first.
func (c *compiler) degree(p *ast.Pattern, where ast.Expr) func(rt *run, any bool) int64 {
	if where != nil || len(p.Parts) != 1 || len(p.Parts[0].Links) != 1 {
		return nil
	}
	part := p.Parts[0]
	link := part.Links[0]
	if part.Selector != ast.SelectAll || part.Where != nil || part.Var != nil || link.Inner != nil || link.Props != nil || link.Where != nil || link.Var.Name != "" || link.Dir == ast.Either {
		return nil
	}
	plain := func(n *ast.NodePattern) bool { return n.Labels == nil && n.Props == nil && n.Where == nil }
	near, far, dir := part.Nodes[0], part.Nodes[1], Out
	if near.Var.Name == "" {
		near, far, dir = far, near, In
	}
	if near.Var.Name == "" || far.Var.Name != "" || !plain(near) || !plain(far) || !c.plan.isBound(near.Var.Slot) {
		return nil
	}
	if link.Dir == ast.Left {
		dir = Out + In - dir
	}
	types, slot := c.typeSet(link.Types), near.Var.Slot
	return func(rt *run, any bool) int64 {
		v := rt.row[slot]
		if v.Kind() != value.Node {
			return 0
		}
		if types.any {
			nodes, _ := rt.graph.Neighbours(v.ID(), AnyType, dir)
			return int64(len(nodes))
		}
		total := 0
		for _, t := range types.ids {
			nodes, _ := rt.graph.Neighbours(v.ID(), t, dir)
			total += len(nodes)
			if any && total > 0 {
				break
			}
		}
		return int64(total)
	}
}
