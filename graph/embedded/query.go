package embedded

import (
	"context"
	"fmt"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/internal/dialect"
	"github.com/postern-sec/postern/internal/cypher"
)

// Query implements graph.Store.
func (s *Store) Query(ctx context.Context, q graph.Query) (*graph.Result, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.running.Done()
	ctx, stop := s.untilClosed(ctx)
	defer stop()
	prepared, warnings, err := dialect.Prepare(q.Text)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	f, err := s.graph(ctx)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	r, err := f.query(ctx, prepared, q, dialect.Limits(q.Limits, s.options.Limits))
	if err != nil {
		return nil, fmt.Errorf("query: %w", dialect.ContextError(ctx, err))
	}
	r.Warnings = warnings
	return r, nil
}

// untilClosed returns a context that ends when the store is closed too.
func (s *Store) untilClosed(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		select {
		case <-s.closing:
			cancel(errClosed)
		case <-done:
		}
	}()
	return ctx, func() { close(done); cancel(nil) }
}

func (f *frozen) query(ctx context.Context, prepared *cypher.Query, q graph.Query, limits cypher.Limits) (*graph.Result, error) {
	if q.Explain {
		plan, err := prepared.Explain(f)
		if err != nil {
			return nil, err
		}
		return &graph.Result{Columns: prepared.Columns(), Exhaustive: true, Plan: plan.String()}, nil
	}
	run := prepared.Run
	if q.Profile {
		run = prepared.Profile
	}
	got, err := run(ctx, f, q.Params, limits)
	if err != nil {
		return nil, err
	}
	r := &graph.Result{Columns: got.Columns, Rows: got.Rows, Exhaustive: got.Exhaustive, TruncatedAt: got.TruncatedAt}
	for _, row := range r.Rows {
		for i := range row {
			row[i] = result(row[i])
		}
	}
	if q.Profile {
		r.Plan = got.Plan.String()
	}
	return r, nil
}

// result turns a value of the engine into one of package graph, in place.
func result(v any) any {
	switch x := v.(type) {
	case cypher.Node:
		return graph.NodeValue(x)
	case cypher.Edge:
		return graph.EdgeValue(x)
	case cypher.Path:
		p := graph.PathValue{Nodes: make([]graph.NodeValue, len(x.Nodes)), Edges: make([]graph.EdgeValue, len(x.Edges))}
		for i, n := range x.Nodes {
			p.Nodes[i] = graph.NodeValue(n)
		}
		for i, e := range x.Edges {
			p.Edges[i] = graph.EdgeValue(e)
		}
		return p
	case []any:
		for i := range x {
			x[i] = result(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = result(x[k])
		}
	}
	return v
}
