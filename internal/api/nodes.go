package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/api/model"
	"github.com/postern-sec/postern/schema"
)

// maxSearch bounds a search text, in bytes.
const maxSearch = 500

func nodeModel(n graph.NodeValue) *model.Node {
	text := func(p *schema.Property) *string {
		if s, ok := n.Properties[p.Name].(string); ok {
			return &s
		}
		return nil
	}
	out := &model.Node{ID: n.ID, Labels: n.Labels, Environment: text(schema.PropEnvironment), Region: text(schema.PropRegion),
		TrainingData: text(schema.PropTrainingData), Gaps: []string{}, Properties: n.Properties, Name: n.ID}
	if s := text(schema.PropKind); s != nil {
		out.Kind = *s
	}
	if s := text(schema.PropName); s != nil {
		out.Name = *s
	}
	out.Collected, _ = n.Properties[schema.PropCollected.Name].(bool)
	if l, ok := n.Properties[schema.PropGaps.Name].([]any); ok {
		for _, g := range l {
			out.Gaps = append(out.Gaps, fmt.Sprint(g))
		}
	}
	return out
}

// nodeByID returns the node, or nil when there is none.
func (r *Resolver) nodeByID(ctx context.Context, id string) (*model.Node, error) {
	res, err := r.store.Query(ctx, graph.Query{Text: "MATCH (n:Asset {id: $id}) RETURN n", Params: map[string]any{"id": id}})
	if err != nil || len(res.Rows) == 0 {
		return nil, err
	}
	return nodeModel(res.Rows[0][0].(graph.NodeValue)), nil
}

// findNodes lists nodes by kind, label and text.
func (r *Resolver) findNodes(ctx context.Context, kind, label, search *string, first int, after *string) (*model.NodeConnection, error) {
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	if search != nil && len(*search) > maxSearch {
		return nil, badInput(fmt.Sprintf("search is longer than %d bytes", maxSearch))
	}
	d, err := r.store.Describe(ctx)
	if err != nil {
		return nil, err
	}
	from, err := offset(d.Hash, after)
	if err != nil {
		return nil, err
	}
	// Labels cannot be parameters; both come from enums that are made of the
	// schema's tables.
	text := "MATCH (n:Asset" + labelTest(label) + labelTest(kind) + ")"
	params := map[string]any{"skip": int64(from), "limit": int64(first + 1)}
	if search != nil && *search != "" {
		text += " WHERE toLower(n.id) CONTAINS toLower($search) OR toLower(n.name) CONTAINS toLower($search)"
		params["search"] = *search
	}
	total, err := r.store.Query(ctx, graph.Query{Text: text + " RETURN count(n)", Params: countParams(params)})
	if err != nil {
		return nil, err
	}
	text += " RETURN n ORDER BY n.id SKIP $skip LIMIT $limit"
	res, err := r.store.Query(ctx, graph.Query{Text: text, Params: params})
	if err != nil {
		return nil, err
	}
	var found []*model.Node
	for _, row := range res.Rows[:min(first, len(res.Rows))] {
		found = append(found, nodeModel(row[0].(graph.NodeValue)))
	}
	p := pageAt(d.Hash, found, from, len(res.Rows) > first)
	out := &model.NodeConnection{Nodes: notNil(p.items), Edges: []*model.NodeEdge{}, PageInfo: p.info}
	if n, ok := total.Rows[0][0].(int64); ok {
		out.TotalCount = int(n)
	}
	for i, n := range p.items {
		out.Edges = append(out.Edges, &model.NodeEdge{Cursor: p.cursors[i], Node: n})
	}
	return out, nil
}

// countParams are the parameters of a search without those of its page.
func countParams(page map[string]any) map[string]any {
	out := maps.Clone(page)
	delete(out, "skip")
	delete(out, "limit")
	return out
}

func labelTest(name *string) string {
	if name == nil || !slices.Contains(schema.NodeLabels(), *name) {
		return ""
	}
	return "&" + *name
}

// neighbours lists the nodes one edge away from a node.
func (r *Resolver) neighbours(ctx context.Context, id string, direction model.Direction, kinds []string, first int, after *string) (*model.NeighbourConnection, error) {
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	d, err := r.store.Describe(ctx)
	if err != nil {
		return nil, err
	}
	from, err := offset(d.Hash, after)
	if err != nil {
		return nil, err
	}
	var all []*model.NeighbourEdge
	for _, way := range []model.Direction{model.DirectionOut, model.DirectionIn} {
		if direction != model.DirectionBoth && direction != way {
			continue
		}
		some, err := r.oneWay(ctx, id, way, kinds, from+first+1)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b *model.NeighbourEdge) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Node.ID, b.Node.ID), cmp.Compare(a.Direction, b.Direction))
	})
	p := pageOf(d.Hash, all, from, first)
	for i, e := range p.items {
		e.Cursor = p.cursors[i]
	}
	return &model.NeighbourConnection{Edges: notNil(p.items), PageInfo: p.info}, nil
}

func (r *Resolver) oneWay(ctx context.Context, id string, way model.Direction, kinds []string, limit int) ([]*model.NeighbourEdge, error) {
	pattern := "MATCH (n:Asset {id: $id})-[r]->(m:Asset)"
	if way == model.DirectionIn {
		pattern = "MATCH (n:Asset {id: $id})<-[r]-(m:Asset)"
	}
	params := map[string]any{"id": id, "limit": int64(limit)}
	if kinds != nil {
		list := make([]any, len(kinds))
		for i, k := range kinds {
			list[i] = k
		}
		pattern += " WHERE type(r) IN $kinds"
		params["kinds"] = list
	}
	res, err := r.store.Query(ctx, graph.Query{Text: pattern + " RETURN r, m ORDER BY type(r), m.id LIMIT $limit", Params: params})
	if err != nil {
		return nil, err
	}
	var out []*model.NeighbourEdge
	for _, row := range res.Rows {
		e := row[0].(graph.EdgeValue)
		out = append(out, &model.NeighbourEdge{Node: nodeModel(row[1].(graph.NodeValue)), Direction: way, Kind: e.Kind, Properties: e.Properties})
	}
	return out, nil
}

func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
