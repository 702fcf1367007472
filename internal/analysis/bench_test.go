package analysis

import (
	"fmt"
	"math/bits"
	"os"
	"testing"

	"github.com/postern-sec/postern/internal/gen"
)

// generated holds one generated graph at a time.
var generated struct {
	nodes int
	p     *Projection
}

func generatedProjection(tb testing.TB, nodes int) *Projection {
	tb.Helper()
	if generated.nodes != nodes {
		generated.p = nil
		g, err := gen.Graph(nodes, 1)
		if err != nil {
			tb.Fatal(err)
		}
		p, err := FromGraph(g)
		if err != nil {
			tb.Fatal(err)
		}
		generated.nodes, generated.p = nodes, p
	}
	return generated.p
}

// eachSize runs a benchmark on generated estates with about ten edges a node; with
// POSTERN_BENCH_FULL=1 on a million nodes too.
func eachSize(b *testing.B, run func(b *testing.B, p *Projection)) {
	sizes := []int{10_000, 100_000}
	if os.Getenv("POSTERN_BENCH_FULL") != "" {
		sizes = append(sizes, 1_000_000)
	}
	for _, nodes := range sizes {
		b.Run(fmt.Sprintf("%dk-nodes", nodes/1000), func(b *testing.B) {
			p := generatedProjection(b, nodes)
			b.ReportAllocs()
			b.ResetTimer()
			run(b, p)
			b.ReportMetric(float64(len(p.to)), "attack-edges")
		})
	}
}

func fromInternet(q PathQuery) PathQuery {
	q.From = []string{SelectInternet}
	return q
}

// BenchmarkPaths: from the internet to all training data, five paths each.
func BenchmarkPaths(b *testing.B) {
	eachSize(b, func(b *testing.B, p *Projection) {
		found := 0
		for b.Loop() {
			ans, err := p.Paths(b.Context(), fromInternet(PathQuery{K: 5}))
			if err != nil {
				b.Fatal(err)
			}
			found = len(ans.Paths)
		}
		b.ReportMetric(float64(found), "paths")
	})
}

// BenchmarkClosure: all that the internet reaches. It runs on one processor.
func BenchmarkClosure(b *testing.B) {
	eachSize(b, func(b *testing.B, p *Projection) {
		a, err := p.ask(fromInternet(PathQuery{}))
		if err != nil {
			b.Fatal(err)
		}
		reached := 0
		for b.Loop() {
			reached = 0
			for _, word := range p.reached(a.from, a.walk) {
				reached += bits.OnesCount64(word)
			}
		}
		b.ReportMetric(float64(reached), "reached")
	})
}

func BenchmarkChokePoints(b *testing.B) {
	eachSize(b, func(b *testing.B, p *Projection) {
		for b.Loop() {
			cp, err := p.ChokePoints(b.Context(), PathQuery{})
			if err != nil {
				b.Fatal(err)
			}
			if len(cp.Cut) == 0 {
				b.Fatal("no cut")
			}
		}
	})
}

func BenchmarkWhatIf(b *testing.B) {
	eachSize(b, func(b *testing.B, p *Projection) {
		a, err := p.ask(fromInternet(PathQuery{}))
		if err != nil {
			b.Fatal(err)
		}
		first := p.outStart[a.from[0]]
		name := EdgeName(p.Nodes[p.from[first]].ID, p.class[first].kind(), p.Nodes[p.to[first]].ID)
		for b.Loop() {
			if _, err := p.WhatIf(b.Context(), PathQuery{}, []string{name}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
