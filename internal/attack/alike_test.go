package attack

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// launchers tells of many roles that start functions with any role, each with a
// policy of its own, and of as many that start nothing.
func launchers(t *testing.T, more ...string) *graph.Graph {
	s := newStory(t)
	for i := range 2 * maxLaunched {
		s.tell(fmt.Sprintf("role/a%02d", i))
		s.tell(fmt.Sprintf("role/z%02d", i))
		s.tell(fmt.Sprintf("role/a%02d trusts lambda.amazonaws.com", i))
		s.tell(fmt.Sprintf("role/z%02d trusts lambda.amazonaws.com", i))
		for _, may := range []string{"iam:PassRole on *", "lambda:CreateFunction on *", "lambda:InvokeFunction on *", fmt.Sprintf("s3:GetObject on bucket/b%d/*", i)} {
			s.tell(fmt.Sprintf("role/a%02d may %s", i, may))
		}
	}
	for _, m := range more {
		s.tell(m)
	}
	return s.derive()
}

func launched(g *graph.Graph) map[string][]string {
	out := map[string][]string{}
	for _, e := range g.Edges() {
		if e.Kind == schema.LaunchesAs {
			out[e.From] = append(out[e.From], e.To)
		}
	}
	return out
}

// TestLaunchersAlike: roles that start the same compute with the same roles and
// lead nowhere else are one sort, however their policies differ; the one that
// stands for them has an edge to another of them.
func TestLaunchersAlike(t *testing.T) {
	g := launchers(t)
	edges := launched(g)
	for i := range 2 * maxLaunched {
		from := name(fmt.Sprintf("role/a%02d", i))
		want := []string{name("role/a00"), name("role/z00")}
		if i == 0 {
			want[0] = name("role/a01")
		}
		if !slices.Equal(edges[from], want) {
			t.Errorf("%s launches as %v, want %v", from, edges[from], want)
		}
	}
	for _, e := range g.Edges() {
		stands := fmt.Sprintf("stands for %d roles", 2*maxLaunched)
		if e.Kind == schema.LaunchesAs && !slices.ContainsFunc(e.Properties.List(schema.PropEvidence.Name), func(s string) bool { return strings.Contains(s, stands) }) {
			t.Errorf("%s to %s does not say for how many it stands", e.From, e.To)
		}
	}
}

// TestLaunchersDiffer: what leads further, starts more or passes more has an edge
// of its own from everyone.
func TestLaunchersDiffer(t *testing.T) {
	for what, facts := range map[string][]string{
		"a secret":     {"secret/db-abc exists", "role/z33 may secretsmanager:GetSecretValue on secret/db-abc"},
		"more compute": {"role/a33 may glue:CreateDevEndpoint on *"},
		"fewer roles":  {"role/a33 may not iam:PassRole on role/z07"},
	} {
		prize := name("role/a33")
		if what == "a secret" {
			prize = name("role/z33")
		}
		edges := launched(launchers(t, facts...))
		for i := range 2 * maxLaunched {
			from := name(fmt.Sprintf("role/a%02d", i))
			if from != prize && !slices.Contains(edges[from], prize) {
				t.Errorf("%s: %s launches as %v and not as %s", what, from, edges[from], prize)
			}
		}
	}
}
