package pipeline_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/postern-sec/postern/ingest/read"
	"github.com/postern-sec/postern/internal/gen"
	"github.com/postern-sec/postern/internal/pipeline"
)

// BenchmarkGAAD reads and analyses one export of an account's identities, at two
// sizes a decade apart: the ratio of their times is what counts.
func BenchmarkGAAD(b *testing.B) {
	for _, roles := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(roles), func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "gaad.json")
			f, err := os.Create(file)
			if err != nil {
				b.Fatal(err)
			}
			if err := gen.GAAD(f, "123456789012", roles, rand.New(rand.NewPCG(1, uint64(roles)))); err != nil {
				b.Fatal(err)
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
			info, err := os.Stat(file)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				in, err := read.Open(b.Context(), []string{file})
				if err != nil {
					b.Fatal(err)
				}
				if _, _, err := pipeline.Run(b.Context(), in.Documents, in.Gaps, pipeline.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys)/(1<<20), "MiB-held")
		})
	}
}
