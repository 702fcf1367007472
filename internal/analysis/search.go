package analysis

import (
	"cmp"
	"container/heap"
	"context"
	"slices"

	"github.com/postern-sec/postern/schema"
)

// conditionalPenalty is added to the cost of a conditional edge, so that a path
// that surely holds comes before one of equal effort that may not.
const conditionalPenalty = 5

// weight is the cost of an edge in a search: at least 1, so that the cheapest
// walk is a simple path.
func (e *Edge) weight() int32 {
	w := max(e.Cost, 1)
	if e.Verdict != schema.Allow {
		w += conditionalPenalty
	}
	return w
}

// search looks for paths between one fixed node, the anchor, and many others,
// the starts. It walks from a start towards the anchor, guided by the exact
// distance of every node from the anchor: nothing is expanded that cannot end
// there in the hops that are left.
//
// The anchor is the entry when there are fewer entries than targets, and the
// walk then goes along the edges backwards; else it is the target.
type search struct {
	p        *Projection
	allowed  []bool // by edge
	backward bool   // walk from targets to the anchor, an entry
	anchor   int32
	cost     []int32 // from each node to the anchor; unreached: infinite
	hops     []int32
}

const infinite = int32(1) << 30

func newSearch(p *Projection, allowed []bool, anchor int32, backward bool) *search {
	s := &search{p: p, allowed: allowed, backward: backward, anchor: anchor}
	s.cost, s.hops = distances(p, allowed, anchor, !backward)
	return s
}

// next lists the edges that continue a walk at n, and head the node an edge
// leads a walk to.
func (s *search) next(n int32) []int32 {
	if s.backward {
		return s.p.In(n)
	}
	return s.p.Out(n)
}

func (s *search) head(e int32) int32 {
	if s.backward {
		return s.p.Edges[e].From
	}
	return s.p.Edges[e].To
}

// distances gives each node's least cost and least hops to the anchor when
// edges lead towards it (towards true), or from it.
func distances(p *Projection, allowed []bool, anchor int32, towards bool) (cost, hops []int32) {
	step := func(n int32) []int32 { return p.Out(n) }
	end := func(e int32) int32 { return p.Edges[e].To }
	if towards {
		step = func(n int32) []int32 { return p.In(n) }
		end = func(e int32) int32 { return p.Edges[e].From }
	}
	cost, hops = make([]int32, len(p.Nodes)), make([]int32, len(p.Nodes))
	for i := range cost {
		cost[i], hops[i] = infinite, infinite
	}
	hops[anchor] = 0
	queue := []int32{anchor}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, e := range step(n) {
			if m := end(e); allowed[e] && hops[m] == infinite {
				hops[m] = hops[n] + 1
				queue = append(queue, m)
			}
		}
	}
	cost[anchor] = 0
	q := &costQueue{{0, anchor}}
	for q.Len() > 0 {
		x := heap.Pop(q).(costEntry)
		if x.cost > cost[x.node] {
			continue
		}
		for _, e := range step(x.node) {
			if !allowed[e] {
				continue
			}
			m := end(e)
			if c := x.cost + p.Edges[e].weight(); c < cost[m] {
				cost[m] = c
				heap.Push(q, costEntry{c, m})
			}
		}
	}
	return cost, hops
}

type costEntry struct {
	cost int32
	node int32
}

type costQueue []costEntry

func (q costQueue) Len() int { return len(q) }
func (q costQueue) Less(i, j int) bool {
	return q[i].cost < q[j].cost || q[i].cost == q[j].cost && q[i].node < q[j].node
}
func (q costQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *costQueue) Push(x any)   { *q = append(*q, x.(costEntry)) }
func (q *costQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// route is a path as edges in walking order, with its cost.
type route struct {
	edges []int32
	cost  int32
}

func compareRoutes(a, b route) int {
	return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.edges), len(b.edges)), slices.Compare(a.edges, b.edges))
}

// shortest returns up to k simple paths of at most maxHops edges between start
// and the anchor, cheapest first (Yen's algorithm; ties by hops, then by edge
// numbers). first limits the edges a walk may begin with: nil allows all. more is
// true when there are further paths. It stops early when ctx ends.
func (s *search) shortest(ctx context.Context, start int32, k, maxHops int, first func(e int32) bool) (found []route, more bool, err error) {
	if start == s.anchor || s.cost[start] == infinite {
		return nil, false, nil
	}
	best, ok := s.spur(start, nil, maxHops, first, nil)
	if !ok {
		return nil, false, nil
	}
	found = append(found, best)
	var candidates []route
	for len(found) <= k {
		if err := ctx.Err(); err != nil {
			return found, true, err
		}
		last := found[len(found)-1]
		for i := range last.edges {
			prefix := last.edges[:i]
			banned := map[int32]bool{}
			for _, f := range found {
				if len(f.edges) > i && slices.Equal(f.edges[:i], prefix) {
					banned[f.edges[i]] = true
				}
			}
			r, ok := s.spur(start, prefix, maxHops, first, banned)
			if ok && !slices.ContainsFunc(candidates, func(c route) bool { return slices.Equal(c.edges, r.edges) }) {
				candidates = append(candidates, r)
			}
		}
		if len(candidates) == 0 {
			return found, false, nil
		}
		i := 0
		for j := range candidates {
			if compareRoutes(candidates[j], candidates[i]) < 0 {
				i = j
			}
		}
		found = append(found, candidates[i])
		candidates = slices.Delete(candidates, i, i+1)
	}
	return found[:k], true, nil
}

// spur finds the cheapest path that begins with prefix, does not go on with a
// banned edge, visits no node twice and has at most maxHops edges: A* over
// (node, hops), whose estimates are exact lower bounds.
func (s *search) spur(start int32, prefix []int32, maxHops int, first func(int32) bool, banned map[int32]bool) (route, bool) {
	taken := map[int32]bool{start: true}
	at, base := start, int32(0)
	for _, e := range prefix {
		base += s.p.Edges[e].weight()
		at = s.head(e)
		taken[at] = true
	}
	type state struct{ node, hops int32 }
	best := map[state]int32{}
	var steps []walkStep
	q := &walkQueue{}
	push := func(parent, edge, node, hops, cost int32) {
		if s.hops[node] == infinite || int(hops+s.hops[node]) > maxHops {
			return
		}
		for h := hops; h >= 0; h-- { // cheaper with no more hops: nothing is gained
			if c, ok := best[state{node, h}]; ok && c <= cost {
				return
			}
		}
		best[state{node, hops}] = cost
		steps = append(steps, walkStep{parent, edge, node})
		heap.Push(q, walkEntry{cost + s.cost[node], cost, hops, int32(len(steps) - 1)})
	}
	push(-1, -1, at, int32(len(prefix)), base)
	for q.Len() > 0 {
		x := heap.Pop(q).(walkEntry)
		w := steps[x.step]
		if w.node == s.anchor {
			return route{append(slices.Clone(prefix), s.unwind(steps, x.step)...), x.cost}, true
		}
		if c := best[state{w.node, x.hops}]; c < x.cost {
			continue
		}
		for _, e := range s.next(w.node) {
			head := s.head(e)
			if !s.allowed[e] || taken[head] {
				continue
			}
			if w.edge < 0 && banned[e] || x.hops == 0 && first != nil && !first(e) {
				continue
			}
			push(x.step, e, head, x.hops+1, x.cost+s.p.Edges[e].weight())
		}
	}
	return route{}, false
}

type walkStep struct{ parent, edge, node int32 }

func (s *search) unwind(steps []walkStep, at int32) []int32 {
	var out []int32
	for steps[at].parent >= 0 {
		out = append(out, steps[at].edge)
		at = steps[at].parent
	}
	slices.Reverse(out)
	return out
}

type walkEntry struct{ estimate, cost, hops, step int32 }

type walkQueue []walkEntry

func (q walkQueue) Len() int { return len(q) }
func (q walkQueue) Less(i, j int) bool {
	a, b := q[i], q[j]
	if a.estimate != b.estimate {
		return a.estimate < b.estimate
	}
	if a.hops != b.hops {
		return a.hops < b.hops
	}
	return a.step < b.step
}
func (q walkQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *walkQueue) Push(x any)   { *q = append(*q, x.(walkEntry)) }
func (q *walkQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}
