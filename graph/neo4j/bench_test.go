package neo4j

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/postern-sec/postern/internal/gen"
)

// warmLoads is how many loads a server sees before one is measured: a JVM
// compiles what it runs often, and its first load takes three times as long.
const warmLoads = 4

// BenchmarkLoad measures the first load of a generated estate, with proof on
// its edges, into an empty database of a warm server; what the very first load
// of a young server gives is reported beside it. POSTERN_BENCH_NODES sets the
// size; there are ten edges a node.
func BenchmarkLoad(b *testing.B) {
	nodes := 10_000
	if n, err := strconv.Atoi(os.Getenv("POSTERN_BENCH_NODES")); err == nil {
		nodes = n
	}
	g, err := gen.Graph(nodes, 1)
	if err != nil {
		b.Fatal(err)
	}
	load := func(b *testing.B) time.Duration {
		b.Helper()
		s := open(b)
		defer s.Close(b.Context())
		begin := time.Now()
		if err := s.Publish(b.Context(), g); err != nil {
			b.Fatal(err)
		}
		return time.Since(begin)
	}
	edges := float64(len(g.Edges()))
	b.Run(fmt.Sprint(len(g.Edges())), func(b *testing.B) {
		young := load(b)
		for range warmLoads - 1 {
			load(b)
		}
		var warm time.Duration
		for b.Loop() {
			warm += load(b)
		}
		b.ReportMetric(edges/young.Seconds(), "young-edges/s")
		b.ReportMetric(edges*float64(b.N)/warm.Seconds(), "edges/s")
	})
}
