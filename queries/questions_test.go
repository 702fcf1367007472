package queries_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/graph/graphtext"
	"github.com/postern-sec/postern/graph/neo4j"
	"github.com/postern-sec/postern/internal/neo4jtest"
	"github.com/postern-sec/postern/queries"
)

func TestMain(m *testing.M) { os.Exit(neo4jtest.Main(m)) }

// testCase is a file testdata/ID/NAME.txt: the graph as text, then lines
// "param NAME JSON", then "want" and one row a line as JSON.
type testCase struct {
	id, name string
	graph    *graph.Graph
	params   map[string]any
	want     []string
}

func cases(t *testing.T) []testCase {
	t.Helper()
	files, err := filepath.Glob("testdata/*/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []testCase
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		c := testCase{id: filepath.Base(filepath.Dir(f)), name: strings.TrimSuffix(filepath.Base(f), ".txt"), params: map[string]any{}}
		text, want, ok := strings.Cut(string(b), "\nwant\n")
		if !ok {
			t.Fatalf("%s: no line \"want\"", f)
		}
		var lines []string
		for _, line := range strings.Split(text, "\n") {
			if words := strings.SplitN(line, " ", 3); words[0] == "param" {
				var v any
				if err := json.Unmarshal([]byte(words[2]), &v); err != nil {
					t.Fatalf("%s: %v", f, err)
				}
				c.params[words[1]] = v
				line = ""
			}
			lines = append(lines, line)
		}
		if c.graph, err = graphtext.Parse(f, strings.Join(lines, "\n")); err != nil {
			t.Fatal(err)
		}
		for _, row := range strings.Split(strings.TrimSpace(want), "\n") {
			if row != "" {
				c.want = append(c.want, row)
			}
		}
		out = append(out, c)
	}
	return out
}

// TestEveryQuestionHasCases: one that has an answer and one that has none.
func TestEveryQuestionHasCases(t *testing.T) {
	some, none := map[string]bool{}, map[string]bool{}
	for _, c := range cases(t) {
		if len(c.want) > 0 {
			some[c.id] = true
		} else {
			none[c.id] = true
		}
		if _, ok := queries.Find(c.id); !ok {
			t.Errorf("testdata/%s belongs to no question", c.id)
		}
	}
	for _, q := range queries.All() {
		if !some[q.ID] || !none[q.ID] && q.ID != "entry-points" {
			t.Errorf("%s: a case with an answer and a silent one are wanted", q.ID)
		}
	}
}

func TestQuestionsEmbedded(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.id+"/"+c.name, func(t *testing.T) { check(t, embedded.FromGraph(c.graph), c) })
	}
}

func TestQuestionsNeo4j(t *testing.T) {
	st, err := neo4j.Open(t.Context(), neo4j.Config{URI: neo4jtest.Shared(t).URI})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close(t.Context())
	for _, c := range cases(t) {
		t.Run(c.id+"/"+c.name, func(t *testing.T) {
			if err := st.Publish(t.Context(), c.graph); err != nil {
				t.Fatal(err)
			}
			check(t, st, c)
		})
	}
}

func check(t *testing.T, st graph.Store, c testCase) {
	t.Helper()
	q, _ := queries.Find(c.id)
	r, err := st.Query(t.Context(), graph.Query{Text: q.Text, Params: c.params})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings) > 0 || !r.Exhaustive {
		t.Errorf("warnings %v, exhaustive %v", r.Warnings, r.Exhaustive)
	}
	if !slices.Equal(r.Columns, q.Columns) {
		t.Errorf("columns %v, the header says %v", r.Columns, q.Columns)
	}
	var got []string
	for _, row := range r.Rows {
		b, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(b))
	}
	if d := cmp.Diff(c.want, got); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
}

// TestPlans: no shipped question multiplies unrelated rows, and reachability is
// never answered by listing paths.
func TestPlans(t *testing.T) {
	g, err := graphtext.Parse("plan", "internet Internet +Entry\nb Bucket +TrainingData\ninternet -READS_DATA-> b")
	if err != nil {
		t.Fatal(err)
	}
	st := embedded.FromGraph(g)
	for _, q := range queries.All() {
		params := map[string]any{}
		for _, p := range q.Params {
			params[p.Name] = "internet"
		}
		r, err := st.Query(t.Context(), graph.Query{Text: q.Text, Params: params, Explain: true})
		if err != nil {
			t.Errorf("%s: %v", q.ID, err)
			continue
		}
		if strings.Contains(r.Plan, "CartesianProduct") {
			t.Errorf("%s multiplies rows:\n%s", q.ID, r.Plan)
		}
		if !strings.Contains(q.Text, "ORDER BY") {
			t.Errorf("%s: rows without a total order", q.ID)
		}
	}
}

func TestParseSaysWhereTheHeaderIsWrong(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"// id: other\n// question: q\n// columns: a\n// bounds: b\nRETURN 1", `x/q.cypher:1: the header's id is "other", the file's name says "q"`},
		{"// id: q\nRETURN 1", "x/q.cypher:1: the header lacks question, columns or bounds"},
		{"// id: q\n// param n date: d\n", `x/q.cypher:2: parameter type "date" is not string, integer, boolean or list`},
	} {
		_, err := queries.Parse("x/q.cypher", tc.text)
		if fmt.Sprint(err) != tc.want {
			t.Errorf("%v, want %s", err, tc.want)
		}
	}
}
