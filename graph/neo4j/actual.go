package neo4j

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// readActual reads what is in the database, node by node and edge by edge, and
// fingerprints it: the base of a publish when there is no manifest (a load in
// steps was interrupted) or it does not fit (somebody changed the database).
func (s *Store) readActual(ctx context.Context) ([]entry, error) {
	session := s.session(ctx, driver.AccessModeRead)
	defer session.Close(ctx)
	tx, err := session.BeginTransaction(ctx)
	if err != nil {
		return nil, err
	}
	defer tx.Close(ctx)
	all, err := readNodes(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("read back nodes: %w", err)
	}
	if err := readEdges(ctx, tx, all); err != nil {
		return nil, fmt.Errorf("read back edges: %w", err)
	}
	return all, nil
}

func readNodes(ctx context.Context, tx runner) ([]entry, error) {
	result, err := tx.Run(ctx, "MATCH (n:Asset) RETURN n.id, labels(n), properties(n)", nil)
	if err != nil {
		return nil, err
	}
	var all []entry
	for result.Next(ctx) {
		v := result.Record().Values
		id, ok := v[0].(string)
		if !ok {
			return nil, fmt.Errorf("%w: a node without an id; empty the database", ErrForeign)
		}
		labels := texts(v[1])
		slices.Sort(labels)
		props, _ := v[2].(map[string]any)
		kind, _ := props[schema.PropKind.Name].(string)
		p := stored(properties(props))
		all = append(all, entry{id: id, labels: strings.Join(labels, ","), print: printNode(id, labels, withKind(p, kind))})
	}
	slices.SortFunc(all, compareEntries)
	return all, result.Err()
}

func readEdges(ctx context.Context, tx runner, all []entry) error {
	result, err := tx.Run(ctx, "MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, properties(r)", nil)
	if err != nil {
		return err
	}
	place := make(map[string]int, len(all))
	for i := range all {
		place[all[i].id] = i
	}
	for result.Next(ctx) {
		v := result.Record().Values
		from, okFrom := v[0].(string)
		to, okTo := v[2].(string)
		i, known := place[from]
		if _, also := place[to]; !okFrom || !okTo || !known || !also {
			return fmt.Errorf("%w: an edge between nodes of others; empty the database", ErrForeign)
		}
		kind, _ := v[1].(string)
		props, _ := v[3].(map[string]any)
		e := graph.Edge{From: from, To: to, Kind: schema.EdgeKind(kind), Properties: properties(props)}
		all[i].edges = append(all[i].edges, edgeEntry{kind: kind, to: to, print: printEdge(e)})
	}
	for i := range all {
		edges := all[i].edges
		slices.SortFunc(edges, compareEdgeEntries)
		for j := 1; j < len(edges); j++ {
			if compareEdgeEntries(edges[j-1], edges[j]) == 0 {
				return fmt.Errorf("%w: two edges %s -%s-> %s; empty the database", ErrForeign, all[i].id, edges[j].kind, edges[j].to)
			}
		}
	}
	return result.Err()
}

// properties turns what the driver gives into properties. Values that no graph
// holds stay as they are and so change the fingerprint.
func properties(m map[string]any) graph.Properties {
	var p graph.Properties
	for k, v := range m {
		if _, ok := v.([]any); ok {
			v = texts(v)
		}
		p = append(p, graph.Property{Key: k, Value: v})
	}
	slices.SortFunc(p, func(a, b graph.Property) int { return cmp.Compare(a.Key, b.Key) })
	return p
}

func texts(v any) []string {
	l, _ := v.([]any)
	out := make([]string, len(l))
	for i, x := range l {
		out[i] = fmt.Sprint(x)
	}
	return out
}
