package embedded

import (
	"math"
	"math/bits"
	"slices"

	"github.com/postern-sec/postern/graph"
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

// columnsBuilder collects the columns of nodes or edges, rows ascending.
type columnsBuilder struct {
	rows  int
	byKey map[string]*keyBuilder
	// recent is the builders of the last row's keys in order: rows of one kind
	// have the same keys, so most look-ups are one comparison.
	recent []*keyBuilder
}

type keyBuilder struct {
	key     string
	columns [floatColumn + 1]*column
	// What the last row had: neighbours often have the same.
	text     string
	textCode uint32
	list     []string
	listCode uint32
}

// textOf is the code of a string.
func (k *keyBuilder) textOf(s string, d *dictionaries) uint32 {
	if s != k.text || s == "" {
		k.text, k.textCode = s, d.text.code(s)
	}
	return k.textCode
}

func (k *keyBuilder) listOf(l []string, d *dictionaries) uint32 {
	if len(l) == 0 || !slices.Equal(l, k.list) {
		k.list, k.listCode = l, d.lists.code(d.text, l)
	}
	return k.listCode
}

func newColumnsBuilder(rows int) *columnsBuilder {
	return &columnsBuilder{rows: rows, byKey: map[string]*keyBuilder{}}
}

func (b *columnsBuilder) key(at int, key string) *keyBuilder {
	if at < len(b.recent) && b.recent[at].key == key {
		return b.recent[at]
	}
	k := b.byKey[key]
	if k == nil {
		k = &keyBuilder{key: key}
		b.byKey[key] = k
	}
	if at < len(b.recent) {
		b.recent[at] = k
	} else {
		b.recent = append(b.recent, k)
	}
	return k
}

func (k *keyBuilder) column(kind columnKind, row uint32, rows int) *column {
	c := k.columns[kind]
	if c == nil {
		c = &column{kind: kind, rows: uint32(rows), present: make([]uint64, (rows+63)/64)}
		k.columns[kind] = c
	}
	c.present[row>>6] |= 1 << (row & 63)
	return c
}

// set adds the at-th property of a row; at only speeds the look-up of the key.
func (b *columnsBuilder) set(row uint32, at int, key string, v graph.Value, d *dictionaries) bool {
	k := b.key(at, key)
	switch x := v.(type) {
	case string:
		c := k.column(textColumn, row, b.rows)
		c.codes = append(c.codes, k.textOf(x, d))
	case []string:
		c := k.column(listColumn, row, b.rows)
		c.codes = append(c.codes, k.listOf(x, d))
	case bool:
		c := k.column(boolColumn, row, b.rows)
		var n uint32
		if x {
			n = 1
		}
		c.codes = append(c.codes, n)
	case int64:
		c := k.column(intColumn, row, b.rows)
		c.words = append(c.words, uint64(x))
	case float64:
		c := k.column(floatColumn, row, b.rows)
		c.words = append(c.words, math.Float64bits(x))
	default:
		return false
	}
	return true
}

// freeze returns the columns in the order of keys, clipped to their size.
func (b *columnsBuilder) freeze(keys []string) columns {
	out := make(columns, len(keys))
	for i, key := range keys {
		k := b.byKey[key]
		if k == nil {
			continue
		}
		for _, c := range k.columns {
			if c == nil {
				continue
			}
			if c.len() == b.rows {
				c.present = nil
			}
			c.buildRank()
			c.codes, c.words = clipped(c.codes), clipped(c.words)
			out[i] = append(out[i], *c)
		}
	}
	return out
}

// clipped copies a slice that append left with much room to spare.
func clipped[T any](s []T) []T {
	if cap(s)-len(s) < len(s)/16 {
		return s
	}
	return append(make([]T, 0, len(s)), s...)
}
