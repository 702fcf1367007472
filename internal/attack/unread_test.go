package attack

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// halfUnread tells of n roles that start functions with any role, of as many with a
// policy that nobody understands, of as many that may do nothing, and of a bucket.
func halfUnread(t *testing.T, n int) *graph.Graph {
	s := newStory(t)
	for i := range n {
		bad, good := fmt.Sprintf("role/bad%03d", i), fmt.Sprintf("role/good%03d", i)
		for _, r := range []string{bad, good, fmt.Sprintf("role/a%03d", i)} {
			s.tell(r)
			s.tell(r + " trusts lambda.amazonaws.com")
		}
		for _, may := range []string{"iam:PassRole on *", "lambda:CreateFunction on *", "lambda:InvokeFunction on *"} {
			s.tell(good + " may " + may)
		}
		s.statements[name(bad)] = []map[string]any{{"Effect": "Perhaps", "Action": "*", "Resource": "*"}}
	}
	s.node("bucket/data")
	return s.derive()
}

func gapsOf(g *graph.Graph, id string) []string {
	n, ok := g.Node(id)
	if !ok {
		return nil
	}
	return n.Properties.List(schema.PropGaps.Name)
}

// TestUnread: of a principal whose policy cannot be read every technique is open;
// the coverage says so, it and what it might act on carry the sentence.
func TestUnread(t *testing.T) {
	g := halfUnread(t, 1)
	bad, good := name("role/bad000"), name("role/good000")
	const open = "every technique is open, on every target"
	has := func(texts []string, part string) bool {
		return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, part) })
	}
	told := 0
	for _, gap := range g.Coverage().Gaps {
		if strings.Contains(gap.Message, open) {
			told++
			if gap.Resource != bad || !strings.Contains(gap.Message, "policy inline") || gap.Account != testAccount {
				t.Errorf("%+v, want it of %s and its policy", gap, bad)
			}
		}
	}
	if told != 1 {
		t.Errorf("%d gaps say that everything is open, want 1", told)
	}
	if !has(gapsOf(g, bad), open) || has(gapsOf(g, good), open) {
		t.Errorf("gaps of the unread role %v, of the other one %v", gapsOf(g, bad), gapsOf(g, good))
	}
	for _, id := range []string{name("bucket/data"), good, schema.AdminCapabilityID(testAccount)} {
		if !has(gapsOf(g, id), bad) {
			t.Errorf("%s does not tell of %s: %v", id, bad, gapsOf(g, id))
		}
	}
	for _, e := range g.Edges() {
		if e.From == bad && e.Kind.Attack() {
			t.Errorf("an edge leaves the unread role: %v", e)
		}
	}
	if to := launched(g)[good]; !slices.Contains(to, bad) {
		t.Errorf("%s launches as %v, without the unread role", good, to)
	}
	if read := launchers(t); slices.ContainsFunc(read.Coverage().Gaps, func(x graph.Gap) bool { return strings.Contains(x.Message, open) }) {
		t.Error("a gap although every policy is read")
	}
}

// TestTrustUnread: who may assume a role whose trust policy cannot be read, or have a
// service act as it, is told of once, at the role.
func TestTrustUnread(t *testing.T) {
	s := newStory(t)
	for _, r := range []string{"role/closed", "role/open", "role/launcher"} {
		s.tell(r)
		s.tell(r + " trusts lambda.amazonaws.com")
	}
	for _, may := range []string{"iam:PassRole on *", "lambda:CreateFunction on *", "lambda:InvokeFunction on *", "sts:AssumeRole on *"} {
		s.tell("role/launcher may " + may)
	}
	s.trusts[name("role/open")] = append(s.trusts[name("role/open")], map[string]any{"Effect": "Perhaps"})
	g := s.derive()
	if to := launched(g)[name("role/launcher")]; !slices.Equal(to, []string{name("role/closed")}) {
		t.Errorf("launches as %v, want the role whose trust policy is read", to)
	}
	told := 0
	for _, gap := range g.Coverage().Gaps {
		if gap.Message == trustUnread {
			told++
			if gap.Resource != name("role/open") {
				t.Errorf("%s has a trust policy that is read", gap.Resource)
			}
		}
	}
	if told != 1 || !slices.Contains(gapsOf(g, name("role/open")), trustUnread) {
		t.Errorf("told %d times; at the role: %v", told, gapsOf(g, name("role/open")))
	}
}

// TestUnreadStandsForItsLike: a role of which nothing is known is of another sort
// than one that may do nothing.
func TestUnreadStandsForItsLike(t *testing.T) {
	s := 2 * maxLaunched
	g := halfUnread(t, s)
	for i := range s {
		to := launched(g)[name(fmt.Sprintf("role/good%03d", i))]
		if !slices.ContainsFunc(to, func(id string) bool { return strings.Contains(id, "/bad") }) {
			t.Fatalf("role %d launches as %v: no unread role", i, to)
		}
	}
}

// TestUnreadGrowsLinearly counts what is told: twice as many unread principals make
// twice as many gaps, whatever the techniques and targets.
func TestUnreadGrowsLinearly(t *testing.T) {
	size := func(n int) (gaps, bytes int) {
		g := halfUnread(t, n)
		for _, x := range g.Coverage().Gaps {
			gaps, bytes = gaps+1, bytes+len(x.Message)
		}
		for _, x := range g.Nodes() {
			for _, s := range x.Properties.List(schema.PropGaps.Name) {
				bytes += len(s)
			}
		}
		return gaps, bytes
	}
	gaps10, bytes10 := size(10)
	gaps20, bytes20 := size(20)
	gaps40, bytes40 := size(40)
	if gaps40-gaps20 != 2*(gaps20-gaps10) || gaps20-gaps10 != 10 {
		t.Errorf("gaps of 10, 20, 40 unread roles: %d, %d, %d", gaps10, gaps20, gaps40)
	}
	if more := bytes40 - bytes20; more > 2*(bytes20-bytes10)*11/10 {
		t.Errorf("bytes of gaps of 10, 20, 40 unread roles: %d, %d, %d", bytes10, bytes20, bytes40)
	}
}
