package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/api/model"
	"github.com/postern-sec/postern/schema"
)

// currentRun returns the run that made the current graph, nil before the first.
func (r *Resolver) currentRun(ctx context.Context) (*model.Run, error) {
	d, err := r.store.Describe(ctx)
	if errors.Is(err, graph.ErrNoGraph) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &model.Run{ID: d.Run.ID, Hash: d.Hash, Documents: d.Coverage.OK, Gaps: len(d.Coverage.Gaps)}
	out.NodesByKind, out.Nodes = counts(d.Nodes)
	out.EdgesByKind, out.Edges = counts(d.Edges)
	if d.Run.Start != "" {
		out.Start = &d.Run.Start
	}
	if d.Run.End != "" {
		out.End = &d.Run.End
	}
	return out, nil
}

func counts(by map[string]int) ([]*model.KindCount, int) {
	out, total := []*model.KindCount{}, 0
	for _, k := range slices.Sorted(maps.Keys(by)) {
		out = append(out, &model.KindCount{Kind: k, Count: by[k]})
		total += by[k]
	}
	return out, total
}

// knownRuns lists the runs that are known: a store keeps one graph, so that is
// the current one.
func (r *Resolver) knownRuns(ctx context.Context, first int, after *string) (*model.RunConnection, error) {
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	run, err := r.currentRun(ctx)
	if err != nil {
		return nil, err
	}
	out := &model.RunConnection{Nodes: []*model.Run{}, Edges: []*model.RunEdge{}, PageInfo: &model.PageInfo{}}
	if run == nil {
		return out, nil
	}
	from, err := offset(run.Hash, after)
	if err != nil {
		return nil, err
	}
	p := pageOf(run.Hash, []*model.Run{run}, from, first)
	out.PageInfo = p.info
	for i, x := range p.items {
		out.Nodes = append(out.Nodes, x)
		out.Edges = append(out.Edges, &model.RunEdge{Cursor: p.cursors[i], Node: x})
	}
	return out, nil
}

func (r *Resolver) gaps(ctx context.Context, kind, account *string, first int, after *string) (*model.GapConnection, error) {
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
	var match []*model.Gap
	for _, g := range d.Coverage.Gaps {
		if kind != nil && string(g.Kind) != *kind || account != nil && g.Account != *account {
			continue
		}
		match = append(match, &model.Gap{Kind: string(g.Kind), Account: g.Account, Region: g.Region, Service: g.Service, Operation: g.Operation,
			Resource: g.Resource, File: g.File, Message: g.Message})
	}
	p := pageOf(d.Hash, match, from, first)
	out := &model.GapConnection{TotalCount: len(match), Nodes: notNil(p.items), Edges: []*model.GapEdge{}, PageInfo: p.info}
	for i, g := range p.items {
		out.Edges = append(out.Edges, &model.GapEdge{Cursor: p.cursors[i], Node: g})
	}
	return out, nil
}

// vocabulary is the schema's tables.
func vocabulary() *model.Vocabulary {
	v := &model.Vocabulary{}
	for _, k := range schema.NodeKinds() {
		info := &model.NodeKindInfo{Name: string(k.Name), Categories: []string{}, Doc: k.Doc}
		for _, c := range k.Categories {
			info.Categories = append(info.Categories, string(c))
		}
		v.NodeKinds = append(v.NodeKinds, info)
	}
	for _, k := range schema.EdgeKinds() {
		v.EdgeKinds = append(v.EdgeKinds, &model.EdgeKindInfo{Name: string(k.Name), Attack: k.Attack, Lineage: k.Lineage, From: k.From, To: k.To, Doc: k.Doc})
	}
	for _, c := range schema.Categories() {
		v.Labels = append(v.Labels, &model.LabelInfo{Name: string(c.Name), Doc: c.Doc})
	}
	return v
}

func errNoQuestion(id string) error {
	return &apiError{codeNotFound, fmt.Sprintf("no shipped question %q; the field questions lists them", id)}
}
