package analysis

import "slices"

// flow is a maximum flow from a network's source to all its ends. Dinic,
// "Algorithm for solution of a problem of maximum flow", 1970.
type flow struct {
	source, sink int32
	start        []int32 // residual arcs grouped by tail
	arcs         []int32
	head         []int32 // arc i and its reverse i^1
	left         []int32
	level, next  []int32
}

func newFlow(n *network, capacity func(arc) int32) *flow {
	f := &flow{source: n.source, sink: n.size}
	add := func(from, to, capacity int32) {
		f.head = append(f.head, to, from)
		f.left = append(f.left, capacity, 0)
	}
	for _, a := range n.arcs {
		add(a.from, a.to, capacity(a))
	}
	for _, e := range n.ends {
		add(e, f.sink, infinite)
	}
	f.start, f.arcs = group(int(n.size)+1, len(f.head), func(i int) int32 { return f.head[i^1] })
	return f
}

// run returns the value of the maximum flow.
func (f *flow) run() int64 {
	total := int64(0)
	for f.layer() {
		f.next = slices.Clone(f.start)
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

// layer numbers nodes by distance from the source in the residual network and
// reports whether the sink is reached.
func (f *flow) layer() bool {
	f.level = make([]int32, len(f.start)-1)
	for i := range f.level {
		f.level[i] = -1
	}
	f.level[f.source] = 0
	queue := []int32{f.source}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, a := range f.arcs[f.start[v]:f.start[v+1]] {
			if w := f.head[a]; f.left[a] > 0 && f.level[w] < 0 {
				f.level[w] = f.level[v] + 1
				queue = append(queue, w)
			}
		}
	}
	return f.level[f.sink] >= 0
}

// push sends flow along one path of the layered network and returns its
// amount, 0 when there is none left.
func (f *flow) push() int32 {
	var path []int32
	v := f.source
	for v != f.sink {
		advanced := false
		for ; f.next[v] < f.start[v+1]; f.next[v]++ {
			a := f.arcs[f.next[v]]
			if f.left[a] > 0 && f.level[f.head[a]] == f.level[v]+1 {
				path = append(path, a)
				v = f.head[a]
				advanced = true
				break
			}
		}
		if advanced {
			continue
		}
		if len(path) == 0 {
			return 0
		}
		v = f.head[path[len(path)-1]^1]
		path = path[:len(path)-1]
		f.next[v]++
	}
	amount := infinite
	for _, a := range path {
		amount = min(amount, f.left[a])
	}
	for _, a := range path {
		f.left[a] -= amount
		f.left[a^1] += amount
	}
	return amount
}

// sourceSide marks the nodes that the source still reaches when the flow is
// maximal: arcs that leave them make a minimum cut.
func (f *flow) sourceSide() []bool {
	f.layer()
	side := make([]bool, len(f.level))
	for i, l := range f.level {
		side[i] = l >= 0
	}
	return side
}
