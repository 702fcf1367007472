package analysis

import (
	"context"
	"slices"
	"strings"

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
	q, err := q.withDefaults()
	if err != nil {
		return nil, err
	}
	from, err := p.Select([]string{origin})
	if err != nil {
		return nil, err
	}
	hops := p.closure(from, p.allowedEdges(q))
	out := &BlastRadius{Origin: origin, MaxHops: q.MaxHops, ByHop: make([]int, q.MaxHops), Reached: []ReachedOne{}}
	for i, h := range hops {
		switch {
		case h == 0 || h == infinite:
		case int(h) > q.MaxHops:
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

// closure gives the least hops from any of the nodes to every other.
func (p *Projection) closure(from []int32, allowed []bool) []int32 {
	hops := make([]int32, len(p.Nodes))
	for i := range hops {
		hops[i] = infinite
	}
	queue := slices.Clone(from)
	for _, n := range from {
		hops[n] = 0
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, e := range p.Out(n) {
			if m := p.Edges[e].To; allowed[e] && hops[m] == infinite {
				hops[m] = hops[n] + 1
				queue = append(queue, m)
			}
		}
	}
	return hops
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
		from, rest, ok := strings.Cut(name, " -")
		kind, to, ok2 := strings.Cut(rest, "-> ")
		if !ok || !ok2 {
			return nil, &SelectorError{Selector: name, Nearest: []string{`the form "FROM -KIND-> TO"`}}
		}
		a, okA := p.Find(strings.TrimSpace(from))
		b, okB := p.Find(strings.TrimSpace(to))
		n := len(out)
		if okA && okB {
			for _, e := range p.Out(a) {
				if p.Edges[e].To == b && (kind == "*" || p.Edges[e].Kind == schema.EdgeKind(kind)) {
					out = append(out, e)
				}
			}
		}
		if len(out) == n {
			return nil, &SelectorError{Selector: name, Nearest: p.edgesBetween(a, okA, b, okB)}
		}
	}
	return out, nil
}

func (p *Projection) edgesBetween(a int32, okA bool, b int32, okB bool) []string {
	var out []string
	if okA {
		for _, e := range p.Out(a) {
			if !okB || p.Edges[e].To == b {
				out = append(out, EdgeName(p.Nodes[a].ID, p.Edges[e].Kind, p.Nodes[p.Edges[e].To].ID))
			}
			if len(out) == 3 {
				break
			}
		}
	}
	return out
}

// WhatIf says which connected pairs of q's From and To stay connected when the
// given edges are removed, whatever the length of their paths.
func (p *Projection) WhatIf(ctx context.Context, q PathQuery, remove []int32) (*WhatIf, error) {
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
	allowed := p.allowedEdges(q)
	fewer := slices.Clone(allowed)
	out := &WhatIf{Closed: []Pair{}, Removed: []Break{}}
	for _, e := range remove {
		fewer[e] = false
		out.Removed = append(out.Removed, p.breakOf(&p.Edges[e], 0))
	}
	for _, entry := range from {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		before, after := p.closure([]int32{entry}, allowed), p.closure([]int32{entry}, fewer)
		for _, t := range to {
			if t == entry || !p.connected(entry, t, before, allowed) {
				continue
			}
			out.Before++
			if p.connected(entry, t, after, fewer) {
				out.After++
			} else {
				out.Closed = append(out.Closed, Pair{p.Nodes[entry].ID, p.Nodes[t].ID})
			}
		}
	}
	return out, nil
}

// connected reports whether a path leads from entry to t; hops is the closure of
// entry. Where t is training data that something leads away from, a walk to its
// last step might pass t itself: such a walk is no path, so it is walked again
// without t.
func (p *Projection) connected(entry, t int32, hops []int32, allowed []bool) bool {
	if p.Nodes[t].Training && slices.ContainsFunc(p.Out(t), func(e int32) bool { return allowed[e] }) {
		masked := slices.Clone(allowed)
		for _, e := range p.Out(t) {
			masked[e] = false
		}
		hops = p.closure([]int32{entry}, masked)
	}
	return p.taken(t, hops, allowed)
}

// taken reports whether target t is reached, for training data by an edge that
// takes or changes data.
func (p *Projection) taken(t int32, hops []int32, allowed []bool) bool {
	if !p.Nodes[t].Training {
		return hops[t] < infinite
	}
	for _, e := range p.In(t) {
		if allowed[e] && hops[p.Edges[e].From] < infinite && takesData(&p.Edges[e]) {
			return true
		}
	}
	return false
}
