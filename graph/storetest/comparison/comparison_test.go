// Package comparison measures the shipped questions on both stores, on
// generated estates, warm, in one run: how much faster than a Neo4j server on
// the same machine the embedded store answers them. The server is as it comes;
// the client speaks to it over the loopback interface.
//
// POSTERN_BENCH_NODES lists the sizes, in nodes; an estate has ten edges a node.
package comparison

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/graph/neo4j"
	"github.com/postern-sec/postern/internal/gen"
	"github.com/postern-sec/postern/internal/neo4jtest"
	"github.com/postern-sec/postern/queries"
	"github.com/postern-sec/postern/schema"
)

func TestMain(m *testing.M) {
	neo4jtest.Configure(neo4jtest.Options{Heap: "4g", PageCache: "512m"})
	os.Exit(neo4jtest.Main(m))
}

// sizes are those of the environment, or the standard ones.
func sizes(b *testing.B, standard string) []int {
	b.Helper()
	var out []int
	for _, s := range strings.Split(cmp.Or(os.Getenv("POSTERN_BENCH_NODES"), standard), ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

func estate(b *testing.B, nodes int) *graph.Graph {
	b.Helper()
	g, err := gen.Graph(nodes, 1)
	if err != nil {
		b.Fatal(err)
	}
	return g
}

// BenchmarkShipped asks both stores every shipped question and reports the
// geometric mean and the largest of the quotients embedded / Neo4j.
func BenchmarkShipped(b *testing.B) {
	for _, nodes := range sizes(b, "10000,100000") {
		b.Run(fmt.Sprint(nodes), func(b *testing.B) {
			g := estate(b, nodes)
			server := neo4jStore(b)
			begin := time.Now()
			if err := server.Publish(b.Context(), g); err != nil {
				b.Fatal(err)
			}
			load := float64(len(g.Edges())) / time.Since(begin).Seconds()
			here := embedded.FromGraph(g)
			for b.Loop() {
				logs, worst := 0.0, 0.0
				table := fmt.Sprintf("%d nodes, %d edges, Neo4j Community %s\n", nodes, len(g.Edges()), neo4jtest.Version())
				for _, q := range queries.All() {
					ours, rows := median(b, here, q)
					theirs, theirRows := median(b, server, q)
					if rows != theirRows {
						b.Errorf("%s: %d rows, Neo4j %d", q.ID, rows, theirRows)
					}
					ratio := float64(ours) / float64(theirs)
					logs, worst = logs+math.Log(ratio), max(worst, ratio)
					table += fmt.Sprintf("%-28s %7d rows %12v %12v %8.3f\n", q.ID, rows, ours.Round(time.Microsecond), theirs.Round(time.Microsecond), ratio)
				}
				b.Log(table)
				b.ReportMetric(math.Exp(logs/float64(len(queries.All()))), "mean-ratio")
				b.ReportMetric(worst, "worst-ratio")
			}
			b.ReportMetric(load, "neo4j-edges/s")
		})
	}
}

// BenchmarkShippedEmbedded is the embedded store alone, at sizes that take long
// to load into a server.
func BenchmarkShippedEmbedded(b *testing.B) {
	for _, nodes := range sizes(b, "1000000") {
		here := embedded.FromGraph(estate(b, nodes))
		runtime.GC()
		for _, q := range queries.All() {
			b.Run(fmt.Sprintf("%d/%s", nodes, q.ID), func(b *testing.B) {
				for b.Loop() {
					ask(b, here, q)
				}
			})
		}
	}
}

func neo4jStore(b *testing.B) *neo4j.Store {
	b.Helper()
	s, err := neo4j.Open(b.Context(), neo4j.Config{URI: neo4jtest.Shared(b).URI, Rebuild: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close(context.WithoutCancel(b.Context())) })
	return s
}

func ask(b *testing.B, s graph.Store, q queries.Question) int {
	b.Helper()
	params := map[string]any{}
	for _, p := range q.Params {
		params[p.Name] = schema.InternetID
	}
	r, err := s.Query(b.Context(), graph.Query{Text: q.Text, Params: params, Limits: graph.Limits{Time: 5 * time.Minute, Rows: 1_000_000}})
	if err != nil {
		b.Fatal(q.ID, err)
	}
	return len(r.Rows)
}

// median is the median time of a few runs behind one that warms, and the number
// of rows.
func median(b *testing.B, s graph.Store, q queries.Question) (time.Duration, int) {
	b.Helper()
	rows := ask(b, s, q)
	var times []time.Duration
	for begin := time.Now(); len(times) < 3 || len(times) < 15 && time.Since(begin) < 2*time.Second; {
		start := time.Now()
		ask(b, s, q)
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	return times[len(times)/2], rows
}
