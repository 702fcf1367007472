package analysis

import (
	"cmp"
	"context"
	"slices"
)

// ChokePoints are the nodes and edges whose removal closes the way to most
// targets, and the cheapest set of changes that closes all.
type ChokePoints struct {
	// Targets counts the targets that are reached at all.
	Targets int `json:"targets"`
	// Points are nodes and edges that every path to at least one target
	// passes, those of the most targets first, then the least effort, then the
	// outermost.
	Points []ChokePoint `json:"points"`
	// Cut is a cheapest set of edges whose removal closes every path; Effort is
	// the sum of their efforts. Closes counts the targets that a change closes by
	// itself: zero where it takes the others too.
	Cut    []Break `json:"cut"`
	Effort int     `json:"cut_effort"`
}

// ChokePoint is a node or an edge that every path to some targets passes.
type ChokePoint struct {
	Node *PathNode `json:"node,omitempty"`
	Edge *Break    `json:"edge,omitempty"` // Closes counts targets
	// Targets that are no longer reached without it, sorted.
	Targets []string `json:"targets"`

	inside bool // the edge does not begin with an entry
}

// ChokePoints answers for the entries and targets of q, whatever the length of
// paths; a walk that comes back to a store it passed counts as a way to it. Nodes
// and edges come from the dominator tree of a super-entry, the cut from a maximum
// flow.
func (p *Projection) ChokePoints(ctx context.Context, q PathQuery) (*ChokePoints, error) {
	a, err := p.ask(q)
	if err != nil {
		return nil, err
	}
	r := a.p.region(a.from, a.to, a.walk)
	out := &ChokePoints{Targets: len(r.ends), Points: []ChokePoint{}, Cut: []Break{}}
	alone := a.p.dominating(r, a.from, out)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a.p.cheapestCut(r, alone, out)
	return out, nil
}

// dominating fills in Points, and returns how many targets each edge closes by
// itself.
func (p *Projection) dominating(r *region, from []int32, out *ChokePoints) map[int32]int {
	alone := map[int32]int{}
	tree := dominators(r)
	isEntry := newBitset(len(p.Nodes))
	for _, n := range from {
		isEntry.set(n)
	}
	const unknown = -2
	only := make([]int32, len(r.node)) // the edge that is the only way in, or -1
	for i := range only {
		only[i] = unknown
	}
	byNode, byEdge := make([][]int32, len(r.node)), make([][]int32, len(r.node)) // targets by node, and by the node that the edge leads to
	for _, end := range r.ends {
		target := r.node[end]
		for v := end; v != 0; v = tree.parent[v] {
			if only[v] == unknown {
				only[v] = r.onlyWayIn(tree, v)
			}
			if only[v] >= 0 {
				byEdge[v] = append(byEdge[v], target)
			}
			if n := r.node[v]; v < r.kept && n != target && !isEntry.has(n) {
				byNode[v] = append(byNode[v], target)
			}
		}
	}
	for v := range r.node {
		if len(byNode[v]) > 0 {
			n := r.node[v]
			out.Points = append(out.Points, ChokePoint{Node: &PathNode{p.Nodes[n].ID, p.Nodes[n].Kind, p.Nodes[n].Name}, Targets: p.ids(byNode[v])})
		}
		if len(byEdge[v]) > 0 {
			alone[only[v]] = len(byEdge[v])
			b := p.breakOf(only[v], len(byEdge[v]))
			out.Points = append(out.Points, ChokePoint{Edge: &b, Targets: p.ids(byEdge[v]), inside: !isEntry.has(p.from[only[v]])})
		}
	}
	slices.SortFunc(out.Points, func(a, b ChokePoint) int {
		return cmp.Or(cmp.Compare(len(b.Targets), len(a.Targets)), cmp.Compare(a.effort(), b.effort()), compareBools(a.inside, b.inside), cmp.Compare(a.name(), b.name()))
	})
	return alone
}

// compareBools puts false first.
func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// ids are the ids of nodes, sorted.
func (p *Projection) ids(nodes []int32) []string {
	slices.Sort(nodes)
	out := make([]string, len(nodes))
	for i, n := range nodes {
		out[i] = p.Nodes[n].ID
	}
	return out
}

func (c ChokePoint) effort() int {
	if c.Edge != nil {
		return c.Edge.Effort
	}
	return maxEffort + 1 // nodes after edges: a node is not one change
}

func (c ChokePoint) name() string {
	if c.Edge != nil {
		return EdgeName(c.Edge.From, c.Edge.Kind, c.Edge.To)
	}
	return c.Node.ID
}

// onlyWayIn returns the edge that is the only way to a node, its only arc from
// outside of what it dominates, or -1.
func (r *region) onlyWayIn(tree *domTree, v int32) int32 {
	found := int32(-1)
	for _, a := range r.in[r.inStart[v]:r.inStart[v+1]] {
		if tree.dominates(v, r.tail[a]) {
			continue
		}
		if found >= 0 || r.edge[a] < 0 {
			return -1
		}
		found = r.edge[a]
	}
	return found
}

// cheapestCut fills in Cut and Effort; alone says how many targets an edge closes
// by itself.
func (p *Projection) cheapestCut(r *region, alone map[int32]int, out *ChokePoints) {
	f := newFlow(r, func(a int32) int32 {
		if r.edge[a] < 0 {
			return infinite
		}
		return int32(p.effort(r.edge[a]))
	})
	out.Effort = int(f.run())
	var cut []int32
	for a, e := range r.edge {
		if e >= 0 && f.sourceSide(r.tail[a]) && !f.sourceSide(r.head[a]) {
			cut = append(cut, e)
		}
	}
	slices.Sort(cut) // the order of from, kind, to
	for _, e := range cut {
		out.Cut = append(out.Cut, p.breakOf(e, alone[e]))
	}
}
