package analysis

// flow is a maximum flow from a region's super-entry to all its ends, found with
// Dinic's method ("Algorithm for solution of a problem of maximum flow", 1970).
// Flow that comes to an end stays there. An arc's reverse is not stored: a node's
// incoming arcs are looked at only while flow comes in by them.
type flow struct {
	r        *region
	capacity []int32 // by arc
	left     []int32
	end      bitset
	inflow   []int32 // by node
	level    []int32
	next     []int32 // how many arcs of a node are done with, outgoing then incoming
	queue    []int32
	path     []int32 // arc, or ^arc when walked against its direction
}

func newFlow(r *region, capacity func(arc int32) int32) *flow {
	n := len(r.node)
	f := &flow{r: r, capacity: make([]int32, len(r.head)), end: newBitset(n), inflow: make([]int32, n), level: make([]int32, n), next: make([]int32, n)}
	for a := range f.capacity {
		f.capacity[a] = capacity(int32(a))
	}
	f.left = append([]int32(nil), f.capacity...)
	for _, e := range r.ends {
		f.end.set(e)
	}
	return f
}

// run returns the value of the maximum flow.
func (f *flow) run() int64 {
	total := int64(0)
	for f.layer() {
		clear(f.next)
		for {
			x := f.push()
			if x == 0 {
				break
			}
			total += int64(x)
		}
	}
	return total
}

// layer numbers nodes by distance from the super-entry in the residual network,
// up to the first ends, and reports whether an end is reached.
func (f *flow) layer() bool {
	for i := range f.level {
		f.level[i] = -1
	}
	f.level[0] = 0
	f.queue = append(f.queue[:0], 0)
	last := infinite // the level of the first ends
	for i := 0; i < len(f.queue) && f.level[f.queue[i]] < last; i++ {
		v := f.queue[i]
		visit := func(w int32) {
			f.level[w] = f.level[v] + 1
			if f.end.has(w) {
				last = f.level[w]
			}
			f.queue = append(f.queue, w)
		}
		for a := f.r.outStart[v]; a < f.r.outStart[v+1]; a++ {
			if w := f.r.head[a]; f.level[w] < 0 && f.left[a] > 0 {
				visit(w)
			}
		}
		if f.inflow[v] == 0 {
			continue
		}
		for _, a := range f.r.in[f.r.inStart[v]:f.r.inStart[v+1]] {
			if w := f.r.tail[a]; f.level[w] < 0 && f.left[a] < f.capacity[a] {
				visit(w)
			}
		}
	}
	return last < infinite
}

// push sends flow along one way of the layered network and returns its amount, 0
// when there is none left.
func (f *flow) push() int32 {
	f.path = f.path[:0]
	v := int32(0)
	for !f.end.has(v) {
		if w := f.advance(v); w >= 0 {
			v = w
			continue
		}
		if len(f.path) == 0 {
			return 0
		}
		last := f.path[len(f.path)-1]
		f.path = f.path[:len(f.path)-1]
		if last >= 0 {
			v = f.r.tail[last]
		} else {
			v = f.r.head[^last]
		}
		f.next[v]++
	}
	amount := infinite
	for _, a := range f.path {
		if a >= 0 {
			amount = min(amount, f.left[a])
		} else {
			amount = min(amount, f.capacity[^a]-f.left[^a])
		}
	}
	for _, a := range f.path {
		if a >= 0 {
			f.left[a] -= amount
			f.inflow[f.r.head[a]] += amount
		} else {
			f.left[^a] += amount
			f.inflow[f.r.head[^a]] -= amount
		}
	}
	return amount
}

// advance puts the next arc that leads from v to the layer below onto the path and
// returns its other end, or -1.
func (f *flow) advance(v int32) int32 {
	r := f.r
	out := r.outStart[v+1] - r.outStart[v]
	for ; f.next[v] < out; f.next[v]++ {
		a := r.outStart[v] + f.next[v]
		if w := r.head[a]; f.level[w] == f.level[v]+1 && f.left[a] > 0 {
			f.path = append(f.path, a)
			return w
		}
	}
	if f.inflow[v] == 0 {
		return -1
	}
	for all := out + r.inStart[v+1] - r.inStart[v]; f.next[v] < all; f.next[v]++ {
		a := r.in[r.inStart[v]+f.next[v]-out]
		if w := r.tail[a]; f.level[w] == f.level[v]+1 && f.left[a] < f.capacity[a] {
			f.path = append(f.path, ^a)
			return w
		}
	}
	return -1
}

// sourceSide reports whether the super-entry still reaches a node when the flow is
// maximal: arcs that leave such nodes make a minimum cut.
func (f *flow) sourceSide(v int32) bool { return f.level[v] >= 0 }
