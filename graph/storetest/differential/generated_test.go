package differential

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
)

// graphs is how many random graphs each generated text is asked of: a server
// plans a text once and then answers in a tenth of the time.
const graphs = 16

// pairs is how many generated queries are compared, and the seed.
func pairs(t *testing.T) (n int, seed uint64) {
	t.Helper()
	n, seed = 5_200, 20261123
	for name, set := range map[string]func(string) error{
		"POSTERN_PAIRS": func(s string) (err error) { n, err = strconv.Atoi(s); return err },
		"POSTERN_SEED":  func(s string) (err error) { seed, err = strconv.ParseUint(s, 10, 64); return err },
	} {
		if s := os.Getenv(name); s != "" {
			if err := set(s); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	return n, seed
}

// TestGenerated asks random graphs random queries. A pair of graph and query
// counts when both stores gave rows that were compared, or both refused. The
// parameters of a text differ from graph to graph.
func TestGenerated(t *testing.T) {
	s := open(t)
	n, seed := pairs(t)
	texts := (n + n/50 + graphs - 1) / graphs // a few pairs have too many rows to be compared
	tally := tally{count: map[outcome]int{}, texts: map[string]bool{}}
	for round := range uint64(graphs) {
		s.publish(t, randomGraph(t, rand.New(rand.NewPCG(seed, round))))
		tally.round(t, s, seed, round, texts)
	}
	t.Logf("%d pairs of graph and query, %d different texts, %d graphs: %d with equal rows (%d of them without any row), %d refused by both; %d more were too large, %d differ; seed %d",
		tally.compared(), len(tally.texts), graphs, tally.count[same], tally.empty, tally.count[refused], tally.count[tooLarge], tally.count[differs], seed)
	if tally.compared() < n || tally.count[refused] > n/10 || tally.empty > tally.compared()*3/4 {
		t.Errorf("the generator tests too little")
	}
}

type tally struct {
	sync.Mutex
	count map[outcome]int
	texts map[string]bool // to whether a difference was reported
	empty int
}

func (y *tally) compared() int { return y.count[same] + y.count[refused] + y.count[differs] }

// generated is the query with number i, with the parameters of a round; the
// same for the same seed.
func generated(seed, round uint64, i int) question {
	g := &generator{Rand: rand.New(rand.NewPCG(seed+1, uint64(i)))}
	q := question{}
	if g.chance(6) {
		q = g.shortest()
	} else {
		q = g.query()
	}
	g.Rand = rand.New(rand.NewPCG(seed+2, round<<32|uint64(i)))
	q.params = g.parameters()
	return q
}

// round asks one graph its queries, a few at the same time.
func (y *tally) round(t *testing.T, s *stores, seed, round uint64, texts int) {
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			for i := range numbers {
				q := generated(seed, round, i)
				end, problem := s.ask(t.Context(), q)
				y.add(t, s, q, end, problem, fmt.Sprintf("seed %d, graph %d, query %d", seed, round, i))
			}
		})
	}
	for i := range texts {
		numbers <- i
	}
	close(numbers)
	workers.Wait()
}

func (y *tally) add(t *testing.T, s *stores, q question, end outcome, problem, place string) {
	none := false
	if end == same {
		r, err := s.embedded.Query(context.WithoutCancel(t.Context()), request(q))
		none = err == nil && len(r.Rows) == 0
	}
	y.Lock()
	defer y.Unlock()
	y.count[end]++
	known := y.texts[q.text]
	y.texts[q.text] = known || end == differs
	if none {
		y.empty++
	}
	switch {
	case known: // one report a text is enough
	case end == differs:
		t.Errorf("%s: %s\n  parameters %v\n  %s", place, q.text, q.params, problem)
	case end == outside:
		t.Errorf("%s: the generator leaves the dialect: %s", place, q.text)
	}
}
