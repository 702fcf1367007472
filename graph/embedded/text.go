package embedded

import (
	"unsafe"

	"github.com/postern-sec/postern/internal/cypher/value"
)

// textTable holds every string of a frozen graph, once for each property that
// has it. A string's code is its place in the table; the ids of the nodes come
// first, so that node i has the id with code i.
type textTable struct {
	offsets []uint64 // one more than strings
	bytes   []byte
}

func (t *textTable) len() int { return len(t.offsets) - 1 }

// at shares the table's memory, which stays as it is as long as somebody holds
// the string.
func (t *textTable) at(code uint32) string {
	b := t.bytes[t.offsets[code]:t.offsets[code+1]]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// listTable holds every distinct list of strings, once for each property.
type listTable struct {
	offsets []uint32 // into codes; one more than lists
	codes   []uint32
	cells   listCells
}

func (t *listTable) len() int { return len(t.offsets) - 1 }

// value makes the list with the given code a value of the query engine. It is
// made when first asked for and kept.
func (t *listTable) value(code uint32, text *textTable) value.Value {
	return t.cells.get(code, func() []value.Value {
		items := make([]value.Value, 0, t.offsets[code+1]-t.offsets[code])
		for _, c := range t.codes[t.offsets[code]:t.offsets[code+1]] {
			items = append(items, value.OfString(text.at(c)))
		}
		return items
	})
}
