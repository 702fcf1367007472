package analysis

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/postern-sec/postern/schema"
)

// BlastRadius is what can be reached from a node.
type BlastRadius struct {
	Origin string `json:"origin"`
	// MaxHops is the bound; Truncated says that something lies beyond it.
	MaxHops   int          `json:"max_hops"`
	Truncated bool         `json:"truncated"`
	Total     int          `json:"total"`
	ByHop     []int        `json:"by_hop"` // nodes first reached after 1, 2, … steps
	Reached   []ReachedOne `json:"reached"`
}

// ReachedOne is one node of a blast radius.
type ReachedOne struct {
	PathNode
	Hops         int    `json:"hops"`
	TrainingData bool   `json:"training_data"`
	Sensitivity  string `json:"sensitivity,omitempty"`
}

// BlastRadius lists what an attacker who holds any of the selected nodes reaches
// within q.MaxHops, by hops and then id. Only q's MaxHops, Assume and Derivative
// count. A node given twice counts once.
func (p *Projection) BlastRadius(origin string, q PathQuery) (*BlastRadius, error) {
	q.From, q.To = []string{origin}, []string{origin}
	a, err := p.ask(q)
	if err != nil {
		return nil, err
	}
	out := &BlastRadius{Origin: origin, MaxHops: a.q.MaxHops, ByHop: make([]int, a.q.MaxHops), Reached: []ReachedOne{}}
	for i, h := range p.closure(a.from, a.walk) {
		switch {
		case h == 0 || h == infinite:
		case int(h) > a.q.MaxHops:
			out.Truncated = true
		default:
			n := &p.Nodes[i]
			out.ByHop[h-1]++
			out.Reached = append(out.Reached, ReachedOne{PathNode{n.ID, n.Kind, n.Name}, int(h), n.Training, n.Sensitivity})
		}
	}
	out.Total = len(out.Reached)
	slices.SortStableFunc(out.Reached, func(a, b ReachedOne) int { return a.Hops - b.Hops })
	return out, nil
}

// WhatIf is the effect of removing edges.
type WhatIf struct {
	Removed []Break `json:"removed"`
	// Before and After count the pairs of an entry and a target that are
	// connected; Closed lists those that no longer are.
	Before int    `json:"pairs_before"`
	After  int    `json:"pairs_after"`
	Closed []Pair `json:"closed"`
}

// Pair is an entry and a target.
type Pair struct {
	Entry  string `json:"entry"`
	Target string `json:"target"`
}

// EdgeName is how edges are named by people: "FROM -KIND-> TO".
func EdgeName(from string, kind schema.EdgeKind, to string) string {
	return from + " -" + string(kind) + "-> " + to
}

// FindEdges resolves edge names ("FROM -KIND-> TO") to edge numbers. KIND may be
// * for all kinds.
func (p *Projection) FindEdges(names []string) ([]int32, error) {
	var out []int32
	for _, name := range names {
		from, kind, to, ok := cutEdgeName(name)
		if !ok {
			return nil, fmt.Errorf("%w: an edge is written as \"FROM -KIND-> TO\", not %q", ErrBadQuery, name)
		}
		a, okA := p.Find(from)
		b, okB := p.Find(to)
		n := len(out)
		if okA && okB {
			for e := p.outStart[a]; e < p.outStart[a+1]; e++ {
				if p.to[e] == b && (kind == "*" || string(p.class[e].kind()) == kind) {
					out = append(out, e)
				}
			}
		}
		if len(out) == n {
			return nil, &SelectorError{Selector: name, Edge: true, Nearest: p.edgesLike(from, to)}
		}
	}
	return out, nil
}

// cutEdgeName takes "FROM -KIND-> TO" apart. Ids may hold anything, so the arrow is
// looked for as a whole.
func cutEdgeName(name string) (from, kind, to string, ok bool) {
	head, to, ok := strings.Cut(name, "-> ")
	i := strings.LastIndex(head, " -")
	if !ok || i < 0 {
		return "", "", "", false
	}
	return strings.TrimSpace(head[:i]), head[i+2:], strings.TrimSpace(to), true
}

// edgesLike names edges that were perhaps meant: those between the same nodes,
// else those from the first or to the second.
func (p *Projection) edgesLike(from, to string) []string {
	a, okA := p.Find(from)
	b, okB := p.Find(to)
	var between, near []string
	add := func(e int32) {
		name := EdgeName(p.Nodes[p.from[e]].ID, p.class[e].kind(), p.Nodes[p.to[e]].ID)
		if okA && okB && p.from[e] == a && p.to[e] == b {
			between = append(between, name)
		} else if len(near) < maxNearest {
			near = append(near, name)
		}
	}
	if okA {
		for e := p.outStart[a]; e < p.outStart[a+1]; e++ {
			add(e)
		}
	}
	switch {
	case len(between) > 0:
		return between
	case len(near) > 0:
		return near
	case okB:
		for i := p.inStart[b]; i < p.inStart[b+1]; i++ {
			add(p.inEdge[i])
		}
		return near
	}
	return append(p.nearest(from), p.nearest(to)...)
}

// WhatIf says which connected pairs of q's From and To stay connected when the
// named edges are removed, whatever the length of their paths.
func (p *Projection) WhatIf(ctx context.Context, q PathQuery, remove []string) (*WhatIf, error) {
	a, err := p.ask(q)
	if err != nil {
		return nil, err
	}
	edges, err := a.p.FindEdges(remove)
	if err != nil {
		return nil, err
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	out := &WhatIf{Closed: []Pair{}, Removed: []Break{}}
	for _, e := range edges {
		out.Removed = append(out.Removed, a.p.breakOf(e, 0))
	}
	// From each entry forwards, or from 64 targets at a time backwards, which
	// takes about as long as four searches forwards.
	compare := a.compareBackward
	if len(a.from) <= 4*((len(a.to)+63)/64) {
		compare = a.compareForward
	}
	if err := compare(ctx, a.walk.without(a.p, edges), out); err != nil {
		return nil, err
	}
	slices.SortFunc(out.Closed, func(x, y Pair) int { return cmp.Or(cmp.Compare(x.Entry, y.Entry), cmp.Compare(x.Target, y.Target)) })
	return out, nil
}

func (a *question) compareForward(ctx context.Context, fewer *walk, out *WhatIf) error {
	for _, entry := range a.from {
		if err := ctx.Err(); err != nil {
			return err
		}
		before, after := newConnections(a.p, entry, a.walk), newConnections(a.p, entry, fewer)
		for _, t := range a.to {
			a.count(entry, t, before.to(t), func() bool { return after.to(t) }, out)
		}
	}
	return nil
}

func (a *question) compareBackward(ctx context.Context, fewer *walk, out *WhatIf) error {
	for some := range slices.Chunk(a.to, 64) {
		if err := ctx.Err(); err != nil {
			return err
		}
		before, after := a.p.connectedTo(some, a.walk), a.p.connectedTo(some, fewer)
		for _, entry := range a.from {
			if before[entry] == 0 {
				continue
			}
			for i, t := range some {
				a.count(entry, t, before[entry]>>i&1 != 0, func() bool { return after[entry]>>i&1 != 0 }, out)
			}
		}
	}
	return nil
}

func (a *question) count(entry, t int32, before bool, after func() bool, out *WhatIf) {
	if !before || entry == t {
		return
	}
	out.Before++
	if after() {
		out.After++
	} else {
		out.Closed = append(out.Closed, Pair{a.p.Nodes[entry].ID, a.p.Nodes[t].ID})
	}
}

// connections tells which nodes a path leads to from one entry. It is safe for
// concurrent use.
type connections struct {
	p     *Projection
	w     *walk
	entry int32
	hops  []int32

	dominate sync.Once // makes all, the region of everything that is reached, and tree
	all      *region
	tree     *domTree
}

func newConnections(p *Projection, entry int32, w *walk) *connections {
	return &connections{p: p, w: w, entry: entry, hops: p.closure([]int32{entry}, w)}
}

// to reports whether a path leads to t, if that is training data by a last step
// that takes or changes data. Such a step may start where only walks that pass t
// itself come to; that is no path.
func (c *connections) to(t int32) bool {
	p := c.p
	if t == c.entry || c.hops[t] == infinite {
		return false
	}
	if !p.Nodes[t].Training {
		return true
	}
	var doubtful []int32
	for i := p.inStart[t]; i < p.inStart[t+1]; i++ {
		u, e := p.inFrom[i], p.inEdge[i]
		switch {
		case c.hops[u] == infinite || u == t || !p.class[e].takesData() || !c.w.allows(p, e):
		case c.hops[u] <= c.hops[t]: // too near to have passed t
			return true
		default:
			doubtful = append(doubtful, u)
		}
	}
	return slices.ContainsFunc(doubtful, func(u int32) bool { return !c.onlyThrough(t, u) })
}

// onlyThrough reports whether every way to u passes t.
func (c *connections) onlyThrough(t, u int32) bool {
	c.dominate.Do(func() {
		keep := newBitset(len(c.hops))
		for n, h := range c.hops {
			if h < infinite {
				keep.set(int32(n))
			}
		}
		c.all = c.p.regionOf([]int32{c.entry}, keep, nil, c.w)
		c.tree = dominators(c.all)
	})
	return c.tree.dominates(c.all.local[t], c.all.local[u])
}

// connectedTo gives for each node the targets, at most 64, that a path leads to
// from it, as bits in their order. A target is not walked through on the way to
// itself.
func (p *Projection) connectedTo(targets []int32, w *walk) []uint64 {
	seen, fresh, own := make([]uint64, len(p.Nodes)), make([]uint64, len(p.Nodes)), map[int32]uint64{}
	var queue []int32
	add := func(n int32, bits uint64) {
		bits &^= seen[n]
		if bits == 0 {
			return
		}
		seen[n] |= bits
		if fresh[n] == 0 {
			queue = append(queue, n)
		}
		fresh[n] |= bits
	}
	for i, t := range targets {
		own[t] |= 1 << i
		for j := p.inStart[t]; j < p.inStart[t+1]; j++ {
			if e := p.inEdge[j]; w.allows(p, e) && (!p.Nodes[t].Training || p.class[e].takesData()) {
				add(p.inFrom[j], 1<<i)
			}
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		bits := fresh[n]
		fresh[n] = 0
		if m, ok := own[n]; ok {
			bits &^= m
		}
		for j := p.inStart[n]; j < p.inStart[n+1] && bits != 0; j++ {
			if u := p.inFrom[j]; bits&^seen[u] != 0 && w.allows(p, p.inEdge[j]) {
				add(u, bits)
			}
		}
	}
	return seen
}
