package parser

import (
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
)

// Clauses are the clauses of the dialect in the order of the documentation.
var Clauses = []string{"MATCH", "OPTIONAL MATCH", "WHERE", "UNWIND", "WITH", "RETURN", "ORDER BY", "SKIP", "LIMIT", "UNION", "UNION ALL",
	"CALL { ... }", "CALL (x) { ... }", "OPTIONAL CALL (x) { ... }", "CALL procedure() YIELD"}

// query reads single queries joined by UNION.
func (p *parser) query() *ast.Query {
	p.enter()
	defer p.leave()
	q := &ast.Query{Pos: p.pos()}
	q.Parts = append(q.Parts, p.single())
	for p.isWord("UNION") {
		at := p.pos()
		p.at++
		all := p.accept("ALL")
		if !all {
			p.accept("DISTINCT")
		}
		if len(q.All) > 0 && q.All[0] != all {
			p.failf("InvalidClauseComposition", at, "UNION and UNION ALL cannot be mixed in one query")
		}
		q.All = append(q.All, all)
		q.Parts = append(q.Parts, p.single())
	}
	return q
}

// single reads clauses up to UNION, a closing brace or the end, and checks their order.
func (p *parser) single() *ast.Single {
	s := &ast.Single{Pos: p.pos()}
	for {
		clause := p.oneStyle(p.clause)
		if clause == nil {
			break
		}
		if n := len(s.Clauses); n > 0 && isReturn(s.Clauses[n-1]) {
			p.failf("InvalidClauseComposition", clause.At(), "nothing can follow RETURN")
		}
		s.Clauses = append(s.Clauses, clause)
	}
	if len(s.Clauses) == 0 {
		p.unexpected("a clause such as MATCH or RETURN")
	}
	p.endOfSingle(s)
	return s
}

func isReturn(c ast.Clause) bool {
	project, ok := c.(*ast.Project)
	return ok && project.Return
}

// endOfSingle checks that the query returns something. A lone procedure call, and the body of EXISTS and COUNT, need not.
func (p *parser) endOfSingle(s *ast.Single) {
	last := s.Clauses[len(s.Clauses)-1]
	if isReturn(last) || p.subquery > 0 {
		return
	}
	if call, ok := last.(*ast.CallProcedure); ok && len(s.Clauses) == 1 {
		call.Statement = true
		return
	}
	p.refuseClause()
	t := p.peek()
	if t.kind != end && !p.isSymbol(";") && !p.isSymbol("}") && !p.isWord("UNION") {
		p.unexpected("a clause")
	}
	p.failf("InvalidClauseComposition", last.At(), "the query does not end with RETURN")
}

func (p *parser) clause() ast.Clause {
	at := p.pos()
	switch {
	case p.accept("MATCH"):
		return p.match(at, false)
	case p.isWords("OPTIONAL", "MATCH"):
		p.at += 2
		return p.match(at, true)
	case p.isWords("OPTIONAL", "CALL"):
		p.at += 2
		return p.call(at, true)
	case p.accept("UNWIND"):
		list := p.expr()
		p.need("AS")
		return &ast.Unwind{Pos: at, List: list, Var: p.binding()}
	case p.accept("WITH"):
		return p.project(at, false)
	case p.accept("RETURN"):
		return p.project(at, true)
	case p.accept("CALL"):
		return p.call(at, false)
	}
	if p.peek().kind == word && !p.isWord("UNION") {
		p.refuseClause()
	}
	return nil
}

func (p *parser) match(at ast.Pos, optional bool) *ast.Match {
	m := &ast.Match{Pos: at, Optional: optional, Pattern: p.pattern()}
	if p.isWord("USING") {
		p.refuseClause()
	}
	if p.accept("WHERE") {
		m.Where = p.expr()
	}
	return m
}

// distinct reads DISTINCT, unless the word is a variable.
func (p *parser) distinct() bool {
	star := p.isSymbolAt(1, "*") && (p.ahead(2).kind == end || p.ahead(2).kind == word || p.closes(2))
	return (star || !p.operandEnds(1)) && p.accept("DISTINCT")
}

func (p *parser) project(at ast.Pos, isReturn bool) *ast.Project {
	c := &ast.Project{Pos: at, Return: isReturn, Distinct: p.distinct()}
	if p.acceptSymbol("*") {
		c.Star = true
		if p.acceptSymbol(",") {
			p.items(c)
		}
	} else {
		p.items(c)
	}
	p.checkStyle()
	// Neo4j does not look at the style of labels behind the columns.
	colon, operator := p.colon, p.operator
	defer func() { p.colon, p.operator = colon, operator }()
	if p.accept("ORDER", "BY") {
		for {
			key := ast.SortKey{Expr: p.expr()}
			if p.accept("DESC") || p.accept("DESCENDING") {
				key.Desc = true
			} else if !p.accept("ASC") {
				p.accept("ASCENDING")
			}
			c.Order = append(c.Order, key)
			if !p.acceptSymbol(",") {
				break
			}
		}
	}
	if p.accept("SKIP") || p.accept("OFFSET") {
		c.Skip = p.expr()
	}
	if p.accept("LIMIT") {
		c.Limit = p.expr()
	}
	if !isReturn && p.accept("WHERE") {
		c.Where = p.expr()
	}
	return c
}

func (p *parser) items(c *ast.Project) {
	for {
		item := &ast.Item{Pos: p.pos(), Slot: ast.NoSlot}
		item.Expr = p.expr()
		item.Name = strings.TrimSpace(p.source[item.Pos:p.tokens[p.at-1].stop])
		if p.accept("AS") {
			item.Alias, item.Name = true, p.symbolicName("a name")
		} else if v := ast.NamedBy(item.Expr); v != nil {
			item.Name = v.Name
		}
		c.Items = append(c.Items, item)
		if !p.acceptSymbol(",") {
			return
		}
	}
}

func (p *parser) call(at ast.Pos, optional bool) ast.Clause {
	if !p.isSymbol("{") && !p.isSymbol("(") {
		if optional {
			p.fail(ast.Errorf(ast.Unsupported, "UnsupportedClause", at, "OPTIONAL CALL of a procedure is not in the dialect").
				Hint("write OPTIONAL CALL () { CALL procedure() YIELD column RETURN column }"))
		}
		return p.procedure(at)
	}
	c := &ast.CallSubquery{Pos: at, Optional: optional}
	if p.acceptSymbol("(") {
		p.imports(c)
	}
	p.needSymbol("{")
	c.Query = p.body(false)
	if p.isWord("IN") {
		p.fail(ast.Errorf(ast.Unsupported, "UnsupportedClause", p.pos(), "CALL ... IN TRANSACTIONS is not in the dialect").Hint("leave it out: nothing is written"))
	}
	return c
}

func (p *parser) imports(c *ast.CallSubquery) {
	switch {
	case p.acceptSymbol("*"):
		c.All = true
	case !p.isSymbol(")"):
		for {
			at := p.pos()
			c.Imports = append(c.Imports, &ast.Var{Pos: at, Name: p.symbolicName("a variable"), Slot: ast.NoSlot})
			if !p.acceptSymbol(",") {
				break
			}
		}
	}
	p.needSymbol(")")
}

// body reads a subquery up to its closing brace. With open, RETURN may be missing.
func (p *parser) body(open bool) *ast.Query {
	outer, barred := p.subquery, p.barred
	p.barred = 0
	p.subquery = 0
	if open {
		p.subquery = 1
	}
	q := p.query()
	p.subquery, p.barred = outer, barred
	p.needSymbol("}")
	return q
}

func (p *parser) procedure(at ast.Pos) ast.Clause {
	c := &ast.CallProcedure{Pos: at, Name: p.symbolicName("a procedure or '{'")}
	for p.acceptSymbol(".") {
		c.Name += "." + p.symbolicName("a name")
	}
	if p.acceptSymbol("(") {
		c.Explicit = true
		c.Args = p.exprList(")")
	}
	if !p.accept("YIELD") {
		return c
	}
	if !c.Explicit {
		p.fail(ast.Errorf(ast.Syntax, "InvalidArgumentPassingMode", at, "a call with YIELD needs parentheses").Hint("write CALL %s() YIELD ...", c.Name))
	}
	if p.acceptSymbol("*") {
		c.YieldAll = true
	} else {
		for {
			y := ast.Yield{Var: p.binding()}
			y.Column = y.Var.Name
			if p.accept("AS") {
				y.Var = p.binding()
			}
			c.Yields = append(c.Yields, y)
			if !p.acceptSymbol(",") {
				break
			}
		}
	}
	if p.accept("WHERE") {
		c.Where = p.expr()
	}
	return c
}
