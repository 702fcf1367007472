package cypher_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/cyphertest"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// lookout is a context that ends at its n-th look, and measures what the run did between two looks: calls of the
// graph, and processor time of the thread, which others on the machine do not disturb.
type lookout struct {
	context.Context
	left  int
	graph *countedGraph
	seen  int // calls of the graph at the last look
	at    time.Duration

	ended       bool
	mostCalls   int
	longest     time.Duration
	callsBehind int // at the look that ended it
}

func (l *lookout) Err() error {
	now := threadTime()
	if l.at > 0 {
		l.longest = max(l.longest, now-l.at)
	}
	l.mostCalls = max(l.mostCalls, l.graph.calls-l.seen)
	l.at, l.seen = now, l.graph.calls
	if l.left--; l.left > 0 {
		return nil
	}
	l.ended, l.callsBehind = true, l.graph.calls
	return context.Canceled
}

func threadTime() time.Duration {
	const thread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if err := syscall.Getrusage(thread, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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

// growing is the processor time that a list of two million small rows takes here to grow, the least of three times. An
// operator that keeps its rows does as much between two looks, so on a machine where it takes longer than 100 ms that is
// the bound.
func growing() time.Duration {
	least := time.Hour
	for range 3 {
		at := threadTime()
		var rows [][2]uint64
		for i := range uint64(2_000_000) {
			rows = append(rows, [2]uint64{i})
		}
		runtime.KeepAlive(rows)
		least = min(least, threadTime()-at)
	}
	return least
}

// watched runs q and returns what it asked of the graph and how it looked at its context.
func watched(t *testing.T, q *cypher.Query, over *cyphertest.Graph, looks int) (*countedGraph, *lookout, error) {
	g := &countedGraph{Graph: over}
	ctx := &lookout{Context: t.Context(), left: looks, graph: g}
	_, err := q.Run(ctx, g, nil, cypher.Limits{})
	ctx.longest = max(ctx.longest, threadTime()-ctx.at)
	return g, ctx, err
}

// TestEveryOperatorLooksAtItsContext runs something large through every operator, and through the functions whose
// work grows with one value, and counts what happens between two looks at the context.
func TestEveryOperatorLooksAtItsContext(t *testing.T) {
	const mostCalls = 100_000
	ladder40, star10k, chain20k := ladder(40), star(10_000), chain(20_000)
	big := "reduce(s = 'ab', x IN range(1, 22) | s + s)" // 8 million letters
	cases := []struct {
		operator string
		graph    *cyphertest.Graph
		text     string
		looks    int // 0: 200
	}{
		{"AllNodesScan", star10k, "UNWIND range(1, 10000) AS x MATCH (a) RETURN count(a.x)", 0},
		{"NodeByLabelScan", star10k, "UNWIND range(1, 10000) AS x MATCH (a:Leaf) RETURN count(a)", 0},
		{"NodeIndexSeek", chain20k, "UNWIND range(1, 1000000) AS x MATCH (a {id: x % 100}) RETURN count(a)", 0},
		{"Argument", star10k, "UNWIND range(1, 1000000) AS x RETURN sum(COUNT { WITH x WHERE x > 3 RETURN x })", 0},
		{"CartesianProduct", star10k, "MATCH (a), (b), (c) RETURN count(*)", 0},
		{"ValueHashJoin", star10k, "MATCH (a:Leaf), (b:Leaf) WHERE size(labels(a)) = size(labels(b)) RETURN count(*)", 0},
		{"Expand(All)", star10k, "MATCH (a)-->(b)-->(c)-->(d) RETURN count(*)", 0},
		{"Expand(Into)", star10k, "MATCH (a:Leaf), (b:Centre) UNWIND range(1, 1000) AS x MATCH (a)-[r]->(b) RETURN count(r)", 0},
		{"ProjectEndpoints", star10k, "MATCH ()-[r]->() UNWIND range(1, 1000) AS x MATCH (a)-[r]->(b) RETURN count(a)", 0},
		{"Filter", star10k, "UNWIND range(1, 1000000) AS x WITH x WHERE x % 2 = 5 RETURN count(x)", 0},
		{"Projection", star10k, "UNWIND range(1, 1000000) AS x WITH x + 1 AS y WITH y + 1 AS z RETURN count(z)", 0},
		{"Unwind", star10k, "UNWIND range(1, 3000000) AS x RETURN x % 2", 0},
		{"Limit", star10k, "UNWIND range(1, 3000000) AS x WITH x SKIP 2999999 RETURN x", 1e6},
		{"OptionalApply", star10k, "UNWIND range(1, 1000000) AS x OPTIONAL MATCH (a:Centre {x: x}) RETURN count(a)", 0},
		{"Apply", star10k, "UNWIND range(1, 1000) AS x CALL (x) { MATCH (a) WHERE x > 0 RETURN count(a) AS n } RETURN sum(n)", 0},
		{"Union", star10k, "CALL () { UNWIND range(1, 1000000) AS x RETURN x UNION ALL UNWIND range(1, 1000000) AS x RETURN x } RETURN count(x)", 0},
		{"ProcedureCall", star10k, "UNWIND range(1, 1000000) AS x CALL db.labels() YIELD label RETURN count(label)", 0},
		{"PathProjection", star10k, "MATCH p = (a)-->(b)-->(c) RETURN count(p)", 0},
		{"PathProjection", chain20k, "MATCH p = (:Start)-[:T*]->(a)-[:T]->(b) RETURN sum(length(p))", 0},
		{"Distinct", star10k, "UNWIND range(1, 1000000) AS x WITH DISTINCT x % 1000 AS y RETURN count(y)", 1e6},
		{"Distinct", star10k, "WITH range(1, 100000) AS l UNWIND range(1, 300) AS x WITH DISTINCT l + x AS y RETURN count(y)", 1e6},
		{"Sort", star10k, "UNWIND range(1, 1000000) AS x RETURN x ORDER BY x % 1000, x DESC", 1e6},
		{"Sort", star10k, "WITH range(1, 100000) AS l UNWIND range(1, 100) AS x WITH l + x AS y ORDER BY y DESC RETURN count(y)", 1e6},
		{"Top", star10k, "UNWIND range(1, 1000000) AS x RETURN x ORDER BY x % 1000, x DESC LIMIT 10", 1e6},
		{"EagerAggregation", star10k, "UNWIND range(1, 1000000) AS x RETURN x % 5, percentileCont(x, 0.5)", 1e6},
		{"EagerAggregation", star10k, "UNWIND range(1, 1000000) AS x RETURN percentileDisc(-x, 0.9)", 1e6},
		{"EagerAggregation", star10k, "UNWIND range(1, 500000) AS x RETURN collect(x)", 1e6},
		{"EagerAggregation", star10k, "WITH range(1, 100000) AS l UNWIND range(1, 300) AS x RETURN max(l + x), count(DISTINCT l + x)", 1e6},
		{"VarLengthExpand(All)", ladder40, "MATCH p = (:Start)-[:T*]->(:End) RETURN count(p)", 0},
		{"VarLengthExpand(All)", chain20k, "MATCH (:Start)-[r:T*]->(n) RETURN sum(size(r))", 0},
		{"VarLengthExpand(Into)", ladder40, "MATCH (a:Start), (b:End) WITH a, b LIMIT 1 MATCH p = (a)-[:T*]->(b) RETURN count(p)", 0},
		{"VarLengthExpand(Pruning,BFS)", star10k, "MATCH (a)-[:T*]->(b) RETURN count(DISTINCT b)", 0},
		{"ShortestPath(Bidirectional,BFS)", star10k, "MATCH (a:Leaf), (b:Leaf) WHERE a <> b MATCH p = shortestPath((a)-[:T*]->(b)) RETURN sum(length(p))", 0},
		{"ShortestPath(Bidirectional,BFS)", chain20k, "MATCH (a:Start), (b) WHERE a <> b MATCH p = shortestPath((a)-[:T*]->(b)) RETURN sum(length(p))", 0},
		{"AllShortestPaths(Bidirectional,BFS)", ladder40, "MATCH p = allShortestPaths((:Start)-[:T*]->(:End)) RETURN count(p)", 0},
		{"StatefulShortestPath(Into)", star10k, "MATCH p = SHORTEST 1000000 (a:Leaf)--+(b:Leaf) RETURN count(p)", 0},
		{"StatefulShortestPath(Into)", chain20k, "MATCH p = SHORTEST 2 (a:Start)-[:T]->+(b) RETURN sum(length(p))", 0},
		{"Projection", star10k, "RETURN " + big + " =~ '(a+b+)+c' AS x", 1e6},
		{"Projection", star10k, "RETURN reduce(s = 'a', x IN range(1, 15) | s + s) =~ '(a?){1000}' AS x", 1e6},
		{"Projection", star10k, "RETURN toUpper(" + big + ") = toLower(" + big + ") AS x", 1e6},
		{"Projection", star10k, "RETURN reverse(" + big + ") = toLower('Σ' + " + big + ") AS x", 1e6},
		{"Projection", star10k, "RETURN size(range(1, 3000000)) AS x", 1e6},
		{"Projection", star10k, "WITH range(1, 3000000) AS l RETURN -1 IN l AS x", 1e6},
		{"Projection", star10k, "RETURN [x IN range(1, 1000000) WHERE x % 2 = 0 | x + 1] AS x", 1e6},
		{"Projection", star10k, "RETURN reduce(a = 0, x IN range(1, 1000000) | a + x) AS x", 1e6},
		{"Projection", star10k, "RETURN all(x IN range(1, 1000000) WHERE x > 0) AS x", 1e6},
		{"Projection", star10k, "MATCH (c:Centre) RETURN size([(c)-->(a)-->(b) | a]) AS x", 1e6},
		{"Projection", star10k, "MATCH (c:Centre) RETURN COUNT { (c)-->(a)-->(b)-->(d) } AS x", 0},
		{"Projection", star10k, "RETURN size(COLLECT { MATCH (a)-->(b) RETURN a }) AS x", 1e6},
	}
	// The rest of an operator's work must be worth cancelling: fewer looks than these mean that the case is too small.
	const fewest = 5
	var covered []string
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	longest := max(100*time.Millisecond, growing())
	t.Logf("at most %v of processor time between two looks", longest)
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
		looks := c.looks
		if looks == 0 {
			looks = 200
		}
		g, ctx, err := watched(t, q, c.graph, looks)
		// The collector of garbage may have worked on this thread: what is slow is slow each time.
		for try := 0; try < 2 && ctx.longest > longest; try++ {
			g, ctx, err = watched(t, q, c.graph, looks)
		}
		if looks-ctx.left < fewest {
			t.Errorf("%s: looks %d times at its context", c.text, looks-ctx.left)
		}
		if ctx.mostCalls > mostCalls || ctx.longest > longest {
			t.Errorf("%s: %d calls of the graph and %v between two looks", c.text, ctx.mostCalls, ctx.longest)
		}
		if c.looks == 0 && !ctx.ended {
			t.Errorf("%s: ended by itself after %d looks", c.text, looks-ctx.left)
		}
		if ctx.ended != errors.Is(err, context.Canceled) || ctx.ended && g.calls != ctx.callsBehind {
			t.Errorf("%s: %v, and %d calls of the graph after its end", c.text, err, g.calls-ctx.callsBehind)
		}
		if testing.Verbose() {
			fmt.Printf("%-36s %8d calls %10v  %.60s\n", c.operator, ctx.mostCalls, ctx.longest, c.text)
		}
	}
	slices.Sort(covered)
	if covered = slices.Compact(covered); len(covered) != operatorKinds {
		t.Errorf("%d kinds of operators, want %d: %v", len(covered), operatorKinds, covered)
	}
}

// operatorKinds is how many names the describe methods of the operators give.
const operatorKinds = 28
