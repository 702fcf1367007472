package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
)

func nothingPublished(s *suite) {
	if _, err := s.store.Query(s.ctx, graph.Query{Text: "MATCH (n) RETURN n"}); !errors.Is(err, graph.ErrNoGraph) {
		s.Errorf("query: %v, want ErrNoGraph", err)
	}
	if _, err := s.store.Describe(s.ctx); !errors.Is(err, graph.ErrNoGraph) {
		s.Errorf("describe: %v, want ErrNoGraph", err)
	}
}

func describe(s *suite) {
	g := small()
	s.publish(g)
	s.describes(g)
}

func (s *suite) describes(g *graph.Graph) {
	s.Helper()
	want := graph.Description{Run: g.Run(), Hash: g.Hash(), Nodes: map[string]int{}, Edges: map[string]int{}, Coverage: g.Coverage()}
	for _, n := range g.Nodes() {
		want.Nodes[string(n.Kind)]++
	}
	for _, e := range g.Edges() {
		want.Edges[string(e.Kind)]++
	}
	got, err := s.store.Describe(s.ctx)
	if err != nil {
		s.Fatalf("describe: %v", err)
	}
	if d := cmp.Diff(want, got); d != "" {
		s.Errorf("description (-want +got):\n%s", d)
	}
}

func emptyGraph(s *suite) {
	empty := must(s.T, nil, nil, 1)
	s.publish(empty)
	s.holds(empty)
	s.describes(empty)
	s.publish(small())
	s.holds(small())
	s.publish(empty)
	s.holds(empty)
	s.rows("RETURN 1 AS one", nil, []any{int64(1)})
}

// publishAgain publishes a graph twice; only the run differs.
func publishAgain(s *suite) {
	g := versioned(1, 10)
	s.publish(g)
	again, err := graph.New(run(2), g.Nodes(), g.Edges(), g.Coverage())
	if err != nil {
		s.Fatal(err)
	}
	s.publish(again)
	s.holds(again)
	s.describes(again)
}

func replace(s *suite) {
	s.publish(small())
	for version := 1; version <= 3; version++ {
		g := versioned(version, 8*version)
		s.publish(g)
		s.holds(g)
		s.describes(g)
	}
	s.publish(small())
	s.holds(small())
	s.describes(small())
}

// difference publishes random graphs that differ a little each.
func difference(s *suite) {
	for seed := range uint64(2) {
		w := newWorld(seed)
		for range 8 {
			w.change()
			g := w.graph(s.T)
			s.publish(g)
			s.holds(g)
			s.describes(g)
			if s.Failed() {
				s.Fatalf("seed %d, step %d", seed, w.step)
			}
		}
	}
}

// readersWhilePublishing looks for answers that mix two graphs. In every
// version all nodes and edges carry its name and their number.
func readersWhilePublishing(s *suite) {
	const versions = 8
	size := func(v int) int { return 60 + 30*(v%3) }
	s.publish(versioned(0, size(0)))
	var readers sync.WaitGroup
	var done atomic.Bool
	var answers atomic.Int64
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	for range 3 {
		readers.Go(func() {
			for !done.Load() && ctx.Err() == nil {
				if err := s.readWhole(ctx, size); err != nil {
					s.Errorf("reader: %v", err)
					return
				}
				answers.Add(1)
			}
		})
	}
	for v := 1; v <= versions; v++ {
		s.publish(versioned(v, size(v)))
	}
	done.Store(true)
	readers.Wait()
	if answers.Load() == 0 {
		s.Error("no reader read anything")
	}
}

// readWhole runs one query over nodes and edges and checks that its answer is
// of one version.
func (s *suite) readWhole(ctx context.Context, size func(int) int) error {
	r, err := s.store.Query(ctx, graph.Query{Text: "MATCH (a:Role)-[r:ASSUMES]->(b:Role) RETURN a.name AS a, r.variant AS r, b.name AS b, a.region AS n, count(*) AS c"})
	if err != nil {
		return err
	}
	if len(r.Rows) != 1 {
		return fmt.Errorf("a mix of graphs: %v", r.Rows)
	}
	row := r.Rows[0]
	var v int
	if _, err := fmt.Sscanf(fmt.Sprint(row[0]), "v%d", &v); err != nil {
		return err
	}
	if row[0] != row[1] || row[0] != row[2] || row[3] != fmt.Sprint("r", size(v)) || row[4] != int64(size(v)) {
		return fmt.Errorf("a mix of graphs: %v", row)
	}
	return nil
}

// cancelledPublish leaves the old graph.
func cancelledPublish(s *suite) {
	old := small()
	s.publish(old)
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if err := s.store.Publish(ctx, versioned(9, 50)); !errors.Is(err, context.Canceled) {
		s.Errorf("publish: %v, want context.Canceled", err)
	}
	s.holds(old)
	s.describes(old)
	s.publish(versioned(9, 50))
	s.holds(versioned(9, 50))
}

func closeStore(s *suite) {
	s.publish(small())
	for range 2 {
		if err := s.store.Close(s.ctx); err != nil {
			s.Errorf("close: %v", err)
		}
	}
	if _, err := s.store.Query(s.ctx, graph.Query{Text: "RETURN 1"}); err == nil || errors.Is(err, graph.ErrNoGraph) {
		s.Errorf("query after close: %v, want an error of its own", err)
	}
	if _, err := s.store.Describe(s.ctx); err == nil || errors.Is(err, graph.ErrNoGraph) {
		s.Errorf("describe after close: %v, want an error of its own", err)
	}
	if err := s.store.Publish(s.ctx, small()); err == nil {
		s.Error("publish after close: no error")
	}
}
