package analysis

import (
	"math/rand/v2"
	"testing"

	"github.com/postern-sec/postern/schema"
)

// TestClosureOfLargeGraphs: on graphs whose levels are narrow and wide, where the
// search changes its direction, it reaches what following every edge reaches.
func TestClosureOfLargeGraphs(t *testing.T) {
	p := generatedProjection(t, 5_000)
	leaving := map[int32][]int32{}
	for e, n := range p.from {
		leaving[n] = append(leaving[n], int32(e))
	}
	rnd := rand.New(rand.NewPCG(9, 10))
	wide := 0
	for round := range 60 {
		q := PathQuery{Derivative: round%2 == 0}
		if round%3 == 0 {
			q.Assume = []schema.Assumption{}
		}
		w := walkOf(q)
		if round%2 == 1 {
			var gone []int32
			for range len(p.to) / 3 {
				gone = append(gone, int32(rnd.IntN(len(p.to))))
			}
			w = w.without(p, gone)
		}
		from := []int32{int32(rnd.IntN(len(p.Nodes)))}
		if internet, _ := p.Find(schema.InternetID); round%4 < 2 {
			from = append(from, internet, internet)
		}
		want := map[int32]int32{}
		level := from
		for hop := int32(0); len(level) > 0; hop++ {
			if len(level) >= len(p.Nodes)/wideLevel {
				wide++
			}
			var next []int32
			for _, n := range level {
				if _, ok := want[n]; ok {
					continue
				}
				want[n] = hop
				for _, e := range leaving[n] {
					if w.allows(p, e) {
						next = append(next, p.to[e])
					}
				}
			}
			level = next
		}
		hops, reached := p.closure(from, w), p.reached(from, w)
		for n := range p.Nodes {
			h, ok := want[int32(n)]
			if !ok {
				h = infinite
			}
			if hops[n] != h || reached.has(int32(n)) != ok {
				t.Fatalf("round %d: node %d after %d steps, reached %v; following every edge %d, %v", round, n, hops[n], reached.has(int32(n)), h, ok)
			}
		}
	}
	if wide < 20 {
		t.Errorf("only %d wide levels", wide)
	}
}
