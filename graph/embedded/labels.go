package embedded

import (
	"encoding/binary"

	"github.com/postern-sec/postern/internal/cypher"
)

// labelTable says which node has which labels. There are few different sets of
// labels (a kind decides most of them), so a node holds the number of its set.
type labelTable struct {
	set   []uint16 // by node
	sets  []labelSet
	nodes [][]uint32 // by label, ascending
}

type labelSet struct {
	ids  []cypher.LabelID // ascending
	bits []uint64
}

func newLabelSet(ids []cypher.LabelID, labels int) labelSet {
	s := labelSet{ids: ids, bits: make([]uint64, (labels+63)/64)}
	for _, l := range ids {
		s.bits[l>>6] |= 1 << (l & 63)
	}
	return s
}

func (s *labelSet) has(l cypher.LabelID) bool { return s.bits[l>>6]&(1<<(l&63)) != 0 }

// fill makes the node list of each label.
func (t *labelTable) fill(labels int) {
	perSet := make([]int, len(t.sets))
	for _, s := range t.set {
		perSet[s]++
	}
	size := make([]int, labels)
	for i, s := range t.sets {
		for _, l := range s.ids {
			size[l] += perSet[i]
		}
	}
	t.nodes = make([][]uint32, labels)
	for l, n := range size {
		t.nodes[l] = make([]uint32, 0, n)
	}
	for node, s := range t.set {
		for _, l := range t.sets[s].ids {
			t.nodes[l] = append(t.nodes[l], uint32(node))
		}
	}
}

// labelsKey is a map key for a set of labels.
func labelsKey(labels []string) string {
	var b []byte
	for _, l := range labels {
		b = binary.AppendUvarint(b, uint64(len(l)))
		b = append(b, l...)
	}
	return string(b)
}
