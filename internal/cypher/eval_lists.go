package cypher

import (
	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// listOperand reads a list operand; null stays null, another kind is an error.
func listOperand(v Value, at ast.Pos, what string) ([]Value, bool) {
	if v.IsNull() {
		return nil, false
	}
	if v.Kind() != value.List {
		runtimeError(at, "TypeError", "InvalidArgumentType", "%s needs a List, this is %s", what, v.Kind())
	}
	return v.List(), true
}

func (c *compiler) listComprehension(e *ast.ListComp) eval {
	list, slot, at := c.expr(e.List), e.Var.Slot, e.Pos
	c.plan.bound[slot] = true
	var where test
	var mapped eval
	if e.Where != nil {
		where = c.condition(e.Where)
	}
	if e.Map != nil {
		mapped = c.expr(e.Map)
	}
	return func(rt *run) Value {
		items, ok := listOperand(list(rt), at, "a list comprehension")
		if !ok {
			return Value{}
		}
		result := make([]Value, 0, len(items))
		for _, item := range items {
			rt.tick()
			rt.row[slot] = item
			if where != nil && !where(rt) {
				continue
			}
			if mapped != nil {
				item = mapped(rt)
			}
			result = append(result, item)
		}
		return rt.list(result)
	}
}

func (c *compiler) quantifier(e *ast.Quantifier) eval {
	c.plan.bound[e.Var.Slot] = true
	list, where, slot, at, op := c.expr(e.List), c.expr(e.Where), e.Var.Slot, e.Pos, e.Op
	return func(rt *run) Value {
		items, ok := listOperand(list(rt), at, op)
		if !ok {
			return Value{}
		}
		yes, unknown := 0, 0
		for _, item := range items {
			rt.tick()
			rt.row[slot] = item
			switch logical(at, op, where(rt)) {
			case value.True:
				yes++
				if op == "any" {
					return value.OfBool(true)
				}
				if op == "none" || op == "single" && yes > 1 {
					return value.OfBool(false)
				}
			case value.Unknown:
				unknown++
			case value.False:
				if op == "all" {
					return value.OfBool(false)
				}
			}
		}
		if unknown > 0 {
			return Value{}
		}
		return value.OfBool(op == "all" || op == "none" || op == "single" && yes == 1)
	}
}

func (c *compiler) reduce(e *ast.Reduce) eval {
	c.plan.bound[e.Acc.Slot], c.plan.bound[e.Var.Slot] = true, true
	init, list, step, acc, slot, at := c.expr(e.Init), c.expr(e.List), c.expr(e.Step), e.Acc.Slot, e.Var.Slot, e.Pos
	return func(rt *run) Value {
		items, ok := listOperand(list(rt), at, "reduce")
		if !ok {
			return Value{}
		}
		v := init(rt)
		for _, item := range items {
			rt.tick()
			rt.row[acc], rt.row[slot] = v, item
			v = step(rt)
		}
		return v
	}
}
