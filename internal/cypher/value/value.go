// Package value holds the values that a query of the read dialect computes with: small tagged cells that
// need no allocation for null, booleans, numbers, strings, nodes and edges, and the three relations that
// the language defines on them (equality with null, equivalence for grouping, the total order of ORDER BY).
//
// A Value is 24 bytes and is passed by value. Lists, maps and paths share their backing memory: nobody
// changes a list, a map or a path once it is inside a Value.
package value

import (
	"math"
	"sort"
	"unsafe"
)

// Kind says what a Value is. The zero Kind is Null.
type Kind uint8

// The kinds of value that exist. There are no temporal, spatial or byte values in the dialect.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
	Node
	Edge
	Path
)

var kindNames = [...]string{"Null", "Boolean", "Integer", "Float", "String", "List", "Map", "Node", "Relationship", "Path"}

// String names the kind as the language's own messages do.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Unknown"
}

// Value is one value of the language. The zero Value is null.
//
// n holds the payload of booleans, numbers, nodes and edges, and the length of strings and lists; p points
// at the bytes of a string, the first element of a list, or the data of a map or path.
//
// weight is the size of what a list or map keeps alive, in units of weightUnit, saturating; it is known from
// construction, so that a list of a list of a list that shares its parts is seen to be too large without a walk.
type Value struct {
	p      unsafe.Pointer
	n      uint64
	weight uint32
	kind   Kind
}

const weightUnit = 16

// Entry is one key of a map value.
type Entry struct {
	Key   string
	Value Value
}

// PathData is an alternating walk: Nodes has one element more than Edges, and Edges[i] joins Nodes[i] and
// Nodes[i+1] in either direction. It is immutable once inside a Value.
type PathData struct {
	Nodes []uint32
	Edges []uint32
}

// OfBool makes a boolean.
func OfBool(b bool) Value {
	if b {
		return Value{kind: Bool, n: 1}
	}
	return Value{kind: Bool}
}

// OfInt makes an integer.
func OfInt(i int64) Value { return Value{kind: Int, n: uint64(i)} }

// OfFloat makes a floating-point number; NaN and the infinities are values like others.
func OfFloat(f float64) Value { return Value{kind: Float, n: math.Float64bits(f)} }

// OfString makes a string. The bytes are shared, not copied.
func OfString(s string) Value {
	return Value{kind: String, n: uint64(len(s)), p: unsafe.Pointer(unsafe.StringData(s))}
}

// OfNode makes the node with the given number in the graph being read.
func OfNode(id uint32) Value { return Value{kind: Node, n: uint64(id)} }

// OfEdge makes the edge with the given number in the graph being read.
func OfEdge(id uint32) Value { return Value{kind: Edge, n: uint64(id)} }

// OfList makes a list that shares the given slice; the caller must not change it afterwards.
func OfList(items []Value) Value {
	total := uint64(0)
	for i := range items {
		total += items[i].units()
	}
	return Value{kind: List, n: uint64(len(items)), p: unsafe.Pointer(unsafe.SliceData(items)), weight: saturate(total)}
}

// OfPath makes a path that shares the given data; the caller must not change it afterwards.
func OfPath(path *PathData) Value { return Value{kind: Path, p: unsafe.Pointer(path)} }

// OfMap makes a map that shares the given entries; of two entries with one key the later wins. The slice is
// sorted in place and must not be changed afterwards.
func OfMap(entries []Entry) Value {
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].Key < entries[j].Key })
	kept := entries[:0]
	for i, e := range entries {
		if i+1 < len(entries) && entries[i+1].Key == e.Key {
			continue
		}
		kept = append(kept, e)
	}
	total := uint64(0)
	for i := range kept {
		total += kept[i].Value.units() + 1 + uint64(len(kept[i].Key))/weightUnit
	}
	return Value{kind: Map, n: uint64(len(kept)), p: unsafe.Pointer(unsafe.SliceData(kept)), weight: saturate(total)}
}

// Kind says what v is.
func (v Value) Kind() Kind { return v.kind }

// IsNull says whether v is null.
func (v Value) IsNull() bool { return v.kind == Null }

// IsTrue says whether v is the boolean true; null and every other value are not.
func (v Value) IsTrue() bool { return v.kind == Bool && v.n == 1 }

// IsFalse says whether v is the boolean false; null and every other value are not.
func (v Value) IsFalse() bool { return v.kind == Bool && v.n == 0 }

// IsNumber says whether v is an integer or a float.
func (v Value) IsNumber() bool { return v.kind == Int || v.kind == Float }

// Int is the integer v; meaningless for other kinds.
func (v Value) Int() int64 { return int64(v.n) }

// Float is the float v; meaningless for other kinds.
func (v Value) Float() float64 { return math.Float64frombits(v.n) }

// Number is v as a float, for an integer or a float.
func (v Value) Number() float64 {
	if v.kind == Int {
		return float64(int64(v.n))
	}
	return math.Float64frombits(v.n)
}

// ID is the number of the node or edge v; meaningless for other kinds.
func (v Value) ID() uint32 { return uint32(v.n) }

// Len is the length of a string in bytes, of a list in elements, of a map in entries, of a path in edges; 0 for other kinds.
func (v Value) Len() int {
	switch v.kind {
	case String, List, Map:
		return int(v.n)
	case Path:
		return len(v.Path().Edges)
	}
	return 0
}

// Str is the string v, "" for other kinds.
func (v Value) Str() string {
	if v.kind != String || v.n == 0 {
		return ""
	}
	return unsafe.String((*byte)(v.p), int(v.n))
}

// List is the elements of the list v, nil for other kinds. The caller must not change them.
func (v Value) List() []Value {
	if v.kind != List || v.n == 0 {
		return nil
	}
	return unsafe.Slice((*Value)(v.p), int(v.n))
}

// Entries is the entries of the map v sorted by key, nil for other kinds. The caller must not change them.
func (v Value) Entries() []Entry {
	if v.kind != Map || v.n == 0 {
		return nil
	}
	return unsafe.Slice((*Entry)(v.p), int(v.n))
}

// Path is the data of the path v, nil for other kinds. The caller must not change it.
func (v Value) Path() *PathData {
	if v.kind != Path {
		return nil
	}
	return (*PathData)(v.p)
}

// Get is the value of a key of the map v, null when absent or when v is not a map.
func (v Value) Get(key string) Value {
	entries := v.Entries()
	i := sort.Search(len(entries), func(i int) bool { return entries[i].Key >= key })
	if i < len(entries) && entries[i].Key == key {
		return entries[i].Value
	}
	return Value{}
}

// Has says whether the map v has the key, even with a null value.
func (v Value) Has(key string) bool {
	entries := v.Entries()
	i := sort.Search(len(entries), func(i int) bool { return entries[i].Key >= key })
	return i < len(entries) && entries[i].Key == key
}

func saturate(n uint64) uint32 { return uint32(min(n, math.MaxUint32)) }

// units is the weight of a cell with all that it keeps alive.
func (v Value) units() uint64 {
	const cell = uint64(unsafe.Sizeof(Value{})+weightUnit-1) / weightUnit
	return cell + uint64(v.Size())/weightUnit
}

// Size estimates the bytes that v keeps alive beyond its own cell, for memory limits, in constant time. What a
// value shares with itself counts as often as a walk would meet it.
func (v Value) Size() int64 {
	switch v.kind {
	case String:
		return int64(v.n)
	case List, Map:
		return int64(v.weight) * weightUnit
	case Path:
		p := v.Path()
		return int64(48 + 4*(len(p.Nodes)+len(p.Edges)))
	}
	return 0
}
