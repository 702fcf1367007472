package embedded

// adjacency is the edges at each node in one direction, sorted by node, type,
// neighbour, edge. Edges of one node and type are a run; runs stand one behind
// the other, so a run starts where the one before it ends.
//
// Runs instead of one row of offsets a type: 40 types would cost 160 bytes a
// node and direction, and most nodes have edges of two or three types.
type adjacency struct {
	firstRun []uint32 // by node, one more than nodes
	runType  []uint16
	runEnd   []uint32
	far      []uint32 // neighbour
	edge     []uint32
}

func (a *adjacency) start(run uint32) uint32 {
	if run == 0 {
		return 0
	}
	return a.runEnd[run-1]
}

// all returns the edges of all types at a node.
func (a *adjacency) all(node uint32) (far, edge []uint32) {
	from, to := a.start(a.firstRun[node]), a.start(a.firstRun[node+1])
	return a.far[from:to:to], a.edge[from:to:to]
}

// of returns the edges of one type at a node.
func (a *adjacency) of(node uint32, typ uint16) (far, edge []uint32) {
	for r := a.firstRun[node]; r < a.firstRun[node+1]; r++ {
		if a.runType[r] == typ {
			from, to := a.start(r), a.runEnd[r]
			return a.far[from:to:to], a.edge[from:to:to]
		}
	}
	return nil, nil
}

// newAdjacency builds the rows of edges given in their final order: near[i],
// typ[i] ascending with i.
func newAdjacency(nodes int, near []uint32, typ []uint16, far, edge []uint32) adjacency {
	a := adjacency{firstRun: make([]uint32, nodes+1), far: far, edge: edge}
	node := 0
	for i := range near {
		if i > 0 && near[i] == near[i-1] && typ[i] == typ[i-1] {
			a.runEnd[len(a.runEnd)-1] = uint32(i + 1)
			continue
		}
		for ; node < int(near[i]); node++ {
			a.firstRun[node+1] = uint32(len(a.runType))
		}
		a.runType = append(a.runType, typ[i])
		a.runEnd = append(a.runEnd, uint32(i+1))
	}
	for ; node < nodes; node++ {
		a.firstRun[node+1] = uint32(len(a.runType))
	}
	a.runType, a.runEnd = clipped(a.runType), clipped(a.runEnd)
	return a
}

// incoming sorts the edges by target, type, source by counting: stable passes
// over edges that are sorted by source already.
func incoming(nodes, types int, from, to []uint32, typ []uint16) adjacency {
	byType := countingOrder(len(to), types, func(i int) uint32 { return uint32(typ[i]) }, nil)
	order := countingOrder(len(to), nodes, func(i int) uint32 { return to[i] }, byType)
	near, far, kinds := make([]uint32, len(to)), make([]uint32, len(to)), make([]uint16, len(to))
	for i, e := range order {
		near[i], far[i], kinds[i] = to[e], from[e], typ[e]
	}
	return newAdjacency(nodes, near, kinds, far, order)
}

// countingOrder returns the numbers 0 to n-1, taken in the order given (nil:
// ascending), stably sorted by key, which is below keys.
func countingOrder(n, keys int, key func(int) uint32, order []uint32) []uint32 {
	next := make([]uint32, keys+1)
	for i := range n {
		next[key(i)+1]++
	}
	for k := range keys {
		next[k+1] += next[k]
	}
	out := make([]uint32, n)
	for i := range n {
		e := uint32(i)
		if order != nil {
			e = order[i]
		}
		k := key(int(e))
		out[next[k]] = e
		next[k]++
	}
	return out
}

func ascending(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}
