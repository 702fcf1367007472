package value_test

import (
	"math"
	"testing"

	"github.com/postern-sec/postern/internal/cypher/value"
)

// TestOrder checks the order of ORDER BY: a list from the smallest to the largest, and its agreement with the keys of DISTINCT.
func TestOrder(t *testing.T) {
	ascending := []value.Value{
		value.OfMap(nil),
		value.OfMap([]value.Entry{{Key: "a", Value: value.OfInt(1)}}),
		value.OfNode(0), value.OfNode(1), value.OfEdge(0),
		value.OfList(nil), value.OfList([]value.Value{value.OfInt(1)}), value.OfList([]value.Value{value.OfInt(1), value.OfInt(0)}),
		value.OfPath(&value.PathData{Nodes: []uint32{1}}),
		value.OfString(""), value.OfString("B"), value.OfString("b"),
		value.OfBool(false), value.OfBool(true),
		value.OfFloat(math.Inf(-1)), value.OfInt(math.MinInt64), value.OfInt(1), value.OfFloat(1.5),
		value.OfFloat(9007199254740992), value.OfInt(9007199254740993), value.OfInt(math.MaxInt64), value.OfFloat(math.MaxFloat64), value.OfFloat(math.Inf(1)), value.OfFloat(math.NaN()),
		{},
	}
	for i, a := range ascending {
		for j, b := range ascending {
			if got, want := value.Compare(a, b), sign(i-j); sign(got) != want {
				t.Errorf("Compare(%d, %d) = %d, want %d", i, j, got, want)
			}
			same := string(value.AppendKey(nil, a)) == string(value.AppendKey(nil, b))
			nan := a.Kind() == value.Float && math.IsNaN(a.Float())
			if want := i == j && !nan; same != want {
				t.Errorf("keys of %d and %d: same %v, want %v", i, j, same, want)
			}
		}
	}
	if value.Compare(value.OfInt(1), value.OfFloat(1)) != 0 || string(value.AppendKey(nil, value.OfInt(1))) != string(value.AppendKey(nil, value.OfFloat(1))) {
		t.Error("1 and 1.0 are not the same")
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// TestSizeOfSharing checks that a list that shares its parts is weighed by what a walk would meet, and does not overflow.
func TestSizeOfSharing(t *testing.T) {
	v := value.OfList([]value.Value{value.OfInt(1)})
	last := v.Size()
	for range 60 {
		v = value.OfList([]value.Value{v, v})
		if v.Size() < last {
			t.Fatalf("size shrinks from %d to %d", last, v.Size())
		}
		last = v.Size()
	}
	if last < 1<<32 {
		t.Errorf("size %d of 2^60 elements", last)
	}
}

// TestMaps checks that of two equal keys the later wins and that keys are found.
func TestMaps(t *testing.T) {
	m := value.OfMap([]value.Entry{{Key: "b", Value: value.OfInt(1)}, {Key: "a", Value: value.OfInt(2)}, {Key: "b", Value: value.OfInt(3)}})
	if m.Len() != 2 || m.Get("b").Int() != 3 || m.Get("a").Int() != 2 || !m.Get("c").IsNull() || m.Has("c") {
		t.Errorf("map %v", m.Entries())
	}
}
