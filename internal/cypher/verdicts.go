package cypher

import "github.com/postern-sec/postern/internal/cypher/value"

// verdicts remembers what the tests of a hop said of an edge, for searches that look at an edge many times.
// It is used only where the tests read nothing but the hop itself.
type verdicts struct {
	asked      int
	known, yes []uint64
}

// rememberAfter is the number of questions after which remembering begins to pay.
const rememberAfter = 4096

// test makes the tests of the hop for an edge walked from left to right, or remembers what they said. An edge
// has two answers, one for each direction in which it is walked.
func (v *verdicts) test(rt *run, h *hop, remember bool, left, edge, right uint32) bool {
	if len(h.tests) == 0 {
		return true
	}
	if !remember {
		return h.test(rt, left, edge, right)
	}
	if v.known == nil {
		if v.asked++; v.asked < rememberAfter {
			return h.test(rt, left, edge, right)
		}
		words := rt.graph.EdgeCount()/32 + 1
		rt.grow(int64(words) * 16)
		v.known, v.yes = make([]uint64, words), make([]uint64, words)
	}
	bit := uint64(edge) * 2
	if h.dir == Both {
		if from, _ := rt.graph.EdgeEnds(edge); from != left {
			bit++
		}
	}
	word, mask := bit/64, uint64(1)<<(bit%64)
	if v.known[word]&mask == 0 {
		v.known[word] |= mask
		if h.test(rt, left, edge, right) {
			v.yes[word] |= mask
		}
	}
	return v.yes[word]&mask != 0
}

func (h *hop) test(rt *run, left, edge, right uint32) bool {
	rt.row[h.left], rt.row[h.edge], rt.row[h.right] = value.OfNode(left), value.OfEdge(edge), value.OfNode(right)
	return all(rt, h.tests)
}
