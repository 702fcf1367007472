package differential

import (
	"testing"
	"time"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/storetest"
	"github.com/postern-sec/postern/ingest/read"
	"github.com/postern-sec/postern/internal/demo"
	"github.com/postern-sec/postern/internal/gen"
	"github.com/postern-sec/postern/internal/pipeline"
	"github.com/postern-sec/postern/queries"
	"github.com/postern-sec/postern/schema"
)

// TestShippedQueries asks every shipped question of three estates: the bundled
// one, a generated one, and a random graph with the skew of real accounts. All
// shipped questions order their rows totally.
func TestShippedQueries(t *testing.T) {
	s := open(t)
	for name, g := range estates(t) {
		t.Run(name, func(t *testing.T) {
			s.publish(t, g)
			rows := 0
			for _, q := range queries.All() {
				for _, id := range starts(g, len(q.Params) > 0) {
					rows += s.shipped(t, q, id)
				}
			}
			t.Logf("%d nodes, %d edges, %d questions, %d rows", len(g.Nodes()), len(g.Edges()), len(queries.All()), rows)
			if rows == 0 {
				t.Error("no question has an answer")
			}
		})
	}
}

// shipped compares the answers to one question and returns how many rows it has.
func (s *stores) shipped(t *testing.T, shipped queries.Question, id string) int {
	t.Helper()
	params := map[string]any{}
	for _, p := range shipped.Params {
		params[p.Name] = id
	}
	request := graph.Query{Text: shipped.Text, Params: params, Limits: graph.Limits{Rows: 50_000, Time: 2 * time.Minute}}
	ours, err := s.embedded.Query(t.Context(), request)
	if err != nil {
		t.Fatalf("%s: embedded: %v", shipped.ID, err)
	}
	theirs, err := s.neo4j.Query(t.Context(), request)
	if err != nil {
		t.Fatalf("%s: Neo4j: %v", shipped.ID, err)
	}
	if !ours.Exhaustive || !theirs.Exhaustive {
		t.Errorf("%s: cut at %q and %q", shipped.ID, ours.TruncatedAt, theirs.TruncatedAt)
	}
	q := question{text: shipped.Text, ordered: true}
	if problem := q.compare(s.graph, ours, theirs); problem != "" {
		t.Errorf("%s, id %q: %s", shipped.ID, id, problem)
	}
	return len(ours.Rows)
}

// starts are the nodes that a question with a parameter is asked about.
func starts(g *graph.Graph, parameter bool) []string {
	if !parameter {
		return []string{""}
	}
	out := []string{schema.InternetID}
	seen := map[schema.NodeKind]bool{}
	for _, n := range g.Nodes() {
		if !seen[n.Kind] && n.Kind != schema.Internet {
			seen[n.Kind] = true
			out = append(out, n.ID)
		}
	}
	return out
}

func estates(t *testing.T) map[string]*graph.Graph {
	t.Helper()
	docs, gaps, err := demo.Documents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bundled, _, err := pipeline.Run(t.Context(), docs, gaps, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := gen.Estate(t.Context(), dir, 300, 7); err != nil {
		t.Fatal(err)
	}
	in, err := read.Open(t.Context(), []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	generated, _, err := pipeline.Run(t.Context(), in.Documents, in.Gaps, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	skewed, err := storetest.Estate(3, 120, 200)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*graph.Graph{"bundled": bundled, "generated": generated, "skewed": skewed}
}
