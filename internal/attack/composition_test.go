package attack

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// composition is a technique's case: the facts that together make its edge, each
// of which it needs.
type composition struct {
	Technique string
	// Edge is "from KIND to".
	Edge string
	// Verdict is allow unless said; Assumes is the technique's unless said.
	Verdict string
	// Given are facts that only set the scene.
	Given []string
	// Facts are each necessary: without it, or with what stands instead, the
	// technique makes no such edge.
	Facts []compositionFact
	// Never are facts each of which makes the edge go.
	Never []string
}

type compositionFact struct{ Fact, Instead string }

func (f *compositionFact) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		f.Fact = n.Value
		return nil
	}
	type plain compositionFact
	return n.Decode((*plain)(f))
}

func readCompositions(t *testing.T) []composition {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in testdata: %v", err)
	}
	var all []composition
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cs []composition
		if err := yaml.Unmarshal(b, &cs); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, cs...)
	}
	return all
}

// derived tells a case's facts, all but those at which change says otherwise.
func (c *composition) derived(t *testing.T, change func(i int, f compositionFact) string, more ...string) *graph.Graph {
	t.Helper()
	s := newStory(t)
	for _, f := range c.Given {
		s.tell(f)
	}
	for i, f := range c.Facts {
		if told := change(i, f); told != "" {
			s.tell(told)
		}
	}
	for _, f := range more {
		s.tell(f)
	}
	return s.derive()
}

func all(_ int, f compositionFact) string { return f.Fact }

// edge finds the case's edge if its technique made it.
func (c *composition) edge(t *testing.T, g *graph.Graph) (graph.Edge, bool) {
	t.Helper()
	p := strings.Fields(c.Edge)
	if len(p) != 3 {
		t.Fatalf("edge %q is not FROM KIND TO", c.Edge)
	}
	for _, e := range g.Edges() {
		if e.From == name(p[0]) && string(e.Kind) == p[1] && e.To == name(p[2]) && slices.Contains(e.Properties.List(schema.PropTechniques.Name), c.Technique) {
			return e, true
		}
	}
	return graph.Edge{}, false
}

// TestCompositions holds every technique to its case: the edge is there with all
// facts, twice the same, and goes with each of them.
func TestCompositions(t *testing.T) {
	for _, c := range readCompositions(t) {
		t.Run(c.Technique+" "+c.Edge, func(t *testing.T) {
			g := c.derived(t, all)
			e, ok := c.edge(t, g)
			if !ok {
				t.Fatalf("no edge %s by %s; attack edges are:\n%s\ngaps: %v", c.Edge, c.Technique, attackEdges(g), g.Coverage().Gaps)
			}
			want := c.Verdict
			if want == "" {
				want = "allow"
			}
			if got := e.Properties.Text(schema.PropVerdict.Name); got != want {
				t.Errorf("verdict %s, want %s; witness %v", got, want, e.Properties.List(schema.PropWitness.Name))
			}
			if want == "conditional" && len(e.Properties.List(schema.PropWitness.Name)) == 0 {
				t.Error("conditional without a witness")
			}
			if again := c.derived(t, all); again.Hash() != g.Hash() {
				t.Error("a second derivation differs")
			}
			for i, f := range c.Facts {
				without := c.derived(t, func(j int, x compositionFact) string {
					if i == j {
						return x.Instead
					}
					return x.Fact
				})
				if _, still := c.edge(t, without); still {
					t.Errorf("still there without %q (instead %q)", f.Fact, f.Instead)
				}
			}
			for _, f := range c.Never {
				if _, still := c.edge(t, c.derived(t, all, f)); still {
					t.Errorf("still there although %q", f)
				}
			}
		})
	}
}

func attackEdges(g *graph.Graph) string {
	var b strings.Builder
	for _, e := range g.Edges() {
		if e.Kind.Attack() {
			b.WriteString("  " + e.From + " " + string(e.Kind) + " " + e.To + " " + strings.Join(e.Properties.List(schema.PropTechniques.Name), ",") + " " + e.Properties.Text(schema.PropVerdict.Name) + "\n")
		}
	}
	return b.String()
}

// TestEveryTechniqueHasACase: a technique nobody shows firing may never fire.
func TestEveryTechniqueHasACase(t *testing.T) {
	shown := map[string]bool{}
	for _, c := range readCompositions(t) {
		shown[c.Technique] = true
	}
	for _, id := range byNetwork {
		shown[id] = true
	}
	for _, x := range takeovers {
		if len(x.kinds) == 0 { // nothing to take over is collected: see TestUnlisted
			shown[x.ID] = true
		}
	}
	seen := map[string]bool{}
	for _, f := range Catalogue() {
		for _, q := range f.Techniques {
			if seen[q.ID] {
				t.Errorf("technique %s is there twice", q.ID)
			}
			seen[q.ID] = true
			if !shown[q.ID] {
				t.Errorf("technique %s has no case in testdata", q.ID)
			}
			delete(shown, q.ID)
			if !q.Kind.Attack() || q.Title == "" || q.Source == "" || q.Cost < 1 || q.Cost > 10 || len(q.AttackIDs) == 0 || len(q.Needs)+len(q.Requires) == 0 {
				t.Errorf("technique %s is incomplete: %+v", q.ID, q)
			}
		}
	}
	for id := range shown {
		t.Errorf("there is a case of %s, and no such technique", id)
	}
}

// TestEveryPreconditionHasANearMiss: each permission a technique needs, and each
// other fact it requires, is something in its cases without which the edge goes.
// Facts are counted, as the sentences of Requires and of the cases differ.
func TestEveryPreconditionHasANearMiss(t *testing.T) {
	missing := map[string][]string{} // technique: actions that no case takes away
	spare := map[string]int{}        // technique: facts that are about none of its actions
	byID := map[string]*Technique{}
	for _, f := range Catalogue() {
		for _, q := range f.Techniques {
			byID[q.ID] = q
		}
	}
	for _, c := range readCompositions(t) {
		q := byID[c.Technique]
		if q == nil {
			continue // TestEveryTechniqueHasACase says so
		}
		named := map[string]bool{}
		for _, f := range c.Facts {
			about := false
			for _, n := range q.Needs {
				if takesAway(f, n.Action) {
					named[n.Action], about = true, true
				}
			}
			if !about || !strings.Contains(f.Fact, " may ") || f.Instead != "" {
				spare[c.Technique]++
			}
		}
		spare[c.Technique] += len(c.Never)
		var lacks []string
		for _, n := range q.Needs {
			if !named[n.Action] {
				lacks = append(lacks, n.Action)
			}
		}
		if have, ok := missing[c.Technique]; !ok || len(lacks) < len(have) {
			missing[c.Technique] = lacks
		}
	}
	for id, lacks := range missing {
		if len(lacks) > 0 {
			t.Errorf("%s: no case takes away %s", id, strings.Join(lacks, ", "))
		}
		if n := len(byID[id].Requires); spare[id] < n {
			t.Errorf("%s: %d facts beside its permissions are required, and its cases take away %d", id, n, spare[id])
		}
	}
}

// takesAway reports whether a fact is about an action: it names it, or what it
// stands in for does (everything allowed, instead less).
func takesAway(f compositionFact, action string) bool {
	for _, word := range strings.FieldsFunc(f.Fact, func(r rune) bool { return r == ' ' || r == ',' }) {
		if word == action || word == "*" && strings.Contains(f.Fact, " may * on ") {
			return true
		}
	}
	return false
}

// byNetwork are techniques whose cases need a network: see network_test.go.
var byNetwork = []string{"expose-001", "expose-002", "expose-003", "expose-004", "network-001"}
