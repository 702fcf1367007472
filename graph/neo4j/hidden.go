package neo4j

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/parser"
	"github.com/postern-sec/postern/schema"
)

// The store's own nodes have no edges and no label of the schema, so the only
// patterns that could match them are single nodes, and ends of parts that may
// have no edge at all, without a label that must be there. hide adds the label
// Asset, which every node of the graph has, to those and to no others, because
// a label costs a look at each row. Calls of procedures become lists that the
// store keeps; see names.go.

// hidden is a query text that sees nothing but the graph.
type hidden struct {
	text string
	// procedures are those whose rows are parameters of the text.
	procedures []string
}

// parameterOf is the parameter that holds the rows of a procedure, and the
// variable that takes one. Neither can be confused with what users write:
// wrote refuses the prefix.
func parameterOf(procedure string) string {
	return reserved + strings.ReplaceAll(procedure, ".", "_")
}

// reserved begins the names that the store adds to a query.
const reserved = "postern__"

// edit replaces text[from:to].
type edit struct {
	from, to int
	text     string
}

type hider struct {
	text  string
	edits []edit
	procs []string
	err   error
}

func hide(text string) (hidden, error) {
	if strings.Contains(text, reserved) {
		return hidden{}, fmt.Errorf("names that begin with %s are the store's own", reserved)
	}
	q, err := parser.Parse(text)
	if err != nil {
		return hidden{}, err
	}
	h := &hider{text: text}
	h.query(q, len(text))
	if h.err != nil {
		return hidden{}, h.err
	}
	return hidden{text: h.apply(), procedures: h.procs}, nil
}

func (h *hider) apply() string {
	slices.SortStableFunc(h.edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for _, e := range h.edits {
		b.WriteString(h.text[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(h.text[at:])
	return b.String()
}

func (h *hider) query(q *ast.Query, end int) {
	for _, part := range q.Parts {
		for i, clause := range part.Clauses {
			switch c := clause.(type) {
			case *ast.Match:
				h.pattern(c.Pattern)
				h.inPattern(c.Pattern)
				h.expr(c.Where)
			case *ast.Unwind:
				h.expr(c.List)
			case *ast.Project:
				h.project(c)
			case *ast.CallSubquery:
				h.query(c.Query, end)
			case *ast.CallProcedure:
				h.expr(c.Where)
				h.call(c, i == len(part.Clauses)-1)
			}
		}
	}
}

func (h *hider) project(c *ast.Project) {
	for _, item := range c.Items {
		h.expr(item.Expr)
	}
	for _, k := range c.Order {
		h.expr(k.Expr)
	}
	h.expr(c.Skip)
	h.expr(c.Limit)
	h.expr(c.Where)
}

func (h *hider) expr(e ast.Expr) { ast.Walk(e, h.visit) }

// visit handles the patterns inside expressions.
func (h *hider) visit(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.PatternComp:
		h.pattern(e.Pattern)
	case *ast.PatternPred:
		h.pattern(e.Pattern)
	case *ast.Subquery:
		h.query(e.Query, len(h.text))
		return false
	}
	return true
}

// inPattern looks into the expressions of a pattern.
func (h *hider) inPattern(p *ast.Pattern) {
	for _, part := range p.Parts {
		ast.WalkPart(part, h.visit)
	}
}

func (h *hider) pattern(p *ast.Pattern) {
	for _, part := range p.Parts {
		h.part(part)
	}
}

func (h *hider) part(part *ast.PathPart) {
	for i, n := range part.Nodes {
		alone := true
		for _, l := range []int{i - 1, i} {
			if l >= 0 && l < len(part.Links) && needsEdge(part.Links[l]) {
				alone = false
			}
		}
		if alone && !needsLabel(n.Labels) {
			h.node(n)
		}
	}
	for _, l := range part.Links {
		if l.Inner != nil {
			h.part(l.Inner)
		}
	}
}

// needsEdge reports whether what a link matches has at least one edge, so that
// its ends cannot be nodes without any.
func needsEdge(l *ast.Link) bool { return l.Length == nil || l.Length.Min > 0 }

// needsLabel reports whether only nodes with a certain label match.
func needsLabel(l *ast.LabelExpr) bool {
	if l == nil {
		return false
	}
	switch l.Op {
	case ast.LabelName:
		return !strings.HasPrefix(l.Name, "Postern")
	case ast.LabelAnd:
		return slices.ContainsFunc(l.Args, needsLabel)
	case ast.LabelOr:
		return !slices.ContainsFunc(l.Args, func(a *ast.LabelExpr) bool { return !needsLabel(a) })
	}
	return false
}

// node adds the label Asset to a node pattern.
func (h *hider) node(n *ast.NodePattern) {
	if n.Var == nil && n.Labels == nil && (int(n.Pos) >= len(h.text) || h.text[n.Pos] != '(') {
		return // the parser's own, beside a quantified part
	}
	s := scanner{text: h.text, at: int(n.Pos) + 1}
	s.blanks()
	if n.Var != nil {
		s.word()
		s.blanks()
	}
	asset := string(schema.Asset)
	if n.Labels == nil {
		h.edits = append(h.edits, edit{s.at, s.at, ":" + asset + " "})
		return
	}
	if s.at < len(s.text) && s.text[s.at] == ':' {
		s.at++
	} else {
		s.word() // IS
	}
	from := s.at
	to := s.labelEnd()
	h.edits = append(h.edits, edit{from, from, " " + asset + "&("}, edit{to, to, ")"})
}

// call turns CALL procedure() YIELD … into a list of maps. The text of a WHERE
// behind YIELD stays where it is.
func (h *hider) call(c *ast.CallProcedure, last bool) {
	s := scanner{text: h.text, at: int(c.Pos)}
	s.blanks()
	if s.upper() == "CALL" {
		s.word()
	}
	s.untilCallEnd()
	end := s.at
	procedure := canonical(c.Name)
	row := parameterOf(procedure)
	h.procs = append(h.procs, procedure)
	yields := c.Yields
	if len(yields) == 0 || c.YieldAll {
		yields = nil
		for _, column := range columnsOf[procedure] {
			yields = append(yields, ast.Yield{Column: column, Var: &ast.Binding{Name: column}})
		}
	}
	text := "UNWIND $" + row + " AS " + row + " "
	if last && c.Statement {
		text += "WITH " + aliases(row, yields) + " "
	} else {
		text += "WITH *, " + aliases(row, yields) + " "
	}
	// A WHERE behind YIELD becomes one behind WITH.
	h.edits = append(h.edits, edit{int(c.Pos), end, text})
	if last && c.Statement {
		var names []string
		for _, y := range yields {
			names = append(names, name(y.Var.Name))
		}
		h.edits = append(h.edits, edit{len(strings.TrimRight(h.text, " \t\r\n;")), len(h.text), " RETURN " + strings.Join(names, ", ")})
	}
}

func aliases(row string, yields []ast.Yield) string {
	var out []string
	for _, y := range yields {
		out = append(out, row+"."+y.Column+" AS "+name(y.Var.Name))
	}
	return strings.Join(out, ", ")
}

var columnsOf = map[string][]string{
	labelsProcedure:     {"label"},
	typesProcedure:      {"relationshipType"},
	keysProcedure:       {"propertyKey"},
	propertiesProcedure: {"nodeType", "nodeLabels", "propertyName", "propertyTypes", "mandatory"},
}

func canonical(name string) string {
	for p := range columnsOf {
		if strings.EqualFold(p, name) {
			return p
		}
	}
	return name
}
