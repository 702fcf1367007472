package cypher

import (
	"math"
	"unicode/utf8"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// call is the place of a function call, for its errors.
type call struct {
	name string
	at   ast.Pos
}

// function computes a scalar function. It must not keep args, which are overwritten by the next call.
type function func(rt *run, c call, args []Value) Value

// functions are the implementations of check.Functions by lower-case name; coalesce is compiled elsewhere.
var functions = map[string]function{}

// The tables of the files functions_*.go are joined here, once, before anything runs.
var _ = func() bool {
	for _, table := range []map[string]function{graphFunctions, listFunctions, stringFunctions, mathFunctions, conversionFunctions} {
		for name, f := range table {
			functions[name] = f
		}
	}
	return true
}()

// wrong refuses an argument of a wrong kind.
func (c call) wrong(v Value) Value {
	runtimeError(c.at, "TypeError", "InvalidArgumentValue", "%s does not take %s", c.name, v.Kind())
	return Value{}
}

// strict makes a function of one argument that is null for null.
func strict(f func(rt *run, c call, v Value) Value) function {
	return func(rt *run, c call, args []Value) Value {
		if args[0].IsNull() {
			return Value{}
		}
		return f(rt, c, args[0])
	}
}

var graphFunctions = map[string]function{
	"type": strict(func(rt *run, c call, v Value) Value {
		if v.Kind() != value.Edge {
			return c.wrong(v)
		}
		return value.OfString(rt.graph.Types()[rt.graph.EdgeType(v.ID())])
	}),
	"labels": strict(func(rt *run, c call, v Value) Value {
		if v.Kind() != value.Node {
			return c.wrong(v)
		}
		names := rt.graph.Labels()
		var items []Value
		for _, l := range rt.graph.AppendNodeLabels(nil, v.ID()) {
			items = append(items, value.OfString(names[l]))
		}
		return value.OfList(items)
	}),
	"startnode": strict(func(rt *run, c call, v Value) Value { return edgeEnd(rt, c, v, Out) }),
	"endnode":   strict(func(rt *run, c call, v Value) Value { return edgeEnd(rt, c, v, In) }),
	"properties": strict(func(rt *run, c call, v Value) Value {
		return rt.mapOf(properties(rt.graph, v, c.at))
	}),
	"keys": strict(func(rt *run, c call, v Value) Value {
		var items []Value
		for _, e := range properties(rt.graph, v, c.at) {
			items = append(items, value.OfString(e.Key))
		}
		return rt.list(items)
	}),
	"nodes": strict(func(rt *run, c call, v Value) Value {
		if v.Kind() != value.Path {
			return c.wrong(v)
		}
		items := make([]Value, len(v.Path().Nodes))
		for i, n := range v.Path().Nodes {
			items[i] = value.OfNode(n)
		}
		return rt.list(items)
	}),
	"relationships": strict(func(rt *run, c call, v Value) Value {
		if v.Kind() != value.Path {
			return c.wrong(v)
		}
		items := make([]Value, len(v.Path().Edges))
		for i, e := range v.Path().Edges {
			items[i] = value.OfEdge(e)
		}
		return rt.list(items)
	}),
	"length": strict(func(_ *run, c call, v Value) Value {
		if v.Kind() != value.Path {
			return c.wrong(v)
		}
		return value.OfInt(int64(v.Len()))
	}),
	"nullif": func(rt *run, _ call, args []Value) Value {
		if rt.equal(args[0], args[1]) == value.True {
			return Value{}
		}
		return args[0]
	},
}

func edgeEnd(rt *run, c call, v Value, dir Direction) Value {
	if v.Kind() != value.Edge {
		return c.wrong(v)
	}
	from, to := rt.graph.EdgeEnds(v.ID())
	if dir == Out {
		return value.OfNode(from)
	}
	return value.OfNode(to)
}

var listFunctions = map[string]function{
	"head": strict(func(_ *run, c call, v Value) Value { return elementAt(c, v, true) }),
	"last": strict(func(_ *run, c call, v Value) Value { return elementAt(c, v, false) }),
	"tail": strict(func(rt *run, c call, v Value) Value {
		if v.Kind() != value.List {
			return c.wrong(v)
		}
		if v.Len() == 0 {
			return v
		}
		return rt.list(v.List()[1:])
	}),
	"size": strict(func(rt *run, c call, v Value) Value {
		switch v.Kind() {
		case value.List:
			return value.OfInt(int64(v.Len()))
		case value.String:
			return value.OfInt(int64(letterCount(rt, v.Str())))
		}
		return c.wrong(v)
	}),
	"isempty": strict(func(_ *run, c call, v Value) Value {
		switch v.Kind() {
		case value.List, value.String, value.Map:
			return value.OfBool(v.Len() == 0)
		}
		return c.wrong(v)
	}),
	"reverse": strict(func(rt *run, c call, v Value) Value {
		switch v.Kind() {
		case value.String:
			return value.OfString(reversed(rt, v.Str()))
		case value.List:
			items := make([]Value, v.Len())
			for i, item := range v.List() {
				items[len(items)-1-i] = item
			}
			return rt.list(items)
		}
		return c.wrong(v)
	}),
	"range": rangeOf,
}

func reversed(rt *run, s string) string {
	rt.fits(int64(len(s)))
	out := make([]byte, 0, len(s))
	for s != "" {
		rt.busy(1)
		r, n := utf8.DecodeLastRuneInString(s)
		out, s = utf8.AppendRune(out, r), s[:len(s)-n]
	}
	return string(out)
}

func elementAt(c call, v Value, first bool) Value {
	if v.Kind() != value.List {
		return c.wrong(v)
	}
	items := v.List()
	switch {
	case len(items) == 0:
		return Value{}
	case first:
		return items[0]
	}
	return items[len(items)-1]
}

func rangeOf(rt *run, c call, args []Value) Value {
	step := int64(1)
	for i, a := range args {
		if a.Kind() != value.Int {
			runtimeError(c.at, "ArgumentError", "InvalidArgumentType", "range takes Integers, this is %s", a.Kind())
		}
		if i == 2 {
			step = a.Int()
		}
	}
	start, stop := args[0].Int(), args[1].Int()
	if step == 0 {
		runtimeError(c.at, "ArgumentError", "NumberOutOfRange", "the step of range cannot be 0")
	}
	if step > 0 && start > stop || step < 0 && start < stop {
		return value.OfList(nil)
	}
	// Unsigned differences cannot overflow.
	span, stride := uint64(stop)-uint64(start), uint64(step)
	if step < 0 {
		span, stride = uint64(start)-uint64(stop), -uint64(step)
	}
	n := span/stride + 1
	if n == 0 || n > math.MaxInt32 {
		panic(truncated{TruncatedMemory})
	}
	rt.fits(int64(n) * 2 * cellBytes)
	items := make([]Value, n)
	for i := range items {
		rt.tick()
		items[i] = value.OfInt(start + int64(i)*step)
	}
	return rt.list(items)
}
