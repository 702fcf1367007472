package cypher_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/cyphertest"
	"github.com/postern-sec/postern/internal/longtest"
)

// pairs is the number of random pairs of graph and query; POSTERN_PAIRS and POSTERN_SEED change the run.
func pairs(t *testing.T) (n int, seed uint64) {
	n, seed = 20_000, 20261123
	if !longtest.Enabled() {
		n = 2_000
	}
	if s := os.Getenv("POSTERN_PAIRS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	if s := os.Getenv("POSTERN_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("%d pairs, seed %d", n, seed)
	return n, seed
}

func execute(g *cyphertest.Graph, text string) (*cypher.Result, error) {
	q, _, err := cypher.Prepare(text, nil)
	if err != nil {
		return nil, err
	}
	return q.Run(context.Background(), g, nil, cypher.Limits{MaxTime: 10 * time.Second})
}

// cells writes a result row as the naive evaluator does.
func cells(row []any) string {
	var out []string
	for _, v := range row {
		if v == nil {
			out = append(out, "null")
			continue
		}
		out = append(out, strings.ReplaceAll(fmt.Sprint(v), "<nil>", "null"))
	}
	return strings.Join(out, " | ")
}

// TestAgainstNaive compares the engine with the naive evaluator on random small graphs: all bindings of one or two
// clauses, distinct ends, shortest lengths by end, and optional matches.
func TestAgainstNaive(t *testing.T) {
	n, seed := pairs(t)
	failures := 0
	for i := 0; i < n && failures < 5; i++ {
		r := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(i)))}
		naive, graph := randomGraph(r.Rand)
		text, want := randomCase(r, naive)
		result, err := execute(graph, text)
		if err != nil {
			t.Errorf("pair %d: %s\n  %v", i, text, err)
			failures++
			continue
		}
		var got []string
		for _, row := range result.Rows {
			got = append(got, cells(row))
		}
		if a, b := strings.Join(sorted(got), "\n    "), strings.Join(sorted(want), "\n    "); a != b {
			t.Errorf("pair %d: %s\n  graph %+v\n  engine\n    %s\n  naive\n    %s", i, text, *naive, a, b)
			failures++
		}
	}
}

// randomCase is a query with the rows that it must have.
func randomCase(r *generator, g *naiveGraph) (text string, want []string) {
	empty := naiveRow{nodes: map[string]int{}, edges: map[string][]int{}}
	first := r.match()
	rows := g.match(first, empty)
	end := r.names[len(r.names)-1]
	switch r.IntN(6) {
	case 0: // distinct ends
		seen := map[string]bool{}
		for _, row := range rows {
			seen[fmt.Sprint(row.nodes[end])] = true
		}
		for k := range seen {
			want = append(want, k)
		}
		return "MATCH " + first.text() + " RETURN DISTINCT " + end + ".id", want
	case 1: // count of distinct ends
		seen := map[int]bool{}
		for _, row := range rows {
			seen[row.nodes[end]] = true
		}
		return "MATCH " + first.text() + " RETURN count(DISTINCT " + end + ")", []string{fmt.Sprint(len(seen))}
	case 2: // shortest length by end
		best := map[int]int{}
		for _, row := range rows {
			if d, ok := best[row.nodes[end]]; !ok || row.total < d {
				best[row.nodes[end]] = row.total
			}
		}
		for e, d := range best {
			want = append(want, fmt.Sprintf("%d | %d", e, d))
		}
		return "MATCH p = " + first.text() + " RETURN " + end + ".id, min(length(p))", want
	case 3: // optional
		second := r.match()
		items, render := r.columns(first, second)
		for _, row := range rows {
			more := g.match(second, row)
			if len(more) == 0 {
				more = []naiveRow{row}
			}
			for _, m := range more {
				want = append(want, render(m))
			}
		}
		return "MATCH " + first.text() + " OPTIONAL MATCH " + second.text() + " RETURN " + strings.Join(items, ", "), want
	case 4: // two clauses
		second := r.match()
		items, render := r.columns(first, second)
		for _, row := range rows {
			for _, m := range g.match(second, row) {
				want = append(want, render(m))
			}
		}
		return "MATCH " + first.text() + " MATCH " + second.text() + " RETURN " + strings.Join(items, ", "), want
	}
	items, render := r.columns(first)
	for _, row := range rows {
		want = append(want, render(row))
	}
	return "MATCH " + first.text() + " RETURN " + strings.Join(items, ", "), want
}

// TestSelectorsAgainstNaive compares what the path selectors find: for each pair of ends the wanted number of
// different trails of the smallest lengths. Which of equally long ones is free.
func TestSelectorsAgainstNaive(t *testing.T) {
	n, seed := pairs(t)
	failures, answered := 0, 0
	for i := 0; i < n/2 && failures < 5; i++ {
		r := &generator{Rand: rand.New(rand.NewPCG(seed+1, uint64(i)))}
		naive, graph := randomGraph(r.Rand)
		c := randomSelector(r)
		result, err := execute(graph, c.text)
		if err != nil {
			if c.legacy && strings.Contains(err.Error(), "to itself") {
				continue
			}
			t.Errorf("pair %d: %s\n  %v", i, c.text, err)
			failures++
			continue
		}
		if len(result.Rows) > 0 {
			answered++
		}
		if problem := c.check(naive, result); problem != "" {
			t.Errorf("pair %d: %s\n  graph %+v\n  %s", i, c.text, *naive, problem)
			failures++
		}
	}
	if answered < n/20 {
		t.Errorf("only %d queries had an answer; the generator tests nothing", answered)
	}
}

type selectorCase struct {
	part   naivePart
	text   string
	k      int
	groups bool
	legacy bool
	allW   int // all relationships have this w, -1 without
}

func randomSelector(r *generator) selectorCase {
	c := selectorCase{k: 1, allW: -1}
	length := 1
	if r.IntN(4) == 0 {
		length = 2
	}
	c.part.nodes = []naiveNode{r.node(true)}
	for i := 0; i < length; i++ {
		l := r.link(i == 0 || r.IntN(2) == 0)
		c.part.links = append(c.part.links, l)
		c.part.nodes = append(c.part.nodes, r.node(true))
	}
	from, to := c.part.nodes[0].name, c.part.nodes[length].name
	selector, where := "", ""
	switch r.IntN(6) {
	case 0:
		selector = "ANY"
	case 1:
		selector, c.groups = "ALL SHORTEST", true
	case 2:
		c.k = 1 + r.IntN(3)
		selector = fmt.Sprintf("SHORTEST %d", c.k)
	case 3:
		c.k, c.groups = 1+r.IntN(3), true
		selector = fmt.Sprintf("SHORTEST %d GROUPS", c.k)
	default:
		return legacyCase(r, c)
	}
	c.text = fmt.Sprintf("MATCH p = %s %s%s RETURN %s.id, %s.id, [e IN relationships(p) | e.id]", selector, c.part.text(), where, from, to)
	return c
}

func legacyCase(r *generator, c selectorCase) selectorCase {
	c.part.links, c.part.nodes = c.part.links[:1], c.part.nodes[:2]
	l := &c.part.links[0]
	l.style, l.min, l.rise, l.w = 0, r.IntN(2), false, -1 // no properties inside shortestPath
	l.max = max(1, l.max)
	c.legacy, c.groups = true, r.IntN(2) == 0
	name := "shortestPath"
	if c.groups {
		name = "allShortestPaths"
	}
	from, to := c.part.nodes[0].name, c.part.nodes[1].name
	where := fmt.Sprintf(" WHERE %s <> %s", from, to)
	if r.IntN(2) == 0 {
		c.allW = r.IntN(3)
		where += fmt.Sprintf(" AND all(e IN relationships(p) WHERE e.w = %d)", c.allW)
	}
	c.text = fmt.Sprintf("MATCH p = %s(%s)%s RETURN %s.id, %s.id, [e IN relationships(p) | e.id]", name, c.part.text(), where, from, to)
	return c
}

// check compares the result with all trails that the naive evaluator finds.
func (c selectorCase) check(g *naiveGraph, result *cypher.Result) string {
	part := c.part
	if c.allW >= 0 {
		if part.links[0].w >= 0 && part.links[0].w != c.allW {
			part.links[0].w = 99
		} else {
			part.links[0].w = c.allW
		}
	}
	from, to := part.nodes[0].name, part.nodes[len(part.nodes)-1].name
	lengths := map[string]map[int]int{} // by pair, the number of different trails of each length
	valid := map[string]int{}           // trails, with the number of ways to match them
	for _, row := range g.match(naiveMatch{parts: []naivePart{part}}, naiveRow{nodes: map[string]int{}, edges: map[string][]int{}}) {
		if c.legacy && row.nodes[from] == row.nodes[to] {
			continue
		}
		pair := fmt.Sprintf("%d %d", row.nodes[from], row.nodes[to])
		if lengths[pair] == nil {
			lengths[pair] = map[int]int{}
		}
		lengths[pair][row.total]++
		valid[pair+fmt.Sprint(row.used)]++
	}
	got := map[string]map[int]int{}
	for _, row := range result.Rows {
		pair := fmt.Sprintf("%v %v", row[0], row[1])
		edges := row[2].([]any)
		if valid[pair+fmt.Sprint(edges)]--; valid[pair+fmt.Sprint(edges)] < 0 {
			return fmt.Sprintf("%s %v is no trail, or is given too often", pair, edges)
		}
		if got[pair] == nil {
			got[pair] = map[int]int{}
		}
		got[pair][len(edges)]++
	}
	want := map[string]map[int]int{}
	for pair, byLength := range lengths {
		want[pair] = c.wanted(byLength)
	}
	if a, b := fmt.Sprint(got), fmt.Sprint(want); a != b {
		return "engine " + a + "\n  naive  " + b
	}
	return ""
}

// wanted is how many trails of each length the selector gives.
func (c selectorCase) wanted(byLength map[int]int) map[int]int {
	want := map[int]int{}
	left := c.k
	for length := 0; length < 100 && left > 0; length++ {
		n := byLength[length]
		if n == 0 {
			continue
		}
		if c.groups {
			want[length] = n
			left--
			continue
		}
		want[length] = min(n, left)
		left -= want[length]
	}
	return want
}
