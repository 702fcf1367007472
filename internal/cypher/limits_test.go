package cypher_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/cyphertest"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// ladder is a chain of diamonds: 2^steps paths join its ends.
func ladder(steps int) *cyphertest.Graph {
	b := &cyphertest.Builder{}
	last := b.Node([]string{"Start"}, cyphertest.Props{"id": value.OfString("start")})
	for i := 0; i < steps; i++ {
		left, right := b.Node(nil, nil), b.Node(nil, nil)
		next := b.Node(nil, cyphertest.Props{"id": value.OfInt(int64(i))})
		for _, side := range []int{left, right} {
			b.Edge(last, side, "T", nil)
			b.Edge(side, next, "T", nil)
		}
		last = next
	}
	b.Edge(last, b.Node([]string{"End"}, nil), "T", nil)
	return b.Freeze("id")
}

// star joins a centre with so many leaves, both ways.
func star(leaves int) *cyphertest.Graph {
	b := &cyphertest.Builder{}
	centre := b.Node([]string{"Centre"}, nil)
	for i := 0; i < leaves; i++ {
		leaf := b.Node([]string{"Leaf"}, nil)
		b.Edge(centre, leaf, "T", nil)
		b.Edge(leaf, centre, "T", nil)
	}
	return b.Freeze()
}

// TestHostileQueries runs queries whose full answer cannot be computed. Each must end quickly, within its
// memory, with an error or an answer that says where it was cut.
func TestHostileQueries(t *testing.T) {
	ladder40, star10k := ladder(40), star(10_000)
	limits := cypher.Limits{MaxRows: 100_000, MaxExpansions: 5_000_000, MaxMemory: 256 << 20, MaxTime: 5 * time.Second}
	// On a busy machine a case that must meet another limit, or end by itself, is given the time to get there.
	patient := limits
	patient.MaxTime = time.Minute
	cases := []struct {
		name  string
		graph *cyphertest.Graph
		text  string
		want  string // TruncatedAt, "" for an exhaustive answer, or a part of the error
	}{
		{"ladder rows", ladder40, "MATCH p = (:Start)-[:T*]->(:End) RETURN p", "memory|paths|time"},
		{"ladder count", ladder40, "MATCH p = (:Start)-[:T*]->(:End) RETURN count(p)", "paths|time"},
		{"ladder reachable", ladder40, "MATCH (:Start)-[:T*]->(e:End) RETURN DISTINCT e", ""},
		{"ladder exists", ladder40, "MATCH (s:Start), (e:End) WHERE EXISTS { (s)-[:T*]->(e) } RETURN count(*)", ""},
		{"ladder shortest", ladder40, "MATCH p = shortestPath((:Start)-[:T*]->(:End)) RETURN length(p)", ""},
		{"ladder all shortest", ladder40, "MATCH p = allShortestPaths((:Start)-[:T*]->(:End)) RETURN length(p)", cypher.TruncatedRows},
		{"ladder shortest 5", ladder40, "MATCH p = SHORTEST 5 (:Start)-[:T]->+(:End) RETURN length(p)", ""},
		{"ladder sort", ladder40, "MATCH p = (:Start)-[:T*]->(n) RETURN p ORDER BY length(p) DESC", "memory|paths|time"},
		{"star squared", star10k, "MATCH (a)-->(b)-->(c) RETURN a, b, c", cypher.TruncatedRows},
		{"star squared count", star10k, "MATCH (a)-->(b)-->(c)-->(d) RETURN count(*)", "paths|time"},
		{"star distinct", star10k, "MATCH (a)--(b)--(c) RETURN count(DISTINCT c)", "paths|time|"},
		{"product", star10k, "MATCH (a), (b) RETURN a, b", cypher.TruncatedRows},
		{"product count", star10k, "MATCH (a), (b) RETURN count(*)", "paths|time"},
		{"product of ranges", star10k, "UNWIND range(1, 1000) AS a UNWIND range(1, 1000) AS b RETURN collect(a * b)", ""},
		{"range", star10k, "RETURN range(1, 9000000000000000000)", cypher.TruncatedMemory},
		{"doubling string", star10k, "RETURN reduce(s = 'ab', x IN range(1, 60) | s + s)", cypher.TruncatedMemory},
		{"doubling list", star10k, "RETURN reduce(l = [1], x IN range(1, 60) | [l, l])", cypher.TruncatedMemory},
		{"doubling map", star10k, "RETURN reduce(l = {}, x IN range(1, 60) | {a: l, b: l})", cypher.TruncatedMemory},
		{"replace", star10k, "RETURN reduce(s = 'aaaaaaaaaa', x IN range(1, 20) | replace(s, 'a', 'aaaaaaaaaa'))", cypher.TruncatedMemory},
		{"regular expression", star10k, "RETURN reduce(s = 'a', x IN range(1, 16) | s + s) + 'b' =~ '(a+)+c' AS m", ""},
		{"regular expression size", star10k, "RETURN 'a' =~ '((a{1000}){1000}){1000}'", "invalid regular expression"},
		{"long expression", star10k, "RETURN 1" + strings.Repeat(" + 1", 100_000), "more than"},
		{"long condition", star10k, "MATCH (n) WHERE n.x = 1" + strings.Repeat(" OR n.x = 1", 100_000) + " RETURN n", "more than"},
		{"parentheses", star10k, "RETURN " + strings.Repeat("(", 1<<20), "deeper than"},
		{"brackets", star10k, "RETURN " + strings.Repeat("[", 1<<20), "deeper than"},
		{"not", star10k, "RETURN " + strings.Repeat("NOT ", 1<<18) + "true", "deeper than"},
		{"minus", star10k, "RETURN " + strings.Repeat("- ", 1<<19) + "1", "one sign"},
		{"braces", star10k, "RETURN " + strings.Repeat("{a:", 1<<18), "deeper than"},
		{"subqueries", star10k, "RETURN " + strings.Repeat("EXISTS { MATCH (a) WHERE ", 1<<15), "deeper than"},
		{"label expression", star10k, "MATCH (n:" + strings.Repeat("!", 1<<18) + "A) RETURN n", "deeper than"},
		{"properties", star10k, "WITH {} AS a RETURN a" + strings.Repeat(".a", 1<<18), "more than"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			within := limits
			if !strings.Contains(c.want, cypher.TruncatedTime) {
				within = patient
			}
			begin := time.Now()
			got := ""
			q, _, err := cypher.Prepare(c.text, nil)
			if err == nil {
				var result *cypher.Result
				if result, err = q.Run(context.Background(), c.graph, nil, within); err == nil {
					got = result.TruncatedAt
					if result.Exhaustive != (got == "") {
						t.Errorf("exhaustive %v, truncated at %q", result.Exhaustive, got)
					}
				}
			}
			if took := time.Since(begin); took > within.MaxTime+30*time.Second { // it would take years
				t.Errorf("took %v", took)
			}
			if err != nil {
				if c.want == "" || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want %q", err, c.want)
				}
				return
			}
			if !containsString(strings.Split(c.want, "|"), got) {
				t.Errorf("truncated at %q, want %q", got, c.want)
			}
		})
	}
}

func containsString(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// TestCancel checks that a run ends with its context, whatever it is doing. How soon is a matter of the machine;
// TestEveryOperatorLooksAtItsContext counts the work between two looks.
func TestCancel(t *testing.T) {
	ladder40, star10k := ladder(40), star(10_000)
	for _, c := range []struct {
		graph *cyphertest.Graph
		text  string
	}{
		{ladder40, "MATCH p = (:Start)-[:T*]->(:End) RETURN count(p)"},
		{star10k, "MATCH (a), (b), (c) RETURN count(*)"},
		{star10k, "MATCH (a)-->(b)-->(c) RETURN count(DISTINCT a.x + b.x)"},
		{star10k, "UNWIND range(1, 3000000) AS x RETURN x ORDER BY x % 1000, x DESC"},
		{star10k, "UNWIND range(1, 100000) AS x MATCH (a) WHERE size([y IN range(1, 1000) WHERE y % 2 = 0]) < 0 RETURN count(*)"},
		{star10k, "MATCH p = SHORTEST 1000000 (a:Leaf)--+(b:Leaf) RETURN count(p)"},
	} {
		q, _, err := cypher.Prepare(c.text, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		timer := time.AfterFunc(100*time.Millisecond, cancel)
		begin := time.Now()
		_, err = q.Run(ctx, c.graph, nil, cypher.Limits{})
		if late := time.Since(begin) - 100*time.Millisecond; late > time.Minute { // without a look each would take hours
			t.Errorf("%s: ended %v after its context", c.text, late)
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want %v", c.text, err, context.Canceled)
		}
		timer.Stop()
		cancel()
	}
}

// TestLimitsSayWhere checks each limit by name, and that rows before the cut are kept.
func TestLimitsSayWhere(t *testing.T) {
	g := star(100)
	q, _, err := cypher.Prepare("MATCH (n:Leaf) RETURN n", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		limits cypher.Limits
		at     string
		rows   int
	}{
		{cypher.Limits{}, "", 100},
		{cypher.Limits{MaxRows: 100}, "", 100},
		{cypher.Limits{MaxRows: 99}, cypher.TruncatedRows, 99},
		{cypher.Limits{MaxExpansions: 50}, cypher.TruncatedPaths, -1},
		{cypher.Limits{MaxMemory: 5000}, cypher.TruncatedMemory, -1},
		{cypher.Limits{MaxTime: time.Nanosecond}, cypher.TruncatedTime, 0},
	} {
		result, err := q.Run(t.Context(), g, nil, c.limits)
		if err != nil {
			t.Fatal(err)
		}
		if result.TruncatedAt != c.at || c.rows >= 0 && len(result.Rows) != c.rows {
			t.Errorf("%+v: truncated at %q with %d rows, want %q with %d", c.limits, result.TruncatedAt, len(result.Rows), c.at, c.rows)
		}
		if c.rows < 0 && (len(result.Rows) == 0 || len(result.Rows) >= 100) {
			t.Errorf("%+v: %d rows, want some", c.limits, len(result.Rows))
		}
	}
	if fmt.Sprint(cypher.DefaultLimits()) == fmt.Sprint(cypher.Limits{}) {
		t.Error("the default limits limit nothing")
	}
}
