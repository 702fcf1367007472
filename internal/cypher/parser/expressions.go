package parser

import (
	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// Operators are the operators of the dialect from the loosest to the tightest, for the documentation.
var Operators = [][]string{
	{"OR"}, {"XOR"}, {"AND"}, {"NOT"}, {"=", "<>", "<", "<=", ">", ">="},
	{"IN", "STARTS WITH", "ENDS WITH", "CONTAINS", "=~", "IS NULL", "IS NOT NULL"},
	{"+", "-", "||"}, {"*", "/", "%"}, {"^"}, {"unary -", "unary +"}, {".property", "[index]", "[from..to]", ":Label"},
}

func (p *parser) expr() ast.Expr {
	p.enter()
	defer p.leave()
	return p.chain([]string{"OR"}, func() ast.Expr {
		return p.chain([]string{"XOR"}, func() ast.Expr {
			return p.chain([]string{"AND"}, p.not)
		})
	})
}

// chain reads operands joined by left-associative word operators.
func (p *parser) chain(words []string, operand func() ast.Expr) ast.Expr {
	left := operand()
	for {
		matched := ""
		for _, w := range words {
			if p.isWord(w) {
				matched = w
			}
		}
		if matched == "" {
			return left
		}
		p.countTerm()
		at := p.pos()
		p.at++
		left = &ast.Binary{Pos: at, Op: matched, L: left, R: operand()}
	}
}

func (p *parser) countTerm() {
	p.terms++
	if p.terms > MaxTerms {
		p.fail(ast.Errorf(ast.Limit, "ExpressionTooLong", p.pos(), "the query has more than %d operators", MaxTerms).
			Hint("give the values as a list parameter: x IN $list"))
	}
}

func (p *parser) not() ast.Expr {
	at := p.pos()
	if !p.isWord("NOT") || p.operandEnds(1) {
		return p.comparison()
	}
	p.at++
	p.enter()
	defer p.leave()
	return &ast.Unary{Pos: at, Op: "NOT", X: p.not()}
}

func (p *parser) comparison() ast.Expr {
	left := p.predicate()
	var chain *ast.Compare
	for {
		op := p.comparisonOperator()
		if op == "" {
			break
		}
		at := p.pos()
		p.at++
		if chain == nil {
			chain = &ast.Compare{Pos: at, Operands: []ast.Expr{left}}
		}
		p.countTerm()
		chain.Ops = append(chain.Ops, op)
		chain.Operands = append(chain.Operands, p.predicate())
	}
	if chain == nil {
		return left
	}
	return chain
}

func (p *parser) comparisonOperator() string {
	t := p.peek()
	if t.kind != symbol {
		return ""
	}
	switch s := p.text(t); s {
	case "=", "<>", "<", "<=", ">", ">=":
		return s
	case "!=":
		p.fail(ast.Errorf(ast.Syntax, "UnexpectedSyntax", p.pos(), "!= is not an operator").Hint("write <>"))
	}
	return ""
}

// predicate reads an expression with at most one of IN, STARTS WITH, IS NULL and the like behind it.
func (p *parser) predicate() ast.Expr {
	left := p.sum()
	at := p.pos()
	op := ""
	switch {
	case p.accept("IN"):
		op = "IN"
	case p.accept("STARTS", "WITH"):
		op = "STARTS WITH"
	case p.accept("ENDS", "WITH"):
		op = "ENDS WITH"
	case p.accept("CONTAINS"):
		op = "CONTAINS"
	case p.acceptSymbol("=~"):
		op = "=~"
	case p.accept("IS", "NULL"):
		return &ast.IsNull{Pos: at, X: left}
	case p.accept("IS", "NOT", "NULL"):
		return &ast.IsNull{Pos: at, X: left, Not: true}
	case p.isWord("IS") && p.labelFollows():
		p.at++
		p.operator = max(p.operator, at)
		return &ast.HasLabels{Pos: at, X: left, Labels: p.nodeLabels()}
	case p.isWord("IS"), p.isSymbol("::"):
		p.fail(ast.Errorf(ast.Unsupported, "UnsupportedPredicate", at, "predicates on types and normal forms are not in the dialect").
			Hint("compare with IS NULL or IS NOT NULL"))
	default:
		return left
	}
	p.countTerm()
	return &ast.Binary{Pos: at, Op: op, L: left, R: p.sum()}
}

// labelFollows says whether a label stands behind IS, rather than a type or a normal form.
func (p *parser) labelFollows() bool {
	for _, w := range []string{"NOT", "TYPED", "NORMALIZED", "NFC", "NFD", "NFKC", "NFKD"} {
		if p.isWordAt(1, w) {
			return false
		}
	}
	next := p.ahead(1).kind
	return next == word || next == quotedWord || p.isSymbolAt(1, "!") || p.isSymbolAt(1, "%") || p.isSymbolAt(1, "(")
}

func (p *parser) sum() ast.Expr     { return p.symbols([]string{"+", "-", "||"}, p.product) }
func (p *parser) product() ast.Expr { return p.symbols([]string{"*", "/", "%"}, p.power) }
func (p *parser) power() ast.Expr   { return p.symbols([]string{"^"}, p.unary) }

// symbols reads operands joined by left-associative symbols.
func (p *parser) symbols(ops []string, operand func() ast.Expr) ast.Expr {
	left := operand()
	for {
		matched := ""
		for _, s := range ops {
			if p.isSymbol(s) {
				matched = s
			}
		}
		if matched == "" {
			return left
		}
		p.countTerm()
		at := p.pos()
		p.at++
		left = &ast.Binary{Pos: at, Op: matched, L: left, R: operand()}
	}
}

func (p *parser) unary() ast.Expr {
	at := p.pos()
	if !p.isSymbol("-") && !p.isSymbol("+") {
		return p.postfix(p.atom())
	}
	op := p.text(p.advance())
	if t := p.peek(); op == "-" && (t.kind == integer || t.kind == float) {
		p.at++
		v, err := parseNumber(p.text(t), t.kind, true, ast.Pos(t.start))
		if err != nil {
			p.fail(err)
		}
		return p.postfix(&ast.Literal{Pos: at, Value: v})
	}
	// One sign and no more: -x and - -1, where the second is the number's, but not - -x.
	if signed := p.ahead(1).kind == integer || p.ahead(1).kind == float; p.isSymbol("+") || p.isSymbol("-") && !signed {
		p.unexpected("an operand with one sign")
	}
	p.enter()
	defer p.leave()
	return &ast.Unary{Pos: at, Op: op, X: p.unary()}
}

// postfix reads properties, indexes, slices and labels behind an operand.
func (p *parser) postfix(x ast.Expr) ast.Expr {
	for {
		at := p.pos()
		switch {
		case p.acceptSymbol("."):
			x = &ast.Prop{Pos: at, X: x, Key: p.symbolicName("a property")}
		case p.acceptSymbol("["):
			x = p.subscript(at, x)
		case p.isSymbol(":") && (p.ahead(1).kind == word || p.ahead(1).kind == quotedWord || p.isSymbolAt(1, "!") || p.isSymbolAt(1, "%") || p.isSymbolAt(1, "(")):
			p.at++
			return &ast.HasLabels{Pos: at, X: x, Labels: p.nodeLabels()}
		default:
			return x
		}
		p.countTerm()
	}
}

func (p *parser) subscript(at ast.Pos, x ast.Expr) ast.Expr {
	barred := p.barred
	p.barred = 0
	defer func() { p.barred = barred }()
	var from ast.Expr
	if !p.isSymbol("..") {
		from = p.expr()
	}
	if dots := p.pos(); p.acceptSymbol("..") {
		var to ast.Expr
		if !p.isSymbol("]") {
			to = p.expr()
		}
		if from == nil && to == nil {
			p.failf("UnexpectedSyntax", dots, "a slice needs a start or an end, as in [1..] or [..3]")
		}
		p.needSymbol("]")
		return &ast.Slice{Pos: at, X: x, From: from, To: to}
	}
	p.needSymbol("]")
	return &ast.Index{Pos: at, X: x, I: from}
}

func (p *parser) atom() ast.Expr {
	t := p.peek()
	at := ast.Pos(t.start)
	switch t.kind {
	case integer, float:
		p.at++
		v, err := parseNumber(p.text(t), t.kind, false, at)
		if err != nil {
			p.fail(err)
		}
		return &ast.Literal{Pos: at, Value: v}
	case text:
		p.at++
		s, err := unquote(p.text(t), at)
		if err != nil {
			p.fail(err)
		}
		return &ast.Literal{Pos: at, Value: value.OfString(s)}
	case badNumber:
		p.failf("InvalidNumberLiteral", at, "%q is not a number", clip(p.text(t)))
	case parameter:
		p.at++
		return &ast.Param{Pos: at, Name: p.paramName(t)}
	case quotedWord, word:
		return p.wordAtom(at)
	}
	switch {
	case p.isSymbol("("):
		return p.parens(at)
	case p.isSymbol("["):
		return p.bracket(at)
	case p.isSymbol("{"):
		return p.mapLiteral()
	}
	p.unexpected("an expression")
	return nil
}

// parens reads a pattern predicate or an expression in parentheses.
func (p *parser) parens(at ast.Pos) ast.Expr {
	if p.startsPattern() {
		return p.patternPredicate(at)
	}
	p.at++
	barred := p.barred
	p.barred = 0
	x := p.expr()
	p.barred = barred
	p.needSymbol(")")
	return x
}

func (p *parser) patternPredicate(at ast.Pos) ast.Expr {
	part := p.path(true)
	p.plainLinks(part)
	for _, n := range part.Nodes {
		p.noPredicate(n.Where)
	}
	for _, l := range part.Links {
		p.noPredicate(l.Where)
	}
	return &ast.PatternPred{Pos: at, Pattern: &ast.Pattern{Pos: at, Parts: []*ast.PathPart{part}}}
}

// plainLinks refuses quantifiers in a pattern that stands in an expression, as Neo4j does.
func (p *parser) plainLinks(part *ast.PathPart) {
	for _, l := range part.Links {
		if l.Length != nil && !l.Legacy {
			p.fail(ast.Errorf(ast.Syntax, "UnexpectedSyntax", l.Length.Pos, "a pattern in an expression takes no quantifier").
				Hint("write EXISTS { pattern } or COLLECT { MATCH pattern RETURN ... }"))
		}
	}
}

// noPredicate refuses a WHERE inside a pattern that stands as a condition, as Neo4j does.
func (p *parser) noPredicate(where ast.Expr) {
	if where != nil {
		p.fail(ast.Errorf(ast.Syntax, "UnexpectedSyntax", where.At(), "a pattern that stands as a condition holds no WHERE").Hint("write EXISTS { pattern }"))
	}
}

// startsPattern says whether the parenthesis here is a node with a relationship behind it.
func (p *parser) startsPattern() bool {
	closing := p.peek().match
	if closing < 0 {
		return false
	}
	save := p.at
	defer func() { p.at = save }()
	first := p.ahead(1)
	isNode := p.isSymbolAt(1, ")") || p.isSymbolAt(1, ":") || p.isSymbolAt(1, "{")
	if first.kind == word || first.kind == quotedWord {
		isNode = p.isSymbolAt(2, ")") || p.isSymbolAt(2, ":") || p.isSymbolAt(2, "{") || p.isWordAt(2, "WHERE") || p.isWordAt(1, "WHERE")
	}
	if !isNode {
		return false
	}
	p.at = int(closing) + 1
	switch {
	case p.isSymbol("-"):
		return p.isSymbolAt(1, "[") || p.isSymbolAt(1, "-") && (p.isSymbolAt(2, ">") || p.isSymbolAt(2, "(")) ||
			p.isSymbolAt(1, "-") && p.isSymbolAt(2, "{") // a quantifier
	case p.isSymbol("<"):
		return p.isSymbolAt(1, "-") && (p.isSymbolAt(2, "[") || p.isSymbolAt(2, "-"))
	}
	return false
}

func (p *parser) exprList(closing string) []ast.Expr {
	barred := p.barred
	p.barred = 0
	defer func() { p.barred = barred }()
	var list []ast.Expr
	if p.acceptSymbol(closing) {
		return list
	}
	for {
		list = append(list, p.expr())
		if !p.acceptSymbol(",") {
			break
		}
	}
	p.needSymbol(closing)
	return list
}

func (p *parser) mapLiteral() ast.Expr {
	m := &ast.MapLit{Pos: p.needSymbol("{")}
	barred := p.barred
	p.barred = 0
	defer func() { p.barred = barred }()
	if p.acceptSymbol("}") {
		return m
	}
	for {
		m.Keys = append(m.Keys, p.symbolicName("a key"))
		p.needSymbol(":")
		m.Values = append(m.Values, p.expr())
		if !p.acceptSymbol(",") {
			break
		}
	}
	p.needSymbol("}")
	return m
}

// bracket reads a list literal, a list comprehension or a pattern comprehension.
func (p *parser) bracket(at ast.Pos) ast.Expr {
	p.at++
	if p.isName() && p.isWordAt(1, "IN") && !p.isWord("NOT") {
		if comp := p.listComprehension(at); comp != nil {
			return comp
		}
	}
	if comp := p.patternComprehension(at); comp != nil {
		return comp
	}
	return &ast.ListLit{Pos: at, Items: p.exprList("]")}
}

// listComprehension reads [x IN list WHERE .. | ..]; nil, with nothing read, when the bracket is a list of one IN predicate.
func (p *parser) listComprehension(at ast.Pos) ast.Expr {
	save := p.at
	c := &ast.ListComp{Pos: at, Var: p.binding()}
	p.at++
	p.barred++
	c.List = p.expr()
	if p.isSymbol(",") {
		p.barred--
		p.at = save
		return nil
	}
	if p.accept("WHERE") {
		c.Where = p.expr()
	}
	p.barred--
	if p.acceptSymbol("|") {
		barred := p.barred
		p.barred = 0
		c.Map = p.expr()
		p.barred = barred
	}
	p.needSymbol("]")
	return c
}

func (p *parser) patternComprehension(at ast.Pos) ast.Expr {
	var name *ast.Binding
	save := p.at
	if p.isName() && p.isSymbolAt(1, "=") && p.isSymbolAt(2, "(") {
		name = p.binding()
		p.at++
	}
	if !p.isSymbol("(") || !p.startsPattern() {
		p.at = save
		return nil
	}
	part := p.path(true)
	if !p.isSymbol("|") && !p.isWord("WHERE") {
		p.at = save
		return nil
	}
	p.plainLinks(part)
	part.Var = name
	c := &ast.PatternComp{Pos: at, Pattern: &ast.Pattern{Pos: at, Parts: []*ast.PathPart{part}}}
	if p.accept("WHERE") {
		p.barred++
		c.Where = p.expr()
		p.barred--
	}
	p.needSymbol("|")
	barred := p.barred
	p.barred = 0
	c.Map = p.expr()
	p.barred = barred
	p.needSymbol("]")
	return c
}
