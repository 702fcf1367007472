package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// Numbered is a graph that says in every node and edge which one it is. From
// one number to the next nodes and edges come, go and change. size is about
// how many nodes and edges it has.
func Numbered(number, size int) *graph.Graph {
	b := graph.NewBuilder()
	n := size/2 + number%7
	id := func(i int) string { return fmt.Sprintf("node/%d/%06d", i%3*(number%2), i) }
	for i := range n {
		b.Node(id(i), schema.Role).Set(schema.PropName, fmt.Sprint(number))
	}
	for i := range n {
		b.Edge(id(i), schema.PartOf, id((i+1)%n)).Set(schema.PropURI, fmt.Sprint(number))
	}
	return b.Freeze(graph.Run{ID: fmt.Sprintf("%d of %d", number, size)})
}

// Whole checks that what store holds is one of the numbered graphs, all of it
// and nothing else, and returns its number.
func Whole(t testing.TB, store graph.Store) int {
	t.Helper()
	d, err := store.Describe(t.Context())
	if err != nil {
		t.Fatalf("describe: %v", err)
	}
	var number, size int
	if _, err := fmt.Sscanf(d.Run.ID, "%d of %d", &number, &size); err != nil {
		t.Fatalf("run %q: %v", d.Run.ID, err)
	}
	g := Numbered(number, size)
	if d.Hash != g.Hash() {
		t.Errorf("graph %d: the hash differs", number)
	}
	r, err := store.Query(t.Context(), graph.Query{Text: "MATCH (a:Asset)-[r]->(b) RETURN a.id AS a, a.name AS an, type(r) AS r, r.uri AS u, b.id AS b ORDER BY a, r, b"})
	if err != nil {
		t.Fatalf("query: %v", err)
	}
	var want [][]any
	for _, e := range g.Edges() {
		want = append(want, []any{e.From, fmt.Sprint(number), string(e.Kind), fmt.Sprint(number), e.To})
	}
	if !cmp.Equal(want, r.Rows) {
		t.Errorf("graph %d: its edges differ: %s", number, cmp.Diff(want, r.Rows))
	}
	r, err = store.Query(t.Context(), graph.Query{Text: "MATCH (n) RETURN n.name, count(*)"})
	if err != nil {
		t.Fatalf("query: %v", err)
	}
	if d := cmp.Diff([][]any{{fmt.Sprint(number), int64(len(g.Nodes()))}}, r.Rows); d != "" {
		t.Errorf("graph %d: its nodes differ: %s", number, d)
	}
	return number
}
