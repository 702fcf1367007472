package cypher_test

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/cyphertest"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// The naive evaluator: it enumerates every assignment of a pattern in the order of the text, tests everything at
// the end, and shares no code with the engine. A query is made as a structure, which the engine reads as
// text and the naive evaluator as it is.

type naiveGraph struct {
	labels [][]string
	v      []int
	edges  []naiveEdge
}

type naiveEdge struct {
	from, to int
	kind     string
	w        int
}

func randomGraph(r *rand.Rand) (*naiveGraph, *cyphertest.Graph) {
	g := &naiveGraph{}
	b := &cyphertest.Builder{}
	n := 1 + r.IntN(7)
	for i := 0; i < n; i++ {
		var labels []string
		for _, l := range []string{"A", "B", "C"} {
			if r.IntN(3) == 0 {
				labels = append(labels, l)
			}
		}
		v := r.IntN(3)
		g.labels, g.v = append(g.labels, labels), append(g.v, v)
		b.Node(labels, cyphertest.Props{"id": value.OfInt(int64(i)), "v": value.OfInt(int64(v))})
	}
	for i := 0; i < r.IntN(11); i++ {
		e := naiveEdge{r.IntN(n), r.IntN(n), []string{"R", "S", "T"}[r.IntN(3)], r.IntN(3)}
		g.edges = append(g.edges, e)
		b.Edge(e.from, e.to, e.kind, cyphertest.Props{"id": value.OfInt(int64(i)), "w": value.OfInt(int64(e.w))})
	}
	return g, b.Freeze("id", "v")
}

type naiveNode struct {
	name  string
	label string
	v     int // -1 without
}

type naiveLink struct {
	name     string // "" anonymous
	kinds    []string
	dir      int // 0 right, 1 left, 2 either
	w        int // -1 without
	variable bool
	style    int // 0 star, 1 quantifier, 2 quantified path of one, 3 of two relationships
	min, max int
	rise     bool // quantified path: left node's v <= right node's v
}

type naivePart struct {
	nodes []naiveNode
	links []naiveLink
}

type naiveCond struct {
	kind string // "eq" n.v = c, "join" n.v = m.v, "less" n.v < m.v, "exists" (n)-[:R]->(:A), "notexists", "differ" n <> m
	a, b string
	c    int
}

type naiveMatch struct {
	parts []naivePart
	conds []naiveCond
}

func (n naiveNode) text() string {
	s := "(" + n.name
	if n.label != "" {
		s += ":" + n.label
	}
	if n.v >= 0 {
		s += fmt.Sprintf(" {v: %d}", n.v)
	}
	return s + ")"
}

func (l naiveLink) text() string {
	inner := l.name
	if l.style >= 2 && l.variable {
		return l.quantifiedText()
	}
	if len(l.kinds) > 0 {
		inner += ":" + strings.Join(l.kinds, "|")
	}
	if l.variable && l.style == 0 {
		inner += fmt.Sprintf("*%d..%d", l.min, l.max)
	}
	if l.w >= 0 {
		inner += fmt.Sprintf(" {w: %d}", l.w)
	}
	s := [3]string{"-[%s]->", "<-[%s]-", "-[%s]-"}[l.dir]
	s = fmt.Sprintf(s, inner)
	if l.variable && l.style == 1 {
		s += fmt.Sprintf("{%d,%d}", l.min, l.max)
	}
	return s
}

func (l naiveLink) quantifiedText() string {
	one := l
	one.variable, one.name = false, l.name
	body := "(x" + l.name + ")" + one.text() + "(y" + l.name + ")"
	if l.style == 3 {
		two := one
		two.name = ""
		body = "(x" + l.name + ")" + one.text() + "()" + two.text() + "(y" + l.name + ")"
	}
	if l.rise {
		body += fmt.Sprintf(" WHERE x%s.v <= y%s.v", l.name, l.name)
	}
	return fmt.Sprintf("(%s){%d,%d}", body, l.min, l.max)
}

func (p naivePart) text() string {
	s := p.nodes[0].text()
	for i, l := range p.links {
		s += l.text() + p.nodes[i+1].text()
	}
	return s
}

func (c naiveCond) text() string {
	switch c.kind {
	case "eq":
		return fmt.Sprintf("%s.v = %d", c.a, c.c)
	case "join":
		return fmt.Sprintf("%s.v = %s.v", c.a, c.b)
	case "less":
		return fmt.Sprintf("%s.v < %s.v", c.a, c.b)
	case "differ":
		return fmt.Sprintf("%s <> %s", c.a, c.b)
	case "exists":
		return fmt.Sprintf("EXISTS { (%s)-[:R|S]->(:A) }", c.a)
	}
	return fmt.Sprintf("NOT (%s)-[:R]->(:A)", c.a)
}

func (m naiveMatch) text() string {
	var parts, conds []string
	for _, p := range m.parts {
		parts = append(parts, p.text())
	}
	for _, c := range m.conds {
		conds = append(conds, c.text())
	}
	s := strings.Join(parts, ", ")
	if len(conds) > 0 {
		s += " WHERE " + strings.Join(conds, " AND ")
	}
	return s
}

// row binds names: a node or an edge number, or the edges of a part of variable length.
type naiveRow struct {
	nodes map[string]int
	edges map[string][]int
	used  []int
	total int // edges of the first part, for its length
}

func (r naiveRow) copy() naiveRow {
	c := naiveRow{map[string]int{}, map[string][]int{}, append([]int(nil), r.used...), r.total}
	for k, v := range r.nodes {
		c.nodes[k] = v
	}
	for k, v := range r.edges {
		c.edges[k] = v
	}
	return c
}

// match enumerates the rows of a MATCH that extend a row of earlier clauses.
func (g *naiveGraph) match(m naiveMatch, outer naiveRow) []naiveRow {
	start := outer.copy()
	start.used, start.total = nil, 0
	rows := []naiveRow{start}
	for i, p := range m.parts {
		var next []naiveRow
		for _, r := range rows {
			next = append(next, g.path(p, r, i == 0)...)
		}
		rows = next
	}
	var kept []naiveRow
	for _, r := range rows {
		ok := true
		for _, c := range m.conds {
			ok = ok && g.holds(c, r)
		}
		if ok {
			kept = append(kept, r)
		}
	}
	return kept
}

func (g *naiveGraph) holds(c naiveCond, r naiveRow) bool {
	a, b := r.nodes[c.a], r.nodes[c.b]
	switch c.kind {
	case "eq":
		return g.v[a] == c.c
	case "join":
		return g.v[a] == g.v[b]
	case "less":
		return g.v[a] < g.v[b]
	case "differ":
		return a != b
	}
	found := false
	for _, e := range g.edges {
		if e.from == a && g.has(e.to, "A") && (e.kind == "R" || c.kind == "exists" && e.kind == "S") {
			found = true
		}
	}
	return found == (c.kind == "exists")
}

func (g *naiveGraph) has(n int, label string) bool {
	if label == "" {
		return true
	}
	for _, l := range g.labels[n] {
		if l == label {
			return true
		}
	}
	return false
}

// accept binds a node pattern; false when it does not fit.
func (g *naiveGraph) accept(p naiveNode, n int, r naiveRow) bool {
	if known, ok := r.nodes[p.name]; ok && p.name != "" && known != n {
		return false
	}
	if !g.has(n, p.label) || p.v >= 0 && g.v[n] != p.v {
		return false
	}
	if p.name != "" {
		r.nodes[p.name] = n
	}
	return true
}

func (g *naiveGraph) path(p naivePart, r naiveRow, first bool) []naiveRow {
	type partial struct {
		row naiveRow
		at  int
	}
	var open []partial
	for n := range g.v {
		c := r.copy()
		if g.accept(p.nodes[0], n, c) {
			open = append(open, partial{c, n})
		}
	}
	for i, l := range p.links {
		var next []partial
		for _, o := range open {
			for _, walk := range g.walks(l, o.at, o.row.used) {
				c := o.row.copy()
				if !g.accept(p.nodes[i+1], walk.end, c) {
					continue
				}
				c.used = append(c.used, walk.edges...)
				if first {
					c.total += len(walk.edges)
				}
				c.edges[l.name] = walk.named(l)
				next = append(next, partial{c, walk.end})
			}
		}
		open = next
	}
	var rows []naiveRow
	for _, o := range open {
		rows = append(rows, o.row)
	}
	return rows
}

type naiveWalk struct {
	edges []int
	end   int
}

// named is the edges that the link's variable holds: every second one of a body of two.
func (w naiveWalk) named(l naiveLink) []int {
	if !l.variable || l.style != 3 {
		return w.edges
	}
	var some []int
	for i := 0; i < len(w.edges); i += 2 {
		some = append(some, w.edges[i])
	}
	return some
}

func (g *naiveGraph) walks(l naiveLink, from int, used []int) []naiveWalk {
	low, high, size := 1, 1, 1
	if l.variable {
		low, high = l.min, l.max
		if l.style == 3 {
			size = 2
		}
	}
	var found []naiveWalk
	var extend func(w naiveWalk, starts int)
	extend = func(w naiveWalk, start int) {
		n := len(w.edges)
		if n%size == 0 {
			if n > 0 && l.variable && l.rise && l.style >= 2 && g.v[start] > g.v[w.end] {
				return
			}
			start = w.end
			if n/size >= low {
				found = append(found, w)
			}
		}
		if n >= high*size {
			return
		}
		for i, e := range g.edges {
			if contains(w.edges, i) || contains(used, i) || l.w >= 0 && e.w != l.w {
				continue
			}
			if len(l.kinds) > 0 && !contains(l.kinds, e.kind) {
				continue
			}
			step := func(far int) {
				extend(naiveWalk{append(append([]int(nil), w.edges...), i), far}, start)
			}
			if l.dir != 1 && e.from == w.end {
				step(e.to)
			}
			if l.dir != 0 && e.to == w.end && !(l.dir == 2 && e.from == e.to) {
				step(e.from)
			}
		}
	}
	extend(naiveWalk{end: from}, from)
	return found
}

func contains[T comparable](list []T, x T) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

// generator makes random patterns.
type generator struct {
	*rand.Rand
	// stars says that parts of variable length of the MATCH are written with a star: the forms do not mix.
	stars bool
	names []string // of nodes, in use
	links int
}

func (r *generator) node(fresh bool) naiveNode {
	n := naiveNode{v: -1}
	switch k := r.IntN(4); {
	case k == 0 && len(r.names) > 0 && !fresh:
		n.name = r.names[r.IntN(len(r.names))]
	default:
		n.name = fmt.Sprintf("n%d", len(r.names))
		r.names = append(r.names, n.name)
	}
	if r.IntN(3) == 0 {
		n.label = []string{"A", "B", "C", "Missing"}[r.IntN(10)%4]
	}
	if r.IntN(6) == 0 {
		n.v = r.IntN(3)
	}
	return n
}

func (r *generator) link(variable bool) naiveLink {
	l := naiveLink{dir: r.IntN(3), w: -1, variable: variable, min: 1}
	l.name = fmt.Sprintf("r%d", r.links)
	r.links++
	for _, k := range []string{"R", "S", "T"} {
		if r.IntN(2) == 0 {
			l.kinds = append(l.kinds, k)
		}
	}
	if r.IntN(5) == 0 {
		l.w = r.IntN(3)
	}
	if variable {
		l.style = 1 + r.IntN(3)
		if r.stars {
			l.style = 0
		}
		l.min = r.IntN(3)
		l.max = max(1, l.min+r.IntN(3))
		l.rise = l.style >= 2 && r.IntN(3) == 0
		if l.style == 3 {
			l.max = max(l.min, min(l.max, 2))
			if l.max == 0 {
				l.max = 1
			}
		}
	}
	return l
}

func (r *generator) part(length int, variables int) naivePart {
	p := naivePart{nodes: []naiveNode{r.node(false)}}
	for i := 0; i < length; i++ {
		p.links = append(p.links, r.link(variables > 0 && r.IntN(2) == 0))
		if p.links[i].variable {
			variables--
		}
		p.nodes = append(p.nodes, r.node(false))
	}
	return p
}

func (r *generator) conds(n int) []naiveCond {
	var conds []naiveCond
	for ; n > 0; n-- {
		c := naiveCond{kind: []string{"eq", "join", "less", "exists", "notexists", "differ"}[r.IntN(6)], c: r.IntN(3)}
		c.a, c.b = r.names[r.IntN(len(r.names))], r.names[r.IntN(len(r.names))]
		conds = append(conds, c)
	}
	return conds
}

func (r *generator) match() naiveMatch {
	r.stars = r.IntN(3) == 0
	m := naiveMatch{parts: []naivePart{r.part(r.IntN(3), 2)}}
	if r.IntN(3) == 0 {
		m.parts = append(m.parts, r.part(r.IntN(2), 1))
	}
	m.conds = r.conds(r.IntN(3))
	return m
}

// columns writes everything that a row binds as RETURN items, and the same of a naive row as text.
func (r *generator) columns(m ...naiveMatch) (items []string, render func(naiveRow) string) {
	var nodes []string
	nodes = append(nodes, r.names...)
	var links []naiveLink
	for _, one := range m {
		for _, p := range one.parts {
			links = append(links, p.links...)
		}
	}
	for _, n := range nodes {
		items = append(items, n+".id")
	}
	for _, l := range links {
		if l.variable {
			items = append(items, fmt.Sprintf("[e IN %s | e.id]", l.name))
		} else {
			items = append(items, "["+l.name+".id]")
		}
	}
	return items, func(row naiveRow) string {
		var cells []string
		for _, n := range nodes {
			if id, ok := row.nodes[n]; ok {
				cells = append(cells, fmt.Sprint(id))
			} else {
				cells = append(cells, "null")
			}
		}
		for _, l := range links {
			edges, ok := row.edges[l.name]
			switch {
			case ok:
				cells = append(cells, strings.ReplaceAll(fmt.Sprint(edges), "[]", "[]"))
			case l.variable:
				cells = append(cells, "null")
			default:
				cells = append(cells, "[null]")
			}
		}
		return strings.Join(cells, " | ")
	}
}

func sorted(list []string) []string {
	sort.Strings(list)
	return list
}
