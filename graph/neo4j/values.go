package neo4j

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// converter turns the driver's values into those of package graph. An edge on
// the wire names its ends by the server's element ids; ids maps them.
type converter struct {
	ids     map[string]string
	unknown map[string]bool
}

// meet notes the nodes in a value, and the ends of edges that are not among
// them.
func (c *converter) meet(v any) {
	switch x := v.(type) {
	case dbtype.Node:
		c.node(x)
	case dbtype.Relationship:
		c.end(x.StartElementId)
		c.end(x.EndElementId)
	case dbtype.Path:
		for _, n := range x.Nodes {
			c.node(n)
		}
		for _, r := range x.Relationships {
			c.end(r.StartElementId)
			c.end(r.EndElementId)
		}
	case []any:
		for _, item := range x {
			c.meet(item)
		}
	case map[string]any:
		for _, item := range x {
			c.meet(item)
		}
	}
}

func (c *converter) node(n dbtype.Node) {
	id, _ := n.Props[schema.PropID.Name].(string)
	c.ids[n.ElementId] = id
	delete(c.unknown, n.ElementId)
}

func (c *converter) end(element string) {
	if _, known := c.ids[element]; !known {
		c.unknown[element] = true
	}
}

// resolve asks for the ends that no value of the answer shows.
func (c *converter) resolve(ctx context.Context, tx runner) error {
	if len(c.unknown) == 0 {
		return nil
	}
	for chunk := range slices.Chunk(sortedKeys(c.unknown), 10_000) {
		result, err := tx.Run(ctx, "MATCH (n) WHERE elementId(n) IN $ids RETURN elementId(n), n.id", map[string]any{"ids": chunk})
		if err != nil {
			return err
		}
		for result.Next(ctx) {
			v := result.Record().Values
			element, _ := v[0].(string)
			c.ids[element], _ = v[1].(string)
		}
		if err := result.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (c *converter) value(v any) (any, error) {
	switch x := v.(type) {
	case nil, bool, int64, float64, string:
		return x, nil
	case dbtype.Node:
		return c.nodeValue(x), nil
	case dbtype.Relationship:
		return c.edgeValue(x), nil
	case dbtype.Path:
		return c.pathValue(x)
	case []any:
		return c.list(x)
	case map[string]any:
		return c.object(x)
	}
	return nil, fmt.Errorf("a %T in the answer; the dialect has no such type", v)
}

func (c *converter) list(l []any) (any, error) {
	out := make([]any, len(l))
	for i, item := range l {
		var err error
		if out[i], err = c.value(item); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *converter) object(m map[string]any) (any, error) {
	out := make(map[string]any, len(m))
	for k, item := range m {
		var err error
		if out[k], err = c.value(item); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *converter) nodeValue(n dbtype.Node) graph.NodeValue {
	labels := slices.Clone(n.Labels)
	slices.Sort(labels)
	id, _ := n.Props[schema.PropID.Name].(string)
	return graph.NodeValue{ID: id, Labels: labels, Properties: n.Props}
}

func (c *converter) edgeValue(r dbtype.Relationship) graph.EdgeValue {
	return graph.EdgeValue{From: c.ids[r.StartElementId], To: c.ids[r.EndElementId], Kind: r.Type, Properties: r.Props}
}

// pathValue puts a node between any two edges: the driver names each node of a
// path once, however often the path comes by.
func (c *converter) pathValue(x dbtype.Path) (any, error) {
	if len(x.Nodes) == 0 {
		return nil, errors.New("a path without nodes in the answer")
	}
	nodes := make(map[string]graph.NodeValue, len(x.Nodes))
	for _, n := range x.Nodes {
		nodes[n.ElementId] = c.nodeValue(n)
	}
	at := x.Nodes[0].ElementId
	p := graph.PathValue{Nodes: []graph.NodeValue{nodes[at]}, Edges: make([]graph.EdgeValue, len(x.Relationships))}
	for i, r := range x.Relationships {
		switch at {
		case r.StartElementId:
			at = r.EndElementId
		case r.EndElementId:
			at = r.StartElementId
		default:
			return nil, errors.New("a path in the answer whose edges do not join")
		}
		p.Edges[i] = c.edgeValue(r)
		p.Nodes = append(p.Nodes, nodes[at])
	}
	return p, nil
}

// weight is about how many bytes a value of an answer holds.
func weight(v any) int64 {
	switch x := v.(type) {
	case string:
		return int64(16 + len(x))
	case dbtype.Node:
		return 100 + weight(x.Props)
	case dbtype.Relationship:
		return 100 + weight(x.Props)
	case dbtype.Path:
		n := int64(48)
		for _, node := range x.Nodes {
			n += weight(node)
		}
		for _, r := range x.Relationships {
			n += weight(r)
		}
		return n
	case []any:
		n := int64(24)
		for _, item := range x {
			n += weight(item)
		}
		return n
	case map[string]any:
		n := int64(48)
		for k, item := range x {
			n += int64(16+len(k)) + weight(item)
		}
		return n
	}
	return 16
}
