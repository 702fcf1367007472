package neo4j

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/postern-sec/postern/graph/storetest"
)

// BenchmarkLoad measures the first load of an estate with proof on its edges.
// POSTERN_BENCH_EDGES sets its size; a tenth of it is nodes.
func BenchmarkLoad(b *testing.B) {
	edges := 100_000
	if n, err := strconv.Atoi(os.Getenv("POSTERN_BENCH_EDGES")); err == nil {
		edges = n
	}
	g, err := storetest.Estate(1, edges/10, edges)
	if err != nil {
		b.Fatal(err)
	}
	b.Run(fmt.Sprint(edges), func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			s := open(b)
			b.StartTimer()
			if err := s.Publish(b.Context(), g); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			s.Close(b.Context())
			b.StartTimer()
		}
		b.ReportMetric(float64(edges)*float64(b.N)/b.Elapsed().Seconds(), "edges/s")
	})
}
