package attack

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// crowdOf tells of so many users that start functions with any role, each by a
// policy of its own, and of so many roles that each read a secret of their own.
func crowdOf(t *testing.T, users, roles int, more ...string) *graph.Graph {
	s := newStory(t)
	for i := range roles {
		s.tell(fmt.Sprintf("role/r%02d", i))
		s.tell(fmt.Sprintf("role/r%02d trusts lambda.amazonaws.com", i))
		s.tell(fmt.Sprintf("secret/s%02d-abc exists", i))
		s.tell(fmt.Sprintf("role/r%02d may secretsmanager:GetSecretValue on secret/s%02d-abc", i, i))
	}
	for i := range users {
		s.tell(fmt.Sprintf("user/u%02d", i))
		for _, may := range []string{"iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"} {
			s.tell(fmt.Sprintf("user/u%02d may %s on *", i, may))
		}
	}
	for _, m := range more {
		s.tell(m)
	}
	return s.derive()
}

// launchedThrough are the roles that each principal starts compute with, directly or
// by way of what it may do as others may.
func launchedThrough(g *graph.Graph) (ends map[string][]string, hubs map[string]bool) {
	ends, hubs = launched(g), map[string]bool{}
	for from, to := range ends {
		var all []string
		for _, x := range to {
			if !strings.HasPrefix(x, "capability:") {
				all = append(all, x)
				continue
			}
			hubs[x] = true
			all = append(all, ends[x]...)
		}
		slices.Sort(all)
		ends[from] = slices.Compact(all)
	}
	return ends, hubs
}

// TestHub: many that may do the same to many others have one edge each to what
// they may do alike, by their own policy, and lead to all of the others.
func TestHub(t *testing.T) {
	const users, roles = 52, 50
	g := crowdOf(t, users, roles)
	ends, hubs := launchedThrough(g)
	if len(hubs) != 1 {
		t.Fatalf("%d nodes for what is done alike, want 1", len(hubs))
	}
	for i := range users {
		if n := len(ends[name(fmt.Sprintf("user/u%02d", i))]); n != roles {
			t.Errorf("user %d leads to %d roles, want %d", i, n, roles)
		}
	}
	count := 0
	for _, e := range g.Edges() {
		if e.Kind != schema.LaunchesAs {
			continue
		}
		count++
		own := slices.ContainsFunc(e.Properties.List(schema.PropEvidence.Name), func(s string) bool { return strings.Contains(s, e.From) })
		if hubs[e.To] && !own {
			t.Errorf("%s to %s is not proved by a policy of its own: %v", e.From, e.To, e.Properties.List(schema.PropEvidence.Name))
		}
	}
	if count != users+roles {
		t.Errorf("%d edges, want %d", count, users+roles)
	}
}

// TestHubNearMisses: whoever may do less, or not for sure, is not one of them, and
// few are not put together.
func TestHubNearMisses(t *testing.T) {
	const users, roles = 53, 50
	ends, hubs := launchedThrough(crowdOf(t, users, roles, "user/u07 may not iam:PassRole on role/r03"))
	u := name("user/u07")
	if slices.Contains(ends[u], name("role/r03")) || len(ends[u]) != roles-1 || len(hubs) != 1 {
		t.Errorf("%s leads to %d roles through %v", u, len(ends[u]), hubs)
	}
	g := crowdOf(t, users, roles, "user/u07 may not iam:PassRole on * if aws:SourceVpc StringNotEquals vpc-1")
	for _, e := range g.Edges() {
		if e.From == u && e.Kind == schema.LaunchesAs && e.Properties.Text(schema.PropVerdict.Name) != string(schema.Conditional) {
			t.Errorf("%s to %s is not conditional", e.From, e.To)
		}
	}
	if _, hubs := launchedThrough(crowdOf(t, 10, roles)); len(hubs) != 0 {
		t.Errorf("ten users lead through %v", hubs)
	}
}

// TestOneCondition: administrators under conditions of their own lead to their
// account, and where they are many nothing else is told of what they do in IAM;
// what they may do without the condition is, and conditions on what they act on are
// no such conditions.
func TestOneCondition(t *testing.T) {
	many := func(key string, more ...string) map[string][]graph.Edge {
		s := newStory(t)
		for i := range maxLaunched + 2 {
			s.tell(fmt.Sprintf("role/a%02d", i))
			s.tell(fmt.Sprintf("role/a%02d trusts lambda.amazonaws.com", i))
			s.tell(fmt.Sprintf("role/a%02d may * on * if %s StringEquals vpc-%d", i, key, i))
		}
		for _, m := range more {
			s.tell(m)
		}
		out := map[string][]graph.Edge{}
		for _, e := range s.derive().Edges() {
			out[e.From] = append(out[e.From], e)
		}
		return out
	}
	for from, edges := range many("aws:SourceVpc") {
		if len(edges) != 1 || edges[0].To != schema.AdminCapabilityID("111122223333") || !slices.ContainsFunc(edges[0].Properties.List(schema.PropWitness.Name), func(s string) bool { return strings.Contains(s, "SourceVpc") }) {
			t.Errorf("%s has %v", from, edges)
		}
	}
	sure := many("aws:SourceVpc", "role/a03 may iam:PassRole on role/a04", "role/a03 may lambda:CreateFunction on *", "role/a03 may lambda:InvokeFunction on *")
	if !slices.ContainsFunc(sure[name("role/a03")], func(e graph.Edge) bool {
		return e.Kind == schema.LaunchesAs && e.To == name("role/a04") && e.Properties.Text(schema.PropVerdict.Name) == string(schema.Allow)
	}) {
		t.Errorf("what is allowed for sure is gone: %v", sure[name("role/a03")])
	}
	tagged := many("aws:ResourceTag/team", "user/ann", "user/ann is tagged team=vpc0", "role/a09 may * on * if aws:ResourceTag/team StringEquals vpc0")
	if !slices.ContainsFunc(tagged[name("role/a09")], func(e graph.Edge) bool { return e.To == name("user/ann") }) {
		t.Errorf("a condition on the target was taken for one on the request: %v", tagged[name("role/a09")])
	}
}
