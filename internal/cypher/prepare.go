package cypher

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"
	"time"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/check"
	"github.com/postern-sec/postern/internal/cypher/parser"
)

// Error is a refusal of a query or a failure of one run; see ast.Error.
type Error = ast.Error

// The kinds of Error.
const (
	Syntax      = ast.Syntax
	Semantic    = ast.Semantic
	Unsupported = ast.Unsupported
	Runtime     = ast.Runtime
	Limit       = ast.Limit
)

// Query is a checked query. It is immutable and may run any number of times at once, over different graphs.
type Query struct {
	text   string
	tree   *ast.Query
	params map[string]int
	names  []string // of the parameters
	at     []ast.Pos
}

// Prepare parses and checks a query. The error is an *Error. Warnings name labels, types and properties that
// the catalog does not have; a nil catalog knows nothing and warns of nothing.
func Prepare(text string, catalog *Catalog) (*Query, []Warning, error) {
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	var names check.Names
	if catalog != nil {
		names = check.Names{Labels: catalog.Labels, Types: catalog.Types, Properties: catalog.Properties}
	}
	remarks, err := check.Query(tree, names)
	if err != nil {
		var e *ast.Error
		if errors.As(err, &e) {
			_ = e.Locate(text) // changes e in place
		}
		return nil, nil, err
	}
	q := &Query{text: text, tree: tree, params: map[string]int{}}
	ast.WalkQuery(tree, func(e ast.Expr) bool {
		q.parameter(e)
		return true
	})
	collectAggregates(tree, q.parameter)
	warnings := make([]Warning, len(remarks))
	for i, r := range remarks {
		warnings[i] = Warning{Message: r.Message, Suggestion: r.Suggestion}
		warnings[i].Line, warnings[i].Col = ast.Position(text, r.At)
	}
	return q, warnings, nil
}

func (q *Query) parameter(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Param:
		if _, known := q.params[e.Name]; !known {
			q.params[e.Name] = len(q.names)
			q.names = append(q.names, e.Name)
			q.at = append(q.at, e.Pos)
		}
	case *ast.Subquery:
		collectAggregates(e.Query, q.parameter)
	}
}

// collectAggregates visits the aggregates of a query, which package check has taken out of the items.
func collectAggregates(q *ast.Query, visit func(ast.Expr)) {
	for _, part := range q.Parts {
		for _, clause := range part.Clauses {
			switch c := clause.(type) {
			case *ast.Project:
				for _, a := range c.Aggs {
					ast.Walk(a.Call, func(e ast.Expr) bool {
						visit(e)
						return true
					})
				}
			case *ast.CallSubquery:
				collectAggregates(c.Query, visit)
			}
		}
	}
}

// Text is the query as it was given to Prepare.
func (q *Query) Text() string { return q.text }

// Columns are the names of the result columns in order.
func (q *Query) Columns() []string { return append([]string(nil), q.tree.Columns...) }

// Parameters are the names of the parameters that the query reads, sorted.
func (q *Query) Parameters() []string {
	names := append([]string(nil), q.names...)
	sort.Strings(names)
	return names
}

// Run answers the query over the graph. A limit that is reached ends the run without an error: the result
// says so. The error is an *Error, or the context's error when it ended first.
func (q *Query) Run(ctx context.Context, g Graph, params Params, limits Limits) (*Result, error) {
	return q.collect(ctx, g, params, limits, false)
}

// Profile is Run that also measures every operator; it is slower.
func (q *Query) Profile(ctx context.Context, g Graph, params Params, limits Limits) (*Result, error) {
	return q.collect(ctx, g, params, limits, true)
}

// Explain is the plan for the graph, with expected rows; nothing runs.
func (q *Query) Explain(g Graph) (*Plan, error) {
	op, err := q.plan(g)
	if err != nil {
		return nil, err
	}
	return planText(op, nil), nil
}

func (q *Query) collect(ctx context.Context, g Graph, params Params, limits Limits, profile bool) (*Result, error) {
	result := &Result{Columns: q.Columns()}
	stream, err := q.stream(ctx, g, params, limits, profile, func(row []any) error {
		result.Rows = append(result.Rows, row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	result.TruncatedAt, result.Plan = stream.TruncatedAt, stream.Plan
	result.Exhaustive = stream.TruncatedAt == ""
	return result, nil
}

// Stream answers like Run but hands each row over as soon as it is there; the rows of the result are empty.
// An error of emit ends the run and is returned.
func (q *Query) Stream(ctx context.Context, g Graph, params Params, limits Limits, emit func(row []any) error) (*Result, error) {
	return q.stream(ctx, g, params, limits, false, emit)
}

// emitFailed carries an error of the receiver of rows through the operators.
type emitFailed struct{ err error }

func (q *Query) stream(ctx context.Context, g Graph, params Params, limits Limits, profile bool, emit func(row []any) error) (result *Result, err error) {
	values, err := q.bindParams(params)
	if err != nil {
		return nil, err
	}
	op, err := q.plan(g)
	if err != nil {
		return nil, err
	}
	rt := newRun(ctx, g, q.tree.Width, values, limits)
	if profile {
		rt.profile = map[operator]*measure{}
	}
	result = &Result{Columns: q.Columns(), Exhaustive: true}
	defer func() {
		if r := recover(); r != nil {
			result, err = q.ended(r, result)
		}
		if result != nil {
			result.Plan = planText(op, rt.profile)
		}
	}()
	rt.check()
	cur := rt.start(op)
	for n := int64(0); cur.next(); n++ {
		if limits.MaxRows > 0 && n == limits.MaxRows {
			panic(truncated{TruncatedRows})
		}
		if err := emit(rt.materialize(q.tree.Slots)); err != nil {
			panic(emitFailed{err})
		}
	}
	return result, nil
}

// ended turns what stopped a run into its result.
func (q *Query) ended(reason any, result *Result) (*Result, error) {
	switch r := reason.(type) {
	case truncated:
		result.Exhaustive, result.TruncatedAt = false, r.at
		return result, nil
	case canceled:
		return nil, r.err
	case emitFailed:
		return nil, r.err
	case *ast.Error:
		return nil, r.Locate(q.text)
	}
	// A fault of the engine must not take the process down with everybody else's queries.
	return nil, &Error{Kind: Runtime, Code: "Internal", Type: "InternalError", Offset: -1, Message: fmt.Sprintf("internal error: %v", reason)}
}

func newRun(ctx context.Context, g Graph, width ast.Slot, params []Value, limits Limits) *run {
	rt := &run{ctx: ctx, graph: g, row: make([]Value, width), params: params, maxSteps: limits.MaxExpansions, maxMemory: limits.MaxMemory,
		random: rand.New(rand.NewPCG(1, 2))}
	if limits.MaxTime > 0 {
		rt.deadline = time.Now().Add(limits.MaxTime)
	}
	return rt
}

// plan makes the operators for the graph.
func (q *Query) plan(g Graph) (op operator, err error) {
	defer func() {
		if r := recover(); r != nil {
			_, err = q.ended(r, &Result{})
		}
	}()
	p := newPlanner(g, q.params, q.tree)
	return p.query(q.tree, false), nil
}

func (q *Query) bindParams(params Params) ([]Value, error) {
	values := make([]Value, len(q.names))
	for i, name := range q.names {
		v, ok := params[name]
		if !ok {
			return nil, ast.Errorf(ast.Runtime, "MissingParameter", q.at[i], "the parameter $%s has no value", name).Family("ParameterMissing").Locate(q.text)
		}
		converted, err := paramValue(v, 0)
		if err != nil {
			return nil, ast.Errorf(ast.Runtime, "InvalidParameter", q.at[i], "the parameter $%s: %v", name, err).Family("ParameterMissing").Locate(q.text)
		}
		values[i] = converted
	}
	return values, nil
}
