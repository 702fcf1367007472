package analysis

// domTree is the dominator tree of a region's super-entry: a node dominates
// another when every way to the other passes it.
type domTree struct {
	parent []int32 // immediate dominator; -1 of the super-entry
	// first and size number the tree depth first: b lies below a when first[b] is
	// one of the size[a] numbers from first[a].
	first, size []int32
}

func (d *domTree) dominates(a, b int32) bool {
	return uint32(d.first[b]-d.first[a]) < uint32(d.size[a])
}

// dominators computes the dominator tree of a region, all of whose nodes node 0
// reaches: semidominators as Lengauer and Tarjan compute them ("A fast algorithm
// for finding dominators in a flowgraph", 1979), then the nearest common ancestor
// step of Georgiadis ("Linear-time algorithms for dominators and related
// problems", 2005, section 2.3: semi-NCA). Nodes go by their depth-first number,
// so that the arrays that are walked lie together. No recursion.
func dominators(r *region) *domTree {
	n := int32(len(r.node))
	number, order, above := depthFirst(r)
	semi, label, ancestor := make([]int32, n), make([]int32, n), make([]int32, n)
	for i := range semi {
		semi[i], label[i] = int32(i), int32(i)
	}
	copy(ancestor, above)
	var path []int32
	// eval gives the number with the least semidominator on the way from v up to
	// the last that was linked, and shortens the way.
	eval := func(v, linked int32) int32 {
		if ancestor[v] < linked {
			return label[v]
		}
		path = path[:0]
		top := v
		for ancestor[top] >= linked {
			path = append(path, top)
			top = ancestor[top]
		}
		best := label[top]
		for i := len(path) - 1; i >= 0; i-- {
			u := path[i]
			ancestor[u] = ancestor[top]
			if semi[best] < semi[label[u]] {
				label[u] = best
			} else {
				best = label[u]
			}
		}
		return label[v]
	}
	for v := n - 1; v > 0; v-- {
		least := above[v]
		node := order[v]
		for _, a := range r.in[r.inStart[node]:r.inStart[node+1]] {
			u := number[r.tail[a]]
			if s := semi[eval(u, v+1)]; s < least {
				least = s
			}
		}
		semi[v] = least
	}
	idom := above // by number
	for v := int32(1); v < n; v++ {
		d := idom[v]
		for d > semi[v] {
			d = idom[d]
		}
		idom[v] = d
	}
	return treeOf(idom, order)
}

// depthFirst numbers the nodes in depth-first order; above holds the number of
// each number's parent.
func depthFirst(r *region) (number, order, above []int32) {
	n := len(r.node)
	number, order, above = make([]int32, n), make([]int32, 0, n), make([]int32, n)
	for i := range number {
		number[i] = -1
	}
	next := make([]int32, n)
	copy(next, r.outStart)
	stack := make([]int32, 1, n)
	number[0], above[0] = 0, -1
	order = append(order, 0)
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		if next[v] == r.outStart[v+1] {
			stack = stack[:len(stack)-1]
			continue
		}
		w := r.head[next[v]]
		next[v]++
		if number[w] < 0 {
			number[w] = int32(len(order))
			above[number[w]] = number[v]
			order = append(order, w)
			stack = append(stack, w)
		}
	}
	return number, order, above
}

// treeOf turns immediate dominators by depth-first number into a tree of nodes.
func treeOf(idom, order []int32) *domTree {
	n := len(order)
	d := &domTree{parent: make([]int32, n), first: make([]int32, n), size: make([]int32, n)}
	size, next := make([]int32, n), make([]int32, n)
	for v := n - 1; v >= 0; v-- {
		size[v]++
		if v > 0 {
			size[idom[v]] += size[v]
		}
	}
	d.parent[0] = -1
	next[0] = 1
	for v := 1; v < n; v++ {
		at := next[idom[v]]
		next[idom[v]] += size[v]
		next[v] = at + 1
		d.parent[order[v]], d.first[order[v]] = order[idom[v]], at
	}
	for v := range n {
		d.size[order[v]] = size[v]
	}
	return d
}
