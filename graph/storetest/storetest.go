package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
)

// timeout bounds one case: a server that has just started plans its first
// queries slowly.
const timeout = 2 * time.Minute

// Open returns a store in which nothing is published. It is called once a
// case; Run closes what it returns.
type Open func(t *testing.T) graph.Store

// suite is one case at work.
type suite struct {
	*testing.T
	ctx   context.Context
	store graph.Store
}

var cases = []struct {
	name string
	run  func(s *suite)
}{
	{"nothing published", nothingPublished},
	{"describe", describe},
	{"every type of value", everyType},
	{"ids that differ by case or form", similarIDs},
	{"hostile text", hostileText},
	{"big properties", bigProperties},
	{"lists and nulls", listsAndNulls},
	{"paths and edges", pathsAndEdges},
	{"nothing but the graph", nothingButTheGraph},
	{"empty graph", emptyGraph},
	{"publish again", publishAgain},
	{"replace", replace},
	{"difference", difference},
	{"readers while publishing", readersWhilePublishing},
	{"cancelled publish", cancelledPublish},
	{"writing queries", writingQueries},
	{"wrong queries", wrongQueries},
	{"parameters", parameters},
	{"row limit", rowLimit},
	{"time limit", timeLimit},
	{"cancelled query", cancelledQuery},
	{"warnings", warnings},
	{"plan", plan},
	{"same answer twice", sameAnswerTwice},
	{"close", closeStore},
}

// Run checks that the stores open returns keep the contract of graph.Store.
func Run(t *testing.T, open Open) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			t.Cleanup(cancel)
			store := open(t)
			t.Cleanup(func() {
				if err := store.Close(context.WithoutCancel(ctx)); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			c.run(&suite{t, ctx, store})
		})
	}
}

func (s *suite) publish(g *graph.Graph) {
	s.Helper()
	if err := s.store.Publish(s.ctx, g); err != nil {
		s.Fatalf("publish: %v", err)
	}
}

func (s *suite) query(q graph.Query) *graph.Result {
	s.Helper()
	r, err := s.store.Query(s.ctx, q)
	if err != nil {
		s.Fatalf("%s: %v", q.Text, err)
	}
	return r
}

// rows checks the rows of a query that no limit cuts.
func (s *suite) rows(text string, params map[string]any, want ...[]any) {
	s.Helper()
	r := s.query(graph.Query{Text: text, Params: params})
	if !r.Exhaustive || r.TruncatedAt != "" {
		s.Errorf("%s: exhaustive %v, truncated at %q", text, r.Exhaustive, r.TruncatedAt)
	}
	if len(want) == 0 && len(r.Rows) == 0 {
		return
	}
	if d := cmp.Diff(want, r.Rows); d != "" {
		s.Errorf("%s: rows differ (-want +got):\n%s", text, d)
	}
}

// holds checks that the store holds exactly g.
func (s *suite) holds(g *graph.Graph) {
	s.Helper()
	var nodes, edges [][]any
	for _, n := range g.Nodes() {
		nodes = append(nodes, []any{NodeValue(n)})
	}
	for _, e := range g.Edges() {
		edges = append(edges, []any{e.From, string(e.Kind), e.To, e.Properties.Map()})
	}
	s.rows("MATCH (n) RETURN n ORDER BY n.id", nil, nodes...)
	s.rows("MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS r, b.id AS b, properties(r) AS p ORDER BY a, r, b", nil, edges...)
}

// NodeValue is n as every store returns it.
func NodeValue(n graph.Node) graph.NodeValue {
	p := n.Properties.Map()
	p["id"], p["kind"] = n.ID, string(n.Kind)
	return graph.NodeValue{ID: n.ID, Labels: n.Labels(), Properties: p}
}

// EdgeValue is e as every store returns it.
func EdgeValue(e graph.Edge) graph.EdgeValue {
	return graph.EdgeValue{From: e.From, To: e.To, Kind: string(e.Kind), Properties: e.Properties.Map()}
}
