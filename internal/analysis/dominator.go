package analysis

// dominators computes the immediate dominator of every node that the source
// reaches; -1 for the source and for nodes it does not reach. It also returns the
// arcs grouped by head. Lengauer and Tarjan, "A fast algorithm for finding
// dominators in a flowgraph", 1979, the version with path compression:
// O(arcs × log nodes), no recursion.
func dominators(n *network) (idom, in, inStart []int32) {
	outStart, out := group(int(n.size), len(n.arcs), func(i int) int32 { return n.arcs[i].from })
	inStart, in = group(int(n.size), len(n.arcs), func(i int) int32 { return n.arcs[i].to })

	number := make([]int32, n.size) // depth-first number + 1; 0: not reached
	parent := make([]int32, n.size)
	var order []int32
	type frame struct{ node, next int32 }
	stack := []frame{{n.source, outStart[n.source]}}
	visit := func(v, from int32) {
		order = append(order, v)
		number[v] = int32(len(order))
		parent[v] = from
	}
	visit(n.source, -1)
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		if f.next == outStart[f.node+1] {
			stack = stack[:len(stack)-1]
			continue
		}
		w := n.arcs[out[f.next]].to
		f.next++
		if number[w] == 0 {
			visit(w, f.node)
			stack = append(stack, frame{w, outStart[w]})
		}
	}

	semi := make([]int32, n.size) // by number
	label := make([]int32, n.size)
	ancestor := make([]int32, n.size)
	idom = make([]int32, n.size)
	bucketHead, bucketNext := make([]int32, n.size), make([]int32, n.size)
	for i := range semi {
		semi[i], label[i], ancestor[i], idom[i], bucketHead[i], bucketNext[i] = number[i], int32(i), -1, -1, -1, -1
	}
	var path []int32
	eval := func(v int32) int32 {
		if ancestor[v] < 0 {
			return v
		}
		path = path[:0]
		for ancestor[ancestor[v]] >= 0 {
			path = append(path, v)
			v = ancestor[v]
		}
		for i := len(path) - 1; i >= 0; i-- {
			u := path[i]
			a := ancestor[u]
			if semi[label[a]] < semi[label[u]] {
				label[u] = label[a]
			}
			ancestor[u] = ancestor[a]
		}
		if len(path) > 0 {
			return label[path[0]]
		}
		return label[v]
	}
	for i := len(order) - 1; i > 0; i-- {
		w := order[i]
		for _, a := range in[inStart[w]:inStart[w+1]] {
			v := n.arcs[a].from
			if number[v] == 0 {
				continue
			}
			if u := eval(v); semi[u] < semi[w] {
				semi[w] = semi[u]
			}
		}
		s := order[semi[w]-1]
		bucketNext[w], bucketHead[s] = bucketHead[s], w
		p := parent[w]
		ancestor[w] = p
		for v := bucketHead[p]; v >= 0; v = bucketNext[v] {
			if u := eval(v); semi[u] < semi[v] {
				idom[v] = u
			} else {
				idom[v] = p
			}
		}
		bucketHead[p] = -1
	}
	for _, w := range order[1:] {
		if idom[w] != order[semi[w]-1] {
			idom[w] = idom[idom[w]]
		}
	}
	idom[n.source] = -1
	return idom, in, inStart
}
