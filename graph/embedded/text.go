package embedded

import (
	"hash/maphash"
	"unsafe"

	"github.com/postern-sec/postern/internal/cypher/value"
)

// textTable holds every string of a frozen graph once. A string's code is its
// place in the table; the ids of the nodes come first, so that node i has the
// id with code i.
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

// codeTable is an open-addressing hash table from the hash of something to its
// code; what is stored under a code is compared by the caller. It costs 24 to
// 40 bytes an entry while a graph is built, where a map of strings costs more
// and hashes every string again when it grows. A slot holds half of the hash, so
// that a look-up seldom goes to memory twice.
type codeTable struct {
	slots  []uint64 // upper half of the hash, code + 1; 0 when free
	hashes []uint64 // by code
}

const codeBits = 32

func slotOf(hash uint64, code int) uint64 { return hash>>codeBits<<codeBits | uint64(code+1) }

func newCodeTable(expected int) codeTable {
	size := 1024
	for size < 2*expected {
		size *= 2
	}
	return codeTable{slots: make([]uint64, size), hashes: make([]uint64, 0, expected)}
}

// find returns the code whose hash fits and that same accepts, or adds one.
func (t *codeTable) find(hash uint64, same func(code uint32) bool) (code uint32, added bool) {
	if 2*(len(t.hashes)+1) > len(t.slots) {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch s := t.slots[i]; {
		case s == 0:
			t.hashes = append(t.hashes, hash)
			t.slots[i] = slotOf(hash, len(t.hashes)-1)
			return uint32(len(t.hashes) - 1), true
		case s>>codeBits == hash>>codeBits && same(uint32(s)-1):
			return uint32(s) - 1, false
		}
	}
}

func (t *codeTable) grow() {
	t.slots = make([]uint64, 2*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for code, hash := range t.hashes {
		i := hash & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = slotOf(hash, code)
	}
}

// textBuilder gives codes to strings in the order in which they are first
// seen, so equal input gives equal codes whatever the hash seed is.
type textBuilder struct {
	seed    maphash.Seed
	table   codeTable
	strings []string
	size    uint64
}

func newTextBuilder(expected int) *textBuilder {
	return &textBuilder{seed: maphash.MakeSeed(), table: newCodeTable(expected), strings: make([]string, 0, expected)}
}

func (b *textBuilder) code(s string) uint32 {
	code, added := b.table.find(maphash.String(b.seed, s), func(c uint32) bool { return b.strings[c] == s })
	if added {
		b.strings = append(b.strings, s)
		b.size += uint64(len(s))
	}
	return code
}

func (b *textBuilder) freeze() textTable {
	t := textTable{offsets: make([]uint64, 1, len(b.strings)+1), bytes: make([]byte, 0, b.size)}
	for _, s := range b.strings {
		t.bytes = append(t.bytes, s...)
		t.offsets = append(t.offsets, uint64(len(t.bytes)))
	}
	return t
}

// listTable holds every distinct list of strings once.
type listTable struct {
	offsets []uint32 // into codes; one more than lists
	codes   []uint32
	cells   listCells
}

func (t *listTable) len() int { return len(t.offsets) - 1 }

// listBuilder gives codes to lists of strings, as textBuilder does to strings.
type listBuilder struct {
	seed  maphash.Seed
	table codeTable
	list  listTable
	item  []uint32 // scratch
}

func newListBuilder(expected int) *listBuilder {
	return &listBuilder{seed: maphash.MakeSeed(), table: newCodeTable(expected), list: listTable{offsets: make([]uint32, 1, expected+1)}}
}

func (b *listBuilder) code(text *textBuilder, l []string) uint32 {
	b.item = b.item[:0]
	for _, s := range l {
		b.item = append(b.item, text.code(s))
	}
	code, added := b.table.find(maphash.Bytes(b.seed, bytesOf(b.item)), func(c uint32) bool { return equalCodes(b.at(c), b.item) })
	if added {
		b.list.codes = append(b.list.codes, b.item...)
		b.list.offsets = append(b.list.offsets, uint32(len(b.list.codes)))
	}
	return code
}

func (b *listBuilder) at(c uint32) []uint32 {
	return b.list.codes[b.list.offsets[c]:b.list.offsets[c+1]]
}

func equalCodes(a, b []uint32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

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
