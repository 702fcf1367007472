package check

import (
	"github.com/postern-sec/postern/internal/cypher/ast"
)

func (c *checker) match(m *ast.Match, s *scope) {
	c.pattern(m.Pattern, s, false)
	c.condition(&m.Where, s, place{barred: "WHERE"})
	for _, part := range m.Pattern.Parts {
		if part.Selector == ast.LegacyShortest || part.Selector == ast.LegacyAllShortest {
			c.legacyPredicates(part, m.Where)
		}
	}
}

// patternScope is what is known while one pattern is declared.
type patternScope struct {
	*scope
	edges map[string]bool // relationships of this pattern
	// later holds the checks of properties and predicates, which may refer to any variable of the pattern.
	later []func()
}

// pattern declares the variables of a pattern in the scope, then checks its predicates.
func (c *checker) pattern(p *ast.Pattern, s *scope, expression bool) {
	ps := &patternScope{scope: s, edges: map[string]bool{}}
	for _, part := range p.Parts {
		c.part(part, ps, len(p.Parts))
		if expression && part.Selector != ast.SelectAll {
			failf("UnexpectedSyntax", part.Pos, "a path selector stands only in MATCH")
		}
	}
	mixed(p)
	for _, check := range ps.later {
		check()
	}
}

// mixed refuses what Neo4j refuses: old and new forms of variable length in one pattern.
func mixed(p *ast.Pattern) {
	var old, quantified *ast.Link
	for _, part := range p.Parts {
		for _, l := range part.Links {
			switch {
			case l.Legacy:
				old = l
			case l.Length != nil:
				quantified = l
			}
		}
	}
	if old != nil && quantified != nil {
		fail(ast.Errorf(ast.Semantic, "UnexpectedSyntax", old.Pos, "a relationship with a star and a quantifier cannot stand in one pattern").
			Hint("write a quantifier for both, as in -[:T]->{1,5}"))
	}
}

func (c *checker) part(part *ast.PathPart, ps *patternScope, parts int) {
	c.selector(part, parts)
	for i, n := range part.Nodes {
		c.node(n, ps)
		if i < len(part.Links) {
			c.link(part.Links[i], ps)
		}
	}
	if part.Var != nil {
		c.redeclared(ps.scope, part.Var)
		c.declare(ps.scope, part.Var, of(TPath))
	}
	ps.later = append(ps.later, func() {
		c.condition(&part.Where, ps.scope, place{})
		if part.Var != nil && ast.Refers(part.Where, part.Var.Slot) {
			fail(ast.Errorf(ast.Semantic, "UnexpectedSyntax", part.Where.At(), "the path %s is not known inside its own parentheses", part.Var.Name).
				Hint("name its parts, or put the condition into a WHERE behind the pattern"))
		}
	})
}

func (c *checker) selector(part *ast.PathPart, parts int) {
	switch part.Selector {
	case ast.SelectAll:
		return
	case ast.LegacyShortest, ast.LegacyAllShortest:
		if len(part.Links) != 1 || part.Links[0].Inner != nil {
			failf("UnexpectedSyntax", part.Pos, "shortestPath takes exactly one relationship, as in (a)-[:T*1..8]->(b)")
		}
		if l := part.Links[0]; l.Length == nil {
			if l.Var != nil {
				fail(ast.Errorf(ast.Unsupported, "UnexpectedSyntax", l.Pos, "a single relationship of shortestPath has no variable in the dialect").Hint("write a length behind the star: *1..8"))
			}
			l.Legacy, l.Length = true, &ast.Range{Pos: l.Pos, Min: 1, Max: 1}
		}
		if l := part.Links[0]; l.Props != nil {
			fail(ast.Errorf(ast.Semantic, "UnexpectedSyntax", l.Pos, "the relationship of shortestPath takes no properties").
				Hint("write WHERE all(r IN relationships(p) WHERE r.key = value)"))
		}
		if l := part.Links[0].Length; l.Min > 1 {
			fail(ast.Errorf(ast.Semantic, "InvalidArgumentValue", l.Pos, "the lower bound of shortestPath must be 0 or 1").
				Hint("write SHORTEST 1 with a quantifier"))
		}
		return
	}
	if parts > 1 {
		fail(ast.Errorf(ast.Semantic, "UnexpectedSyntax", part.Pos, "a path with a selector must be alone in its MATCH").
			Hint("put the other paths into a MATCH of their own before it"))
	}
}

func (c *checker) node(n *ast.NodePattern, ps *patternScope) {
	if n.Var == nil {
		n.Var = &ast.Binding{Pos: n.Pos, Slot: ast.NoSlot}
	}
	found := ps.find(n.Var.Name)
	switch {
	case n.Var.Name == "" || found == nil:
		c.declare(ps.scope, n.Var, of(TNode))
	case !found.typ.fits(TNode):
		c.conflict(n.Var, "Node", found)
	default:
		n.Var.Slot = found.slot
	}
	c.knownLabels(n.Labels, false)
	ps.later = append(ps.later, func() {
		c.properties(&n.Props, ps.scope)
		c.condition(&n.Where, ps.scope, place{})
	})
}

func (c *checker) conflict(b *ast.Binding, wanted string, found *variable) {
	failf("VariableTypeConflict", b.Pos, "%s is %s, it cannot be %s here", b.Name, found.typ.is, wanted)
}

func (c *checker) properties(props *ast.Expr, s *scope) {
	if *props == nil {
		return
	}
	c.expr(props, s, place{barred: "a pattern"})
	if m, ok := (*props).(*ast.MapLit); ok {
		for _, key := range m.Keys {
			c.knownProperty(key, m.Pos)
		}
	}
}

func (c *checker) link(l *ast.Link, ps *patternScope) {
	l.PathSlot, l.Rebound = ast.NoSlot, ast.NoSlot
	c.knownLabels(l.Types, true)
	if l.Length != nil {
		c.variableLength(l, ps)
		return
	}
	c.edge(l, ps)
	ps.later = append(ps.later, func() {
		c.properties(&l.Props, ps.scope)
		c.condition(&l.Where, ps.scope, place{})
	})
}

// edge declares the variable of a relationship of fixed length.
func (c *checker) edge(l *ast.Link, ps *patternScope) {
	if l.Var == nil {
		l.Var = &ast.Binding{Pos: l.Pos, Slot: ast.NoSlot}
	}
	name := l.Var.Name
	found := ps.find(name)
	switch {
	case name == "" || found == nil:
		c.declare(ps.scope, l.Var, of(TEdge))
	case !found.typ.fits(TEdge):
		c.conflict(l.Var, "Relationship", found)
	case ps.edges[name]:
		twice(l)
	default:
		l.Var.Slot = found.slot
	}
	if name != "" {
		ps.edges[name] = true
	}
}

// twice refuses a relationship that stands twice in one pattern. Neo4j takes it and finds nothing, always.
func twice(l *ast.Link) {
	fail(ast.Errorf(ast.Unsupported, "RelationshipUniquenessViolation", l.Var.Pos, "%s stands twice in one pattern, which matches each relationship once", l.Var.Name).
		Hint("put the second pattern into a MATCH of its own"))
}

// variableLength checks a quantified path, and makes one of a relationship with a length.
func (c *checker) variableLength(l *ast.Link, ps *patternScope) {
	l.PathSlot = c.newSlot()
	if l.Inner == nil {
		c.quantify(l, ps)
		return
	}
	inner := &patternScope{scope: newScope(ps.scope), edges: map[string]bool{}}
	c.quantifiedNames(l, ps)
	for i, n := range l.Inner.Nodes {
		if n.Var != nil && inner.vars[n.Var.Name] != nil {
			// Neo4j 5.26 takes it and finds nothing, even where the ends are the same node.
			fail(ast.Errorf(ast.Unsupported, "VariableAlreadyBound", n.Var.Pos, "%s stands twice in one quantified path", n.Var.Name).
				Hint("use two names and compare them: ((x)-[r]->(y) WHERE x = y)"))
		}
		c.node(n, inner)
		if i < len(l.Inner.Links) {
			c.link(l.Inner.Links[i], inner)
		}
	}
	for _, name := range inner.order {
		v := inner.vars[name]
		list := &variable{slot: c.newSlot(), typ: listOf(v.typ.is)}
		l.Groups = append(l.Groups, ast.Group{Name: name, Inner: v.slot, List: list.slot})
		ps.set(name, list)
	}
	ps.later = append(ps.later, func() {
		// Inside the body the names are the single elements, not the lists.
		for _, check := range inner.later {
			check()
		}
		c.condition(&l.InnerWhere, inner.scope, place{})
	})
}

// quantifiedNames refuses names inside a quantified path that are in use outside.
func (c *checker) quantifiedNames(l *ast.Link, ps *patternScope) {
	refuse := func(b *ast.Binding) {
		if b != nil && ps.find(b.Name) != nil {
			fail(ast.Errorf(ast.Semantic, "VariableAlreadyBound", b.Pos, "%s is in use outside the quantified path", b.Name).
				Hint("use another name inside and compare the ends outside"))
		}
	}
	for _, n := range l.Inner.Nodes {
		refuse(n.Var)
	}
	for _, inner := range l.Inner.Links {
		refuse(inner.Var)
	}
}

// quantify turns -[r:T*1..3]-> and -[r:T]->{1,3} into a quantified path of one relationship.
func (c *checker) quantify(l *ast.Link, ps *patternScope) {
	body := &ast.Link{Pos: l.Pos, Types: l.Types, Props: l.Props, Where: l.Where, Dir: l.Dir, PathSlot: ast.NoSlot, Rebound: ast.NoSlot}
	inner := newScope(ps.scope)
	body.Var = &ast.Binding{Pos: l.Pos, Slot: ast.NoSlot}
	if l.Var != nil {
		body.Var = &ast.Binding{Pos: l.Var.Pos, Name: l.Var.Name, Slot: ast.NoSlot}
	}
	c.declare(inner, body.Var, of(TEdge))
	ends := [2]*ast.NodePattern{}
	for i := range ends {
		ends[i] = &ast.NodePattern{Pos: l.Pos, Var: &ast.Binding{Pos: l.Pos, Slot: ast.NoSlot}}
		c.declare(inner, ends[i].Var, of(TNode))
	}
	if l.Var != nil {
		c.groupVariable(l, body.Var.Slot, ps)
	}
	l.Inner = &ast.PathPart{Pos: l.Pos, Nodes: ends[:], Links: []*ast.Link{body}}
	l.Types, l.Props, l.Where = nil, nil, nil
	ps.later = append(ps.later, func() {
		c.properties(&body.Props, inner)
		c.condition(&body.Where, inner, place{})
	})
}

// groupVariable declares the list of relationships, or ties it to the list of an earlier clause.
func (c *checker) groupVariable(l *ast.Link, single ast.Slot, ps *patternScope) {
	name := l.Var.Name
	found := ps.find(name)
	list := &variable{slot: c.newSlot(), typ: listOf(TEdge)}
	l.Var.Slot = list.slot
	l.Groups = []ast.Group{{Name: name, Inner: single, List: list.slot}}
	switch {
	case found == nil:
		ps.set(name, list)
	case ps.edges[name]:
		if !l.Legacy {
			failf("VariableAlreadyBound", l.Var.Pos, "the variable %s is already in use", name)
		}
		twice(l)
	case !found.typ.fits(TList) || found.typ.is == TList && found.typ.elem&TEdge == 0:
		c.conflict(l.Var, "List of Relationship", found)
	default:
		l.Rebound = found.slot
	}
	ps.edges[name] = true
}

// patternPredicate checks a pattern that stands as a condition; it binds nothing new.
func (c *checker) patternPredicate(x *ast.PatternPred, s *scope, p place) {
	if !p.predicate && !x.Explicit {
		fail(ast.Errorf(ast.Semantic, "UnexpectedSyntax", x.Pos, "a pattern stands as a value only in a condition").
			Hint("write EXISTS { pattern } or [pattern | expression]"))
	}
	part := x.Pattern.Parts[0]
	defined := func(b *ast.Binding) {
		if b != nil && s.find(b.Name) == nil {
			fail(ast.Errorf(ast.Semantic, "UndefinedVariable", b.Pos, "the variable %s is not defined; a pattern in a condition binds no variables", b.Name).
				Hint("leave the name out, or write EXISTS { pattern }"))
		}
	}
	for _, n := range part.Nodes {
		defined(n.Var)
	}
	for _, l := range part.Links {
		defined(l.Var)
	}
	c.pattern(x.Pattern, newScope(s), true)
}

// legacyPredicates refuses conditions on the path of shortestPath that are not of the form all or none: the
// search could not check them at each step, and filtering afterwards would give another answer.
func (c *checker) legacyPredicates(part *ast.PathPart, where ast.Expr) {
	path, edges := ast.NoSlot, ast.NoSlot
	if part.Var != nil {
		path = part.Var.Slot
	}
	if v := part.Links[0].Var; v != nil {
		edges = v.Slot
	}
	for _, e := range ast.Conjuncts(nil, where) {
		if !ast.Refers(e, path) && !ast.Refers(e, edges) {
			continue
		}
		if q, _ := ast.PerHop(e, path, edges); q == nil {
			fail(ast.Errorf(ast.Unsupported, "UnsupportedPredicate", e.At(), "only all(...) and none(...) over the nodes or relationships of the path take part in shortestPath").
				Hint("write the condition behind WITH to filter the paths found, or use SHORTEST 1 with a quantified path"))
		}
	}
}
