package value

import (
	"cmp"
	"encoding/binary"
	"math"
	"strings"
	"sync/atomic"
)

// Three is a truth value of three-valued logic. The zero Three is Unknown.
type Three int8

// The three truth values.
const (
	Unknown Three = 0
	True    Three = 1
	False   Three = -1
)

// Value makes the boolean, or null for Unknown.
func (t Three) Value() Value {
	switch t {
	case True:
		return OfBool(true)
	case False:
		return OfBool(false)
	}
	return Value{}
}

// Not is negation; Unknown stays Unknown.
func (t Three) Not() Three { return -t }

func three(b bool) Three {
	if b {
		return True
	}
	return False
}

// Equal is the `=` of the language: Unknown as soon as a null takes part and nothing else decides, integers
// and floats compare by numeric value, NaN equals nothing.
func Equal(a, b Value) Three {
	if a.kind == Null || b.kind == Null {
		return Unknown
	}
	if a.kind != b.kind {
		if a.IsNumber() && b.IsNumber() {
			return three(equalIntFloat(a, b))
		}
		return False
	}
	switch a.kind {
	case Bool, Int, Node, Edge:
		return three(a.n == b.n)
	case Float:
		return three(a.Float() == b.Float())
	case String:
		return three(a.n == b.n && (a.p == b.p || a.Str() == b.Str()))
	case List:
		return equalLists(a.List(), b.List())
	case Map:
		return equalMaps(a.Entries(), b.Entries())
	case Path:
		return three(comparePaths(a.Path(), b.Path()) == 0)
	}
	return Unknown
}

// equalIntFloat compares an integer with a float. As in Neo4j (measured on 5.26), a float beyond the integers equals
// the outermost of them, although it is not less or greater by less; so does DISTINCT.
func equalIntFloat(a, b Value) bool {
	if a.kind == Float {
		a, b = b, a
	}
	n, whole := wholeOf(b.Float())
	return whole && n == a.Int()
}

// wholeOf is the integer that a float equals.
func wholeOf(f float64) (int64, bool) {
	switch {
	case f == 1<<63:
		return math.MaxInt64, true
	case f != math.Trunc(f) || f < -(1<<63) || f > 1<<63:
		return 0, false
	}
	return int64(f), true
}

func equalLists(a, b []Value) Three {
	if len(a) != len(b) {
		return False
	}
	result := True
	for i := range a {
		switch Equal(a[i], b[i]) {
		case False:
			return False
		case Unknown:
			result = Unknown
		}
	}
	return result
}

func equalMaps(a, b []Entry) Three {
	if len(a) != len(b) {
		return False
	}
	for i := range a {
		if a[i].Key != b[i].Key {
			return False
		}
	}
	result := True
	for i := range a {
		switch Equal(a[i].Value, b[i].Value) {
		case False:
			return False
		case Unknown:
			result = Unknown
		}
	}
	return result
}

// Less is the `<` of the language for two values: defined between numbers, between strings, between
// booleans, between lists, between maps and, in an order of the engine's own, between nodes, between relationships and
// between paths; Unknown for null and for values of different kinds.
// The second result says whether the two are equal, for `<=`.
func Less(a, b Value) (less Three, equal Three) {
	if a.kind == Null || b.kind == Null {
		return Unknown, Unknown
	}
	if a.IsNumber() && b.IsNumber() {
		if a.isNaN() || b.isNaN() {
			return False, False
		}
		c := compareNumbers(a, b)
		return three(c < 0), three(c == 0)
	}
	if a.kind != b.kind {
		return Unknown, Unknown
	}
	switch a.kind {
	case String:
		c := strings.Compare(a.Str(), b.Str())
		return three(c < 0), three(c == 0)
	case Bool, Node, Edge:
		return three(a.n < b.n), three(a.n == b.n)
	case Path:
		c := comparePaths(a.Path(), b.Path())
		return three(c < 0), three(c == 0)
	case List:
		return lessLists(a.List(), b.List())
	case Map:
		return lessMaps(a.Entries(), b.Entries())
	}
	return Unknown, Unknown
}

// lessMaps compares by number of entries, then by keys, then by values, as Neo4j 5.26 does (measured).
func lessMaps(a, b []Entry) (Three, Three) {
	if len(a) != len(b) {
		return three(len(a) < len(b)), False
	}
	for i := range a {
		if c := strings.Compare(a[i].Key, b[i].Key); c != 0 {
			return three(c < 0), False
		}
	}
	for i := range a {
		if less, equal := Less(a[i].Value, b[i].Value); equal != True {
			return less, equal
		}
	}
	return False, True
}

func lessLists(a, b []Value) (Three, Three) {
	for i := 0; i < len(a) && i < len(b); i++ {
		less, equal := Less(a[i], b[i])
		if equal == True {
			continue
		}
		return less, equal
	}
	return three(len(a) < len(b)), three(len(a) == len(b))
}

// rank orders kinds as ORDER BY does: maps first, null last.
var rank = [...]int8{Map: 0, Node: 1, Edge: 2, List: 3, Path: 4, String: 5, Bool: 6, Int: 7, Float: 7, Null: 8}

// Compare is the total order of ORDER BY, ascending. It is 0 for null and null, NaN and NaN, 1 and 1.0.
func Compare(a, b Value) int {
	if c := cmp.Compare(rank[a.kind], rank[b.kind]); c != 0 {
		return c
	}
	switch a.kind {
	case Bool, Node, Edge:
		return cmp.Compare(a.n, b.n)
	case Int, Float:
		return compareNumbers(a, b)
	case String:
		return strings.Compare(a.Str(), b.Str())
	case List:
		x, y := a.List(), b.List()
		for i := 0; i < len(x) && i < len(y); i++ {
			if c := Compare(x[i], y[i]); c != 0 {
				return c
			}
		}
		return cmp.Compare(len(x), len(y))
	case Map:
		return compareMaps(a.Entries(), b.Entries())
	case Path:
		return comparePaths(a.Path(), b.Path())
	}
	return 0
}

func compareMaps(x, y []Entry) int {
	if c := cmp.Compare(len(x), len(y)); c != 0 {
		return c
	}
	for i := range x {
		if c := strings.Compare(x[i].Key, y[i].Key); c != 0 {
			return c
		}
	}
	for i := range x {
		if c := Compare(x[i].Value, y[i].Value); c != 0 {
			return c
		}
	}
	return 0
}

func comparePaths(x, y *PathData) int {
	for i := range x.Nodes {
		if i >= len(y.Nodes) {
			return 1
		}
		if c := cmp.Compare(x.Nodes[i], y.Nodes[i]); c != 0 {
			return c
		}
		if i < len(x.Edges) && i < len(y.Edges) {
			if c := cmp.Compare(x.Edges[i], y.Edges[i]); c != 0 {
				return c
			}
		}
	}
	return cmp.Compare(len(x.Nodes), len(y.Nodes))
}

func (v Value) isNaN() bool { return v.kind == Float && math.IsNaN(v.Float()) }

// compareNumbers compares exactly, also integers beyond 2^53 with floats; NaN is the largest number.
func compareNumbers(a, b Value) int {
	if a.kind == Int && b.kind == Int {
		return cmp.Compare(a.Int(), b.Int())
	}
	if a.isNaN() || b.isNaN() {
		switch {
		case a.isNaN() && b.isNaN():
			return 0
		case a.isNaN():
			return 1
		}
		return -1
	}
	if a.kind == Float && b.kind == Float {
		return cmp.Compare(a.Float(), b.Float())
	}
	if a.kind == Float {
		return -compareIntFloat(b.Int(), a.Float())
	}
	return compareIntFloat(a.Int(), b.Float())
}

func compareIntFloat(i int64, f float64) int {
	const limit = 1 << 63
	if f >= limit {
		return -1
	}
	if f < -limit {
		return 1
	}
	whole := math.Trunc(f)
	if c := cmp.Compare(i, int64(whole)); c != 0 {
		return c
	}
	return cmp.Compare(whole, f)
}

// unequal numbers the NaNs among keys.
var unequal atomic.Uint64

// AppendKey appends bytes for use as a hash key. They are equal exactly for values that DISTINCT and grouping take for
// the same: null and null, 1 and 1.0. Each NaN is its own, as in Neo4j (measured on 5.26).
func AppendKey(dst []byte, v Value) []byte {
	switch v.kind {
	case Null:
		return append(dst, 'n')
	case Bool:
		return append(dst, 'b', byte(v.n))
	case Int:
		return binary.BigEndian.AppendUint64(append(dst, 'i'), v.n)
	case Float:
		return appendFloatKey(dst, v.Float())
	case String:
		dst = binary.AppendUvarint(append(dst, 's'), v.n)
		return append(dst, v.Str()...)
	case Node:
		return binary.BigEndian.AppendUint32(append(dst, 'N'), uint32(v.n))
	case Edge:
		return binary.BigEndian.AppendUint32(append(dst, 'E'), uint32(v.n))
	case List:
		dst = binary.AppendUvarint(append(dst, 'l'), v.n)
		for _, item := range v.List() {
			dst = AppendKey(dst, item)
		}
		return dst
	case Map:
		dst = binary.AppendUvarint(append(dst, 'm'), v.n)
		for _, e := range v.Entries() {
			dst = binary.AppendUvarint(dst, uint64(len(e.Key)))
			dst = AppendKey(append(dst, e.Key...), e.Value)
		}
		return dst
	}
	p := v.Path()
	dst = binary.AppendUvarint(append(dst, 'p'), uint64(len(p.Nodes)))
	for _, n := range p.Nodes {
		dst = binary.BigEndian.AppendUint32(dst, n)
	}
	for _, e := range p.Edges {
		dst = binary.BigEndian.AppendUint32(dst, e)
	}
	return dst
}

// appendFloatKey writes a whole float as the integer it equals.
func appendFloatKey(dst []byte, f float64) []byte {
	if n, whole := wholeOf(f); whole {
		return binary.BigEndian.AppendUint64(append(dst, 'i'), uint64(n))
	}
	if math.IsNaN(f) {
		return binary.BigEndian.AppendUint64(append(dst, 'x'), unequal.Add(1))
	}
	return binary.BigEndian.AppendUint64(append(dst, 'f'), math.Float64bits(f))
}
