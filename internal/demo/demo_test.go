package demo_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/read"
	"github.com/postern-sec/postern/internal/analysis"
	"github.com/postern-sec/postern/internal/demo"
	"github.com/postern-sec/postern/internal/longtest"
	"github.com/postern-sec/postern/internal/mototest"
	"github.com/postern-sec/postern/internal/pipeline"
	"github.com/postern-sec/postern/schema"
)

// truth is estate/truth.json: what build.py says is true of what it built.
type truth struct {
	Accounts map[string]string `json:"accounts"`
	Ways     []struct {
		ID, Title, Entry, Impact string
		Nodes                    []string // in order, the last is the target; "?" behind one: may be left out
	} `json:"ways"`
	AlsoTrue []struct {
		Entry, Target string
	} `json:"also_true"`
	NearMisses []struct {
		ID, Title, Target, Tolerate string
		StoppedBy                   string `json:"stopped_by"`
	} `json:"near_misses"`
}

func readTruth(t *testing.T) truth {
	t.Helper()
	b, err := os.ReadFile("estate/truth.json")
	if err != nil {
		t.Fatal(err)
	}
	var tr truth
	if err := json.Unmarshal(b, &tr); err != nil {
		t.Fatal(err)
	}
	if len(tr.Ways) < 12 || len(tr.NearMisses) < 20 {
		t.Fatalf("%d ways, %d near misses: the story is told with a dozen and twenty", len(tr.Ways), len(tr.NearMisses))
	}
	return tr
}

func bundled(t *testing.T) (*graph.Graph, *analysis.Projection) {
	t.Helper()
	docs, gaps, err := demo.Documents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return analyse(t, docs, gaps)
}

func analyse(t *testing.T, docs []ingest.Document, gaps []graph.Gap) (*graph.Graph, *analysis.Projection) {
	t.Helper()
	g, _, err := pipeline.Run(t.Context(), docs, gaps, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := analysis.FromGraph(g)
	if err != nil {
		t.Fatal(err)
	}
	return g, p
}

func find(t *testing.T, p *analysis.Projection, from, to string) []analysis.Path {
	t.Helper()
	q := analysis.PathQuery{To: []string{to}, MaxHops: 10, K: 50}
	if from != "" {
		q.From = []string{from}
	}
	ans, err := p.Paths(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return ans.Paths
}

// takes reports whether a path passes the nodes in order, with nothing but
// network nodes and those marked "?" between.
func takes(p analysis.Path, nodes []string) bool {
	i := 0
	for _, n := range p.Nodes[1:] {
		for i < len(nodes) && strings.HasSuffix(nodes[i], "?") && strings.TrimSuffix(nodes[i], "?") != n.ID {
			i++
		}
		switch {
		case i < len(nodes) && strings.TrimSuffix(nodes[i], "?") == n.ID:
			i++
		case !n.Kind.In(schema.NetworkNode):
			return false
		}
	}
	return i == len(nodes)
}

func TestEveryWayIsFound(t *testing.T) {
	_, p := bundled(t)
	for _, w := range readTruth(t).Ways {
		paths := find(t, p, w.Entry, w.Nodes[len(w.Nodes)-1])
		i := slices.IndexFunc(paths, func(x analysis.Path) bool { return takes(x, w.Nodes) && x.Impact == w.Impact })
		if i < 0 {
			var got []string
			for _, x := range paths {
				var ids []string
				for _, n := range x.Nodes {
					ids = append(ids, n.ID)
				}
				got = append(got, x.Impact+": "+strings.Join(ids, " → "))
			}
			t.Errorf("%s %s: not found; to that target:\n%s", w.ID, w.Title, strings.Join(got, "\n"))
			continue
		}
		for _, e := range paths[i].Edges {
			if len(e.Evidence) == 0 || len(e.Techniques) == 0 {
				t.Errorf("%s: %s -%s-> %s has no proof", w.ID, e.From, e.Kind, e.To)
			}
		}
	}
}

func TestNoNearMissIsReported(t *testing.T) {
	_, p := bundled(t)
	training := find(t, p, "", analysis.SelectTrainingData)
	for _, m := range readTruth(t).NearMisses {
		paths := training
		if strings.HasPrefix(m.Target, "capability:") {
			paths = find(t, p, "", m.Target)
		}
		for _, x := range paths {
			if x.Target != m.Target || string(x.Verdict) == m.Tolerate && m.Tolerate != "" {
				continue
			}
			var ids []string
			for _, n := range x.Nodes {
				ids = append(ids, n.ID)
			}
			t.Errorf("%s %s is stopped by %s; reported as %s", m.ID, m.Title, m.StoppedBy, strings.Join(ids, " → "))
		}
	}
}

// TestNothingElseIsReported: what the story does not tell is either a mistake of
// the story or of Postern.
func TestNothingElseIsReported(t *testing.T) {
	_, p := bundled(t)
	told := map[string]bool{}
	for _, w := range readTruth(t).Ways {
		told[w.Entry+" "+w.Nodes[len(w.Nodes)-1]] = true
	}
	for _, a := range readTruth(t).AlsoTrue {
		told[a.Entry+" "+a.Target] = true
	}
	for _, x := range find(t, p, "", analysis.SelectTrainingData) {
		if !told[x.Entry+" "+x.Target] {
			t.Errorf("not in the story: %s → %s (%s, %d hops)", x.Entry, x.Target, x.Impact, x.Hops)
		}
	}
}

// TestRebuilt builds the accounts anew on moto, collects them with postern, and
// finds them as they are bundled.
func TestRebuilt(t *testing.T) {
	longtest.Skip(t, "builds the estate for a minute")
	venv, dir := mototest.Venv(t), t.TempDir()
	postern := filepath.Join(dir, "postern")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", postern, "../../cmd/postern").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), "estate/refresh", dir)
	cmd.Env = append(os.Environ(), "POSTERN="+postern, "MOTO_VENV="+venv)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"truth.json", "STORY.md"} {
		want, err := os.ReadFile(filepath.Join("estate", name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s is stale; run estate/refresh (-committed +built):\n%s", name, d)
		}
	}
	in, err := read.Open(t.Context(), []string{filepath.Join(dir, "snapshot.tar.zst")})
	if err != nil {
		t.Fatal(err)
	}
	_, fresh := analyse(t, in.Documents, in.Gaps)
	_, old := bundled(t)
	ways := func(p *analysis.Projection) []string {
		var out []string
		for _, x := range find(t, p, "", analysis.SelectTrainingData) {
			out = append(out, x.Fingerprint)
		}
		slices.Sort(out)
		return out
	}
	if d := cmp.Diff(ways(old), ways(fresh)); d != "" {
		t.Errorf("paths (-bundled +built):\n%s", d)
	}
}

func TestTwoRunsAreEqual(t *testing.T) {
	a, _ := bundled(t)
	b, _ := bundled(t)
	if a.Hash() != b.Hash() {
		t.Errorf("%s and %s", a.Hash(), b.Hash())
	}
}
