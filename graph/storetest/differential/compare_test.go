package differential

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/postern-sec/postern/graph"
)

// compare says how two answers to q differ, "" when they do not.
func (q question) compare(g *graph.Graph, ours, theirs *graph.Result) string {
	if !slices.Equal(ours.Columns, theirs.Columns) {
		return fmt.Sprintf("columns %q, Neo4j %q", ours.Columns, theirs.Columns)
	}
	if q.path != nil {
		for name, r := range map[string]*graph.Result{"embedded": ours, "Neo4j": theirs} {
			if problem := q.invalid(g, r); problem != "" {
				return name + ": " + problem
			}
		}
	}
	a, b := q.rows(ours), q.rows(theirs)
	if slices.Equal(a, b) {
		return ""
	}
	onlyA, onlyB := without(a, b), without(b, a)
	if len(onlyA)+len(onlyB) == 0 {
		onlyA, onlyB = a, b
	}
	return fmt.Sprintf("only embedded: %s\n  only Neo4j: %s", brief(onlyA), brief(onlyB))
}

// without returns the rows of a beyond those of b, as bags.
func without(a, b []string) []string {
	count := map[string]int{}
	for _, row := range b {
		count[row]++
	}
	var out []string
	for _, row := range a {
		if count[row]--; count[row] < 0 {
			out = append(out, row)
		}
	}
	return out
}

// rows writes each row as text, sorted unless the query orders them.
func (q question) rows(r *graph.Result) []string {
	out := make([]string, len(r.Rows))
	for i, row := range r.Rows {
		cells := make([]string, len(row))
		for j, v := range row {
			cells[j] = q.cell(v)
		}
		out[i] = strings.Join(cells, " | ")
	}
	if !q.ordered {
		slices.Sort(out)
	}
	return out
}

// cell writes a value so that equal values, and no others, have equal texts.
// Floats keep nine digits: sums depend on the order of their parts.
func (q question) cell(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(x)
	case float64:
		return q.float(x)
	case []any:
		items := make([]string, len(x))
		for i := range x {
			items[i] = q.cell(x[i])
		}
		if q.bags {
			slices.Sort(items)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		var items []string
		for _, k := range slices.Sorted(maps.Keys(x)) {
			items = append(items, k+": "+question{}.cellOf(q.bags, x[k]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	case graph.NodeValue:
		return "(" + x.ID + " " + strings.Join(x.Labels, ":") + " " + question{}.cell(x.Properties) + ")"
	case graph.EdgeValue:
		return "[" + x.From + " " + x.Kind + " " + x.To + " " + question{}.cell(x.Properties) + "]"
	case graph.PathValue:
		return q.pathText(x)
	}
	return fmt.Sprint(v)
}

func (question) cellOf(bags bool, v any) string { return question{bags: bags}.cell(v) }

func (question) float(x float64) string {
	if math.Abs(x) < 1e-12 { // what rounding leaves of zero, and minus zero
		x = 0
	}
	return strconv.FormatFloat(x, 'g', 9, 64) + "f"
}

func (q question) pathText(p graph.PathValue) string {
	if q.path != nil {
		return fmt.Sprintf("%d steps", len(p.Edges))
	}
	var b strings.Builder
	for i, n := range p.Nodes {
		b.WriteString(q.cell(n))
		if i < len(p.Edges) {
			b.WriteString(q.cell(p.Edges[i]))
		}
	}
	return b.String()
}

// invalid finds a path that is not one of the graph, that the query did not
// ask for, that walks an edge twice, or that stands twice in the answer.
func (q question) invalid(g *graph.Graph, r *graph.Result) string {
	edges := map[string]bool{}
	for _, e := range g.Edges() {
		edges[e.From+" "+string(e.Kind)+" "+e.To] = true
	}
	seen := map[string]bool{}
	for _, row := range r.Rows {
		for _, v := range row {
			p, ok := v.(graph.PathValue)
			if !ok {
				continue
			}
			used, text := map[string]bool{}, ""
			for i, e := range p.Edges {
				key := e.From + " " + e.Kind + " " + e.To
				from, to := p.Nodes[i].ID, p.Nodes[i+1].ID
				joins := e.From == from && e.To == to || e.From == to && e.To == from
				if !edges[key] || !joins || used[key] || !q.path(e) {
					return fmt.Sprintf("step %d of a path: %s from %s to %s: in the graph %v, twice %v, wanted %v", i, key, from, to, edges[key], used[key], q.path(e))
				}
				used[key] = true
				text += from + " " + key + " "
			}
			if text += p.Nodes[len(p.Nodes)-1].ID; seen[text] {
				return "the same path twice: " + text
			}
			seen[text] = true
		}
	}
	return ""
}
