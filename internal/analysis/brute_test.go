package analysis

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// The tests of this file answer the same questions as the package on thousands of
// small random graphs, by trying everything, and compare. They share nothing with
// it but the description of edges: what may be walked is decided anew.

// randomProjection makes a small graph with up to three entries, up to three
// stores of training data, AI resources and an administrator, and edges that are
// random in kind, cost, verdict and assumption, several between the same nodes.
func randomProjection(t *testing.T, rnd *rand.Rand) *Projection {
	t.Helper()
	n := 3 + rnd.IntN(7)
	nodes := make([]Node, n)
	kinds := []schema.NodeKind{schema.Role, schema.Role, schema.Function, schema.Model, schema.VectorIndex, schema.Capability}
	for i := range nodes {
		nodes[i] = Node{ID: fmt.Sprintf("n%02d", i), Kind: kinds[rnd.IntN(len(kinds))], Environment: "a"}
	}
	nodes[0].ID, nodes[0].Kind = schema.InternetID, schema.Internet
	for i := range 1 + rnd.IntN(min(3, n-1)) {
		nodes[i].Entry = true
	}
	for i := range rnd.IntN(min(4, n)) {
		nodes[n-1-i].Kind, nodes[n-1-i].Training = schema.Bucket, true
	}
	if rnd.IntN(3) == 0 {
		nodes[n/2].ID, nodes[n/2].Kind = schema.AdminCapabilityID("a"), schema.Capability
	}
	ids := make([]string, n)
	for i := range nodes {
		ids[i] = nodes[i].ID
	}
	b := newBuilder(nodes)
	edgeKinds := []schema.EdgeKind{schema.Assumes, schema.ReadsData, schema.WritesData, schema.Exposes, schema.RunsAs, schema.Derives}
	seen := map[string]bool{}
	for range rnd.IntN(5 * n) {
		from, to, k := rnd.IntN(n), rnd.IntN(n), edgeKinds[rnd.IntN(len(edgeKinds))]
		key := fmt.Sprint(from, to, k)
		if from == to || seen[key] {
			continue
		}
		seen[key] = true
		v := schema.Allow
		if rnd.IntN(4) == 0 {
			v = schema.Conditional
		}
		assumes := schema.AssumesNothing
		if rnd.IntN(2) == 0 {
			assumes = schema.Assumptions()[rnd.IntN(4)]
		}
		err := b.add(ids[from], ids[to], Edge{Kind: k, Verdict: v, Assumes: assumes, Confidence: schema.High,
			Cost: int32(rnd.IntN(5)), Techniques: []string{"t"}, Evidence: []string{graph.Evidence{Document: "d", Summary: "s"}.Encode()}})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.finish()
}

// randomQuery asks for random ends, spelled in every way, under random rules.
func randomQuery(rnd *rand.Rand, p *Projection) PathQuery {
	q := PathQuery{MaxHops: 1 + rnd.IntN(7), K: 1 + rnd.IntN(7), Derivative: rnd.IntN(3) == 0}
	if rnd.IntN(4) == 0 {
		q.MaxHops, q.K = MaxMaxHops, MaxK
	}
	ends := func() []string {
		id := func() string { return p.Nodes[rnd.IntN(len(p.Nodes))].ID }
		switch rnd.IntN(6) {
		case 0:
			return []string{id()}
		case 1:
			return []string{id(), id(), SelectTrainingData}
		case 2:
			return []string{"kind=Role", SelectAI}
		case 3:
			return []string{SelectAdmin, SelectInternet}
		}
		return nil
	}
	q.From, q.To = ends(), ends()
	switch rnd.IntN(4) {
	case 0:
		q.Assume = []schema.Assumption{}
	case 1:
		q.Assume = []schema.Assumption{schema.AssumesCredential, schema.AssumesVulnerability}
	}
	return q
}

// brute answers by trying everything.
type brute struct {
	p        *Projection
	from, to []int32
	edges    []Edge
	usable   []bool
}

func bruteOf(t *testing.T, p *Projection, q PathQuery) *brute {
	t.Helper()
	a, err := p.ask(q)
	if err != nil {
		t.Fatal(err)
	}
	b := &brute{p: a.p, from: a.from, to: a.to}
	assumed := map[schema.Assumption]bool{schema.AssumesNothing: true}
	if q.Assume == nil {
		q.Assume = []schema.Assumption{schema.AssumesVulnerability, schema.AssumesUserAction}
	}
	for _, x := range q.Assume {
		assumed[x] = true
	}
	for i := range a.p.to {
		e := a.p.Edge(int32(i))
		trace := e.Kind == schema.Derives && a.p.Nodes[e.From].Kind != schema.VectorIndex && a.p.Nodes[e.From].Kind != schema.Bucket
		b.edges = append(b.edges, e)
		b.usable = append(b.usable, assumed[e.Assumes] && (q.Derivative || !trace))
	}
	return b
}

// lastStep reports whether a path to target may end with e.
func (b *brute) lastStep(target int32, e *Edge) bool {
	return !b.p.Nodes[target].Training || e.Kind == schema.ReadsData || e.Kind == schema.WritesData || e.Kind == schema.Derives
}

// simple lists every simple path of at most maxHops edges, by cost and hops.
func (b *brute) simple(entry, target int32, maxHops int) []route {
	var out []route
	visited := map[int32]bool{entry: true}
	var walk func(at int32, edges []int32, cost int32)
	walk = func(at int32, edges []int32, cost int32) {
		for i := range b.edges {
			e := &b.edges[i]
			if e.From != at || !b.usable[i] || visited[e.To] || len(edges) == maxHops || e.To == target && !b.lastStep(target, e) {
				continue
			}
			c := cost + max(e.Cost, 1)
			if e.Verdict == schema.Conditional {
				c += conditionalPenalty
			}
			if e.To == target {
				out = append(out, route{edges: append(slices.Clone(edges), int32(i)), cost: c})
				continue
			}
			visited[e.To] = true
			walk(e.To, append(edges, int32(i)), c)
			visited[e.To] = false
		}
	}
	if entry != target {
		walk(entry, nil, 0)
	}
	slices.SortFunc(out, func(a, b route) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.edges), len(b.edges)))
	})
	return out
}

func (b *brute) connected(entry, target int32) bool {
	return len(b.simple(entry, target, len(b.p.Nodes))) > 0
}

// without is b with some edges gone.
func (b *brute) without(edges ...int32) *brute {
	out := *b
	out.usable = slices.Clone(b.usable)
	for _, e := range edges {
		out.usable[e] = false
	}
	return &out
}

func TestPathsAgreeWithBruteForce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	pairs, echoes, cuts := 0, 0, map[string]int{}
	for round := range 15_000 {
		p := randomProjection(t, rnd)
		q := randomQuery(rnd, p)
		got, err := p.Paths(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		b := bruteOf(t, p, q)
		all := map[string][]route{} // of each pair
		cut := map[string]bool{}
		for _, entry := range b.from {
			for _, target := range b.to {
				want := b.simple(entry, target, q.MaxHops)
				switch {
				case len(want) > q.K:
					cut["paths"] = true
				case len(want) == 0 && b.connected(entry, target):
					cut["depth"] = true
				}
				if len(want) > 0 {
					pairs++
				}
				all[b.p.Nodes[entry].ID+" "+b.p.Nodes[target].ID] = want[:min(q.K, len(want))]
			}
		}
		mine := map[string][]Path{}
		for i, x := range got.Paths {
			checkPath(t, b, &got.Paths[i], q.MaxHops)
			key := x.Entry + " " + x.Target
			mine[key] = append(mine[key], x)
		}
		for key, want := range all {
			if len(cut) == 0 { // what is left out is known when nothing is cut
				n := len(want)
				want = slices.DeleteFunc(slices.Clone(want), func(r route) bool { return b.echo(key, r, all) })
				echoes += n - len(want)
			} else if !strings.HasPrefix(key, schema.InternetID) && all[schema.InternetID+key[strings.Index(key, " "):]] != nil {
				delete(mine, key) // some may be left out; the rounds without a cut decide
				continue
			}
			have := mine[key]
			slices.SortFunc(have, func(x, y Path) int { return cmp.Or(cmp.Compare(x.cost, y.cost), cmp.Compare(x.Hops, y.Hops)) })
			if len(have) != len(want) {
				t.Fatalf("round %d, %s: %d paths, brute force %d (%+v)", round, key, len(have), len(want), q)
			}
			for i := range have {
				if have[i].cost != want[i].cost || have[i].Hops != len(want[i].edges) {
					t.Fatalf("round %d, %s: path %d costs %d in %d hops, brute force %d in %d", round, key, i, have[i].cost, have[i].Hops, want[i].cost, len(want[i].edges))
				}
			}
			delete(mine, key)
		}
		if len(mine) > 0 {
			t.Fatalf("round %d: paths of other pairs: %v", round, mine)
		}
		checkCutWord(t, round, got, cut)
		if got.TruncatedAt != nil {
			cuts[*got.TruncatedAt]++
		}
	}
	if pairs < 5000 || cuts["paths"] < 300 || cuts["depth"] < 200 || echoes < 100 {
		t.Errorf("%d pairs with a path, %d echoes, cut %v: the graphs are too thin to prove anything", pairs, echoes, cuts)
	}
}

// checkPath looks at one path by itself: it exists, is simple and says what its
// edges say; no edge is walked that may not be.
func checkPath(t *testing.T, b *brute, x *Path, maxHops int) {
	t.Helper()
	visited := map[string]bool{x.Nodes[0].ID: true}
	conditional := false
	for i, e := range x.Edges {
		edge := &b.edges[x.edges[i]]
		if !b.usable[x.edges[i]] || e.From != x.Nodes[i].ID || e.To != x.Nodes[i+1].ID || e.Kind != edge.Kind || b.p.Nodes[edge.From].ID != e.From || visited[e.To] {
			t.Fatalf("no path: %+v", x)
		}
		visited[e.To] = true
		conditional = conditional || edge.Verdict == schema.Conditional
	}
	if x.Entry != x.Nodes[0].ID || x.Target != x.Nodes[len(x.Nodes)-1].ID || x.Hops != len(x.Edges) || x.Hops > maxHops || conditional != (x.Verdict == schema.Conditional) {
		t.Fatalf("wrong words: %+v", x)
	}
}

// echo reports whether the anonymous caller surely walks the route of another
// outsider too.
func (b *brute) echo(pair string, r route, all map[string][]route) bool {
	entry, target, _ := strings.Cut(pair, " ")
	if entry == schema.InternetID {
		return false
	}
	through := func(r route) (s string) {
		for _, e := range r.edges {
			s += b.p.Nodes[b.edges[e].To].ID + " "
		}
		return s + impact(b.edges[r.edges[len(r.edges)-1]].Kind)
	}
	return slices.ContainsFunc(all[schema.InternetID+" "+target], func(x route) bool {
		sure := !slices.ContainsFunc(x.edges, func(e int32) bool { return b.edges[e].Verdict == schema.Conditional })
		return sure && through(x) == through(r)
	})
}

func checkCutWord(t *testing.T, round int, got *PathAnswer, cut map[string]bool) {
	t.Helper()
	want := ""
	for _, w := range []string{"depth", "paths"} {
		if cut[w] {
			want = w
		}
	}
	have := ""
	if got.TruncatedAt != nil {
		have = *got.TruncatedAt
	}
	if have != want || got.Exhaustive != (want == "") {
		t.Fatalf("round %d: cut at %q, exhaustive %v, brute force %q", round, have, got.Exhaustive, want)
	}
}

// reached says which targets any walk leads to, without one node: training data by
// a last step that takes or changes data.
func (b *brute) reached(without int32) map[int32]bool {
	seen := map[int32]bool{}
	queue := slices.Clone(b.from)
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		if n == without || seen[n] {
			continue
		}
		seen[n] = true
		for i := range b.edges {
			if b.edges[i].From == n && b.usable[i] {
				queue = append(queue, b.edges[i].To)
			}
		}
	}
	out := map[int32]bool{}
	for _, t := range b.to {
		for i := range b.edges {
			e := &b.edges[i]
			if e.To == t && b.usable[i] && seen[e.From] && t != without && b.lastStep(t, e) && !slices.Contains(b.from, t) {
				out[t] = true
			}
		}
	}
	return out
}

func TestChokePointsAgreeWithBruteForce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	points, cuts := 0, 0
	for round := range 15_000 {
		p := randomProjection(t, rnd)
		q := randomQuery(rnd, p)
		got, err := p.ChokePoints(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		b := bruteOf(t, p, q)
		all := b.reached(-1)
		if got.Targets != len(all) {
			t.Fatalf("round %d: %d targets, brute force %d", round, got.Targets, len(all))
		}
		want := map[string][]string{}
		lost := func(name string, left map[int32]bool, except int32) {
			for x := range all {
				if !left[x] && x != except {
					want[name] = append(want[name], b.p.Nodes[x].ID)
				}
			}
			slices.Sort(want[name])
			if len(want[name]) == 0 {
				delete(want, name)
			}
		}
		for v := range b.p.Nodes {
			if !slices.Contains(b.from, int32(v)) {
				lost(b.p.Nodes[v].ID, b.reached(int32(v)), int32(v))
			}
		}
		for i, e := range b.edges {
			if b.usable[i] {
				lost(EdgeName(b.p.Nodes[e.From].ID, e.Kind, b.p.Nodes[e.To].ID), b.without(int32(i)).reached(-1), -1)
			}
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
		checkCut(t, round, b, got)
		for _, x := range got.Cut {
			if name := EdgeName(x.From, x.Kind, x.To); x.Closes != len(want[name]) {
				t.Fatalf("round %d: %s of the cut closes %d by itself, brute force %d", round, name, x.Closes, len(want[name]))
			}
		}
		if len(got.Cut) > 0 {
			cuts++
		}
	}
	if points < 5000 || cuts < 1000 {
		t.Errorf("%d points, %d cuts: the graphs are too thin to prove anything", points, cuts)
	}
}

// checkCut removes the cut and, on graphs with few edges, tries every cheaper set.
func checkCut(t *testing.T, round int, b *brute, got *ChokePoints) {
	t.Helper()
	effort := 0
	var cut []int32
	for _, x := range got.Cut {
		es, err := b.p.FindEdges([]string{EdgeName(x.From, x.Kind, x.To)})
		if err != nil {
			t.Fatal(err)
		}
		cut = append(cut, es...)
		effort += x.Effort
	}
	if len(b.without(cut...).reached(-1)) > 0 || effort != got.Effort {
		t.Fatalf("round %d: the cut of effort %d (sum %d) leaves a way", round, got.Effort, effort)
	}
	var usable []int32
	for e := range b.edges {
		if b.usable[e] {
			usable = append(usable, int32(e))
		}
	}
	if len(usable) > 10 {
		return
	}
	for set := range 1 << len(usable) {
		sum := 0
		var out []int32
		for i, e := range usable {
			if set&(1<<i) != 0 {
				out = append(out, e)
				sum += b.p.effort(e)
			}
		}
		if sum < got.Effort && len(b.without(out...).reached(-1)) == 0 {
			t.Fatalf("round %d: a cut of effort %d exists, %d was found", round, sum, got.Effort)
		}
	}
}

func TestWhatIfAgreesWithBruteForce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	closed := 0
	for round := range 8_000 {
		p := randomProjection(t, rnd)
		q := randomQuery(rnd, p)
		b := bruteOf(t, p, q)
		if len(b.edges) == 0 {
			continue
		}
		var removed []int32
		var names []string
		for range 1 + rnd.IntN(3) {
			e := int32(rnd.IntN(len(b.edges)))
			removed = append(removed, e)
			names = append(names, EdgeName(b.p.Nodes[b.edges[e].From].ID, b.edges[e].Kind, b.p.Nodes[b.edges[e].To].ID))
		}
		got, err := p.WhatIf(t.Context(), q, names)
		if err != nil {
			t.Fatal(err)
		}
		before, after := 0, 0
		var lost []Pair
		for _, x := range b.from {
			for _, y := range b.to {
				switch fewer := b.without(removed...); {
				case !b.connected(x, y):
				case fewer.connected(x, y):
					before, after = before+1, after+1
				default:
					before++
					lost = append(lost, Pair{b.p.Nodes[x].ID, b.p.Nodes[y].ID})
				}
			}
		}
		if got.Before != before || got.After != after || !slices.Equal(got.Closed, lost) {
			t.Fatalf("round %d: %d → %d closed %v, brute force %d → %d closed %v", round, got.Before, got.After, got.Closed, before, after, lost)
		}
		closed += len(lost)
		// The other way to look gives the same.
		a, err := p.ask(q)
		if err != nil {
			t.Fatal(err)
		}
		for name, compare := range map[string]func() (*WhatIf, error){
			"forward": func() (*WhatIf, error) {
				w := &WhatIf{}
				return w, a.compareForward(t.Context(), a.walk.without(a.p, removed), w)
			},
			"backward": func() (*WhatIf, error) {
				w := &WhatIf{}
				return w, a.compareBackward(t.Context(), a.walk.without(a.p, removed), w)
			},
		} {
			w, err := compare()
			if err != nil || w.Before != before || w.After != after || len(w.Closed) != len(lost) {
				t.Fatalf("round %d, %s: %d → %d, brute force %d → %d, %v", round, name, w.Before, w.After, before, after, err)
			}
		}
	}
	if closed < 300 {
		t.Errorf("only %d pairs were closed", closed)
	}
}

func TestBlastRadiusAgreesWithBruteForce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	reached, truncated := 0, 0
	for round := range 5_000 {
		p := randomProjection(t, rnd)
		q := randomQuery(rnd, p)
		origin := p.Nodes[rnd.IntN(len(p.Nodes))].ID
		got, err := p.BlastRadius(origin, q)
		if err != nil {
			t.Fatal(err)
		}
		q.From, q.To = []string{origin}, []string{SelectAI}
		b := bruteOf(t, p, q)
		level := map[int32]int{b.from[0]: 0}
		want, beyond := map[string]int{}, false
		for hop := 1; hop <= len(p.Nodes); hop++ { // Bellman and Ford's way
			for i := range b.edges {
				e := &b.edges[i]
				if from, ok := level[e.From]; ok && from == hop-1 && b.usable[i] {
					if _, known := level[e.To]; !known {
						level[e.To] = hop
						if hop <= q.MaxHops {
							want[b.p.Nodes[e.To].ID] = hop
						} else {
							beyond = true
						}
					}
				}
			}
		}
		have := map[string]int{}
		for _, r := range got.Reached {
			have[r.ID] = r.Hops
		}
		if len(have) != len(got.Reached) || got.Total != len(want) || got.Truncated != beyond || fmt.Sprint(have) != fmt.Sprint(want) {
			t.Fatalf("round %d: %v (truncated %v), brute force %v (%v)", round, have, got.Truncated, want, beyond)
		}
		reached += len(want)
		if beyond {
			truncated++
		}
	}
	if reached < 2000 || truncated < 50 {
		t.Errorf("%d reached, %d truncated: the graphs are too thin to prove anything", reached, truncated)
	}
}
