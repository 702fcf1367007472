package queries_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/internal/gen"
	"github.com/postern-sec/postern/queries"
	"github.com/postern-sec/postern/schema"
)

// TestQuestionsAtTheirLimits cuts every question at each limit: the answer names
// the limit and says that it is not exhaustive, and its rows are the first ones
// of the whole answer; one that says it is exhaustive is the whole answer.
func TestQuestionsAtTheirLimits(t *testing.T) {
	g, err := gen.Graph(300, 1)
	if err != nil {
		t.Fatal(err)
	}
	whole := embedded.FromGraph(g)
	cuts := map[string]int{}
	for _, q := range queries.All() {
		params := map[string]any{}
		for _, p := range q.Params {
			params[p.Name] = schema.InternetID
		}
		ask := func(limits graph.Limits) *graph.Result {
			t.Helper()
			r, err := whole.Query(t.Context(), graph.Query{Text: q.Text, Params: params, Limits: limits})
			if err != nil {
				t.Fatalf("%s: %v", q.ID, err)
			}
			return r
		}
		none := graph.Limits{Rows: -1, Memory: -1, Time: -1}
		all := ask(none)
		if !all.Exhaustive || all.TruncatedAt != "" {
			t.Fatalf("%s: cut at %q without a limit", q.ID, all.TruncatedAt)
		}
		with := func(change func(*graph.Limits)) graph.Limits {
			limits := none
			change(&limits)
			return limits
		}
		n := len(all.Rows)
		for _, c := range []struct {
			at     string
			limits graph.Limits
			must   bool
		}{
			{"rows", with(func(l *graph.Limits) { l.Rows = max(1, n-1) }), n > 1},
			{"rows", with(func(l *graph.Limits) { l.Rows = max(1, n) }), false},
			{"memory", with(func(l *graph.Limits) { l.Memory = 1 }), n > 0},
			{"memory", with(func(l *graph.Limits) { l.Memory = 4096 }), false},
			{"time", with(func(l *graph.Limits) { l.Time = time.Nanosecond }), true},
		} {
			r := ask(c.limits)
			if r.Exhaustive != (r.TruncatedAt == "") || !r.Exhaustive && r.TruncatedAt != c.at || r.Exhaustive && c.must {
				t.Errorf("%s, %+v: exhaustive %v, cut at %q, want %q", q.ID, c.limits, r.Exhaustive, r.TruncatedAt, c.at)
			}
			if r.Exhaustive && len(r.Rows) != n || len(r.Rows) > n {
				t.Errorf("%s, %+v: %d rows of %d, exhaustive %v", q.ID, c.limits, len(r.Rows), n, r.Exhaustive)
			} else if d := cmp.Diff(all.Rows[:len(r.Rows)], r.Rows); len(r.Rows) > 0 && d != "" {
				t.Errorf("%s, %+v: other rows than the first ones (-want +got):\n%s", q.ID, c.limits, d)
			}
			if !r.Exhaustive {
				cuts[c.at]++
			}
		}
	}
	for _, at := range []string{"rows", "memory", "time"} {
		if cuts[at] < 5 {
			t.Errorf("only %d answers were cut at %s", cuts[at], at)
		}
	}
	t.Log(len(queries.All()), "questions,", cuts)
}
