// Package dialect is what both stores do with a query before they run it, so
// that they accept and refuse the same queries with the same words.
package dialect

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/schema"
)

// Prepare parses and checks a query against the schema. Warnings are one
// sentence each, with the place. A query with a writing clause is
// graph.ErrWrite; every other error is about the text too.
func Prepare(text string) (*cypher.Query, []string, error) {
	q, remarks, err := cypher.Prepare(text, &catalog)
	if err != nil {
		return nil, nil, classify(err)
	}
	var warnings []string
	for _, w := range remarks {
		warnings = append(warnings, w.String())
	}
	return q, warnings, nil
}

// readOnly is the code of the engine's refusal of a writing clause.
const readOnly = "ReadOnly"

func classify(err error) error {
	var e *cypher.Error
	if errors.As(err, &e) && e.Code == readOnly {
		return fmt.Errorf("%w: %w", graph.ErrWrite, err)
	}
	return err
}

var catalog = func() cypher.Catalog {
	c := cypher.Catalog{Labels: schema.NodeLabels()}
	for _, k := range schema.EdgeKinds() {
		c.Types = append(c.Types, string(k.Name))
	}
	for _, p := range schema.Properties() {
		c.Properties = append(c.Properties, p.Name)
	}
	return c
}()

// Limits returns the limits of one query: its own, or else the store's, or
// else those that suit a person asking one question. A negative one is none.
func Limits(query, store graph.Limits) cypher.Limits {
	l := cypher.DefaultLimits()
	for _, given := range []graph.Limits{store, query} {
		if given.Rows != 0 {
			l.MaxRows = max(0, int64(given.Rows))
		}
		if given.Memory != 0 {
			l.MaxMemory = max(0, given.Memory)
		}
		if given.Time != 0 {
			l.MaxTime = max(0, given.Time)
		}
	}
	return l
}

// ContextError returns why ctx ended instead of err when it did, so that
// callers can match context.Canceled and context.DeadlineExceeded.
func ContextError(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	return context.Cause(ctx)
}
