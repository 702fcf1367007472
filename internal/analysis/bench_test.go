package analysis

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/postern-sec/postern/schema"
)

// syntheticProjection has the skew of real accounts: hub roles, a long tail, one
// node in three hundred training data, the internet in front of one in fifty.
func syntheticProjection(tb testing.TB, nodes, edges int) *Projection {
	tb.Helper()
	rnd := rand.New(rand.NewPCG(1, uint64(nodes)))
	list := make([]Node, nodes)
	list[0] = Node{ID: schema.InternetID, Kind: schema.Internet, Entry: true}
	for i := 1; i < nodes; i++ {
		list[i] = Node{ID: fmt.Sprintf("node-%08d", i), Kind: schema.Role}
		if i%300 == 0 {
			list[i].Kind, list[i].Training = schema.Bucket, true
		}
	}
	kinds := []schema.EdgeKind{schema.Assumes, schema.RunsAs, schema.LaunchesAs, schema.ExecutesOn, schema.NetReaches}
	id := func(i int) string {
		if i == 0 {
			return schema.InternetID
		}
		return fmt.Sprintf("node-%08d", i)
	}
	type pair struct{ a, b int }
	seen := make(map[pair]bool, edges)
	rows := make([]namedEdge, 0, edges)
	add := func(a, b int, k schema.EdgeKind) {
		if a == b || seen[pair{a, b}] {
			return
		}
		seen[pair{a, b}] = true
		rows = append(rows, namedEdge{id(a), id(b), Edge{Kind: k, Verdict: schema.Allow, Assumes: schema.AssumesNothing, Confidence: schema.High, Cost: int32(1 + rnd.IntN(5)), Techniques: []string{"t"}}})
	}
	for i := 50; i < nodes; i += 50 {
		add(0, i, schema.Exposes)
	}
	for len(rows) < edges {
		a := 1 + int(float64(nodes-1)*rnd.Float64()*rnd.Float64()) // few hubs
		b := 1 + rnd.IntN(nodes-1)
		k := kinds[rnd.IntN(len(kinds))]
		if b%300 == 0 {
			k = schema.ReadsData
		}
		if a%300 != 0 {
			add(a, b, k)
		}
	}
	p, err := build(list, rows)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func eachSize(b *testing.B, run func(b *testing.B, p *Projection)) {
	for _, nodes := range []int{10_000, 100_000} {
		p := syntheticProjection(b, nodes, nodes*10)
		b.Run(fmt.Sprintf("%dk-nodes", nodes/1000), func(b *testing.B) {
			b.ReportAllocs()
			run(b, p)
		})
	}
}

// BenchmarkPaths: from the internet to all training data, five paths each.
func BenchmarkPaths(b *testing.B) {
	eachSize(b, func(b *testing.B, p *Projection) {
		for b.Loop() {
			if _, err := p.Paths(b.Context(), PathQuery{K: 5}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkClosure(b *testing.B) {
	eachSize(b, func(b *testing.B, p *Projection) {
		q, _ := PathQuery{}.withDefaults()
		allowed := p.allowedEdges(q)
		for b.Loop() {
			p.closure([]int32{0}, allowed)
		}
	})
}

func BenchmarkChokePoints(b *testing.B) {
	eachSize(b, func(b *testing.B, p *Projection) {
		for b.Loop() {
			if _, err := p.ChokePoints(b.Context(), PathQuery{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkWhatIf(b *testing.B) {
	eachSize(b, func(b *testing.B, p *Projection) {
		for b.Loop() {
			if _, err := p.WhatIf(b.Context(), PathQuery{}, []int32{0, 5}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
