package cypher

// nodeSet is a set of nodes that remembers the order of insertion, so that it is cheap to list and to clear.
// A small set is its list alone; the bitmap is made when the list is no longer worth searching.
type nodeSet struct {
	bits []uint64
	list []uint32
}

// add inserts the node and says whether it is new. The graph has so many nodes.
func (s *nodeSet) add(rt *run, node uint32) bool {
	if s.bits == nil {
		if s.has(node) {
			return false
		}
		if len(s.list) < smallSet {
			s.list = append(s.list, node)
			return true
		}
		words := (rt.graph.NodeCount() + 63) / 64
		rt.grow(int64(words) * 8)
		s.bits = make([]uint64, words)
		for _, n := range s.list {
			s.bits[n/64] |= 1 << (n % 64)
		}
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

const smallSet = 16

func (s *nodeSet) has(node uint32) bool {
	if s.bits != nil {
		return s.bits[node/64]&(1<<(node%64)) != 0
	}
	for _, n := range s.list {
		if n == node {
			return true
		}
	}
	return false
}

func (s *nodeSet) clear() {
	if s.bits != nil {
		for _, n := range s.list {
			s.bits[n/64] = 0
		}
	}
	s.list = s.list[:0]
}
