package analysis

import "math/bits"

// closure gives the least hops from any of the nodes to every other; infinite to
// those that are not reached.
func (p *Projection) closure(from []int32, w *walk) []int32 {
	hops := make([]int32, len(p.Nodes))
	for i := range hops {
		hops[i] = infinite
	}
	p.spread(from, w, hops)
	return hops
}

// reached marks the given nodes and all that they reach.
func (p *Projection) reached(from []int32, w *walk) bitset { return p.spread(from, w, nil) }

// A level of a breadth-first search that holds more than one node in wideLevel is walked
// from the other side: each node that was not reached yet looks for an edge that
// comes from the level.
const wideLevel = 16

// spread is a breadth-first search, level by level. While levels are small it
// follows their edges; a large one has most edges of the graph, nearly all of
// which lead to what is reached already and lie all over the memory, so there the
// nodes that are still missing are gone through in order, each until it finds one
// edge (Beamer, Asanović and Patterson, "Direction-optimizing breadth-first
// search", 2012). It marks what is reached and, if hops is not nil, notes in how
// many steps.
func (p *Projection) spread(from []int32, w *walk, hops []int32) bitset {
	n := len(p.Nodes)
	seen := newBitset(n) // with the level small enough for the processor's cache
	level := make([]int32, 0, n)
	for _, x := range from {
		if seen.add(x) {
			level = append(level, x)
			if hops != nil {
				hops[x] = 0
			}
		}
	}
	var wide, next bitset
	for hop := int32(1); len(level) > 0; hop++ {
		if len(level) < n/wideLevel {
			done := len(level)
			for _, x := range level[:done] {
				level = p.follow(x, w, seen, level)
			}
			level = level[done:]
		} else if hops == nil {
			// Which level a node belongs to does not matter: what this very pass
			// found counts at once. Only its finds may lead to more.
			level = p.lookBack(w, seen, seen, seen, level[:0])
		} else {
			if wide == nil {
				wide, next = newBitset(n), newBitset(n)
			}
			clear(wide)
			clear(next)
			for _, x := range level {
				wide.set(x)
			}
			level = p.lookBack(w, seen, wide, next, level[:0])
			for i, m := range next {
				seen[i] |= m
			}
		}
		if hops != nil {
			for _, x := range level {
				hops[x] = hop
			}
		}
	}
	return seen
}

// follow appends to level what x leads to and was not seen.
func (p *Projection) follow(x int32, w *walk, seen bitset, level []int32) []int32 {
	first := p.outStart[x]
	heads := p.to[first:p.outStart[x+1]]
	for j, m := range heads {
		if !seen.has(m) && w.allows(p, first+int32(j)) {
			seen.set(m)
			level = append(level, m)
		}
	}
	return level
}

// lookBack lists, and marks in next, the nodes that were not seen and to which an
// edge leads from one of wide.
func (p *Projection) lookBack(w *walk, seen, wide, next bitset, level []int32) []int32 {
	for i, word := range seen {
		for missing := ^word; missing != 0; missing &= missing - 1 {
			x := int32(i<<6 + bits.TrailingZeros64(missing))
			if int(x) >= len(p.Nodes) {
				return level
			}
			first := p.inStart[x]
			for j, u := range p.inFrom[first:p.inStart[x+1]] {
				if wide.has(u) && w.ok[p.inClass[first+int32(j)]] && (w.removed == nil || !w.removed.has(p.inEdge[first+int32(j)])) {
					next.set(x)
					level = append(level, x)
					break
				}
			}
		}
	}
	return level
}
