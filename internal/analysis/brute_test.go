package analysis

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// randomProjection makes a small graph: node 0 is the internet, some nodes are
// training data, edges are random in kind, cost and verdict.
func randomProjection(t *testing.T, rnd *rand.Rand) *Projection {
	t.Helper()
	n := 4 + rnd.IntN(6)
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[i] = Node{ID: fmt.Sprintf("n%02d", i), Kind: schema.Role}
		if i < 2 {
			nodes[i].Entry = true
		}
		if i >= n-2 {
			nodes[i].Kind, nodes[i].Training = schema.Bucket, true
		}
	}
	kinds := []schema.EdgeKind{schema.Assumes, schema.ReadsData, schema.WritesData, schema.Exposes}
	seen := map[string]bool{}
	var rows []namedEdge
	for range rnd.IntN(4 * n) {
		a, b, k := rnd.IntN(n), rnd.IntN(n), kinds[rnd.IntN(len(kinds))]
		key := fmt.Sprint(a, b, k)
		if a == b || seen[key] {
			continue
		}
		seen[key] = true
		v := schema.Allow
		if rnd.IntN(4) == 0 {
			v = schema.Conditional
		}
		rows = append(rows, namedEdge{nodes[a].ID, nodes[b].ID, Edge{Kind: k, Verdict: v, Assumes: schema.Assumptions()[rnd.IntN(4)], Confidence: schema.High,
			Cost: int32(1 + rnd.IntN(4)), Techniques: []string{"t"}, Evidence: []string{graph.Evidence{Document: "d", Summary: "s"}.Encode()}}})
	}
	p, err := build(nodes, rows)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// allSimple lists every simple path of at most maxHops edges by walking them all.
func allSimple(p *Projection, allowed []bool, entry, target int32, maxHops int) []route {
	var out []route
	visited := map[int32]bool{entry: true}
	var walk func(at int32, edges []int32, cost int32)
	walk = func(at int32, edges []int32, cost int32) {
		if at == target {
			out = append(out, route{slices.Clone(edges), cost})
			return
		}
		if len(edges) == maxHops {
			return
		}
		for _, e := range p.Out(at) {
			h := p.Edges[e].To
			if !allowed[e] || visited[h] || h == target && p.Nodes[target].Training && !takesData(&p.Edges[e]) {
				continue
			}
			visited[h] = true
			walk(h, append(edges, e), cost+p.Edges[e].weight())
			visited[h] = false
		}
	}
	walk(entry, nil, 0)
	slices.SortFunc(out, func(a, b route) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.edges), len(b.edges)))
	})
	return out
}

func TestPathsAgreeWithBruteForce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	withPaths := 0
	for round := range 5000 {
		p := randomProjection(t, rnd)
		q := PathQuery{MaxHops: 1 + rnd.IntN(6), K: 1 + rnd.IntN(6)}
		if rnd.IntN(2) == 0 { // the other orientation
			q.To = []string{p.Nodes[len(p.Nodes)-1].ID}
		}
		got, err := p.Paths(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		full, _ := q.withDefaults()
		allowed := p.allowedEdges(full)
		from, _ := p.Select(full.From)
		to, _ := p.Select(full.To)
		listed := 0
		cut := false
		for _, a := range from {
			for _, b := range to {
				want := allSimple(p, allowed, a, b, full.MaxHops)
				if len(want) > 0 {
					withPaths++
				}
				var mine []Path
				for _, x := range got.Paths {
					if x.Entry == p.Nodes[a].ID && x.Target == p.Nodes[b].ID {
						mine = append(mine, x)
					}
				}
				listed += len(mine)
				if len(mine) != min(len(want), full.K) {
					t.Fatalf("round %d: %d paths of %d, k %d", round, len(mine), len(want), full.K)
				}
				slices.SortFunc(mine, func(x, y Path) int { return cmp.Or(cmp.Compare(x.cost, y.cost), cmp.Compare(x.Hops, y.Hops)) })
				for i := range mine {
					if mine[i].cost != want[i].cost {
						t.Fatalf("round %d: path %d costs %d, brute force %d", round, i, mine[i].cost, want[i].cost)
					}
					if !slices.ContainsFunc(want, func(w route) bool { return slices.Equal(w.edges, mine[i].edges) }) {
						t.Fatalf("round %d: path %d is none", round, i)
					}
				}
				cut = cut || len(want) > full.K || len(want) == 0 && len(allSimple(p, allowed, a, b, len(p.Nodes))) > 0
			}
		}
		if listed != len(got.Paths) {
			t.Fatalf("round %d: paths of other pairs", round)
		}
		if got.Exhaustive == cut {
			t.Fatalf("round %d: exhaustive %v, cut %v", round, got.Exhaustive, cut)
		}
	}
	if withPaths < 2000 {
		t.Errorf("only %d pairs had a path: the graphs are too thin to prove anything", withPaths)
	}
}

// reached counts targets that are reached when some edges and one node are gone.
func reachedTargets(p *Projection, from, to []int32, allowed []bool, without int32) map[int32]bool {
	masked := slices.Clone(allowed)
	if without >= 0 {
		for _, e := range p.Out(without) {
			masked[e] = false
		}
		for _, e := range p.In(without) {
			masked[e] = false
		}
	}
	hops := p.closure(from, masked)
	out := map[int32]bool{}
	for _, t := range to {
		if !slices.Contains(from, t) && p.taken(t, hops, masked) {
			out[t] = true
		}
	}
	return out
}

func TestChokePointsAgreeWithBruteForce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	points, cuts := 0, 0
	for round := range 3000 {
		p := randomProjection(t, rnd)
		q, _ := PathQuery{}.withDefaults()
		got, err := p.ChokePoints(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		allowed := p.allowedEdges(q)
		from, _ := p.Select(q.From)
		to, _ := p.Select(q.To)
		all := reachedTargets(p, from, to, allowed, -1)
		if got.Targets != len(all) {
			t.Fatalf("round %d: %d targets, brute force %d", round, got.Targets, len(all))
		}
		want := map[string][]string{}
		lost := func(name string, left map[int32]bool, except int32) {
			for x := range all {
				if !left[x] && x != except {
					want[name] = append(want[name], p.Nodes[x].ID)
				}
			}
			slices.Sort(want[name])
			if len(want[name]) == 0 {
				delete(want, name)
			}
		}
		for v := range p.Nodes {
			if !slices.Contains(from, int32(v)) {
				lost(p.Nodes[v].ID, reachedTargets(p, from, to, allowed, int32(v)), int32(v))
			}
		}
		for e := range p.Edges {
			if !allowed[e] {
				continue
			}
			masked := slices.Clone(allowed)
			masked[e] = false
			x := &p.Edges[e]
			lost(EdgeName(p.Nodes[x.From].ID, x.Kind, p.Nodes[x.To].ID), reachedTargets(p, from, to, masked, -1), -1)
		}
		if len(want) != len(got.Points) {
			t.Fatalf("round %d: %d points, brute force %d: %v", round, len(got.Points), len(want), want)
		}
		for _, c := range got.Points {
			if !slices.Equal(c.Targets, want[c.name()]) {
				t.Fatalf("round %d: %s closes %v, brute force %v", round, c.name(), c.Targets, want[c.name()])
			}
		}
		points += len(want)
		checkCut(t, round, p, got, from, to, allowed)
		if len(got.Cut) > 0 {
			cuts++
		}
	}
	if points < 2000 || cuts < 500 {
		t.Errorf("%d points, %d cuts: the graphs are too thin to prove anything", points, cuts)
	}
}

// checkCut removes the cut and, on graphs with few edges, tries every cheaper set.
func checkCut(t *testing.T, round int, p *Projection, got *ChokePoints, from, to []int32, allowed []bool) {
	t.Helper()
	closes := func(mask []bool) bool { return len(reachedTargets(p, from, to, mask, -1)) == 0 }
	masked, effort := slices.Clone(allowed), 0
	for _, b := range got.Cut {
		es, err := p.FindEdges([]string{EdgeName(b.From, b.Kind, b.To)})
		if err != nil {
			t.Fatal(err)
		}
		masked[es[0]] = false
		effort += b.Effort
	}
	if !closes(masked) || effort != got.Effort {
		t.Fatalf("round %d: the cut of effort %d (sum %d) leaves a way", round, got.Effort, effort)
	}
	var usable []int32
	for e := range p.Edges {
		if allowed[e] {
			usable = append(usable, int32(e))
		}
	}
	if len(usable) > 10 {
		return
	}
	for set := range 1 << len(usable) {
		mask, sum := slices.Clone(allowed), 0
		for i, e := range usable {
			if set&(1<<i) != 0 {
				mask[e] = false
				sum += remedy[p.Edges[e].Kind].effort
			}
		}
		if sum < got.Effort && closes(mask) {
			t.Fatalf("round %d: a cut of effort %d exists, %d was found", round, sum, got.Effort)
		}
	}
}

func TestWhatIfAgreesWithBruteForce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	closed := 0
	for round := range 1000 {
		p := randomProjection(t, rnd)
		if len(p.Edges) == 0 {
			continue
		}
		remove := []int32{int32(rnd.IntN(len(p.Edges)))}
		got, err := p.WhatIf(t.Context(), PathQuery{}, remove)
		if err != nil {
			t.Fatal(err)
		}
		q, _ := PathQuery{}.withDefaults()
		allowed := p.allowedEdges(q)
		fewer := slices.Clone(allowed)
		fewer[remove[0]] = false
		from, _ := p.Select(q.From)
		to, _ := p.Select(q.To)
		before, after := 0, 0
		for _, a := range from {
			for _, b := range to {
				if len(allSimple(p, allowed, a, b, len(p.Nodes))) > 0 {
					before++
				}
				if len(allSimple(p, fewer, a, b, len(p.Nodes))) > 0 {
					after++
				}
			}
		}
		if got.Before != before || got.After != after || len(got.Closed) != before-after {
			t.Fatalf("round %d: %d → %d, brute force %d → %d", round, got.Before, got.After, before, after)
		}
		closed += before - after
	}
	if closed < 50 {
		t.Errorf("only %d pairs were closed", closed)
	}
}
