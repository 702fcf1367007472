package analysis

import (
	"cmp"
	"context"
	"slices"
)

// conditionalPenalty is added to the cost of a conditional edge, so that a path
// that surely holds comes before one of equal effort that may not.
const conditionalPenalty = 5

// search looks for paths between one fixed node, the anchor, and many others,
// the starts. It walks from a start towards the anchor, guided by the exact
// distance of every node from the anchor: nothing is expanded that cannot end
// there in the hops that are left.
//
// The anchor is the entry when there are fewer entries than targets, and the
// walk then goes along the edges backwards; else it is the target. The step into
// a target that is training data takes or changes data, whichever end it is.
type search struct {
	p        *Projection
	walk     *walk
	backward bool // walk from targets to the anchor, an entry
	anchor   int32
	cost     []int32 // from each node to the anchor; unreached: infinite
	hops     []int32
	reach    *connections // of an anchor that is an entry
}

const infinite = int32(1) << 30

func newSearch(p *Projection, w *walk, anchor int32, backward bool) *search {
	s := &search{p: p, walk: w, backward: backward, anchor: anchor}
	s.distances()
	s.reach = &connections{p: p, w: w, entry: anchor, hops: s.hops}
	return s
}

// steps lists the edges that continue a walk at n, as the number of the first of
// them or, in the order of the incoming ones, their numbers, and the nodes they
// lead the walk to.
func (s *search) steps(n int32) (first int32, edges, heads []int32) {
	if s.backward {
		a, b := s.p.inStart[n], s.p.inStart[n+1]
		return 0, s.p.inEdge[a:b], s.p.inFrom[a:b]
	}
	return s.p.outStart[n], nil, s.p.to[s.p.outStart[n]:s.p.outStart[n+1]]
}

// back is steps for walks from the anchor.
func (s *search) back(n int32) (first int32, edges, heads []int32) {
	if s.backward {
		return s.p.outStart[n], nil, s.p.to[s.p.outStart[n]:s.p.outStart[n+1]]
	}
	a, b := s.p.inStart[n], s.p.inStart[n+1]
	return 0, s.p.inEdge[a:b], s.p.inFrom[a:b]
}

// dataOnly reports whether only edges that take or change data lead to target n.
func (s *search) dataOnly(n int32) bool { return s.p.Nodes[n].Training }

// distances finds each node's least hops and, with a bucket for each cost (Dial,
// "Algorithm 360: shortest-path forest", 1969), its least cost to the anchor.
func (s *search) distances() {
	p := s.p
	s.cost = make([]int32, len(p.Nodes))
	for i := range s.cost {
		s.cost[i] = infinite
	}
	each := func(n int32, visit func(m, e int32)) {
		first, edges, heads := s.back(n)
		dataOnly := !s.backward && n == s.anchor && s.dataOnly(n)
		for j, m := range heads {
			e := first + int32(j)
			if edges != nil {
				e = edges[j]
			}
			if s.walk.allows(p, e) && (!dataOnly || p.class[e].takesData()) {
				visit(m, e)
			}
		}
	}
	if s.backward {
		s.hops = p.closure([]int32{s.anchor}, s.walk)
	} else {
		s.hopsTo(each)
	}
	s.cost[s.anchor] = 0
	var buckets [256][]int32 // by cost modulo their number, which is above every weight
	buckets[0] = []int32{s.anchor}
	for c, waiting := int32(0), 1; waiting > 0; c++ {
		b := &buckets[c%256]
		for _, n := range *b {
			waiting--
			if s.cost[n] < c { // reached by a cheaper way since
				continue
			}
			each(n, func(m, e int32) {
				if x := c + int32(p.weight[e]); x < s.cost[m] {
					s.cost[m] = x
					buckets[x%256] = append(buckets[x%256], m)
					waiting++
				}
			})
		}
		*b = (*b)[:0]
	}
}

// hopsTo finds the least hops to an anchor that is a target.
func (s *search) hopsTo(each func(n int32, visit func(m, e int32))) {
	s.hops = make([]int32, len(s.p.Nodes))
	for i := range s.hops {
		s.hops[i] = infinite
	}
	s.hops[s.anchor] = 0
	queue := []int32{s.anchor}
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		each(n, func(m, _ int32) {
			if s.hops[m] == infinite {
				s.hops[m] = s.hops[n] + 1
				queue = append(queue, m)
			}
		})
	}
}

// reachable leaves out the starts from which nothing leads to the anchor.
func (s *search) reachable(starts []int32) []int32 {
	var out []int32
	for _, n := range starts {
		if n != s.anchor && s.cost[n] < infinite {
			out = append(out, n)
		}
	}
	return out
}

// connected reports whether a path of any length joins start and the anchor.
func (s *search) connected(start int32) bool {
	if !s.backward { // the distances begin with the last step, so they are of paths
		return s.hops[start] < infinite
	}
	return s.reach.to(start)
}

// route is a path as edges in walking order, with its cost.
type route struct {
	edges []int32
	cost  int32
	// deviates is where it left the route it was derived from.
	deviates int
}

func compareRoutes(a, b route) int {
	return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.edges), len(b.edges)), slices.Compare(a.edges, b.edges))
}

// shortest returns up to k simple paths of at most maxHops edges between start
// and the anchor, cheapest first: the algorithm of Yen ("Finding the k shortest
// loopless paths in a network", 1971) in the form of Lawler (1972), which looks
// for deviations only from where a route left its parent. Ties go by hops, then
// by edge numbers. more is true when there are further paths. It stops early when
// ctx ends.
func (s *search) shortest(ctx context.Context, own *scratch, start int32, k, maxHops int) (found []route, more bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, true, err
	}
	best, ok := s.spur(own, start, nil, nil, maxHops)
	if !ok {
		return nil, false, nil
	}
	found = append(found, best)
	var candidates []route
	for {
		last := found[len(found)-1]
		enough := len(found) == k // then it only matters whether there is one more
		for i := last.deviates; i < len(last.edges) && !(enough && len(candidates) > 0); i++ {
			if err := ctx.Err(); err != nil {
				return found, true, err
			}
			prefix := last.edges[:i]
			banned := own.banned[:0]
			for _, f := range found {
				if len(f.edges) > i && slices.Equal(f.edges[:i], prefix) {
					banned = append(banned, f.edges[i])
				}
			}
			own.banned = banned
			if r, ok := s.spur(own, start, prefix, banned, maxHops); ok {
				r.deviates = i
				candidates = append(candidates, r)
			}
		}
		if enough || len(candidates) == 0 {
			return found, len(candidates) > 0, nil
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
}

// scratch is the memory of one goroutine's searches. Entries of the slices by
// node count only where their stamp is the current round.
type scratch struct {
	round  int32
	taken  []int32 // stamp: the node lies on the prefix
	marked []int32 // stamp: first is valid
	first  []int32 // the node's first label
	labels []label
	steps  []walkStep
	queue  walkQueue
	banned []int32
}

// label is a way found to a node: no other is cheaper with as few hops.
type label struct{ hops, cost, next int32 }

type walkStep struct{ parent, edge, node int32 }

func newScratch(nodes int) *scratch {
	return &scratch{taken: make([]int32, nodes), marked: make([]int32, nodes), first: make([]int32, nodes)}
}

// improve records a way to a node unless one that is no dearer and no longer is
// known.
func (own *scratch) improve(node, hops, cost int32) bool {
	if own.marked[node] != own.round {
		own.marked[node], own.first[node] = own.round, -1
	}
	same := int32(-1)
	for i := own.first[node]; i >= 0; i = own.labels[i].next {
		l := &own.labels[i]
		if l.hops <= hops && l.cost <= cost {
			return false
		}
		if l.hops == hops {
			same = i
		}
	}
	if same >= 0 {
		own.labels[same].cost = cost
		return true
	}
	own.labels = append(own.labels, label{hops, cost, own.first[node]})
	own.first[node] = int32(len(own.labels) - 1)
	return true
}

// stale reports whether a cheaper way of as many hops was found since.
func (own *scratch) stale(node, hops, cost int32) bool {
	for i := own.first[node]; i >= 0; i = own.labels[i].next {
		if l := &own.labels[i]; l.hops == hops {
			return l.cost < cost
		}
	}
	return false
}

// spur finds the cheapest path that begins with prefix, does not go on with a
// banned edge, visits no node twice and has at most maxHops edges: A* over
// (node, hops), whose estimates are exact lower bounds.
func (s *search) spur(own *scratch, start int32, prefix, banned []int32, maxHops int) (route, bool) {
	p := s.p
	own.round++
	own.labels, own.steps, own.queue = own.labels[:0], own.steps[:0], own.queue[:0]
	own.taken[start] = own.round
	at, base := start, int32(0)
	for _, e := range prefix {
		base += int32(p.weight[e])
		at = s.head(e)
		own.taken[at] = own.round
	}
	push := func(parent, edge, node, hops, cost int32) {
		if s.hops[node] == infinite || int(hops+s.hops[node]) > maxHops || !own.improve(node, hops, cost) {
			return
		}
		own.steps = append(own.steps, walkStep{parent, edge, node})
		own.queue.push(walkEntry{cost + s.cost[node], cost, hops, int32(len(own.steps) - 1)})
	}
	push(-1, -1, at, int32(len(prefix)), base)
	for len(own.queue) > 0 {
		x := own.queue.pop()
		step := own.steps[x.step]
		if step.node == s.anchor {
			return route{edges: append(slices.Clone(prefix), own.unwind(x.step)...), cost: x.cost}, true
		}
		if own.stale(step.node, x.hops, x.cost) {
			continue
		}
		first, edges, heads := s.steps(step.node)
		dataFirst := s.backward && x.hops == 0 && s.dataOnly(start)
		for j, head := range heads {
			e := first + int32(j)
			if edges != nil {
				e = edges[j]
			}
			switch {
			case own.taken[head] == own.round || !s.walk.allows(p, e):
			case step.edge < 0 && slices.Contains(banned, e):
			case (dataFirst || !s.backward && head == s.anchor && s.dataOnly(head)) && !p.class[e].takesData():
			default:
				push(x.step, e, head, x.hops+1, x.cost+int32(p.weight[e]))
			}
		}
	}
	return route{}, false
}

// head is the node that an edge leads a walk to.
func (s *search) head(e int32) int32 {
	if s.backward {
		return s.p.from[e]
	}
	return s.p.to[e]
}

func (own *scratch) unwind(at int32) []int32 {
	var out []int32
	for own.steps[at].parent >= 0 {
		out = append(out, own.steps[at].edge)
		at = own.steps[at].parent
	}
	slices.Reverse(out)
	return out
}

// walkEntry is a walk that waits to be continued.
type walkEntry struct{ estimate, cost, hops, step int32 }

func (a walkEntry) before(b walkEntry) bool {
	if a.estimate != b.estimate {
		return a.estimate < b.estimate
	}
	if a.hops != b.hops {
		return a.hops < b.hops
	}
	return a.step < b.step
}

// walkQueue is a binary heap. container/heap would put every entry into an
// interface.
type walkQueue []walkEntry

func (q *walkQueue) push(x walkEntry) {
	h := append(*q, x)
	i := len(h) - 1
	for i > 0 && x.before(h[(i-1)/2]) {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = x
	*q = h
}

func (q *walkQueue) pop() walkEntry {
	h := *q
	top, x := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].before(h[child]) {
			child++
		}
		if !h[child].before(x) {
			break
		}
		h[i] = h[child]
		i = child
	}
	if len(h) > 0 {
		h[i] = x
	}
	return top
}
