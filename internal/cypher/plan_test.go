package cypher_test

import (
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/cyphertest"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// estate is a small graph with an index on id, an entry, hubs and targets.
func estate() *cyphertest.Graph {
	b := &cyphertest.Builder{}
	for i := 0; i < 200; i++ {
		labels := []string{"Node"}
		if i == 0 {
			labels = append(labels, "Internet")
		}
		if i%50 == 3 {
			labels = append(labels, "Data")
		}
		b.Node(labels, cyphertest.Props{"id": value.OfInt(int64(i)), "kind": value.OfString("k")})
	}
	for i := 0; i < 600; i++ {
		b.Edge(i*7%200, i*13%200, []string{"CAN", "USES"}[i%2], cyphertest.Props{"verdict": value.OfString("allow")})
	}
	return b.Freeze("id")
}

func explain(t *testing.T, g cypher.Graph, text string) string {
	t.Helper()
	q, _, err := cypher.Prepare(text, nil)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	plan, err := q.Explain(g)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return plan.String()
}

// TestPlans checks that the rewrites that queries live on are made, and are not made where they would be wrong.
func TestPlans(t *testing.T) {
	g := estate()
	const pruned, trails = "VarLengthExpand(Pruning,BFS)", "VarLengthExpand(All)"
	for _, c := range []struct{ text, has, hasNot string }{
		{"MATCH (:Internet)-[:CAN*1..8]->(n) RETURN DISTINCT n.id", pruned, trails},
		{"MATCH (:Internet)-[:CAN]->{1,8}(n) RETURN count(DISTINCT n)", pruned, trails},
		{"MATCH (:Internet) (()-[:CAN]->(x:Node)){1,8}(n) RETURN DISTINCT n", pruned, trails},
		{"MATCH (:Internet)-[r:CAN WHERE r.verdict = 'allow']->{1,8}(n) RETURN DISTINCT n.id", pruned, trails},
		{"MATCH (:Internet)-[r:CAN*1..8]->(n) RETURN DISTINCT n.id", pruned, trails},
		{"MATCH p = (:Internet)-[:CAN*1..8]->(n) RETURN n.id, min(length(p))", pruned, trails},
		{"MATCH p = (:Internet)-[:CAN*1..8]->(n) WHERE all(r IN relationships(p) WHERE r.verdict = 'allow') RETURN DISTINCT n", pruned, trails},
		{"MATCH (n:Node) WHERE EXISTS { (n)-[:CAN*]->(:Data) } RETURN n", "NodeByLabelScan", "CartesianProduct"},
		{"MATCH (:Internet)-[:CAN*1..8]->(n) RETURN n.id", trails, pruned},
		{"MATCH (:Internet)-[:CAN*2..8]->(n) RETURN DISTINCT n.id", trails, pruned},
		{"MATCH (:Internet)-[r:CAN*1..8]->(n) RETURN DISTINCT n.id, r", trails, pruned},
		{"MATCH (:Internet)-[r:CAN WHERE r.verdict = 'allow']->{1,8}(n) RETURN DISTINCT n.id, size(r)", trails, pruned},
		{"MATCH (a)-[r:CAN*1..8]->(n) MATCH (:Internet)-[r:CAN*1..8]->(n) RETURN DISTINCT n.id", trails, pruned},
		{"MATCH (:Internet)-[:CAN*1..8]->(n) RETURN count(n)", trails, pruned},
		{"MATCH p = (:Internet)-[:CAN*1..8]->(n) RETURN n.id, min(length(p)), collect(p)", trails, pruned},
		{"MATCH (n {id: 7}) RETURN n", "NodeIndexSeek", "Scan"},
		{"MATCH (n:Node) WHERE n.id IN [1, 2, 3] RETURN n", "NodeIndexSeek", "Scan"},
		{"UNWIND [1, 2] AS x MATCH (n:Node {id: x}) RETURN n", "NodeIndexSeek", "Cartesian"},
		{"MATCH (a:Node {id: 1}), (b:Node {id: 2}) MATCH p = shortestPath((a)-[*..8]->(b)) RETURN p", "ShortestPath(Bidirectional,BFS)", "CartesianProduct"},
		{"MATCH (i:Internet) MATCH (d:Data) CALL (i, d) { MATCH p = SHORTEST 5 (i)-[:CAN]->{1,8}(d) RETURN p } RETURN d.id, length(p)", "StatefulShortestPath(Into)", "CartesianProduct"},
		{"MATCH (a:Node), (b:Node) WHERE a.kind = b.kind RETURN count(*)", "ValueHashJoin", "CartesianProduct"},
		{"MATCH (a:Node), (b:Node) RETURN count(*)", "CartesianProduct", "ValueHashJoin"},
		{"MATCH (a:Node)-[:CAN]->(b)-[:USES]->(c)-[:CAN]->(a) RETURN count(*)", "Expand(Into)", "CartesianProduct"},
		{"MATCH (a:Node)-[:CAN]->(b:Internet) RETURN a", ":Internet", "AllNodesScan"},
		{"MATCH (n:Node) RETURN n.id ORDER BY n.id LIMIT 3", "Top", "Sort"},
		{"MATCH (n:Node) RETURN n.id ORDER BY n.id", "Sort", "Top"},
	} {
		plan := explain(t, g, c.text)
		if !strings.Contains(plan, c.has) || strings.Contains(plan, c.hasNot) {
			t.Errorf("%s\nwant %q and not %q in\n%s", c.text, c.has, c.hasNot, plan)
		}
	}
}

// TestProfile checks that a profiled run counts the rows of each operator.
func TestProfile(t *testing.T) {
	q, _, err := cypher.Prepare("MATCH (n:Data) RETURN n.id", nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := q.Profile(t.Context(), estate(), nil, cypher.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Rows) != 4 || result.Plan.Rows != 4 || result.Plan.Children[0].Operator != "NodeByLabelScan" || result.Plan.Children[0].Rows != 4 {
		t.Errorf("%d rows, plan\n%s", len(result.Rows), result.Plan)
	}
}
