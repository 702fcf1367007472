package cypher

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// planner turns a checked query into operators for one graph.
type planner struct {
	graph    Graph
	compiler *compiler
	// bound is the slots that have a value at the place being planned.
	bound map[ast.Slot]bool
	// uses counts how often the query reads a slot; lengthUses of those, how often only as min(length(path)).
	uses, lengthUses map[ast.Slot]int
	subplans         int
}

func newPlanner(g Graph, params map[string]int, q *ast.Query) *planner {
	p := &planner{graph: g, bound: map[ast.Slot]bool{}, uses: map[ast.Slot]int{}, lengthUses: map[ast.Slot]int{}}
	p.compiler = &compiler{graph: g, params: params, plan: p}
	ast.WalkQuery(q, p.count)
	p.countKept(q)
	return p
}

func (p *planner) count(e ast.Expr) bool {
	if sub, ok := e.(*ast.Subquery); ok {
		p.countKept(sub.Query)
	}
	switch e := e.(type) {
	case *ast.Var:
		p.uses[e.Slot]++
	case *ast.Call:
		if slot, ok := minimalLength(e); ok {
			p.lengthUses[slot]++
		}
	}
	return true
}

// minimalLength recognises min(length(path)).
func minimalLength(e *ast.Call) (ast.Slot, bool) {
	if e.Name != "min" || len(e.Args) != 1 {
		return 0, false
	}
	length, ok := e.Args[0].(*ast.Call)
	if !ok || length.Name != "length" || len(length.Args) != 1 {
		return 0, false
	}
	v, ok := length.Args[0].(*ast.Var)
	if !ok {
		return 0, false
	}
	return v.Slot, true
}

// countKept counts the arguments of aggregates, which are not in the items any more.
func (p *planner) countKept(q *ast.Query) {
	for _, part := range q.Parts {
		for _, clause := range part.Clauses {
			switch c := clause.(type) {
			case *ast.Project:
				for _, a := range c.Aggs {
					ast.Walk(a.Call, p.count)
				}
			case *ast.CallSubquery:
				p.countKept(c.Query)
			}
		}
	}
}

func (p *planner) isBound(s ast.Slot) bool { return p.bound[s] }

// enter remembers what is bound, for a plan inside an expression; the result restores it.
func (p *planner) enter() func() {
	outer := p.bound
	p.bound = make(map[ast.Slot]bool, len(outer))
	for s := range outer {
		p.bound[s] = true
	}
	return func() { p.bound = outer }
}

// subplan plans a pattern inside an expression; its variables are bound afterwards.
func (p *planner) subplan(m *ast.Match, insensitive bool) (operator, int) {
	op := p.match(&argument{1}, m, insensitive)
	p.subplans++
	return op, p.subplans - 1
}

func (p *planner) subquery(q *ast.Query, insensitive bool) (operator, int) {
	defer p.enter()()
	op := p.query(q, insensitive)
	p.subplans++
	return op, p.subplans - 1
}

// query plans a query whose outer variables are bound. Insensitive says that repeated rows do no harm.
func (p *planner) query(q *ast.Query, insensitive bool) operator {
	if len(q.Parts) == 1 {
		op, columns := p.single(q.Parts[0], insensitive)
		if from := inOrder(q.Columns, columns); !slices.Equal(from, q.Slots) {
			return &union{estimated: estimated(op.estimate()), parts: []operator{op}, from: [][]ast.Slot{from}, to: q.Slots}
		}
		return op
	}
	distinctRows := !q.All[0]
	u := &union{to: q.Slots}
	for _, part := range q.Parts {
		leave := p.enter()
		op, columns := p.single(part, insensitive || distinctRows)
		leave()
		u.parts = append(u.parts, op)
		u.from = append(u.from, inOrder(q.Columns, columns))
		u.estimated += estimated(op.estimate())
	}
	if !distinctRows {
		return u
	}
	return &distinct{estimated: u.estimated, input: u, slots: q.Slots}
}

// inOrder is the slots of a part in the order of the names.
func inOrder(names []string, columns []column) []ast.Slot {
	slots := make([]ast.Slot, len(names))
	for i, name := range names {
		for _, c := range columns {
			if c.name == name {
				slots[i] = c.slot
			}
		}
	}
	return slots
}

type column struct {
	name string
	slot ast.Slot
}

func (p *planner) single(s *ast.Single, insensitive bool) (operator, []column) {
	var op operator = &argument{1}
	var columns []column
	for i, clause := range s.Clauses {
		switch c := clause.(type) {
		case *ast.Match:
			calm := duplicateFree(s.Clauses[i+1:], insensitive)
			if !c.Optional {
				op = p.match(op, c, calm)
				continue
			}
			op = p.optionalMatch(op, c, calm)
		case *ast.Unwind:
			op = &unwind{estimated: estimated(op.estimate() * 10), input: op, list: p.compiler.expr(c.List), slot: c.Var.Slot}
			p.bound[c.Var.Slot] = true
		case *ast.Project:
			op = p.project(op, c)
			columns = columns[:0]
			for _, item := range c.Items {
				columns = append(columns, column{item.Name, item.Slot})
			}
		case *ast.CallSubquery:
			op = p.callSubquery(op, c)
		case *ast.CallProcedure:
			op = p.procedure(op, c)
			for _, y := range c.Yields {
				columns = append(columns, column{y.Var.Name, y.Var.Slot})
			}
		}
	}
	return op, columns
}

// duplicateFree says whether the clauses that follow cannot tell repeated rows from single ones.
func duplicateFree(rest []ast.Clause, atEnd bool) bool {
	for _, clause := range rest {
		c, ok := clause.(*ast.Project)
		if !ok {
			continue
		}
		if c.Aggregating {
			for _, a := range c.Aggs {
				if !insensitive(a.Call) {
					return false
				}
			}
			return true
		}
		if c.Distinct {
			return true
		}
		if c.Skip != nil || c.Limit != nil {
			return false
		}
	}
	return atEnd
}

func (p *planner) optionalMatch(op operator, m *ast.Match, calm bool) operator {
	before := make(map[ast.Slot]bool, len(p.bound))
	for s := range p.bound {
		before[s] = true
	}
	inner := p.match(&argument{1}, m, calm)
	o := &optional{input: op, inner: inner}
	o.estimated = estimated(op.estimate() * math.Max(1, inner.estimate()))
	for s := range p.bound {
		if !before[s] {
			o.nulls = append(o.nulls, s)
		}
	}
	return o
}

func (p *planner) callSubquery(op operator, c *ast.CallSubquery) operator {
	leave := p.enter()
	inner := p.query(c.Query, false)
	leave()
	for _, s := range c.Query.Slots {
		p.bound[s] = true
	}
	rows := estimated(op.estimate() * math.Max(1, inner.estimate()))
	if c.Optional {
		return &optional{estimated: rows, input: op, inner: inner, nulls: c.Query.Slots}
	}
	return &apply{estimated: rows, input: op, inner: inner}
}

func (p *planner) where(op operator, e ast.Expr) operator {
	if e == nil {
		return op
	}
	return &filter{estimated: estimated(op.estimate() * 0.3), input: op, tests: []test{p.compiler.condition(e)}}
}

// project plans WITH and RETURN: aggregate or compute, remove duplicates, sort, cut, filter.
func (p *planner) project(op operator, c *ast.Project) operator {
	if c.Aggregating {
		op = p.aggregate(op, c)
	}
	var compute assign
	for _, item := range c.Items {
		if c.Aggregating && !item.Aggregates {
			continue
		}
		if v, ok := item.Expr.(*ast.Var); ok && v.Slot == item.Slot {
			continue
		}
		compute.slots = append(compute.slots, item.Slot)
		compute.exprs = append(compute.exprs, p.compiler.expr(item.Expr))
		compute.detail += item.Name + " "
	}
	if len(compute.slots) > 0 {
		compute.input, compute.estimated, compute.detail = op, estimated(op.estimate()), clipText(strings.TrimSpace(compute.detail))
		op = &compute
	}
	for _, s := range c.Keep {
		p.bound[s] = true
	}
	if c.Distinct {
		op = &distinct{estimated: estimated(op.estimate()), input: op, slots: c.Keep}
	}
	op = p.sort(op, c)
	return p.where(op, c.Where)
}

func clipText(s string) string {
	if len(s) > 60 {
		return s[:57] + "..."
	}
	return s
}

func (p *planner) aggregate(op operator, c *ast.Project) operator {
	g := &grouped{input: op}
	for _, item := range c.Items {
		if !item.Aggregates {
			g.keys = append(g.keys, p.compiler.expr(item.Expr))
			g.keySlots = append(g.keySlots, item.Slot)
		}
	}
	for _, a := range c.Aggs {
		g.aggs = append(g.aggs, p.compiler.aggregate(a))
		p.bound[a.Slot] = true
	}
	g.estimated = 1
	if len(g.keys) > 0 {
		g.estimated = estimated(math.Sqrt(op.estimate()) + 1)
	}
	return g
}

func (p *planner) sort(op operator, c *ast.Project) operator {
	var skip, limit eval
	if c.Skip != nil {
		skip = p.compiler.expr(c.Skip)
	}
	if c.Limit != nil {
		limit = p.compiler.expr(c.Limit)
	}
	if len(c.Order) > 0 {
		s := &sorted{estimated: estimated(op.estimate()), input: op, skip: skip, limit: limit, at: c.Pos}
		for _, key := range c.Order {
			s.keys = append(s.keys, order{expr: p.compiler.expr(key.Expr), desc: key.Desc})
		}
		s.slots = p.sortedSlots(c)
		s.detail = fmt.Sprintf("%d keys", len(s.keys))
		op = s
	}
	if skip != nil || limit != nil {
		w := &window{estimated: estimated(op.estimate()), input: op, skip: skip, limit: limit, at: c.Pos}
		if lit, ok := c.Limit.(*ast.Literal); ok && lit.Value.Kind() == value.Int {
			w.estimated = estimated(math.Min(float64(w.estimated), float64(lit.Value.Int())))
			w.detail = fmt.Sprint(lit.Value.Int())
		}
		op = w
	}
	return op
}

// sortedSlots is what a sort must keep: what is projected, and what a WHERE behind it still reads.
func (p *planner) sortedSlots(c *ast.Project) []ast.Slot {
	slots := append([]ast.Slot(nil), c.Keep...)
	known := map[ast.Slot]bool{}
	for _, s := range slots {
		known[s] = true
	}
	ast.Walk(c.Where, func(e ast.Expr) bool {
		if v, ok := e.(*ast.Var); ok && p.bound[v.Slot] && !known[v.Slot] {
			known[v.Slot] = true
			slots = append(slots, v.Slot)
		}
		return true
	})
	return slots
}
