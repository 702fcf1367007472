package cypher

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"sort"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// maxParamDepth bounds how deep lists and maps nest in a parameter.
const maxParamDepth = 100

// paramValue turns a caller's value into one of the language.
func paramValue(v any, depth int) (Value, error) {
	if depth > maxParamDepth {
		return Value{}, errors.New("it nests too deep")
	}
	switch v := v.(type) {
	case nil:
		return Value{}, nil
	case bool:
		return value.OfBool(v), nil
	case int:
		return value.OfInt(int64(v)), nil
	case int64:
		return value.OfInt(v), nil
	case float64:
		return value.OfFloat(v), nil
	case string:
		return value.OfString(v), nil
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return value.OfInt(r.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if r.Uint() > math.MaxInt64 {
			return Value{}, errors.New("it is outside the range of integers")
		}
		return value.OfInt(int64(r.Uint())), nil
	case reflect.Float32, reflect.Float64:
		return value.OfFloat(r.Float()), nil
	case reflect.String:
		return value.OfString(r.String()), nil
	case reflect.Bool:
		return value.OfBool(r.Bool()), nil
	case reflect.Slice, reflect.Array:
		items := make([]Value, r.Len())
		for i := range items {
			item, err := paramValue(r.Index(i).Interface(), depth+1)
			if err != nil {
				return Value{}, err
			}
			items[i] = item
		}
		return value.OfList(items), nil
	case reflect.Map:
		return paramMap(r, depth)
	case reflect.Pointer, reflect.Interface:
		if r.IsNil() {
			return Value{}, nil
		}
	}
	return Value{}, fmt.Errorf("a %T is not a value of the language", v)
}

func paramMap(r reflect.Value, depth int) (Value, error) {
	if r.Type().Key().Kind() != reflect.String {
		return Value{}, errors.New("a map needs string keys")
	}
	var entries []value.Entry
	for _, key := range r.MapKeys() {
		item, err := paramValue(r.MapIndex(key).Interface(), depth+1)
		if err != nil {
			return Value{}, err
		}
		entries = append(entries, value.Entry{Key: key.String(), Value: item})
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Key < entries[j].Key })
	return value.OfMap(entries), nil
}

// materialize turns slots of the row into the types of a result.
func (rt *run) materialize(slots []ast.Slot) []any {
	const boxed = 16
	row := make([]any, len(slots))
	for i, s := range slots {
		v := rt.row[s]
		rt.grow(boxed + v.Size())
		row[i] = rt.external(v)
	}
	return row
}

func (rt *run) external(v Value) any {
	rt.tick()
	switch v.Kind() {
	case value.Bool:
		return v.IsTrue()
	case value.Int:
		return v.Int()
	case value.Float:
		return v.Float()
	case value.String:
		return v.Str()
	case value.List:
		items := make([]any, v.Len())
		for i, item := range v.List() {
			items[i] = rt.external(item)
		}
		return items
	case value.Map:
		return rt.externalMap(v.Entries())
	case value.Node:
		return rt.node(v.ID())
	case value.Edge:
		return rt.edge(v.ID())
	case value.Path:
		p := Path{Nodes: make([]Node, len(v.Path().Nodes)), Edges: make([]Edge, len(v.Path().Edges))}
		for i, n := range v.Path().Nodes {
			p.Nodes[i] = rt.node(n)
		}
		for i, e := range v.Path().Edges {
			p.Edges[i] = rt.edge(e)
		}
		return p
	}
	return nil
}

func (rt *run) externalMap(entries []value.Entry) map[string]any {
	m := make(map[string]any, len(entries))
	for _, e := range entries {
		m[e.Key] = rt.external(e.Value)
	}
	return m
}

// entityBytes is a guess of what a node or edge costs in a result beside its properties.
const entityBytes = 160

func (rt *run) node(id uint32) Node {
	rt.tick()
	entries := properties(rt.graph, value.OfNode(id), 0)
	rt.grow(entityBytes + int64(len(entries))*64)
	n := Node{ID: rt.graph.NodeID(id), Labels: []string{}, Properties: rt.externalMap(entries)}
	names := rt.graph.Labels()
	for _, l := range rt.graph.AppendNodeLabels(nil, id) {
		n.Labels = append(n.Labels, names[l])
	}
	sort.Strings(n.Labels)
	return n
}

func (rt *run) edge(id uint32) Edge {
	rt.tick()
	entries := properties(rt.graph, value.OfEdge(id), 0)
	rt.grow(entityBytes + int64(len(entries))*64)
	from, to := rt.graph.EdgeEnds(id)
	return Edge{From: rt.graph.NodeID(from), To: rt.graph.NodeID(to), Kind: rt.graph.Types()[rt.graph.EdgeType(id)], Properties: rt.externalMap(entries)}
}
