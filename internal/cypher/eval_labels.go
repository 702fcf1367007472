package cypher

import (
	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

func (c *compiler) hasLabels(e *ast.HasLabels) eval {
	x, at := c.expr(e.X), e.Pos
	labels := c.nodeLabels(e.Labels)
	types := c.typeSet(e.Labels)
	return func(rt *run) Value {
		switch v := x(rt); v.Kind() {
		case value.Null:
			return Value{}
		case value.Node:
			return value.OfBool(labels(v.ID()))
		case value.Edge:
			return value.OfBool(types.has(rt.graph.EdgeType(v.ID())))
		default:
			runtimeError(at, "TypeError", "InvalidArgumentType", "a label predicate needs a Node or Relationship, this is %s", v.Kind())
			return Value{}
		}
	}
}

// nodeLabels compiles a label expression to a test of a node.
func (c *compiler) nodeLabels(l *ast.LabelExpr) func(node uint32) bool {
	g := c.graph
	if l == nil {
		return func(uint32) bool { return true }
	}
	var args []func(uint32) bool
	for _, a := range l.Args {
		args = append(args, c.nodeLabels(a))
	}
	switch l.Op {
	case ast.LabelName:
		label, ok := g.LabelID(l.Name)
		if !ok {
			return func(uint32) bool { return false }
		}
		return func(n uint32) bool { return g.HasLabel(n, label) }
	case ast.LabelAny:
		return func(n uint32) bool { return len(g.AppendNodeLabels(nil, n)) > 0 }
	case ast.LabelNot:
		return func(n uint32) bool { return !args[0](n) }
	case ast.LabelAnd:
		return func(n uint32) bool {
			for _, a := range args {
				if !a(n) {
					return false
				}
			}
			return true
		}
	}
	return func(n uint32) bool {
		for _, a := range args {
			if a(n) {
				return true
			}
		}
		return false
	}
}

// typeSet is the edge types that a pattern accepts. The zero typeSet accepts none.
type typeSet struct {
	any bool
	ids []TypeID
}

func (s typeSet) has(t TypeID) bool {
	if s.any {
		return true
	}
	for _, id := range s.ids {
		if id == t {
			return true
		}
	}
	return false
}

// overlaps says whether an edge could be in both sets.
func (s typeSet) overlaps(o typeSet) bool {
	if s.any || o.any {
		return true
	}
	for _, id := range s.ids {
		if o.has(id) {
			return true
		}
	}
	return false
}

// typeSet resolves a type expression to the types of the graph that satisfy it.
func (c *compiler) typeSet(l *ast.LabelExpr) typeSet {
	if l == nil {
		return typeSet{any: true}
	}
	var set typeSet
	names := c.graph.Types()
	for i := range names {
		if typeMatches(l, names[i]) {
			set.ids = append(set.ids, TypeID(i))
		}
	}
	return set
}

func typeMatches(l *ast.LabelExpr, name string) bool {
	switch l.Op {
	case ast.LabelName:
		return l.Name == name
	case ast.LabelAny:
		return true
	case ast.LabelNot:
		return !typeMatches(l.Args[0], name)
	}
	for _, a := range l.Args {
		if typeMatches(a, name) != (l.Op == ast.LabelAnd) {
			return l.Op == ast.LabelOr
		}
	}
	return l.Op == ast.LabelAnd
}
