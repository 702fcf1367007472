package parser

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// wordAtom reads what can begin with a word: a constant, CASE, a special form, a call, or a variable.
func (p *parser) wordAtom(at ast.Pos) ast.Expr {
	if x := p.constant(at); x != nil {
		return x
	}
	if p.isWord("CASE") && (p.isWordAt(1, "WHEN") || !p.operandEnds(1)) && p.whenFollows() {
		return p.caseOf(at)
	}
	if p.isSymbolAt(1, "{") {
		if x := p.subqueryExpr(at); x != nil {
			return x
		}
	}
	if p.isSymbolAt(1, "(") {
		if x := p.special(at); x != nil {
			return x
		}
	}
	if p.callFollows() {
		return p.functionCall(at)
	}
	v := &ast.Var{Pos: at, Slot: ast.NoSlot}
	v.Name = p.symbolicName("an expression")
	if p.isSymbol("{") && p.projectionFollows() {
		return p.mapProjection(v)
	}
	return v
}

// behindOperand are the words that stand behind an operand and begin none, unless they are names themselves.
var behindOperand = []string{"AS", "AND", "OR", "XOR", "IN", "IS", "CONTAINS", "STARTS", "ENDS", "THEN", "ELSE", "WHEN", "END", "WHERE",
	"ORDER", "SKIP", "OFFSET", "LIMIT", "ASC", "ASCENDING", "DESC", "DESCENDING", "UNION", "FROM"}

// operandEnds says whether the n-th token ahead stands behind an operand, so that the keyword before it, which would
// need an operand there, is a variable: in RETURN not AS x and in RETURN distinct, 1.
func (p *parser) operandEnds(n int) bool {
	t := p.ahead(n)
	switch t.kind {
	case end:
		return true
	case word:
		if p.isWordAt(n, "IN") && p.isSymbolAt(n+1, "[") { // an index, as Neo4j reads it
			return false
		}
		// A second one behind it says that this one is the operand: NOT in IN list.
		return p.isWordAt(n, "AS") || p.isBehindOperand(n) && !p.isBehindOperand(n+1) && p.ahead(n+1).kind != end && !p.closes(n+1)
	}
	return p.closes(n)
}

func (p *parser) isBehindOperand(n int) bool {
	return slices.ContainsFunc(behindOperand, func(w string) bool { return p.isWordAt(n, w) })
}

// closes says whether the n-th token ahead is a symbol that begins no operand.
func (p *parser) closes(n int) bool {
	t := p.ahead(n)
	return t.kind == symbol && !strings.Contains("([{+-", p.text(t))
}

// whenFollows says whether any WHEN stands further on: without one, CASE here is a variable.
func (p *parser) whenFollows() bool {
	if p.lastWhen == 0 {
		p.lastWhen = -1
		for i, t := range p.tokens {
			if t.kind == word && strings.EqualFold(p.text(t), "WHEN") {
				p.lastWhen = i
			}
		}
	}
	return p.lastWhen > p.at
}

func (p *parser) constant(at ast.Pos) ast.Expr {
	t := p.peek()
	if t.kind != word || p.isSymbolAt(1, "(") {
		return nil
	}
	var v value.Value
	switch {
	case p.isWord("TRUE"):
		v = value.OfBool(true)
	case p.isWord("FALSE"):
		v = value.OfBool(false)
	case p.isWord("NULL"):
	case p.isWord("NAN"):
		v = value.OfFloat(nan)
	case p.isWord("INF"), p.isWord("INFINITY"):
		v = value.OfFloat(inf)
	default:
		return nil
	}
	p.at++
	return &ast.Literal{Pos: at, Value: v}
}

func (p *parser) caseOf(at ast.Pos) ast.Expr {
	p.at++
	barred := p.barred
	p.barred = 0
	defer func() { p.barred = barred }()
	c := &ast.Case{Pos: at}
	if !p.isWord("WHEN") || p.isWordAt(1, "WHEN") && !p.operandEnds(2) {
		c.Subject = p.expr()
	}
	for p.accept("WHEN") {
		p.refuseExtendedCase(c.Subject != nil)
		conds := []ast.Expr{p.expr()}
		for c.Subject != nil && p.acceptSymbol(",") {
			p.refuseExtendedCase(true)
			conds = append(conds, p.expr())
		}
		p.need("THEN")
		then := p.expr()
		for _, cond := range conds {
			c.Whens = append(c.Whens, ast.When{Cond: cond})
		}
		c.Whens[len(c.Whens)-1].Then = then
	}
	if len(c.Whens) == 0 {
		p.unexpected("WHEN")
	}
	if p.accept("ELSE") {
		c.Else = p.expr()
	}
	p.need("END")
	return c
}

// refuseExtendedCase refuses the branches of CASE x that begin with an operator.
func (p *parser) refuseExtendedCase(subject bool) {
	if !subject {
		return
	}
	if p.comparisonOperator() != "" || p.isSymbol("=~") || p.isWords("IS", "NULL") || p.isWords("IS", "NOT") || p.isWords("STARTS", "WITH") || p.isWords("ENDS", "WITH") {
		p.fail(ast.Errorf(ast.Unsupported, "UnsupportedPredicate", p.pos(), "a branch of CASE x cannot begin with an operator").
			Hint("write CASE WHEN x IS NULL THEN ... with whole conditions"))
	}
}

// subqueryExpr reads EXISTS { }, COUNT { } and COLLECT { }.
func (p *parser) subqueryExpr(at ast.Pos) ast.Expr {
	op := ""
	for _, w := range []string{"EXISTS", "COUNT", "COLLECT"} {
		if p.isWord(w) {
			op = w
		}
	}
	if op == "" || p.isSymbolAt(2, ".") { // a variable of that name with a map projection
		return nil
	}
	p.at += 2
	p.expressions++
	defer func() { p.expressions-- }()
	if op != "COLLECT" && !p.startsClause() {
		return p.patternSubquery(at, op)
	}
	return &ast.Subquery{Pos: at, Op: op, Query: p.body(op != "COLLECT")}
}

func (p *parser) startsClause() bool {
	if p.isSymbolAt(1, "=") || p.isSymbolAt(1, "(") && !p.isWord("MATCH") && !p.isWord("CALL") && !p.isWord("WITH") && !p.isWord("RETURN") && !p.isWord("UNWIND") {
		return false
	}
	for _, w := range []string{"MATCH", "OPTIONAL", "WITH", "RETURN", "UNWIND", "CALL"} {
		if p.isWord(w) {
			return true
		}
	}
	if p.peek().kind == word {
		p.refuseClause()
	}
	return false
}

// patternSubquery reads the short form { pattern WHERE predicate }.
func (p *parser) patternSubquery(at ast.Pos, op string) ast.Expr {
	barred := p.barred
	p.barred = 0
	m := p.match(p.pos(), false)
	p.barred = barred
	p.needSymbol("}")
	single := &ast.Single{Pos: m.Pos, Clauses: []ast.Clause{m}}
	return &ast.Subquery{Pos: at, Op: op, Query: &ast.Query{Pos: m.Pos, Parts: []*ast.Single{single}}}
}

// special reads the forms that look like calls but bind variables or take patterns.
func (p *parser) special(at ast.Pos) ast.Expr {
	for _, q := range []string{"all", "any", "none", "single"} {
		if p.isWord(q) {
			return p.quantifierPredicate(at, q)
		}
	}
	switch {
	case p.isWord("reduce"):
		return p.reduce(at)
	case p.isWord("shortestPath"), p.isWord("allShortestPaths"):
		p.fail(ast.Errorf(ast.Unsupported, "UnsupportedExpression", at, "%s stands only in MATCH", p.text(p.peek())).
			Hint("write MATCH p = %s(...)", p.text(p.peek())))
	case p.isWord("exists"):
		p.at++
		if p.startsPatternAhead() {
			p.at++
			pred := p.patternPredicate(at).(*ast.PatternPred)
			pred.Explicit = true
			p.needSymbol(")")
			return pred
		}
		p.at--
	}
	return nil
}

// startsPatternAhead says whether the parenthesis here holds a pattern.
func (p *parser) startsPatternAhead() bool {
	if !p.isSymbol("(") || !p.isSymbolAt(1, "(") {
		return false
	}
	p.at++
	defer func() { p.at-- }()
	return p.startsPattern()
}

func (p *parser) quantifierPredicate(at ast.Pos, op string) ast.Expr {
	p.at += 2
	barred := p.barred
	p.barred = 0
	defer func() { p.barred = barred }()
	q := &ast.Quantifier{Pos: at, Op: op, Var: p.binding()}
	p.need("IN")
	q.List = p.expr()
	if !p.accept("WHERE") {
		p.failf("UnexpectedSyntax", p.pos(), "%s(x IN list) needs WHERE and a condition", op)
	}
	q.Where = p.expr()
	p.needSymbol(")")
	return q
}

func (p *parser) reduce(at ast.Pos) ast.Expr {
	p.at += 2
	barred := p.barred
	p.barred = 0
	r := &ast.Reduce{Pos: at, Acc: p.binding()}
	p.needSymbol("=")
	r.Init = p.expr()
	p.needSymbol(",")
	r.Var = p.binding()
	if r.Var.Name == r.Acc.Name {
		p.fail(ast.Errorf(ast.Semantic, "VariableAlreadyBound", r.Var.Pos, "the variable %s is already in use", r.Var.Name))
	}
	p.need("IN")
	p.barred++
	r.List = p.expr()
	p.barred--
	p.needSymbol("|")
	r.Step = p.expr()
	p.barred = barred
	p.needSymbol(")")
	return r
}

// callFollows says whether a dotted name and a parenthesis begin here.
func (p *parser) callFollows() bool {
	i := 0
	for p.isSymbolAt(i+1, ".") && (p.ahead(i+2).kind == word || p.ahead(i+2).kind == quotedWord) && i < 8 {
		i += 2
	}
	return p.isSymbolAt(i+1, "(")
}

func (p *parser) functionCall(at ast.Pos) ast.Expr {
	c := &ast.Call{Pos: at, Name: p.symbolicName("a function")}
	for p.acceptSymbol(".") {
		c.Name += "." + p.symbolicName("a function")
	}
	p.needSymbol("(")
	if p.isSymbol("*") && p.isSymbolAt(1, ")") && strings.EqualFold(c.Name, "count") {
		p.at += 2
		c.Star = true
		return c
	}
	if strings.EqualFold(c.Name, "trim") && p.trimSpecification(c) {
		return c
	}
	c.Distinct = p.accept("DISTINCT")
	if !c.Distinct && !p.isSymbolAt(1, "(") { // all(x IN ...) is an argument
		p.accept("ALL")
	}
	c.Args = p.exprList(")")
	return c
}

// trimSpecification reads the arguments of trim(LEADING 'x' FROM s) and of its shorter forms, which are calls of
// ltrim, rtrim and btrim. It reads nothing when there is no FROM: then the arguments are plain.
func (p *parser) trimSpecification(c *ast.Call) bool {
	closing := int(p.tokens[p.at-1].match)
	from := p.at
	for ; from < closing; from++ {
		if t := p.tokens[from]; t.kind == symbol && int(t.match) > from {
			from = int(t.match)
		} else if t.kind == word && strings.EqualFold(p.text(t), "FROM") {
			break
		}
	}
	if from >= closing || from+1 == closing {
		return false
	}
	c.Name = "btrim"
	switch {
	case p.accept("LEADING"):
		c.Name = "ltrim"
	case p.accept("TRAILING"):
		c.Name = "rtrim"
	default:
		p.accept("BOTH")
	}
	var characters []ast.Expr
	if !p.isWord("FROM") {
		at := p.pos()
		characters = append(characters, p.expr())
		if l, ok := characters[0].(*ast.Literal); ok && l.Value.Kind() == value.String && utf8.RuneCountInString(l.Value.Str()) != 1 {
			p.fail(ast.Errorf(ast.Semantic, "InvalidArgumentValue", at, "trim takes one character before FROM").Hint("write btrim(string, characters)"))
		}
	}
	p.need("FROM")
	c.Args = append([]ast.Expr{p.expr()}, characters...)
	p.needSymbol(")")
	return true
}

// projectionFollows says whether the brace here opens a map projection rather than something behind the expression.
func (p *parser) projectionFollows() bool {
	return p.isSymbolAt(1, ".") || p.isSymbolAt(1, "}") || p.ahead(1).kind == word || p.ahead(1).kind == quotedWord
}

func (p *parser) mapProjection(v *ast.Var) ast.Expr {
	m := &ast.MapProjection{Pos: v.Pos, X: v}
	p.needSymbol("{")
	barred := p.barred
	p.barred = 0
	defer func() { p.barred = barred }()
	if p.acceptSymbol("}") {
		return m
	}
	for {
		m.Items = append(m.Items, p.mapItem(v))
		if !p.acceptSymbol(",") {
			break
		}
	}
	p.needSymbol("}")
	return m
}

func (p *parser) mapItem(v *ast.Var) ast.MapItem {
	at := p.pos()
	if p.acceptSymbol(".") {
		if p.acceptSymbol("*") {
			return ast.MapItem{All: true}
		}
		key := p.symbolicName("a property")
		return ast.MapItem{Key: key, Value: &ast.Prop{Pos: at, X: &ast.Var{Pos: v.Pos, Name: v.Name, Slot: ast.NoSlot}, Key: key}}
	}
	name := p.symbolicName("a key, .property or .*")
	if p.acceptSymbol(":") {
		return ast.MapItem{Key: name, Value: p.expr()}
	}
	return ast.MapItem{Key: name, Value: &ast.Var{Pos: at, Name: name, Slot: ast.NoSlot}}
}
