package embedded

import (
	"math"
	"math/bits"

	"github.com/postern-sec/postern/internal/cypher/value"
)

// columnKind is the type of a column's values. Stored in files: never reuse a
// number.
type columnKind uint8

const (
	textColumn  columnKind = 1 // codes of strings
	listColumn  columnKind = 2 // codes of lists
	boolColumn  columnKind = 3 // codes 0 and 1
	intColumn   columnKind = 4 // words
	floatColumn columnKind = 5 // words, IEEE 754 bits
)

// column holds the values of one property, of one type, of all nodes or all
// edges. Values are packed: present says which rows have one, and rank how
// many have one before each word of present. A full column has neither.
type column struct {
	kind    columnKind
	rows    uint32
	present []uint64
	rank    []uint32
	codes   []uint32
	words   []uint64
}

// slot returns where the value of a row is, and whether there is one.
func (c *column) slot(row uint32) (int, bool) {
	if c.present == nil {
		return int(row), true
	}
	w, bit := c.present[row>>6], uint64(1)<<(row&63)
	if w&bit == 0 {
		return 0, false
	}
	return int(c.rank[row>>6]) + bits.OnesCount64(w&(bit-1)), true
}

func (c *column) len() int { return len(c.codes) + len(c.words) }

func (c *column) value(slot int, f *frozen) value.Value {
	switch c.kind {
	case textColumn:
		return value.OfString(f.text.at(c.codes[slot]))
	case listColumn:
		return f.lists.value(c.codes[slot], &f.text)
	case boolColumn:
		return value.OfBool(c.codes[slot] != 0)
	case intColumn:
		return value.OfInt(int64(c.words[slot]))
	default:
		return value.OfFloat(math.Float64frombits(c.words[slot]))
	}
}

// buildRank fills rank from present and returns the number of values.
func (c *column) buildRank() int {
	if c.present == nil {
		return int(c.rows)
	}
	c.rank = make([]uint32, len(c.present))
	n := 0
	for i, w := range c.present {
		c.rank[i] = uint32(n)
		n += bits.OnesCount64(w)
	}
	return n
}

// columns are the columns of nodes or of edges by key. A key has several when
// its values are of several types; a row then has a value in one of them.
type columns [][]column

func (cs columns) get(row uint32, key int, f *frozen) value.Value {
	for i := range cs[key] {
		c := &cs[key][i]
		if s, ok := c.slot(row); ok {
			return c.value(s, f)
		}
	}
	return value.Value{}
}

func (cs columns) has(row uint32, key int) bool {
	for i := range cs[key] {
		if _, ok := cs[key][i].slot(row); ok {
			return true
		}
	}
	return false
}

// clipped copies a slice that append left with much room to spare.
func clipped[T any](s []T) []T {
	if cap(s)-len(s) < len(s)/16 {
		return s
	}
	return append(make([]T, 0, len(s)), s...)
}
