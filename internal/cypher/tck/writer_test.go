package tck

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/cyphertest"
	"github.com/postern-sec/postern/internal/cypher/parser"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// writer makes the graph of a scenario. It evaluates the forms of statements that the set-up steps use and
// nothing else: CREATE of patterns, DELETE of an edge, and between them clauses that read, which the engine runs.
type writer struct {
	builder *cyphertest.Builder
	rows    []map[string]any
}

// A node in a row is written as a string, so that it passes through clauses that read.
const nodeMark = "\x00node:"

// execute runs one statement.
func (w *writer) execute(text string) error {
	w.rows = []map[string]any{{}}
	reading := ""
	for _, clause := range splitClauses(text) {
		word := strings.Fields(clause)[0]
		rest := clause[len(word):]
		switch strings.ToUpper(word) {
		case "CREATE":
			if err := w.read(reading); err != nil {
				return err
			}
			reading = ""
			if err := w.create(rest); err != nil {
				return fmt.Errorf("%s: %w", clause, err)
			}
		case "DELETE":
			if err := w.read(reading); err != nil {
				return err
			}
			reading = ""
			for _, row := range w.rows {
				e, ok := row[strings.TrimSpace(rest)].(cypher.Edge)
				if !ok {
					return errors.New("DELETE of something that is no edge")
				}
				w.builder.RemoveEdge(number(e.From), number(e.To), e.Kind)
			}
		default:
			reading += clause + "\n"
		}
	}
	return w.read(reading)
}

func number(id string) int {
	n := 0
	if _, err := fmt.Sscanf(id, "n%d", &n); err != nil {
		panic(err)
	}
	return n
}

// splitClauses cuts a statement before each clause that this writer tells apart.
func splitClauses(text string) []string {
	var clauses []string
	start, depth, quote, comment := 0, 0, byte(0), false
	flat := strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, text)
	for i := 0; i < len(flat); i++ {
		c := flat[i]
		switch {
		case comment:
			comment = text[i] != '\n'
		case quote != 0:
			switch c {
			case '\\':
				i++
			case quote:
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case strings.HasPrefix(flat[i:], "//"):
			comment = true
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		case depth == 0 && (i == 0 || flat[i-1] == ' '):
			for _, word := range []string{"CREATE ", "DELETE ", "MATCH ", "UNWIND ", "WITH "} {
				if len(flat) >= i+len(word) && strings.EqualFold(flat[i:i+len(word)], word) {
					if s := strings.TrimSpace(text[start:i]); s != "" {
						clauses = append(clauses, s)
					}
					start = i
				}
			}
		}
	}
	if s := strings.Trim(text[start:], "; \n\t"); s != "" {
		clauses = append(clauses, s)
	}
	return clauses
}

// read runs clauses that read over all rows.
func (w *writer) read(clauses string) error {
	if strings.TrimSpace(clauses) == "" {
		return nil
	}
	var input []any
	bind := ""
	for _, row := range w.rows {
		plain := map[string]any{}
		for k, v := range row {
			plain[k] = v
		}
		input = append(input, plain)
	}
	for k := range w.rows[0] {
		bind += fmt.Sprintf(", __row.`%s` AS `%s`", k, k)
	}
	text := clauses + "\nRETURN *"
	if bind != "" {
		text = "UNWIND $__rows AS __row WITH " + bind[2:] + " " + text
	}
	result, err := w.run(text, cypher.Params{"__rows": input})
	if err != nil {
		return err
	}
	w.rows = nil
	for _, r := range result.Rows {
		row := map[string]any{}
		for i, column := range result.Columns {
			row[column] = opaque(r[i])
		}
		w.rows = append(w.rows, row)
	}
	return nil
}

func opaque(v any) any {
	if n, ok := v.(cypher.Node); ok {
		return nodeMark + n.ID
	}
	return v
}

func (w *writer) run(text string, params cypher.Params) (*cypher.Result, error) {
	q, _, err := cypher.Prepare(text, nil)
	if err != nil {
		return nil, fmt.Errorf("set-up %q: %w", text, err)
	}
	return q.Run(context.Background(), w.builder.Freeze(), params, cypher.Limits{})
}

// create adds the nodes and edges of a pattern for each row.
func (w *writer) create(pattern string) error {
	text := "MATCH " + pattern + "\nRETURN 1 AS one"
	tree, err := parser.Parse(text)
	if err != nil {
		return err
	}
	parts := tree.Parts[0].Clauses[0].(*ast.Match).Pattern.Parts
	for _, row := range w.rows {
		for _, part := range parts {
			if err := w.createPath(text, part, row); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) createPath(text string, part *ast.PathPart, row map[string]any) error {
	var nodes []int
	for _, n := range part.Nodes {
		id, err := w.node(text, n, row)
		if err != nil {
			return err
		}
		nodes = append(nodes, id)
	}
	for i, l := range part.Links {
		props, err := w.props(text, l.Props, row)
		if err != nil {
			return err
		}
		from, to := nodes[i], nodes[i+1]
		if l.Dir == ast.Left {
			from, to = to, from
		}
		w.builder.Edge(from, to, l.Types.Name, props)
	}
	return nil
}

func (w *writer) node(text string, n *ast.NodePattern, row map[string]any) (int, error) {
	if n.Var != nil {
		if known, ok := row[n.Var.Name].(string); ok {
			return number(strings.TrimPrefix(known, nodeMark)), nil
		}
	}
	props, err := w.props(text, n.Props, row)
	if err != nil {
		return 0, err
	}
	var labels []string
	for _, l := range n.Labels.Names(nil) {
		labels = append(labels, l.Name)
	}
	id := w.builder.Node(labels, props)
	if n.Var != nil {
		row[n.Var.Name] = fmt.Sprintf("%sn%d", nodeMark, id)
	}
	return id, nil
}

// props evaluates a map of properties with the engine; nodes of the row are given as maps.
func (w *writer) props(text string, e ast.Expr, row map[string]any) (cyphertest.Props, error) {
	if e == nil {
		return nil, nil
	}
	start := int(e.At())
	source := text[start : start+closing(text[start:])]
	params := cypher.Params{}
	bind := ""
	for name, v := range row {
		params[name] = v
		if s, ok := v.(string); ok && strings.HasPrefix(s, nodeMark) {
			params[name] = plain(w.builder.NodeProps(number(strings.TrimPrefix(s, nodeMark))))
		}
		bind += fmt.Sprintf(", $`%s` AS `%s`", name, name)
	}
	prefix := ""
	if bind != "" {
		prefix = "WITH " + bind[2:] + " "
	}
	q, _, err := cypher.Prepare(prefix+"RETURN "+source+" AS m", nil)
	if err != nil {
		return nil, err
	}
	empty := &cyphertest.Builder{}
	result, err := q.Run(context.Background(), empty.Freeze(), params, cypher.Limits{})
	if err != nil {
		return nil, err
	}
	props := cyphertest.Props{}
	for k, v := range result.Rows[0][0].(map[string]any) {
		props[k] = fromGo(v)
	}
	return props, nil
}

// closing is the length of the map that begins the text.
func closing(text string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			switch c {
			case '\\':
				i++
			case quote:
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

func plain(props cyphertest.Props) map[string]any {
	m := map[string]any{}
	for k, v := range props {
		switch v.Kind() {
		case value.Int:
			m[k] = v.Int()
		case value.Float:
			m[k] = v.Float()
		case value.String:
			m[k] = v.Str()
		case value.Bool:
			m[k] = v.IsTrue()
		}
	}
	return m
}

func fromGo(v any) value.Value {
	switch v := v.(type) {
	case bool:
		return value.OfBool(v)
	case int64:
		return value.OfInt(v)
	case float64:
		return value.OfFloat(v)
	case string:
		return value.OfString(v)
	case []any:
		items := make([]value.Value, len(v))
		for i := range v {
			items[i] = fromGo(v[i])
		}
		return value.OfList(items)
	}
	return value.Value{}
}
