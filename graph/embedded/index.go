package embedded

import (
	"slices"
	"sort"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/value"
)

// textIndex finds nodes by the string value of one property: distinct values
// in ascending order, and for each the nodes that have it, ascending.
type textIndex struct {
	text   *textTable
	codes  []uint32 // distinct values, sorted by their text
	starts []uint32 // into nodes; one more than codes
	nodes  []uint32
}

// Lookup implements cypher.Index.
func (x *textIndex) Lookup(v value.Value) []uint32 {
	if v.Kind() != value.String {
		return nil
	}
	s := v.Str()
	i := sort.Search(len(x.codes), func(i int) bool { return x.text.at(x.codes[i]) >= s })
	if i == len(x.codes) || x.text.at(x.codes[i]) != s {
		return nil
	}
	return x.nodes[x.starts[i]:x.starts[i+1]:x.starts[i+1]]
}

// Distinct implements cypher.Index.
func (x *textIndex) Distinct() int { return len(x.codes) }

// Len implements cypher.Index.
func (x *textIndex) Len() int { return len(x.nodes) }

// newTextIndex builds the index of a column of strings.
func newTextIndex(c *column, text *textTable) *textIndex {
	codes := slices.Clone(c.codes)
	slices.Sort(codes)
	codes = slices.Compact(codes)
	slices.SortFunc(codes, func(a, b uint32) int { return strings.Compare(text.at(a), text.at(b)) })
	place := make(map[uint32]uint32, len(codes))
	for i, code := range codes {
		place[code] = uint32(i)
	}
	rows := c.filledRows()
	order := countingOrder(len(rows), len(codes), func(i int) uint32 { return place[c.codes[i]] }, nil)
	x := &textIndex{text: text, codes: clipped(codes), starts: make([]uint32, len(codes)+1), nodes: make([]uint32, len(rows))}
	for i, slot := range order {
		x.nodes[i] = rows[slot]
		x.starts[place[c.codes[slot]]+1] = uint32(i + 1)
	}
	return x
}

// filledRows returns the rows that have a value, ascending.
func (c *column) filledRows() []uint32 {
	out := make([]uint32, 0, c.len())
	for row := range c.rows {
		if _, ok := c.slot(row); ok {
			out = append(out, row)
		}
	}
	return out
}

// idIndex finds a node by its id; ids are sorted as nodes are.
type idIndex struct {
	text  *textTable
	self  []uint32 // 0, 1, 2, …: a result is a part of it
	nodes int
}

// Lookup implements cypher.Index.
func (x *idIndex) Lookup(v value.Value) []uint32 {
	if v.Kind() != value.String {
		return nil
	}
	s := v.Str()
	i := sort.Search(x.nodes, func(i int) bool { return x.text.at(uint32(i)) >= s })
	if i == x.nodes || x.text.at(uint32(i)) != s {
		return nil
	}
	return x.self[i : i+1 : i+1]
}

// Distinct implements cypher.Index.
func (x *idIndex) Distinct() int { return x.nodes }

// Len implements cypher.Index.
func (x *idIndex) Len() int { return x.nodes }
