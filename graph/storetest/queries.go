package storetest

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
)

func writingQueries(s *suite) {
	g := small()
	s.publish(g)
	for _, text := range []string{
		"CREATE (n:Asset {id: 'x'})",
		"MATCH (n) SET n.name = 'x' RETURN n",
		"MATCH (n) REMOVE n.name",
		"MATCH (n) DELETE n",
		"MATCH (n) DETACH DELETE n",
		"MERGE (n:Asset {id: 'x'}) RETURN n",
		"MATCH (n) WITH n LIMIT 1 CREATE (n)-[:ASSUMES]->(n)",
		"CALL { CREATE (n:Asset {id: 'y'}) RETURN n } RETURN n",
		"match (n) set n:Bucket",
		"MATCH (n) FOREACH (x IN [1] | SET n.a = x)",
	} {
		if _, err := s.store.Query(s.ctx, graph.Query{Text: text}); !errors.Is(err, graph.ErrWrite) {
			s.Errorf("%s: %v, want ErrWrite", text, err)
		}
	}
	s.holds(g)
}

func wrongQueries(s *suite) {
	s.publish(small())
	for _, text := range []string{"", "MATCH (n", "RETURN x", "MATCH (n) RETURN n.", "RETURN 1 +", "RETURN $missing", "RETURN toUpper(1, 2)", "THIS IS NOT A QUERY"} {
		_, err := s.store.Query(s.ctx, graph.Query{Text: text})
		if err == nil || errors.Is(err, graph.ErrWrite) || errors.Is(err, graph.ErrNoGraph) {
			s.Errorf("%q: %v, want an error about the query", text, err)
		}
	}
}

func parameters(s *suite) {
	s.publish(small())
	params := map[string]any{"null": nil, "b": true, "i": int64(-7), "f": 2.5, "s": "it's", "l": []any{int64(1), "a", nil}, "m": map[string]any{"k": []any{false}}, "ids": []any{"nb", "role"}}
	s.rows("RETURN $null AS a, $b AS b, $i AS c, $f AS d, $s AS e, $l AS f, $m AS g", params,
		[]any{nil, true, int64(-7), 2.5, "it's", []any{int64(1), "a", nil}, map[string]any{"k": []any{false}}})
	s.rows("MATCH (n:Asset) WHERE n.id IN $ids RETURN n.id AS id ORDER BY id DESC", params, []any{"role"}, []any{"nb"})
	s.rows("UNWIND $l AS x RETURN x", params, []any{int64(1)}, []any{"a"}, []any{nil})
	s.rows("MATCH (n:Asset) RETURN n.id AS id ORDER BY id LIMIT $i", map[string]any{"i": int64(2)}, []any{"bucket"}, []any{"internet"})
}

func rowLimit(s *suite) {
	s.publish(versioned(1, 20))
	text := "MATCH (n:Role) RETURN n.id AS id ORDER BY id"
	r := s.query(graph.Query{Text: text, Limits: graph.Limits{Rows: 3}})
	if r.Exhaustive || r.TruncatedAt != "rows" || len(r.Rows) != 3 {
		s.Errorf("limit 3: exhaustive %v, truncated at %q, %d rows", r.Exhaustive, r.TruncatedAt, len(r.Rows))
	}
	if d := cmp.Diff([][]any{{"node/0000"}, {"node/0001"}, {"node/0002"}}, r.Rows); d != "" {
		s.Errorf("limit 3 (-want +got):\n%s", d)
	}
	r = s.query(graph.Query{Text: text, Limits: graph.Limits{Rows: 20}})
	if !r.Exhaustive || r.TruncatedAt != "" || len(r.Rows) != 20 {
		s.Errorf("limit 20 of 20: exhaustive %v, truncated at %q, %d rows", r.Exhaustive, r.TruncatedAt, len(r.Rows))
	}
}

const endless = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a * b = -1 RETURN count(*) AS c"

func timeLimit(s *suite) {
	s.publish(small())
	start := time.Now()
	r := s.query(graph.Query{Text: endless, Limits: graph.Limits{Time: 300 * time.Millisecond}})
	if r.Exhaustive || r.TruncatedAt != "time" || len(r.Rows) != 0 {
		s.Errorf("exhaustive %v, truncated at %q, rows %v", r.Exhaustive, r.TruncatedAt, r.Rows)
	}
	if d := time.Since(start); d > 20*time.Second {
		s.Errorf("took %v", d)
	}
	s.holds(small())
}

func cancelledQuery(s *suite) {
	s.publish(small())
	ctx, cancel := context.WithTimeout(s.ctx, 200*time.Millisecond)
	defer cancel()
	if _, err := s.store.Query(ctx, graph.Query{Text: endless}); !errors.Is(err, context.DeadlineExceeded) {
		s.Errorf("%v, want context.DeadlineExceeded", err)
	}
	s.holds(small())
}

// warnings: a misspelt label must not look like "nothing found".
func warnings(s *suite) {
	s.publish(small())
	r := s.query(graph.Query{Text: "MATCH (n:Buckett) RETURN n"})
	if len(r.Warnings) == 0 || !strings.Contains(strings.Join(r.Warnings, "\n"), "Bucket") || len(r.Rows) != 0 {
		s.Errorf("warnings %q, rows %v", r.Warnings, r.Rows)
	}
	r = s.query(graph.Query{Text: "MATCH (n:Bucket)<-[:READS_DATA]-(m) RETURN n.name, m.region"})
	if len(r.Warnings) != 0 {
		s.Errorf("warnings %q of a query without fault", r.Warnings)
	}
}

func plan(s *suite) {
	s.publish(small())
	text := "MATCH (n:Asset {id: 'nb'})-[:RUNS_AS]->(m) RETURN m.id AS id"
	if r := s.query(graph.Query{Text: text}); r.Plan != "" {
		s.Errorf("a plan that nobody asked for: %s", r.Plan)
	}
	if r := s.query(graph.Query{Text: text, Explain: true}); r.Plan == "" || len(r.Rows) != 0 {
		s.Errorf("explain: plan %q, rows %v", r.Plan, r.Rows)
	}
	r := s.query(graph.Query{Text: text, Profile: true})
	if r.Plan == "" {
		s.Error("profile: no plan")
	}
	if d := cmp.Diff([][]any{{"role"}}, r.Rows); d != "" {
		s.Errorf("profile: rows (-want +got):\n%s", d)
	}
}

func sameAnswerTwice(s *suite) {
	w := newWorld(7)
	for range 5 {
		w.change()
	}
	s.publish(w.graph(s.T))
	q := graph.Query{Text: "MATCH p = (a:Asset)-[*1..2]->(b:Asset) RETURN a, p, b ORDER BY [n IN nodes(p) | n.id], [r IN relationships(p) | type(r)]"}
	if d := cmp.Diff(s.query(q), s.query(q)); d != "" {
		s.Errorf("two runs differ:\n%s", d)
	}
}
