package cypher_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/cyphertest"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// lookout is a context that counts the looks at it, and what the run asks of the graph between two of them. It ends at
// its n-th look.
type lookout struct {
	context.Context
	left  int
	graph *countedGraph
	seen  int // calls of the graph at the last look

	looks       int
	ended       bool
	mostCalls   int
	callsBehind int // at the look that ended it
}

func (l *lookout) Err() error {
	l.looks++
	l.mostCalls = max(l.mostCalls, l.graph.calls-l.seen)
	l.seen = l.graph.calls
	if l.left--; l.left > 0 {
		return nil
	}
	l.ended, l.callsBehind = true, l.graph.calls
	return context.Canceled
}

// countedGraph counts what a run asks.
type countedGraph struct {
	*cyphertest.Graph
	calls int
}

func (g *countedGraph) Neighbours(n uint32, t cypher.TypeID, dir cypher.Direction) (nodes, edges []uint32) {
	g.calls++
	return g.Graph.Neighbours(n, t, dir)
}

func (g *countedGraph) NodeProperty(n uint32, k cypher.KeyID) value.Value {
	g.calls++
	return g.Graph.NodeProperty(n, k)
}

func (g *countedGraph) EdgeProperty(e uint32, k cypher.KeyID) value.Value {
	g.calls++
	return g.Graph.EdgeProperty(e, k)
}

func (g *countedGraph) HasLabel(n uint32, l cypher.LabelID) bool {
	g.calls++
	return g.Graph.HasLabel(n, l)
}

func (g *countedGraph) EdgeType(e uint32) cypher.TypeID {
	g.calls++
	return g.Graph.EdgeType(e)
}

func (g *countedGraph) EdgeEnds(e uint32) (from, to uint32) {
	g.calls++
	return g.Graph.EdgeEnds(e)
}

// chain is a path of so many edges.
func chain(edges int) *cyphertest.Graph {
	b := &cyphertest.Builder{}
	last := b.Node([]string{"Start"}, nil)
	for i := range edges {
		var labels []string
		if i == edges-1 {
			labels = []string{"End"}
		}
		next := b.Node(labels, cyphertest.Props{"id": value.OfInt(int64(i))})
		b.Edge(last, next, "T", cyphertest.Props{"x": value.OfInt(int64(i))})
		last = next
	}
	return b.Freeze("id")
}

// watched runs q and returns what it asked of the graph and how it looked at its context.
func watched(t *testing.T, q *cypher.Query, over *cyphertest.Graph, looks int) (*countedGraph, *lookout, error) {
	g := &countedGraph{Graph: over}
	ctx := &lookout{Context: t.Context(), left: looks, graph: g}
	_, err := q.Run(ctx, g, nil, cypher.Limits{})
	return g, ctx, err
}

// TestEveryOperatorLooksAtItsContext runs something large through every operator, and through the functions whose
// work grows with one value. The work of each run is known, in units that take a machine about as long as a row:
// a row, a comparison, an element of a list, 16 letters. The looks at the context must keep up with it. No clock is
// read: a count does not depend on the machine.
func TestEveryOperatorLooksAtItsContext(t *testing.T) {
	const (
		mostWork  = 8_000  // per look, on average; a few milliseconds
		mostCalls = 20_000 // of the graph, between any two looks
		million   = 1_000_000
	)
	ladder16, star1k, star10k, chain2k := ladder(16), star(1_000), star(10_000), chain(2_000)
	big := "reduce(s = 'ab', x IN range(1, 22) | s + s)" // 8 million letters
	cases := []struct {
		operator string
		graph    *cyphertest.Graph
		text     string
		work     int
	}{
		{"AllNodesScan", star10k, "UNWIND range(1, 100) AS x MATCH (a) RETURN count(a.x)", million},
		{"NodeByLabelScan", star10k, "UNWIND range(1, 100) AS x MATCH (a:Leaf) RETURN count(a)", million},
		{"NodeIndexSeek", chain2k, "UNWIND range(1, 1000000) AS x MATCH (a {id: x % 100}) RETURN count(a)", 2 * million},
		{"Argument", star10k, "UNWIND range(1, 1000000) AS x RETURN sum(COUNT { WITH x WHERE x > 3 RETURN x })", 2 * million},
		{"CartesianProduct", star1k, "MATCH (a), (b) RETURN count(*)", million},
		{"ValueHashJoin", star1k, "MATCH (a:Leaf), (b:Leaf) WHERE size(labels(a)) = size(labels(b)) RETURN count(*)", million},
		{"Expand(All)", star1k, "MATCH (a)-->(b)-->(c)-->(d) RETURN count(*)", 2 * million},
		{"Expand(Into)", star1k, "MATCH (a:Leaf), (b:Centre) UNWIND range(1, 1000) AS x MATCH (a)-[r]->(b) RETURN count(r)", 2 * million},
		{"ProjectEndpoints", star1k, "MATCH ()-[r]->() UNWIND range(1, 500) AS x MATCH (a)-[r]->(b) RETURN count(a)", 2 * million},
		{"Filter", star10k, "UNWIND range(1, 1000000) AS x WITH x WHERE x % 2 = 5 RETURN count(x)", 2 * million},
		{"Projection", star10k, "UNWIND range(1, 1000000) AS x WITH x + 1 AS y WITH y + 1 AS z RETURN count(z)", 2 * million},
		{"Unwind", star10k, "UNWIND range(1, 3000000) AS x RETURN x % 2", 6 * million},
		{"Limit", star10k, "UNWIND range(1, 3000000) AS x WITH x SKIP 2999999 RETURN x", 6 * million},
		{"OptionalApply", star10k, "UNWIND range(1, 1000000) AS x OPTIONAL MATCH (a:Centre {x: x}) RETURN count(a)", 2 * million},
		{"Apply", star10k, "UNWIND range(1, 100) AS x CALL (x) { MATCH (a) WHERE x > 0 RETURN count(a) AS n } RETURN sum(n)", million},
		{"Union", star10k, "CALL () { UNWIND range(1, 1000000) AS x RETURN x UNION ALL UNWIND range(1, 1000000) AS x RETURN x } RETURN count(x)", 4 * million},
		{"ProcedureCall", star10k, "UNWIND range(1, 1000000) AS x CALL db.labels() YIELD label RETURN count(label)", 3 * million},
		{"PathProjection", star1k, "MATCH p = (a)-->(b)-->(c) RETURN count(p)", million},
		{"PathProjection", chain2k, "MATCH p = (:Start)-[:T*]->(a)-[:T]->(b) RETURN sum(length(p))", 2 * million / 16},
		{"Distinct", star10k, "UNWIND range(1, 1000000) AS x WITH DISTINCT x % 1000 AS y RETURN count(y)", 2 * million},
		{"Distinct", star10k, "WITH range(1, 100000) AS l UNWIND range(1, 300) AS x WITH DISTINCT l + x AS y RETURN count(y)", 30 * million / 16},
		{"Sort", star10k, "UNWIND range(1, 1000000) AS x RETURN x ORDER BY x % 1000, x DESC", 15 * million},
		{"Sort", star10k, "WITH range(1, 100000) AS l UNWIND range(1, 100) AS x WITH l + x AS y ORDER BY y DESC RETURN count(y)", 10 * million / 16},
		{"Top", star10k, "UNWIND range(1, 1000000) AS x RETURN x ORDER BY x % 1000, x DESC LIMIT 10", 2 * million},
		{"EagerAggregation", star10k, "UNWIND range(1, 1000000) AS x RETURN x % 5, percentileCont(x, 0.5)", 3 * million},
		{"EagerAggregation", star10k, "UNWIND range(1, 1000000) AS x RETURN percentileDisc(-x, 0.9)", 10 * million},
		{"EagerAggregation", star10k, "UNWIND range(1, 500000) AS x RETURN collect(x)", million},
		{"EagerAggregation", star10k, "WITH range(1, 100000) AS l UNWIND range(1, 300) AS x RETURN max(l + x), count(DISTINCT l + x)", 60 * million / 16},
		{"VarLengthExpand(All)", ladder16, "MATCH p = (:Start)-[:T*]->(:End) RETURN count(p)", million / 4},
		{"VarLengthExpand(All)", chain2k, "MATCH (:Start)-[r:T*]->(n) RETURN sum(size(r))", 2 * million / 16},
		{"VarLengthExpand(Into)", ladder16, "MATCH (a:Start), (b:End) WITH a, b LIMIT 1 MATCH p = (a)-[:T*]->(b) RETURN count(p)", million / 4},
		{"VarLengthExpand(Pruning,BFS)", star1k, "MATCH (a)-[:T*]->(b) RETURN count(DISTINCT b)", million},
		{"ShortestPath(Bidirectional,BFS)", star(300), "MATCH (a:Leaf), (b:Leaf) WHERE a <> b MATCH p = shortestPath((a)-[:T*]->(b)) RETURN sum(length(p))", 200_000},
		{"ShortestPath(Bidirectional,BFS)", chain2k, "MATCH (a:Start), (b) WHERE a <> b MATCH p = shortestPath((a)-[:T*]->(b)) RETURN sum(length(p))", 2 * million},
		{"AllShortestPaths(Bidirectional,BFS)", ladder16, "MATCH p = allShortestPaths((:Start)-[:T*]->(:End)) RETURN count(p)", million / 2},
		{"StatefulShortestPath(Into)", star(30), "MATCH p = SHORTEST 1000000 (a:Leaf)--+(b:Leaf) RETURN count(p)", 0},
		{"StatefulShortestPath(Into)", chain(800), "MATCH p = SHORTEST 2 (a:Start)-[:T]->+(b) RETURN sum(length(p))", 320_000 / 16},
		{"Projection", star10k, "RETURN " + big + " =~ '(a+b+)+c' AS x", 8 * million / 4},
		{"Projection", star10k, "RETURN reduce(s = 'a', x IN range(1, 15) | s + s) =~ '(a?){1000}' AS x", 1000 * 1000 / 16}, /* the first 1,000 letters decide */
		{"Projection", star10k, "RETURN toUpper(" + big + ") = toLower(" + big + ") AS x", 16 * million / 16},
		{"Projection", star10k, "RETURN reverse(" + big + ") AS x", 8 * million},
		{"Projection", star10k, "RETURN toLower('Σ' + " + big + ") AS x", 8 * million},
		{"Projection", star10k, "RETURN replace(" + big + ", 'b', 'aa') AS x", 12 * million / 16},
		{"Projection", star10k, "RETURN split(" + big + ", 'a') AS x", 4 * million},
		{"Projection", star10k, "RETURN " + big + " CONTAINS 'aab' AS x", 8 * million / 16},
		{"Projection", star10k, "RETURN size(" + big + ") + char_length(" + big + ") AS x", 16 * million / 16},
		{"Projection", star10k, "RETURN trim(reduce(s = ' ', x IN range(1, 23) | s + s)) AS x", 8 * million / 16},
		{"Projection", star10k, "RETURN right(" + big + ", 3) AS x", 8 * million / 16},
		{"Projection", star10k, "RETURN substring(" + big + ", 7000000) AS x", 8 * million / 16},
		{"Projection", star10k, "WITH range(1, 1000000) AS l RETURN [size(tail(l)), size(reverse(l)), size(l[1..]), size(l + l)] AS x", 5 * million / 4},
		{"Projection", star10k, "WITH range(1, 1000000) AS l RETURN [size(toStringList(l)), size(toFloatList(l))] AS x", 2 * million},
		{"Projection", star10k, "RETURN size(range(1, 3000000)) AS x", 3 * million},
		{"Projection", star10k, "WITH range(1, 3000000) AS l RETURN -1 IN l AS x", 6 * million},
		{"Projection", star10k, "RETURN [x IN range(1, 1000000) WHERE x % 2 = 0 | x + 1] AS x", 2 * million},
		{"Projection", star10k, "RETURN reduce(a = 0, x IN range(1, 1000000) | a + x) AS x", 2 * million},
		{"Projection", star10k, "RETURN all(x IN range(1, 1000000) WHERE x > 0) AS x", 2 * million},
		{"Projection", star10k, "MATCH (a:Leaf) WITH a LIMIT 50 RETURN sum(size([(a)-->(c)-->(b) | b])) AS x", million / 2},
		{"Projection", star10k, "MATCH (a:Leaf) WITH a LIMIT 50 RETURN sum(COUNT { (a)-->(c)-->(b) }) AS x", million / 2},
		{"Projection", star1k, "RETURN size(COLLECT { MATCH (a)-->(b)-->(c) RETURN a }) AS x", million},
	}
	var covered []string
	for _, c := range cases {
		q, _, err := cypher.Prepare(c.text, nil)
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		plan, err := q.Explain(c.graph)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan.String(), c.operator) {
			t.Errorf("%s: no %s in\n%s", c.text, c.operator, plan)
		}
		covered = append(covered, c.operator)
		// Ended at its third look, whatever it does then ends; left alone, it looks as often as its work wants.
		g, ctx, err := watched(t, q, c.graph, 3)
		if !ctx.ended || !errors.Is(err, context.Canceled) || g.calls != ctx.callsBehind {
			t.Errorf("%s: %v after %d looks, and %d calls of the graph after its end", c.text, err, ctx.looks, g.calls-ctx.callsBehind)
		}
		looks := math.MaxInt
		if c.work == 0 { // without an end
			looks = 200
		}
		_, ctx, _ = watched(t, q, c.graph, looks)
		if want := max(c.work/mostWork, 5); ctx.looks < want {
			t.Errorf("%s: looks %d times at its context, want %d", c.text, ctx.looks, want)
		}
		if ctx.mostCalls > mostCalls {
			t.Errorf("%s: %d calls of the graph between two looks", c.text, ctx.mostCalls)
		}
		if testing.Verbose() {
			fmt.Printf("%-36s %8d calls %8d looks %8d work per look %.60s\n", c.operator, ctx.mostCalls, ctx.looks, c.work/ctx.looks, c.text)
		}
	}
	slices.Sort(covered)
	if covered = slices.Compact(covered); len(covered) != operatorKinds {
		t.Errorf("%d kinds of operators, want %d: %v", len(covered), operatorKinds, covered)
	}
}

// operatorKinds is how many names the describe methods of the operators give.
const operatorKinds = 28
