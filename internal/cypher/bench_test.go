package cypher_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/cyphertest"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// skewed is a graph of 100,000 nodes and 1,000,000 edges of 14 types with hubs, an entry and 363 targets.
var skewed = sync.OnceValue(func() *cyphertest.Graph { return skewedGraph(100_000, 1_000_000) })

func skewedGraph(nodes, edges int) *cyphertest.Graph {
	r := rand.New(rand.NewPCG(3, 4))
	b := &cyphertest.Builder{}
	for i := 0; i < nodes; i++ {
		labels := []string{"Resource"}
		switch {
		case i == 0:
			labels = append(labels, "Internet")
		case i%275 == 7:
			labels = append(labels, "TrainingData")
		}
		b.Node(labels, cyphertest.Props{"id": value.OfString(fmt.Sprintf("arn:%d", i)), "rank": value.OfInt(int64(i % 1000))})
	}
	allow, conditional := value.OfString("allow"), value.OfString("conditional")
	for i := 0; i < edges; i++ {
		// Squaring gathers the ends at low numbers: hubs.
		from, to := r.Float64(), r.Float64()
		verdict := allow
		if r.IntN(3) == 0 {
			verdict = conditional
		}
		b.Edge(int(from*float64(nodes)), int(to*to*float64(nodes)), fmt.Sprintf("T%02d", r.IntN(14)), cyphertest.Props{"verdict": verdict})
	}
	for i := 1; i <= 20; i++ {
		b.Edge(0, r.IntN(nodes), "T00", cyphertest.Props{"verdict": allow})
	}
	return b.Freeze("id")
}

func benchmark(b *testing.B, text string, rowsPerRun func(*cypher.Result) int) {
	b.Helper()
	g := skewed()
	q, _, err := cypher.Prepare(text, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	rows := 0
	for range b.N {
		result, err := q.Run(b.Context(), g, nil, cypher.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		rows = rowsPerRun(result)
	}
	b.ReportMetric(float64(rows), "rows")
}

func countOf(r *cypher.Result) int { return int(r.Rows[0][0].(int64)) }
func rowsOf(r *cypher.Result) int  { return len(r.Rows) }

func BenchmarkExpandFilter(b *testing.B) {
	benchmark(b, "MATCH (a:Resource)-[r]->(c) WHERE c.rank = 7 RETURN count(*)", countOf)
}

func BenchmarkLookup(b *testing.B) {
	benchmark(b, "MATCH (a:Resource {id: 'arn:500'}) RETURN a.rank", rowsOf)
}

func BenchmarkClosure(b *testing.B) {
	benchmark(b, "MATCH (:Internet)-[:T00|T01|T02|T03|T04|T05|T06|T07|T08|T09*]->(n) RETURN count(DISTINCT n)", countOf)
}

func BenchmarkShortestPathPerTarget(b *testing.B) {
	benchmark(b, "MATCH (i:Internet), (t:TrainingData) MATCH p = shortestPath((i)-[*..8]->(t)) RETURN t.id, length(p)", rowsOf)
}

func BenchmarkShortest5PerTarget(b *testing.B) {
	benchmark(b, "MATCH (i:Internet) MATCH (t:TrainingData) CALL (i, t) { MATCH p = SHORTEST 5 (i)-[]->{1,8}(t) RETURN p } RETURN t.id, length(p)", rowsOf)
}

func BenchmarkShortest5WithPredicate(b *testing.B) {
	benchmark(b, "MATCH p = SHORTEST 5 (i:Internet)-[r WHERE r.verdict = 'allow']->{1,8}(t:TrainingData) RETURN t.id, length(p)", rowsOf)
}

func BenchmarkBlastRadius(b *testing.B) {
	benchmark(b, "MATCH (:Internet)-[*1..8]->(n) RETURN DISTINCT n.id", rowsOf)
}

func BenchmarkTopK(b *testing.B) {
	benchmark(b, "MATCH (a:Resource) RETURN a.id ORDER BY a.rank DESC, a.id LIMIT 10", rowsOf)
}

func BenchmarkPrepare(b *testing.B) {
	text := "MATCH (i:Internet) MATCH (t:TrainingData) CALL (i, t) { MATCH p = SHORTEST 5 (i) (()-[r:T WHERE r.conf >= $conf]->(n WHERE n.excluded = false)){1,8} (t) RETURN p } RETURN t.id AS target, [x IN nodes(p) | x.id] AS nodes, length(p) AS hops ORDER BY hops, target LIMIT 25"
	b.ReportAllocs()
	for range b.N {
		if _, _, err := cypher.Prepare(text, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// TestExpandDoesNotAllocatePerRow measures runs over two sizes of one shape: what they allocate must not grow with the
// rows.
func TestExpandDoesNotAllocatePerRow(t *testing.T) {
	small, large := skewedGraph(100, 1_000), skewedGraph(2_000, 40_000)
	for _, text := range []string{
		"MATCH (a:Resource)-[r:T00|T01]->(c) WHERE c.rank < 500 AND r.verdict = 'allow' RETURN count(*)",
		"MATCH (a:Resource)-[r]-(c:Resource) WHERE c.rank IN [1, 2, 3] OR r.verdict <> 'allow' RETURN count(*)",
		"MATCH (a)<-[r]-(c) WHERE c.id STARTS WITH 'arn:1' AND NOT c:TrainingData RETURN count(*)",
		"MATCH (a)-[r]->(c) WHERE type(r) = 'T01' AND coalesce(c.rank, 0) + 1 > 5 AND c.rank IS NOT NULL RETURN count(*)",
		"MATCH (a)-[r:T00]->(c)-[q:T01]->(d) WHERE a.rank < d.rank AND EXISTS { (d)-[:T02]->() } RETURN count(*)",
		"MATCH (a)-[r]->(c) WHERE c.id =~ 'arn:1.*' RETURN count(*)",
	} {
		q, _, err := cypher.Prepare(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		measure := func(g *cyphertest.Graph) float64 {
			return testing.AllocsPerRun(3, func() {
				if _, err := q.Run(t.Context(), g, nil, cypher.Limits{}); err != nil {
					t.Fatal(err)
				}
			})
		}
		if few, many := measure(small), measure(large); many > few+5 {
			t.Errorf("%s: %v allocations for 1,000 edges, %v for 40,000", text, few, many)
		}
	}
}
