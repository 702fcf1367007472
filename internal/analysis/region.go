package analysis

// region is the part of the attack graph that lies on ways from entries to
// targets, with nodes numbered anew. Node 0 is a super-entry with an arc to each
// entry. A target that is training data has, beside its node, an end: only edges
// that take or change data lead there, and an arc leads on to the node, since
// who holds a store may go on from it.
type region struct {
	node  []int32 // of the projection; -1: the super-entry; an end has its target's
	local []int32 // by node of the projection; 0: not in the region
	kept  int32   // ends of their own have the numbers from here
	ends  []int32 // the end of each target that is reached
	// Arcs grouped by tail; their numbers grouped by head.
	outStart, head, edge []int32 // edge -1: a join, cannot be removed
	tail                 []int32
	inStart, in          []int32
}

// region finds the ways from from to to. Nodes that no entry reaches, or from
// which no target is reached, are not in it.
func (p *Projection) region(from, to []int32, w *walk) *region {
	entry := newBitset(len(p.Nodes))
	for _, n := range from {
		entry.set(n)
	}
	reached := p.reached(from, w)
	var targets []int32
	for _, t := range to {
		if !entry.has(t) && reached.has(t) {
			targets = append(targets, t)
		}
	}
	return p.regionOf(from, p.leadingTo(targets, reached, w), targets, w)
}

// regionOf numbers the nodes of keep and joins the ends of targets to them. Of the
// targets some edge of w leads to each.
func (p *Projection) regionOf(from []int32, keep bitset, targets []int32, w *walk) *region {
	r := &region{node: []int32{-1}, local: make([]int32, len(p.Nodes))}
	arcs := len(from)
	for n := range r.local {
		if keep.has(int32(n)) {
			r.local[n] = int32(len(r.node))
			r.node = append(r.node, int32(n))
			arcs += int(p.outStart[n+1] - p.outStart[n])
		}
	}
	r.kept = int32(len(r.node))
	end := p.endsOf(r, keep, targets, w)
	hasEnd := newBitset(len(p.Nodes))
	for t := range end {
		hasEnd.set(t)
	}
	r.head, r.edge, r.outStart = make([]int32, 0, arcs), make([]int32, 0, arcs), make([]int32, 1, len(r.node)+1)
	join := func(to int32) {
		if to > 0 {
			r.head, r.edge = append(r.head, to), append(r.edge, -1)
		}
	}
	for _, n := range from {
		join(r.local[n])
	}
	r.outStart = append(r.outStart, int32(len(r.head)))
	for _, n := range r.node[1:r.kept] {
		for e := p.outStart[n]; e < p.outStart[n+1]; e++ {
			t := p.to[e]
			head := r.local[t]
			if p.class[e].takesData() && hasEnd.has(t) {
				head = end[t]
			}
			if head > 0 && w.allows(p, e) {
				r.head, r.edge = append(r.head, head), append(r.edge, e)
			}
		}
		r.outStart = append(r.outStart, int32(len(r.head)))
	}
	for _, t := range r.node[r.kept:] {
		join(r.local[t])
		r.outStart = append(r.outStart, int32(len(r.head)))
	}
	r.groupByHead()
	return r
}

// endsOf gives each target its end: a node of its own to training data.
func (p *Projection) endsOf(r *region, keep bitset, targets []int32, w *walk) map[int32]int32 {
	end := map[int32]int32{}
	for _, t := range targets {
		switch {
		case !p.Nodes[t].Training:
			r.ends = append(r.ends, r.local[t])
		case p.dataTaken(t, keep, w):
			end[t] = int32(len(r.node))
			r.ends = append(r.ends, end[t])
			r.node = append(r.node, t)
		}
	}
	return end
}

func (r *region) groupByHead() {
	n := len(r.node)
	r.tail, r.in = make([]int32, len(r.head)), make([]int32, len(r.head))
	r.inStart = offsets(n, r.head)
	next := make([]int32, n)
	copy(next, r.inStart)
	for v := range n {
		for a := r.outStart[v]; a < r.outStart[v+1]; a++ {
			r.tail[a] = int32(v)
			h := r.head[a]
			r.in[next[h]] = a
			next[h]++
		}
	}
}

// leadingTo marks, among the nodes within, those from which a target is reached:
// training data by an edge that takes or changes data.
func (p *Projection) leadingTo(targets []int32, within bitset, w *walk) bitset {
	seen := newBitset(len(p.Nodes))
	queue := make([]int32, 0, len(p.Nodes))
	back := func(n int32, dataOnly bool) {
		for i := p.inStart[n]; i < p.inStart[n+1]; i++ {
			u, e := p.inFrom[i], p.inEdge[i]
			if within.has(u) && !seen.has(u) && w.allows(p, e) && (!dataOnly || p.class[e].takesData()) {
				seen.set(u)
				queue = append(queue, u)
			}
		}
	}
	for _, t := range targets {
		if p.Nodes[t].Training {
			back(t, true)
		} else if seen.add(t) {
			queue = append(queue, t)
		}
	}
	for i := 0; i < len(queue); i++ {
		back(queue[i], false)
	}
	return seen
}

// dataTaken reports whether an edge that takes or changes data leads to t from
// one of the nodes.
func (p *Projection) dataTaken(t int32, from bitset, w *walk) bool {
	for i := p.inStart[t]; i < p.inStart[t+1]; i++ {
		if e := p.inEdge[i]; p.class[e].takesData() && from.has(p.inFrom[i]) && w.allows(p, e) {
			return true
		}
	}
	return false
}
