// Package pipeline turns the documents of one run into its graph: it maps them
// to facts, derives lineage and attack edges, and freezes the result. It is the
// one place that says in which order that happens; it reads no file, calls no
// cloud and knows no store.
package pipeline

import (
	"context"
	"fmt"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/aws"
	"github.com/postern-sec/postern/internal/attack"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/internal/lineage"
	netaws "github.com/postern-sec/postern/internal/network/aws"
)

// Options is what a run is given beside its documents. Nothing is taken from a
// clock or the environment.
type Options struct {
	// RunID is the run's ULID; Start and End are RFC 3339 times in UTC. They are
	// not part of the graph's hash and may be empty.
	RunID, Start, End string
	// Declarations are what the user's configuration says of stores, beside the
	// tags that the documents show.
	Declarations []ingest.Declaration
}

// Engines answer the questions of a run's documents that are not in the graph:
// who can do what, and what reaches what.
type Engines struct {
	Facts       *ingest.Facts
	Permissions *iamaws.Engine
	Network     *netaws.Engine
	Lineage     *lineage.Lineage
}

// Run maps the documents of a run and derives its graph. gaps are what the
// reader of the documents could not read; they become part of the graph's
// coverage. The order of documents does not matter. It returns an error only
// when ctx is cancelled: whatever a document holds that cannot be understood is
// a gap.
func Run(ctx context.Context, docs []ingest.Document, gaps []graph.Gap, o Options) (*graph.Graph, *Engines, error) {
	e, err := Facts(ctx, docs, gaps, o)
	if err != nil {
		return nil, nil, err
	}
	if err := attack.Derive(ctx, e.Facts, e.Permissions, e.Network, attack.Options{Lineage: e.Lineage}); err != nil {
		return nil, nil, fmt.Errorf("run %s: %w", o.RunID, err)
	}
	return e.Facts.Graph.Freeze(graph.Run{ID: o.RunID, Start: o.Start, End: o.End}), e, nil
}

// Facts is Run without attack edges: enough for questions to the engines, and
// quicker.
func Facts(ctx context.Context, docs []ingest.Document, gaps []graph.Gap, o Options) (*Engines, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("run %s: %w", o.RunID, err)
	}
	facts := ingest.NewFacts()
	aws.Map(docs, facts)
	for _, g := range gaps {
		facts.Graph.Gap(g)
	}
	facts.Declarations = append(facts.Declarations, o.Declarations...)
	e := &Engines{Facts: facts, Permissions: iamaws.New(facts.AWSPermissions), Network: netaws.New(facts.AWSNetwork)}
	e.warnings()
	e.Lineage = lineage.Derive(facts)
	return e, nil
}

// warnings puts what the engines could not understand into the coverage.
func (e *Engines) warnings() {
	for _, w := range e.Permissions.Warnings() {
		e.Facts.Graph.Gap(graph.Gap{Kind: graph.GapNotUnderstood, Service: "iam", Resource: w.Document, File: w.Source.File,
			Operation: w.Source.Operation, Message: w.String()})
	}
	for _, w := range e.Network.Warnings() {
		e.Facts.Graph.Gap(graph.Gap{Kind: graph.GapKind(w.Kind), Account: w.Account, Region: w.Region, Service: "network", Resource: w.ID, File: w.Doc, Message: w.Message})
	}
}
