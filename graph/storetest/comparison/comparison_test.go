// Package comparison measures the shipped questions on both stores, on
// generated estates, warm, in one run: how much faster than a Neo4j server on
// the same machine the embedded store answers them. The server has the page
// cache that docker-compose.yml gives it and twice the heap; the client speaks
// to it over the loopback interface.
//
//	POSTERN_BENCH_NODES   sizes in nodes, with commas; an estate has ten edges a node
//	POSTERN_BENCH_BUDGET  how long a query may take on one store; 60s if not set
//	POSTERN_BENCH_ONLY    ids of questions, with commas; all if not set
//	POSTERN_BENCH_PAGES   the page cache of the server; 1g if not set
//	POSTERN_BENCH_DOCS    a markdown file in which the tables of the sizes are replaced
//
// A query that exceeds the budget on Neo4j counts with the budget, which is less
// than it takes, and its row says so. One that exceeds it embedded is an error.
package comparison

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
	neo4jtest.Configure(neo4jtest.Options{Heap: "4g", PageCache: pages()})
	os.Exit(neo4jtest.Main(m))
}

func pages() string { return cmp.Or(os.Getenv("POSTERN_BENCH_PAGES"), "1g") }

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

// questions are the shipped ones, or those of the environment.
func questions(b *testing.B) []queries.Question {
	b.Helper()
	only := os.Getenv("POSTERN_BENCH_ONLY")
	if only == "" {
		return queries.All()
	}
	var out []queries.Question
	for _, id := range strings.Split(only, ",") {
		q, ok := queries.Find(strings.TrimSpace(id))
		if !ok {
			b.Fatalf("no question %s", id)
		}
		out = append(out, q)
	}
	return out
}

func budget(b *testing.B) time.Duration {
	b.Helper()
	d, err := time.ParseDuration(cmp.Or(os.Getenv("POSTERN_BENCH_BUDGET"), "60s"))
	if err != nil {
		b.Fatal(err)
	}
	return d
}

func estate(b *testing.B, nodes int) *graph.Graph {
	b.Helper()
	g, err := gen.Graph(nodes, 1)
	if err != nil {
		b.Fatal(err)
	}
	return g
}

// progress tells whoever waits what is being measured.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}

// BenchmarkShipped asks both stores every shipped question and reports the
// geometric mean and the largest of the quotients embedded / Neo4j.
func BenchmarkShipped(b *testing.B) {
	limit := budget(b)
	for _, nodes := range sizes(b, "10000,100000") {
		b.Run(fmt.Sprint(nodes), func(b *testing.B) {
			t := table{nodes: nodes, budget: limit, before: load()}
			g := estate(b, nodes)
			t.edges = len(g.Edges())
			progress("%d nodes, %d edges: loading into Neo4j", nodes, t.edges)
			server := neo4jStore(b)
			begin := time.Now()
			if err := server.Publish(b.Context(), g); err != nil {
				b.Fatal(err)
			}
			t.loaded = time.Since(begin)
			progress("loaded in %v", t.loaded.Round(time.Millisecond))
			here := embedded.FromGraph(g)
			for b.Loop() {
				t.rows = nil
				for _, q := range questions(b) {
					t.rows = append(t.rows, compare(b, here, server, asking(g, q, limit)))
				}
			}
			t.after = load()
			b.ReportMetric(t.mean(), "mean-ratio")
			b.ReportMetric(t.worst(), "worst-ratio")
			b.ReportMetric(float64(t.edges)/t.loaded.Seconds(), "neo4j-edges/s")
			fmt.Fprintln(os.Stderr, t.markdown())
			if file := os.Getenv("POSTERN_BENCH_DOCS"); file != "" {
				if err := t.replaceIn(file); err != nil {
					b.Error(err)
				}
			}
		})
	}
}

// compare measures one question on both stores.
func compare(b *testing.B, here, server graph.Store, q question) row {
	b.Helper()
	progress("%s: embedded", q.ID)
	ours, err := measure(b.Context(), here, q)
	if err == nil && ours.cut != "" {
		err = fmt.Errorf("cut by %s", ours.cut)
	}
	if err != nil {
		b.Errorf("%s: embedded: %v", q.ID, err)
	}
	progress("%s: embedded %s, %d rows; Neo4j", q.ID, ours, ours.rows)
	theirs, err := measure(b.Context(), server, q)
	if err != nil {
		b.Errorf("%s: Neo4j: %v", q.ID, err)
	}
	if theirs.cut == "time" {
		theirs.median = min(theirs.median, q.budget)
	}
	progress("%s: Neo4j %s", q.ID, theirs)
	if theirs.cut == "" && ours.rows != theirs.rows {
		b.Errorf("%s: %d rows, Neo4j %d", q.ID, ours.rows, theirs.rows)
	}
	return row{id: q.ID, embedded: ours, neo4j: theirs}
}

// BenchmarkShippedEmbedded is the embedded store alone, at sizes that take long
// to load into a server.
func BenchmarkShippedEmbedded(b *testing.B) {
	for _, nodes := range sizes(b, "1000000") {
		g := estate(b, nodes)
		here := embedded.FromGraph(g)
		runtime.GC()
		for _, q := range questions(b) {
			b.Run(fmt.Sprintf("%d/%s", nodes, q.ID), func(b *testing.B) {
				for b.Loop() {
					if _, _, err := ask(b.Context(), here, asking(g, q, 5*time.Minute)); err != nil {
						b.Fatal(err)
					}
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

// question is a shipped question with its parameters and its budget.
type question struct {
	queries.Question
	params map[string]any
	budget time.Duration
}

// asking fills in the parameters: the internet, or for the lineage of a model
// the first one of the estate.
func asking(g *graph.Graph, q queries.Question, limit time.Duration) question {
	id := schema.InternetID
	if q.ID == "model-lineage" {
		nodes := g.Nodes()
		if i := slices.IndexFunc(nodes, func(n graph.Node) bool { return n.Kind == schema.Model }); i >= 0 {
			id = nodes[i].ID
		}
	}
	params := map[string]any{}
	for _, p := range q.Params {
		params[p.Name] = id
	}
	return question{q, params, limit}
}

// ask returns the number of rows, and the limit that cut them.
func ask(ctx context.Context, s graph.Store, q question) (rows int, cut string, err error) {
	// The store keeps the budget; the context is for one that does not.
	ctx, cancel := context.WithTimeout(ctx, q.budget+30*time.Second)
	defer cancel()
	r, err := s.Query(ctx, graph.Query{Text: q.Text, Params: q.params, Limits: graph.Limits{Time: q.budget, Rows: 10_000_000, Memory: 4 << 30}})
	if errors.Is(err, context.DeadlineExceeded) {
		return 0, "time", nil
	}
	if err != nil {
		return 0, "", err
	}
	return len(r.Rows), r.TruncatedAt, nil
}

// timing is what a question took: the median of a few runs behind one that
// warms, or, when that is cut by a limit, the time until then.
type timing struct {
	median time.Duration
	rows   int
	cut    string
}

// slow is from how long on a question is asked once warm, not three times.
const slow = 5 * time.Second

func measure(ctx context.Context, s graph.Store, q question) (timing, error) {
	var t timing
	var err error
	begin := time.Now()
	if t.rows, t.cut, err = ask(ctx, s, q); err != nil || t.cut != "" {
		t.median = time.Since(begin)
		return t, err
	}
	var times []time.Duration
	for begin := time.Now(); len(times) == 0 || len(times) < 15 && time.Since(begin) < 2*time.Second || len(times) < 3 && times[0] < slow; {
		start := time.Now()
		if _, t.cut, err = ask(ctx, s, q); err != nil || t.cut != "" {
			t.median = time.Since(start)
			return t, err
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	t.median = times[len(times)/2]
	return t, nil
}
