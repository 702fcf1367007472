// Package check gives every variable of a query a slot in the row, knows what kinds of value an expression
// can have, and refuses before anything runs what the language or the dialect does not allow: undefined and
// doubly bound variables, arguments of a wrong kind, misplaced aggregates, unknown functions. The codes of its
// errors are the detail names of the openCypher TCK.
package check

import (
	"maps"
	"sort"

	"github.com/postern-sec/postern/internal/cypher/ast"
)

// Warning is a remark on a name, with its place.
type Warning struct {
	At         ast.Pos
	Message    string
	Suggestion string
}

// Names are the names that are known to exist; an empty list means that nothing is known.
type Names struct{ Labels, Types, Properties []string }

// Query resolves the query in place and returns warnings about names. The error is an *ast.Error without line and column.
func Query(q *ast.Query, names Names) (warnings []Warning, err error) {
	c := &checker{names: names}
	// As in the parser, one failure unwinds with a panic of our own type.
	defer func() {
		if r := recover(); r != nil {
			failure, ours := r.(*ast.Error)
			if !ours {
				panic(r)
			}
			err = failure
		}
	}()
	c.query(q, newScope(nil), false)
	q.Width = c.width
	return c.warnings, nil
}

type checker struct {
	names    Names
	width    ast.Slot
	warnings []Warning
}

// variable is one name in scope.
type variable struct {
	slot ast.Slot
	typ  typ
}

// scope is the names visible at a place. A scope never changes its parent.
type scope struct {
	parent *scope
	vars   map[string]*variable
	order  []string
	// open is the outer scope of a CALL that imports with WITH: its names may be given away inside.
	open bool
	// constant is the scope of an expression that cannot depend on a row.
	constant bool
	// used are the imported names of a CALL (x) that its clauses have used since the last WITH.
	used map[string]bool
}

func newScope(parent *scope) *scope {
	return &scope{parent: parent, vars: map[string]*variable{}}
}

func (s *scope) find(name string) *variable {
	for ; s != nil; s = s.parent {
		if v := s.vars[name]; v != nil {
			if s.used != nil {
				s.used[name] = true
			}
			return v
		}
	}
	return nil
}

// forgetUse returns what takes back the uses of imported names from here on: those inside of EXISTS and its like do
// not count.
func (s *scope) forgetUse() func() {
	for ; s != nil; s = s.parent {
		if s.used != nil {
			importing, before := s, maps.Clone(s.used)
			return func() { importing.used = before }
		}
	}
	return func() {}
}

// isConstant says whether the outermost scope is that of a constant expression.
func (s *scope) isConstant() bool {
	for s.parent != nil {
		s = s.parent
	}
	return s.constant
}

func (s *scope) set(name string, v *variable) {
	if s.vars[name] == nil {
		s.order = append(s.order, name)
	}
	s.vars[name] = v
}

// names lists all visible names, for suggestions.
func (s *scope) names() []string {
	var all []string
	for ; s != nil; s = s.parent {
		all = append(all, s.order...)
	}
	sort.Strings(all)
	return all
}

func (c *checker) newSlot() ast.Slot {
	c.width++
	return c.width - 1
}

// declare makes a new variable in the scope.
func (c *checker) declare(s *scope, b *ast.Binding, t typ) *variable {
	v := &variable{slot: c.newSlot(), typ: t}
	b.Slot = v.slot
	if b.Name != "" {
		s.set(b.Name, v)
	}
	return v
}

func fail(err *ast.Error) { panic(err) }

func failf(code string, at ast.Pos, format string, args ...any) {
	fail(ast.Errorf(ast.Semantic, code, at, format, args...))
}

// query checks a query in a scope and sets its columns. With open, RETURN may be missing.
func (c *checker) query(q *ast.Query, outer *scope, open bool) []typ {
	var types []typ
	for i, part := range q.Parts {
		columns, slots, kinds := c.single(part, outer)
		if i == 0 {
			q.Columns, q.Slots, types = columns, slots, kinds
			continue
		}
		if len(columns) != len(q.Columns) || !sameNames(columns, q.Columns) {
			fail(ast.Errorf(ast.Semantic, "DifferentColumnsInUnion", part.Pos, "the parts of a UNION must return the same columns").
				Hint("give the columns the same names with AS"))
		}
		for j, name := range columns {
			at := index(q.Columns, name)
			types[at] = types[at].join(kinds[j])
		}
	}
	if len(q.Parts) > 1 {
		c.ownSlots(q)
	}
	return types
}

// ownSlots gives the columns slots that no variable has.
func (c *checker) ownSlots(q *ast.Query) {
	q.Slots = make([]ast.Slot, len(q.Columns))
	for i := range q.Slots {
		q.Slots[i] = c.newSlot()
	}
}

// sameNames says whether two lists of different names hold the same ones, in any order.
func sameNames(a, b []string) bool {
	for _, name := range a {
		if index(b, name) < 0 {
			return false
		}
	}
	return true
}

// single checks the clauses of one single query; the results describe its columns.
func (c *checker) single(part *ast.Single, outer *scope) ([]string, []ast.Slot, []typ) {
	s := newScope(outer)
	for _, clause := range part.Clauses {
		switch clause := clause.(type) {
		case *ast.Match:
			c.match(clause, s)
		case *ast.Unwind:
			list := c.expr(&clause.List, s, place{})
			c.redeclared(s, clause.Var)
			elem := anything
			if list.is == TList {
				elem = list.element()
			}
			c.declare(s, clause.Var, elem)
		case *ast.CallSubquery:
			c.subquery(clause, s)
		case *ast.CallProcedure:
			c.procedure(clause, s)
			if clause.Statement {
				return callColumns(clause)
			}
		case *ast.Project:
			next := c.project(clause, s, outer)
			if clause.Return {
				return c.columns(clause, next)
			}
			s = next
		}
	}
	return nil, nil, nil
}

func (c *checker) redeclared(s *scope, b *ast.Binding) {
	if s.find(b.Name) != nil {
		failf("VariableAlreadyBound", b.Pos, "the variable %s is already in use", b.Name)
	}
}

func (c *checker) columns(p *ast.Project, s *scope) (names []string, slots []ast.Slot, types []typ) {
	for _, name := range s.order {
		v := s.vars[name]
		names, slots, types = append(names, name), append(slots, v.slot), append(types, v.typ)
	}
	return names, slots, types
}

// subquery checks CALL { } and CALL (x) { }. The old form imports by a WITH at its beginning.
func (c *checker) subquery(call *ast.CallSubquery, s *scope) {
	visible := newScope(nil)
	switch {
	case call.All:
		visible = s
	case len(call.Imports) > 0:
		for _, v := range call.Imports {
			found := c.lookup(v, s)
			visible.set(v.Name, found)
		}
		visible.used = map[string]bool{}
	default:
		visible.open = true
		c.importingWith(call, s, visible)
	}
	types := c.query(call.Query, visible, false)
	if call.Optional { // what is null without a row must not be a variable from outside under another name
		c.ownSlots(call.Query)
	}
	for _, part := range call.Query.Parts {
		if p, ok := part.Clauses[len(part.Clauses)-1].(*ast.Project); ok {
			namedColumns(p)
		}
	}
	for i, name := range call.Query.Columns {
		if s.find(name) != nil {
			failf("VariableAlreadyBound", call.Pos, "the subquery returns %s, which is already in use outside", name)
		}
		s.set(name, &variable{slot: call.Query.Slots[i], typ: types[i]})
	}
}

// namedColumns refuses columns of a subquery that have no name to be used by outside.
func namedColumns(p *ast.Project) {
	for _, item := range p.Items {
		if !item.Alias && (ast.NamedBy(item.Expr) == nil || item.Aggregates) {
			fail(ast.Errorf(ast.Semantic, "NoExpressionAlias", item.Pos, "an expression returned by a subquery needs a name").Hint("write %s AS name", item.Name))
		}
	}
}

// importingWith lets the names of a leading `WITH a, b` of each part of the subquery through.
func (c *checker) importingWith(call *ast.CallSubquery, s, visible *scope) {
	for _, part := range call.Query.Parts {
		with, ok := part.Clauses[0].(*ast.Project)
		if !ok || with.Return {
			continue
		}
		before := len(visible.order)
		if with.Star {
			for _, name := range s.names() {
				visible.set(name, s.find(name))
			}
		}
		for _, item := range with.Items {
			if v, plain := item.Expr.(*ast.Var); plain && item.Name == v.Name {
				if found := s.find(v.Name); found != nil {
					visible.set(v.Name, found)
				}
			}
		}
		if len(visible.order) > before {
			plainImport(with)
		}
	}
}

// plainImport refuses a WITH that imports and does something else: Neo4j does.
func plainImport(with *ast.Project) {
	bad := with.Distinct || len(with.Order) > 0 || with.Skip != nil || with.Limit != nil || with.Where != nil
	for _, item := range with.Items {
		v, plain := item.Expr.(*ast.Var)
		bad = bad || !plain || item.Name != v.Name
	}
	if bad {
		fail(ast.Errorf(ast.Semantic, "UnexpectedSyntax", with.Pos, "a WITH that imports variables into a subquery names them and nothing else").
			Hint("write a second WITH behind it, or CALL (x) { ... }"))
	}
}
