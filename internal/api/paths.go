package api

import (
	"context"

	"github.com/postern-sec/postern/internal/analysis"
	"github.com/postern-sec/postern/internal/api/model"
	"github.com/postern-sec/postern/schema"
)

func (r *Resolver) findPaths(ctx context.Context, q analysis.PathQuery, first int, after *string) (*model.PathConnection, error) {
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	g, err := r.attacks(ctx)
	if err != nil {
		return nil, err
	}
	from, err := offset(g.hash, after)
	if err != nil {
		return nil, err
	}
	ans, err := g.Paths(ctx, q)
	if err != nil {
		return nil, err
	}
	p := pageOf(g.hash, ans.Paths, from, first)
	out := &model.PathConnection{Exhaustive: ans.Exhaustive, TruncatedAt: ans.TruncatedAt, TotalCount: len(ans.Paths), PageInfo: p.info,
		Nodes: []*model.Path{}, Edges: []*model.PathEdge{}}
	for i := range p.items {
		m := pathModel(&p.items[i])
		out.Nodes = append(out.Nodes, m)
		out.Edges = append(out.Edges, &model.PathEdge{Cursor: p.cursors[i], Node: m})
	}
	return out, nil
}

// assumptions turns the argument into a query's; nil asks for the default.
func assumptions(names []string) []schema.Assumption {
	if names == nil {
		return nil
	}
	out := []schema.Assumption{}
	for _, n := range names {
		if n != string(schema.AssumesNothing) {
			out = append(out, schema.Assumption(n))
		}
	}
	return out
}

func pathModel(p *analysis.Path) *model.Path {
	out := &model.Path{Fingerprint: p.Fingerprint, Family: p.Family, Severity: string(p.Severity), Score: p.Score, Verdict: string(p.Verdict),
		Confidence: string(p.Confidence), Impact: p.Impact, Hops: p.Hops, Entry: p.Entry, Target: p.Target,
		ScoreFactors: []*model.ScoreFactor{}, Nodes: []*model.PathNode{}, Steps: []*model.PathStep{}, Breaks: []*model.Break{}}
	for _, f := range p.Factors {
		out.ScoreFactors = append(out.ScoreFactors, &model.ScoreFactor{Name: f.Name, Value: f.Value, Reason: f.Reason})
	}
	for _, n := range p.Nodes {
		out.Nodes = append(out.Nodes, pathNode(n))
	}
	for _, e := range p.Edges {
		s := &model.PathStep{From: e.From, To: e.To, Kind: string(e.Kind), Techniques: e.Techniques, Verdict: string(e.Verdict), Witness: notNil(e.Witness),
			Assumes: string(e.Assumes), Confidence: string(e.Confidence), AttackIds: notNil(e.AttackIDs), Ports: notNil(e.Ports), Sources: notNil(e.Sources),
			Evidence: []*model.Evidence{}}
		for _, ev := range e.Evidence {
			s.Evidence = append(s.Evidence, &model.Evidence{Document: ev.Document, Statement: ev.Statement, Summary: ev.Summary})
		}
		out.Steps = append(out.Steps, s)
	}
	for i := range p.Breaks {
		out.Breaks = append(out.Breaks, breakModel(&p.Breaks[i]))
	}
	return out
}

func pathNode(n analysis.PathNode) *model.PathNode {
	return &model.PathNode{ID: n.ID, Kind: string(n.Kind), Name: n.Name}
}

func breakModel(b *analysis.Break) *model.Break {
	return &model.Break{From: b.From, To: b.To, Kind: string(b.Kind), Effort: b.Effort, Closes: b.Closes, Change: b.Change}
}

func (r *Resolver) reachedFrom(ctx context.Context, id string, maxHops, first int, after *string) (*model.BlastRadius, error) {
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	g, err := r.attacks(ctx)
	if err != nil {
		return nil, err
	}
	from, err := offset(g.hash, after)
	if err != nil {
		return nil, err
	}
	b, err := g.BlastRadius(id, analysis.PathQuery{MaxHops: maxHops})
	if err != nil {
		return nil, err
	}
	p := pageOf(g.hash, b.Reached, from, first)
	out := &model.BlastRadius{MaxHops: b.MaxHops, Truncated: b.Truncated, Total: b.Total, ByHop: b.ByHop,
		Reached: &model.ReachedConnection{Edges: []*model.ReachedEdge{}, PageInfo: p.info}}
	for i, x := range p.items {
		out.Reached.Edges = append(out.Reached.Edges, &model.ReachedEdge{Cursor: p.cursors[i], Node: pathNode(x.PathNode), Hops: x.Hops, TrainingData: x.TrainingData})
	}
	return out, nil
}

func (r *Resolver) chokePoints(ctx context.Context, from, to []string, first int) (*model.ChokePoints, error) {
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	g, err := r.attacks(ctx)
	if err != nil {
		return nil, err
	}
	cp, err := g.ChokePoints(ctx, analysis.PathQuery{From: from, To: to})
	if err != nil {
		return nil, err
	}
	out := &model.ChokePoints{Targets: cp.Targets, CutEffort: cp.Effort, Points: []*model.ChokePoint{}, Cut: []*model.Break{}}
	for _, x := range cp.Points[:min(first, len(cp.Points))] {
		m := &model.ChokePoint{Targets: x.Targets}
		if x.Node != nil {
			m.Node = pathNode(*x.Node)
		} else {
			m.Edge = breakModel(x.Edge)
		}
		out.Points = append(out.Points, m)
	}
	for i := range cp.Cut {
		out.Cut = append(out.Cut, breakModel(&cp.Cut[i]))
	}
	return out, nil
}
