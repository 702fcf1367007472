package differential

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/postern-sec/postern/graph"
)

// kind is the type of a generated expression.
type kind int

const (
	integer kind = iota
	float
	text
	boolean
	integers // list of integers in an order that is known
	texts
	bag // list of texts in any order: labels, keys, what collect gives
	object
	node
	edge
	edges // of a pattern of variable length
	nodes // of a repeated part of a pattern
	path
)

type variable struct {
	name string
	kind kind
}

// generator writes one query. Its texts are valid on purpose; that a few are
// not does no harm, because then both stores must say so.
type generator struct {
	*rand.Rand
	scope  []variable
	used   int  // names given so far
	bags   bool // some list of the answer has no order
	nested int  // subqueries around what is being written
}

func (g *generator) name(prefix string) string {
	g.used++
	return fmt.Sprint(prefix, g.used)
}

func (g *generator) add(name string, k kind) string {
	g.scope = append(g.scope, variable{name, k})
	return name
}

// variable is one in scope of kind k, or "".
func (g *generator) variable(k kind) string {
	var names []string
	for _, v := range g.scope {
		if v.kind == k {
			names = append(names, v.name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[g.IntN(len(names))]
}

func (g *generator) pick(choices ...string) string { return choices[g.IntN(len(choices))] }

// chance is true once in n times.
func (g *generator) chance(n int) bool { return g.IntN(n) == 0 }

// query is a whole query of a few clauses.
func (g *generator) query() question {
	q := question{}
	if g.chance(12) {
		q.text = g.union()
		q.bags = g.bags
		return q
	}
	clauses := g.clauses()
	ret, ordered := g.result()
	q.text, q.ordered, q.bags = clauses+ret, ordered, g.bags
	return q
}

func (g *generator) parameters() map[string]any {
	return map[string]any{"i": int64(g.IntN(4)), "s": names[g.IntN(len(names))], "l": []any{int64(g.IntN(3)), nil, int64(2)},
		"id": fmt.Sprint("n", g.IntN(5)), "none": nil}
}

func (g *generator) union() string {
	word := g.pick(" UNION ", " UNION ALL ")
	k := []kind{integer, text, boolean, float}[g.IntN(4)]
	part := func() string {
		g.scope = nil
		return "MATCH " + g.pattern(1) + g.where() + " RETURN " + g.pick("", "DISTINCT ") + g.value(k, 2) + " AS u"
	}
	return part() + word + part()
}

func (g *generator) clauses() string {
	var b strings.Builder
	for range 1 + g.IntN(3) {
		switch n := g.IntN(12); {
		case n < 5 || g.variable(node) == "" && n < 8:
			b.WriteString("MATCH " + g.pattern(2) + g.where() + " ")
		case n < 7:
			b.WriteString("OPTIONAL MATCH " + g.pattern(1) + g.where() + " ")
		case n < 8:
			list := g.value([]kind{integers, texts, bag}[g.IntN(3)], 1)
			b.WriteString("UNWIND " + list + " AS ")
			k := integer
			if !strings.HasPrefix(list, "[") && !strings.HasPrefix(list, "range") && !strings.HasPrefix(list, "$l") {
				k = text
			}
			b.WriteString(g.add(g.name("u"), k) + " ")
		case n < 10:
			b.WriteString(g.with() + " ")
		default:
			b.WriteString(g.call() + " ")
		}
	}
	return b.String()
}

func (g *generator) where() string {
	if !g.chance(3) {
		return ""
	}
	return " WHERE " + g.value(boolean, 3)
}

// with carries over some variables and computes others, or aggregates.
func (g *generator) with() string {
	var items []string
	var next []variable
	for _, v := range g.scope {
		if g.IntN(4) > 0 {
			next = append(next, v)
			items = append(items, v.name)
		}
	}
	aggregate := g.chance(3)
	for range 1 + g.IntN(2) {
		v := variable{g.name("w"), kind(g.IntN(4))}
		expr := ""
		if aggregate {
			expr, v.kind = g.aggregate()
		} else {
			expr = g.value(v.kind, 2)
		}
		items = append(items, expr+" AS "+v.name)
		next = append(next, v)
	}
	g.scope = next
	text := "WITH " + g.distinct() + strings.Join(items, ", ")
	return text + g.where()
}

// distinct is mostly nothing, and always so where the values hold lists without
// an order: two of them may be the same on one store only.
func (g *generator) distinct() string {
	if g.bags {
		return ""
	}
	return g.pick("", "", "", "DISTINCT ")
}

// call is a subquery with imports that gives one value a row.
func (g *generator) call() string {
	if g.nested > 1 {
		return "WITH *"
	}
	g.nested++
	defer func() { g.nested-- }()
	outer := g.scope
	imports := ""
	if v := g.variable(node); v != "" {
		imports = v
		g.scope = []variable{{v, node}}
	} else {
		g.scope = nil
	}
	body := "MATCH " + g.pattern(1) + g.where() + " RETURN "
	out := variable{name: g.name("c")}
	expr := ""
	if g.chance(2) {
		expr, out.kind = g.aggregate()
	} else {
		out.kind = kind(g.IntN(4))
		expr = g.value(out.kind, 2)
	}
	g.scope = append(outer, out)
	head := g.pick("CALL (", "CALL (", "OPTIONAL CALL (")
	if imports != "" && g.chance(4) {
		return "CALL { WITH " + imports + " " + body + expr + " AS " + out.name + " }"
	}
	return head + imports + ") { " + body + expr + " AS " + out.name + " }"
}

// result is the last clause; it tells whether its rows stand in an order that
// both stores must keep.
func (g *generator) result() (string, bool) {
	var items, columns []string
	sortable := true
	aggregate := g.chance(3)
	for range 1 + g.IntN(3) {
		column := g.name("r")
		expr := ""
		k := kind(g.IntN(int(path) + 1))
		switch {
		case aggregate && len(items) > 0:
			expr, k = g.aggregate()
		case aggregate:
			k = kind(g.IntN(int(bag)))
			expr = g.value(k, 2)
		case g.variable(k) != "" && k > boolean:
			expr = g.variable(k)
		default:
			k = kind(g.IntN(int(object) + 1))
			expr = g.value(k, 3)
		}
		if k > texts {
			sortable = false
		}
		items = append(items, expr+" AS "+column)
		columns = append(columns, column)
	}
	out := "RETURN " + g.distinct() + strings.Join(items, ", ")
	if !sortable || g.chance(2) {
		return out, false
	}
	for i := range columns {
		columns[i] += g.pick("", "", " DESC", " ASC", " DESCENDING")
	}
	g.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	out += " ORDER BY " + strings.Join(columns, ", ")
	if g.chance(3) {
		out += " SKIP " + g.pick("0", "1", "$i", "1 + 1")
	}
	if g.chance(3) {
		out += " LIMIT " + g.pick("1", "3", "$i", "7")
	}
	return out, true
}

func (g *generator) aggregate() (string, kind) {
	distinct := g.pick("", "", "DISTINCT ")
	switch g.IntN(13) {
	case 0:
		return "count(*)", integer
	case 1, 2:
		if v := g.variable(node); v != "" {
			return "count(" + distinct + v + ")", integer
		}
		return "count(" + distinct + g.value(text, 1) + ")", integer
	case 3:
		return "sum(" + distinct + g.value(integer, 2) + ")", integer
	case 4:
		return "sum(" + distinct + g.value(float, 2) + ")", float
	case 5:
		return "avg(" + distinct + g.value(integer, 2) + ")", float
	case 6:
		return g.pick("min", "max") + "(" + g.value(integer, 2) + ")", integer
	case 7:
		return g.pick("min", "max") + "(" + g.value(text, 2) + ")", text
	case 8, 9:
		g.bags = true
		return "collect(" + distinct + g.value(text, 2) + ")", bag
	case 10:
		return g.pick("stDev", "stDevP") + "(" + distinct + g.value(integer, 1) + ")", float
	case 11:
		return "percentileDisc(" + g.value(integer, 1) + ", " + g.pick("0.0", "0.5", "1.0") + ")", integer
	}
	return "percentileCont(" + g.value(integer, 1) + ", " + g.pick("0.0", "0.3", "0.5", "1.0") + ")", float
}

// shortest is a query whose paths a store may choose among equals.
func (g *generator) shortest() question {
	types := g.pick("", ":ASSUMES", ":ASSUMES|READS_DATA", ":READS_DATA|HAS_POLICY")
	low, high := g.IntN(3), 1+g.IntN(3)
	most := int64(4)
	dear := func(r string) string { return "" }
	cheap := g.chance(3)
	if cheap {
		most = int64(g.IntN(4))
		dear = func(r string) string { return fmt.Sprintf(" WHERE %s.cost <= %d", r, most) }
	}
	from, to := g.end("a"), g.end("b")
	left, right := g.arrow()
	q := question{path: func(e graph.EdgeValue) bool {
		if cheap {
			if cost, ok := e.Properties["cost"].(int64); !ok || cost > most {
				return false
			}
		}
		return allowed(types, e.Kind)
	}}
	switch g.IntN(5) {
	case 0: // the older forms
		form := g.pick("shortestPath", "allShortestPaths")
		where := ""
		if cheap {
			where = fmt.Sprintf(" AND all(r IN relationships(p) WHERE r.cost <= %d)", most)
		}
		q.text = fmt.Sprintf("MATCH %s, %s WHERE a <> b MATCH p = %s((a)%s[%s*%s]%s(b)) WHERE a.id <> '-'%s RETURN a.id, b.id, p",
			from, to, form, left, types, g.pick("", "..3", "1..4", "1.."), right, where)
		return q
	case 1:
		from = g.pick("(a)", from)
		q.text = fmt.Sprintf("MATCH p = %s %s (()%s[r%s%s]%s()){%d,%d} %s%s RETURN a.id, b.id, p",
			g.selector(), from, left, types, dear("r"), right, low, low+high, to, g.after())
		return q
	case 2:
		q.text = fmt.Sprintf("MATCH p = %s (%s%s[r%s%s]%s%s%s WHERE a.id <> b.id) RETURN a.id, b.id, p",
			g.selector(), from, left, types, dear("r"), right, g.pick("+", "*", "{1,3}"), to)
		return q
	case 3:
		q.text = fmt.Sprintf("MATCH %s, %s CALL (a, b) { MATCH p = %s (a)%s[r%s%s]%s%s(b) RETURN p } RETURN a.id, b.id, p",
			from, to, g.selector(), left, types, dear("r"), right, g.pick("+", "{1,3}", "{0,2}"))
		return q
	}
	q.text = fmt.Sprintf("MATCH p = %s %s%s[r%s%s]%s%s%s%s RETURN a.id, b.id, p",
		g.selector(), from, left, types, dear("r"), right, g.pick("+", "*", "{1,3}", "{2}", "{,2}"), to, g.after())
	return q
}

func allowed(types, kind string) bool {
	if types == "" {
		return true
	}
	return strings.Contains(types, kind)
}

func (g *generator) selector() string {
	return g.pick("SHORTEST 1", "SHORTEST 2", "SHORTEST 5", "ALL SHORTEST", "ANY SHORTEST", "SHORTEST GROUP", "SHORTEST 2 GROUPS", "SHORTEST 3 GROUPS", "ANY", "SHORTEST 2 PATHS")
}

// after filters what was found, by the ends alone: else the free choice would
// show.
func (g *generator) after() string {
	return g.pick("", "", " WHERE a.imds_hop_limit < b.imds_hop_limit", " WHERE a <> b", " WHERE b.name IS NOT NULL")
}

func (g *generator) end(name string) string {
	return "(" + name + g.pick("", "", ":Role", ":Asset", ":Bucket|Model", ":!Role", " {id: $id}", ":Entry") + ")"
}

func (g *generator) arrow() (string, string) {
	switch g.IntN(4) {
	case 0:
		return "<-", "-"
	case 1:
		return "-", "-"
	}
	return "-", "->"
}
