package embedded

import (
	"hash/maphash"
	"unsafe"
)

// stringTable gives codes to strings in the order in which they are first seen,
// so equal input gives equal codes whatever the hash seed is. It is a hash table
// with open addressing: 32 to 48 bytes an entry beside the strings, and no string
// is hashed again when it grows. A slot holds half of the hash, so that a look-up
// seldom goes to memory twice.
type stringTable struct {
	seed    maphash.Seed
	slots   []uint64 // upper half of the hash, code + 1; 0 when free
	hashes  []uint64 // by code
	strings []string
	batch   []uint64 // scratch: hashes
	touched uint64   // keeps a read that nobody needs the value of
}

func newStringTable() *stringTable { return &stringTable{seed: maphash.MakeSeed()} }

const codeBits = 32

func slotOf(hash uint64, code int) uint64 { return hash>>codeBits<<codeBits | uint64(code+1) }

// find returns the code of s, or the free slot where it belongs.
func (t *stringTable) find(s string, hash uint64) (code uint32, slot uint64, ok bool) {
	mask := uint64(len(t.slots) - 1)
	for slot = hash & mask; t.slots[slot] != 0; slot = (slot + 1) & mask {
		if x := t.slots[slot]; x>>codeBits == hash>>codeBits && t.strings[uint32(x)-1] == s {
			return uint32(x) - 1, slot, true
		}
	}
	return 0, slot, false
}

// prepare hashes strings and brings the slots where they belong into the cache.
// Strings of a graph lie all over memory; loops that do one thing to many of them
// wait for several at once, where a loop that does all to one waits for each.
func (t *stringTable) prepare(list []string) []uint64 {
	t.batch = t.batch[:0]
	var hash uint64
	for i, s := range list {
		if i == 0 || !sameMemory(s, list[i-1]) {
			hash = maphash.String(t.seed, s)
		}
		t.batch = append(t.batch, hash)
	}
	if len(t.slots) > 0 {
		mask, touched := uint64(len(t.slots)-1), uint64(0)
		for _, h := range t.batch {
			touched |= t.slots[h&mask]
		}
		t.touched = touched
	}
	return t.batch
}

// codes appends the codes of strings, which it adds when they are new.
func (t *stringTable) codes(dst []uint32, list []string) []uint32 {
	hashes := t.prepare(list)
	var code uint32
	for i, s := range list {
		if i == 0 || !sameMemory(s, list[i-1]) {
			code = t.code(s, hashes[i])
		}
		dst = append(dst, code)
	}
	return dst
}

func (t *stringTable) code(s string, hash uint64) uint32 {
	if 2*(len(t.hashes)+1) > len(t.slots) {
		t.grow()
	}
	code, slot, ok := t.find(s, hash)
	if !ok {
		code = uint32(len(t.strings))
		t.slots[slot] = slotOf(hash, len(t.strings))
		t.hashes = appended(t.hashes, hash)
		t.strings = appended(t.strings, s)
	}
	return code
}

// sameMemory reports whether two strings are one, not only alike.
func sameMemory(a, b string) bool {
	return len(a) == len(b) && unsafe.StringData(a) == unsafe.StringData(b)
}

// lookups appends the codes of strings; the second result is the place of the
// first that has none, -1 when all have one.
func (t *stringTable) lookups(dst []uint32, list []string) ([]uint32, int) {
	if len(t.slots) == 0 {
		return dst, min(0, len(list)-1)
	}
	for i, h := range t.prepare(list) {
		code, _, ok := t.find(list[i], h)
		if !ok {
			return dst, i
		}
		dst = append(dst, code)
	}
	return dst, -1
}

func (t *stringTable) grow() {
	t.slots = make([]uint64, max(256, 4*len(t.slots)))
	mask := uint64(len(t.slots) - 1)
	for code, hash := range t.hashes {
		i := hash & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = slotOf(hash, code)
	}
}

// dictionary holds the strings and lists of strings of one property. Each
// property has its own, so that properties are read side by side; a string that
// two of them have is stored twice.
type dictionary struct {
	texts *stringTable
	ends  []uint64 // where each string ends when they stand one behind the other

	single    []uint32 // by code of a string: code + 1 of the list of it alone, 0 when there is none
	several   map[string]uint32
	listCodes []uint32 // the items of all lists
	listEnds  []uint32
}

func newDictionary() *dictionary {
	return &dictionary{texts: newStringTable(), several: map[string]uint32{}}
}

// size is how many bytes all strings take.
func (d *dictionary) size() uint64 { return startOf(d.ends, len(d.ends)) }

// startOf is where piece i begins when each piece ends where the next begins.
func startOf[T number](ends []T, i int) T {
	if i == 0 {
		return 0
	}
	return ends[i-1]
}

// codes appends the codes of strings.
func (d *dictionary) codes(dst []uint32, list []string) []uint32 {
	known := len(d.texts.strings)
	dst = d.texts.codes(dst, list)
	for _, s := range d.texts.strings[known:] {
		d.ends = appended(d.ends, d.size()+uint64(len(s)))
	}
	return dst
}

// list is the code of the list of the strings with some codes.
func (d *dictionary) list(items []uint32) uint32 {
	if len(items) == 1 {
		return d.listOfOne(items)
	}
	key := bytesOf(items)
	code, ok := d.several[string(key)]
	if !ok {
		code = d.addList(items)
		d.several[string(key)] = code
	}
	return code
}

// listOfOne needs no hash: most lists are the proof of one edge, and most proofs
// are one document.
func (d *dictionary) listOfOne(items []uint32) uint32 {
	text := items[0]
	for int(text) >= len(d.single) {
		d.single = appended(d.single, 0)
	}
	if d.single[text] == 0 {
		d.single[text] = d.addList(items) + 1
	}
	return d.single[text] - 1
}

func (d *dictionary) addList(items []uint32) uint32 {
	for _, c := range items {
		d.listCodes = appended(d.listCodes, c)
	}
	d.listEnds = appended(d.listEnds, uint32(len(d.listCodes)))
	return uint32(len(d.listEnds) - 1)
}

// appended is append that doubles large arrays, where append adds a quarter:
// what is read once is copied less often.
func appended[T any](s []T, x T) []T {
	if len(s) == cap(s) {
		grown := make([]T, len(s), max(16, 2*len(s)))
		copy(grown, s)
		s = grown
	}
	return append(s, x)
}

// withRoom is s with room for n more.
func withRoom[T any](s []T, n int) []T {
	if cap(s)-len(s) >= n {
		return s
	}
	return append(make([]T, 0, max(2*len(s), len(s)+n)), s...)
}
