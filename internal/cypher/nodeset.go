package cypher

// nodeSet is a set of nodes that remembers the order of insertion, so that it is cheap to list and to clear.
// The bitmap is made at the first insertion.
type nodeSet struct {
	bits []uint64
	list []uint32
}

// add inserts the node and says whether it is new. The graph has so many nodes.
func (s *nodeSet) add(rt *run, node uint32) bool {
	if s.bits == nil {
		words := (rt.graph.NodeCount() + 63) / 64
		rt.grow(int64(words) * 8)
		s.bits = make([]uint64, words)
	}
	word, bit := node/64, uint64(1)<<(node%64)
	if s.bits[word]&bit != 0 {
		return false
	}
	s.bits[word] |= bit
	if len(s.list) == cap(s.list) {
		rt.grow(int64(4 * max(64, len(s.list))))
	}
	s.list = append(s.list, node)
	return true
}

func (s *nodeSet) has(node uint32) bool {
	return s != nil && s.bits != nil && s.bits[node/64]&(1<<(node%64)) != 0
}

func (s *nodeSet) clear() {
	for _, n := range s.list {
		s.bits[n/64] = 0
	}
	s.list = s.list[:0]
}
