package cypher

import (
	"math"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// aggregate is one aggregate of a projection; accumulator its state in one group.
type aggregate struct {
	name     string
	arg      eval // nil for count(*)
	second   eval // the percentile
	distinct bool
	slot     ast.Slot
	at       ast.Pos
}

type accumulator struct {
	count    int64
	integer  int64
	sum      float64
	isFloat  bool
	mean, m2 float64
	best     Value
	items    []Value
	seen     map[string]struct{}
	nodes    nodeSet // the nodes seen, by DISTINCT
	second   Value
}

func (c *compiler) aggregate(a ast.Agg) aggregate {
	result := aggregate{name: strings.ToLower(a.Call.Name), distinct: a.Call.Distinct, slot: a.Slot, at: a.Call.Pos}
	if !a.Call.Star {
		result.arg = c.expr(a.Call.Args[0])
	}
	if len(a.Call.Args) > 1 {
		result.second = c.expr(a.Call.Args[1])
	}
	return result
}

// insensitive says whether the aggregate gives the same when rows are repeated.
func insensitive(call *ast.Call) bool {
	name := strings.ToLower(call.Name)
	return call.Distinct || name == "min" || name == "max"
}

// add takes the current row into the group.
func (a *aggregate) add(rt *run, s *accumulator) {
	if a.second != nil && s.count == 0 {
		s.second = a.second(rt)
		a.checkPercentile(s.second)
	}
	if a.arg == nil {
		s.count++
		return
	}
	v := a.arg(rt)
	if v.IsNull() {
		return
	}
	if a.distinct && v.Kind() == value.Node {
		if !s.nodes.add(rt, v.ID()) {
			return
		}
	} else if a.distinct {
		rt.scratch = value.AppendKey(rt.scratch[:0], v)
		rt.busy(len(rt.scratch) / 64)
		if _, known := s.seen[string(rt.scratch)]; known {
			return
		}
		if s.seen == nil {
			s.seen = map[string]struct{}{}
		}
		s.seen[string(rt.scratch)] = struct{}{}
		rt.grow(int64(len(rt.scratch)) + 48)
	}
	s.count++
	switch a.name {
	case "min", "max":
		rt.busy(int(v.Size() / 64))
	}
	switch a.name {
	case "min":
		if s.count == 1 || value.Compare(v, s.best) < 0 {
			s.best = v
		}
	case "max":
		if s.count == 1 || value.Compare(v, s.best) > 0 {
			s.best = v
		}
	case "collect":
		s.items = append(s.items, v)
		rt.grow(cellBytes + v.Size())
	case "sum", "avg", "stdev", "stdevp", "percentilecont", "percentiledisc":
		a.number(rt, s, v)
	}
}

func (a *aggregate) number(rt *run, s *accumulator, v Value) {
	if !v.IsNumber() {
		runtimeError(a.at, "TypeError", "InvalidArgumentType", "%s takes numbers, this is %s", a.name, v.Kind())
	}
	switch a.name {
	case "sum":
		if v.Kind() == value.Int && !s.isFloat {
			sum := s.integer + v.Int()
			if (sum > s.integer) == (v.Int() > 0) {
				s.integer = sum
				return
			}
			// A sum outside the range of integers goes on as a float, as in Neo4j.
		}
		if !s.isFloat {
			s.isFloat, s.sum = true, float64(s.integer)
		}
		s.sum += v.Number()
	case "percentilecont", "percentiledisc":
		s.items = append(s.items, v)
		rt.grow(cellBytes)
	default:
		delta := v.Number() - s.mean
		s.mean += delta / float64(s.count)
		s.m2 += delta * (v.Number() - s.mean)
	}
}

func (a *aggregate) checkPercentile(p Value) {
	if !p.IsNumber() || !(p.Number() >= 0 && p.Number() <= 1) {
		runtimeError(a.at, "ArgumentError", "NumberOutOfRange", "a percentile is a number from 0.0 to 1.0")
	}
}

// result is the aggregate of the group.
func (a *aggregate) result(rt *run, s *accumulator) Value {
	switch a.name {
	case "count":
		return value.OfInt(s.count)
	case "min", "max":
		return s.best
	case "collect":
		return rt.list(s.items)
	case "sum":
		if s.isFloat {
			return value.OfFloat(s.sum)
		}
		return value.OfInt(s.integer)
	}
	if s.count == 0 {
		return Value{}
	}
	switch a.name {
	case "avg":
		return value.OfFloat(s.mean)
	case "stdev":
		if s.count < 2 {
			return value.OfFloat(0)
		}
		return value.OfFloat(math.Sqrt(s.m2 / float64(s.count-1)))
	case "stdevp":
		return value.OfFloat(math.Sqrt(s.m2 / float64(s.count)))
	}
	return percentile(rt, s.items, s.second.Number(), a.name == "percentilecont")
}

func percentile(rt *run, items []Value, p float64, continuous bool) Value {
	slices.SortStableFunc(items, func(a, b Value) int {
		rt.busy(1)
		return value.Compare(a, b)
	})
	if !continuous {
		i := int(math.Ceil(p*float64(len(items)))) - 1
		return items[max(0, i)]
	}
	at := p * float64(len(items)-1)
	if at == math.Floor(at) {
		return items[int(at)]
	}
	low, high := items[int(math.Floor(at))].Number(), items[int(math.Ceil(at))].Number()
	return value.OfFloat(low + (high-low)*(at-math.Floor(at)))
}
