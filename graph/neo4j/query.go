package neo4j

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/internal/dialect"
	"github.com/postern-sec/postern/internal/cypher"
)

// Query implements graph.Store. The text is checked here first, so the server
// never sees a query that writes or that is outside the dialect; its session is
// read-only as well.
func (s *Store) Query(ctx context.Context, q graph.Query) (*graph.Result, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	prepared, warnings, err := dialect.Prepare(q.Text)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	if err := checkParameters(prepared, q.Params); err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	text, err := hide(q.Text)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	a := &answer{query: q, text: text, limits: dialect.Limits(q.Limits, s.config.Limits), columns: prepared.Columns()}
	var configure []func(*driver.TransactionConfig)
	if a.limits.MaxTime > 0 {
		configure = append(configure, driver.WithTxTimeout(a.limits.MaxTime))
	}
	if err := s.reading(ctx, configure, func(tx driver.ExplicitTransaction) error { return a.ask(ctx, tx) }); err != nil {
		return nil, fmt.Errorf("query: %w", explain(dialect.ContextError(ctx, err)))
	}
	a.result.Warnings = warnings
	return a.result, nil
}

// checkParameters refuses a query whose parameters are missing, as the
// embedded store does, and values that only the driver could send.
func checkParameters(prepared *cypher.Query, params map[string]any) error {
	for _, p := range prepared.Parameters() {
		if _, ok := params[p]; !ok {
			return fmt.Errorf("the parameter $%s has no value", p)
		}
	}
	return nil
}

// errCut ends an attempt whose transaction the server has ended because of a
// limit; there is nothing left to look at the guard with, and no rows.
var errCut = errors.New("cut by a limit of the server")

// answer is one query on its way.
type answer struct {
	query   graph.Query
	text    hidden
	limits  cypher.Limits
	columns []string
	result  *graph.Result
}

// ask runs the query in a transaction and reads its rows.
func (a *answer) ask(ctx context.Context, tx driver.ExplicitTransaction) error {
	a.result = &graph.Result{Columns: a.columns, Exhaustive: true}
	params := a.query.Params
	if len(a.text.procedures) > 0 {
		lists, err := procedureRows(ctx, tx, a.text.procedures)
		if err != nil {
			return err
		}
		params = maps.Clone(params)
		if params == nil {
			params = map[string]any{}
		}
		maps.Copy(params, lists)
	}
	text := a.text.text
	switch {
	case a.query.Explain:
		text = "EXPLAIN " + text
	case a.query.Profile:
		text = "PROFILE " + text
	}
	err := a.read(ctx, tx, text, params)
	if err == nil {
		return nil
	}
	switch {
	case ctx.Err() != nil:
		return err
	case isTimeout(err):
		a.cut(cypher.TruncatedTime)
	case isMemory(err):
		a.cut(cypher.TruncatedMemory)
	default:
		return err
	}
	a.result.Rows = nil
	return errCut
}

func (a *answer) cut(at string) { a.result.Exhaustive, a.result.TruncatedAt = false, at }

func (a *answer) read(ctx context.Context, tx driver.ExplicitTransaction, text string, params map[string]any) error {
	result, err := tx.Run(ctx, text, params)
	if err != nil {
		return err
	}
	order, err := a.order(result)
	if err != nil {
		return err
	}
	c := &converter{ids: map[string]string{}, unknown: map[string]bool{}}
	size := int64(0)
	for result.Next(ctx) {
		row := arranged(result.Record().Values, order)
		if a.limits.MaxRows > 0 && int64(len(a.result.Rows)) == a.limits.MaxRows {
			a.cut(cypher.TruncatedRows)
			break
		}
		for _, v := range row {
			size += weight(v)
			c.meet(v)
		}
		if a.limits.MaxMemory > 0 && size > a.limits.MaxMemory {
			a.cut(cypher.TruncatedMemory)
			break
		}
		a.result.Rows = append(a.result.Rows, row)
	}
	if err := result.Err(); err != nil {
		return err
	}
	summary, err := result.Consume(ctx)
	if err != nil {
		return err
	}
	if a.query.Explain || a.query.Profile {
		a.result.Plan = planText(summary)
	}
	if err := c.resolve(ctx, tx); err != nil {
		return err
	}
	for _, row := range a.result.Rows {
		for i := range row {
			if row[i], err = c.value(row[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// order says which of the server's columns each of ours is, or is nil when
// they stand in the same order. A column without an alias is named by its text,
// which hide may have changed, so names decide only where all are known; they
// must where RETURN * also gives what hide has added.
func (a *answer) order(result driver.ResultWithContext) ([]int, error) {
	keys, err := result.Keys()
	if err != nil {
		return nil, err
	}
	order := make([]int, len(a.columns))
	for i, column := range a.columns {
		order[i] = slices.Index(keys, column)
		if order[i] < 0 && len(keys) == len(a.columns) {
			return nil, nil
		}
		if order[i] < 0 {
			return nil, fmt.Errorf("the server's answer has no column %s", column)
		}
	}
	return order, nil
}

func arranged(row []any, order []int) []any {
	if order == nil {
		return row
	}
	out := make([]any, len(order))
	for i, from := range order {
		out[i] = row[from]
	}
	return out
}

// procedureRows returns the rows of procedures as parameters.
func procedureRows(ctx context.Context, tx runner, procedures []string) (map[string]any, error) {
	result, err := tx.Run(ctx, "MATCH (m:PosternGraph) RETURN m.names AS names", nil)
	if err != nil {
		return nil, err
	}
	row, err := firstRow(ctx, result)
	if err != nil {
		return nil, err
	}
	text, _ := row["names"].(string)
	var all names
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("%w: names: %w", graph.ErrCorrupt, err)
	}
	out := map[string]any{}
	for _, p := range procedures {
		rows := make([]any, len(all[p]))
		for i := range rows {
			rows[i] = all[p][i]
		}
		out[parameterOf(p)] = rows
	}
	return out, nil
}

// attempts bounds how often a query is run again because graphs were published
// while it ran, or because the server asked for it.
const attempts = 50

// reading calls ask in a read transaction until nothing was published
// meanwhile; see guard.go.
func (s *Store) reading(ctx context.Context, configure []func(*driver.TransactionConfig), ask func(driver.ExplicitTransaction) error) error {
	ignore := ""
	failures := 0
	for range attempts {
		before, whole, err := s.attempt(ctx, configure, ignore, ask)
		switch {
		case err == nil && whole, errors.Is(err, errCut):
			return nil
		case err == nil && before.token != "" && before.token != ignore:
			if ignore, err = s.waitWhileCommitting(ctx, before); err != nil {
				return err
			}
		case err != nil && whole:
			return err
		case err != nil:
			if failures++; failures > 5 {
				return err
			}
			if p := pause(ctx, time.Duration(10<<failures)*time.Millisecond); p != nil {
				return p
			}
		}
	}
	return errors.New("graphs are published faster than the query runs")
}

// attempt runs ask once. whole says that no publisher came between: then the
// answer, or the error, is that of one graph.
func (s *Store) attempt(ctx context.Context, configure []func(*driver.TransactionConfig), ignore string, ask func(driver.ExplicitTransaction) error) (before glance, whole bool, err error) {
	session := s.session(ctx, driver.AccessModeRead)
	open := context.WithoutCancel(ctx)
	defer session.Close(open)
	tx, err := session.BeginTransaction(ctx, configure...)
	if err != nil {
		return before, !isTransient(err), err
	}
	defer tx.Close(open)
	if before, err = look(ctx, tx); err != nil {
		return before, !isTransient(err), err
	}
	if !before.published {
		return before, true, before.missing()
	}
	if before.token != "" && before.token != ignore {
		return before, false, nil
	}
	if err := ask(tx); err != nil {
		if isTransient(err) {
			return before, false, err
		}
		if errors.Is(err, errCut) || ctx.Err() != nil {
			return before, true, err
		}
		// The transaction is gone. An error may come from a node that a
		// publisher took away, so it counts only if there was none.
		fresh := s.session(ctx, driver.AccessModeRead)
		after, failed := look(ctx, runsAlone{fresh})
		fresh.Close(open)
		return before, failed == nil && same(before, after), err
	}
	after, err := look(ctx, tx)
	if err != nil {
		return before, !isTransient(err), err
	}
	return before, same(before, after), nil
}

func same(a, b glance) bool {
	return a.version == b.version && a.token == b.token && a.published == b.published
}

// runsAlone runs each statement in a transaction of its own.
type runsAlone struct{ session driver.SessionWithContext }

func (r runsAlone) Run(ctx context.Context, text string, params map[string]any) (driver.ResultWithContext, error) {
	return r.session.Run(ctx, text, params)
}

// planText draws the server's plan, one operator a line.
func planText(summary driver.ResultSummary) string {
	if p := summary.Profile(); p != nil {
		return drawPlan(p, 0, func(p driver.ProfiledPlan) string {
			return fmt.Sprintf(", rows %d, db hits %d", p.Records(), p.DbHits())
		})
	}
	if p := summary.Plan(); p != nil {
		return drawPlan(p, 0, func(driver.Plan) string { return "" })
	}
	return ""
}

type planNode[P any] interface {
	Operator() string
	Arguments() map[string]any
	Children() []P
}

func drawPlan[P planNode[P]](p P, depth int, more func(P) string) string {
	details, _ := p.Arguments()["Details"].(string)
	estimated, _ := p.Arguments()["EstimatedRows"].(float64)
	out := fmt.Sprintf("%-44s %-40s estimated %.4g%s\n", fmt.Sprintf("%*s%s", 2*depth, "", p.Operator()), details, estimated, more(p))
	for _, child := range slices.All(p.Children()) {
		out += drawPlan(child, depth+1, more)
	}
	return out
}
