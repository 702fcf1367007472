// Package differential asks both stores the same questions and compares the
// answers: the shipped queries on three estates, the queries of
// testdata/*.cypher, and generated queries on random graphs. Neo4j is the
// judge of the dialect: what it accepts, what it refuses, and its rows.
//
// To add a case, add a line to a file of testdata. POSTERN_PAIRS is the number
// of generated queries and POSTERN_SEED begins their random numbers; a failure
// names both, and the same seed makes the same graphs and queries.
package differential

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/graph/neo4j"
	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/neo4jtest"
)

// TestMain starts a server that suits many queries that are each asked a few
// times: planning is most of the work, so the JVM compiles quickly rather than
// well, and a plan is kept although the graph under it changes.
func TestMain(m *testing.M) {
	neo4jtest.Configure(neo4jtest.Options{
		Java:     []string{"-XX:TieredStopAtLevel=1"},
		Settings: []string{"dbms.cypher.statistics_divergence_threshold=1.0"},
	})
	os.Exit(neo4jtest.Main(m))
}

// stores are the two under comparison, and the server itself for texts that
// the dialect refuses before a server would see them.
type stores struct {
	graph    *graph.Graph
	embedded graph.Store
	neo4j    *neo4j.Store
	raw      driver.DriverWithContext
}

func open(t *testing.T) *stores {
	t.Helper()
	uri := neo4jtest.Shared(t).URI
	st, err := neo4j.Open(t.Context(), neo4j.Config{URI: uri})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := driver.NewDriverWithContext(uri, driver.NoAuth())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if err := errors.Join(st.Close(ctx), raw.Close(ctx)); err != nil {
			t.Error(err)
		}
	})
	return &stores{neo4j: st, raw: raw}
}

// publish makes g the graph of both.
func (s *stores) publish(t *testing.T, g *graph.Graph) {
	t.Helper()
	if err := s.neo4j.Publish(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	s.graph, s.embedded = g, embedded.FromGraph(g)
}

// question is a query with what may differ between two right answers.
type question struct {
	text   string
	params map[string]any
	// ordered: the rows stand in a total order.
	ordered bool
	// bags: lists in the rows come from collections without an order.
	bags bool
	// path tells of an edge whether the wanted paths may hold it; nil where the
	// choice among paths is not free.
	path func(graph.EdgeValue) bool
}

// outcome is how a comparison ended.
type outcome int

const (
	same     outcome = iota // equal rows
	refused                 // both refuse it
	outside                 // the dialect leaves the construct out, by name
	tooLarge                // more rows than are compared
	differs
)

// limits keep the comparison of one query short.
var limits = graph.Limits{Rows: 3000, Time: 3 * time.Minute}

func request(q question) graph.Query {
	return graph.Query{Text: q.text, Params: q.params, Limits: limits}
}

// ask compares the answers to q. The text says how they differ.
func (s *stores) ask(ctx context.Context, q question) (outcome, string) {
	ours, err := s.embedded.Query(ctx, request(q))
	var e *cypher.Error
	switch {
	case errors.As(err, &e) && e.Kind.String() == "unsupported":
		return outside, ""
	case errors.As(err, &e) && e.Kind.String() != "runtime":
		if theirs := s.accepts(ctx, q); theirs == nil {
			return differs, fmt.Sprintf("Neo4j accepts it, the dialect does not: %v", err)
		}
		return refused, ""
	case err == nil && !ours.Exhaustive:
		return tooLarge, ""
	}
	theirs, failed := s.neo4j.Query(ctx, request(q))
	switch {
	case err != nil && failed != nil:
		return refused, ""
	case err != nil:
		return differs, fmt.Sprintf("embedded fails: %v\n  Neo4j: %s", err, brief(q.rows(theirs)))
	case failed != nil:
		return differs, fmt.Sprintf("Neo4j fails: %v\n  embedded: %s", failed, brief(q.rows(ours)))
	case !theirs.Exhaustive:
		return tooLarge, ""
	}
	if problem := q.compare(s.graph, ours, theirs); problem != "" {
		return differs, problem
	}
	return same, ""
}

// accepts runs the text on the server as it stands and returns its error.
func (s *stores) accepts(ctx context.Context, q question) error {
	session := s.raw.NewSession(ctx, driver.SessionConfig{AccessMode: driver.AccessModeRead})
	defer session.Close(ctx)
	result, err := session.Run(ctx, q.text, q.params, driver.WithTxTimeout(limits.Time))
	if err != nil {
		return err
	}
	_, err = result.Consume(ctx)
	return err
}

func brief(rows []string) string {
	const most = 12
	text := fmt.Sprintf("%d rows", len(rows))
	if len(rows) > most {
		rows = rows[:most]
	}
	for _, r := range rows {
		if len(r) > 400 {
			r = r[:400] + " ..."
		}
		text += "\n    " + r
	}
	return strings.TrimSpace(text)
}
