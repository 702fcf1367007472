// Package parser turns the text of a query into the tree of package ast, with a hand-written lexer, recursive
// descent for clauses and operator precedence for expressions.
//
// It knows the whole read dialect and refuses the rest by name: a clause that writes, a procedure, a form
// of Neo4j that is not in the dialect, each with its place and with what to write instead. Its work is linear in the
// text, and its depth is bounded by MaxDepth and MaxTerms, so that no text exhausts the stack.
package parser

import (
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
)

// MaxDepth bounds how deep expressions, patterns and subqueries nest; MaxTerms how many binary and postfix
// operators a query has in all, and so how deep its tree can be.
const (
	MaxDepth = 250
	MaxTerms = 20_000
)

// Parse reads one query. The error is an *ast.Error with line and column.
func Parse(source string) (query *ast.Query, err error) {
	tokens, lexical := lex(source)
	if lexical != nil {
		return nil, lexical.Locate(source)
	}
	p := &parser{source: source, tokens: tokens, colon: -1, operator: -1}
	// A failure unwinds to here with one panic of our own type; every other panic goes on.
	defer func() {
		if r := recover(); r != nil {
			failure, ours := r.(*ast.Error)
			if !ours {
				panic(r)
			}
			query, err = nil, failure.Locate(source)
		}
	}()
	return p.whole(), nil
}

type parser struct {
	source string
	tokens []token
	at     int
	depth  int
	terms  int
	// barred is above zero where a bar ends an expression, so that a label expression must not take it.
	barred int
	// subquery is the number of subqueries around the place.
	subquery int
	// expressions is the number of EXISTS, COUNT and COLLECT around the place.
	expressions int
	// lastWhen is the token of the last WHEN, -1 without one, 0 as long as nobody asked.
	lastWhen int
	// colon and operator are where the clause has a colon between labels, and where IS or one of |, &, !, %
	// between labels: -1 for nowhere.
	colon, operator ast.Pos
}

func (p *parser) whole() *ast.Query {
	q := p.query()
	p.acceptSymbol(";")
	if p.peek().kind != end {
		p.unexpected("the end of the query")
	}
	return q
}

func (p *parser) peek() token         { return p.tokens[p.at] }
func (p *parser) pos() ast.Pos        { return ast.Pos(p.tokens[p.at].start) }
func (p *parser) text(t token) string { return p.source[t.start:t.stop] }

func (p *parser) ahead(n int) token {
	return p.tokens[min(p.at+n, len(p.tokens)-1)]
}

func (p *parser) advance() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

func (p *parser) isSymbol(s string) bool { return p.isSymbolAt(0, s) }
func (p *parser) isSymbolAt(n int, s string) bool {
	t := p.ahead(n)
	return t.kind == symbol && p.text(t) == s
}

func (p *parser) acceptSymbol(s string) bool {
	if p.isSymbol(s) {
		p.at++
		return true
	}
	return false
}

func (p *parser) needSymbol(s string) ast.Pos {
	at := p.pos()
	if !p.acceptSymbol(s) {
		p.unexpected("'" + s + "'")
	}
	return at
}

// isWord says whether the n-th token ahead is the keyword, in any case and without quotes.
func (p *parser) isWordAt(n int, keyword string) bool {
	t := p.ahead(n)
	return t.kind == word && len(keyword) == int(t.stop-t.start) && strings.EqualFold(p.text(t), keyword)
}

func (p *parser) isWord(keyword string) bool { return p.isWordAt(0, keyword) }

// isWords says whether the next tokens are these keywords.
func (p *parser) isWords(keywords ...string) bool {
	for i, k := range keywords {
		if !p.isWordAt(i, k) {
			return false
		}
	}
	return true
}

func (p *parser) accept(keywords ...string) bool {
	if p.isWords(keywords...) {
		p.at += len(keywords)
		return true
	}
	return false
}

func (p *parser) need(keyword string) {
	if !p.accept(keyword) {
		p.unexpected(strings.ToUpper(keyword))
	}
}

// fail ends the parse with the error.
func (p *parser) fail(err *ast.Error) { panic(err) }

func (p *parser) failf(code string, at ast.Pos, format string, args ...any) {
	p.fail(ast.Errorf(ast.Syntax, code, at, format, args...))
}

// unexpected refuses the next token, naming what was wanted; a known foreign word gets its own message.
func (p *parser) unexpected(wanted string) {
	t := p.peek()
	if t.kind == end {
		p.failf("UnexpectedSyntax", ast.Pos(t.start), "the query ends where %s is expected", wanted)
	}
	p.refuseClause()
	p.failf("UnexpectedSyntax", ast.Pos(t.start), "unexpected %q, expected %s", clip(p.text(t)), wanted)
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}

// enter counts one level of nesting; leave ends it.
func (p *parser) enter() {
	p.depth++
	if p.depth > MaxDepth {
		p.fail(ast.Errorf(ast.Limit, "NestingTooDeep", p.pos(), "the query nests deeper than %d levels", MaxDepth))
	}
}

func (p *parser) leave() { p.depth-- }

// symbolicName reads a name, quoted or not. Every keyword can be a name where only a name can stand.
func (p *parser) symbolicName(what string) string {
	t := p.peek()
	switch t.kind {
	case word:
		p.at++
		return p.text(t)
	case quotedWord:
		p.at++
		p.noEscapes(t)
		name := p.text(t)
		return strings.ReplaceAll(name[1:len(name)-1], "``", "`")
	}
	p.unexpected(what)
	return ""
}

// noEscapes refuses what Neo4j would read as a character before it looks at names.
func (p *parser) noEscapes(t token) {
	if i := strings.Index(p.text(t), `\u`); i >= 0 {
		p.fail(ast.Errorf(ast.Unsupported, "InvalidUnicodeLiteral", ast.Pos(int(t.start)+i), `\u stands only in strings`).Hint("write the character itself"))
	}
}

// binding reads the name of a variable that is declared here.
func (p *parser) binding() *ast.Binding {
	at := p.pos()
	return &ast.Binding{Pos: at, Name: p.symbolicName("a variable"), Slot: ast.NoSlot}
}

func (p *parser) isName() bool {
	k := p.peek().kind
	return k == word || k == quotedWord
}

func (p *parser) paramName(t token) string {
	name := p.text(t)[1:]
	if strings.HasPrefix(name, "`") {
		p.noEscapes(t)
		return strings.ReplaceAll(name[1:len(name)-1], "``", "`")
	}
	return name
}
