package cypher

import (
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// eval computes an expression from the row of a run.
type eval func(*run) Value

// test computes a condition; it is true only where the condition is true, not where it is null.
type test func(*run) bool

// compiler turns expressions into closures over one graph. Names of properties, labels and types become
// numbers here, so that nothing is looked up by name while rows flow.
type compiler struct {
	graph  Graph
	params map[string]int
	plan   *planner
}

func (c *compiler) expr(e ast.Expr) eval {
	switch e := e.(type) {
	case nil:
		return func(*run) Value { return Value{} }
	case *ast.Literal:
		v := e.Value
		return func(*run) Value { return v }
	case *ast.Param:
		i := c.params[e.Name]
		return func(rt *run) Value { return rt.params[i] }
	case *ast.Var:
		slot := e.Slot
		return func(rt *run) Value { return rt.row[slot] }
	case *ast.Prop:
		return c.property(e)
	case *ast.Index:
		return c.index(e)
	case *ast.Slice:
		return c.slice(e)
	case *ast.Unary:
		return c.unary(e)
	case *ast.Binary:
		return c.binary(e)
	case *ast.Compare:
		return c.compare(e)
	case *ast.IsNull:
		x, not := c.expr(e.X), e.Not
		return func(rt *run) Value { return value.OfBool(x(rt).IsNull() != not) }
	case *ast.HasLabels:
		return c.hasLabels(e)
	case *ast.Call:
		return c.call(e)
	case *ast.Case:
		return c.caseOf(e)
	case *ast.ListLit:
		return c.listLiteral(e)
	case *ast.MapLit:
		return c.mapLiteral(e)
	case *ast.MapProjection:
		return c.mapProjection(e)
	case *ast.ListComp:
		return c.listComprehension(e)
	case *ast.Quantifier:
		return c.quantifier(e)
	case *ast.Reduce:
		return c.reduce(e)
	case *ast.PatternComp:
		return c.patternComprehension(e)
	case *ast.PatternPred:
		return c.patternPredicate(e)
	case *ast.Subquery:
		return c.subquery(e)
	}
	panic("cypher: an expression without a compiler")
}

// condition compiles a test; conjunctions stop at the first operand that is not true.
func (c *compiler) condition(e ast.Expr) test {
	if and, ok := e.(*ast.Binary); ok && and.Op == "AND" {
		l, r := c.condition(and.L), c.condition(and.R)
		return func(rt *run) bool { return l(rt) && r(rt) }
	}
	if t := c.simpleCondition(e); t != nil {
		return t
	}
	x, at := c.expr(e), e.At()
	return func(rt *run) bool {
		v := x(rt)
		if v.Kind() == value.Bool || v.IsNull() {
			return v.IsTrue()
		}
		runtimeError(at, "TypeError", "InvalidArgumentType", "a condition needs Boolean, this is %s", v.Kind())
		return false
	}
}

// simpleCondition compiles the commonest filter, a property of a node or edge compared with something, without a detour.
func (c *compiler) simpleCondition(e ast.Expr) test {
	cmp, ok := e.(*ast.Compare)
	if !ok || len(cmp.Ops) != 1 {
		return nil
	}
	l, r, op := c.expr(cmp.Operands[0]), c.expr(cmp.Operands[1]), cmp.Ops[0]
	switch op {
	case "=":
		return func(rt *run) bool { return rt.equal(l(rt), r(rt)) == value.True }
	case "<>":
		return func(rt *run) bool { return rt.equal(l(rt), r(rt)) == value.False }
	}
	return func(rt *run) bool { return compareOp(rt, op, l(rt), r(rt)) == value.True }
}

func (c *compiler) exprs(list []ast.Expr) []eval {
	compiled := make([]eval, len(list))
	for i := range list {
		compiled[i] = c.expr(list[i])
	}
	return compiled
}

func (c *compiler) property(e *ast.Prop) eval {
	g, name, at := c.graph, e.Key, e.Pos
	key, known := g.KeyID(name)
	get := func(v Value) Value {
		switch v.Kind() {
		case value.Node:
			if known {
				return g.NodeProperty(v.ID(), key)
			}
		case value.Edge:
			if known {
				return g.EdgeProperty(v.ID(), key)
			}
		case value.Map:
			return v.Get(name)
		case value.Null:
		default:
			runtimeError(at, "TypeError", "InvalidArgumentType", "%s has no properties", v.Kind())
		}
		return Value{}
	}
	if v, ok := e.X.(*ast.Var); ok {
		slot := v.Slot
		return func(rt *run) Value { return get(rt.row[slot]) }
	}
	x := c.expr(e.X)
	return func(rt *run) Value { return get(x(rt)) }
}

func (c *compiler) index(e *ast.Index) eval {
	x, i, at, g := c.expr(e.X), c.expr(e.I), e.Pos, c.graph
	return func(rt *run) Value {
		v, key := x(rt), i(rt)
		if v.IsNull() || key.IsNull() {
			return Value{}
		}
		switch v.Kind() {
		case value.List:
			if key.Kind() != value.Int {
				runtimeError(at, "TypeError", "ListElementAccessByNonInteger", "a list is indexed with Integer, this is %s", key.Kind())
			}
			items, n := v.List(), key.Int()
			if n < 0 {
				n += int64(len(items))
			}
			if n < 0 || n >= int64(len(items)) {
				return Value{}
			}
			return items[n]
		case value.Map, value.Node, value.Edge:
			if key.Kind() != value.String {
				runtimeError(at, "TypeError", "MapElementAccessByNonString", "a %s is indexed with String, this is %s", v.Kind(), key.Kind())
			}
			return dynamicProperty(g, v, key.Str())
		}
		runtimeError(at, "TypeError", "InvalidArgumentType", "%s cannot be indexed", v.Kind())
		return Value{}
	}
}

func dynamicProperty(g Graph, v Value, name string) Value {
	if v.Kind() == value.Map {
		return v.Get(name)
	}
	key, ok := g.KeyID(name)
	if !ok {
		return Value{}
	}
	if v.Kind() == value.Node {
		return g.NodeProperty(v.ID(), key)
	}
	return g.EdgeProperty(v.ID(), key)
}

func (c *compiler) slice(e *ast.Slice) eval {
	x, from, to, at := c.expr(e.X), c.expr(e.From), c.expr(e.To), e.Pos
	hasFrom, hasTo := e.From != nil, e.To != nil
	return func(rt *run) Value {
		v, f, t := x(rt), from(rt), to(rt)
		if v.IsNull() || hasFrom && f.IsNull() || hasTo && t.IsNull() {
			return Value{}
		}
		if v.Kind() != value.List || hasFrom && f.Kind() != value.Int || hasTo && t.Kind() != value.Int {
			runtimeError(at, "TypeError", "InvalidArgumentType", "a slice needs a List and Integers")
		}
		for _, i := range []Value{f, t} {
			if i.Kind() == value.Int && i.Int() != int64(int32(i.Int())) {
				runtimeError(at, "ArgumentError", "NumberOutOfRange", "a slice needs integers of 32 bits, this is %d", i.Int())
			}
		}
		items := v.List()
		n := int64(len(items))
		start, stop := int64(0), n
		if hasFrom {
			start = clampIndex(f.Int(), n)
		}
		if hasTo {
			stop = clampIndex(t.Int(), n)
		}
		if start >= stop {
			return value.OfList(nil)
		}
		return rt.list(items[start:stop])
	}
}

func clampIndex(i, n int64) int64 {
	if i < 0 {
		i += n
	}
	return max(0, min(i, n))
}

func (c *compiler) unary(e *ast.Unary) eval {
	x, at, op := c.expr(e.X), e.Pos, e.Op
	if op == "NOT" {
		return func(rt *run) Value {
			v := x(rt)
			return logical(at, "NOT", v).Not().Value()
		}
	}
	return func(rt *run) Value {
		v := x(rt)
		if v.IsNull() || op == "+" && v.IsNumber() {
			return v
		}
		switch v.Kind() {
		case value.Int:
			return subtract(at, value.OfInt(0), v)
		case value.Float:
			return value.OfFloat(0 - v.Float()) // as Neo4j: no sign for a zero
		}
		runtimeError(at, "TypeError", "InvalidArgumentType", "a sign needs a number, this is %s", v.Kind())
		return Value{}
	}
}

// logical reads a truth value; any kind but Boolean and null is an error.
func logical(at ast.Pos, op string, v Value) value.Three {
	switch {
	case v.IsTrue():
		return value.True
	case v.IsFalse():
		return value.False
	case v.IsNull():
		return value.Unknown
	}
	runtimeError(at, "TypeError", "InvalidArgumentType", "%s needs Boolean, this is %s", op, v.Kind())
	return value.Unknown
}

func (c *compiler) caseOf(e *ast.Case) eval {
	type branch struct {
		cond eval
		test test
		then eval
	}
	branches := make([]branch, len(e.Whens))
	for i, w := range slices.Backward(e.Whens) {
		if w.Then != nil {
			branches[i].then = c.expr(w.Then)
		} else {
			branches[i].then = branches[i+1].then
		}
		if e.Subject == nil {
			branches[i].test = c.condition(w.Cond)
		} else {
			branches[i].cond = c.expr(w.Cond)
		}
	}
	otherwise := c.expr(e.Else)
	if e.Subject == nil {
		return func(rt *run) Value {
			for i := range branches {
				if branches[i].test(rt) {
					return branches[i].then(rt)
				}
			}
			return otherwise(rt)
		}
	}
	subject := c.expr(e.Subject)
	return func(rt *run) Value {
		v := subject(rt)
		for i := range branches {
			if w := branches[i].cond(rt); rt.equal(v, w) == value.True {
				return branches[i].then(rt)
			}
		}
		return otherwise(rt)
	}
}

func (c *compiler) listLiteral(e *ast.ListLit) eval {
	items := c.exprs(e.Items)
	constant := true
	for _, item := range e.Items {
		_, literal := item.(*ast.Literal)
		constant = constant && literal
	}
	if constant {
		fixed := make([]Value, len(items))
		for i := range items {
			fixed[i] = e.Items[i].(*ast.Literal).Value
		}
		v := value.OfList(fixed)
		return func(*run) Value { return v }
	}
	return func(rt *run) Value {
		list := make([]Value, len(items))
		for i := range items {
			list[i] = items[i](rt)
		}
		return rt.list(list)
	}
}

func (c *compiler) mapLiteral(e *ast.MapLit) eval {
	values, keys := c.exprs(e.Values), e.Keys
	return func(rt *run) Value {
		entries := make([]value.Entry, len(keys))
		for i := range keys {
			entries[i] = value.Entry{Key: keys[i], Value: values[i](rt)}
		}
		return rt.mapOf(entries)
	}
}

func (rt *run) mapOf(entries []value.Entry) Value {
	v := value.OfMap(entries)
	rt.fits(v.Size())
	return v
}

func (c *compiler) mapProjection(e *ast.MapProjection) eval {
	x, at := c.expr(e.X), e.Pos
	values := make([]eval, len(e.Items))
	for i, item := range e.Items {
		values[i] = c.expr(item.Value)
	}
	items := e.Items
	all := slices.ContainsFunc(items, func(i ast.MapItem) bool { return i.All })
	return func(rt *run) Value {
		v := x(rt)
		if v.IsNull() {
			return Value{}
		}
		var entries []value.Entry
		if all { // what is named goes over what is not, wherever the star stands
			entries = properties(rt.graph, v, at)
		}
		for i, item := range items {
			if !item.All {
				entries = append(entries, value.Entry{Key: item.Key, Value: values[i](rt)})
			}
		}
		return rt.mapOf(entries)
	}
}

// properties is a fresh list of all properties of a node, edge or map.
func properties(g Graph, v Value, at ast.Pos) []value.Entry {
	var entries []value.Entry
	names := g.PropertyKeys
	switch v.Kind() {
	case value.Map:
		return append(entries, v.Entries()...)
	case value.Node:
		for _, k := range g.AppendNodeKeys(nil, v.ID()) {
			entries = append(entries, value.Entry{Key: names()[k], Value: g.NodeProperty(v.ID(), k)})
		}
	case value.Edge:
		for _, k := range g.AppendEdgeKeys(nil, v.ID()) {
			entries = append(entries, value.Entry{Key: names()[k], Value: g.EdgeProperty(v.ID(), k)})
		}
	default:
		runtimeError(at, "TypeError", "InvalidArgumentType", "%s has no properties", v.Kind())
	}
	return entries
}

func (c *compiler) call(e *ast.Call) eval {
	name := strings.ToLower(e.Name)
	if name == "coalesce" {
		args := c.exprs(e.Args)
		return func(rt *run) Value {
			for _, a := range args {
				if v := a(rt); !v.IsNull() {
					return v
				}
			}
			return Value{}
		}
	}
	f := functions[name]
	if f == nil {
		panic("cypher: the function " + e.Name + " has no implementation")
	}
	args, site := c.exprs(e.Args), call{name: e.Name, at: e.Pos}
	return func(rt *run) Value {
		// Arguments live on a stack of the run, so that a call does not allocate.
		base := len(rt.args)
		for _, arg := range args {
			v := arg(rt)
			rt.args = append(rt.args, v)
		}
		v := f(rt, site, rt.args[base:])
		rt.args = rt.args[:base]
		return v
	}
}
