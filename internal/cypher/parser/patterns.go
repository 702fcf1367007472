package parser

import (
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
)

func (p *parser) pattern() *ast.Pattern {
	pattern := &ast.Pattern{Pos: p.pos()}
	for {
		pattern.Parts = append(pattern.Parts, p.pathPart())
		if !p.acceptSymbol(",") {
			return pattern
		}
	}
}

// pathPart reads [variable =] [selector] path.
func (p *parser) pathPart() *ast.PathPart {
	at := p.pos()
	var name *ast.Binding
	if p.isName() && p.isSymbolAt(1, "=") {
		name = p.binding()
		p.at++
	}
	selector, k := p.selector()
	var part *ast.PathPart
	if legacy := p.legacySearch(); legacy != ast.SelectAll {
		if selector != ast.SelectAll {
			p.failf("UnexpectedSyntax", p.pos(), "shortestPath cannot follow a path selector")
		}
		selector = legacy
		p.needSymbol("(")
		part = p.path(false)
		p.needSymbol(")")
	} else {
		part = p.path(true)
	}
	part.Pos, part.Var, part.Selector, part.K = at, name, selector, k
	return part
}

func (p *parser) legacySearch() ast.Selector {
	if p.isSymbolAt(1, "(") {
		if p.accept("shortestPath") {
			return ast.LegacyShortest
		}
		if p.accept("allShortestPaths") {
			return ast.LegacyAllShortest
		}
	}
	return ast.SelectAll
}

// selector reads ALL, ANY, ANY SHORTEST, ALL SHORTEST, SHORTEST k, SHORTEST k GROUPS, each with PATH or PATHS.
func (p *parser) selector() (ast.Selector, int64) {
	if p.isSymbol("(") || p.isSymbolAt(1, "(") && !p.isWord("ALL") && !p.isWord("ANY") && !p.isWord("PATH") && !p.isWord("PATHS") {
		return ast.SelectAll, 0
	}
	words := func() {
		if !p.accept("PATHS") {
			p.accept("PATH")
		}
	}
	switch {
	case p.accept("ALL", "SHORTEST"):
		words()
		return ast.SelectAllShortest, 0
	case p.accept("ANY", "SHORTEST"):
		words()
		return ast.SelectShortest, 1
	case p.accept("ALL"):
		words()
		return ast.SelectAll, 0
	case p.accept("ANY"):
		k := p.count(1)
		words()
		return ast.SelectAny, k
	case p.accept("SHORTEST"):
		k := p.count(-1)
		words()
		if p.accept("GROUPS") || p.accept("GROUP") {
			if k < 0 {
				k = 1
			}
			return ast.SelectGroups, k
		}
		if k < 0 {
			p.failf("UnexpectedSyntax", p.pos(), "SHORTEST is followed by how many paths are wanted, as in SHORTEST 3")
		}
		return ast.SelectShortest, k
	}
	return ast.SelectAll, 0
}

// count reads the number of a selector, or returns the default.
func (p *parser) count(missing int64) int64 {
	t := p.peek()
	switch t.kind {
	case integer:
		p.at++
		v, err := parseNumber(p.text(t), integer, false, ast.Pos(t.start))
		if err != nil {
			p.fail(err)
		}
		if v.Int() < 1 {
			p.failf("NegativeIntegerArgument", ast.Pos(t.start), "the number of paths must be at least 1")
		}
		return v.Int()
	case parameter:
		p.fail(ast.Errorf(ast.Unsupported, "InvalidParameterUse", ast.Pos(t.start), "the number of paths cannot be a parameter").Hint("write the number itself"))
	}
	return missing
}

// path reads nodes and links. With groups, parenthesised and quantified parts are allowed.
func (p *parser) path(groups bool) *ast.PathPart {
	p.enter()
	defer p.leave()
	part := &ast.PathPart{Pos: p.pos()}
	if !p.isSymbol("(") {
		p.unexpected("a node such as (n:Label)")
	}
	if groups && p.isGroup() && !p.quantifierFollows(int(p.peek().match)) {
		return p.parenthesised()
	}
	for {
		p.element(part, groups)
		switch {
		case p.isSymbol("("):
			if !groups {
				p.unexpected("a relationship or the end of the path")
			}
		case p.startsLink():
			if len(part.Nodes) == len(part.Links) {
				p.failf("UnexpectedSyntax", p.pos(), "a node stands between two relationships")
			}
			p.link(part)
			if !p.isSymbol("(") {
				p.unexpected("a node such as (n:Label)")
			}
		default:
			p.closePath(part)
			return part
		}
	}
}

// element reads one node, or one quantified path with the anonymous node before it when there is none.
func (p *parser) element(part *ast.PathPart, groups bool) {
	if !groups || !p.isGroup() {
		if len(part.Nodes) > len(part.Links) {
			p.failf("UnexpectedSyntax", p.pos(), "two nodes cannot follow each other without a relationship between them")
		}
		part.Nodes = append(part.Nodes, p.node())
		return
	}
	at := p.pos()
	if !p.quantifierFollows(int(p.peek().match)) {
		p.failf("UnexpectedSyntax", at, "a path in parentheses inside a path needs a quantifier such as {1,5}")
	}
	if len(part.Nodes) == len(part.Links) {
		if len(part.Links) > 0 && part.Links[len(part.Links)-1].Inner == nil {
			p.failf("UnexpectedSyntax", at, "a node stands between a relationship and a quantified path")
		}
		part.Nodes = append(part.Nodes, &ast.NodePattern{Pos: at})
	}
	p.at++
	link := &ast.Link{Pos: at, Dir: ast.Either, Inner: p.path(false)}
	if p.accept("WHERE") {
		link.InnerWhere = p.expr()
	}
	p.needSymbol(")")
	link.Length = p.quantifier()
	if len(link.Inner.Links) == 0 {
		p.failf("UnexpectedSyntax", at, "a quantified path needs at least one relationship")
	}
	for _, inner := range link.Inner.Links {
		if inner.Length != nil {
			p.failf("UnexpectedSyntax", inner.Pos, "a quantified path cannot hold another variable-length part")
		}
	}
	part.Links = append(part.Links, link)
}

// closePath adds the anonymous node behind a quantified path that ends the pattern.
func (p *parser) closePath(part *ast.PathPart) {
	if len(part.Nodes) == len(part.Links) {
		part.Nodes = append(part.Nodes, &ast.NodePattern{Pos: p.pos()})
	}
}

// parenthesised reads ((a)-[..]->(b) WHERE ...) around a whole path.
func (p *parser) parenthesised() *ast.PathPart {
	p.needSymbol("(")
	if p.isName() && p.isSymbolAt(1, "=") {
		p.fail(ast.Errorf(ast.Unsupported, "UnsupportedSubpath", p.pos(), "a variable for a part of a path is not in the dialect").Hint("name the whole path: p = (...)"))
	}
	part := p.path(true)
	if p.accept("WHERE") {
		part.Where = p.expr()
	}
	p.needSymbol(")")
	return part
}

// isGroup says whether a parenthesis holds a path rather than a node: it begins with another parenthesis, or with name = (.
func (p *parser) isGroup() bool {
	return p.isSymbolAt(1, "(") || p.ahead(1).kind == word && p.isSymbolAt(2, "=")
}

func (p *parser) quantifierFollows(closing int) bool {
	if closing < 0 || closing+1 >= len(p.tokens) {
		return false
	}
	t := p.tokens[closing+1]
	if t.kind != symbol {
		return false
	}
	s := p.text(t)
	return s == "{" || s == "+" || s == "*"
}

// quantifier reads {n}, {m,n}, {,n}, {m,}, + or *; nil when there is none.
func (p *parser) quantifier() *ast.Range {
	at := p.pos()
	switch {
	case p.acceptSymbol("+"):
		return &ast.Range{Pos: at, Min: 1, Max: -1}
	case p.acceptSymbol("*"):
		return &ast.Range{Pos: at, Min: 0, Max: -1}
	case p.acceptSymbol("{"):
		r := &ast.Range{Pos: at, Min: p.bound(0), Max: -1}
		if p.acceptSymbol(",") {
			r.Max = p.bound(-1)
		} else {
			r.Max = r.Min
		}
		p.needSymbol("}")
		if r.Max == 0 || r.Max > 0 && r.Max < r.Min {
			p.failf("InvalidArgumentValue", at, "the upper bound of a quantifier must be at least 1 and not below the lower one")
		}
		return r
	}
	return nil
}

// bound reads one bound of a length, or returns the default.
func (p *parser) bound(missing int64) int64 {
	t := p.peek()
	if t.kind == parameter {
		p.fail(ast.Errorf(ast.Syntax, "InvalidParameterUse", ast.Pos(t.start), "the bound of a length cannot be a parameter").Hint("write the number itself"))
	}
	if p.isSymbol("-") && p.ahead(1).kind == integer {
		p.failf("InvalidRelationshipPattern", p.pos(), "a length cannot be negative")
	}
	if t.kind != integer {
		return missing
	}
	p.at++
	v, err := parseNumber(p.text(t), integer, false, ast.Pos(t.start))
	if err != nil {
		p.fail(err)
	}
	return v.Int()
}

func (p *parser) node() *ast.NodePattern {
	n := &ast.NodePattern{Pos: p.needSymbol("(")}
	if p.isName() && !(p.isWord("WHERE") && !p.isSymbolAt(1, ")") && !p.isSymbolAt(1, ":") && !p.isSymbolAt(1, "{")) &&
		!(p.isWord("IS") && p.ahead(1).kind == word) {
		n.Var = p.binding()
	}
	if p.acceptSymbol(":") || p.acceptIs() {
		n.Labels = p.nodeLabels()
	}
	n.Props = p.properties()
	if p.accept("WHERE") {
		n.Where = p.expr()
	}
	p.needSymbol(")")
	return n
}

func (p *parser) properties() ast.Expr {
	if p.isSymbol("{") {
		return p.mapLiteral()
	}
	if t := p.peek(); t.kind == parameter {
		p.fail(ast.Errorf(ast.Syntax, "InvalidParameterUse", ast.Pos(t.start), "a parameter cannot be the properties of a pattern").
			Hint("name each property: {key: $%s.key}", p.paramName(t)))
	}
	return nil
}

// startsLink says whether a relationship begins here.
func (p *parser) startsLink() bool {
	if p.isSymbol("-") {
		return p.isSymbolAt(1, "[") || p.isSymbolAt(1, "-") || p.isSymbolAt(1, ">")
	}
	return p.isSymbol("<") && p.isSymbolAt(1, "-")
}

func (p *parser) link(part *ast.PathPart) {
	l := &ast.Link{Pos: p.pos()}
	left := p.acceptSymbol("<")
	p.needSymbol("-")
	if p.acceptSymbol("[") {
		p.detail(l)
		p.needSymbol("]")
	}
	p.needSymbol("-")
	right := p.acceptSymbol(">")
	switch {
	case left && !right:
		l.Dir = ast.Left
	case right && !left:
		l.Dir = ast.Right
	default:
		l.Dir = ast.Either
	}
	if q := p.quantifier(); q != nil {
		if l.Legacy {
			p.failf("UnexpectedSyntax", q.Pos, "a relationship has either a length such as *1..3 or a quantifier, not both")
		}
		l.Length = q
	}
	part.Links = append(part.Links, l)
}

// detail reads what stands in the brackets of a relationship.
func (p *parser) detail(l *ast.Link) {
	if p.isName() && !(p.isWord("WHERE") && !p.isSymbolAt(1, "]") && !p.isSymbolAt(1, ":") && !p.isSymbolAt(1, "{") && !p.isSymbolAt(1, "*")) &&
		!(p.isWord("IS") && p.ahead(1).kind == word) {
		l.Var = p.binding()
	}
	colon := ast.Pos(-1)
	if p.acceptSymbol(":") || p.acceptIs() {
		l.Types, colon = p.types()
	}
	defer func() {
		// Neo4j 5 keeps the old form for relationships without anything else only.
		if colon >= 0 && (l.Var != nil || l.Props != nil || l.Length != nil || !l.Types.Alternatives()) {
			p.fail(ast.Errorf(ast.Syntax, "UnexpectedSyntax", colon, "a colon behind the bar is no longer read in a relationship with a variable, properties, a length or more than types").
				Hint("write :A|B"))
		}
	}()
	if p.isSymbol("..") {
		p.failf("InvalidRelationshipPattern", p.pos(), "a length begins with a star, as in *1..3")
	}
	if at := p.pos(); p.acceptSymbol("*") {
		l.Legacy = true
		l.Length = p.length(at)
		if !l.Types.Alternatives() {
			p.fail(ast.Errorf(ast.Syntax, "UnexpectedSyntax", at, "a relationship with a star takes only types and | between them").
				Hint("write a quantifier instead of the star: -[:!T]->{1,5}"))
		}
	}
	l.Props = p.properties()
	if p.accept("WHERE") {
		if l.Legacy {
			p.fail(ast.Errorf(ast.Unsupported, "UnexpectedSyntax", p.pos(), "WHERE cannot stand inside a relationship with a star").
				Hint("write a quantifier behind it: -[r WHERE ...]->{1,5}"))
		}
		l.Where = p.expr()
	}
}

// length reads what follows the star: nothing, n, n.., ..n, m..n.
func (p *parser) length(at ast.Pos) *ast.Range {
	r := &ast.Range{Pos: at, Min: 1, Max: -1}
	first := p.bound(-1)
	if p.acceptSymbol("..") {
		if first >= 0 {
			r.Min = first
		}
		r.Max = p.bound(-1)
		return r
	}
	if first >= 0 {
		r.Min, r.Max = first, first
	}
	return r
}

// types reads a type expression, and the place of a colon behind a bar, -1 without.
func (p *parser) types() (*ast.LabelExpr, ast.Pos) {
	begin := p.at
	l := p.labels(true)
	if p.operator < 0 && !l.Alternatives() {
		p.operator = l.Pos
	}
	return l, p.colonBehindBar(begin)
}

// oneStyle reads a clause and refuses one that has colons between labels in one place and other operators of labels
// in another, as Neo4j does. Subqueries in expressions belong to their clause.
func (p *parser) oneStyle(read func() ast.Clause) ast.Clause {
	if p.expressions > 0 {
		return read()
	}
	colon, operator := p.colon, p.operator
	p.colon, p.operator = -1, -1
	clause := read()
	p.checkStyle()
	p.colon, p.operator = colon, operator
	return clause
}

// acceptIs reads the word that may stand for the colon before labels.
func (p *parser) acceptIs() bool {
	at := p.pos()
	if !p.accept("IS") {
		return false
	}
	p.operator = max(p.operator, at)
	return true
}

func (p *parser) checkStyle() {
	if p.colon >= 0 && p.operator >= 0 {
		p.mixedLabels(p.colon)
	}
}

func (p *parser) mixedLabels(colon ast.Pos) {
	p.fail(ast.Errorf(ast.Syntax, "UnexpectedSyntax", colon, "a colon cannot stand between labels of a clause beside IS, |, &, !, %% or parentheses").Hint("write & for the colon"))
}

func (p *parser) colonBehindBar(begin int) ast.Pos {
	for i := begin; i+1 < p.at; i++ {
		if p.text(p.tokens[i]) == "|" && p.text(p.tokens[i+1]) == ":" {
			return ast.Pos(p.tokens[i+1].start)
		}
	}
	return -1
}

// nodeLabels reads the label expression of a node or of a condition. Neo4j 5 takes colons between plain labels only.
func (p *parser) nodeLabels() *ast.LabelExpr {
	begin := p.at
	l := p.labels(false)
	if at := p.colonBehindBar(begin); at >= 0 {
		p.fail(ast.Errorf(ast.Syntax, "UnexpectedSyntax", at, "a colon behind the bar is no longer read").Hint("write :A|B"))
	}
	colon, other, operator := ast.Pos(-1), false, false
	for _, t := range p.tokens[begin:p.at] {
		if t.kind != symbol {
			continue
		}
		if p.text(t) == ":" {
			colon = ast.Pos(t.start)
		} else {
			other = true
			operator = operator || strings.Contains("|&!%", p.text(t))
		}
	}
	if colon >= 0 && other {
		p.mixedLabels(colon)
	}
	if p.colon < 0 {
		p.colon = colon
	}
	if p.operator < 0 && operator {
		p.operator = l.Pos
	}
	return l
}

// labels reads a label expression. In a relationship the old form A|:B is allowed and an ampersand or a colon is not a conjunction of types in use.
func (p *parser) labels(types bool) *ast.LabelExpr {
	p.enter()
	defer p.leave()
	first := p.labelAnd(types)
	if !p.isSymbol("|") || p.barred > 0 {
		return first
	}
	or := &ast.LabelExpr{Pos: first.Pos, Op: ast.LabelOr, Args: []*ast.LabelExpr{first}}
	for p.barred == 0 && p.acceptSymbol("|") {
		p.acceptSymbol(":")
		or.Args = append(or.Args, p.labelAnd(types))
	}
	return or
}

func (p *parser) labelAnd(types bool) *ast.LabelExpr {
	first := p.labelNot(types)
	and := &ast.LabelExpr{Pos: first.Pos, Op: ast.LabelAnd, Args: []*ast.LabelExpr{first}}
	for p.isSymbol("&") || !types && p.isSymbol(":") {
		p.at++
		and.Args = append(and.Args, p.labelNot(types))
	}
	if len(and.Args) == 1 {
		return first
	}
	return and
}

func (p *parser) labelNot(types bool) *ast.LabelExpr {
	at := p.pos()
	switch {
	case p.acceptSymbol("!"):
		p.enter()
		defer p.leave()
		return &ast.LabelExpr{Pos: at, Op: ast.LabelNot, Args: []*ast.LabelExpr{p.labelNot(types)}}
	case p.acceptSymbol("%"):
		return &ast.LabelExpr{Pos: at, Op: ast.LabelAny}
	case p.acceptSymbol("("):
		barred := p.barred
		p.barred = 0
		inner := p.labels(types)
		p.barred = barred
		p.needSymbol(")")
		return inner
	}
	if p.isSymbol("$") || p.peek().kind == parameter {
		p.fail(ast.Errorf(ast.Unsupported, "InvalidParameterUse", at, "a label or type cannot be a parameter").Hint("write the name itself"))
	}
	what := "a label"
	if types {
		what = "a relationship type"
	}
	return &ast.LabelExpr{Pos: at, Op: ast.LabelName, Name: p.symbolicName(what)}
}
