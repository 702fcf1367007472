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
	// passes, the most targets first.
	Points []ChokePoint `json:"points"`
	// Cut is a cheapest set of edges whose removal closes every path; Effort is
	// the sum of their efforts.
	Cut    []Break `json:"cut"`
	Effort int     `json:"cut_effort"`
}

// ChokePoint is a node or an edge that every path to some targets passes.
type ChokePoint struct {
	Node *PathNode `json:"node,omitempty"`
	Edge *Break    `json:"edge,omitempty"` // Closes counts targets
	// Targets that are no longer reached without it, sorted.
	Targets []string `json:"targets"`
}

// ChokePoints answers for the entries and targets of q, whatever the length of
// paths; a walk that comes back to a store it passed counts as a way to it. Nodes and edges come from the dominator tree of a super-entry
// (Lengauer and Tarjan, 1979), the cut from a maximum flow (Dinic, 1970).
func (p *Projection) ChokePoints(ctx context.Context, q PathQuery) (*ChokePoints, error) {
	q, err := q.withDefaults()
	if err != nil {
		return nil, err
	}
	from, err := p.Select(q.From)
	if err != nil {
		return nil, err
	}
	to, err := p.Select(q.To)
	if err != nil {
		return nil, err
	}
	n := p.network(from, to, p.allowedEdges(q))
	out := &ChokePoints{Points: []ChokePoint{}, Cut: []Break{}}
	p.dominating(n, from, out)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.cheapestCut(n, out)
	return out, nil
}

// network is the projection with a super-entry and one end node for each
// target. Training data ends in a node of its own that only edges which take
// data lead to.
type network struct {
	source int32
	size   int32
	arcs   []arc   // arcs of edges, then arcs without an edge
	ends   []int32 // end node of each target
	target []int32 // the target of each end
}

type arc struct {
	from, to int32
	edge     int32 // -1: joins, cannot be removed
}

func (p *Projection) network(from, to []int32, allowed []bool) *network {
	n := &network{source: int32(len(p.Nodes)), size: int32(len(p.Nodes)) + 1}
	end := map[int32]int32{}
	for _, t := range to {
		if slices.Contains(from, t) {
			continue
		}
		e := t
		if p.Nodes[t].Training {
			e = n.size
			n.size++
			end[t] = e
		}
		n.ends, n.target = append(n.ends, e), append(n.target, t)
	}
	for i := range p.Edges {
		e := &p.Edges[i]
		if !allowed[i] {
			continue
		}
		head := e.To
		if x, ok := end[e.To]; ok && takesData(e) {
			head = x
		}
		n.arcs = append(n.arcs, arc{e.From, head, int32(i)})
	}
	for _, s := range from {
		n.arcs = append(n.arcs, arc{n.source, s, -1})
	}
	for _, t := range to {
		if x, ok := end[t]; ok {
			n.arcs = append(n.arcs, arc{x, t, -1})
		}
	}
	return n
}

// dominating fills in Targets and Points.
func (p *Projection) dominating(n *network, from []int32, out *ChokePoints) {
	idom, in, inStart := dominators(n)
	byNode, byEdge := map[int32][]string{}, map[int32][]string{}
	only := onlyWayIn(n, idom, in, inStart)
	for i, e := range n.ends {
		if idom[e] < 0 {
			continue
		}
		out.Targets++
		id := p.Nodes[n.target[i]].ID
		for v := e; v != n.source; v = idom[v] {
			if x := only(v); x >= 0 {
				byEdge[x] = append(byEdge[x], id)
			}
			if int(v) < len(p.Nodes) && v != n.target[i] && !slices.Contains(from, v) {
				byNode[v] = append(byNode[v], id)
			}
		}
	}
	for v, targets := range byNode {
		slices.Sort(targets)
		out.Points = append(out.Points, ChokePoint{Node: &PathNode{p.Nodes[v].ID, p.Nodes[v].Kind, p.Nodes[v].Name}, Targets: targets})
	}
	for e, targets := range byEdge {
		slices.Sort(targets)
		b := p.breakOf(&p.Edges[e], len(targets))
		out.Points = append(out.Points, ChokePoint{Edge: &b, Targets: targets})
	}
	slices.SortFunc(out.Points, func(a, b ChokePoint) int {
		return cmp.Or(cmp.Compare(len(b.Targets), len(a.Targets)), cmp.Compare(a.effort(), b.effort()), cmp.Compare(a.name(), b.name()))
	})
}

func (c ChokePoint) effort() int {
	if c.Edge != nil {
		return c.Edge.Effort
	}
	return 1 + len(remedy) // nodes after edges: a node is not one change
}

func (c ChokePoint) name() string {
	if c.Edge != nil {
		return EdgeName(c.Edge.From, c.Edge.Kind, c.Edge.To)
	}
	return c.Node.ID
}

// onlyWayIn returns a function that gives the edge that is the only way to a
// node: its only arc from outside of what it dominates, or -1.
func onlyWayIn(n *network, idom []int32, in []int32, inStart []int32) func(v int32) int32 {
	depth := depths(idom, n.source)
	dominates := func(a, b int32) bool {
		for depth[b] > depth[a] {
			b = idom[b]
		}
		return a == b
	}
	return func(v int32) int32 {
		found := int32(-1)
		for _, i := range in[inStart[v]:inStart[v+1]] {
			u := n.arcs[i].from
			if u != n.source && idom[u] < 0 || dominates(v, u) {
				continue
			}
			if found >= 0 || n.arcs[i].edge < 0 {
				return -1
			}
			found = n.arcs[i].edge
		}
		return found
	}
}

func depths(idom []int32, root int32) []int32 {
	depth := make([]int32, len(idom))
	for i := range depth {
		depth[i] = -1
	}
	depth[root] = 0
	var stack []int32
	for v := range idom {
		for u := int32(v); u >= 0 && depth[u] < 0; u = idom[u] {
			stack = append(stack, u)
		}
		for len(stack) > 0 {
			u := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if idom[u] >= 0 {
				depth[u] = depth[idom[u]] + 1
			}
		}
	}
	return depth
}

// cheapestCut fills in Cut and Effort.
func (p *Projection) cheapestCut(n *network, out *ChokePoints) {
	f := newFlow(n, func(a arc) int32 {
		if a.edge < 0 {
			return infinite
		}
		return int32(remedy[p.Edges[a.edge].Kind].effort)
	})
	out.Effort = int(f.run())
	side := f.sourceSide()
	for _, a := range n.arcs {
		if a.edge >= 0 && side[a.from] && !side[a.to] {
			out.Cut = append(out.Cut, p.breakOf(&p.Edges[a.edge], 0))
		}
	}
	slices.SortFunc(out.Cut, func(a, b Break) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.To, b.To))
	})
}
