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
// code; what is stored under a code is compared by the caller. It costs 4 to 8
// bytes an entry, where a map of strings costs about 40.
type codeTable struct {
	slots []uint32 // code + 1, 0 when free
	used  int
}

// find returns the code that same accepts, or adds next.
func (t *codeTable) find(hash uint64, next uint32, same func(code uint32) bool, rehash func(code uint32) uint64) (code uint32, added bool) {
	if 2*(t.used+1) > len(t.slots) {
		t.grow(rehash)
	}
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch s := t.slots[i]; {
		case s == 0:
			t.slots[i] = next + 1
			t.used++
			return next, true
		case same(s - 1):
			return s - 1, false
		}
	}
}

func (t *codeTable) grow(rehash func(code uint32) uint64) {
	old := t.slots
	t.slots = make([]uint32, max(1024, 2*len(old)))
	mask := uint64(len(t.slots) - 1)
	for _, s := range old {
		if s == 0 {
			continue
		}
		i := rehash(s-1) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}

// textBuilder gives codes to strings in the order in which they are first
// seen, so equal input gives equal codes whatever the hash seed is.
type textBuilder struct {
	seed    maphash.Seed
	table   codeTable
	strings []string
	hashes  []uint32 // high halves: spare most comparisons of long strings
	size    uint64
}

func newTextBuilder() *textBuilder { return &textBuilder{seed: maphash.MakeSeed()} }

func (b *textBuilder) code(s string) uint32 {
	h := maphash.String(b.seed, s)
	high := uint32(h >> 32)
	code, added := b.table.find(h, uint32(len(b.strings)),
		func(c uint32) bool { return b.hashes[c] == high && b.strings[c] == s },
		func(c uint32) uint64 { return maphash.String(b.seed, b.strings[c]) })
	if added {
		b.strings = append(b.strings, s)
		b.hashes = append(b.hashes, high)
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

func newListBuilder() *listBuilder {
	return &listBuilder{seed: maphash.MakeSeed(), list: listTable{offsets: []uint32{0}}}
}

func (b *listBuilder) code(text *textBuilder, l []string) uint32 {
	b.item = b.item[:0]
	for _, s := range l {
		b.item = append(b.item, text.code(s))
	}
	next := uint32(b.list.len())
	code, added := b.table.find(b.hash(b.item), next,
		func(c uint32) bool { return equalCodes(b.at(c), b.item) },
		func(c uint32) uint64 { return b.hash(b.at(c)) })
	if added {
		b.list.codes = append(b.list.codes, b.item...)
		b.list.offsets = append(b.list.offsets, uint32(len(b.list.codes)))
	}
	return code
}

func (b *listBuilder) at(c uint32) []uint32 {
	return b.list.codes[b.list.offsets[c]:b.list.offsets[c+1]]
}

func (b *listBuilder) hash(l []uint32) uint64 { return maphash.Bytes(b.seed, bytesOf(l)) }

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
